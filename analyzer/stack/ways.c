#include "stack/ways.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/*
 * From one function, first a depth-first walk: without the edges that run against its reverse postorder the graph has
 * no circle, and the longest ways in it are found in that order. They form a tree. Then edges that were left out
 * get their chance: one that leads to a function by a longer way than the tree's, without that function on it, takes
 * the tree edge's place, and all below it moves with it. A path in a tree meets no function twice. In a small component a
 * search through all paths follows, which leaves out those that can't become longer than the best one so far; it
 * gives up after so many steps.
 */

enum {
	MAX_STEPS = 1 << 21, /* functions times edges of a component */
	MAX_PASSES = 16, /* over the edges, from each function */
	MAX_SEARCHED = 64, /* functions of a component whose paths are all tried */
	MAX_TRIES = 1 << 14, /* calls followed in that, from each function */
};

/* An edge inside the component; functions are numbered by their place in `members`. */
struct inner {
	uint32_t to, edge;
	int64_t bytes;
};

struct tree_node {
	int64_t bytes; /* of the way to it, -1: not reached */
	uint32_t parent; /* NO_ID: the root */
	uint32_t edge; /* from the parent; a program's edge */
	uint32_t first_child, next, previous;
};

struct ways {
	struct solver *v;
	uint32_t component, n;
	const uint32_t *members;
	VEC(struct inner) inner;
	uint32_t *first; /* by function; [n] is the end */
	int64_t *
		out; /* by function: the deepest of its frame and what it calls outside the component */
	uint32_t *out_via; /* NO_ID: its frame */
	struct tree_node *tree;
	uint32_t *order, *place,
		n_order; /* reverse postorder of those reached, and the place in it */
	uint32_t *stack, *next;
	int64_t *longest,
		longest_out; /* by function: its longest edge inside; of all: the deepest way out */
	uint32_t *best, n_best,
		last; /* edges of the best path from the root, and where it leaves or ends */
	int64_t best_bytes;
};

bool ways_can_solve(const struct solver *v, uint32_t component)
{
	uint64_t n = v->scc->first[component + 1] - v->scc->first[component], edges = 0;

	for (uint32_t k = v->scc->first[component]; k < v->scc->first[component + 1]; k++)
		edges += v->p->funcs[v->scc->order[k]].n_edges;
	return n * edges <= MAX_STEPS;
}

static uint32_t find_member(const struct ways *w, uint32_t func)
{
	const uint32_t *found = bsearch(&func, w->members, w->n, sizeof(func), id_compare);

	return (uint32_t)(found - w->members);
}

/* Sorts a function's edges into those that stay inside and the deepest that leads out. */
static void add_func(struct ways *w, uint32_t i)
{
	struct solver *v = w->v;
	const struct program_func *f = &v->p->funcs[w->members[i]];

	w->first[i] = (uint32_t)w->inner.n;
	w->out[i] = v->weights.frame(v->weights.ctx, w->members[i]);
	w->out_via[i] = NO_ID;
	for (uint32_t k = f->first_edge; k < f->first_edge + f->n_edges; k++) {
		const struct program_edge *e = &v->p->edges[k];
		int64_t below;

		if (v->filter(e) && v->scc->component[e->to] == w->component) {
			*vec_push(&w->inner) =
				(struct inner){.to = find_member(w, e->to),
					       .edge = k,
					       .bytes = v->weights.edge(v->weights.ctx, k)};
			continue;
		}
		if (!solver_below(v, k, &below))
			continue;
		below += v->weights.edge(v->weights.ctx, k);
		if (below > w->out[i]) {
			w->out[i] = below;
			w->out_via[i] = k;
		}
	}
}

/* Sets order and place from a depth-first walk. */
static void put_in_order(struct ways *w, uint32_t root)
{
	uint32_t n = 0, at = w->n;

	for (uint32_t i = 0; i < w->n; i++)
		w->place[i] = NO_ID;
	w->stack[n++] = root;
	w->place[root] = 0;
	w->next[root] = w->first[root];
	while (n) {
		uint32_t top = w->stack[n - 1], to;

		if (w->next[top] == w->first[top + 1]) {
			w->order[--at] = top;
			n--;
			continue;
		}
		to = w->inner.v[w->next[top]++].to;
		if (w->place[to] != NO_ID)
			continue;
		w->place[to] = 0;
		w->next[to] = w->first[to];
		w->stack[n++] = to;
	}
	w->n_order = w->n - at;
	memmove(w->order, w->order + at, w->n_order * sizeof(*w->order));
	for (uint32_t i = 0; i < w->n_order; i++)
		w->place[w->order[i]] = i;
}

