/*
 * Two worst paths held against each other. Input: the paths of a matched pair of functions. Output: one reason for every step
 * whose share of the depth is another one, or that only one path has; they add up to the change of the depth.
 *
 * A step is the same when its functions match; outside functions match by symbol. Worst paths have no circles, so a function
 * is on a path once. Steps that the old path had at a place come before those that took their place.
 */
#include "snapshot/reasons.h"

#include <stdlib.h>

struct comparison {
	struct diff *d;
	const struct inlining *in;
	struct snapshot_path before, after;
	struct arena scratch;
	struct map place; /* of the old path: function number (or outside symbol) -> step + 1 */
	struct diff_entry *e;
};

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool calls(const struct snapshot_function *f, const char *symbol)
{
	return f->n_callees && bsearch(&symbol, f->callees, f->n_callees, sizeof(*f->callees),
				       compare_strings) != NULL;
}

static const struct snapshot_function *before_function(const struct comparison *c, uint32_t i)
{
	return i == NO_ID ? NULL : &c->d->before->functions[i];
}

static const struct snapshot_function *after_function(const struct comparison *c, uint32_t i)
{
	return i == NO_ID ? NULL : &c->d->after->functions[i];
}

static void index_old_path(struct comparison *c)
{
	for (size_t i = 0; i < c->before.n; i++) {
		const struct snapshot_step *s = &c->before.steps[i];

		if (s->func == NO_ID)
			*map_put_str(&c->place, s->symbol, NULL) = i + 1;
		else
			*map_put(&c->place, &s->func, sizeof(s->func), NULL) = i + 1;
	}
}

/* The old path's step that is the same one; its length when there is none. */
static size_t old_place(const struct comparison *c, const struct snapshot_step *s)
{
	uint32_t before = s->func == NO_ID ? NO_ID : c->d->to_before[s->func];
	const uint64_t *place = s->func == NO_ID ? map_find_str(&c->place, s->symbol)
						 : map_find(&c->place, &before, sizeof(before));

	if (!place || (s->func != NO_ID && before == NO_ID))
		return c->before.n;
	return (size_t)*place - 1;
}

static struct diff_reason *add(struct comparison *c, enum diff_cause cause,
			       const struct snapshot_path *path, size_t step)
{
	struct diff_reason *r = &c->e->reasons[c->e->n_reasons++];
	const struct snapshot_step *s = &path->steps[step];

	*r = (struct diff_reason){
		.cause = cause,
		.before = NO_ID,
		.after = NO_ID,
		.label = s->label,
		.caller = step ? path->steps[step - 1].label : NULL,
		.frame_before = BYTES_UNKNOWN,
		.frame_after = BYTES_UNKNOWN,
		.file = step ? path->steps[step - 1].file : s->file,
		.line = step ? path->steps[step - 1].line : s->line,
	};
	return r;
}

static void set_frames(const struct comparison *c, struct diff_reason *r, uint32_t before,
		       uint32_t after)
{
	const struct snapshot_function *x = before_function(c, before);
	const struct snapshot_function *y = after_function(c, after);

	r->before = before;
	r->after = after;
	r->frame_before = x ? x->frame_bytes : BYTES_UNKNOWN;
	r->frame_after = y ? y->frame_bytes : BYTES_UNKNOWN;
}

/* A step on both paths. */
static void add_changed(struct comparison *c, size_t i, size_t j)
{
	const struct snapshot_step *x = &c->before.steps[i], *y = &c->after.steps[j];
	struct diff_reason *r;

	if (x->share == y->share)
		return;
	r = add(c, CAUSE_COST, &c->after, j);
	r->delta = y->share - x->share;
	if (x->func == NO_ID || y->func == NO_ID)
		return;
	set_frames(c, r, x->func, y->func);
	r->cause = r->frame_before == r->frame_after ? CAUSE_CALL : CAUSE_FRAME;
	if (r->cause == CAUSE_FRAME) {
		r->file = c->d->after->functions[y->func].file;
		r->line = c->d->after->functions[y->func].line;
		r->details = frame_details(c->d, x->func, y->func, &r->n_details);
	} else {
		r->file = y->file;
		r->line = y->line;
	}
}

