#include "extract/reconcile_index.h"

#include "base/mem.h"
#include "extract/account_object.h"

#include <stdlib.h>
#include <string.h>

/*
 * The layout says which slots a frame has, DWARF and the AST which variables they are, the machine code which of them keep
 * the caller's registers and how large the frame is; account.c adds them up.
 */

/* x86: behind the return address and the caller's frame pointer. 64-bit Windows: its unwind codes reach no further than so far above the
   bottom of a frame; in a smaller one it is not known where. */
static bool fp_offset(const struct index *x, const struct place_variable *v,
		      const struct machine_func *m, int64_t body_bytes, int64_t *offset)
{
	enum { ABOVE_SP = 128, MOST_SAVED = 9 * 8 };
	const struct object *o = x->in->object;

	*offset = v->offset - 2 * (int64_t)o->word;
	if (!o->coff || o->arch != ARCH_X86_64)
		return true;
	*offset = v->offset + ABOVE_SP - body_bytes;
	return m->kind != FRAME_DYNAMIC && body_bytes >= ABOVE_SP + MOST_SAVED;
}

/* Offset from the CFA of a variable that DWARF places; false when that is not known. */
static bool cfa_offset(const struct index *x, const struct place_variable *v,
		       const struct machine_func *m, int64_t body_bytes, int64_t *offset)
{
	switch (v->base) {
	case BASE_CFA: *offset = v->offset; return true;
	/* SP stays at the bottom of the frame in functions whose frame base it is. */
	case BASE_SP: *offset = v->offset - body_bytes; return m->kind != FRAME_DYNAMIC;
	case BASE_FP: return fp_offset(x, v, m, body_bytes, offset);
	}
	return false;
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

/* A function's variables as DWARF has them, and how to tell where they lie. */
struct frame {
	const struct machine_func *m;
	int64_t body_bytes;
	const char *name; /* of the function in the source */
	const struct place_variable *v; /* the unit's */
	size_t first, end; /* those of this function */
};

static struct frame frame_of(struct index *x, const struct machine_func *m, const struct account *a,
			     uint32_t fact)
{
	struct frame f = {.m = m, .body_bytes = a->body_bytes, .name = x->f->funcs.v[fact].name};
	uint64_t start = object_place(x->in->object, m->section, m->start);
	uint64_t *first = map_find(&x->variables, &start, sizeof(start));
	size_t n;

	f.v = places_variables(x->in->places, &n);
	f.first = first ? *first : n;
	for (f.end = f.first; f.end < n && f.v[f.end].function == start;)
		f.end++;
	return f;
}

static bool lies_at(const struct index *x, const struct frame *f, size_t i, int64_t offset)
{
	int64_t at;

	return cfa_offset(x, &f->v[i], f->m, f->body_bytes, &at) && at == offset;
}

/* The variable that the remark names, as DWARF places it where the slot begins; without a name, the first one there. */
static const struct place_variable *variable_at(const struct index *x, const struct frame *f,
						int64_t offset, const struct layout_slot *slot)
{
	const struct place_variable *other = NULL;

	for (size_t i = f->first; i < f->end; i++) {
		if (f->v[i].partly || !lies_at(x, f, i, offset))
			continue;
		if (!slot->name ||
		    (!strcmp(f->v[i].name, slot->name) && f->v[i].line == slot->line))
			return &f->v[i];
		if (!other)
			other = &f->v[i];
	}
	return other;
}

/* A variable that lives in a slot. */
struct lodger {
	const char *name;
	uint32_t line;
	const struct place_variable *v; /* what DWARF says of it; NULL: nothing */
	const struct ast_local *local; /* what the AST says; NULL: nothing */
	struct place_type type; /* of one that the AST does not know */
};

/*
 * Who lives in a slot. The compiler gives variables that are never alive together one slot, as large as the largest of them;
 * its remark names some of them, DWARF those that it followed.
 */
struct lodgers {
	VEC(struct lodger) v;
};

static int64_t bytes_of(const struct lodger *l)
{
	return l->local ? l->local->bytes : l->type.bytes;
}

static struct lodger lodger_of(struct index *x, const struct frame *f, const char *name,
			       uint32_t line, const struct place_variable *v)
{
	struct lodger l = {.name = name, .line = line, .v = v, .type.bytes = BYTES_UNKNOWN};

	l.local = find_local(x, v ? v->declared_in : NULL, f->name, name, line);
	if (!l.local && v)
		l.type = places_type(x->in->places, (size_t)(v - f->v));
	return l;
}

static bool lodges(const struct lodgers *all, const struct lodger *l)
{
	for (size_t i = 0; i < all->v.n; i++) {
		const struct lodger *k = &all->v.v[i];

		if (l->local || k->local ? l->local == k->local
					 : l->line == k->line && !strcmp(l->name, k->name))
			return true;
	}
	return false;
}

/* Those that the remark names in the `n` entries of one slot. */
static void add_named(struct index *x, const struct frame *f, int64_t offset,
		      const struct layout_slot *slots, size_t n, struct lodgers *all)
{
	for (size_t i = 0; i < n; i++) {
		const struct place_variable *v;
		struct lodger l;

		if (!slots[i].name)
			continue;
		v = variable_at(x, f, offset, &slots[i]);
		if (v && (strcmp(v->name, slots[i].name) || v->line != slots[i].line))
			v = NULL;
		l = lodger_of(x, f, slots[i].name, slots[i].line, v);
		if (!lodges(all, &l))
			*vec_push(&all->v) = l;
	}
}

/* Those that DWARF places where the slot begins, and that it has room for. */
static void add_placed(struct index *x, const struct frame *f, int64_t offset, int64_t room,
		       struct lodgers *all)
{
	for (size_t i = f->first; i < f->end; i++) {
		struct lodger l;
		int64_t bytes;

		if (!lies_at(x, f, i, offset))
			continue;
		l = lodger_of(x, f, f->v[i].name, f->v[i].line, &f->v[i]);
		bytes = bytes_of(&l);
		if (bytes > 0 && bytes <= room && !lodges(all, &l))
			*vec_push(&all->v) = l;
	}
}

/* A part of a variable that was taken apart fills what is left of its slot. */
static void add_remains(struct index *x, const struct frame *f, int64_t offset, struct lodgers *all)
{
	const struct layout_slot any = {0};
	const struct place_variable *v = variable_at(x, f, offset, &any);

	if (v)
		*vec_push(&all->v) = lodger_of(x, f, v->name, v->line, v);
}

/* Name, type and declaring function. */
static void name_part(struct index *x, const struct lodger *l, struct fact_part *p)
{
	p->name = index_keep(x, l->name);
	p->loc.line = l->line;
	if (l->v) {
		/* The remark's file is cut short in a way that it does not say. */
		p->loc.file = index_path(x, l->v->file);
		p->declared_in = index_keep(x, l->v->declared_in);
	}
	if (!l->local) {
		p->type = index_keep(x, l->type.name);
		p->aggregate = l->type.aggregate;
		return;
	}
	p->type = index_keep(x, l->local->type);
	p->aggregate = l->local->aggregate;
	p->format_only = l->local->format_only;
	p->loc = l->local->loc;
	p->loc.file = index_keep(x, l->local->loc.file);
	p->declared_in = index_keep(x, x->in->ast->funcs.v[l->local->func].name);
}

/* Something without a type that is as large as no scalar is an array or structure. */
static bool looks_like_aggregate(const struct fact_part *p)
{
	return p->aggregate || (!p->type && p->bytes > 16);
}

/* The first one takes over the slot's part, each further one gets a part of its own in the same place; so does what is as
   large as the slot and has no name in the source, or none that is known. */
static void name_variables(struct index *x, const struct lodgers *all, size_t at, struct account *a)
{
	struct fact_part slot = a->parts.v[at];
	int64_t most = 0;

	for (size_t i = 0; i < all->v.n; i++) {
		struct fact_part *p = i ? vec_push(&a->parts) : &a->parts.v[at];
		int64_t bytes = bytes_of(&all->v.v[i]);

		*p = slot;
		name_part(x, &all->v.v[i], p);
		if (bytes > 0 && bytes < slot.bytes)
			p->bytes = bytes;
		p->aggregate = looks_like_aggregate(p);
		most = p->bytes > most ? p->bytes : most;
	}
	slot.aggregate = looks_like_aggregate(&slot);
	if (!all->v.n)
		a->parts.v[at] = slot;
	else if (most < slot.bytes)
		*vec_push(&a->parts) = slot;
}

/* Spills and dynamic objects: one variable, whose value or whose bytes they hold. */
static void name_other(struct index *x, const struct frame *f, const struct layout_slot *slot,
		       struct fact_part *p)
{
	const struct place_variable *v = variable_at(x, f, p->offset, slot);
	const char *name = v ? v->name : slot->name;
	struct lodger l;

	if (!name)
		return;
	l = lodger_of(x, f, name, v ? v->line : slot->line, v);
	/* The remark puts names to variable-sized objects that belong to others. */
	if (p->kind == PART_DYNAMIC && (!l.local || l.local->bytes != BYTES_UNKNOWN))
		return;
	name_part(x, &l, p);
}

/* The entries of one slot. */
static size_t n_entries(const struct layout_slot *slots, size_t n)
{
	size_t i = 1;

	while (i < n && slots[0].shared && slots[i].shared && slots[i].offset == slots[0].offset)
		i++;
	return i;
}

/* Part by part as add_slots() made them. */
static void name_parts(struct index *x, const struct layout_slot *slots, size_t n,
		       const struct frame *f, struct account *a)
{
	for (size_t i = 0, k; n; i++, slots += k, n -= k) {
		struct fact_part *p = &a->parts.v[i];
		struct lodgers all = {0};

		k = n_entries(slots, n);
		/* The remark puts names to a protector's slot that belong to others. */
		if (p->kind == PART_SAVED || p->kind == PART_PROTECTOR)
			continue;
		if (p->kind != PART_VARIABLE) {
			name_other(x, f, slots, p);
			continue;
		}
		add_named(x, f, p->offset, slots, k, &all);
		add_placed(x, f, p->offset, p->bytes, &all);
		if (!all.v.n)
			add_remains(x, f, p->offset, &all);
		name_variables(x, &all, i, a);
		vec_release(&all.v);
	}
}

/* One part for each slot. */
static void add_slots(const struct machine_func *m, const struct layout_slot *slots, size_t n,
		      struct account *a)
{
	for (size_t k; n; slots += k, n -= k) {
		struct fact_part *p = vec_push(&a->parts);
		bool placed = slots->kind != PART_DYNAMIC;

		k = n_entries(slots, n);
		a->bounded |= !placed && m->kind == FRAME_BOUNDED;
		*p = (struct fact_part){
			.kind = slots->kind,
			.bytes = placed ? slots->bytes : BYTES_UNKNOWN,
			.counted = placed ? slots->bytes : 0,
			.has_offset = placed,
			.offset = placed ? slots->offset - a->entry_bytes : 0,
		};
	}
}

/* An alloca in a loop takes more on every turn. Parts without a name are those of allocas. */
static void mark_loop(struct index *x, struct fact_part *p)
{
	uint64_t *ast = map_find_str(&x->ast_by_symbol, x->f->funcs.v[p->func].symbol);
	const struct fact_loc *at = ast ? &x->in->ast->funcs.v[*ast - 1].alloca_loop : NULL;

	if (p->kind != PART_DYNAMIC || p->name || !at || !at->line)
		return;
	p->in_loop = true;
	p->loc = *at;
	p->loc.file = index_keep(x, at->file);
}

/* The parts of one function, of which the layout knows `n` slots. */
static void add_parts_of(struct index *x, size_t func, const struct layout_slot *slots, size_t n,
			 int64_t stack_bytes)
{
	const struct machine_func *m = &x->in->machine->funcs.v[func];
	struct account a = account_start(x->in->object, x->in->machine, func);
	struct frame f;

	a.stack_bytes = stack_bytes;
	add_slots(m, slots, n, &a);
	if (m->kind != FRAME_UNMEASURED)
		account_place(&a);
	f = frame_of(x, m, &a, x->fact_of[func]);
	name_parts(x, slots, n, &f, &a);
	if (m->kind != FRAME_UNMEASURED)
		account_fill(&a);
	for (size_t i = 0; i < a.parts.n; i++) {
		a.parts.v[i].func = x->fact_of[func];
		mark_loop(x, &a.parts.v[i]);
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
