/*
 * Input: the flows of function pointers. Output: calls of what was there before.
 *
 *	queue->old = sk->callback;
 *	sk->callback = mine;		and in mine: queue->old(sk);
 *
 * By the slots alone `mine` gets into `callback`, from there into `old`, and so calls itself. In time it does not: what `old` got
 * is older than `mine` in that place. A chain of such functions only leads to older ones.
 */
#include "rules/saved_pointer.h"

#include "stack/scc.h"

#include <stdlib.h>
#include <string.h>

static bool is_text(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

static bool is_later(const struct fact_loc *a, const struct fact_loc *b)
{
	return is_text(a->file, b->file) && a->line > b->line;
}

/* Does the function that makes the copy put `symbol` into the place afterwards? */
static bool is_taken_after(const struct facts *unit, const struct fact_flow *copy,
			   const char *symbol)
{
	for (size_t i = 0; i < unit->binds.n; i++) {
		const struct fact_bind *b = &unit->binds.v[i];

		if (!strcmp(b->symbol, symbol) && is_text(b->slot, copy->from) &&
		    is_text(b->within, copy->within) && is_later(&b->loc, &copy->loc))
			return true;
	}
	return false;
}

/* Does nothing else get into the slot in this unit? Adds what is saved there. */
static bool only_saved(const struct facts *unit, const char *slot, const char *symbol,
		       const struct fact_loc **saved)
{
	for (size_t i = 0; i < unit->binds.n; i++)
		if (is_text(unit->binds.v[i].slot, slot))
			return false;
	for (size_t i = 0; i < unit->flows.n; i++) {
		const struct fact_flow *f = &unit->flows.v[i];

		if (!is_text(f->to, slot) || is_text(f->from, slot))
			continue;
		if (f->kind != FLOW_COPY || !symbol || !is_taken_after(unit, f, symbol))
			return false;
		if (!*saved)
			*saved = &f->loc;
	}
	return true;
}

/* A static function's symbol means something in its own unit only. */
static const struct fact_loc *saved_by_caller(const struct program *p, const struct program_edge *e)
{
	const struct program_func *f = &p->funcs[e->from];
	const struct fact_loc *saved = NULL;

	if (!e->call || !e->call->slot || e->evidence == EVIDENCE_DIRECT)
		return NULL;
	for (uint32_t u = 0; u < p->n_units; u++)
		if (!only_saved(p->units[u], e->call->slot, u == f->unit ? f->fact->symbol : NULL,
				&saved))
			return NULL;
	return saved;
}

static bool is_inside(const struct cycle *c, const struct program_edge *e)
{
	return e->to != NO_ID && edge_is_possible(e) &&
	       bsearch(&e->to, c->funcs, c->n_funcs, sizeof(*c->funcs), id_compare);
}

const struct fact_loc *saved_pointer_of(const struct program *p, const struct cycle *c)
{
	const struct fact_loc *first = NULL;

	for (uint32_t i = 0; i < c->n_funcs; i++) {
		const struct program_func *f = &p->funcs[c->funcs[i]];

		for (uint32_t k = f->first_edge; k < f->first_edge + f->n_edges; k++) {
			const struct fact_loc *saved;

			if (!is_inside(c, &p->edges[k]))
				continue;
			saved = saved_by_caller(p, &p->edges[k]);
			if (!saved)
				return NULL;
			if (!first)
				first = saved;
		}
	}
	return first;
}
