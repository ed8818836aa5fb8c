/*
 * Where guards are looked for: in, the calls of the unit; out, guards of the functions that ask for what remains of the
 * stack, that call a helper which does, that may recurse, or that pass constants to another unit's function, which may be a
 * helper. Looking at every condition of every function would cost more than the rest of the walk.
 */
#include "extract/ast_guards.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static bool calls_measure(const char *callee)
{
	return callee &&
	       (strstr(callee, "IoGetRemainingStackSize") || strstr(callee, "IoGetStackLimits"));
}

/* Those that call the last helpers found. */
static void mark_callers(const struct guards *g, size_t first, const struct ast *ast,
			 bool *measures, bool *done)
{
	struct map helpers = {0};

	for (size_t i = first; i < g->helpers.n; i++)
		map_put_str(&helpers, g->helpers.v[i].func->symbol, NULL);
	for (size_t i = 0; i < ast->calls.n; i++)
		if (ast->calls.v[i].callee && map_find_str(&helpers, ast->calls.v[i].callee))
			measures[ast->calls.v[i].func] = true;
	/* A caller that was looked at before its helper was known is looked at again, from nothing. */
	for (size_t i = 0; i < ast->calls.n; i++)
		if (done[ast->calls.v[i].func] && ast->calls.v[i].callee &&
		    map_find_str(&helpers, ast->calls.v[i].callee))
			done[ast->calls.v[i].func] = false;
	map_release(&helpers);
}

/* One turn of mark_recursive(): drops the calls of functions that nothing calls, or that call nothing. */
static bool peel(struct once_call *calls, size_t n, bool *calls_on, bool *is_called, size_t n_funcs)
{
	bool changed = false;

	memset(calls_on, 0, n_funcs * sizeof(*calls_on));
	memset(is_called, 0, n_funcs * sizeof(*is_called));
	for (size_t i = 0; i < n; i++) {
		if (calls[i].gone)
			continue;
		calls_on[calls[i].from] = true;
		is_called[calls[i].to] = true;
	}
	for (size_t i = 0; i < n; i++) {
		if (calls[i].gone || (is_called[calls[i].from] && calls_on[calls[i].to]))
			continue;
		calls[i].gone = changed = true;
	}
	return changed;
}

struct inner_calls {
	VEC(struct once_call) v;
};

/* Functions that lie on, or between, circles of calls within the unit: only they can recurse there. */
static void mark_recursive(const struct ast *ast, struct inner_calls *calls, bool *recursive)
{
	struct map by_symbol = {0};
	bool *calls_on = mem_calloc(ast->funcs.n, sizeof(*calls_on));
	bool *is_called = mem_calloc(ast->funcs.n, sizeof(*is_called));

	for (size_t i = 0; i < ast->funcs.n; i++)
		*map_put_str(&by_symbol, ast->funcs.v[i].symbol, NULL) = i;
	for (size_t i = 0; i < ast->calls.n; i++) {
		const struct ast_call *c = &ast->calls.v[i];
		uint64_t *to = c->callee ? map_find_str(&by_symbol, c->callee) : NULL;

		if (to)
			*vec_push(&calls->v) = (struct once_call){c->func, (uint32_t)*to, false};
	}
	while (peel(calls->v.v, calls->v.n, calls_on, is_called, ast->funcs.n))
		;
	for (size_t i = 0; i < calls->v.n; i++)
		if (!calls->v.v[i].gone)
			recursive[calls->v.v[i].from] = recursive[calls->v.v[i].to] = true;
	map_release(&by_symbol);
	free(calls_on);
	free(is_called);
}

/* Functions that pass constants to functions of other units, which may be helpers. */
static void mark_passing(const struct ast *ast, bool *measures)
{
	struct map own = {0};

	for (size_t i = 0; i < ast->funcs.n; i++)
		map_put_str(&own, ast->funcs.v[i].symbol, NULL);
	for (size_t i = 0; i < ast->args.n; i++) {
		const struct ast_call *c = &ast->calls.v[ast->args.v[i].call];

		if (ast->args.v[i].kind == ARG_VALUE && c->callee && !map_find_str(&own, c->callee))
			measures[c->func] = true;
	}
	map_release(&own);
}

/* Only there is remaining stack asked for by a call. */
static bool is_windows(const char *triple)
{
	return strstr(triple, "windows") || strstr(triple, "mingw");
}

void guards_find(struct walk *w)
{
	const struct ast *ast = w->out;
	struct guards g = {.walk = w, .finds_candidates = is_windows(w->job->target)};
	bool *measures = mem_calloc(ast->funcs.n, sizeof(*measures));
	bool *recursive = mem_calloc(ast->funcs.n, sizeof(*recursive));
	bool *done = mem_calloc(ast->funcs.n, sizeof(*done));
	struct inner_calls calls = {0};
	bool again = true;

	mark_recursive(ast, &calls, recursive);
	if (g.finds_candidates)
		mark_passing(ast, measures);
	for (size_t i = 0; i < ast->calls.n; i++)
		measures[ast->calls.v[i].func] |= calls_measure(ast->calls.v[i].callee);
	while (again) {
		size_t first = g.helpers.n;

		for (size_t i = 0; i < ast->funcs.n; i++) {
			bool counts = recursive[i] || ast->funcs.v[i].may_count;

			if (done[i] || (!measures[i] && !counts))
				continue;
			done[i] = true;
			guards_in_function(&g, w->walked.v[i], counts);
		}
		again = g.helpers.n > first;
		if (again)
			mark_callers(&g, first, ast, measures, done);
	}
	once_find(w, calls.v.v, calls.v.n, recursive);
	vec_release(&calls.v);
	vec_release(&g.helpers);
	free(measures);
	free(recursive);
	free(done);
}
