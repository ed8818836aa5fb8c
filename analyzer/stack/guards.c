/*
 * Guards in the machine code. In: the guards of the sources, with the ranges on either side; the calls, with their
 * places and the functions that they were inlined through. Out: for each function whose code has the test, the edges on
 * either side.
 *
 * A guard that is a call of a function of another unit counts only when that function gives a test's result.
 */
#include "stack/guards_internal.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const measures[] = {"IoGetRemainingStackSize", "IoGetStackLimits"};

static bool is_measure(const char *name)
{
	for (size_t i = 0; i < sizeof(measures) / sizeof(*measures); i++)
		if (name && !strcmp(name, measures[i]))
			return true;
	return false;
}

/* One "NAME:LINE:COLUMN" of a chain, `len` bytes long. */
static bool read_link(const char *link, size_t len, const char *name, struct place_in *out)
{
	size_t n = strlen(name);
	char *end;

	if (len <= n || memcmp(link, name, n) || link[n] != ':')
		return false;
	out->line = (uint32_t)strtoul(link + n + 1, &end, 10);
	out->column = *end == ':' ? (uint32_t)strtoul(end + 1, NULL, 10) : 0;
	return true;
}

bool place_find(const struct program *p, const struct program_edge *e, const char *name,
		struct place_in *out)
{
	const struct fact_call *c = e->call;
	const char *own = c->within ? c->within : p->funcs[e->from].fact->name;
	const char *rest = c->chain;

	out->level = 0;
	if (!strcmp(own, name)) {
		out->line = c->loc.line;
		out->column = c->loc.column;
		return c->loc.line > 0;
	}
	while (c->within && rest) {
		size_t len = strcspn(rest, "<");

		out->level++;
		if (read_link(rest, len, name, out))
			return true;
		rest = rest[len] ? rest + len + 1 : NULL;
	}
	return false;
}

static bool before(uint32_t line, uint32_t column, uint32_t line2, uint32_t column2)
{
	return line < line2 || (line == line2 && column < column2);
}

/* The range that holds the place, or NULL. A call without a column is on its whole line. */
static const struct fact_range *range_of(const struct fact_range *r, uint32_t n,
					 const struct place_in *at)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t column = at->column ? at->column : r[i].column;

		if (!before(at->line, column, r[i].line, r[i].column) &&
		    !before(r[i].last_line, r[i].last_column, at->line, column))
			return &r[i];
	}
	return NULL;
}

static bool same_file(const struct fact_guard *g, const struct program_edge *e,
		      const struct place_in *at)
{
	return at->level || !g->loc.file || !e->call->loc.file ||
	       !strcmp(g->loc.file, e->call->loc.file);
}

/* The call whose result a candidate tests: of `measure`, the first one from the test on. */
static const struct program_edge *tested_call(const struct program *p, uint32_t func,
					      const struct fact_guard *g)
{
	const struct program_func *f = &p->funcs[func];
	const struct program_edge *found = NULL;
	struct place_in first = {0}, at;

	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
		const struct program_edge *e = &p->edges[i];

		if (e->to == NO_ID || e->through != NO_ID ||
		    strcmp(p->funcs[e->to].fact->name, g->measure) ||
		    !place_find(p, e, g->within, &at) || !same_file(g, e, &at) ||
		    before(at.line, at.column, g->loc.line, g->loc.column))
			continue;
		if (!found || before(at.line, at.column, first.line, first.column)) {
			found = e;
			first = at;
		}
	}
	return found;
}

/* What the function says when it is a helper, or NULL. */
static const struct fact_guard *helper_of(const struct program *p, uint32_t func)
{
	const struct facts *f = p->units[p->funcs[func].unit];

	for (size_t i = 0; i < f->guards.n; i++)
		if (f->guards.v[i].returned &&
		    !strcmp(f->guards.v[i].within, p->funcs[func].fact->name))
			return &f->guards.v[i];
	return NULL;
}

/* A candidate's threshold; false: what it calls is no helper. */
static bool resolve_candidate(const struct program *p, uint32_t func, const struct fact_guard *g,
			      int64_t *threshold)
{
	const struct program_edge *call = tested_call(p, func, g);
	const struct fact_guard *helper = call ? helper_of(p, call->to) : NULL;
	const struct fact_arg *arg;

	if (!helper)
		return false;
	*threshold = helper->threshold;
	if (helper->threshold_is_param) {
		arg = program_call_arg(p, call, (uint32_t)helper->threshold);
		*threshold = arg && arg->kind == ARG_VALUE ? arg->value : BYTES_UNKNOWN;
	}
	return true;
}

