#include "program/flows_sets.h"

#include "base/mem.h"
#include "program/program.h"

#include <stdlib.h>
#include <string.h>

/*
 * In: nodes, edges, seeds, flags. Out: one set and the flags of each node.
 *
 * No edge comes into being while the sets are computed, so one pass is enough: Tarjan's algorithm ("Depth-first search and
 * linear graph algorithms", SIAM J. Comput. 1972; with a stack of its own instead of recursion) over the edges turned round
 * gives strongly connected components, what flows into a component before the component itself. All nodes of a component have one
 * set: its seeds and the sets that flow in. One set that flows in alone is shared; unions of up to FLAT_MAX values are
 * written out and equal ones shared; larger ones include other sets by number.
 */

enum { FLAT_MAX = 64, TRY_MAX = 8 * FLAT_MAX, UNSOLVED = -1 };

struct solver {
	const struct set_graph *g;
	struct sets *out;
	uint32_t *first_pred, *preds; /* by node */
	uint32_t *first_seed, *seeds;
	uint32_t *index, *low, *next; /* Tarjan's numbers, from 1; 0: not visited */
	VEC(uint32_t) path, open; /* nodes being visited; nodes whose component is not known */
	uint32_t n_visited;
	struct marks seen_sets, seen_values;
	VEC(uint32_t) values, sets; /* of the component at hand */
	VEC(uint32_t) key;
};

void marks_begin(struct marks *m, size_t n)
{
	if (m->n < n) {
		size_t cap = n > 2 * m->n ? n : 2 * m->n;

		m->v = mem_realloc(m->v, cap, sizeof(*m->v));
		memset(m->v + m->n, 0, (cap - m->n) * sizeof(*m->v));
		m->n = cap;
	}
	if (!++m->round) {
		memset(m->v, 0, m->n * sizeof(*m->v));
		m->round = 1;
	}
}

bool marks_has(const struct marks *m, uint32_t i)
{
	return m->v[i] == m->round;
}

bool marks_add(struct marks *m, uint32_t i)
{
	if (marks_has(m, i))
		return false;
	m->v[i] = m->round;
	return true;
}

void marks_release(struct marks *m)
{
	free(m->v);
	*m = (struct marks){0};
}

static void group_edges(struct solver *s)
{
	size_t n = s->g->flags.n;

	s->first_pred = mem_calloc(n + 2, sizeof(*s->first_pred));
	s->preds = mem_calloc(s->g->edges.n, sizeof(*s->preds));
	for (size_t i = 0; i < s->g->edges.n; i++)
		s->first_pred[s->g->edges.v[i].to + 2]++;
	for (size_t i = 0; i < n; i++)
		s->first_pred[i + 2] += s->first_pred[i + 1];
	for (size_t i = 0; i < s->g->edges.n; i++)
		s->preds[s->first_pred[s->g->edges.v[i].to + 1]++] = s->g->edges.v[i].from;
}

static void group_seeds(struct solver *s)
{
	size_t n = s->g->flags.n;

	s->first_seed = mem_calloc(n + 2, sizeof(*s->first_seed));
	s->seeds = mem_calloc(s->g->seeds.n, sizeof(*s->seeds));
	for (size_t i = 0; i < s->g->seeds.n; i++)
		s->first_seed[s->g->seeds.v[i].node + 2]++;
	for (size_t i = 0; i < n; i++)
		s->first_seed[i + 2] += s->first_seed[i + 1];
	for (size_t i = 0; i < s->g->seeds.n; i++)
		s->seeds[s->first_seed[s->g->seeds.v[i].node + 1]++] = s->g->seeds.v[i].value;
}

static void sort_ids(uint32_t *v, size_t n)
{
	if (n > 1)
		qsort(v, n, sizeof(*v), id_compare);
}

/* The one set of this content. */
static uint32_t intern_set(struct solver *s)
{
	size_t n = s->values.n + s->sets.n;
	uint64_t *found;
	uint32_t *data;

	sort_ids(s->values.v, s->values.n);
	sort_ids(s->sets.v, s->sets.n);
	s->key.n = 0;
	*vec_push(&s->key) = (uint32_t)s->values.n;
	for (size_t i = 0; i < s->values.n; i++)
		*vec_push(&s->key) = s->values.v[i];
	for (size_t i = 0; i < s->sets.n; i++)
		*vec_push(&s->key) = s->sets.v[i];
	found = map_find(&s->out->known, s->key.v, (n + 1) * sizeof(*data));
	if (found)
		return (uint32_t)*found;
	data = arena_memdup(&s->out->arena, s->key.v, (n + 1) * sizeof(*data));
	*map_put(&s->out->known, data, (n + 1) * sizeof(*data), NULL) = s->out->v.n;
	*vec_push(&s->out->v) =
		(struct value_set){data + 1, (uint32_t)s->values.n, (uint32_t)s->sets.n};
	return (uint32_t)s->out->v.n - 1;
}

/* Writes the sets that flow in out into the values, when that stays small. */
static bool flatten(struct solver *s)
{
	size_t n_own = s->values.n, total = n_own;

	for (size_t i = 0; i < s->sets.n; i++) {
		total += s->out->v.v[s->sets.v[i]].n_values;
		if (s->out->v.v[s->sets.v[i]].n_sets || total > TRY_MAX)
			return false;
	}
	for (size_t i = 0; i < s->sets.n; i++) {
		const struct value_set *set = &s->out->v.v[s->sets.v[i]];

		for (uint32_t k = 0; k < set->n_values; k++)
			if (marks_add(&s->seen_values, set->data[k]))
				*vec_push(&s->values) = set->data[k];
	}
	if (s->values.n > FLAT_MAX) {
		s->values.n = n_own;
		return false;
	}
	s->sets.n = 0;
	return true;
}

