#include "stack/cycles.h"
#include "stack/reasons.h"
#include "stack/reentry.h"
#include "stack/solve.h"
#include "stack/stack.h"
#include "stack/turns.h"

#include <stdlib.h>

/* The order of the steps, the names, the worst paths, the invariants. */

const char *bound_name(enum bound b)
{
	static const char *const names[] = {"exact", "at-least", "unbounded"};

	return names[b];
}

static const struct {
	const char *name, *text;
} reasons[REASON_COUNT] = {
	[REASON_RECURSION] = {"recursion", "recursion"},
	[REASON_POSSIBLE_RECURSION] = {"possible-recursion",
				       "recursion, if an indirect call leads back"},
	[REASON_DYNAMIC_FRAME] = {"dynamic-frame",
				  "a variable-length array or alloca without a known limit"},
	[REASON_UNMEASURED_FRAME] = {"unmeasured-frame", "code that could not be followed"},
	[REASON_ESTIMATED_FRAME] = {"estimated-frame", "frames estimated without compiled code"},
	[REASON_UNKNOWN_EXTERNAL] = {"unknown-external",
				     "calls to functions outside the scanned sources"},
	[REASON_INDIRECT_CALL] = {"indirect-call", "indirect calls that may have further targets"},
	[REASON_SIGNATURE_CALL] = {"signature-call",
				   "indirect calls whose candidates are known by type only"},
	[REASON_UNRESOLVED_CALL] = {"unresolved-call", "indirect calls without a known target"},
	[REASON_CALLBACK] = {"callback",
			     "calls of functions that callers pass in, counted there only"},
	[REASON_EXTERNAL_FLOOR] =
		{"external-floor",
		 "functions outside the scanned sources that take at least what is "
		 "counted"},
	[REASON_REENTRY] = {"reentry",
			    "calls outside the scanned sources that may come back into the driver"},
};

const char *reason_name(enum reason r)
{
	return reasons[r].name;
}

const char *reason_text(enum reason r)
{
	return reasons[r].text;
}

static int compare_bounded(const void *pa, const void *pb)
{
	const struct bounded *a = pa, *b = pb;

	return (a->func > b->func) - (a->func < b->func);
}

static void keep_bounded(struct depths *d, const struct solution *s)
{
	d->n_bounded = (uint32_t)s->bounded.n;
	d->bounded = arena_memdup(&d->arena, s->bounded.v, s->bounded.n * sizeof(*s->bounded.v));
	if (d->n_bounded)
		qsort(d->bounded, d->n_bounded, sizeof(*d->bounded), compare_bounded);
}

const struct bounded *depths_bounded(const struct depths *d, uint32_t func)
{
	const struct bounded key = {.func = func};

	if (!d->n_bounded)
		return NULL;
	return bsearch(&key, d->bounded, d->n_bounded, sizeof(key), compare_bounded);
}

static int compare_ways(const void *pa, const void *pb)
{
	const struct circle_way *a = pa, *b = pb;

	return (a->func > b->func) - (a->func < b->func);
}

static void keep_ways(struct depths *d, const struct solution *s)
{
	d->n_ways = (uint32_t)s->ways.n;
	d->ways = arena_memdup(&d->arena, s->ways.v, s->ways.n * sizeof(*s->ways.v));
	d->way_edges =
		arena_memdup(&d->arena, s->way_edges.v, s->way_edges.n * sizeof(*s->way_edges.v));
	if (d->n_ways)
		qsort(d->ways, d->n_ways, sizeof(*d->ways), compare_ways);
}

const struct circle_way *depths_way(const struct depths *d, uint32_t func)
{
	const struct circle_way key = {.func = func};

	if (!d->n_ways)
		return NULL;
	return bsearch(&key, d->ways, d->n_ways, sizeof(key), compare_ways);
}

static bool is_limited(const struct depths *d, uint32_t func)
{
	const struct bounded *b = depths_bounded(d, func);

	return b && b->limited;
}