static void detach(struct ways *w, uint32_t i)
{
	struct tree_node *t = &w->tree[i];

	if (t->parent == NO_ID)
		return;
	if (t->previous == NO_ID)
		w->tree[t->parent].first_child = t->next;
	else
		w->tree[t->previous].next = t->next;
	if (t->next != NO_ID)
		w->tree[t->next].previous = t->previous;
}

static void attach(struct ways *w, uint32_t i, uint32_t parent, uint32_t edge)
{
	struct tree_node *t = &w->tree[i], *above = &w->tree[parent];

	t->parent = parent;
	t->edge = edge;
	t->previous = NO_ID;
	t->next = above->first_child;
	if (t->next != NO_ID)
		w->tree[t->next].previous = i;
	above->first_child = i;
}

/* Adds bytes to the ways to a function and to all below it in the tree. */
static void lengthen(struct ways *w, uint32_t top, int64_t bytes)
{
	uint32_t n = 0;

	w->stack[n++] = top;
	while (n) {
		uint32_t i = w->stack[--n];

		w->tree[i].bytes += bytes;
		for (uint32_t c = w->tree[i].first_child; c != NO_ID; c = w->tree[c].next)
			w->stack[n++] = c;
	}
}

/* Is the function on the way to `at`? */
static bool is_on_way(const struct ways *w, uint32_t func, uint32_t at)
{
	for (; at != NO_ID; at = w->tree[at].parent)
		if (at == func)
			return true;
	return false;
}

static void move(struct ways *w, uint32_t from, const struct inner *e)
{
	int64_t more = w->tree[from].bytes + e->bytes - w->tree[e->to].bytes;

	detach(w, e->to);
	attach(w, e->to, from, e->edge);
	lengthen(w, e->to, more);
}

/* The longest ways along the order. Nothing is below a function in the tree before its turn comes. */
static void grow_tree(struct ways *w, uint32_t root)
{
	for (uint32_t i = 0; i < w->n; i++)
		w->tree[i] = (struct tree_node){-1, NO_ID, NO_ID, NO_ID, NO_ID, NO_ID};
	w->tree[root].bytes = 0;
	for (uint32_t k = 0; k < w->n_order; k++) {
		uint32_t from = w->order[k];

		for (uint32_t i = w->first[from]; i < w->first[from + 1]; i++) {
			const struct inner *e = &w->inner.v[i];

			if (w->place[e->to] > k &&
			    w->tree[from].bytes + e->bytes > w->tree[e->to].bytes)
				move(w, from, e);
		}
	}
}

/* One pass over all edges; false: nothing became longer. */
static bool improve(struct ways *w)
{
	bool any = false;

	for (uint32_t k = 0; k < w->n_order; k++) {
		uint32_t from = w->order[k];

		for (uint32_t i = w->first[from]; i < w->first[from + 1]; i++) {
			const struct inner *e = &w->inner.v[i];

			if (w->tree[from].bytes + e->bytes <= w->tree[e->to].bytes ||
			    is_on_way(w, e->to, from))
				continue;
			move(w, from, e);
			any = true;
		}
	}
	return any;
}

/* The best path that the tree has. */
static void take_from_tree(struct ways *w, uint32_t root)
{
	uint32_t n = 0, at;

	w->last = root;
	for (uint32_t k = 0; k < w->n_order; k++) {
		uint32_t i = w->order[k];

		if (w->tree[i].bytes + w->out[i] > w->tree[w->last].bytes + w->out[w->last])
			w->last = i;
	}
	w->best_bytes = w->tree[w->last].bytes + w->out[w->last];
	for (at = w->last; at != root; at = w->tree[at].parent)
		n++;
	w->n_best = n;
	for (at = w->last; at != root; at = w->tree[at].parent)
		w->best[--n] = w->tree[at].edge;
}

/* A path under search: w->stack holds its functions, w->next what is to be tried at each; place: is it on the path? */
struct search {
	uint32_t n;
	int64_t bytes; /* so far */
	int64_t left; /* the longest edges of all functions that it may still leave */
};

