#include "stack/solve.h"
#include "stack/turns.h"
#include "stack/ways.h"

#include "base/mem.h"

#include <stdlib.h>

int64_t edge_floor(const struct program *p, const struct program_edge *e)
{
	bool tail = e->kind == CALL_TAIL || e->kind == CALL_INDIRECT_TAIL;

	if (e->depth_bytes != BYTES_UNKNOWN)
		return e->depth_bytes;
	return tail ? 0 : (int64_t)p->funcs[e->from].fact->entry_bytes;
}

int64_t frame_floor(const struct program *p, uint32_t func)
{
	const struct fact_func *f = p->funcs[func].fact;

	int64_t bytes = program_frame_bytes(p, func);

	return bytes == BYTES_UNKNOWN ? (int64_t)f->entry_bytes : bytes;
}

bool cycle_is_flat(const struct program *p, const struct scc *scc, uint32_t component,
		   edge_filter *filter)
{
	for (uint32_t k = scc->first[component]; k < scc->first[component + 1]; k++) {
		const struct program_func *f = &p->funcs[scc->order[k]];

		for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
			const struct program_edge *e = &p->edges[i];

			if (filter(e) && scc->component[e->to] == component && e->depth_bytes != 0)
				return false;
		}
	}
	return true;
}

enum { NEW, OPEN, DONE };

bool edge_counts_external(const struct solver *v, uint32_t edge, int64_t *below)
{
	const struct program_edge *e = &v->p->edges[edge];

	if (e->external == NO_ID || e->evidence == EVIDENCE_SIGNATURE || !edge_is_followed(e))
		return false;
	*below = depths_external_bytes(v->p, v->d, edge);
	return v->p->externals[e->external].cost_bytes != BYTES_UNKNOWN || *below;
}

static int64_t own_edge(void *solver, uint32_t edge)
{
	const struct solver *v = solver;

	return edge_floor(v->p, &v->p->edges[edge]);
}

static int64_t own_frame(void *solver, uint32_t func)
{
	return frame_floor(((const struct solver *)solver)->p, func);
}

bool solver_below(const struct solver *v, uint32_t edge, int64_t *below)
{
	const struct program_edge *e = &v->p->edges[edge];

	if (!v->filter(e))
		return edge_counts_external(v, edge, below);
	*below = v->s->bytes[e->to];
	return v->state[e->to] == DONE;
}

/* Considers one edge of `func`; callees in other components, or done ones of its own, count. */
static void consider(struct solver *v, uint32_t func, uint32_t edge)
{
	int64_t below;

	if (!solver_below(v, edge, &below))
		return;
	below += v->weights.edge(v->weights.ctx, edge);
	if (below > v->s->bytes[func]) {
		v->s->bytes[func] = below;
		v->s->via[func] = edge;
	}
}

static void open_func(struct solver *v, uint32_t func, size_t *n)
{
	v->state[func] = OPEN;
	v->s->bytes[func] = v->weights.frame(v->weights.ctx, func);
	v->s->via[func] = NO_ID;
	v->next_edge[func] = v->p->funcs[func].first_edge;
	v->stack[(*n)++] = func;
}

/* Depth first inside one component. */
static void solve_from(struct solver *v, uint32_t start)
{
	uint32_t component = v->scc->component[start];
	size_t n = 0;

	if (v->state[start] != NEW)
		return;
	open_func(v, start, &n);
	while (n) {
		uint32_t func = v->stack[n - 1];
		const struct program_func *f = &v->p->funcs[func];
		const struct program_edge *e;

		if (v->next_edge[func] == f->first_edge + f->n_edges) {
			/* Only now: a callee that was open when its edge was passed may be done. */
			for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++)
				consider(v, func, i);
			v->state[func] = DONE;
			n--;
			continue;
		}
		e = &v->p->edges[v->next_edge[func]++];
		if (v->filter(e) && v->state[e->to] == NEW && v->scc->component[e->to] == component)
			open_func(v, e->to, &n);
	}
}

static bool called_from_outside(const struct solver *v, uint32_t func)
{
	const struct program_func *f = &v->p->funcs[func];

	if (f->is_entry)
		return true;
	for (uint32_t i = 0; i < f->n_in; i++) {
		const struct program_edge *e = &v->p->edges[v->p->in_edges[f->first_in + i]];

		if (v->filter(e) && v->scc->component[e->from] != v->scc->component[func])
			return true;
	}
	return false;
}

