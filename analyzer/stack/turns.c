#include "stack/turns.h"

#include "base/mem.h"

#include <stdlib.h>

/*
 * The functions of the component without the edges into limited ones have an order, callers first (Kahn, CACM 5(11), 1962),
 * or there is a cycle without a limit. In that order backwards: the deepest way out of a function that meets no limited
 * one any more, and the longest way to one.
 */

enum { MAX_TURNS = INT32_MAX };

struct turns {
	const struct program *p;
	const struct scc *scc;
	uint32_t component;
	edge_filter *filter;
	uint32_t n; /* functions */
};

static bool is_limited(const struct program *p, uint32_t func)
{
	return p->funcs[func].has_turns;
}

static bool is_inside(const struct turns *t, const struct program_edge *e)
{
	return t->filter(e) && t->scc->component[e->to] == t->component;
}

static bool any_limited(const struct turns *t)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (is_limited(t->p, t->scc->order[t->scc->first[t->component] + i]))
			return true;
	return false;
}

/* The component's functions, ascending. */
static uint32_t *sort_members(const struct turns *t)
{
	uint32_t *m = mem_calloc(t->n, sizeof(*m));

	for (uint32_t i = 0; i < t->n; i++)
		m[i] = t->scc->order[t->scc->first[t->component] + i];
	qsort(m, t->n, sizeof(*m), id_compare);
	return m;
}

static uint32_t find_member(const uint32_t *m, uint32_t n, uint32_t func)
{
	const uint32_t *found = bsearch(&func, m, n, sizeof(*m), id_compare);

	return (uint32_t)(found - m);
}

/* Callers first; gives how many functions found a place. */
static uint32_t put_in_order(const struct turns *t, const uint32_t *m, uint32_t *order)
{
	uint32_t *n_in = mem_calloc(t->n, sizeof(*n_in));
	uint32_t head = 0, tail = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < t->n; i++) {
			const struct program_func *f = &t->p->funcs[m[i]];

			if (pass && !n_in[i])
				order[tail++] = m[i];
			for (uint32_t k = f->first_edge; !pass && k < f->first_edge + f->n_edges;
			     k++)
				if (is_inside(t, &t->p->edges[k]) &&
				    !is_limited(t->p, t->p->edges[k].to))
					n_in[find_member(m, t->n, t->p->edges[k].to)]++;
		}
	}
	while (head < tail) {
		const struct program_func *f = &t->p->funcs[order[head++]];

		for (uint32_t k = f->first_edge; k < f->first_edge + f->n_edges; k++) {
			const struct program_edge *e = &t->p->edges[k];

			if (is_inside(t, e) && !is_limited(t->p, e->to) &&
			    !--n_in[find_member(m, t->n, e->to)])
				order[tail++] = e->to;
		}
	}
	free(n_in);
	return tail;
}

static struct turns make(const struct program *p, const struct scc *scc, uint32_t component,
			 edge_filter *filter)
{
	return (struct turns){.p = p,
			      .scc = scc,
			      .component = component,
			      .filter = filter,
			      .n = scc->first[component + 1] - scc->first[component]};
}

bool turns_are_limited(const struct program *p, const struct scc *scc, uint32_t component,
		       edge_filter *filter)
{
	struct turns t = make(p, scc, component, filter);
	uint32_t *m;
	uint32_t *order;
	bool limited;

	if (!scc->cyclic[component] || !any_limited(&t))
		return false;
	m = sort_members(&t);
	order = mem_calloc(t.n, sizeof(*order));
	limited = put_in_order(&t, m, order) == t.n;
	free(m);
	free(order);
	return limited;
}

struct ways {
	struct turns t;
	struct solver *v;
	struct bounded *out; /* by member: the way out */
	int64_t *to_limited; /* by member: longest way to a limited function, -1: none */
	uint32_t *m;
};

static struct bounded *way_out(const struct ways *w, uint32_t func)
{
	return &w->out[find_member(w->m, w->t.n, func)];
}

