#include "extract/reconcile_index.h"

#include "base/mem.h"
#include "extract/account_object.h"

#include <stdlib.h>
#include <string.h>

/*
 * The layout says which slots a frame has, DWARF and the AST which variables they are, the machine code which of them keep
 * the caller's registers and how large the frame is; account.c adds them up.
 */

/* Offset from the CFA of a variable that DWARF places; false when that is not known. */
static bool cfa_offset(const struct index *x, const struct place_variable *v,
		       const struct machine_func *m, int64_t body_bytes, int64_t *offset)
{
	switch (v->base) {
	case BASE_CFA: *offset = v->offset; return true;
	/* SP stays at the bottom of the frame in functions whose frame base it is. */
	case BASE_SP: *offset = v->offset - body_bytes; return m->kind != FRAME_DYNAMIC;
	/* x86: behind the return address and the caller's frame pointer. */
	case BASE_FP: *offset = v->offset - 2 * (int64_t)x->in->object->word; return true;
	}
	return false;
}

/* Does DWARF mean the variable that the remark names? */
static bool same_variable(const struct place_variable *v, const struct layout_slot *slot)
{
	return !slot->name || (!strcmp(v->name, slot->name) && v->line == slot->line);
}

/* The variable that lies in a slot of a function's frame, which DWARF places where the slot begins. */
static const struct place_variable *variable_at(struct index *x, const struct machine_func *m,
						int64_t body_bytes, int64_t offset,
						const struct layout_slot *slot)
{
	const struct place_variable *other = NULL;
	size_t n;
	const struct place_variable *v = places_variables(x->in->places, &n);
	uint64_t start = object_place(x->in->object, m->section, m->start);
	uint64_t *first = map_find(&x->variables, &start, sizeof(start));

	for (size_t i = first ? *first : n; i < n && v[i].function == start; i++) {
		int64_t at;

		if (!cfa_offset(x, &v[i], m, body_bytes, &at) || at != offset)
			continue;
		if (same_variable(&v[i], slot))
			return &v[i];
		if (!other)
			other = &v[i];
	}
	return slot->shared ? NULL : other;
}

/* The local variable that DWARF or the remark means: of the function that declares it, else of the frame's, else any of
   that name and line (the remark does not say the function). */
static const struct ast_local *find_local(struct index *x, const char *declared_in,
					  const char *frame_of, const char *name, uint32_t line)
{
	const char *const functions[] = {declared_in, frame_of, NULL};

	for (size_t i = 0; i < 3; i++) {
		uint64_t *known =
			map_find_str(&x->locals, index_local_key(x, functions[i], name, line));

		if (known)
			return &x->in->ast->locals.v[*known - 1];
	}
	return NULL;
}

/* Name, type and declaring function of a slot. */
static void name_part(struct index *x, const struct layout_slot *slot, const struct machine_func *m,
		      int64_t body_bytes, struct fact_part *p)
{
	const struct place_variable *v = variable_at(x, m, body_bytes, p->offset, slot);
	const char *name = v ? v->name : slot->name;
	const struct ast_local *l;

	if (!name)
		return;
	l = find_local(x, v ? v->declared_in : NULL, x->f->funcs.v[p->func].name, name,
		       v ? v->line : slot->line);
	/* The remark puts names to variable-sized objects that belong to others. */
	if (p->kind == PART_DYNAMIC && (!l || l->bytes != BYTES_UNKNOWN))
		return;
	p->name = index_keep(x, name);
	p->loc.line = v ? v->line : slot->line;
	if (v) {
		/* The remark's file is cut short in a way that it does not say. */
		p->loc.file = index_path(x, v->file);
		p->declared_in = index_keep(x, v->declared_in);
	}
	if (!l)
		return;
	p->type = index_keep(x, l->type);
	p->aggregate = l->aggregate;
	p->format_only = l->format_only;
	p->loc = l->loc;
	p->loc.file = index_keep(x, l->loc.file);
	p->declared_in = index_keep(x, x->in->ast->funcs.v[l->func].name);
	/* Of several variables in one slot only the largest one is as large as the slot. */
	if (slot->shared && l->bytes > 0 && l->bytes < p->bytes)
		p->bytes = l->bytes;
}

/* The largest of the variables that share a slot has no name in the source, or none that is known. */
static void add_nameless(struct account *a, size_t like, int64_t bytes)
{
	struct fact_part *p = vec_push(&a->parts);

	*p = (struct fact_part){.func = a->parts.v[like].func,
				.kind = PART_VARIABLE,
				.bytes = bytes,
				.has_offset = true,
				.offset = a->parts.v[like].offset,
				.aggregate = bytes > 16};
}

/* A slot with a variable of known type but no aggregate is a scalar. One without a name and as large as no scalar is an
   array or structure. */
