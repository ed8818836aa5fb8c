#include "extract/prologue.h"

#include "extract/flow_walk.h"

#include <stdlib.h>
#include <string.h>

/*
 * One pass over the instructions in the order of their addresses, with the depth of SP before each that the walk
 * found. A register that the convention protects must be stored before it is changed, and compilers lay saving code
 * out before using code, so the first thing that happens to it by address tells: a store keeps the caller's
 * value. The link register counts as protected.
 *
 * Floating-point and vector registers are not followed by number. Their stores count only in the prologue: before the
 * first instruction that does anything but store, move SP and copy SP.
 */

typedef VEC(struct frame_mark) marks_vec;

enum { MAX_DEPTHS = 64 };

struct scan {
	const struct walk *w;
	const struct isa *isa;
	uint64_t keep; /* registers that must be given back */
	uint64_t changed; /* registers that are no longer the caller's */
	bool prologue; /* nothing but stores and SP so far */
	marks_vec saved, others, written;
};

static uint64_t kept_registers(const struct walk *w)
{
	const struct isa *isa = w->c->isa;
	uint64_t keep = ~isa->call_clobbers;

	keep &= ((uint64_t)1 << isa->n_regs) - 1;
	keep &= ~((uint64_t)1 << isa->sp);
	switch (isa->arch) {
	case ARCH_X86_64: /* Windows: rsi and rdi, too. Not the last number, which is no register. */
		keep &= ~((uint64_t)1 << 16);
		return w->c->object->coff ? keep | 1u << 6 | 1u << 7 : keep;
	case ARCH_I386: return keep & ~((uint64_t)1 << 16);
	case ARCH_AARCH64: return keep | 1u << 30;
	case ARCH_ARM: return keep | 1u << 14;
	case ARCH_RISCV64: return keep | 1u << 1;
	}
	return keep;
}

static void add(marks_vec *list, int64_t offset, int64_t bytes)
{
	*vec_push(list) = (struct frame_mark){offset, bytes};
}

/* A word goes to CFA + at. */
static void note_store(struct scan *s, const struct insn *in, uint8_t reg, int64_t at)
{
	int64_t word = s->isa->word;

	if (!in->push)
		add(&s->written, at, word);
	if (reg >= s->isa->n_regs) {
		if (s->prologue && !in->push)
			add(&s->others, at, word);
	} else if (s->keep & ~s->changed & (uint64_t)1 << reg) {
		add(&s->saved, at, word);
		s->changed |= (uint64_t)1 << reg;
	}
}

static void note_store_set(struct scan *s, const struct insn *in, uint32_t set, int64_t at)
{
	for (uint8_t r = 0; r < 32; r++) {
		if (!(set >> r & 1))
			continue;
		note_store(s, in, r, at);
		at += s->isa->word;
	}
}

/* Only what counts from SP is followed; `sp` is its offset from the CFA. */
static void note_effect(struct scan *s, const struct insn *in, const struct effect *e, int64_t *sp)
{
	bool from_sp = e->rs == s->isa->sp;

	switch ((enum effect_op)e->op) {
	case EFFECT_STORE:
		if (from_sp)
			note_store(s, in, e->rd, *sp + e->imm);
		return;
	case EFFECT_STORE_SET:
		if (from_sp)
			note_store_set(s, in, e->set, *sp + e->imm);
		return;
	case EFFECT_LOAD_SET:
		s->changed |= e->set;
		s->prologue = false;
		return;
	case EFFECT_MOVE:
		if (e->rd == s->isa->sp && from_sp) {
			*sp += e->imm;
			return;
		}
		s->prologue &= from_sp || e->rd == s->isa->sp;
		break;
	case EFFECT_ALIGN: break;
	default: s->prologue = false; break;
	}
	if (e->rd < s->isa->n_regs)
		s->changed |= (uint64_t)1 << e->rd;
}

/*
 * x86: movaps, movups, movapd of an xmm register to [rsp + displacement]. The decoder does not follow these; their bytes are
 * plain: prefixes, 0F 11 or 0F 29, ModRM with a SIB byte that says rsp.
 */
static bool is_vector_store(const struct scan *s, const struct insn *in, int64_t *displacement)
{
	const struct object_section *section = &s->w->c->object->sections[in->section];
	const uint8_t *b = section->data + in->offset, *end = b + in->len;

	if (s->isa->arch != ARCH_X86_64 || !section->data)
		return false;
	if (b < end && *b == 0x66)
		b++;
	if (b < end && (*b & 0xf0) == 0x40)
		b++;
	if (end - b < 4 || b[0] != 0x0f || (b[1] != 0x29 && b[1] != 0x11) || (b[2] & 7) != 4 ||
	    b[3] != 0x24)
		return false;
	switch (b[2] >> 6) {
	case 0: *displacement = 0; return end - b == 4;
	case 1: *displacement = (int8_t)b[4]; return end - b == 5;
	case 2:
		*displacement = (int32_t)((uint32_t)b[4] | (uint32_t)b[5] << 8 |
					  (uint32_t)b[6] << 16 | (uint32_t)b[7] << 24);
		return end - b == 8;
	}
	return false;
}

