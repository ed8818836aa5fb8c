#include "program/flows_internal.h"

/*
 * What a local variable or a parameter holds in the code that a call stands in.
 *
 * A call that the compiler inlined stands in a copy of the inlined function, made for one call of it. There its parameter N holds
 * what that caller passes: what goes into param:F#N within the function that F was inlined into, and, when that is a
 * parameter again, what its caller passes, up the chain. Should nothing be known to be passed there (the compiler left a step of the chain
 * out), then what any function of the chain passes, else all that is ever passed. What F itself puts there counts always.
 *
 * In the function that the code belongs to, its own parameter holds what all callers pass. Values that only came by calls of it
 * by its name carry the parameter's number: its callers can be told apart by them.
 */

enum { MAX_VISITS = 64 }; /* more slots than that are not told apart */

static void add_whole(const struct flows *x, uint32_t node, uint32_t param)
{
	uint32_t set = flows_set(x, node);

	x->query->flags |= x->sets.flags[node];
	if (set != EMPTY_SET)
		*vec_push(&x->query->pieces) = (struct piece){set, NO_ID, param};
}

static void add_visit(struct query *q, uint32_t slot, uint32_t level)
{
	for (size_t i = 0; i < q->visits.n; i++)
		if (q->visits.v[i].slot == slot && q->visits.v[i].level == level)
			return;
	*vec_push(&q->visits) = (struct visit){slot, level};
}

/* Is it a variable or parameter of the function at this level? */
static bool stands_at(const struct flows *x, const struct slot *s, uint32_t level)
{
	return s->owner && s->kind != SLOT_RETURN && s->owner == x->query->levels.v[level];
}

static void follow(const struct flows *x, uint32_t from, uint32_t level)
{
	if (stands_at(x, &x->slots.v[from], level))
		add_visit(x->query, from, level);
	else
		add_whole(x, x->slots.v[from].full, NO_ID);
}

/* The nearest level outside of `level` that is `within`; 0: none. */
static uint32_t level_of(const struct query *q, const char *within, uint32_t level)
{
	for (uint32_t i = level + 1; i < q->levels.n; i++)
		if (q->levels.v[i] == within)
			return i;
	return 0;
}

/* The nearest level that passes something into the parameter; 0: none. */
static uint32_t passing_level(const struct flows *x, uint32_t slot, uint32_t level)
{
	uint32_t best = 0;

	for (uint32_t i = x->first_copy[slot]; i < x->first_copy[slot + 1]; i++) {
		uint32_t at = level_of(x->query, x->copies.v[i].within, level);

		best = at && (!best || at < best) ? at : best;
	}
	for (uint32_t i = x->first_held[slot]; i < x->first_held[slot + 1]; i++) {
		uint32_t at = level_of(x->query, x->held.v[i].within, level);

		best = at && (!best || at < best) ? at : best;
	}
	return best;
}

static void add_value(const struct flows *x, uint32_t value, uint32_t param)
{
	*vec_push(&x->query->pieces) = (struct piece){NO_ID, flows_value(x, value), param};
}

/* What functions put in, whose name stands at level `from`, or at `level` itself. */
static void add_passed(const struct flows *x, uint32_t slot, uint32_t level, uint32_t from)
{
	const char *const *names = x->query->levels.v;

	for (uint32_t i = x->first_copy[slot]; i < x->first_copy[slot + 1]; i++) {
		const struct copy *c = &x->copies.v[i];

		if (c->within == names[from])
			follow(x, c->from, from);
		else if (c->within == names[level])
			follow(x, c->from, level);
	}
	for (uint32_t i = x->first_held[slot]; i < x->first_held[slot + 1]; i++)
		if (x->held.v[i].within == names[from] || x->held.v[i].within == names[level])
			add_value(x, x->held.v[i].value, NO_ID);
}

/* The parameter of an inlined copy. */
static void visit_inlined(const struct flows *x, uint32_t slot, uint32_t level)
{
	uint32_t from = passing_level(x, slot, level);

	/* Who else may call the function does not matter in this copy. */
	x->query->flags |= x->slots.v[slot].flags;
	if (from)
		add_passed(x, slot, level, from);
	else
		add_whole(x, x->slots.v[slot].full, NO_ID);
}

/* Variables of the function, and parameters of the one that the code belongs to. */
static void visit_own(const struct flows *x, uint32_t slot, uint32_t level)
{
	const struct slot *s = &x->slots.v[slot];
	const char *own = x->query->levels.v[level];
	bool is_param = s->kind == SLOT_PARAM && !s->is_array && s->number != VARIADIC_PARAM;

	x->query->flags |= x->graph.flags.v[s->in] | x->graph.flags.v[s->full];
	if (is_param && x->query->param == NO_ID)
		x->query->param = s->number;
	for (uint32_t i = x->first_copy[slot]; i < x->first_copy[slot + 1]; i++) {
		const struct copy *c = &x->copies.v[i];

		if (is_param && c->within != own && c->within != x->by_pointer)
			add_whole(x, x->slots.v[c->from].full, s->number);
		else
			follow(x, c->from, level);
	}
	for (uint32_t i = x->first_held[slot]; i < x->first_held[slot + 1]; i++) {
		const struct held *h = &x->held.v[i];
		bool named = is_param && h->within != own && h->within != x->by_pointer;

		add_value(x, h->value, named ? s->number : NO_ID);
	}
}

static void visit(const struct flows *x, uint32_t slot, uint32_t level)
{
	const struct slot *s = &x->slots.v[slot];
	bool inlined = s->kind == SLOT_PARAM && level + 1 < x->query->levels.n;
	uint32_t at = s->group == NO_ID ? slot : x->groups.v[s->group].first;

	for (; at != NO_ID; at = x->slots.v[at].next) {
		if (!flows_slots_meet(s, &x->slots.v[at]))
			continue;
		if (inlined)
			visit_inlined(x, at, level);
		else
			visit_own(x, at, level);
	}
}

void flows_add_pieces(const struct flows *x, uint32_t slot, bool plain)
{
	const struct slot *s = &x->slots.v[slot];
	struct query *q = x->query;
	size_t first = q->pieces.n;

	if (!stands_at(x, s, 0)) {
		add_whole(x, plain ? s->plain : s->full, NO_ID);
		return;
	}
	q->visits.n = 0;
	add_visit(q, slot, 0);
	for (size_t i = 0; i < q->visits.n; i++) {
		if (i == MAX_VISITS) {
			q->pieces.n = first;
			add_whole(x, s->full, NO_ID);
			return;
		}
		visit(x, q->visits.v[i].slot, q->visits.v[i].level);
	}
}
