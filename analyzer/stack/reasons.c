#include "stack/reasons.h"
#include "stack/solve.h"

#include "base/mem.h"

#include <stdlib.h>

static void add_reason(struct depth *d, enum reason r, uint32_t witness)
{
	if (d->reasons & 1u << r)
		return;
	d->reasons |= 1u << r;
	d->witness[r] = witness;
}

static void add_frame_reason(struct depth *d, const struct program *p, uint32_t func)
{
	switch (p->funcs[func].fact->frame_kind) {
	case FRAME_FIXED:
	case FRAME_BOUNDED: break;
	case FRAME_DYNAMIC: add_reason(d, REASON_DYNAMIC_FRAME, func); break;
	case FRAME_ESTIMATED: add_reason(d, REASON_ESTIMATED_FRAME, func); break;
	case FRAME_UNMEASURED: add_reason(d, REASON_UNMEASURED_FRAME, func); break;
	}
}

static void add_edge_reason(struct depth *d, const struct program *p, uint32_t func,
			    const struct program_edge *e)
{
	if (e->evidence == EVIDENCE_NONE)
		add_reason(d, REASON_UNRESOLVED_CALL, func);
	else if (e->evidence == EVIDENCE_SIGNATURE)
		add_reason(d, REASON_SIGNATURE_CALL, func);
	else if (!e->call->callee)
		add_reason(d, REASON_INDIRECT_CALL, func);
	if (e->evidence != EVIDENCE_SIGNATURE && e->external != NO_ID &&
	    p->externals[e->external].cost_bytes == BYTES_UNKNOWN)
		add_reason(d, REASON_UNKNOWN_EXTERNAL, func);
	if (e->depth_bytes == BYTES_UNKNOWN)
		add_reason(d, REASON_UNMEASURED_FRAME, func);
}

static void inherit(struct depth *d, const struct depth *from)
{
	for (unsigned r = 0; r < REASON_COUNT; r++)
		if (from->reasons & 1u << r)
			add_reason(d, (enum reason)r, from->witness[r]);
}

static void add_own_and_called(struct depths *d, const struct program *p, const struct scc *scc,
			       uint32_t func)
{
	const struct program_func *f = &p->funcs[func];
	struct depth *own = &d->v[func];

	add_frame_reason(own, p, func);
	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++)
		add_edge_reason(own, p, func, &p->edges[i]);
	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
		const struct program_edge *e = &p->edges[i];

		if (edge_is_believed(e) && scc->component[e->to] != scc->component[func])
			inherit(own, &d->v[e->to]);
	}
}

/* All functions of a cycle reach each other: they share their reasons. */
static void share(struct depths *d, const struct scc *scc, uint32_t component)
{
	struct depth all = {0};

	for (uint32_t k = scc->first[component]; k < scc->first[component + 1]; k++)
		inherit(&all, &d->v[scc->order[k]]);
	for (uint32_t k = scc->first[component]; k < scc->first[component + 1]; k++)
		inherit(&d->v[scc->order[k]], &all);
}

static enum bound bound_of(const struct depth *d)
{
	if (d->reasons & 1u << REASON_RECURSION)
		return BOUND_UNBOUNDED;
	return d->reasons ? BOUND_AT_LEAST : BOUND_EXACT;
}

/* By component: does a turn round it take stack? */
static bool *growing(const struct program *p, const struct scc *scc, edge_filter *filter)
{
	bool *grows = mem_calloc(scc->n, sizeof(*grows));

	for (uint32_t c = 0; c < scc->n; c++)
		grows[c] = scc->cyclic[c] && !cycle_is_flat(p, scc, c, filter);
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
