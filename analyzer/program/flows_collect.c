#include "program/flows_internal.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/*
 * The facts of all units -> slots, copies between them, functions and objects that they hold. Every slot that is only
 * read, by a call or as an argument, becomes a slot as well, so that a look-up later finds it.
 */

/* Units whose source was not understood as a whole may lack flows: nothing is known for certain of the slots they mention. */
static bool is_partial(const struct facts *f)
{
	return f->status != UNIT_OK || f->problems.n;
}

struct collector {
	struct flows *x;
	uint32_t unit;
	uint8_t flags; /* of all slots that the unit mentions */
	bool *taken;
};

static uint32_t collect_slot(struct collector *c, const char *text)
{
	uint32_t slot = flows_add_slot(c->x, c->unit, text);

	c->x->slots.v[slot].flags |= c->flags;
	return slot;
}

static uint32_t collect_object(struct collector *c, const char *text)
{
	uint32_t object = flows_add_object(c->x, c->unit, text);

	c->x->slots.v[object].flags |= c->flags;
	return object;
}

static void mark_read(struct collector *c, uint32_t slot)
{
	struct slot *s = &c->x->slots.v[slot];

	s->is_read = true;
	if (s->group != NO_ID)
		c->x->groups.v[s->group].is_read = true;
	if (s->callee != NO_ID)
		c->x->slots.v[s->callee].is_read = true;
}

/* Every alternative of a '|'-separated list, each as an object, or as a slot that is read. */
static void collect_list(struct collector *c, const char *list, bool objects)
{
	for (size_t n; list && *list; list += n + (list[n] == '|')) {
		const char *one;

		n = strcspn(list, "|");
		one = list[n] ? arena_strndup(&c->x->arena, list, n) : list;
		if (objects)
			collect_object(c, one);
		else
			mark_read(c, collect_slot(c, one));
	}
}

static uint32_t function_value(struct collector *c, const char *symbol)
{
	uint32_t func = symbols_find(c->x->symbols, c->unit, symbol);
	bool made;
	uint64_t *id;

	if (func != NO_ID) {
		c->taken[func] = true;
		return func;
	}
	id = map_put_str(&c->x->external_ids, symbol, &made);
	if (made) {
		*vec_push(&c->x->externals) = symbol;
		*id = c->x->externals.n;
	}
	return VALUE_EXTERNAL | (uint32_t)(*id - 1);
}

static void collect_bind(struct collector *c, const struct fact_bind *b)
{
	uint32_t value = function_value(c, b->symbol), object = NO_ID, slot;

	if (!b->slot)
		return;
	slot = collect_slot(c, b->slot);
	if (b->object)
		object = collect_object(c, b->object);
	*vec_push(&c->x->held) =
		(struct held){slot, value, object, intern_str(&c->x->names, b->within)};
}

static void collect_flow(struct collector *c, const struct fact_flow *f)
{
	const char *within = intern_str(&c->x->names, f->within);
	uint32_t to = collect_slot(c, f->to), from;

	if (f->kind == FLOW_OPEN || !f->from) {
		c->x->slots.v[to].flags |= SLOT_OPEN;
		return;
	}
	if (f->kind == FLOW_ADDRESS) {
		from = collect_object(c, f->from);
		*vec_push(&c->x->held) = (struct held){to, VALUE_OBJECT | from, NO_ID, within};
		return;
	}
	from = collect_slot(c, f->from);
	mark_read(c, from);
	/* From any element to any other, or between the members of two records of one type. */
	if (from != to || c->x->slots.v[to].is_array || c->x->slots.v[to].kind == SLOT_FIELD)
		*vec_push(&c->x->copies) = (struct copy){from, to, within};
}

static void collect_call(struct collector *c, const struct fact_call *call)
{
	if (call->callee)
		return;
	collect_list(c, call->slot, false);
	collect_list(c, call->via, false);
	collect_list(c, call->object, true);
}

static void collect_arg(struct collector *c, const struct fact_arg *a)
{
	if (a->kind == ARG_SLOT)
		mark_read(c, collect_slot(c, a->text));
	else if (a->kind == ARG_OBJECT)
		collect_object(c, a->text);
	else if (a->kind == ARG_FUNCTION)
		function_value(c, a->text);
}

static void collect_unit(struct collector *c, const struct facts *f)
{
	c->flags = is_partial(f) ? SLOT_OPEN : 0;
	for (size_t i = 0; i < f->binds.n; i++)
		collect_bind(c, &f->binds.v[i]);
	for (size_t i = 0; i < f->flows.n; i++)
		collect_flow(c, &f->flows.v[i]);
	for (size_t i = 0; i < f->calls.n; i++)
		collect_call(c, &f->calls.v[i]);
	for (size_t i = 0; i < f->args.n; i++)
		collect_arg(c, &f->args.v[i]);
}

static bool is_plain(const struct slot *s)
{
	return s->kind != SLOT_FIELD && !s->is_array;
}

struct ids {
	VEC(uint32_t) v;
};

static void add_leak(struct flows *x, struct ids *todo, uint32_t slot)
{
	struct slot *s = &x->slots.v[slot];

	if (s->leaks || !is_plain(s))
		return;
	s->leaks = true;
	*vec_push(&todo->v) = slot;
}

