#include "stack/cycles.h"
#include "stack/solve.h"
#include "stack/turns.h"

#include "base/mem.h"
#include "base/vec.h"

#include <stdlib.h>

struct finder {
	const struct program *p;
	struct depths *d;
	uint32_t *came_by; /* by function: edge of the breadth-first search, NO_ID */
	uint32_t *queue;
	VEC(struct cycle) cycles;
};

static bool inside(const struct scc *scc, const struct program_edge *e, edge_filter *filter,
		   uint32_t component)
{
	return filter(e) && scc->component[e->to] == component &&
	       scc->component[e->from] == component;
}

/* Shortest way inside a component from `from` to `to` (at least one edge when they are equal and `loop`): edges in
   reverse order to the end of `out`. */
static void find_way(struct finder *x, const struct scc *scc, edge_filter *filter, uint32_t from,
		     uint32_t to, uint32_t **edges, uint32_t *n_edges)
{
	uint32_t component = scc->component[from], head = 0, tail = 0, found = NO_ID, n = 0;

	for (uint32_t k = scc->first[component]; k < scc->first[component + 1]; k++)
		x->came_by[scc->order[k]] = NO_ID;
	x->queue[tail++] = from;
	while (found == NO_ID && head < tail) {
		const struct program_func *f = &x->p->funcs[x->queue[head++]];

		for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
			const struct program_edge *e = &x->p->edges[i];

			if (!inside(scc, e, filter, component))
				continue;
			if (e->to == to) {
				found = i;
				break;
			}
			if (e->to == from || x->came_by[e->to] != NO_ID)
				continue;
			x->came_by[e->to] = i;
			x->queue[tail++] = e->to;
		}
	}
	if (found == NO_ID)
		BUG("no way from function %u to %u inside their component", from, to);
	for (uint32_t i = found;; i = x->came_by[x->p->edges[i].from]) {
		n++;
		if (x->p->edges[i].from == from)
			break;
	}
	*edges = arena_array(&x->d->arena, n + 1, uint32_t);
	*n_edges = n;
	for (uint32_t i = found; n--; i = x->came_by[x->p->edges[i].from])
		(*edges)[n] = i;
}

static int64_t sum(const struct program *p, const uint32_t *edges, uint32_t n)
{
	int64_t bytes = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (p->edges[edges[i]].depth_bytes == BYTES_UNKNOWN)
			return BYTES_UNKNOWN;
		bytes += p->edges[edges[i]].depth_bytes;
	}
	return bytes;
}

static struct cycle *new_cycle(struct finder *x, const struct scc *scc, uint32_t c, bool certain)
{
	struct cycle *cycle = vec_push(&x->cycles);
	uint32_t first = scc->first[c];

	cycle->certain = certain;
	cycle->n_funcs = scc->first[c + 1] - first;
	cycle->funcs = arena_memdup(&x->d->arena, scc->order + first,
				    cycle->n_funcs * sizeof(*cycle->funcs));
	qsort(cycle->funcs, cycle->n_funcs, sizeof(*cycle->funcs), id_compare);
	return cycle;
}

/* The smallest limit on the cycle that is shown, when every cycle of the component has one. */
static void set_turns(struct cycle *cycle, const struct program *p, const struct scc *scc,
		      uint32_t component, edge_filter *filter)
{
	cycle->bounded = turns_are_limited(p, scc, component, filter);
	cycle->turns = -1;
	for (uint32_t i = 0; cycle->bounded && i < cycle->n_edges; i++) {
		const struct program_func *f = &p->funcs[p->edges[cycle->edges[i]].from];

		if (f->has_turns && (cycle->turns < 0 || f->turns < cycle->turns))
			cycle->turns = f->turns;
	}
	for (uint32_t i = 0; cycle->bounded && i < cycle->n_funcs; i++) {
		const struct program_func *f = &p->funcs[cycle->funcs[i]];

		cycle->counted |= f->has_turns && f->turns_annotation == NO_ID;
	}
}

