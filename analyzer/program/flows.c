#include "program/flows_internal.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/*
 * In: the facts of all units. Out: for each slot the functions and objects that can be in it, and whether that is all.
 *
 * Field-based: a member of a record is one slot, whatever object it is in; flow-insensitive: in whatever order. What gets into a slot is
 * complete when nothing without a name flows into it, directly or from where it is copied from, and when nobody else can write there:
 * local variables; static variables, parameters and results of static functions whose address is not taken, and fields of records that only
 * one source file knows. Everything else may be written by units that were not scanned, and by nobody else a parameter whose
 * function's address is taken. Slots that a unit mentions whose source was not understood as a whole are never complete.
 */

struct flows *flows_solve(const struct symbols *s, bool *taken)
{
	struct flows *x = mem_calloc(1, sizeof(*x));

	x->symbols = s;
	x->query = mem_calloc(1, sizeof(*x->query));
	flows_collect(x, taken);
	flows_build_graph(x, taken);
	x->query->at = mem_calloc(x->graph.n_values, sizeof(*x->query->at));
	flows_solve_calls(x);
	return x;
}

struct bound {
	uint32_t func;
	const char *slot;
};

static int compare_bound(const void *pa, const void *pb)
{
	const struct bound *a = pa, *b = pb;

	if (a->func != b->func)
		return a->func < b->func ? -1 : 1;
	return strcmp(a->slot, b->slot);
}

static bool is_bound_place(const struct slot *s)
{
	return s->kind != SLOT_LOCAL && s->callee == NO_ID;
}

void flows_each_wanted(const struct flows *x, flows_wanted_fn *wanted, flows_found_fn *found,
		       void *ctx)
{
	uint32_t n_funcs = x->symbols->program->n_funcs;
	struct sets_reader reader = {0};
	VEC(struct bound) all = {0};

	for (size_t i = 0; i < x->slots.n; i++) {
		const struct slot *s = &x->slots.v[i];
		uint32_t set = flows_set(x, s->full);

		if (set == EMPTY_SET || !is_bound_place(s) || (wanted && !wanted(ctx, s->text)))
			continue;
		sets_begin(&reader, &x->sets);
		sets_add(&reader, &x->sets, set);
		for (size_t k = 0; k < reader.out.n; k++)
			if (reader.out.v[k] < n_funcs)
				*vec_push(&all) = (struct bound){reader.out.v[k], s->text};
	}
	if (all.n)
		qsort(all.v, all.n, sizeof(*all.v), compare_bound);
	for (size_t i = 0; i < all.n; i++)
		if (!i || compare_bound(&all.v[i - 1], &all.v[i]))
			found(ctx, all.v[i].func, all.v[i].slot);
	vec_release(&all);
	sets_reader_release(&reader);
}

void flows_each_bound(const struct flows *x, flows_found_fn *found, void *ctx)
{
	flows_each_wanted(x, NULL, found, ctx);
}

static void release_query(struct query *q)
{
	vec_release(&q->levels);
	vec_release(&q->pieces);
	vec_release(&q->visits);
	sets_reader_release(&q->reader);
	marks_release(&q->seen);
	marks_release(&q->allowed);
	free(q->at);
	free(q);
}

void flows_release(struct flows *x)
{
	if (!x)
		return;
	release_query(x->query);
	intern_release(&x->names);
	map_release(&x->slot_names);
	map_release(&x->places);
	map_release(&x->func_slots);
	map_release(&x->external_ids);
	map_release(&x->taken_statics);
	map_release(&x->signatures);
	vec_release(&x->by_name);
	vec_release(&x->last_group);
	vec_release(&x->slots);
	vec_release(&x->groups);
	vec_release(&x->copies);
	vec_release(&x->held);
	vec_release(&x->externals);
	vec_release(&x->signature_list);
	free(x->first_copy);
	free(x->first_held);
	vec_release(&x->graph.flags);
	vec_release(&x->graph.edges);
	vec_release(&x->graph.seeds);
	sets_release(&x->sets);
	arena_release(&x->arena);
	free(x);
}
