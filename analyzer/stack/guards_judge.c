/*
 * What is behind a guard, and whether its threshold covers it. In: guards with the edges on either side; out: depths,
 * verdicts, and the program without what guards cover.
 *
 * A test of remaining stack compares the threshold with the distance from an address in some frame to the stack's end.
 * Counted from the CFA of the function that tests, that address lies `measured` bytes down: behind a test that passed, threshold +
 * measured bytes are there. What is behind the next test on the way is that test's business, but for its failing side.
 */
#include "stack/guards_internal.h"
#include "stack/reasons.h"
#include "stack/solve.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_HELPERS = 4 };

const char *guard_verdict_name(enum guard_verdict v)
{
	static const char *const names[] = {"none",	  "too-low",  "perhaps-too-low",
					    "not-proven", "adequate", "generous"};

	return names[v];
}

/* Bytes from the CFA down to a place, at least and at most. */
struct distance {
	int64_t least, most;
};

static void widen(struct distance *d, int64_t bytes)
{
	if (d->least == BYTES_UNKNOWN || bytes < d->least)
		d->least = bytes;
	if (bytes > d->most)
		d->most = bytes;
}

static bool is_declared_in(const struct fact_part *part, const char *name)
{
	return part->declared_in && name && !strcmp(part->declared_in, name);
}

/* The variable whose address is measured, in this frame. The system's own function has two, of which one is it. */
static bool find_local(const struct program *p, uint32_t func, const struct fact_guard *g,
		       struct distance *out)
{
	const struct program_func *f = &p->funcs[func];
	const struct fact_part *parts = p->units[f->unit]->parts.v;

	*out = (struct distance){BYTES_UNKNOWN, BYTES_UNKNOWN};
	for (uint32_t i = f->first_part; i < f->first_part + f->n_parts; i++) {
		const struct fact_part *part = &parts[i];
		bool fits;

		if (part->kind != PART_VARIABLE || !part->has_offset || !part->name)
			continue;
		fits = g->local ? !strcmp(part->name, g->local) &&
					  (is_declared_in(part, g->within) ||
					   is_declared_in(part, g->measure))
				: is_declared_in(part, "IoGetRemainingStackSize");
		if (fits)
			widen(out, -part->offset);
	}
	return out->least != BYTES_UNKNOWN;
}

/* The call that measures: of the function compared, or of the system's own. */
static const struct program_edge *measuring_call(const struct program *p, uint32_t func,
						 const struct fact_guard *g)
{
	const struct program_func *f = &p->funcs[func];

	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
		const struct program_edge *e = &p->edges[i];
		const char *name = e->to != NO_ID	  ? p->funcs[e->to].fact->name
				   : e->external != NO_ID ? p->externals[e->external].symbol
							  : NULL;

		if (name && e->depth_bytes != BYTES_UNKNOWN &&
		    (!strcmp(name, g->measure) || strstr(name, "IoGetRemainingStackSize")))
			return e;
	}
	return NULL;
}

void guard_measure(const struct program *p, const struct depths *d, struct guard *guard)
{
	int64_t above = 0;
	uint32_t func = guard->func;

	for (int i = 0; i < MAX_HELPERS; i++) {
		const struct program_edge *call;
		struct distance found;

		if (find_local(p, func, guard->fact, &found)) {
			guard->measured = above + found.least;
			guard->measured_most = above + found.most;
			return;
		}
		call = measuring_call(p, func, guard->fact);
		if (!call) {
			/* Somewhere in this frame; or else in what the function calls, of which nothing is known. */
			guard->measured = above;
			guard->measured_most = d->v[func].bytes == BYTES_UNKNOWN
						       ? BYTES_UNKNOWN
						       : above + d->v[func].bytes;
			return;
		}
		above += call->depth_bytes;
		guard->measured = above;
		if (call->to == NO_ID)
			return;
		func = call->to;
	}
}

int64_t guard_edge_depth(const struct program *p, const struct depths *d, uint32_t edge)
{
	const struct program_edge *e = &p->edges[edge];
	int64_t below = 0;

	if (!edge_is_followed(e) || e->evidence == EVIDENCE_SIGNATURE)
		return 0;
	if (e->to == NO_ID)
		return e->external == NO_ID ? 0
					    : edge_floor(p, e) + depths_external_bytes(p, d, edge);
	below = d->v[e->to].bytes;
	return edge_floor(p, e) +
	       (below == BYTES_UNKNOWN ? (int64_t)p->funcs[e->to].fact->entry_bytes : below);
}