/* What a function's own frame and its callees in other components take. */
static void solve_alone(struct solver *v, uint32_t func)
{
	const struct program_func *f = &v->p->funcs[func];

	v->s->bytes[func] = v->weights.frame(v->weights.ctx, func);
	v->s->via[func] = NO_ID;
	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++)
		consider(v, func, i);
}

/* A cycle of tail calls takes no stack: all its functions are as deep as the deepest, each by a shortest way to it. */
static void solve_flat(struct solver *v, const uint32_t *funcs, uint32_t n)
{
	uint32_t component = v->scc->component[funcs[0]], deepest = funcs[0], head = 0, tail = 0;

	for (uint32_t i = 0; i < n; i++) {
		solve_alone(v, funcs[i]);
		if (v->s->bytes[funcs[i]] > v->s->bytes[deepest])
			deepest = funcs[i];
	}
	v->state[deepest] = DONE;
	v->stack[tail++] = deepest;
	while (head < tail) {
		uint32_t to = v->stack[head++];
		const struct program_func *f = &v->p->funcs[to];

		for (uint32_t i = 0; i < f->n_in; i++) {
			uint32_t edge = v->p->in_edges[f->first_in + i];
			uint32_t from = v->p->edges[edge].from;

			if (!v->filter(&v->p->edges[edge]) || v->state[from] == DONE ||
			    v->scc->component[from] != component)
				continue;
			v->state[from] = DONE;
			v->stack[tail++] = from;
			if (v->s->bytes[from] == v->s->bytes[deepest])
				continue;
			v->s->bytes[from] = v->s->bytes[deepest];
			v->s->via[from] = edge;
		}
	}
}

static void mark_done(struct solver *v, const uint32_t *funcs, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		v->state[funcs[i]] = DONE;
}

/* The functions through which the outside comes in first, so that their depth holds a whole turn. */
static void solve_large(struct solver *v, const uint32_t *funcs, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (called_from_outside(v, funcs[i]))
			solve_from(v, funcs[i]);
	for (uint32_t i = 0; i < n; i++)
		solve_from(v, funcs[i]);
}

void solve_component(struct solver *v, uint32_t component)
{
	uint32_t first = v->scc->first[component], n = v->scc->first[component + 1] - first;
	uint32_t *members = v->members;

	for (uint32_t i = 0; i < n; i++) {
		members[i] = v->scc->order[first + i];
		v->state[members[i]] = NEW;
	}
	if (n == 1 && !v->scc->cyclic[component]) {
		solve_from(v, members[0]);
		return;
	}
	qsort(members, n, sizeof(*members), id_compare);
	if (cycle_is_flat(v->p, v->scc, component, v->filter))
		solve_flat(v, members, n);
	else if (!v->one_turn && turns_are_limited(v->p, v->scc, component, v->filter))
		turns_solve(v, component);
	else if (ways_can_solve(v, component))
		ways_solve(v, component, members);
	else
		solve_large(v, members, n);
	mark_done(v, members, n);
}

void solver_init(struct solver *v, struct solution *s, const struct program *p,
		 const struct depths *d, const struct scc *scc, edge_filter *filter)
{
	*v = (struct solver){.p = p,
			     .d = d,
			     .scc = scc,
			     .filter = filter,
			     .weights = {own_edge, own_frame, v},
			     .s = s};
	*s = (struct solution){
		.bytes = mem_calloc(p->n_funcs, sizeof(*s->bytes)),
		.via = mem_calloc(p->n_funcs, sizeof(*s->via)),
	};
	v->state = mem_calloc(p->n_funcs, 1);
	v->stack = mem_calloc(p->n_funcs, sizeof(*v->stack));
	v->next_edge = mem_calloc(p->n_funcs, sizeof(*v->next_edge));
	v->members = mem_calloc(p->n_funcs, sizeof(*v->members));
}

void solver_release(struct solver *v)
{
	free(v->state);
	free(v->stack);
	free(v->next_edge);
	free(v->members);
}

void solve(struct solution *s, const struct program *p, const struct depths *d,
	   const struct scc *scc, edge_filter *filter)
{
	struct solver v;

	solver_init(&v, s, p, d, scc, filter);
	/* Components come callees first, so everything below one is done. */
	for (uint32_t c = 0; c < scc->n; c++)
		solve_component(&v, c);
	solver_release(&v);
}

void solution_release(struct solution *s)
{
	free(s->bytes);
	free(s->via);
	vec_release(&s->bounded);
	vec_release(&s->ways);
	vec_release(&s->way_edges);
}
