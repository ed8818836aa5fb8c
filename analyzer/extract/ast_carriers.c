/*
 * Void pointers and integers of their size, which may hold a function pointer in disguise: in, the graph of a unit; out, edges between
 * two of them that do not count are off.
 *
 * Those count that a function pointer gets into, or that are used as one; and of void * those that lead from one that other
 * units see to another such one: a function may pass between two of them. Marks are handed on along the edges by a
 * worklist.
 */
#include "extract/ast_solve.h"

#include <string.h>

static bool has_mark(const struct flow_node *n, enum carrier_mark m)
{
	return n->marks & 1u << m;
}

static void mark(struct solver *s, uint32_t i, enum carrier_mark m)
{
	if (has_mark(solver_node(s, i), m))
		return;
	solver_node(s, i)->marks |= (uint8_t)(1u << m);
	solver_push(s, i);
}

/* Hands a mark on from carrier to carrier: to where the values go, or back to where they come from. */
static void spread(struct solver *s, enum carrier_mark m, bool back)
{
	while (s->todo.n) {
		uint32_t i = s->todo.v[--s->todo.n];
		uint32_t e = back ? solver_node(s, i)->first_in : solver_node(s, i)->first_out;

		while (e != NO_NODE) {
			const struct flow_edge *edge = &s->g->edges.v[e];
			uint32_t next = back ? edge->from : edge->to;

			if (next != NO_NODE && solver_node(s, next)->carrier)
				mark(s, next, m);
			e = back ? edge->next_in : edge->next_out;
		}
	}
}

static void mark_filled(struct solver *s)
{
	for (uint32_t i = 0; i < s->g->nodes.n; i++) {
		const struct flow_node *n = solver_node(s, i);
		bool filled = n->functions;

		for (uint32_t e = n->first_in; n->carrier && !filled && e != NO_NODE;
		     e = s->g->edges.v[e].next_in)
			filled = s->g->edges.v[e].from != NO_NODE &&
				 !solver_node(s, s->g->edges.v[e].from)->carrier;
		if (n->carrier && filled)
			mark(s, i, CARRIER_FILLED);
	}
	spread(s, CARRIER_FILLED, false);
}

static void mark_used(struct solver *s)
{
	for (size_t i = 0; i < s->g->uses.n; i++)
		solver_node(s, s->g->uses.v[i].node)->called |= s->g->uses.v[i].kind == USE_SLOT;
	for (uint32_t i = 0; i < s->g->nodes.n; i++) {
		struct flow_node *n = solver_node(s, i);

		for (uint32_t e = n->first_out; n->carrier && !n->called && e != NO_NODE;
		     e = s->g->edges.v[e].next_out)
			n->called = !solver_node(s, s->g->edges.v[e].to)->carrier;
		if (n->carrier && n->called)
			mark(s, i, CARRIER_USED);
	}
	spread(s, CARRIER_USED, true);
}

/* What a place holds; invalid when that is not known. */
static CXType place_type(const struct place *p)
{
	CXType t = clang_getCursorType(p->kind == PLACE_DECL ? p->decl : p->func->decl);

	if (p->kind == PLACE_PARAM)
		t = clang_getArgType(t, p->number);
	else if (p->kind == PLACE_RETURN)
		t = clang_getResultType(t);
	for (uint32_t i = 0; i < p->n_index; i++) {
		t = clang_getCanonicalType(t);
		t = type_is_array(t) ? clang_getArrayElementType(t) : clang_getPointeeType(t);
	}
	return clang_getCanonicalType(t);
}

/* Records of a project's header have a file in their name, too, but other units include it. */
bool solver_is_shared(const struct solver *s, const struct flow_node *n)
{
	const char *file = n->local ? NULL : strrchr(n->slot, '@');

	return !n->local && !(file && s->own && !strcmp(file, s->own)) &&
	       !(n->place.kind == PLACE_PARAM && n->place.number == VARIADIC);
}

/* A void * that other units see. Integers of its size are too many, and seldom hold a function. */
static bool is_shared_pointer(struct solver *s, const struct flow_node *n)
{
	CXType t;

	if (!n->carrier || !solver_is_shared(s, n))
		return false;
	t = place_type(&n->place);
	return t.kind == CXType_Pointer &&
	       clang_getCanonicalType(clang_getPointeeType(t)).kind == CXType_Void;
}

/* From a shared void *, and to one, over own carriers. */
static void mark_shared(struct solver *s, enum carrier_mark m, bool back)
{
	for (uint32_t i = 0; i < s->g->nodes.n; i++)
		if (is_shared_pointer(s, solver_node(s, i)))
			mark(s, i, m);
	spread(s, m, back);
}

/* Between two carriers, and neither a function comes in at one end nor a call uses the other, here or elsewhere. */
static void drop(struct solver *s)
{
	for (size_t e = 0; e < s->g->edges.n; e++) {
		struct flow_edge *edge = &s->g->edges.v[e];
		const struct flow_node *to = solver_node(s, edge->to), *from;

		if (edge->from == NO_NODE) {
			edge->off |= to->carrier && !has_mark(to, CARRIER_FILLED) &&
				     !has_mark(to, CARRIER_USED);
			continue;
		}
		from = solver_node(s, edge->from);
		edge->off |= from->carrier && to->carrier && !has_mark(from, CARRIER_FILLED) &&
			     !has_mark(to, CARRIER_USED) &&
			     !(has_mark(from, CARRIER_ARRIVES) && has_mark(to, CARRIER_LEAVES));
	}
}

void carriers_drop(struct solver *s)
{
	mark_filled(s);
	mark_used(s);
	mark_shared(s, CARRIER_ARRIVES, false);
	mark_shared(s, CARRIER_LEAVES, true);
	drop(s);
}
