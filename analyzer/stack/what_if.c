/*
 * Input: a program, and changes in force. Output: depths with them.
 *
 * A frame keeps what lies in it and no change takes away; the room of two variables that are never alive together is free only
 * when both are gone. So what is saved at a call is the union of all parts' bytes that are in use there, less the union of
 * those that are kept.
 */
#include "stack/what_if.h"

#include "base/mem.h"
#include "stack/scc.h"
#include "stack/solve.h"
#include "stack/what_if_walk.h"

#include <stdlib.h>
#include <string.h>

enum {
	OUTLINE_COST = 64, /* of a call that was none: return address, saved registers, alignment */
};

const struct fact_part *change_part(const struct program *p, struct change c)
{
	const struct program_func *f = &p->funcs[c.func];

	return &p->units[f->unit]->parts.v[f->first_part + c.part];
}

void what_if_set(struct what_if *w, struct change c, bool on)
{
	const struct places *x = &w->places;
	uint32_t part = places_part(x, w->p, c.func, c.part);
	bool move = c.kind == CHANGE_MOVE;
	bool *flags = move ? w->moved : w->outlined;
	const uint32_t *next = move ? x->same_variable : x->same_inlined;

	for (uint32_t i = move ? x->variable[part] : x->inlined[part]; i != NO_ID; i = next[i]) {
		if (flags[i] == on)
			continue;
		flags[i] = on;
		w->touched[x->owner[i]] += on ? 1 : UINT32_MAX;
	}
}

/* Bytes that SP is a multiple of at calls, by target: the psABIs of i386, AMD64 and RISC-V, AAPCS, AAPCS64; Windows on
   x86 keeps 4. */
static int64_t stack_alignment(const char *triple)
{
	if (triple[0] == 'i' && strstr(triple, "86"))
		return strstr(triple, "windows") || strstr(triple, "mingw") ? 4 : 16;
	return !strncmp(triple, "arm", 3) || !strncmp(triple, "thumb", 5) ? 8 : 16;
}

static int compare_spans(const void *pa, const void *pb)
{
	const struct span *a = pa, *b = pb;

	return (a->from > b->from) - (a->from < b->from);
}

static int64_t union_of(struct span *v, size_t n)
{
	int64_t bytes = 0, end = 0;

	if (n)
		qsort(v, n, sizeof(*v), compare_spans);
	for (size_t i = 0; i < n; i++) {
		if (v[i].to <= end)
			continue;
		bytes += v[i].to - (v[i].from > end ? v[i].from : end);
		end = v[i].to;
	}
	return bytes;
}

/* Is the call in the code of an inlined function of that name? */
static bool is_within(const struct fact_call *c, const char *name)
{
	size_t len = strlen(name);

	if (c->within && !strcmp(c->within, name))
		return true;
	for (const char *s = c->chain; s; s = strchr(s, '<')) {
		s += *s == '<';
		if (!strncmp(s, name, len) && (s[len] == ':' || !s[len] || s[len] == '<'))
			return true;
	}
	return false;
}

/* Is the part gone where `call` is made? NULL: at the deepest point of the frame, where an inlined function may stand itself. */
static bool is_gone(const struct what_if *w, uint32_t id, const struct fact_part *part,
		    const struct fact_call *call)
{
	return w->moved[id] || (w->outlined[id] && call && !is_within(call, part->declared_in));
}

static bool stands_in_outlined(const struct what_if *w, uint32_t func, const struct fact_call *call)
{
	const struct program_func *f = &w->p->funcs[func];
	uint32_t first = places_part(&w->places, w->p, func, 0);

	for (uint32_t i = 0; i < f->n_parts; i++)
		if (w->outlined[first + i] &&
		    (!call ||
		     is_within(call,
			       change_part(w->p, (struct change){0, func, i, 0})->declared_in)))
			return true;
	return false;
}

/* What the changes in force take off `depth` bytes that the function has in use at a call, or at most (NULL). */
static int64_t saved(struct what_if *w, uint32_t func, int64_t depth, const struct fact_call *call)
{
	const struct program_func *f = &w->p->funcs[func];
	const struct facts *unit = w->p->units[f->unit];
	uint32_t first = places_part(&w->places, w->p, func, 0);
	int64_t bytes = 0;

	if (!w->touched[func])
		return 0;
	w->kept.n = w->all.n = 0;
	for (uint32_t i = 0; i < f->n_parts; i++) {
		const struct fact_part *part = &unit->parts.v[f->first_part + i];
		struct span span = {-part->offset - part->bytes, -part->offset};
		bool gone = is_gone(w, first + i, part, call);

		if (!part->has_offset) {
			bytes += gone ? part->counted : 0;
			continue;
		}
		if (span.from < 0)
			span.from = 0;
		if (span.from >= span.to || span.to > depth)
			continue;
		*vec_push(&w->all) = span;
		if (!gone)
			*vec_push(&w->kept) = span;
	}
	bytes += union_of(w->all.v, w->all.n) - union_of(w->kept.v, w->kept.n);
	/* An estimated frame may be less than what is known to be in it. */
	if (bytes > depth)
		bytes = depth;
	bytes -= bytes % stack_alignment(unit->target);
	return bytes - (stands_in_outlined(w, func, call) ? OUTLINE_COST : 0);
}

