#include "stack/solve.h"
#include "stack/stack.h"

/*
 * Walks the worst path. Three kinds of functions: those whose `via` is the next edge; those in circles, whose way is taken
 * up to its end; and those in circles with limited turns, which take all turns at once, and then only the way out.
 */
struct walker {
	const struct program *p;
	const struct depths *d;
	uint32_t at;
	bool leaving; /* no turn is left */
	const uint32_t *way, *way_end; /* what is left of the way that is taken, where it is one */
	bool ends; /* the path ends with the way */
};

static uint32_t next_on_way(struct walker *w)
{
	const struct circle_way *way;

	if (w->way == w->way_end) {
		way = w->ends ? NULL : depths_way(w->d, w->at);
		if (!way)
			return w->ends ? NO_ID : w->d->v[w->at].via;
		w->way = w->d->way_edges + way->first;
		w->way_end = w->way + way->n;
		w->ends = way->ends;
	}
	return w->way == w->way_end ? NO_ID : *w->way++;
}

/* The next edge, or NO_ID: the frame of `at` ends the path. */
static uint32_t next_edge(struct walker *w, int64_t *turns_bytes)
{
	const struct bounded *b = depths_bounded(w->d, w->at);

	*turns_bytes = 0;
	if (!b) {
		w->leaving = false;
		return next_on_way(w);
	}
	if (b->limited && !w->leaving) {
		w->leaving = true;
		*turns_bytes = b->turns_bytes;
	}
	return w->leaving ? b->via : w->d->v[w->at].via;
}

/* Takes the edge. Out of a component, into another one: there turns are left again. */
static bool take_edge(struct walker *w, uint32_t edge)
{
	const struct program_edge *e = &w->p->edges[edge];
	const struct bounded *b;

	if (e->to == NO_ID)
		return false;
	b = depths_bounded(w->d, e->to);
	if (w->leaving && (!b || b->component != depths_bounded(w->d, w->at)->component))
		w->leaving = false;
	w->at = e->to;
	return true;
}

static uint32_t count_edges(const struct program *p, const struct depths *d, uint32_t func)
{
	struct walker w = {.p = p, .d = d, .at = func};
	int64_t turns;
	uint32_t n = 0, edge;

	while ((edge = next_edge(&w, &turns)) != NO_ID) {
		n++;
		if (!take_edge(&w, edge))
			break;
	}
	return n;
}

void path_worst(const struct program *p, const struct depths *d, uint32_t func, struct arena *a,
		struct path *out)
{
	struct walker w = {.p = p, .d = d, .at = func};
	uint32_t n = count_edges(p, d, func), edge;
	int64_t turns, used = 0;

	*out = (struct path){.bytes = d->v[func].bytes, .n_edges = n, .last = func};
	out->edges = arena_array(a, n, uint32_t);
	out->used = arena_array(a, n, int64_t);
	n = 0;
	while ((edge = next_edge(&w, &turns)) != NO_ID) {
		used += turns + edge_floor(p, &p->edges[edge]);
		out->turns_bytes += turns;
		out->edges[n] = edge;
		out->used[n++] = used;
		if (!take_edge(&w, edge)) {
			out->external = &p->externals[p->edges[edge].external];
			out->external_bytes = depths_external_bytes(p, d, edge);
			return;
		}
		out->last = w.at;
	}
	out->turns_bytes += turns;
}