/* What was copied into a slot that leaks, leaks as well. */
static void spread_leaks(struct flows *x, struct ids *todo, bool loose)
{
	while (todo->v.n) {
		uint32_t slot = todo->v.v[--todo->v.n];

		x->has_loose_copies |= loose && x->slots.v[slot].is_object;
		for (uint32_t i = x->first_copy[slot]; i < x->first_copy[slot + 1]; i++)
			add_leak(x, todo, x->copies.v[i].from);
	}
}

/*
 * Whole records that are copied to where no object has a name, or whose address was given away, may be called through
 * from elsewhere: their members don't tell them apart. (Pointers leak like records; that means nothing.)
 */
static void find_leaks(struct flows *x)
{
	struct ids todo = {{0}};

	for (size_t i = 0; i < x->copies.n; i++) {
		const struct slot *from = &x->slots.v[x->copies.v[i].from];
		struct slot *to = &x->slots.v[x->copies.v[i].to];

		if (!is_plain(to))
			add_leak(x, &todo, x->copies.v[i].from);
		if (to->is_object && !is_plain(from))
			to->flags |= SLOT_OPEN;
	}
	spread_leaks(x, &todo, true);
	for (uint32_t i = 0; i < x->slots.n; i++)
		if (x->slots.v[i].is_object && x->slots.v[i].flags & SLOT_OPEN)
			add_leak(x, &todo, i);
	spread_leaks(x, &todo, false);
	vec_release(&todo.v);
}

/* Which slots hold members of objects that can be told apart. */
static void find_tags(struct flows *x)
{
	for (size_t i = 0; i < x->held.n; i++) {
		struct held *h = &x->held.v[i];
		struct slot *s = &x->slots.v[h->slot];

		if (h->object != NO_ID && x->slots.v[h->object].leaks)
			h->object = NO_ID;
		if (h->object == NO_ID)
			continue;
		s->has_tags = true;
		if (s->group != NO_ID)
			x->groups.v[s->group].has_tags = true;
	}
}

static void add_signatures(struct flows *x, const bool *taken)
{
	const struct program *p = x->symbols->program;

	x->same_signature = arena_array(&x->arena, p->n_funcs, uint32_t);
	for (uint32_t i = 0; i < p->n_funcs; i++) {
		struct signature *s;
		uint64_t *id;
		bool made;

		x->same_signature[i] = NO_ID;
		if (!taken[i] || !p->funcs[i].fact->signature)
			continue;
		id = map_put_str(&x->signatures, p->funcs[i].fact->signature, &made);
		if (made) {
			*vec_push(&x->signature_list) = (struct signature){i, i, 1};
			*id = x->signature_list.n;
			continue;
		}
		s = &x->signature_list.v[*id - 1];
		x->same_signature[s->last] = i;
		s->last = i;
		s->n++;
	}
}

void flows_collect(struct flows *x, bool *taken)
{
	struct collector c = {.x = x, .taken = taken};
	const struct program *p = x->symbols->program;

	x->by_pointer = intern_str(&x->names, "*");
	for (c.unit = 0; c.unit < p->n_units; c.unit++)
		collect_unit(&c, p->units[c.unit]);
	flows_index_entries(x);
	find_leaks(x);
	find_tags(x);
	add_signatures(x, taken);
	flows_index_names(x);
}

uint32_t flows_value(const struct flows *x, uint32_t value)
{
	uint32_t n_funcs = x->symbols->program->n_funcs;

	if (value & VALUE_OBJECT)
		return n_funcs + (value & ~VALUE_OBJECT);
	if (value & VALUE_EXTERNAL)
		return n_funcs + (uint32_t)x->slots.n + (value & ~VALUE_EXTERNAL);
	return value;
}

static void sort_copies(struct flows *x)
{
	struct copy *sorted = mem_calloc(x->copies.n, sizeof(*sorted));

	for (size_t i = 0; i < x->copies.n; i++)
		x->first_copy[x->copies.v[i].to + 2]++;
	for (size_t i = 0; i < x->slots.n; i++)
		x->first_copy[i + 2] += x->first_copy[i + 1];
	for (size_t i = 0; i < x->copies.n; i++)
		sorted[x->first_copy[x->copies.v[i].to + 1]++] = x->copies.v[i];
	free(x->copies.v);
	x->copies.v = sorted;
	x->copies.cap = x->copies.n;
}

static void sort_held(struct flows *x)
{
	struct held *sorted = mem_calloc(x->held.n, sizeof(*sorted));

	for (size_t i = 0; i < x->held.n; i++)
		x->first_held[x->held.v[i].slot + 2]++;
	for (size_t i = 0; i < x->slots.n; i++)
		x->first_held[i + 2] += x->first_held[i + 1];
	for (size_t i = 0; i < x->held.n; i++)
		sorted[x->first_held[x->held.v[i].slot + 1]++] = x->held.v[i];
	free(x->held.v);
	x->held.v = sorted;
	x->held.cap = x->held.n;
}

void flows_index_entries(struct flows *x)
{
	free(x->first_copy);
	free(x->first_held);
	x->first_copy = mem_calloc(x->slots.n + 2, sizeof(*x->first_copy));
	x->first_held = mem_calloc(x->slots.n + 2, sizeof(*x->first_held));
	sort_copies(x);
	sort_held(x);
}
