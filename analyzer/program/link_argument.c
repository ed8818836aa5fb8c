#include "program/link.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/*
 * What a call passes at one position: by the call's own arguments, or, where these say nothing, by what the source puts
 * into the parameter within the same function.
 */

static void add_passed(struct linker *l, uint32_t unit, const char *slot, struct passed x)
{
	uint64_t *head =
		map_put_str(&l->passed_to, arena_printf(&l->scratch, "%u %s", unit, slot), NULL);

	x.next = (uint32_t)*head - 1;
	*vec_push(&l->passed) = x;
	*head = l->passed.n;
}

void link_index_passed(struct linker *l)
{
	for (uint32_t u = 0; u < l->p->n_units; u++) {
		const struct facts *f = l->p->units[u];

		for (uint32_t i = 0; i < f->binds.n; i++)
			if (f->binds.v[i].slot && f->binds.v[i].within &&
			    str_starts(f->binds.v[i].slot, "param:"))
				add_passed(l, u, f->binds.v[i].slot,
					   (struct passed){.bind = i, .flow = NO_ID});
		for (uint32_t i = 0; i < f->flows.n; i++)
			if (f->flows.v[i].kind == FLOW_COPY && f->flows.v[i].within &&
			    str_starts(f->flows.v[i].to, "param:"))
				add_passed(l, u, f->flows.v[i].to,
					   (struct passed){.bind = NO_ID, .flow = i});
	}
}

/* What a slot or a parameter holds where the call stands. What comes in by a parameter of the function itself is its callers' to say. */
static void add_held(struct linker *l, uint32_t func, const struct fact_call *c,
		     const struct fact_arg *a, struct argument *out)
{
	struct targets t = {.param = NO_ID};

	flows_argument(l->flows, func, c, a, &t);
	if (t.param != NO_ID)
		*vec_push(&out->params) = t.param;
	for (size_t i = 0; i < t.v.n; i++)
		if (t.param == NO_ID || t.v.v[i].param != t.param)
			*vec_push(&out->targets) = link_target(l, &t.v.v[i]);
	out->complete &= t.complete || t.param != NO_ID;
	out->constant = false;
	vec_release(&t.v);
}

static void add_row(struct linker *l, uint32_t func, const struct fact_call *c,
		    const struct fact_arg *a, struct argument *out)
{
	switch (a->kind) {
	case ARG_FUNCTION:
		*vec_push(&out->targets) = link_symbol(l, l->p->funcs[func].unit, a->text);
		break;
	case ARG_PARAM:
		out->constant = false;
		if (a->value)
			out->complete = false;
		else if (c->within)
			add_held(l, func, c, a, out);
		else
			*vec_push(&out->params) = a->number;
		break;
	case ARG_SLOT: add_held(l, func, c, a, out); break;
	case ARG_VALUE: break; /* no function: NULL or a number */
	case ARG_OBJECT:
		out->complete = false;
		out->constant = false;
		break;
	}
}

static bool is_here(const char *within, const struct fact_func *f, const struct fact_call *c)
{
	return !strcmp(within, f->name) || (c->within && !strcmp(within, c->within));
}

/* No argument is known: the source's own words. */
static void add_by_source(struct linker *l, uint32_t func, const struct fact_call *c,
			  const char *slot, struct argument *out)
{
	const struct program_func *f = &l->p->funcs[func];
	const struct facts *u = l->p->units[f->unit];
	const uint64_t *head =
		map_find_str(&l->passed_to, arena_printf(&l->scratch, "%u %s", f->unit, slot));

	out->constant = false;
	for (uint32_t i = head ? (uint32_t)*head - 1 : NO_ID; i != NO_ID; i = l->passed.v[i].next) {
		const struct passed *x = &l->passed.v[i];

		if (x->bind != NO_ID && is_here(u->binds.v[x->bind].within, f->fact, c))
			*vec_push(&out->targets) =
				link_symbol(l, f->unit, u->binds.v[x->bind].symbol);
		if (x->flow != NO_ID && is_here(u->flows.v[x->flow].within, f->fact, c))
			add_held(l, func, c,
				 &(struct fact_arg){.kind = ARG_SLOT,
						    .text = u->flows.v[x->flow].from},
				 out);
	}
	/* The words may stand in another call of the same function. */
	out->complete = false;
}

static void sort_targets(struct argument *a)
{
	size_t kept = 0;

	if (!a->targets.n)
		return;
	qsort(a->targets.v, a->targets.n, sizeof(*a->targets.v), id_compare);
	for (size_t i = 0; i < a->targets.n; i++)
		if (!kept || a->targets.v[kept - 1] != a->targets.v[i])
			a->targets.v[kept++] = a->targets.v[i];
	a->targets.n = kept;
}

/* Arguments stand by call, then position. */
static size_t first_argument(const struct facts *f, uint32_t call, uint32_t position)
{
	size_t low = 0, high = f->args.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct fact_arg *a = &f->args.v[mid];

		if (a->call < call || (a->call == call && a->position < position))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void link_argument(struct linker *l, uint32_t func, const struct fact_call *c, uint32_t position,
		   const char *slot, struct argument *out)
{
	const struct facts *f = l->p->units[l->p->funcs[func].unit];
	uint32_t call = (uint32_t)(c - f->calls.v);
	size_t i = first_argument(f, call, position), first = i;

	*out = (struct argument){.complete = true, .constant = true};
	for (; i < f->args.n && f->args.v[i].call == call && f->args.v[i].position == position; i++)
		add_row(l, func, c, &f->args.v[i], out);
	if (i == first)
		add_by_source(l, func, c, slot, out);
	sort_targets(out);
	out->constant &= out->targets.n == 1 && i == first + 1;
}
