/*
 * Parameters that count. In: guards on a parameter, and what calls pass; out: whether every call of the circle moves the count
 * towards its limit, and how many turns that allows.
 *
 * The count is followed from the guard's parameter through the calls of its component: each passes it on, plus a
 * constant, in one parameter of the callee. A call that passes something else starts a count of its own: then the guard
 * bounds nothing, unless that call is behind no circle.
 */
#include "stack/guards_internal.h"

#include "base/mem.h"
#include "stack/scc.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_PARAMS = 16 };

/* A call inside the component that passes the count on as it is. */
struct kept {
	uint32_t from, to;
	bool gone;
};

struct count {
	const struct program *p;
	const struct guard *guard;
	const struct cycle *cycle;
	uint32_t *param; /* by function: the parameter that carries the count; NO_ID */
	VEC(uint32_t) todo;
	VEC(struct kept) kept;
	bool clear; /* all calls speak of their functions' own parameters: turns can be counted */
};

static bool in_cycle(const struct cycle *c, uint32_t func)
{
	uint32_t low = 0, high = c->n_funcs;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (c->funcs[mid] < func)
			low = mid + 1;
		else
			high = mid;
	}
	return low < c->n_funcs && c->funcs[low] == func;
}

/* The argument that passes the count on: one that moves it the right way, else one that keeps it. */
static const struct fact_arg *passed_count(const struct count *c, const struct program_edge *e,
					   uint32_t param)
{
	int64_t step = c->guard->fact->counts_up ? 1 : -1;
	const struct fact_arg *kept = NULL;

	for (uint32_t position = 0; position < MAX_PARAMS; position++) {
		const struct fact_arg *a = program_call_arg(c->p, e, position);

		if (!a || a->kind != ARG_PARAM || a->number != param)
			continue;
		if (a->value == step)
			return a;
		if (!a->value && !kept)
			kept = a;
	}
	return kept;
}

/* A call in an inlined function speaks of that one's parameters: of any that moves the right way it is believed. */
static const struct fact_arg *passed_inlined(const struct count *c, const struct program_edge *e)
{
	for (uint32_t n = 0; n < MAX_PARAMS; n++) {
		const struct fact_arg *a = passed_count(c, e, n);

		if (a && a->value)
			return a;
	}
	return NULL;
}

static bool follow_edge(struct count *c, const struct program_edge *e)
{
	bool own = !e->call->within || !strcmp(e->call->within, c->p->funcs[e->from].fact->name);
	const struct fact_arg *a =
		own ? passed_count(c, e, c->param[e->from]) : passed_inlined(c, e);

	if (!a || e->through != NO_ID)
		return false;
	if (!a->value)
		*vec_push(&c->kept) = (struct kept){e->from, e->to, false};
	c->clear &= own;
	if (c->param[e->to] == NO_ID) {
		c->param[e->to] = a->position;
		*vec_push(&c->todo) = e->to;
	}
	return c->param[e->to] == a->position;
}

/* Every call inside the component passes the count on. */
static bool follow_all(struct count *c)
{
	c->param[c->guard->func] = c->guard->fact->param;
	*vec_push(&c->todo) = c->guard->func;
	while (c->todo.n) {
		uint32_t func = c->todo.v[--c->todo.n];
		const struct program_func *f = &c->p->funcs[func];

		for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
			const struct program_edge *e = &c->p->edges[i];

			if (edge_is_believed(e) && in_cycle(c->cycle, e->to) && !follow_edge(c, e))
				return false;
		}
	}
	return true;
}

/* The value that is furthest from the limit among those that come in from outside; false: one is not known. */
static bool find_start(const struct count *c, int64_t *start)
{
	bool up = c->guard->fact->counts_up, any = false;

	for (uint32_t k = 0; k < c->cycle->n_funcs; k++) {
		uint32_t func = c->cycle->funcs[k];
		const struct program_func *f = &c->p->funcs[func];

		if (f->is_entry || f->address_taken || f->fact->marks & 1u << MARK_EXPORTED)
			return false;
		for (uint32_t i = 0; i < f->n_in; i++) {
			const struct program_edge *e =
				&c->p->edges[c->p->in_edges[f->first_in + i]];
			const struct fact_arg *a;

			if (in_cycle(c->cycle, e->from))
				continue;
			a = program_call_arg(c->p, e, c->param[func]);
			if (!a || a->kind != ARG_VALUE)
				return false;
			if (!any || (up ? a->value < *start : a->value > *start))
				*start = a->value;
			any = true;
		}
	}
	return any;
}

/* Both ways of writing the test fit: the last turn may be taken at the limit. */
static int64_t turns_from(const struct guard *guard, int64_t start)
{
	int64_t turns =
		guard->fact->counts_up ? guard->threshold - start : start - guard->threshold;

	return turns < 0 ? 1 : turns + 1;
}