static int64_t frame_depth(void *what_if, uint32_t func)
{
	struct what_if *w = what_if;
	int64_t frame = frame_floor(w->p, func);

	return frame - saved(w, func, frame, NULL);
}

/* What is left of a call's depth. A callback's edge stands for the calls of several functions, each with its frame. */
static int64_t edge_depth(void *what_if, uint32_t edge)
{
	struct what_if *w = what_if;
	const struct program_edge *e = &w->p->edges[edge];
	int64_t depth = edge_floor(w->p, e), rest = depth;

	while (e->through != NO_ID) {
		const struct program_edge *inner = &w->p->edges[e->through];

		rest = edge_floor(w->p, inner);
		depth -= saved(w, e->from, edge_floor(w->p, e) - rest, e->call);
		e = inner;
	}
	return depth - saved(w, e->from, rest, e->call);
}

struct what_if *what_if_open(const struct program *p, const struct depths *d)
{
	struct what_if *w = mem_calloc(1, sizeof(*w));

	w->p = p;
	w->d = d;
	places_init(&w->places, p);
	w->moved = mem_calloc(w->places.n, sizeof(*w->moved));
	w->outlined = mem_calloc(w->places.n, sizeof(*w->outlined));
	w->touched = mem_calloc(p->n_funcs, sizeof(*w->touched));
	scc_find(&w->scc, p, edge_is_believed);
	w->reached = mem_calloc(w->scc.n, sizeof(*w->reached));
	w->from = NO_ID;
	solver_init(&w->solver, &w->solution, p, d, &w->scc, edge_is_believed);
	w->solver.weights = (struct weights){edge_depth, frame_depth, w};
	w->solver.one_turn = true;
	return w;
}

void what_if_close(struct what_if *w)
{
	places_release(&w->places);
	free(w->moved);
	free(w->outlined);
	free(w->touched);
	solver_release(&w->solver);
	solution_release(&w->solution);
	scc_release(&w->scc);
	free(w->reached);
	vec_release(&w->components);
	vec_release(&w->stack);
	vec_release(&w->kept);
	vec_release(&w->all);
	free(w);
}

static void reach(struct what_if *w, uint32_t component)
{
	if (w->reached[component])
		return;
	w->reached[component] = true;
	*vec_push(&w->components) = component;
	*vec_push(&w->stack) = component;
}

/* Components are numbered callees first. */
static void find_components(struct what_if *w, uint32_t func)
{
	memset(w->reached, 0, w->scc.n * sizeof(*w->reached));
	w->components.n = 0;
	reach(w, w->scc.component[func]);
	while (w->stack.n) {
		uint32_t c = w->stack.v[--w->stack.n];

		for (uint32_t k = w->scc.first[c]; k < w->scc.first[c + 1]; k++) {
			const struct program_func *f = &w->p->funcs[w->scc.order[k]];

			for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++)
				if (edge_is_believed(&w->p->edges[i]))
					reach(w, w->scc.component[w->p->edges[i].to]);
		}
	}
	qsort(w->components.v, w->components.n, sizeof(*w->components.v), id_compare);
	w->from = func;
}

int64_t what_if_solve(struct what_if *w, uint32_t func)
{
	if (w->from != func)
		find_components(w, func);
	w->solution.ways.n = w->solution.way_edges.n = 0;
	for (size_t i = 0; i < w->components.n; i++)
		solve_component(&w->solver, w->components.v[i]);
	return w->solution.bytes[func];
}

int64_t what_if_path_bytes(struct what_if *w, uint32_t func, const uint32_t *edges, uint32_t n)
{
	int64_t bytes = 0, below;

	for (uint32_t i = 0; i < n; i++) {
		const struct program_edge *e = &w->p->edges[edges[i]];

		bytes += edge_depth(w, edges[i]);
		func = e->to;
		if (func == NO_ID)
			return bytes +
			       (edge_counts_external(&w->solver, edges[i], &below) ? below : 0);
	}
	return bytes + frame_depth(w, func);
}

int64_t what_if_saves(struct what_if *w, const struct path *path, struct change c)
{
	uint32_t func = path->n_edges ? w->p->edges[path->edges[0]].from : path->last;
	int64_t before = what_if_path_bytes(w, func, path->edges, path->n_edges), after;

	what_if_set(w, c, true);
	after = what_if_path_bytes(w, func, path->edges, path->n_edges);
	what_if_set(w, c, false);
	return before - after;
}

int64_t what_if_depth(struct what_if *w, uint32_t func, const struct change *changes, size_t n)
{
	int64_t before = what_if_solve(w, func), after;

	for (size_t i = 0; i < n; i++)
		what_if_set(w, changes[i], true);
	after = what_if_solve(w, func);
	for (size_t i = 0; i < n; i++)
		what_if_set(w, changes[i], false);
	return w->d->v[func].bytes - before + after;
}
