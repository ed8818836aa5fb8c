#include "extract/account_object.h"

#include <string.h>

/*
 * Only variables that have one place for all of their life count: a list of places says where a value is now and then, not
 * what room was set aside for it. A variable whose place contradicts the machine code is left out; its bytes are unknown
 * then, as are the compiler's spills.
 */

enum { RED_ZONE = 128 };

int64_t account_call_alignment(const struct object *o)
{
	if (o->arch == ARCH_ARM)
		return 8;
	return o->arch == ARCH_I386 && o->coff ? 4 : 16;
}

struct account account_start(const struct object *o, const struct machine *m, size_t func)
{
	return (struct account){
		.frame_bytes = m->funcs.v[func].frame_bytes,
		.entry_bytes = m->entry_bytes,
		.stack_bytes = BYTES_UNKNOWN,
		.home_bytes = o->arch == ARCH_X86_64 && o->coff ? 32 : 0,
		.alignment = account_call_alignment(o),
		.marks = &m->funcs.v[func].marks,
	};
}

void account_object_open(struct account_object *x, const struct object *o, const struct machine *m,
			 struct places *places)
{
	size_t n = 0;
	const struct place_variable *v = places ? places_variables(places, &n) : NULL;

	*x = (struct account_object){.object = o, .machine = m, .places = places};
	for (size_t i = 0; i < n; i++) {
		bool made;
		uint64_t *first =
			map_put(&x->variables, &v[i].function, sizeof(v[i].function), &made);

		if (made)
			*first = i;
	}
}

void account_object_close(struct account_object *x)
{
	map_release(&x->variables);
}

/* Offset from the CFA; false: not known. */
static bool cfa_offset(const struct account_object *x, const struct machine_func *m,
		       const struct place_variable *v, int64_t *offset)
{
	/* What aligning SP costs is not the same at every call. */
	if (m->marks.realigned_bytes != BYTES_UNKNOWN || !v->always)
		return false;
	switch (v->base) {
	case BASE_CFA: *offset = v->offset; return true;
	case BASE_SP:
		*offset = v->offset - m->marks.body_bytes;
		return m->marks.body_bytes != BYTES_UNKNOWN && m->kind == FRAME_FIXED;
	/* x86: behind the return address and the caller's frame pointer. */
	case BASE_FP: *offset = v->offset - 2 * (int64_t)x->object->word; return true;
	}
	return false;
}

/* Does the machine code leave that room to it? */
static bool fits(const struct account_object *x, const struct account *a, const struct fact_part *p)
{
	int64_t bottom = -a->frame_bytes;

	if (x->object->arch == ARCH_X86_64 && !x->object->coff)
		bottom -= RED_ZONE;
	if (p->bytes <= 0 || p->offset < bottom || p->offset + p->bytes > -(int64_t)a->entry_bytes)
		return false;
	for (size_t i = 0; i < a->marks->n_saved; i++) {
		const struct frame_mark *m = &a->marks->saved[i];

		if (p->offset < m->offset + m->bytes && m->offset < p->offset + p->bytes)
			return false;
	}
	return true;
}

/* Copies of one inlined function share their variables' places. */
static bool is_known(const struct account *a, const struct fact_part *p)
{
	for (size_t i = 0; i < a->parts.n; i++) {
		const struct fact_part *q = &a->parts.v[i];

		if (q->offset == p->offset && q->bytes == p->bytes && q->loc.line == p->loc.line &&
		    !strcmp(q->name, p->name) && q->loc.file == p->loc.file)
			return true;
	}
	return false;
}

static void add_variable(struct account_object *x, const struct machine_func *m, size_t i,
			 struct account *a)
{
	size_t n;
	const struct place_variable *v = &places_variables(x->places, &n)[i];
	struct fact_part p = {.kind = PART_VARIABLE, .has_offset = true, .name = v->name};
	struct place_type type;

	if (!cfa_offset(x, m, v, &p.offset))
		return;
	type = places_type(x->places, i);
	p.bytes = type.bytes;
	p.type = type.name;
	p.aggregate = type.aggregate;
	p.declared_in = v->declared_in;
	p.loc = (struct fact_loc){.file = v->file, .line = v->line};
	if (fits(x, a, &p) && !is_known(a, &p))
		*vec_push(&a->parts) = p;
}

void account_object_parts(struct account_object *x, size_t func, struct account *a)
{
	const struct machine_func *m = &x->machine->funcs.v[func];
	uint64_t start = object_place(x->object, m->section, m->start);
	uint64_t *first = map_find(&x->variables, &start, sizeof(start));
	size_t n = 0;
	const struct place_variable *v = first ? places_variables(x->places, &n) : NULL;

	*a = account_start(x->object, x->machine, func);
	for (size_t i = first ? *first : 0; i < n && v[i].function == start; i++)
		add_variable(x, m, i, a);
	account_place(a);
	account_fill(a);
}
