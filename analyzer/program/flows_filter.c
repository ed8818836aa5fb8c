#include "program/flows_internal.h"

#include <string.h>

/*
 * Tables of one type told apart (two layers, after Lu and Hu). A call through a member reads one object. Functions
 * that an initialiser or an assignment puts into a member of the named object O are "of O"; all others were put in through pointers or copied
 * from other slots, and count for every object.
 *
 * The call takes only functions of the objects in the set A when what it reads from is known:
 *   - `object`: the table is a named variable. A is that variable and those that are copied into it as a whole.
 *   - `via`: the table's address was read from a slot whose set of objects is not empty and holds nothing without a name. A is made
 *     up of those objects, each with what is copied into it.
 *
 * Why no target in the sources is lost by that: a function that is of O and of no object in A would be reached only
 *   1. if O's address got into `via` without being in its set. All flows inside the scanned units are in the set, or make it
 *      open. Code outside may write to slots that it knows; then A takes in all objects that such code was given or can find: those passed to
 *      functions outside, and those in places that nobody inside reads. (What is assumed: it does not move tables between places
 *      that the scanned units themselves read.)
 *   2. if O's members were copied to an object in A. Copies between named objects are followed. Where a record is copied from or
 *      to an object without a name, each of its slots is copied to itself: what any object holds there then counts for all. An object
 *      copied to a slot that is not one, or whose address is given away without a name, does the same for its own functions
 *      (find_leaks()); an object that may be filled that way is open, and then nothing is filtered.
 * Should nothing be left, nothing is filtered either.
 */

/* Objects copied into `object` as a whole, and itself, are allowed; false: others may be, without a name. */
static bool allow_contents(const struct flows *x, uint32_t object)
{
	const struct slot *s = &x->slots.v[object];
	uint32_t n_funcs = x->symbols->program->n_funcs;
	struct query *q = x->query;

	if (x->sets.flags[s->full])
		return false;
	sets_begin(&q->reader, &x->sets);
	sets_add(&q->reader, &x->sets, flows_set(x, s->full));
	for (size_t i = 0; i < q->reader.out.n; i++) {
		uint32_t id = q->reader.out.v[i] - n_funcs;

		if (q->reader.out.v[i] < n_funcs || id >= x->slots.n)
			continue;
		marks_add(&q->allowed, id);
		/* Others may write to its members, through its name or its address. */
		if (!x->slots.v[id].is_private || x->slots.v[id].escapes || x->has_loose_copies)
			q->flags |= SLOT_OUTSIDE;
	}
	return true;
}

/* The pieces at hand are what `via` holds. */
static bool allow_pointed(const struct flows *x)
{
	uint32_t n_funcs = x->symbols->program->n_funcs;
	struct query *q = x->query;
	VEC(uint32_t) objects = {0};
	bool known = !(q->flags & SLOT_OPEN);

	flows_read_pieces(x, NO_ID);
	for (size_t i = 0; i < q->reader.out.n; i++) {
		uint32_t value = q->reader.out.v[i];

		if (value >= n_funcs && value - n_funcs < x->slots.n)
			*vec_push(&objects) = value - n_funcs;
	}
	known &= objects.n > 0;
	for (size_t i = 0; known && i < objects.n; i++)
		known = allow_contents(x, objects.v[i]);
	vec_release(&objects);
	return known;
}

static bool allow_via(const struct flows *x, const char *text)
{
	struct query *q = x->query;
	uint32_t slot = flows_find_slot(x, q->unit, text);
	bool known;

	if (slot == NO_ID)
		return false;
	q->pieces.n = 0;
	flows_add_pieces(x, slot, false);
	for (size_t i = 0; i < q->pieces.n; i++)
		q->pieces.v[i].param = NO_ID;
	q->allow_escaped |= (q->flags & SLOT_OUTSIDE) != 0;
	known = allow_pointed(x);
	q->pieces.n = 0;
	return known;
}

static size_t count_alternatives(const char *list)
{
	size_t n = 1;

	for (; *list; list++)
		n += *list == '|';
	return n;
}

static bool allow_list(const struct flows *x, const char *list, bool objects)
{
	struct arena scratch = {0};
	bool known = true;

	for (size_t n; known && *list; list += n + (list[n] == '|')) {
		const char *one;
		uint32_t id;

		n = strcspn(list, "|");
		one = arena_strndup(&scratch, list, n);
		if (!objects) {
			known = allow_via(x, one);
			continue;
		}
		id = flows_find_object(x, x->query->unit, one);
		known = id != NO_ID && allow_contents(x, id);
	}
	arena_release(&scratch);
	return known;
}

bool flows_filter(const struct flows *x, const struct fact_call *call)
{
	struct query *q = x->query;
	const char *list = call->object ? call->object : call->via;
	uint8_t flags = q->flags;
	uint32_t param = q->param;
	bool known;

	/* Calls that the compiler merged: whose table is whose is only known when there is one slot. */
	if (!list || count_alternatives(call->slot) > 1)
		return false;
	marks_begin(&q->allowed, x->slots.n);
	q->allow_escaped = false;
	q->flags = 0;
	known = allow_list(x, list, call->object != NULL);
	q->flags = known ? q->flags | flags : flags;
	q->param = param;
	return known;
}

void flows_add_members(const struct flows *x, uint32_t slot)
{
	const struct slot *s = &x->slots.v[slot];
	struct query *q = x->query;
	uint32_t at = s->group == NO_ID ? slot : x->groups.v[s->group].first;

	for (; at != NO_ID; at = x->slots.v[at].next) {
		if (!flows_slots_meet(s, &x->slots.v[at]))
			continue;
		for (uint32_t i = x->first_held[at]; i < x->first_held[at + 1]; i++) {
			const struct held *h = &x->held.v[i];

			if (h->object == NO_ID)
				continue;
			if (marks_has(&q->allowed, h->object) ||
			    (q->allow_escaped && x->slots.v[h->object].contents_escape))
				*vec_push(&q->pieces) =
					(struct piece){NO_ID, flows_value(x, h->value), NO_ID};
		}
	}
}
