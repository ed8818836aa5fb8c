/*
 * Input: a function whose worst depth is above a budget. Output: few changes that bring it below.
 *
 * Greedy: of the worst path that the changes so far leave, take the change that saves most; at the end put back what the
 * others made needless. The smallest set is a covering problem (NP-hard); a person wants few places and large savings,
 * which is what this order gives. Variables that share their room free it together only, so they are tried as one
 * choice, weighed by what it saves for each of them.
 */
#include "base/mem.h"
#include "base/text.h"
#include "stack/scc.h"
#include "stack/solve.h"
#include "stack/what_if_walk.h"

#include <stdlib.h>

enum {
	MAX_CHANGES = 64,
	MAX_TOGETHER = 8, /* variables in one room that are tried as one choice */
	SMALLEST_PART = 16, /* bytes: below that nothing can come of it */
};

struct choice {
	struct change v[MAX_TOGETHER];
	size_t n;
	int64_t bytes;
};

/* A chosen change, and the path that was the worst one then. */
struct pick {
	struct change change;
	uint32_t *edges, n_edges;
};

struct chooser {
	struct what_if *w;
	struct arena *a;
	uint32_t func;
	int64_t smallest;
	struct pick picks[MAX_CHANGES];
	size_t n;
	VEC(uint32_t) edges, funcs; /* the worst path */
	struct choice best;
};

static void add_func(struct chooser *c, uint32_t func)
{
	for (size_t i = 0; i < c->funcs.n; i++)
		if (c->funcs.v[i] == func)
			return;
	*vec_push(&c->funcs) = func;
}

static void add_edge(struct chooser *c, uint32_t edge)
{
	*vec_push(&c->edges) = edge;
	for (; edge != NO_ID; edge = c->w->p->edges[edge].through)
		add_func(c, c->w->p->edges[edge].from);
}

static const struct circle_way *find_way(const struct solution *s, uint32_t func)
{
	for (size_t i = 0; i < s->ways.n; i++)
		if (s->ways.v[i].func == func)
			return &s->ways.v[i];
	return NULL;
}

/* The worst path with the changes in force, and the functions whose frames are on it. */
static int64_t find_path(struct chooser *c)
{
	const struct solution *s = &c->w->solution;
	int64_t bytes = what_if_solve(c->w, c->func);
	uint32_t at = c->func;
	bool ends = false;

	c->edges.n = c->funcs.n = 0;
	while (at != NO_ID && !ends) {
		const struct circle_way *way = find_way(s, at);
		const uint32_t *edges = way ? s->way_edges.v + way->first : &s->via[at];
		uint32_t n = way ? way->n : s->via[at] != NO_ID;

		ends = !n || (way && way->ends);
		for (uint32_t i = 0; i < n; i++) {
			add_edge(c, edges[i]);
			at = c->w->p->edges[edges[i]].to;
		}
	}
	if (at != NO_ID)
		add_func(c, at);
	return bytes;
}

static int64_t path_bytes(struct chooser *c)
{
	return what_if_path_bytes(c->w, c->func, c->edges.v, (uint32_t)c->edges.n);
}

static void set_all(struct chooser *c, const struct choice *x, bool on)
{
	for (size_t i = 0; i < x->n; i++)
		what_if_set(c->w, x->v[i], on);
}

/* Is `x` worth more than the best one so far? */
static void weigh(struct chooser *c, struct choice *x, int64_t before)
{
	int64_t best = c->best.n ? c->best.bytes * (int64_t)x->n : 0, own;
	bool better;

	set_all(c, x, true);
	x->bytes = before - path_bytes(c);
	set_all(c, x, false);
	own = c->best.n ? x->bytes * (int64_t)c->best.n : x->bytes;
	/* Keeping a function out of line needs no memory that may be missing: of equal ones it goes first. */
	better = own > best || (own == best && c->best.n == 1 && x->n == 1 &&
				x->v[0].kind == CHANGE_OUTLINE && c->best.v[0].kind == CHANGE_MOVE);
	if (x->bytes >= c->smallest && better)
		c->best = *x;
}

static bool is_movable(const struct chooser *c, uint32_t func, uint32_t i)
{
	const struct fact_part *part = change_part(c->w->p, (struct change){0, func, i, 0});

	return part->kind == PART_VARIABLE && part->aggregate && part->name &&
	       part->bytes >= SMALLEST_PART && !part_is_shared(part) &&
	       !c->w->moved[places_part(&c->w->places, c->w->p, func, i)];
}

static bool overlap(const struct fact_part *x, const struct fact_part *y)
{
	return x->has_offset && y->has_offset && x->offset < y->offset + y->bytes &&
	       y->offset < x->offset + x->bytes;
}

static bool is_same_variable(const struct chooser *c, struct change x, struct change y)
{
	const struct places *places = &c->w->places;

	return places->variable[places_part(places, c->w->p, x.func, x.part)] ==
	       places->variable[places_part(places, c->w->p, y.func, y.part)];
}