static uint32_t make_set(struct solver *s)
{
	if (!s->values.n && s->sets.n < 2)
		return s->sets.n ? s->sets.v[0] : EMPTY_SET;
	flatten(s);
	return intern_set(s);
}

/* What flows into `node` from elsewhere, and its own. */
static uint8_t gather(struct solver *s, uint32_t node)
{
	uint8_t flags = s->g->flags.v[node];

	for (uint32_t i = s->first_seed[node]; i < s->first_seed[node + 1]; i++)
		if (marks_add(&s->seen_values, s->seeds[i]))
			*vec_push(&s->values) = s->seeds[i];
	for (uint32_t i = s->first_pred[node]; i < s->first_pred[node + 1]; i++) {
		uint32_t set = s->out->of_node[s->preds[i]];

		if (set == (uint32_t)UNSOLVED)
			continue;
		flags |= s->out->flags[s->preds[i]];
		if (set != EMPTY_SET && marks_add(&s->seen_sets, set))
			*vec_push(&s->sets) = set;
	}
	return flags;
}

/* The nodes on `open` from `root` on are a component. */
static void finish_component(struct solver *s, uint32_t root)
{
	size_t first = s->open.n;
	uint8_t flags = 0;
	uint32_t set;

	marks_begin(&s->seen_values, s->g->n_values);
	marks_begin(&s->seen_sets, s->out->v.n);
	s->values.n = s->sets.n = 0;
	do
		flags |= gather(s, s->open.v[--first]);
	while (s->open.v[first] != root);
	set = make_set(s);
	for (size_t i = first; i < s->open.n; i++) {
		s->out->of_node[s->open.v[i]] = set;
		s->out->flags[s->open.v[i]] = flags;
	}
	s->open.n = first;
}

static void enter(struct solver *s, uint32_t node)
{
	s->index[node] = s->low[node] = ++s->n_visited;
	s->next[node] = s->first_pred[node];
	*vec_push(&s->path) = node;
	*vec_push(&s->open) = node;
}

static void visit(struct solver *s, uint32_t start)
{
	enter(s, start);
	while (s->path.n) {
		uint32_t node = s->path.v[s->path.n - 1];

		if (s->next[node] < s->first_pred[node + 1]) {
			uint32_t pred = s->preds[s->next[node]++];

			if (!s->index[pred])
				enter(s, pred);
			else if (s->out->of_node[pred] == (uint32_t)UNSOLVED &&
				 s->index[pred] < s->low[node])
				s->low[node] = s->index[pred];
			continue;
		}
		s->path.n--;
		if (s->path.n && s->low[node] < s->low[s->path.v[s->path.n - 1]])
			s->low[s->path.v[s->path.n - 1]] = s->low[node];
		if (s->low[node] == s->index[node])
			finish_component(s, node);
	}
}

void sets_solve(struct sets *out, const struct set_graph *g)
{
	struct solver s = {.g = g, .out = out};
	size_t n = g->flags.n;

	*out = (struct sets){.n_values = g->n_values};
	vec_push(&out->v); /* EMPTY_SET */
	out->of_node = mem_calloc(n, sizeof(*out->of_node));
	memset(out->of_node, 0xff, n * sizeof(*out->of_node));
	out->flags = mem_calloc(n, sizeof(*out->flags));
	group_edges(&s);
	group_seeds(&s);
	s.index = mem_calloc(n, sizeof(*s.index));
	s.low = mem_calloc(n, sizeof(*s.low));
	s.next = mem_calloc(n, sizeof(*s.next));
	for (uint32_t i = 0; i < n; i++)
		if (!s.index[i])
			visit(&s, i);
	map_release(&out->known);
	free(s.first_pred);
	free(s.preds);
	free(s.first_seed);
	free(s.seeds);
	free(s.index);
	free(s.low);
	free(s.next);
	vec_release(&s.path);
	vec_release(&s.open);
	vec_release(&s.values);
	vec_release(&s.sets);
	vec_release(&s.key);
	marks_release(&s.seen_sets);
	marks_release(&s.seen_values);
}

void sets_release(struct sets *s)
{
	arena_release(&s->arena);
	map_release(&s->known);
	vec_release(&s->v);
	free(s->of_node);
	free(s->flags);
	*s = (struct sets){0};
}

void sets_begin(struct sets_reader *r, const struct sets *s)
{
	marks_begin(&r->values, s->n_values);
	marks_begin(&r->sets, s->v.n);
	r->out.n = 0;
}

void sets_add(struct sets_reader *r, const struct sets *s, uint32_t set)
{
	if (!marks_add(&r->sets, set))
		return;
	*vec_push(&r->todo) = set;
	while (r->todo.n) {
		const struct value_set *v = &s->v.v[r->todo.v[--r->todo.n]];

		for (uint32_t i = 0; i < v->n_values; i++)
			if (marks_add(&r->values, v->data[i]))
				*vec_push(&r->out) = v->data[i];
		for (uint32_t i = v->n_values; i < v->n_values + v->n_sets; i++)
			if (marks_add(&r->sets, v->data[i]))
				*vec_push(&r->todo) = v->data[i];
	}
}

void sets_reader_release(struct sets_reader *r)
{
	marks_release(&r->values);
	marks_release(&r->sets);
	vec_release(&r->todo);
	vec_release(&r->out);
}