static void name_parts(struct index *x, const struct layout_slot *slots,
		       const struct machine_func *m, struct account *a)
{
	size_t n = a->parts.n;
	int64_t most = 0;

	for (size_t i = 0; i < n; i++) {
		struct fact_part *p = &a->parts.v[i];

		/* The remark puts names to a protector's slot that belong to others. */
		if (p->kind != PART_SAVED && p->kind != PART_PROTECTOR)
			name_part(x, &slots[i], m, a->body_bytes, p);
		if (p->kind == PART_VARIABLE && !p->type && p->bytes > 16)
			p->aggregate = true;
		most = i && slots[i].shared && slots[i - 1].shared &&
				       slots[i].offset == slots[i - 1].offset && most > p->bytes
			       ? most
			       : p->bytes;
		if (slots[i].shared && most < slots[i].bytes &&
		    (i + 1 == n || slots[i + 1].offset != slots[i].offset))
			add_nameless(a, i, slots[i].bytes);
	}
}

/* The parts of one function, of which the layout knows `n` slots. */
static void add_parts_of(struct index *x, size_t func, const struct layout_slot *slots, size_t n,
			 int64_t stack_bytes)
{
	const struct machine_func *m = &x->in->machine->funcs.v[func];
	struct account a = account_start(x->in->object, x->in->machine, func);

	a.stack_bytes = stack_bytes;
	for (size_t i = 0; i < n; i++) {
		struct fact_part *p = vec_push(&a.parts);
		bool placed = slots[i].kind != PART_DYNAMIC;

		a.bounded |= !placed && m->kind == FRAME_BOUNDED;

		p->kind = slots[i].kind;
		p->bytes = placed ? slots[i].bytes : BYTES_UNKNOWN;
		p->counted = placed ? p->bytes : 0;
		p->has_offset = placed;
		p->offset = placed ? slots[i].offset - a.entry_bytes : 0;
		p->func = x->fact_of[func];
	}
	if (m->kind != FRAME_UNMEASURED)
		account_place(&a);
	name_parts(x, slots, m, &a);
	if (m->kind != FRAME_UNMEASURED)
		account_fill(&a);
	for (size_t i = 0; i < a.parts.n; i++) {
		a.parts.v[i].func = x->fact_of[func];
		*vec_push(&x->f->parts) = a.parts.v[i];
	}
	vec_release(&a.parts);
}

/* The same for an object of the build, of which the compiler said no more than DWARF does. The AST knows the types as the
   source spells them. */
static void add_shipped_parts(struct index *x, struct account_object *object, size_t func)
{
	struct account a;

	account_object_parts(object, func, &a);
	for (size_t i = 0; i < a.parts.n; i++) {
		struct fact_part *p = vec_push(&x->f->parts);
		const struct ast_local *l = NULL;

		*p = a.parts.v[i];
		p->func = x->fact_of[func];
		if (!p->name)
			continue;
		l = find_local(x, p->declared_in, x->f->funcs.v[p->func].name, p->name,
			       p->loc.line);
		p->name = index_keep(x, p->name);
		p->type = index_keep(x, l ? l->type : p->type);
		p->format_only = l && l->format_only;
		p->declared_in = index_keep(x, p->declared_in);
		p->loc.file = index_path(x, p->loc.file);
		if (l) {
			p->loc = l->loc;
			p->loc.file = index_keep(x, l->loc.file);
		}
	}
	vec_release(&a.parts);
}

/* The remark and the usage name the linker symbol as LLVM has it: 32-bit Windows puts an underscore before it. */
static const uint64_t *find_named(struct index *x, const struct map *m, const char *symbol)
{
	const uint64_t *known = map_find_str(m, symbol);

	if (!known && *symbol == '_' && x->in->object->coff && x->in->object->arch == ARCH_I386)
		known = map_find_str(m, symbol + 1);
	return known;
}

void reconcile_parts(struct index *x)
{
	const struct layout *l = x->in->layout;
	struct map slots = {0}, usages = {0}, remarks = {0};
	struct account_object object;

	account_object_open(&object, x->in->object, x->in->machine, x->in->places);
	for (size_t i = 0; i < l->slots.n; i++)
		index_put_first(&slots, l->slots.v[i].function, i);
	for (size_t i = 0; i < l->functions.n; i++)
		index_put_first(&remarks, l->functions.v[i], i);
	for (size_t i = 0; i < l->usages.n; i++)
		index_put_first(&usages, l->usages.v[i].function, i);
	for (size_t i = 0; i < x->in->machine->funcs.n; i++) {
		const uint64_t *slot, *usage;
		const char *symbol;
		size_t first, n = 0;

		if (x->fact_of[i] == NO_FUNC)
			continue;
		if (x->in->origin == ORIGIN_SHIPPED) {
			if (x->in->machine->funcs.v[i].kind != FRAME_UNMEASURED)
				add_shipped_parts(x, &object, i);
			continue;
		}
		symbol = x->f->funcs.v[x->fact_of[i]].symbol;
		slot = find_named(x, &slots, symbol);
		usage = find_named(x, &remarks, symbol) ? find_named(x, &usages, symbol) : NULL;
		first = slot ? *slot - 1 : 0;
		while (slot && first + n < l->slots.n &&
		       !strcmp(l->slots.v[first + n].function, l->slots.v[first].function))
			n++;
		add_parts_of(x, i, slot ? &l->slots.v[first] : NULL, n,
			     usage ? l->usages.v[*usage - 1].bytes : BYTES_UNKNOWN);
	}
	account_object_close(&object);
	map_release(&slots);
	map_release(&remarks);
	map_release(&usages);
}
