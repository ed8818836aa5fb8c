#include "extract/account.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/*
 * A frame from the CFA down, as far as it has these parts: return address | saved registers | what aligning SP loses |
 * the compiler's slots and padding | arguments area | what is pushed for calls | what is pushed for a moment.
 *
 * The slots' offsets assume that SP was aligned by chance: what lies below the loss is moved down by it. Then one sweep
 * over the known parts counts every byte once and names the gaps: a gap that alignment explains is padding, any other
 * one unknown.
 */

static struct fact_part *add(struct account *a, enum part_kind kind, int64_t from, int64_t to)
{
	struct fact_part *p = vec_push(&a->parts);

	*p = (struct fact_part){
		.kind = kind, .bytes = to - from, .has_offset = true, .offset = from};
	return p;
}

static bool in_marks(const struct frame_mark *marks, size_t n, const struct fact_part *p)
{
	for (size_t i = 0; i < n; i++)
		if (marks[i].offset >= p->offset &&
		    marks[i].offset + marks[i].bytes <= p->offset + p->bytes)
			return true;
	return false;
}

/* The compiler calls both what it spills and what it saves for the caller a spill slot. */
static bool is_saved(const struct account *a, const struct fact_part *p)
{
	const struct frame_marks *m = a->marks;

	return p->kind == PART_SPILL && p->has_offset &&
	       (in_marks(m->saved, m->n_saved, p) ||
		(!p->name && in_marks(m->others, m->n_others, p)));
}

void account_place(struct account *a)
{
	bool realigned = a->marks->realigned_bytes != BYTES_UNKNOWN;
	int64_t plain = a->stack_bytes + a->entry_bytes;

	a->body_bytes = BYTES_UNKNOWN;
	if (a->stack_bytes == BYTES_UNKNOWN)
		return;
	a->body_bytes = realigned ? a->marks->realigned_bytes : plain;
	if (a->body_bytes > a->frame_bytes)
		a->body_bytes = a->frame_bytes;
	for (size_t i = 0; i < a->parts.n; i++) {
		struct fact_part *p = &a->parts.v[i];

		if (is_saved(a, p))
			p->kind = PART_SAVED;
		else if (realigned && p->has_offset)
			p->offset -= a->marks->realigned_bytes - plain;
	}
}

/* From the CFA down; of what begins at one place the largest first, so that it counts what is shared. */
static int from_the_top(const void *pa, const void *pb)
{
	const struct fact_part *a = pa, *b = pb;
	int64_t end_a = a->offset + a->bytes, end_b = b->offset + b->bytes;

	if (a->has_offset != b->has_offset)
		return a->has_offset ? -1 : 1;
	if (end_a != end_b)
		return end_a > end_b ? -1 : 1;
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->loc.line != b->loc.line)
		return a->loc.line < b->loc.line ? -1 : 1;
	return a->name && b->name ? strcmp(a->name, b->name) : !a->name - !b->name;
}

static void sort(struct account *a)
{
	if (a->parts.n)
		qsort(a->parts.v, a->parts.n, sizeof(*a->parts.v), from_the_top);
}

static bool overlaps(const struct account *a, int64_t from, int64_t to)
{
	for (size_t i = 0; i < a->parts.n; i++) {
		const struct fact_part *p = &a->parts.v[i];

		if (p->has_offset && p->bytes > 0 && p->offset < to && p->offset + p->bytes > from)
			return true;
	}
	return false;
}

/* Registers that the code saves where the compiler named no slot: hand-written code, other compilers. */
static void add_saved(struct account *a)
{
	for (size_t i = 0; i < a->marks->n_saved; i++) {
		const struct frame_mark *m = &a->marks->saved[i];

		if (m->offset >= -a->frame_bytes && m->offset + m->bytes <= 0 &&
		    !overlaps(a, m->offset, m->offset + m->bytes))
			add(a, PART_SAVED, m->offset, m->offset + m->bytes);
	}
}

/* Below everything else in the body. */
static int64_t lowest(const struct account *a)
{
	int64_t low = -(int64_t)a->entry_bytes;

	for (size_t i = 0; i < a->parts.n; i++)
		if (a->parts.v[i].has_offset && a->parts.v[i].offset < low)
			low = a->parts.v[i].offset;
	return low;
}

