#include "stack/reasons.h"
#include "stack/reentry.h"
#include "stack/solve.h"
#include "stack/turns.h"

#include "base/mem.h"

#include <stdlib.h>

static void add_reason(struct depth *d, enum reason r, uint32_t witness)
{
	if (d->reasons & 1u << r)
		return;
	d->reasons |= 1u << r;
	d->witness[r] = witness;
}

static void add_reasons(struct depth *d, uint32_t reasons, uint32_t witness)
{
	for (unsigned r = 0; r < REASON_COUNT; r++)
		if (reasons & 1u << r)
			add_reason(d, (enum reason)r, witness);
}

uint32_t reasons_of_frame(const struct program *p, uint32_t func)
{
	if (p->funcs[func].frame_limit_bytes)
		return 0;
	switch (p->funcs[func].fact->frame_kind) {
	case FRAME_FIXED:
	case FRAME_BOUNDED: break;
	case FRAME_DYNAMIC: return 1u << REASON_DYNAMIC_FRAME;
	case FRAME_ESTIMATED: return 1u << REASON_ESTIMATED_FRAME;
	case FRAME_UNMEASURED: return 1u << REASON_UNMEASURED_FRAME;
	}
	return 0;
}

/* What a call of an external function leaves open. */
static uint32_t reasons_of_external(const struct depths *d, const struct program *p, uint32_t edge)
{
	const struct program_external *x = &p->externals[p->edges[edge].external];
	uint32_t reasons = reentry_cost_of(d, edge) ? 1u << REASON_REENTRY : 0;

	if (!x->noreturn && (x->cost_bytes == BYTES_UNKNOWN || x->assumed))
		reasons |= 1u << REASON_UNKNOWN_EXTERNAL;
	else if (x->model && x->model->floor && !x->by_annotation && !x->noreturn)
		reasons |= 1u << REASON_EXTERNAL_FLOOR;
	return reasons;
}

/* Calls by name are complete in themselves; what they pass to be called has edges of its own. */
static bool may_have_more(const struct program_edge *e)
{
	return !e->complete &&
	       (!e->call->callee || e->through != NO_ID || e->evidence == EVIDENCE_PLATFORM);
}

uint32_t reasons_of_edge(const struct depths *d, const struct program *p, uint32_t edge)
{
	const struct program_edge *e = &p->edges[edge];
	uint32_t reasons = 0;

	if (e->cut)
		return 0;
	if (e->by_caller)
		return 1u << REASON_CALLBACK;
	if (program_edge_unresolved(e))
		reasons |= 1u << REASON_UNRESOLVED_CALL;
	else if (e->evidence == EVIDENCE_SIGNATURE)
		reasons |= 1u << REASON_SIGNATURE_CALL;
	else if (may_have_more(e))
		reasons |= 1u << REASON_INDIRECT_CALL;
	if (e->evidence != EVIDENCE_SIGNATURE && e->external != NO_ID)
		reasons |= reasons_of_external(d, p, edge);
	if (e->floor)
		reasons |= 1u << REASON_EXTERNAL_FLOOR;
	if (e->depth_bytes == BYTES_UNKNOWN)
		reasons |= 1u << REASON_UNMEASURED_FRAME;
	return reasons;
}

static void inherit(struct depth *d, const struct depth *from, uint32_t but)
{
	for (unsigned r = 0; r < REASON_COUNT; r++)
		if (from->reasons & ~but & 1u << r)
			add_reason(d, (enum reason)r, from->witness[r]);
}

/* A call by name has edges to what it passes, so what the callee lacks there is not lacking here. */
static void inherit_called(struct depth *d, const struct program *p, const struct depth *from,
			   const struct program_edge *e)
{
	bool by_name = e->evidence == EVIDENCE_DIRECT;

	if (!p->funcs[e->to].noreturn)
		inherit(d, from, by_name ? 1u << REASON_CALLBACK : 0);
}

static void add_own_and_called(struct depths *d, const struct program *p, const struct scc *scc,
			       uint32_t func)
{
	const struct program_func *f = &p->funcs[func];
	struct depth *own = &d->v[func];

	add_reasons(own, reasons_of_frame(p, func), func);
	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++)
		add_reasons(own, reasons_of_edge(d, p, i), func);
	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
		const struct program_edge *e = &p->edges[i];

		if (edge_is_believed(e) && scc->component[e->to] != scc->component[func])
			inherit_called(own, p, &d->v[e->to], e);
	}
}

/* All functions of a cycle reach each other: they share their reasons. */
static void share(struct depths *d, const struct scc *scc, uint32_t component)
{
	struct depth all = {0};

	for (uint32_t k = scc->first[component]; k < scc->first[component + 1]; k++)
		inherit(&all, &d->v[scc->order[k]], 0);
	for (uint32_t k = scc->first[component]; k < scc->first[component + 1]; k++)
		inherit(&d->v[scc->order[k]], &all, 0);
}

static enum bound bound_of(const struct depth *d)
{
	if (d->reasons & 1u << REASON_RECURSION)
		return BOUND_UNBOUNDED;
	return d->reasons ? BOUND_AT_LEAST : BOUND_EXACT;
}

/* By component: does a turn round it take stack, and is there no limit to the turns? */
static bool *growing(const struct program *p, const struct scc *scc, edge_filter *filter)
{
	bool *grows = mem_calloc(scc->n, sizeof(*grows));

	for (uint32_t c = 0; c < scc->n; c++)
		grows[c] = scc->cyclic[c] && !cycle_is_flat(p, scc, c, filter) &&
			   !turns_are_limited(p, scc, c, filter);
	return grows;
}

void reasons_solve(struct depths *d, const struct program *p, const struct scc *certain,
		   const struct scc *believed, const struct scc *possible)
{
	bool *recursive = growing(p, certain, edge_is_certain);
	bool *maybe = growing(p, possible, edge_is_possible);

	for (uint32_t c = 0; c < believed->n; c++) {
		for (uint32_t k = believed->first[c]; k < believed->first[c + 1]; k++) {
			uint32_t func = believed->order[k];

			if (recursive[certain->component[func]])
				add_reason(&d->v[func], REASON_RECURSION, func);
			else if (maybe[possible->component[func]])
				add_reason(&d->v[func], REASON_POSSIBLE_RECURSION, func);
			add_own_and_called(d, p, believed, func);
		}
		if (believed->cyclic[c])
			share(d, believed, c);
		for (uint32_t k = believed->first[c]; k < believed->first[c + 1]; k++)
			d->v[believed->order[k]].bound = bound_of(&d->v[believed->order[k]]);
	}
	free(recursive);
	free(maybe);
}