static void note_insn(struct scan *s, uint32_t i)
{
	const struct insn *in = &s->w->code.insns.v[i];
	int64_t sp = -s->w->depth[i], displacement;

	if (is_vector_store(s, in, &displacement)) {
		add(&s->written, sp + displacement, 16);
		if (s->prologue)
			add(&s->others, sp + displacement, 16);
		return;
	}
	for (unsigned k = 0; k < in->n_effects; k++)
		note_effect(s, in, &in->effects[k], &sp);
	s->prologue &= in->flow == FLOW_NEXT;
}

/* SP is aligned by instruction i: the depth behind it, and behind the subtraction that may follow. */
static void note_alignment(const struct walk *w, uint32_t i, struct frame_marks *out)
{
	const struct insn *in = &w->code.insns.v[i];
	uint8_t sp = w->c->isa->sp;

	for (unsigned k = 0; k < in->n_effects; k++) {
		const struct effect *e = &in->effects[k];
		int64_t loss = -e->imm - (int64_t)w->c->isa->alignment;
		uint32_t next = i + 1;

		if (e->op != EFFECT_ALIGN || e->rd != sp || loss <= 0 || loss <= out->realign_loss)
			continue;
		while (next < w->code.insns.n && w->code.insns.v[next].n_effects == 1 &&
		       w->code.insns.v[next].effects[0].op == EFFECT_MOVE &&
		       w->code.insns.v[next].effects[0].rd == sp &&
		       w->code.insns.v[next].effects[0].rs == sp &&
		       w->code.insns.v[next].effects[0].imm < 0)
			next++;
		if (next >= w->code.insns.n || w->depth[next] == BYTES_UNKNOWN)
			continue;
		out->realign_loss = loss;
		out->realigned_bytes = w->depth[next];
	}
}

static int by_offset(const void *pa, const void *pb)
{
	const struct frame_mark *a = pa, *b = pb;

	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return (a->bytes > b->bytes) - (a->bytes < b->bytes);
}

/* Sorted and each once, in the object's arena. */
static struct frame_mark *keep(const struct scan *s, marks_vec *list, size_t *n)
{
	struct frame_mark *copy = NULL;
	size_t kept = 0;

	if (list->n)
		qsort(list->v, list->n, sizeof(*list->v), by_offset);
	for (size_t i = 0; i < list->n; i++)
		if (!kept || by_offset(&list->v[kept - 1], &list->v[i]))
			list->v[kept++] = list->v[i];
	if (kept)
		copy = arena_memdup(&s->w->c->object->arena, list->v, kept * sizeof(*copy));
	*n = kept;
	vec_release(list);
	return copy;
}

/* How often SP has a depth. */
struct depths {
	struct {
		int64_t bytes;
		uint32_t n;
	} v[MAX_DEPTHS];
	unsigned n, last;
};

static void count_depth(struct depths *d, int64_t bytes)
{
	unsigned i = d->last;

	/* Mostly the one of the instruction before. */
	if (i >= d->n || d->v[i].bytes != bytes)
		for (i = 0; i < d->n && d->v[i].bytes != bytes;)
			i++;
	if (i == MAX_DEPTHS)
		return;
	if (i == d->n) {
		d->v[i].bytes = bytes;
		d->v[d->n++].n = 0;
	}
	d->v[i].n++;
	d->last = i;
}

/* The depth that is more frequent than any other: prologues and what is pushed for calls pass through the others. */
static int64_t most_frequent(const struct depths *d)
{
	unsigned best = 0;
	bool tie = true;

	for (unsigned i = 0; i < d->n; i++) {
		if (!i || d->v[i].n > d->v[best].n) {
			best = i;
			tie = false;
		} else if (d->v[i].n == d->v[best].n) {
			tie = true;
		}
	}
	return tie ? BYTES_UNKNOWN : d->v[best].bytes;
}

void prologue_read(const struct walk *w, struct frame_marks *out)
{
	struct scan s = {.w = w, .isa = w->c->isa, .keep = kept_registers(w), .prologue = true};
	struct depths depths = {.n = 0};

	*out = (struct frame_marks){.call_bytes = BYTES_UNKNOWN, .realigned_bytes = BYTES_UNKNOWN};
	for (uint32_t i = 0; i < w->code.insns.n; i++) {
		const struct insn *in = &w->code.insns.v[i];

		if (w->depth[i] == BYTES_UNKNOWN)
			continue;
		count_depth(&depths, w->depth[i]);
		note_insn(&s, i);
		note_alignment(w, i, out);
		if (in->flow == FLOW_CALL && !walk_is_get_pc(w, i) && w->depth[i] > out->call_bytes)
			out->call_bytes = w->depth[i];
	}
	out->body_bytes = most_frequent(&depths);
	out->saved = keep(&s, &s.saved, &out->n_saved);
	out->others = keep(&s, &s.others, &out->n_others);
	out->written = keep(&s, &s.written, &out->n_written);
}