static int64_t largest_padding(const struct account *a)
{
	int64_t most = a->alignment;

	/* What SP is aligned to is the loss and what SP had anyway, which is at most as much again. */
	while (a->marks->realign_loss >= most)
		most *= 2;
	/* The room below an aligned SP is a multiple of the alignment, too. */
	return a->marks->realign_loss ? 2 * most : most;
}

/* The area for arguments of calls at the bottom of the body: what is written there, and what padding cannot explain. */
static void add_reserved(struct account *a)
{
	int64_t bottom = -a->body_bytes, low = lowest(a), top = bottom;

	if (a->marks->call_bytes == BYTES_UNKNOWN || low <= bottom)
		return;
	for (size_t i = 0; i < a->marks->n_written; i++) {
		const struct frame_mark *m = &a->marks->written[i];

		if (m->offset >= bottom && m->offset + m->bytes <= low &&
		    m->offset + m->bytes > top)
			top = m->offset + m->bytes;
	}
	if (top < bottom + a->home_bytes)
		top = bottom + a->home_bytes;
	if (top > low || low - top >= largest_padding(a))
		top = low;
	if (top > bottom)
		add(a, PART_ARGUMENTS, bottom, top);
}

/* What lies below the body. */
static void add_pushed(struct account *a)
{
	int64_t bottom = -a->frame_bytes, calls = -a->marks->call_bytes;

	if (a->body_bytes >= a->frame_bytes)
		return;
	if (a->bounded) {
		/* The dynamic object and what is pushed below it cannot be told apart. */
		add(a, PART_UNKNOWN, bottom, -a->body_bytes);
		return;
	}
	if (a->marks->call_bytes == BYTES_UNKNOWN || calls > -a->body_bytes)
		calls = -a->body_bytes;
	if (calls < -a->body_bytes)
		add(a, PART_ARGUMENTS, calls, -a->body_bytes);
	if (bottom < calls)
		add(a, PART_PUSHED, bottom, calls);
}

/* A gap between parts. The first one that is large enough takes the loss of the alignment. */
static void name_gap(struct account *a, int64_t from, int64_t to, int64_t *loss)
{
	bool known = a->stack_bytes != BYTES_UNKNOWN;

	if (known && *loss && to - from >= *loss) {
		add(a, PART_REALIGNMENT, to - *loss, to);
		to -= *loss;
		*loss = 0;
	}
	if (from < to)
		add(a, known && to - from < largest_padding(a) ? PART_PADDING : PART_UNKNOWN, from,
		    to);
}

/* Counts every byte of the frame once, from the CFA down, and names what is left. */
static void sweep(struct account *a)
{
	int64_t bottom = -a->frame_bytes, at = 0, loss = a->marks->realign_loss;
	size_t n = a->parts.n;

	sort(a);
	for (size_t i = 0; i < n; i++) {
		int64_t from = a->parts.v[i].offset, to = from + a->parts.v[i].bytes;

		a->parts.v[i].counted = 0;
		if (!a->parts.v[i].has_offset || a->parts.v[i].bytes <= 0)
			continue;
		if (from < bottom)
			from = bottom;
		if (to < at && to >= bottom)
			name_gap(a, to, at, &loss);
		if (to > at)
			to = at;
		if (to > from) {
			a->parts.v[i].counted = to - from;
			at = from;
		}
	}
	if (bottom < at)
		name_gap(a, bottom, at, &loss);
	for (size_t i = n; i < a->parts.n; i++)
		a->parts.v[i].counted = a->parts.v[i].bytes;
}

void account_fill(struct account *a)
{
	bool whole;

	if (a->entry_bytes && a->entry_bytes <= a->frame_bytes)
		add(a, PART_RETURN, -(int64_t)a->entry_bytes, 0);
	add_saved(a);
	if (a->body_bytes != BYTES_UNKNOWN) {
		add_reserved(a);
		add_pushed(a);
	}
	sweep(a);
	sort(a);
	if (facts_parts_sum(a->parts.v, a->parts.n, &whole) != a->frame_bytes)
		BUG("the parts of a frame do not add up to its %lld bytes",
		    (long long)a->frame_bytes);
}