static void take(struct bounded *best, int64_t bytes, uint32_t via)
{
	if (bytes <= best->bytes)
		return;
	best->bytes = bytes;
	best->via = via;
}

/* Callees are done. */
static void find_ways(const struct ways *w, uint32_t func)
{
	const struct program *p = w->t.p;
	const struct program_func *f = &p->funcs[func];
	struct bounded *out = way_out(w, func);
	int64_t *longest = &w->to_limited[out - w->out], below;

	*out = (struct bounded){.func = func,
				.component = w->t.component,
				.via = NO_ID,
				.bytes = frame_floor(p, func),
				.limited = is_limited(p, func)};
	*longest = -1;
	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
		const struct program_edge *e = &p->edges[i];
		int64_t depth = edge_floor(p, e), way;

		if (!w->t.filter(e)) {
			if (edge_counts_external(w->v, i, &below))
				take(out, depth + below, i);
			continue;
		}
		if (w->t.scc->component[e->to] != w->t.component) {
			take(out, depth + w->v->s->bytes[e->to], i);
			continue;
		}
		way = is_limited(p, e->to) ? 0 : w->to_limited[way_out(w, e->to) - w->out];
		if (!is_limited(p, e->to))
			take(out, depth + way_out(w, e->to)->bytes, i);
		if (way >= 0 && depth + way > *longest)
			*longest = depth + way;
	}
}

/* Visits of limited functions: one each, and one for each turn. */
static int64_t count_visits(const struct ways *w)
{
	int64_t visits = 0;

	for (uint32_t i = 0; i < w->t.n; i++) {
		const struct program_func *f = &w->t.p->funcs[w->m[i]];

		if (f->has_turns)
			visits += 1 + (f->turns < 0	      ? 0
				       : f->turns > MAX_TURNS ? MAX_TURNS
							      : f->turns);
	}
	return visits;
}

/* Depth at a limited function that is visited first. */
static int64_t depth_of_limited(const struct ways *w)
{
	int64_t out = 0, longest = 0;

	for (uint32_t i = 0; i < w->t.n; i++) {
		if (!w->out[i].limited)
			continue;
		if (w->out[i].bytes > out)
			out = w->out[i].bytes;
		if (w->to_limited[i] > longest)
			longest = w->to_limited[i];
	}
	return out + (count_visits(w) - 1) * longest;
}

static void set_depth(const struct ways *w, uint32_t func, int64_t limited)
{
	const struct program_func *f = &w->t.p->funcs[func];
	struct bounded *out = way_out(w, func);
	struct solution *s = w->v->s;

	s->bytes[func] = out->bytes;
	s->via[func] = out->via;
	if (out->limited) {
		out->turns_bytes = limited - out->bytes;
		s->bytes[func] = limited;
		return;
	}
	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
		const struct program_edge *e = &w->t.p->edges[i];
		int64_t bytes;

		if (!is_inside(&w->t, e))
			continue;
		bytes = edge_floor(w->t.p, e) +
			(is_limited(w->t.p, e->to) ? limited : s->bytes[e->to]);
		if (bytes > s->bytes[func]) {
			s->bytes[func] = bytes;
			s->via[func] = i;
		}
	}
}

void turns_solve(struct solver *v, uint32_t component)
{
	struct ways w = {.t = make(v->p, v->scc, component, v->filter), .v = v};
	uint32_t *order = mem_calloc(w.t.n, sizeof(*order));
	int64_t limited;

	w.m = sort_members(&w.t);
	w.out = mem_calloc(w.t.n, sizeof(*w.out));
	w.to_limited = mem_calloc(w.t.n, sizeof(*w.to_limited));
	put_in_order(&w.t, w.m, order);
	for (uint32_t i = w.t.n; i-- > 0;)
		find_ways(&w, order[i]);
	limited = depth_of_limited(&w);
	for (uint32_t i = w.t.n; i-- > 0;)
		set_depth(&w, order[i], limited);
	for (uint32_t i = 0; i < w.t.n; i++)
		*vec_push(&v->s->bounded) = w.out[i];
	free(order);
	free(w.m);
	free(w.out);
	free(w.to_limited);
}
