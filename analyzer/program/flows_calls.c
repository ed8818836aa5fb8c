#include "program/flows_internal.h"

#include <string.h>

/*
 * Calls through pointers pass arguments, and take results, like other calls; whose parameters they are is known only when
 * it is known what the pointers hold. So: solve, look at every such call, add what is missing, and again, until nothing is.
 * Targets only ever add, so that a filter that bites later does no harm. Rounds are few: one for each callback that is handed over by
 * another callback. Should there be more than MAX_ROUNDS, then what is not found yet is missing from parameters whose
 * functions' addresses are taken; those are open anyway, and nothing is claimed to be complete.
 */

enum { MAX_ROUNDS = 64 };

struct callers {
	struct flows *x;
	struct arena arena; /* of the keys */
	struct map known; /* struct set_edge; of node and value too */
	VEC(struct copy) copies; /* found since the beginning */
	VEC(struct held) held;
	bool changed;
};

struct known_key {
	uint32_t from, to, is_value, zero;
};

static bool is_new(struct callers *c, uint32_t from, uint32_t to, bool is_value)
{
	struct known_key key = {from, to, is_value, 0};

	if (map_find(&c->known, &key, sizeof(key)))
		return false;
	map_put(&c->known, arena_memdup(&c->arena, &key, sizeof(key)), sizeof(key), NULL);
	c->changed = true;
	return true;
}

static void add_copy(struct callers *c, uint32_t from, uint32_t to)
{
	struct flows *x = c->x;

	if (from == NO_ID || to == NO_ID || from == to || !is_new(c, from, to, false))
		return;
	*vec_push(&c->copies) = (struct copy){from, to, x->by_pointer};
	*vec_push(&x->graph.edges) = (struct set_edge){x->slots.v[from].full, x->slots.v[to].in};
}

static void add_held(struct callers *c, uint32_t slot, uint32_t value)
{
	struct flows *x = c->x;

	if (slot == NO_ID || value == NO_ID || !is_new(c, value, slot, true))
		return;
	*vec_push(&c->held) = (struct held){slot, value, NO_ID, x->by_pointer};
	*vec_push(&x->graph.seeds) = (struct set_seed){x->slots.v[slot].in, flows_value(x, value)};
}

static void add_open(struct callers *c, uint32_t slot)
{
	uint8_t *flags = &c->x->graph.flags.v[c->x->slots.v[slot].in];

	c->changed |= !(*flags & SLOT_OPEN);
	*flags |= SLOT_OPEN;
}

static void add_arg(struct callers *c, uint32_t caller, const struct fact_call *call,
		    const struct fact_arg *a, uint32_t target)
{
	const struct program_func *f = &c->x->symbols->program->funcs[caller];
	uint32_t to = flows_target_slot(c->x, target, a->position), symbol;

	if (to == NO_ID)
		to = flows_target_slot(c->x, target, VARIADIC_PARAM);
	if (to == NO_ID)
		return;
	switch (a->kind) {
	case ARG_FUNCTION:
		symbol = symbols_find(c->x->symbols, f->unit, a->text);
		if (symbol == NO_ID)
			symbol = VALUE_EXTERNAL |
				 (uint32_t)(*map_find_str(&c->x->external_ids, a->text) - 1);
		add_held(c, to, symbol);
		break;
	case ARG_OBJECT:
		add_held(c, to, VALUE_OBJECT | flows_find_object(c->x, f->unit, a->text));
		break;
	case ARG_SLOT: add_copy(c, flows_find_slot(c->x, f->unit, a->text), to); break;
	case ARG_PARAM:
		if (!a->value)
			add_copy(c,
				 flows_func_slot(c->x, f->unit,
						 call->within ? call->within : f->fact->name,
						 a->number),
				 to);
		break;
	case ARG_VALUE: break;
	}
}