static void copy_solutions(struct depths *d, const struct program *p,
			   const struct solution *believed, const struct solution *possible)
{
	for (uint32_t i = 0; i < p->n_funcs; i++) {
		struct depth *v = &d->v[i];

		v->via = believed->via[i];
		v->bytes = believed->bytes[i];
		if (program_frame_bytes(p, i) == BYTES_UNKNOWN && v->via == NO_ID &&
		    !is_limited(d, i))
			v->bytes = BYTES_UNKNOWN;
		v->possible_bytes = possible->bytes[i];
		/* Breaking cycles elsewhere can cost the larger problem a few bytes. */
		if (v->possible_bytes < v->bytes)
			v->possible_bytes = v->bytes;
		for (unsigned r = 0; r < REASON_COUNT; r++)
			v->witness[r] = NO_ID;
	}
}

/* A limit of turns is used where there is something to turn round in. */
static void mark_limits(const struct program *p, const struct scc *possible)
{
	for (uint32_t i = 0; i < p->n_funcs; i++) {
		uint32_t c = possible->component[i];

		if (p->funcs[i].has_turns && p->funcs[i].turns_annotation != NO_ID &&
		    possible->cyclic[c] && !cycle_is_flat(p, possible, c, edge_is_possible))
			p->annotation_used[p->funcs[i].turns_annotation] = true;
	}
}

int64_t depths_external_bytes(const struct program *p, const struct depths *d, uint32_t edge)
{
	const struct program_external *x = &p->externals[p->edges[edge].external];
	const struct reentry_cost *c = reentry_cost_of(d, edge);

	return (x->cost_bytes == BYTES_UNKNOWN ? 0 : x->cost_bytes) + (c ? c->bytes : 0);
}

/* Without any edge that only a signature supports, what is possible is what is believed. */
static bool has_signatures(const struct program *p)
{
	for (uint32_t i = 0; i < p->n_edges; i++)
		if (p->edges[i].evidence == EVIDENCE_SIGNATURE)
			return true;
	return false;
}

void depths_solve(struct depths *d, const struct program *p)
{
	struct scc certain = {0}, believed = {0}, other = {0};
	struct solution worst = {0}, maybe = {0};
	bool differ = has_signatures(p);
	const struct scc *possible = differ ? &other : &believed;

	*d = (struct depths){0};
	d->v = arena_array(&d->arena, p->n_funcs, struct depth);
	scc_find(&certain, p, edge_is_certain);
	scc_find(&believed, p, edge_is_believed);
	if (differ)
		scc_find(&other, p, edge_is_possible);
	solve(&worst, p, d, &believed, edge_is_believed);
	if (reentry_find(d, p, &worst)) {
		solution_release(&worst);
		worst = (struct solution){0};
		solve(&worst, p, d, &believed, edge_is_believed);
	}
	if (differ)
		solve(&maybe, p, d, possible, edge_is_possible);
	keep_bounded(d, &worst);
	keep_ways(d, &worst);
	copy_solutions(d, p, &worst, differ ? &maybe : &worst);
	mark_limits(p, possible);
	reasons_solve(d, p, &certain, &believed, possible);
	cycles_find(d, p, &certain, &believed, possible);
	solution_release(&worst);
	solution_release(&maybe);
	scc_release(&certain);
	scc_release(&believed);
	scc_release(&other);
}

void depths_release(struct depths *d)
{
	arena_release(&d->arena);
	*d = (struct depths){0};
}

/* Bytes below an edge, with the callee's depth given. */
static int64_t through_edge(const struct program *p, const struct depths *d, uint32_t edge,
			    int64_t depth)
{
	const struct program_edge *e = &p->edges[edge];

	if (e->to == NO_ID)
		return edge_floor(p, e) + depths_external_bytes(p, d, edge);
	return edge_floor(p, e) +
	       (depth == BYTES_UNKNOWN ? (int64_t)p->funcs[e->to].fact->entry_bytes : depth);
}