static bool has_variable(const struct chooser *c, const struct choice *x, struct change y)
{
	for (size_t i = 0; i < x->n; i++)
		if (is_same_variable(c, x->v[i], y))
			return true;
	return false;
}

/* The variable, with those in its room. */
static void weigh_together(struct chooser *c, uint32_t func, uint32_t i, int64_t before)
{
	const struct program *p = c->w->p;
	struct choice x = {.v = {{.kind = CHANGE_MOVE, .func = func, .part = i}}, .n = 1};
	const struct fact_part *part = change_part(p, x.v[0]);

	for (uint32_t k = 0; k < p->funcs[func].n_parts && x.n < MAX_TOGETHER; k++) {
		struct change other = {.kind = CHANGE_MOVE, .func = func, .part = k};

		if (is_movable(c, func, k) && overlap(part, change_part(p, other)) &&
		    !has_variable(c, &x, other))
			x.v[x.n++] = other;
	}
	if (x.n > 1)
		weigh(c, &x, before);
}

/* Only in a source of one's own: inlined functions of a header are someone else's, or many callers'. */
static bool can_be_outlined(const struct chooser *c, uint32_t func, uint32_t i)
{
	uint32_t id = places_part(&c->w->places, c->w->p, func, i);

	return c->w->places.inlined[id] != NO_ID && !c->w->outlined[id] &&
	       str_ends(change_part(c->w->p, (struct change){0, func, i, 0})->loc.file, ".c");
}

static void weigh_func(struct chooser *c, uint32_t func, int64_t before)
{
	for (uint32_t i = 0; i < c->w->p->funcs[func].n_parts; i++) {
		struct choice x = {.v = {{.kind = CHANGE_MOVE, .func = func, .part = i}}, .n = 1};

		if (!is_movable(c, func, i))
			continue;
		weigh(c, &x, before);
		weigh_together(c, func, i, before);
		x.v[0].kind = CHANGE_OUTLINE;
		if (can_be_outlined(c, func, i))
			weigh(c, &x, before);
	}
}

/* Puts the best choice for the worst path in force; false: there is none. */
static bool choose(struct chooser *c)
{
	int64_t before = path_bytes(c);

	c->best.n = 0;
	for (size_t i = 0; i < c->funcs.n; i++)
		weigh_func(c, c->funcs.v[i], before);
	if (!c->best.n || c->n + c->best.n > MAX_CHANGES)
		return false;
	for (size_t i = 0; i < c->best.n; i++)
		c->picks[c->n++] = (struct pick){
			.change = c->best.v[i],
			.edges = arena_memdup(c->a, c->edges.v, c->edges.n * sizeof(*c->edges.v)),
			.n_edges = (uint32_t)c->edges.n,
		};
	set_all(c, &c->best, true);
	return true;
}

/* Puts back what proved needless, the smallest first. */
static void drop_needless(struct chooser *c, int64_t budget)
{
	for (;;) {
		size_t least = c->n;

		for (size_t i = 0; i < c->n; i++) {
			bool enough;

			what_if_set(c->w, c->picks[i].change, false);
			enough = what_if_solve(c->w, c->func) <= budget;
			what_if_set(c->w, c->picks[i].change, true);
			if (enough && (least == c->n ||
				       c->picks[i].change.bytes < c->picks[least].change.bytes))
				least = i;
		}
		if (least == c->n)
			return;
		what_if_set(c->w, c->picks[least].change, false);
		c->n--;
		memmove(&c->picks[least], &c->picks[least + 1],
			(c->n - least) * sizeof(c->picks[0]));
	}
}

/* What each one takes off its path, after those before it. Takes all out of force. */
static void count_bytes(struct chooser *c)
{
	for (size_t i = c->n; i-- > 0;) {
		struct pick *x = &c->picks[i];
		int64_t with = what_if_path_bytes(c->w, c->func, x->edges, x->n_edges), saves;

		what_if_set(c->w, x->change, false);
		saves = what_if_path_bytes(c->w, c->func, x->edges, x->n_edges) - with;
		x->change.bytes = saves > 0 ? saves : 0;
	}
}

bool what_if_fewest(struct what_if *w, uint32_t func, int64_t budget, int64_t smallest,
		    struct arena *a, struct change **changes, size_t *n, int64_t *depth)
{
	struct chooser *c = mem_calloc(1, sizeof(*c));
	int64_t left, turns;

	c->w = w;
	c->a = a;
	c->func = func;
	c->smallest = smallest;
	left = find_path(c);
	/* Further turns of limited circles are no part of one pass. */
	turns = w->d->v[func].bytes - left;
	while (left + turns > budget && choose(c))
		left = find_path(c);
	*depth = left + turns;
	drop_needless(c, left + turns > budget ? left : budget - turns);
	*depth = what_if_solve(w, func) + turns;
	count_bytes(c);
	*n = c->n;
	*changes = arena_array(a, c->n, struct change);
	for (size_t i = 0; i < c->n; i++)
		(*changes)[i] = c->picks[i].change;
	vec_release(&c->edges);
	vec_release(&c->funcs);
	free(c);
	return *depth <= budget;
}
