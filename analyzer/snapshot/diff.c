/*
 * The diff: match, then entry points, functions, findings (diff_findings.c) and totals. Input: two snapshots. Output: all
 * changes, sorted.
 */
#include "snapshot/diff.h"
#include "snapshot/reasons.h"

#include <stdlib.h>

static int64_t known(int64_t bytes)
{
	return bytes == BYTES_UNKNOWN ? 0 : bytes;
}

static int64_t magnitude(int64_t n)
{
	return n < 0 ? -n : n;
}

static const char *if_other(const char *old, const char *now)
{
	return strcmp(old, now) != 0 ? old : NULL;
}

static bool is_over(const struct snapshot_function *f)
{
	return f->budget_bytes != BYTES_UNKNOWN && f->depth_bytes > f->budget_bytes;
}

static bool same_depth(const struct snapshot_function *x, const struct snapshot_function *y)
{
	return x->depth_bytes == y->depth_bytes && !strcmp(x->bound, y->bound) &&
	       !x->context == !y->context;
}

static enum diff_state state_of(bool was, bool is)
{
	return was && is ? DIFF_CHANGED : is ? DIFF_NEW : DIFF_GONE;
}

/* `x` or `y` may be NULL: not there at all. */
static void add_entry(struct diff *d, const struct inlining *in, const struct snapshot_function *x,
		      const struct snapshot_function *y)
{
	struct diff_entry *e = vec_push(&d->entries);

	e->state = state_of(x && x->context, y && y->context);
	e->before = x ? (uint32_t)(x - d->before->functions) : NO_ID;
	e->after = y ? (uint32_t)(y - d->after->functions) : NO_ID;
	e->label = y ? y->label : x->label;
	e->old_label = x && y ? if_other(x->label, y->label) : NULL;
	e->bytes_before = x ? x->depth_bytes : BYTES_UNKNOWN;
	e->bytes_after = y ? y->depth_bytes : BYTES_UNKNOWN;
	e->delta = known(e->bytes_after) - known(e->bytes_before);
	e->budget = y && y->context ? y->budget_bytes : x ? x->budget_bytes : BYTES_UNKNOWN;
	e->crosses = y && y->context && is_over(y) && !(x && x->context && is_over(x));
	e->bound_changed = x && y && strcmp(x->bound, y->bound) != 0;
	if (x && y && e->delta)
		path_reasons(d, in, e->before, e->after, e);
}

/* The largest change first, then by name, then in the order of the runs. */
struct change_key {
	int64_t delta;
	const char *label;
	uint32_t before, after;
};

static int compare_changes(struct change_key x, struct change_key y)
{
	int c;

	if (magnitude(x.delta) != magnitude(y.delta))
		return magnitude(x.delta) > magnitude(y.delta) ? -1 : 1;
	c = strcmp(x.label, y.label);
	if (!c)
		c = (x.after > y.after) - (x.after < y.after);
	return c ? c : (x.before > y.before) - (x.before < y.before);
}

static int compare_entries(const void *a, const void *b)
{
	const struct diff_entry *x = a, *y = b;

	return compare_changes((struct change_key){x->delta, x->label, x->before, x->after},
			       (struct change_key){y->delta, y->label, y->before, y->after});
}

static void diff_entries(struct diff *d, const struct inlining *in)
{
	const struct snapshot_function *b = d->before->functions, *a = d->after->functions;

	for (uint32_t i = 0; i < d->after->n_functions; i++) {
		const struct snapshot_function *x =
			d->to_before[i] == NO_ID ? NULL : &b[d->to_before[i]];

		if (!a[i].context && !(x && x->context))
			continue;
		if (x && same_depth(x, &a[i]))
			d->totals.entries_same++;
		else
			add_entry(d, in, x, &a[i]);
	}
	for (uint32_t i = 0; i < d->before->n_entries; i++)
		if (d->to_after[d->before->entries[i]] == NO_ID)
			add_entry(d, in, &b[d->before->entries[i]], NULL);
	if (d->entries.n)
		qsort(d->entries.v, d->entries.n, sizeof(*d->entries.v), compare_entries);
}

static const char *host_label(const struct snapshot *s, uint32_t func)
{
	return func == NO_ID ? NULL : s->functions[func].label;
}

/* Rows of one source place with equal frames on both sides are one row: copies of a header's function. */
struct rows {
	struct map by_place; /* -> index + 1 into diff.functions */
	struct arena keys;
};

static bool is_copy(struct diff *d, struct rows *rows, const struct snapshot_function *x,
		    const struct snapshot_function *y)
{
	const struct snapshot_function *f = y ? y : x;
	const char *key;
	uint64_t *row;

	if (!f->file || !f->line)
		return false;
	key = arena_printf(&rows->keys, "%s\n%u\n%s\n%lld\n%lld\n%d%d", f->file, f->line, f->name,
			   x ? (long long)x->frame_bytes : 0, y ? (long long)y->frame_bytes : 0,
			   x != NULL, y != NULL);
	row = map_put_str(&rows->by_place, key, NULL);
	if (!*row) {
		*row = d->functions.n + 1;
		return false;
	}
	d->functions.v[*row - 1].copies++;
	return true;
}

