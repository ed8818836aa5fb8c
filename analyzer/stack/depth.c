#include "stack/cycles.h"
#include "stack/reasons.h"
#include "stack/solve.h"
#include "stack/stack.h"

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
};

const char *reason_name(enum reason r)
{
	return reasons[r].name;
}

const char *reason_text(enum reason r)
{
	return reasons[r].text;
}

static void copy_solutions(struct depths *d, const struct program *p,
			   const struct solution *believed, const struct solution *possible)
{
	for (uint32_t i = 0; i < p->n_funcs; i++) {
		struct depth *v = &d->v[i];

		v->via = believed->via[i];
		v->bytes = believed->bytes[i];
		if (p->funcs[i].fact->frame_bytes == BYTES_UNKNOWN && v->via == NO_ID)
			v->bytes = BYTES_UNKNOWN;
		v->possible_bytes = possible->bytes[i];
		/* Breaking cycles elsewhere can cost the larger problem a few bytes. */
		if (v->possible_bytes < v->bytes)
			v->possible_bytes = v->bytes;
		for (unsigned r = 0; r < REASON_COUNT; r++)
			v->witness[r] = NO_ID;
	}
}

void depths_solve(struct depths *d, const struct program *p)
{
	struct scc certain = {0}, believed = {0}, possible = {0};
	struct solution worst = {0}, maybe = {0};

	*d = (struct depths){0};
	d->v = arena_array(&d->arena, p->n_funcs, struct depth);
	scc_find(&certain, p, edge_is_certain);
	scc_find(&believed, p, edge_is_believed);
	scc_find(&possible, p, edge_is_possible);
	solve(&worst, p, &believed, edge_is_believed);
	solve(&maybe, p, &possible, edge_is_possible);
	copy_solutions(d, p, &worst, &maybe);
	reasons_solve(d, p, &certain, &believed, &possible);
	cycles_find(d, p, &certain, &believed, &possible);
	solution_release(&worst);
	solution_release(&maybe);
	scc_release(&certain);
	scc_release(&believed);
	scc_release(&possible);
}

void depths_release(struct depths *d)
{
	arena_release(&d->arena);
	*d = (struct depths){0};
}

void path_worst(const struct program *p, const struct depths *d, uint32_t func, struct arena *a,
		struct path *out)
{
	uint32_t n = 0, at = func;

	*out = (struct path){.bytes = d->v[func].bytes};
	for (at = func; d->v[at].via != NO_ID; n++) {
		at = p->edges[d->v[at].via].to;
		if (at == NO_ID) {
			n++;
			break;
		}
	}
	out->edges = arena_array(a, n, uint32_t);
	out->n_edges = n;
	out->last = func;
	at = func;
	for (uint32_t i = 0; i < n; i++) {
		const struct program_edge *e = &p->edges[d->v[at].via];

		out->edges[i] = d->v[at].via;
		if (e->to == NO_ID) {
			out->external = &p->externals[e->external];
			break;
		}
		at = out->last = e->to;
	}
}

/* Bytes below a function on its worst path, as depths_solve() must have found them. */
static int64_t expected(const struct program *p, const struct depths *d, uint32_t func)
{
	const struct program_edge *e;

	if (d->v[func].via == NO_ID)
		return p->funcs[func].fact->frame_bytes;
	e = &p->edges[d->v[func].via];
	if (e->from != func)
		BUG("the worst path of function %u takes an edge of %u", func, e->from);
	if (e->to == NO_ID)
		return edge_floor(p, e) + p->externals[e->external].cost_bytes;
	return edge_floor(p, e) + (d->v[e->to].bytes == BYTES_UNKNOWN
					   ? (int64_t)p->funcs[e->to].fact->entry_bytes
					   : d->v[e->to].bytes);
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
		if (v->bytes != BYTES_UNKNOWN && v->bytes < p->funcs[i].fact->frame_bytes)
			BUG("function %u is less deep than its frame", i);
		if ((v->bound == BOUND_EXACT) != !v->reasons)
			BUG("function %u is %s with %s reason", i, bound_name(v->bound),
			    v->reasons ? "a" : "no");
	}
	for (uint32_t i = 0; i < d->n_cycles; i++)
		check_cycle(p, &d->cycles[i], i);
}