/* The smallest constant that any caller passes; unknown when one passes something else, or may come from elsewhere. */
static int64_t passed_threshold(const struct program *p, uint32_t func, uint32_t param)
{
	const struct program_func *f = &p->funcs[func];
	int64_t least = BYTES_UNKNOWN;

	if (f->address_taken || f->is_entry)
		return BYTES_UNKNOWN;
	for (uint32_t i = 0; i < f->n_in; i++) {
		const struct program_edge *e = &p->edges[p->in_edges[f->first_in + i]];
		const struct fact_arg *arg = program_call_arg(p, e, param);

		if (!arg || arg->kind != ARG_VALUE)
			return BYTES_UNKNOWN;
		if (least == BYTES_UNKNOWN || arg->value < least)
			least = arg->value;
	}
	return least;
}

/* Is the test that of a helper, which its callers are judged by? */
static bool is_inside_helper(const struct program *p, uint32_t unit, const struct fact_guard *g)
{
	const struct facts *f = p->units[unit];

	if (g->kind != GUARD_STACK)
		return false;
	for (size_t i = 0; i < f->guards.n; i++)
		if (f->guards.v[i].returned && !strcmp(f->guards.v[i].within, g->within))
			return true;
	return false;
}

static bool is_candidate(const struct program *p, uint32_t unit, const struct fact_guard *g)
{
	const struct facts *f = p->units[unit];

	if (g->kind != GUARD_STACK || g->threshold != BYTES_UNKNOWN || is_measure(g->measure))
		return false;
	for (size_t i = 0; i < f->guards.n; i++)
		if (f->guards.v[i].returned && !strcmp(f->guards.v[i].within, g->measure))
			return false;
	return true;
}

static bool set_threshold(const struct program *p, uint32_t func, struct guard *guard)
{
	const struct fact_guard *g = guard->fact;
	bool inlined = strcmp(p->funcs[func].fact->name, g->within);

	guard->threshold = g->threshold;
	if (is_candidate(p, p->funcs[func].unit, g))
		return resolve_candidate(p, func, g, &guard->threshold);
	if (g->threshold_is_param)
		guard->threshold =
			inlined ? BYTES_UNKNOWN : passed_threshold(p, func, (uint32_t)g->threshold);
	return true;
}

/* In a macro that holds test and sides, the call that measures is where they are. */
static bool is_test_itself(const struct program *p, const struct program_edge *e,
			   const struct fact_guard *g)
{
	return e->to != NO_ID && e->through == NO_ID &&
	       !strcmp(p->funcs[e->to].fact->name, g->measure);
}

/* A call on both sides is one of a macro that holds the whole test: it is on neither. */
static void add_sides(struct guards *g, struct guard *guard, const struct program_func *f)
{
	const struct fact_guard *fact = guard->fact;

	guard->pass = arena_array(&g->arena, f->n_edges, uint32_t);
	guard->fail = arena_array(&g->arena, f->n_edges, uint32_t);
	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
		const struct program_edge *e = &g->program->edges[i];
		struct place_in at;
		bool passes, fails;

		if (!place_find(g->program, e, fact->within, &at) || !same_file(fact, e, &at) ||
		    is_test_itself(g->program, e, fact))
			continue;
		passes = range_of(fact->pass, fact->n_pass, &at);
		fails = range_of(fact->fail, fact->n_fail, &at);
		if (passes && !fails)
			guard->pass[guard->n_pass++] = i;
		else if (fails && !passes)
			guard->fail[guard->n_fail++] = i;
		guard->n_both += passes && fails;
	}
}

static bool has_code_of(const struct program *p, uint32_t func, const char *within)
{
	const struct program_func *f = &p->funcs[func];
	struct place_in at;

	/* A funclet has the name of no function of the source, and a frame on top of another one's. */
	if (f->fact->parent)
		return false;
	if (!strcmp(f->fact->name, within))
		return true;
	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++)
		if (place_find(p, &p->edges[i], within, &at))
			return true;
	return false;
}

static void find_guard(struct guards *g, uint32_t func, const struct fact_guard *fact)
{
	struct guard guard = {.fact = fact,
			      .func = func,
			      .measured_most = BYTES_UNKNOWN,
			      .via = NO_ID,
			      .turns = BYTES_UNKNOWN};

	if (!has_code_of(g->program, func, fact->within) ||
	    !set_threshold(g->program, func, &guard))
		return;
	add_sides(g, &guard, &g->program->funcs[func]);
	if (fact->kind == GUARD_STACK)
		guard_measure(g->program, g->depths, &guard);
	*vec_push(&g->v) = guard;
}

static void find_in_unit(struct guards *g, uint32_t unit, uint32_t first, uint32_t n)
{
	const struct facts *f = g->program->units[unit];

	for (size_t i = 0; i < f->guards.n; i++) {
		const struct fact_guard *fact = &f->guards.v[i];

		if ((!fact->n_pass && !fact->n_fail) || is_inside_helper(g->program, unit, fact))
			continue;
		for (uint32_t k = first; k < first + n; k++)
			find_guard(g, k, fact);
	}
}