/* Did the function of the step before this one call it on the other side too? Where the calls are not known, it did. */
static bool called_before(const struct comparison *c, size_t j, const char *symbol)
{
	uint32_t caller = j ? c->after.steps[j - 1].func : NO_ID;
	const struct snapshot_function *x;

	if (caller == NO_ID || !c->d->before->run.has_callees)
		return true;
	x = before_function(c, c->d->to_before[caller]);
	return x && calls(x, symbol);
}

static bool called_after(const struct comparison *c, size_t i, const char *symbol)
{
	uint32_t caller = i ? c->before.steps[i - 1].func : NO_ID;
	const struct snapshot_function *y;

	if (caller == NO_ID || !c->d->after->run.has_callees)
		return true;
	y = after_function(c, c->d->to_after[caller]);
	return y && calls(y, symbol);
}

static void add_entered(struct comparison *c, size_t j)
{
	const struct snapshot_step *s = &c->after.steps[j];
	struct diff_reason *r = add(c, CAUSE_NOW_DEEPEST, &c->after, j);
	uint32_t before = s->func == NO_ID ? NO_ID : c->d->to_before[s->func], host;

	r->delta = s->share;
	if (s->func != NO_ID) {
		set_frames(c, r, before, s->func);
		/* Often why this way is the deepest one now. */
		if (r->frame_before != r->frame_after)
			r->details = frame_details(c->d, before, s->func, &r->n_details);
	}
	if (s->func != NO_ID && before == NO_ID) {
		host = inlining_out_of(c->in, c->d, s->func);
		r->cause = host == NO_ID ? CAUSE_NEW_FUNCTION : CAUSE_OUTLINED;
		if (host != NO_ID)
			r->host = c->d->before->functions[host].label;
	} else if (!called_before(c, j,
				  before == NO_ID ? s->symbol
						  : before_function(c, before)->symbol)) {
		r->cause = CAUSE_NEW_CALL;
	}
}

static void add_left(struct comparison *c, size_t i)
{
	const struct snapshot_step *s = &c->before.steps[i];
	struct diff_reason *r = add(c, CAUSE_NOT_DEEPEST, &c->before, i);
	uint32_t after = s->func == NO_ID ? NO_ID : c->d->to_after[s->func], host;

	r->delta = -s->share;
	if (s->func != NO_ID)
		set_frames(c, r, s->func, after);
	if (s->func != NO_ID && after == NO_ID) {
		host = inlining_into(c->in, c->d, s->func);
		r->cause = host == NO_ID ? CAUSE_FUNCTION_GONE : CAUSE_INLINED;
		if (host != NO_ID)
			r->host = c->d->after->functions[host].label;
	} else if (!called_after(c, i,
				 after == NO_ID ? s->symbol : after_function(c, after)->symbol)) {
		r->cause = CAUSE_CALL_GONE;
	}
}

/* Old steps from *i up to `end` that are on the new path nowhere. */
static void add_left_until(struct comparison *c, const bool *stays, size_t *i, size_t end)
{
	for (; *i < end; ++*i)
		if (!stays[*i])
			add_left(c, *i);
}

static void walk(struct comparison *c)
{
	bool *stays = arena_array(&c->scratch, c->before.n + 1, bool);
	size_t i = 0, entered = 0;

	for (size_t j = 0; j < c->after.n; j++)
		stays[old_place(c, &c->after.steps[j])] = true;
	for (size_t j = 0; j <= c->after.n; j++) {
		size_t place = j < c->after.n ? old_place(c, &c->after.steps[j]) : c->before.n;

		if (j < c->after.n && place == c->before.n)
			continue;
		add_left_until(c, stays, &i, place);
		for (; entered < j; entered++)
			add_entered(c, entered);
		entered = j + 1;
		if (j < c->after.n)
			add_changed(c, place, j);
	}
}

void path_reasons(struct diff *d, const struct inlining *in, uint32_t before, uint32_t after,
		  struct diff_entry *e)
{
	struct comparison c = {.d = d, .in = in, .e = e};

	snapshot_path(d->before, before, &c.scratch, &c.before);
	snapshot_path(d->after, after, &c.scratch, &c.after);
	e->reasons = arena_array(&d->arena, c.before.n + c.after.n + 1, struct diff_reason);
	e->n_reasons = 0;
	index_old_path(&c);
	walk(&c);
	map_release(&c.place);
	arena_release(&c.scratch);
}