static void add_certain(struct finder *x, const struct scc *scc)
{
	for (uint32_t c = 0; c < scc->n; c++) {
		struct cycle *cycle;

		if (!scc->cyclic[c] || cycle_is_flat(x->p, scc, c, edge_is_certain))
			continue;
		cycle = new_cycle(x, scc, c, true);
		find_way(x, scc, edge_is_certain, cycle->funcs[0], cycle->funcs[0], &cycle->edges,
			 &cycle->n_edges);
		cycle->turn_bytes = sum(x->p, cycle->edges, cycle->n_edges);
		set_turns(cycle, x->p, scc, c, edge_is_certain);
	}
}

/* Does the edge make a cycle of this kind, and not of a stronger one? */
static bool is_weak(const struct program_edge *e, edge_filter *filter)
{
	return filter == edge_is_believed ? !edge_is_certain(e) : e->evidence == EVIDENCE_SIGNATURE;
}

/* First such edge inside a component, in the order of the functions; NO_ID: none. */
static uint32_t first_weak_edge(const struct finder *x, const struct scc *scc, uint32_t c,
				edge_filter *filter, const struct cycle *cycle)
{
	for (uint32_t k = 0; k < cycle->n_funcs; k++) {
		const struct program_func *f = &x->p->funcs[cycle->funcs[k]];

		for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++)
			if (is_weak(&x->p->edges[i], filter) &&
			    inside(scc, &x->p->edges[i], filter, c))
				return i;
	}
	return NO_ID;
}

static void add_possible(struct finder *x, const struct scc *scc, edge_filter *filter)
{
	for (uint32_t c = 0; c < scc->n; c++) {
		struct cycle *cycle;
		uint32_t edge, n = 0, *back = NULL;

		if (!scc->cyclic[c] || cycle_is_flat(x->p, scc, c, filter))
			continue;
		cycle = new_cycle(x, scc, c, false);
		edge = first_weak_edge(x, scc, c, filter, cycle);
		if (edge == NO_ID) {
			x->cycles.n--;
			continue;
		}
		if (x->p->edges[edge].to != x->p->edges[edge].from)
			find_way(x, scc, filter, x->p->edges[edge].to, x->p->edges[edge].from,
				 &back, &n);
		cycle->edges = arena_array(&x->d->arena, n + 1, uint32_t);
		cycle->edges[0] = edge;
		for (uint32_t i = 0; i < n; i++)
			cycle->edges[i + 1] = back[i];
		cycle->n_edges = n + 1;
		cycle->turn_bytes = sum(x->p, cycle->edges, cycle->n_edges);
		set_turns(cycle, x->p, scc, c, filter);
	}
}

static int compare_cycles(const void *pa, const void *pb)
{
	const struct cycle *a = pa, *b = pb;

	if (a->certain != b->certain)
		return a->certain ? -1 : 1;
	if (a->funcs[0] != b->funcs[0])
		return a->funcs[0] < b->funcs[0] ? -1 : 1;
	return (a->edges[0] > b->edges[0]) - (a->edges[0] < b->edges[0]);
}

void cycles_find(struct depths *d, const struct program *p, const struct scc *certain,
		 const struct scc *believed, const struct scc *possible)
{
	struct finder x = {.p = p, .d = d};

	x.came_by = mem_calloc(p->n_funcs, sizeof(*x.came_by));
	x.queue = mem_calloc(p->n_funcs, sizeof(*x.queue));
	add_certain(&x, certain);
	add_possible(&x, believed, edge_is_believed);
	add_possible(&x, possible, edge_is_possible);
	if (x.cycles.n)
		qsort(x.cycles.v, x.cycles.n, sizeof(*x.cycles.v), compare_cycles);
	d->n_cycles = (uint32_t)x.cycles.n;
	d->cycles = arena_memdup(&d->arena, x.cycles.v, x.cycles.n * sizeof(*x.cycles.v));
	vec_release(&x.cycles);
	free(x.came_by);
	free(x.queue);
}