static void enter(struct ways *w, struct search *s, uint32_t func)
{
	w->stack[s->n++] = func;
	w->next[func] = w->first[func];
	w->place[func] = 0;
	if (s->bytes + w->out[func] <= w->best_bytes)
		return;
	w->best_bytes = s->bytes + w->out[func];
	w->last = func;
	w->n_best = s->n - 1;
	for (uint32_t i = 0; i + 1 < s->n; i++)
		w->best[i] = w->inner.v[w->next[w->stack[i]] - 1].edge;
}

static void leave(struct ways *w, struct search *s)
{
	w->place[w->stack[--s->n]] = NO_ID;
	if (s->n) {
		uint32_t from = w->stack[s->n - 1];

		s->bytes -= w->inner.v[w->next[from] - 1].bytes;
		s->left += w->longest[from];
	}
}

static void search(struct ways *w, uint32_t root)
{
	struct search s = {0};

	for (uint32_t i = 0; i < w->n; i++)
		w->place[i] = NO_ID;
	for (uint32_t k = 0; k < w->n_order; k++)
		s.left += w->longest[w->order[k]];
	enter(w, &s, root);
	for (uint32_t tries = 0; s.n && tries < MAX_TRIES; tries++) {
		uint32_t top = w->stack[s.n - 1];
		const struct inner *e;

		if (w->next[top] == w->first[top + 1] ||
		    s.bytes + s.left + w->longest_out <= w->best_bytes) {
			leave(w, &s);
			continue;
		}
		e = &w->inner.v[w->next[top]++];
		if (w->place[e->to] != NO_ID)
			continue;
		s.bytes += e->bytes;
		s.left -= w->longest[top];
		enter(w, &s, e->to);
	}
}

static void keep_way(struct ways *w, uint32_t root)
{
	struct solution *s = w->v->s;
	struct circle_way way = {.func = w->members[root],
				 .first = (uint32_t)s->way_edges.n,
				 .ends = w->out_via[w->last] == NO_ID};

	for (uint32_t i = 0; i < w->n_best; i++)
		*vec_push(&s->way_edges) = w->best[i];
	if (!way.ends)
		*vec_push(&s->way_edges) = w->out_via[w->last];
	way.n = (uint32_t)s->way_edges.n - way.first;
	s->via[way.func] = way.n ? s->way_edges.v[way.first] : NO_ID;
	s->bytes[way.func] = w->best_bytes;
	*vec_push(&s->ways) = way;
}

static void solve_from(struct ways *w, uint32_t root)
{
	put_in_order(w, root);
	grow_tree(w, root);
	for (int i = 0; i < MAX_PASSES && improve(w); i++)
		;
	take_from_tree(w, root);
	if (w->n <= MAX_SEARCHED)
		search(w, root);
	keep_way(w, root);
}

static void set_longest(struct ways *w)
{
	for (uint32_t i = 0; i < w->n; i++) {
		for (uint32_t k = w->first[i]; k < w->first[i + 1]; k++)
			if (w->inner.v[k].bytes > w->longest[i])
				w->longest[i] = w->inner.v[k].bytes;
		if (w->out[i] > w->longest_out)
			w->longest_out = w->out[i];
	}
}

void ways_solve(struct solver *v, uint32_t component, const uint32_t *members)
{
	uint32_t n = v->scc->first[component + 1] - v->scc->first[component];
	struct ways w = {.v = v, .component = component, .n = n, .members = members};

	w.first = mem_calloc(n + 1, sizeof(*w.first));
	w.out = mem_calloc(n, sizeof(*w.out));
	w.out_via = mem_calloc(n, sizeof(*w.out_via));
	w.tree = mem_calloc(n, sizeof(*w.tree));
	w.order = mem_calloc(n, sizeof(*w.order));
	w.place = mem_calloc(n, sizeof(*w.place));
	w.stack = mem_calloc(n, sizeof(*w.stack));
	w.next = mem_calloc(n, sizeof(*w.next));
	w.longest = mem_calloc(n, sizeof(*w.longest));
	w.best = mem_calloc(n, sizeof(*w.best));
	for (uint32_t i = 0; i < n; i++)
		add_func(&w, i);
	w.first[n] = (uint32_t)w.inner.n;
	set_longest(&w);
	for (uint32_t i = 0; i < n; i++)
		solve_from(&w, i);
	vec_release(&w.inner);
	free(w.first);
	free(w.out);
	free(w.out_via);
	free(w.tree);
	free(w.order);
	free(w.place);
	free(w.stack);
	free(w.next);
	free(w.longest);
	free(w.best);
}