static bool has_kept(const struct count *c, uint32_t func, bool out)
{
	for (size_t i = 0; i < c->kept.n; i++)
		if (!c->kept.v[i].gone && (out ? c->kept.v[i].from : c->kept.v[i].to) == func)
			return true;
	return false;
}

/* The calls that keep the count close no circle: what nothing leads to, or what leads nowhere, is taken off until nothing is left. */
static bool every_circle_moves(struct count *c)
{
	size_t left = c->kept.n, before;

	do {
		before = left;
		for (size_t i = 0; i < c->kept.n; i++) {
			struct kept *k = &c->kept.v[i];

			if (k->gone || (has_kept(c, k->from, false) && has_kept(c, k->to, true)))
				continue;
			k->gone = true;
			left--;
		}
	} while (left < before);
	return !left;
}

static void count_in(struct guards *g, struct guard *guard, const struct cycle *cycle)
{
	struct count c = {.p = g->program, .guard = guard, .cycle = cycle, .clear = true};
	int64_t start = 0;

	c.param = mem_calloc(g->program->n_funcs, sizeof(*c.param));
	memset(c.param, 0xff, g->program->n_funcs * sizeof(*c.param));
	guard->counts = follow_all(&c) && every_circle_moves(&c);
	if (guard->counts && c.clear && guard->threshold != BYTES_UNKNOWN && find_start(&c, &start))
		guard->turns = turns_from(guard, start);
	vec_release(&c.todo);
	vec_release(&c.kept);
	free(c.param);
}

/* Calls by name within one unit: what the source proves of a recursion holds for the machine code. */
static bool is_within_unit(const struct program *p, const struct cycle *c)
{
	for (uint32_t k = 0; k < c->n_funcs; k++) {
		const struct program_func *f = &p->funcs[c->funcs[k]];

		if (f->unit != p->funcs[c->funcs[0]].unit)
			return false;
		for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
			const struct program_edge *e = &p->edges[i];

			if (edge_is_believed(e) && in_cycle(c, e->to) &&
			    (e->evidence != EVIDENCE_DIRECT || e->through != NO_ID))
				return false;
		}
	}
	return true;
}

static bool holds(const uint32_t *edges, uint32_t n, uint32_t edge)
{
	for (uint32_t i = 0; i < n; i++)
		if (edges[i] == edge)
			return true;
	return false;
}

/* Is the call one that a guard of the same test, wherever its code was inlined, keeps to one turn? */
static bool is_once(const struct guards *g, const struct fact_guard *fact, uint32_t edge)
{
	for (size_t i = 0; i < g->v.n; i++)
		if (g->v.v[i].fact == fact && holds(g->v.v[i].pass, g->v.v[i].n_pass, edge))
			return true;
	return false;
}

/* Does another call lead from the function to one that is left? */
static bool leads_on(const struct guards *g, const struct fact_guard *fact, const struct cycle *c,
		     uint32_t func, const bool *gone)
{
	const struct program_func *f = &g->program->funcs[func];

	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
		const struct program_edge *e = &g->program->edges[i];

		if (edge_is_believed(e) && in_cycle(c, e->to) && !gone[e->to] &&
		    !is_once(g, fact, i))
			return true;
	}
	return false;
}

/* All ways round lead through the calls that exclude themselves: then there is one turn. */
static void count_once(struct guards *g, struct guard *guard, const struct cycle *c)
{
	bool *gone = mem_calloc(g->program->n_funcs, sizeof(*gone));
	uint32_t left = c->n_funcs, before = 0;

	while (left && left != before && is_within_unit(g->program, c)) {
		before = left;
		for (uint32_t k = 0; k < c->n_funcs; k++) {
			uint32_t func = c->funcs[k];

			if (gone[func] || leads_on(g, guard->fact, c, func, gone))
				continue;
			gone[func] = true;
			left--;
		}
	}
	free(gone);
	guard->counts = !left;
	if (guard->counts)
		guard->turns = 1;
}

static void count_all(struct guards *g, struct guard *guard)
{
	for (size_t k = 0; k < g->depths->n_cycles && !guard->counts; k++) {
		const struct cycle *c = &g->depths->cycles[k];

		if (!in_cycle(c, guard->func))
			continue;
		if (guard->fact->once)
			count_once(g, guard, c);
		else
			count_in(g, guard, c);
	}
}

void guards_count(struct guards *g)
{
	for (size_t i = 0; i < g->v.n; i++) {
		struct guard *guard = &g->v.v[i];

		bool own = !strcmp(g->program->funcs[guard->func].fact->name, guard->fact->within);

		if (guard->fact->kind == GUARD_DEPTH && (own || guard->fact->once))
			count_all(g, guard);
	}
}