/* Bytes below a function of a limited component when no turn is left. */
static int64_t expected_out(const struct program *p, const struct depths *d,
			    const struct bounded *b)
{
	const struct bounded *to;
	int64_t below;

	if (b->via == NO_ID)
		return frame_floor(p, b->func);
	to = p->edges[b->via].to == NO_ID ? NULL : depths_bounded(d, p->edges[b->via].to);
	below = p->edges[b->via].to == NO_ID ? 0 : d->v[p->edges[b->via].to].bytes;
	return through_edge(p, d, b->via, to && to->component == b->component ? to->bytes : below);
}

/* Bytes along a way, and below it. */
static int64_t expected_way(const struct program *p, const struct depths *d,
			    const struct circle_way *way)
{
	uint32_t at = way->func;
	int64_t bytes = 0;

	for (uint32_t i = way->first; i < way->first + way->n; i++) {
		const struct program_edge *e = &p->edges[d->way_edges[i]];

		if (e->from != at)
			BUG("the way of function %u is broken at function %u", way->func, at);
		if (!way->ends && i + 1 == way->first + way->n)
			return bytes + through_edge(p, d, d->way_edges[i],
						    e->to == NO_ID ? 0 : d->v[e->to].bytes);
		bytes += edge_floor(p, e);
		at = e->to;
	}
	return bytes + frame_floor(p, at);
}

/* Bytes below a function on its worst path, as depths_solve() must have found them. */
static int64_t expected(const struct program *p, const struct depths *d, uint32_t func)
{
	const struct bounded *b = depths_bounded(d, func);
	const struct circle_way *way = depths_way(d, func);
	uint32_t via = d->v[func].via;

	if (b && expected_out(p, d, b) != b->bytes)
		BUG("the way out of function %u adds up to %lld, its depth there is %lld", func,
		    (long long)expected_out(p, d, b), (long long)b->bytes);
	if (b && b->limited)
		return b->bytes + b->turns_bytes;
	if (via == NO_ID)
		return program_frame_bytes(p, func);
	if (p->edges[via].from != func)
		BUG("the worst path of function %u takes an edge of %u", func, p->edges[via].from);
	if (!edge_is_followed(&p->edges[via]))
		BUG("the worst path of function %u takes edge %u, which is not to be followed",
		    func, via);
	if (way)
		return expected_way(p, d, way);
	return through_edge(p, d, via,
			    p->edges[via].to == NO_ID ? 0 : d->v[p->edges[via].to].bytes);
}

static void check_cycle(const struct program *p, const struct cycle *c, uint32_t number)
{
	for (uint32_t i = 0; i < c->n_edges; i++) {
		const struct program_edge *e = &p->edges[c->edges[i]];
		const struct program_edge *next = &p->edges[c->edges[(i + 1) % c->n_edges]];

		if (e->to != next->from)
			BUG("cycle %u is broken at its edge %u", number, i);
	}
	if (!c->n_edges || !c->n_funcs)
		BUG("cycle %u is empty", number);
}

void stack_check(const struct program *p, const struct depths *d)
{
	for (uint32_t i = 0; i < p->n_funcs; i++) {
		const struct depth *v = &d->v[i];

		if (v->bytes != expected(p, d, i))
			BUG("the path of function %u adds up to %lld, its depth is %lld", i,
			    (long long)expected(p, d, i), (long long)v->bytes);
		if (v->bytes != BYTES_UNKNOWN && v->bytes < program_frame_bytes(p, i))
			BUG("function %u is less deep than its frame", i);
		if ((v->bound == BOUND_EXACT) != !v->reasons)
			BUG("function %u is %s with %s reason", i, bound_name(v->bound),
			    v->reasons ? "a" : "no");
	}
	for (uint32_t i = 0; i < d->n_cycles; i++)
		check_cycle(p, &d->cycles[i], i);
}