static void find_all(struct guards *g)
{
	uint32_t first = 0;

	for (uint32_t u = 0; u < g->program->n_units; u++) {
		uint32_t n = (uint32_t)g->program->units[u]->funcs.n;

		find_in_unit(g, u, first, n);
		first += n;
	}
}

/* Closer is what stands in a function inlined deeper, and further down in the same one. */
static bool is_closer(const struct guards *g, uint32_t edge, const struct guard *a,
		      const struct guard *b)
{
	const struct program_edge *e = &g->program->edges[edge];
	struct place_in pa = {0}, pb = {0};
	const struct fact_range *ra, *rb;

	place_find(g->program, e, a->fact->within, &pa);
	place_find(g->program, e, b->fact->within, &pb);
	if (pa.level != pb.level)
		return pa.level < pb.level;
	ra = range_of(a->fact->pass, a->fact->n_pass, &pa);
	rb = range_of(b->fact->pass, b->fact->n_pass, &pb);
	return ra && rb && before(rb->line, rb->column, ra->line, ra->column);
}

static void set_behind(struct guards *g)
{
	for (uint32_t i = 0; i < g->v.n; i++) {
		const struct guard *guard = &g->v.v[i];

		if (guard->fact->kind != GUARD_STACK)
			continue;
		if (!g->behind) {
			g->behind = arena_array(&g->arena, g->program->n_edges, uint32_t);
			for (uint32_t k = 0; k < g->program->n_edges; k++)
				g->behind[k] = NO_ID;
		}
		for (uint32_t k = 0; k < guard->n_pass; k++) {
			uint32_t *to = &g->behind[guard->pass[k]];

			if (*to == NO_ID || is_closer(g, guard->pass[k], guard, &g->v.v[*to]))
				*to = i;
		}
	}
}

enum {
	MAX_COUNTED = 1024, /* turns: a count of more is of data, not of depth */
};

bool guards_limit_turns(struct program *p, const struct depths *d)
{
	struct guards g = {.program = p, .depths = d};
	bool any = false;

	find_all(&g);
	guards_count(&g);
	for (size_t i = 0; i < g.v.n; i++) {
		const struct guard *guard = &g.v.v[i];
		struct program_func *f = &p->funcs[guard->func];

		if (!guard->counts || guard->turns == BYTES_UNKNOWN || guard->turns > MAX_COUNTED ||
		    f->has_turns)
			continue;
		f->has_turns = any = true;
		f->turns = guard->turns;
		f->turns_annotation = NO_ID;
	}
	guards_release(&g);
	return any;
}

void guards_find(struct guards *g, const struct program *p, const struct depths *d)
{
	*g = (struct guards){.program = p, .depths = d};
	find_all(g);
	set_behind(g);
	guards_count(g);
	guards_judge(g);
}

static void release_view(struct guards_view *v)
{
	if (v->made)
		depths_release(&v->depths);
}

void guards_release(struct guards *g)
{
	release_view(&g->between);
	release_view(&g->uncovered);
	release_view(&g->unguarded);
	vec_release(&g->v);
	arena_release(&g->arena);
	*g = (struct guards){0};
}

bool guards_covers(const struct guards *g, uint32_t edge)
{
	uint32_t to = g->program->edges[edge].to;

	return g->behind && g->behind[edge] != NO_ID &&
	       g->v.v[g->behind[edge]].verdict >= GUARD_ADEQUATE &&
	       !(to != NO_ID && g->leaks && g->leaks[to]);
}

const struct guard *guards_on_path(const struct guards *g, const struct path *path)
{
	for (uint32_t i = 0; i < path->n_edges; i++)
		if (guards_covers(g, path->edges[i]))
			return &g->v.v[g->behind[path->edges[i]]];
	return NULL;
}

void guards_mark_handled(const struct guards *g, bool *handled)
{
	for (size_t i = 0; i < g->v.n; i++)
		for (uint32_t k = 0; g->v.v[i].fact->kind == GUARD_HANDLER && k < g->v.v[i].n_pass;
		     k++)
			handled[g->v.v[i].pass[k]] = true;
}

const char *guard_text(const struct guard *guard, struct arena *a)
{
	const struct fact_guard *f = guard->fact;

	if (guard->threshold == BYTES_UNKNOWN)
		return arena_printf(a, f->kind == GUARD_DEPTH ? "%s" : "%s()", f->measure);
	if (f->kind == GUARD_STACK)
		return arena_printf(a, "%s() >= %lld", f->measure, (long long)guard->threshold);
	return arena_printf(a, "%s against %lld", f->measure, (long long)guard->threshold);
}
