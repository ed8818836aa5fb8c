/*
 * Two frames held against each other. Input: their parts. Output: what differs, with its share of the change.
 *
 * Both lists are sorted by (where declared, name, type) and merged: equal keys are one variable. What is left over is merged
 * again without the type: a variable whose type changed. What is left of that is new or gone; when all of it came from one
 * function that the other frame has not inside, it is named by that function.
 */
#include "base/text.h"
#include "snapshot/reasons.h"

#include <stdlib.h>

struct part_list {
	const struct snapshot_part **v;
	size_t n;
};

struct work {
	const struct snapshot_function *before, *after; /* may be NULL */
	struct diff_detail *out;
	size_t n;
};

static int compare_variables(const struct snapshot_part *x, const struct snapshot_part *y)
{
	int c = str_compare(x->declared_in, y->declared_in);

	if (!c)
		c = str_compare(x->name, y->name);
	return c ? c : strcmp(x->kind, y->kind);
}

static int compare_parts(const void *a, const void *b)
{
	const struct snapshot_part *x = *(const struct snapshot_part *const *)a;
	const struct snapshot_part *y = *(const struct snapshot_part *const *)b;
	int c = compare_variables(x, y);

	if (!c)
		c = str_compare(x->type, y->type);
	if (!c)
		c = (x->counted > y->counted) - (x->counted < y->counted);
	return c ? c : (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

static int compare_typed(const struct snapshot_part *x, const struct snapshot_part *y)
{
	int c = compare_variables(x, y);

	return c ? c : str_compare(x->type, y->type);
}

static struct part_list sorted_parts(struct arena *a, const struct snapshot_function *f)
{
	struct part_list list = {.n = f ? f->n_parts : 0};

	list.v = arena_array(a, list.n + 1, const struct snapshot_part *);
	for (size_t i = 0; i < list.n; i++)
		list.v[i] = &f->parts[i];
	if (list.n)
		qsort(list.v, list.n, sizeof(*list.v), compare_parts);
	return list;
}

static struct diff_detail *add(struct work *w, enum detail_kind kind, const struct snapshot_part *p,
			       int64_t delta)
{
	struct diff_detail *d = &w->out[w->n++];

	*d = (struct diff_detail){
		.kind = p->name ? kind : DETAIL_OTHER,
		.name = p->name ? p->name : p->kind,
		.type = p->name ? p->type : NULL,
		.declared_in = p->declared_in,
		.file = p->file,
		.line = p->line,
		.delta = delta,
	};
	return d;
}

static void add_change(struct work *w, const struct snapshot_part *x, const struct snapshot_part *y)
{
	int64_t delta = y->counted - x->counted;
	struct diff_detail *d;

	if (!delta)
		return;
	d = add(w, DETAIL_CHANGED, y, delta);
	if (y->name && str_compare(x->type, y->type) != 0)
		d->old_type = x->type;
}

/* Merges two sorted lists; what is equal is a change, the rest stays in the lists. */
static void merge(struct work *w, struct part_list *before, struct part_list *after,
		  int (*compare)(const struct snapshot_part *, const struct snapshot_part *))
{
	size_t i = 0, j = 0, kept_before = 0, kept_after = 0;

	while (i < before->n || j < after->n) {
		int c = i == before->n	? 1
			: j == after->n ? -1
					: compare(before->v[i], after->v[j]);

		if (c < 0)
			before->v[kept_before++] = before->v[i++];
		else if (c > 0)
			after->v[kept_after++] = after->v[j++];
		else
			add_change(w, before->v[i++], after->v[j++]);
	}
	before->n = kept_before;
	after->n = kept_after;
}

static bool has_inside(const struct snapshot_function *f, const char *name)
{
	for (size_t i = 0; f && i < f->n_inlined; i++)
		if (!strcmp(f->inlined[i], name))
			return true;
	return false;
}

/* Parts that only one of the frames has; `sign` says which. */
static void add_rest(struct work *w, const struct part_list *rest, int sign)
{
	const struct snapshot_function *other = sign > 0 ? w->before : w->after;
	const char *source = NULL;
	struct diff_detail *sum = NULL;

	for (size_t i = 0; i < rest->n; i++) {
		const struct snapshot_part *p = rest->v[i];

		if (!p->counted)
			continue;
		if (sum && !str_compare(source, p->declared_in)) {
			sum->delta += sign * p->counted;
			continue;
		}
		sum = add(w, sign > 0 ? DETAIL_NEW : DETAIL_GONE, p, sign * p->counted);
		source = p->declared_in;
		if (!source || !other || has_inside(other, source)) {
			sum = NULL;
			continue;
		}
		sum->kind = sign > 0 ? DETAIL_INLINED : DETAIL_NOT_INLINED;
		sum->name = source;
		sum->type = NULL;
		sum->declared_in = NULL;
	}
}

static int64_t magnitude(int64_t n)
{
	return n < 0 ? -n : n;
}

static int compare_details(const void *a, const void *b)
{
	const struct diff_detail *x = a, *y = b;
	int c;

	if (magnitude(x->delta) != magnitude(y->delta))
		return magnitude(x->delta) > magnitude(y->delta) ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	c = str_compare(x->name, y->name);
	if (!c)
		c = str_compare(x->declared_in, y->declared_in);
	return c ? c : str_compare(x->type, y->type);
}

struct diff_detail *frame_details(struct diff *d, uint32_t before, uint32_t after, size_t *n)
{
	struct arena scratch = {0};
	struct work w = {
		.before = before == NO_ID ? NULL : &d->before->functions[before],
		.after = after == NO_ID ? NULL : &d->after->functions[after],
	};
	struct part_list x = sorted_parts(&scratch, w.before), y = sorted_parts(&scratch, w.after);

	*n = 0;
	if (d->before->run.has_details && d->after->run.has_details) {
		w.out = arena_array(&d->arena, x.n + y.n + 1, struct diff_detail);
		merge(&w, &x, &y, compare_typed);
		merge(&w, &x, &y, compare_variables);
		add_rest(&w, &x, -1);
		add_rest(&w, &y, 1);
	}
	if (w.n)
		qsort(w.out, w.n, sizeof(*w.out), compare_details);
	arena_release(&scratch);
	*n = w.n;
	return w.out;
}