static void add_function(struct diff *d, struct rows *rows, const struct inlining *in,
			 const struct snapshot_function *x, const struct snapshot_function *y)
{
	uint32_t before = x ? (uint32_t)(x - d->before->functions) : NO_ID;
	uint32_t after = y ? (uint32_t)(y - d->after->functions) : NO_ID;
	struct diff_function *f;

	if (is_copy(d, rows, x, y))
		return;
	f = vec_push(&d->functions);
	f->state = state_of(x != NULL, y != NULL);
	if (!x)
		f->host = host_label(d->before, inlining_out_of(in, d, after));
	if (!y)
		f->host = host_label(d->after, inlining_into(in, d, before));
	if (f->host)
		f->state = x ? DIFF_INLINED : DIFF_OUTLINED;
	f->before = before;
	f->after = after;
	f->label = y ? y->label : x->label;
	f->old_label = x && y ? if_other(x->label, y->label) : NULL;
	f->bytes_before = x ? x->frame_bytes : BYTES_UNKNOWN;
	f->bytes_after = y ? y->frame_bytes : BYTES_UNKNOWN;
	f->delta = known(f->bytes_after) - known(f->bytes_before);
	f->copies = 1;
	f->details = frame_details(d, before, after, &f->n_details);
}

static int compare_functions(const void *a, const void *b)
{
	const struct diff_function *x = a, *y = b;

	return compare_changes((struct change_key){x->delta, x->label, x->before, x->after},
			       (struct change_key){y->delta, y->label, y->before, y->after});
}

static void diff_functions(struct diff *d, const struct inlining *in)
{
	const struct snapshot_function *b = d->before->functions, *a = d->after->functions;
	struct rows rows = {0};

	for (uint32_t i = 0; i < d->after->n_functions; i++) {
		const struct snapshot_function *x =
			d->to_before[i] == NO_ID ? NULL : &b[d->to_before[i]];

		if (x && strcmp(x->unit, a[i].unit) != 0)
			d->totals.functions_moved++;
		if (x && x->frame_bytes == a[i].frame_bytes)
			d->totals.functions_same++;
		else
			add_function(d, &rows, in, x, &a[i]);
	}
	for (uint32_t i = 0; i < d->before->n_functions; i++)
		if (d->to_after[i] == NO_ID)
			add_function(d, &rows, in, &b[i], NULL);
	if (d->functions.n)
		qsort(d->functions.v, d->functions.n, sizeof(*d->functions.v), compare_functions);
	map_release(&rows.by_place);
	arena_release(&rows.keys);
}

static void sum_up(const struct snapshot *s, int64_t *deepest, int64_t *entries, int64_t *frames)
{
	*deepest = s->n_entries ? s->functions[s->entries[0]].depth_bytes : BYTES_UNKNOWN;
	for (uint32_t i = 0; i < s->n_entries; i++)
		*entries += known(s->functions[s->entries[i]].depth_bytes);
	for (uint32_t i = 0; i < s->n_functions; i++)
		*frames += known(s->functions[i].frame_bytes);
}

static void count_entries(struct diff *d)
{
	struct diff_totals *t = &d->totals;

	for (size_t i = 0; i < d->entries.n; i++) {
		const struct diff_entry *e = &d->entries.v[i];

		t->entries_new += e->state == DIFF_NEW;
		t->entries_gone += e->state == DIFF_GONE;
		t->entries_deeper += e->state == DIFF_CHANGED && e->delta > 0;
		t->entries_shallower += e->state == DIFF_CHANGED && e->delta < 0;
	}
}

static void count_functions(struct diff *d)
{
	struct diff_totals *t = &d->totals;

	for (size_t i = 0; i < d->functions.n; i++) {
		const struct diff_function *f = &d->functions.v[i];

		t->functions_new += f->state == DIFF_NEW ? f->copies : 0;
		t->functions_gone += f->state == DIFF_GONE ? f->copies : 0;
		t->functions_inlined += f->state == DIFF_INLINED ? f->copies : 0;
		t->functions_outlined += f->state == DIFF_OUTLINED ? f->copies : 0;
		t->functions_grown += f->state == DIFF_CHANGED && f->delta > 0 ? f->copies : 0;
		t->functions_shrunk += f->state == DIFF_CHANGED && f->delta < 0 ? f->copies : 0;
	}
}

void diff_make(struct diff *d, const struct snapshot *before, const struct snapshot *after)
{
	struct diff_totals *t = &d->totals;
	struct inlining in = {0};

	d->before = before;
	d->after = after;
	match_functions(d);
	inlining_find(&in, d);
	diff_entries(d, &in);
	diff_functions(d, &in);
	match_findings(d);
	sum_up(before, &t->deepest_before, &t->entry_bytes_before, &t->frame_bytes_before);
	sum_up(after, &t->deepest_after, &t->entry_bytes_after, &t->frame_bytes_after);
	count_entries(d);
	count_functions(d);
	d->differences =
		snapshot_differences(&before->run, &after->run, &d->arena, &d->n_differences);
	inlining_release(&in);
}

static bool counts(int64_t delta, int64_t before, const struct diff_limits *limits)
{
	int64_t size = magnitude(delta);

	if (size < limits->bytes)
		return false;
	return before <= 0 || (double)size * 100 >= (double)before * limits->percent;
}

bool diff_entry_counts(const struct diff_entry *e, const struct diff_limits *limits)
{
	return e->crosses || counts(e->delta, e->bytes_before, limits);
}

bool diff_function_counts(const struct diff_function *f, const struct diff_limits *limits)
{
	return counts(f->delta, f->bytes_before, limits);
}

void diff_release(struct diff *d)
{
	vec_release(&d->moves);
	vec_release(&d->entries);
	vec_release(&d->functions);
	vec_release(&d->findings);
	arena_release(&d->arena);
	*d = (struct diff){0};
}