/* An indirect call with `n` arguments. */
static void bind_call(struct callers *c, uint32_t caller, const struct fact_call *call,
		      const struct fact_arg *args, size_t n)
{
	struct targets t = {0};

	flows_targets(c->x, caller, call, &t);
	for (size_t i = 0; i < t.v.n; i++) {
		if (t.v.v[i].func == NO_ID || t.v.v[i].evidence == EVIDENCE_SIGNATURE)
			continue;
		for (size_t k = 0; k < n; k++)
			add_arg(c, caller, call, &args[k], t.v.v[i].func);
	}
	vec_release(&t.v);
}

static void bind_unit(struct callers *c, uint32_t unit)
{
	const struct facts *f = c->x->symbols->program->units[unit];

	for (size_t i = 0, n; i < f->args.n; i += n) {
		const struct fact_call *call = &f->calls.v[f->args.v[i].call];

		for (n = 1; i + n < f->args.n && f->args.v[i + n].call == f->args.v[i].call;)
			n++;
		if (!call->callee && call->slot)
			bind_call(c, c->x->symbols->first_func[unit] + call->func, call,
				  &f->args.v[i], n);
	}
}

/* What a pointer leads to that is passed as parameter N: caller and function see one place, whatever indices they use. */
static void add_elements(struct callers *c, uint32_t slot, uint32_t func)
{
	const struct flows *x = c->x;
	uint32_t i = flows_target_slot(x, func, ELEMENTS_OF(x->slots.v[slot].number));

	for (; i != NO_ID; i = x->slots.v[i].next) {
		add_copy(c, slot, i);
		add_copy(c, i, slot);
	}
}

/* "param:(SLOT)#N" goes into parameter N of all that SLOT holds, "return:(SLOT)" takes their results. */
static void bind_slot(struct callers *c, uint32_t slot)
{
	const struct flows *x = c->x;
	const struct slot *s = &x->slots.v[slot];
	uint32_t callee = x->slots.v[s->callee].full, n_funcs = x->symbols->program->n_funcs;
	struct sets_reader reader = {0};
	bool outside = x->sets.flags[callee] != 0;

	sets_begin(&reader, &x->sets);
	sets_add(&reader, &x->sets, flows_set(x, callee));
	for (size_t i = 0; i < reader.out.n; i++) {
		uint32_t func = reader.out.v[i];

		outside |= func >= n_funcs + x->slots.n;
		if (func >= n_funcs)
			continue;
		if (s->kind == SLOT_PARAM && s->is_array)
			add_elements(c, slot, func);
		else if (s->kind == SLOT_PARAM)
			add_copy(c, slot, flows_target_slot(x, func, s->number));
		else
			add_copy(c, flows_target_slot(x, func, NO_ID), slot);
	}
	if (outside && s->kind == SLOT_RETURN)
		add_open(c, slot);
	if (outside)
		c->x->slots.v[slot].escapes = true;
	sets_reader_release(&reader);
}

static void bind_all(struct callers *c)
{
	for (uint32_t u = 0; u < c->x->symbols->program->n_units; u++)
		bind_unit(c, u);
	for (uint32_t i = 0; i < c->x->slots.n; i++)
		if (c->x->slots.v[i].callee != NO_ID)
			bind_slot(c, i);
}

void flows_solve_calls(struct flows *x)
{
	struct callers c = {.x = x, .changed = true};

	sets_solve(&x->sets, &x->graph);
	flows_mark_escapes(x);
	for (int round = 0; c.changed && round < MAX_ROUNDS; round++) {
		c.changed = false;
		bind_all(&c);
		if (!c.changed)
			break;
		sets_release(&x->sets);
		sets_solve(&x->sets, &x->graph);
		flows_mark_escapes(x);
	}
	for (size_t i = 0; i < c.copies.n; i++)
		*vec_push(&x->copies) = c.copies.v[i];
	for (size_t i = 0; i < c.held.n; i++)
		*vec_push(&x->held) = c.held.v[i];
	flows_index_entries(x);
	vec_release(&x->graph.edges);
	vec_release(&x->graph.seeds);
	arena_release(&c.arena);
	map_release(&c.known);
	vec_release(&c.copies);
	vec_release(&c.held);
}