static const struct depths *between(const struct guards *g)
{
	return g->between.made ? &g->between.depths : g->depths;
}

/* Of one edge and all that is below it. */
static uint32_t reasons_below(const struct guards *g, uint32_t edge)
{
	const struct program_edge *e = &g->program->edges[edge];
	uint32_t reasons = reasons_of_edge(between(g), g->program, edge);

	if (edge_is_believed(e) && !g->program->funcs[e->to].noreturn)
		reasons |= between(g)->v[e->to].reasons &
			   ~(e->evidence == EVIDENCE_DIRECT ? 1u << REASON_CALLBACK : 0);
	return reasons;
}

static void find_worst(const struct guards *g, struct guard *guard)
{
	uint32_t number = (uint32_t)(guard - g->v.v);

	guard->behind = frame_floor(g->program, guard->func);
	guard->reasons = reasons_of_frame(g->program, guard->func);
	for (uint32_t i = 0; i < guard->n_pass; i++) {
		uint32_t edge = guard->pass[i];
		int64_t depth;

		if (g->behind[edge] != number)
			continue;
		depth = guard_edge_depth(g->program, between(g), edge);
		guard->reasons |= reasons_below(g, edge);
		if (depth <= guard->behind)
			continue;
		guard->behind = depth;
		guard->via = edge;
	}
	for (uint32_t i = 0; i < guard->n_fail; i++) {
		int64_t depth = guard_edge_depth(g->program, between(g), guard->fail[i]);

		if (depth > guard->fail_depth)
			guard->fail_depth = depth;
	}
	guard->need = guard->behind - guard->measured;
	if (guard->need < 0)
		guard->need = 0;
}

static enum guard_verdict verdict(const struct guard *guard)
{
	bool estimated = guard->reasons & 1u << REASON_ESTIMATED_FRAME;

	if (guard->threshold == BYTES_UNKNOWN)
		return GUARD_NOT_PROVEN;
	if (guard->need > guard->threshold) {
		if (estimated || guard->measured_most == BYTES_UNKNOWN ||
		    guard->behind - guard->measured_most <= guard->threshold)
			return GUARD_PERHAPS_TOO_LOW;
		return GUARD_TOO_LOW;
	}
	if (guard->reasons || guard->n_both)
		return GUARD_NOT_PROVEN;
	return guard->threshold / 2 > guard->need ? GUARD_GENEROUS : GUARD_ADEQUATE;
}

typedef bool cuts_fn(const struct guards *g, uint32_t edge);

static bool is_behind_any(const struct guards *g, uint32_t edge)
{
	return g->behind && g->behind[edge] != NO_ID;
}

static void make_view(struct guards *g, struct guards_view *v, const bool *cut)
{
	size_t bytes = g->program->n_edges * sizeof(*g->program->edges);

	v->program = *g->program;
	v->program.edges = arena_memdup(&g->arena, g->program->edges, bytes);
	for (uint32_t i = 0; i < g->program->n_edges; i++)
		v->program.edges[i].cut |= cut[i];
	depths_solve(&v->depths, &v->program);
	v->made = true;
}

/* Cuts what the function names; no view when that is nothing. */
static void make_view_where(struct guards *g, struct guards_view *v, cuts_fn *cuts)
{
	bool *cut = mem_calloc(g->program->n_edges, sizeof(*cut)), any = false;

	for (uint32_t i = 0; g->behind && i < g->program->n_edges; i++)
		any |= cut[i] = cuts(g, i);
	if (any)
		make_view(g, v, cut);
	free(cut);
}

/*
 * What passes an inadequate test is judged by no other one: an adequate guard above it left it to that test. So a call
 * that may lead there is covered by nothing, with all that is below it.
 */
