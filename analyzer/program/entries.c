#include "program/link.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/*
 * Where the outside comes in. The model knows what a kernel calls: what is put into a slot (file_operations, an argument of
 * request_irq()), a symbol, the type that a function is declared with. Beside that everything whose address is taken may be called
 * from outside, and so is what nothing else calls.
 */

/* An entry by an annotation keeps what that says. */
static bool is_annotated(const struct program_func *f)
{
	return f->entry_how && !strcmp(f->entry_how, "annotation");
}

/* The model's first fit counts: earlier entries go before later ones, wherever the function was found. */
static void offer(struct linker *l, uint32_t func, const struct model_entry *e, const char *how)
{
	struct program_func *f = &l->p->funcs[func];

	f->entry_on_thread |= e->stack == STACK_THREAD;
	if (is_annotated(f) || (f->is_entry && (!f->entry_model || f->entry_model <= e)))
		return;
	f->is_entry = true;
	f->entry_context = e->context;
	f->entry_model = e;
	f->entry_how = arena_strdup(&l->p->arena, how);
}

static bool is_table_slot(const char *slot)
{
	return str_starts(slot, "field:") && !strchr(slot, '@');
}

static bool is_wanted(void *ctx, const char *slot)
{
	return is_table_slot(slot) || link_slot_entry(ctx, slot);
}

/* A routine may serve several slots. They come function by function. */
static void keep_slot(struct linker *l, uint32_t func, const char *slot)
{
	struct program_func *f = &l->p->funcs[func];

	if (!f->n_entry_slots++)
		f->first_entry_slot = (uint32_t)l->entry_slots.n;
	*vec_push(&l->entry_slots) = arena_strdup(&l->p->arena, slot);
}

static void found_bound(void *ctx, uint32_t func, const char *slot)
{
	struct linker *l = ctx;
	const struct model_entry *e = link_slot_entry(l, slot);

	if (e) {
		offer(l, func, e, slot);
		keep_slot(l, func, slot);
	}
	if (!l->tables[func] && is_table_slot(slot))
		l->tables[func] = arena_strdup(&l->scratch, slot);
}

/* Entries of one prefix against one text. */
static void offer_named(struct linker *l, uint32_t func, const char *prefix, const char *name)
{
	struct arena scratch = {0};
	const char *text = NULL;

	for (size_t i = 0; name && i < l->named_entries.n; i++) {
		const struct model_entry *e = &l->model->entries.v[l->named_entries.v[i]];

		if (!str_starts(e->pattern, prefix))
			continue;
		if (!text)
			text = arena_printf(&scratch, "%s%s", prefix, name);
		if (pattern_fits(e->pattern, text)) {
			offer(l, func, e, text);
			break;
		}
	}
	arena_release(&scratch);
}

void entries_annotated(struct linker *l, uint32_t func, const char *context)
{
	struct program_func *f = &l->p->funcs[func];

	f->is_entry = true;
	f->entry_context = context ? context : "annotation";
	f->entry_how = "annotation";
	for (size_t i = l->model->entries.n; context && i-- > 0;)
		if (!strcmp(l->model->entries.v[i].context, context))
			f->entry_model = &l->model->entries.v[i];
}

/* What a call that asks for a piece of stack asks for; the least, when there are several. */
static void read_segments(struct linker *l, const struct facts *f, uint32_t unit)
{
	for (size_t i = 0; i < f->args.n; i++) {
		const struct fact_arg *a = &f->args.v[i];
		const char *callee = f->calls.v[a->call].callee;
		const struct model_entry *e;
		struct program_func *to;
		uint32_t func;

		if (a->kind != ARG_FUNCTION || !callee)
			continue;
		e = link_slot_entry(l, arena_printf(&l->scratch, "param:%s#%u",
						    model_plain_symbol(&l->scratch, callee),
						    a->position));
		func = symbols_find(&l->symbols, unit, a->text);
		if (!e || e->stack != STACK_SEGMENT || e->size_argument < 0 || func == NO_ID)
			continue;
		to = &l->p->funcs[func];
		for (size_t k = 0; k < f->args.n; k++) {
			const struct fact_arg *size = &f->args.v[k];

			if (size->call == a->call && size->kind == ARG_VALUE &&
			    size->position == (uint32_t)e->size_argument &&
			    (to->entry_stack_bytes == BYTES_UNKNOWN ||
			     size->value < to->entry_stack_bytes))
				to->entry_stack_bytes = size->value;
		}
	}
}

static bool has_segments(const struct model *m)
{
	for (size_t i = 0; i < m->entries.n; i++)
		if (m->entries.v[i].stack == STACK_SEGMENT && m->entries.v[i].size_argument >= 0)
			return true;
	return false;
}

/* The entries that are found by name instead of by a slot: few. */
static void index_named(struct linker *l)
{
	for (size_t i = 0; i < l->model->entries.n; i++) {
		const char *pattern = l->model->entries.v[i].pattern;

		if (str_starts(pattern, "symbol:") || str_starts(pattern, "role:") ||
		    str_starts(pattern, "section:"))
			*vec_push(&l->named_entries) = (uint32_t)i;
	}
}

void entries_model(struct linker *l)
{
	struct program *p = l->p;

	index_named(l);
	l->tables = mem_calloc(p->n_funcs, sizeof(*l->tables));
	flows_each_wanted(l->flows, is_wanted, found_bound, l);
	p->entry_slots = arena_memdup(&p->arena, l->entry_slots.v,
				      l->entry_slots.n * sizeof(*l->entry_slots.v));
	for (uint32_t i = 0; i < p->n_funcs; i++) {
		struct program_func *f = &p->funcs[i];

		f->entry_stack_bytes = BYTES_UNKNOWN;
		offer_named(l, i, "symbol:", f->fact->symbol);
		offer_named(l, i, "symbol:", f->fact->name);
		offer_named(l, i, "role:", f->fact->role);
	}
	for (uint32_t i = 0; i < p->n_funcs; i++)
		if (p->funcs[i].is_entry && str_starts(p->funcs[i].entry_context, "completion"))
			*vec_push(&l->completions) = i;
	for (uint32_t u = 0; has_segments(l->model) && u < p->n_units; u++)
		read_segments(l, p->units[u], u);
}

static void make_entry(struct program *p, uint32_t func, const char *context, const char *how)
{
	p->funcs[func].is_entry = true;
	p->funcs[func].entry_context = context;
	p->funcs[func].entry_how = how;
}

static bool is_followed(const struct program_edge *e)
{
	return !e->cut && !e->by_caller;
}

static bool has_caller(const struct program *p, uint32_t func)
{
	for (uint32_t i = 0; i < p->funcs[func].n_in; i++) {
		const struct program_edge *e = &p->edges[p->in_edges[p->funcs[func].first_in + i]];

		if (e->from != func && is_followed(e))
			return true;
	}
	return false;
}

/* Does the scanned code itself call it through a pointer? */
static bool is_called_through_pointer(const struct program *p, uint32_t func)
{
	for (uint32_t i = 0; i < p->funcs[func].n_in; i++) {
		const struct program_edge *e = &p->edges[p->in_edges[p->funcs[func].first_in + i]];

		if (!e->call->callee && e->evidence != EVIDENCE_SIGNATURE && is_followed(e))
			return true;
	}
	return false;
}

/* "field:struct ops.read": "operations table struct ops". */
static const char *table_context(struct linker *l, const char *slot)
{
	const char *record = slot + strlen("field:");

	return arena_printf(&l->p->arena, "operations table %.*s", (int)strcspn(record, "."),
			    record);
}

/* A table that nothing scanned calls through was made for somebody else. */
static void make_taken(struct linker *l, uint32_t func)
{
	const char *slot = l->tables[func];

	if (slot && !is_called_through_pointer(l->p, func))
		make_entry(l->p, func, table_context(l, slot), arena_strdup(&l->p->arena, slot));
	else
		make_entry(l->p, func, "address taken", NULL);
}

/* A section says when a function runs, though not that somebody calls it. */
static void add_section(struct linker *l, uint32_t func)
{
	struct program_func *f = &l->p->funcs[func];
	struct program_func was = *f;

	if (!f->fact->section)
		return;
	f->is_entry = false;
	offer_named(l, func, "section:", f->fact->section);
	if (!f->is_entry)
		*f = was;
}

/* Marks what can be reached from `start`, with an explicit stack. */
static void mark_reached(const struct program *p, uint32_t start, bool *reached, uint32_t *stack)
{
	size_t n = 0;

	if (reached[start])
		return;
	reached[start] = true;
	stack[n++] = start;
	while (n) {
		const struct program_func *f = &p->funcs[stack[--n]];

		for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
			uint32_t to = p->edges[i].to;

			if (to == NO_ID || reached[to] || !is_followed(&p->edges[i]))
				continue;
			reached[to] = true;
			stack[n++] = to;
		}
	}
}

/* Address-taken functions, functions without a caller, and one function of each cycle that nothing else calls. */
static void find_entries(struct linker *l)
{
	struct program *p = l->p;
	bool *reached = mem_calloc(p->n_funcs, sizeof(*reached));
	uint32_t *stack = mem_calloc(p->n_funcs, sizeof(*stack));

	for (uint32_t i = 0; i < p->n_funcs; i++) {
		if (!p->funcs[i].is_entry && p->funcs[i].address_taken) {
			make_taken(l, i);
			add_section(l, i);
		} else if (!p->funcs[i].is_entry && !has_caller(p, i)) {
			make_entry(p, i, "no caller", NULL);
			add_section(l, i);
		}
		if (p->funcs[i].is_entry)
			mark_reached(p, i, reached, stack);
	}
	/* What a handler became is never the way in, unless nothing else is left. */
	for (uint32_t i = 0; i < 2 * p->n_funcs; i++) {
		uint32_t func = i % p->n_funcs;

		if (reached[func] || (i < p->n_funcs && p->funcs[func].fact->parent))
			continue;
		make_entry(p, func, "no caller", NULL);
		mark_reached(p, func, reached, stack);
	}
	free(reached);
	free(stack);
}

static int add_requested(struct program *p, const struct link_options *options, struct error *err)
{
	for (size_t k = 0; k < options->n_entries; k++) {
		struct arena scratch = {0};
		size_t n;
		uint32_t *found = program_find(p, &scratch, options->entries[k], &n);

		for (size_t i = 0; i < n; i++)
			if (!p->funcs[found[i]].entry_model)
				make_entry(p, found[i], "requested", "--entry");
		arena_release(&scratch);
		if (!n)
			return error_set(err, "--entry %s names no function of the scanned units",
					 options->entries[k]);
	}
	return 0;
}

int entries_rest(struct linker *l, struct error *err)
{
	find_entries(l);
	return add_requested(l->p, l->options, err);
}