static void find_leaks(struct guards *g)
{
	const struct program *p = g->program;
	VEC(uint32_t) todo = {0};

	for (uint32_t i = 0; g->behind && i < p->n_edges; i++) {
		if (g->behind[i] == NO_ID || g->v.v[g->behind[i]].verdict >= GUARD_ADEQUATE)
			continue;
		if (!g->leaks)
			g->leaks = arena_array(&g->arena, p->n_funcs, bool);
		if (!g->leaks[p->edges[i].from])
			*vec_push(&todo) = p->edges[i].from;
		g->leaks[p->edges[i].from] = true;
	}
	while (todo.n) {
		const struct program_func *f = &p->funcs[todo.v[--todo.n]];

		for (uint32_t i = f->first_in; i < f->first_in + f->n_in; i++) {
			const struct program_edge *e = &p->edges[p->in_edges[i]];

			if (!edge_is_followed(e) || e->evidence == EVIDENCE_SIGNATURE ||
			    g->leaks[e->from])
				continue;
			g->leaks[e->from] = true;
			*vec_push(&todo) = e->from;
		}
	}
	vec_release(&todo);
}

/* A counter that is held against 0 is no limit: most likely the height of what is walked through. */
static bool bounds_recursion(const struct guard *guard)
{
	switch (guard->fact->kind) {
	case GUARD_STACK: break;
	case GUARD_DEPTH: return guard->counts;
	case GUARD_COUNTER: return guard->threshold != 0;
	case GUARD_HANDLER:
	case GUARD_KIND_COUNT: return false;
	}
	return true;
}

static void make_unguarded(struct guards *g)
{
	bool *cut = mem_calloc(g->program->n_edges, sizeof(*cut)), any = false;

	for (size_t i = 0; i < g->v.n; i++) {
		const struct guard *guard = &g->v.v[i];

		if (!bounds_recursion(guard))
			continue;
		for (uint32_t k = 0; k < guard->n_pass; k++)
			any |= cut[guard->pass[k]] = true;
	}
	if (any)
		make_view(g, &g->unguarded, cut);
	free(cut);
}

static bool is_by_signature(const struct program *p, const struct cycle *c)
{
	for (uint32_t i = 0; i < c->n_edges; i++)
		if (p->edges[c->edges[i]].evidence == EVIDENCE_SIGNATURE)
			return true;
	return false;
}

static void mark_circles(struct guards *g)
{
	const struct depths *d = g->unguarded.made ? &g->unguarded.depths : g->depths;

	g->in_circle = arena_array(&g->arena, g->program->n_funcs, bool);
	for (uint32_t i = 0; i < d->n_cycles; i++) {
		const struct cycle *c = &d->cycles[i];

		for (uint32_t k = 0; !is_by_signature(g->program, c) && k < c->n_funcs; k++)
			g->in_circle[c->funcs[k]] = true;
	}
}

void guards_judge(struct guards *g)
{
	make_view_where(g, &g->between, is_behind_any);
	for (size_t i = 0; i < g->v.n; i++) {
		if (g->v.v[i].fact->kind != GUARD_STACK)
			continue;
		find_worst(g, &g->v.v[i]);
		g->v.v[i].verdict = verdict(&g->v.v[i]);
	}
	find_leaks(g);
	make_view_where(g, &g->uncovered, guards_covers);
	make_unguarded(g);
	mark_circles(g);
}

const struct program *guards_uncovered_program(const struct guards *g)
{
	return g->uncovered.made ? &g->uncovered.program : g->program;
}

const struct depths *guards_uncovered_depths(const struct guards *g)
{
	return g->uncovered.made ? &g->uncovered.depths : g->depths;
}

static bool passes(const struct guard *guard, uint32_t edge)
{
	for (uint32_t i = 0; i < guard->n_pass; i++)
		if (guard->pass[i] == edge)
			return true;
	return false;
}

const struct guard *guards_of_cycle(const struct guards *g, const struct cycle *c)
{
	for (uint32_t i = 0; i < c->n_funcs; i++)
		if (g->in_circle[c->funcs[i]])
			return NULL;
	for (size_t i = 0; i < g->v.n; i++) {
		const struct guard *guard = &g->v.v[i];

		if (!bounds_recursion(guard))
			continue;
		for (uint32_t k = 0; k < c->n_edges; k++)
			if (passes(guard, c->edges[k]))
				return guard;
	}
	return NULL;
}

const struct reentry *guards_unguarded_reentry(const struct guards *g, uint32_t n)
{
	const struct depths *d = between(g);

	return n < d->n_reentries ? &d->reentries[n] : NULL;
}
