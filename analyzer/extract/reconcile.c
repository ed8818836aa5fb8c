#include "extract/reconcile.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/*
 * A call in the object and its CallExpr share file, line and column (the compiler puts a call where the expression
 * begins) and the name of the function that the code was written in: macros put calls of several functions
 * into one place, so the name belongs into the key.
 */

struct index {
	const struct reconcile_input *in;
	struct facts *f;
	struct arena scratch;
	struct map ast_by_symbol; /* -> ast func + 1 */
	struct map ast_by_name;
	struct map
		calls; /* "name\nfile:line:column" -> ast call + 1, the first indirect one of the place */
	struct map locals; /* "function\nname\nline" -> ast local + 1 */
	struct map variables; /* address of a function -> its first place_variable */
	struct map paths; /* absolute path -> path as facts have it */
	uint32_t *fact_of; /* machine func -> fact func, NO_FUNC for moved parts */
};

enum { NO_FUNC = UINT32_MAX };

static const char *keep(struct index *x, const char *s)
{
	return s ? arena_strdup(&x->f->arena, s) : NULL;
}

static const char *fact_path(struct index *x, const char *path)
{
	uint64_t *known;

	if (!path)
		return NULL;
	known = map_find_str(&x->paths, path);
	if (!known) {
		const char *copy = arena_strdup(&x->scratch, path);

		known = map_put_str(&x->paths, copy, NULL);
		*known = (uintptr_t)ast_path(&x->f->arena, x->in->job, copy);
	}
	return (const char *)(uintptr_t)*known;
}

static const char *call_key(struct index *x, const char *function, const struct fact_loc *loc)
{
	return arena_printf(&x->scratch, "%s\n%s:%u:%u", function, loc->file ? loc->file : "",
			    loc->line, loc->column);
}

static const char *local_key(struct index *x, const char *function, const char *name, uint32_t line)
{
	return arena_printf(&x->scratch, "%s\n%s\n%u", function ? function : "", name, line);
}

static void put_first(struct map *m, const char *key, size_t i)
{
	bool made;
	uint64_t *value = map_put_str(m, key, &made);

	if (made)
		*value = i + 1;
}

static void build_index(struct index *x)
{
	const struct ast *ast = x->in->ast;
	const struct place_variable *v;
	bool made;
	size_t n;

	for (size_t i = 0; i < ast->funcs.n; i++) {
		put_first(&x->ast_by_symbol, ast->funcs.v[i].symbol, i);
		put_first(&x->ast_by_name, ast->funcs.v[i].name, i);
	}
	for (size_t i = 0; i < ast->calls.n; i++) {
		const struct ast_call *c = &ast->calls.v[i];

		if (!c->callee)
			put_first(&x->calls, call_key(x, ast->funcs.v[c->func].name, &c->loc), i);
	}
	for (size_t i = 0; i < ast->locals.n; i++) {
		const struct ast_local *l = &ast->locals.v[i];

		put_first(&x->locals,
			  local_key(x, ast->funcs.v[l->func].name, l->name, l->loc.line), i);
		put_first(&x->locals, local_key(x, NULL, l->name, l->loc.line), i);
	}
	v = places_variables(x->in->places, &n);
	for (size_t i = 0; i < n; i++) {
		uint64_t *first =
			map_put(&x->variables, &v[i].function, sizeof(v[i].function), &made);

		if (made)
			*first = i;
	}
}

static void release_index(struct index *x)
{
	map_release(&x->ast_by_symbol);
	map_release(&x->ast_by_name);
	map_release(&x->calls);
	map_release(&x->locals);
	map_release(&x->variables);
	map_release(&x->paths);
	arena_release(&x->scratch);
	free(x->fact_of);
}

/* The name before a compiler's suffix: foo.constprop.0 is foo. A leading dot is no suffix. */
static const char *plain_name(struct index *x, const char *symbol)
{
	const char *dot = *symbol ? strchr(symbol + 1, '.') : NULL;

	return dot ? arena_strndup(&x->scratch, symbol, (size_t)(dot - symbol)) : symbol;
}

static const struct ast_func *find_ast_func(struct index *x, const char *symbol)
{
	uint64_t *i = map_find_str(&x->ast_by_symbol, symbol);

	if (!i)
		i = map_find_str(&x->ast_by_symbol, plain_name(x, symbol));
	return i ? &x->in->ast->funcs.v[*i - 1] : NULL;
}

/* Of several symbols of one place, the one whose body the source shows. */
static uint32_t primary_symbol(struct index *x, const struct machine_func *m)
{
	const struct object *o = x->in->object;

	if (find_ast_func(x, o->symbols[m->symbol].name))
		return m->symbol;
	for (uint32_t i = 0; i < o->n_symbols; i++)
		if (o->symbols[i].function && o->symbols[i].section == m->section &&
		    o->symbols[i].value == m->start && find_ast_func(x, o->symbols[i].name))
			return i;
	return m->symbol;
}

static const char *signature_of(struct index *x, const struct ast_func *ast, const char *symbol)
{
	uint64_t *known;

	if (ast)
		return ast->signature;
	known = map_find_str(&x->in->ast->signatures, symbol);
	return known ? (const char *)(uintptr_t)*known : NULL;
}

static void add_func(struct index *x, const struct machine_func *m)
{
	const struct object *o = x->in->object;
	const struct object_symbol *s = &o->symbols[primary_symbol(x, m)];
	const struct ast_func *ast = find_ast_func(x, s->name);
	const char *section = o->sections[m->section].name;
	struct fact_func *fn = vec_push(&x->f->funcs);

	fn->symbol = keep(x, s->name);
	fn->name = keep(x, ast ? ast->name : plain_name(x, s->name));
	fn->signature = keep(x, signature_of(x, ast, s->name));
	fn->section = strcmp(section, ".text") ? keep(x, section) : NULL;
	fn->linkage = s->linkage;
	fn->frame_kind = m->kind;
	fn->frame_origin = x->in->origin;
	fn->frame_bytes = m->frame_bytes;
	fn->entry_bytes = x->in->machine->entry_bytes;
	fn->frame_note = keep(x, m->note);
	if (ast) {
		fn->loc = ast->loc;
		fn->loc.file = keep(x, ast->loc.file);
	} else {
		struct place place = places_find(x->in->places, m->section, m->start);

		fn->loc = (struct fact_loc){fact_path(x, place.file), place.line, place.column};
	}
}

/* Other names of the same code. */
static void add_aliases(struct index *x)
{
	const struct object *o = x->in->object;

	for (uint32_t i = 0; i < o->n_symbols; i++) {
		const struct object_symbol *s = &o->symbols[i];

		if (!s->function || s->section == NO_SECTION || !*s->name)
			continue;
		for (size_t k = 0; k < x->in->machine->funcs.n; k++) {
			const struct machine_func *m = &x->in->machine->funcs.v[k];
			const char *target;

			if (m->section != s->section || m->start != s->value ||
			    x->fact_of[k] == NO_FUNC)
				continue;
			target = x->f->funcs.v[x->fact_of[k]].symbol;
			if (strcmp(target, s->name))
				*vec_push(&x->f->aliases) =
					(struct fact_alias){keep(x, s->name), target, s->linkage};
		}
	}
}

static void add_calls(struct index *x)
{
	const struct machine *m = x->in->machine;

	for (size_t i = 0; i < m->calls.n; i++) {
		const struct machine_call *mc = &m->calls.v[i];
		struct place place = places_find(x->in->places, mc->section, mc->offset);
		struct fact_call *c;
		const char *function;
		uint64_t *known;

		if (x->fact_of[mc->func] == NO_FUNC)
			continue;
		c = vec_push(&x->f->calls);
		c->func = x->fact_of[mc->func];
		c->kind = mc->kind;
		c->callee = keep(x, mc->callee);
		c->depth_bytes = mc->depth_bytes;
		c->within = keep(x, place.within);
		c->loc = (struct fact_loc){fact_path(x, place.file), place.line, place.column};
		if (c->callee)
			continue;
		function = c->within ? c->within : x->f->funcs.v[c->func].name;
		known = map_find_str(&x->calls, call_key(x, function, &c->loc));
		if (known) {
			const struct ast_call *ast = &x->in->ast->calls.v[*known - 1];

			c->slot = keep(x, ast->slot);
			c->signature = keep(x, ast->signature);
		}
	}
}

/* Offset from the CFA of a variable that DWARF places; false when that is not known. */
static bool cfa_offset(const struct index *x, const struct place_variable *v,
		       const struct machine_func *m, int64_t *offset)
{
	switch (v->base) {
	case BASE_CFA: *offset = v->offset; return true;
	/* SP stays at the bottom of the frame in functions whose frame base it is. */
	case BASE_SP: *offset = v->offset - m->frame_bytes; return m->kind == FRAME_FIXED;
	/* x86: behind the return address and the caller's frame pointer. */
	case BASE_FP: *offset = v->offset - 2 * (int64_t)x->in->object->word; return true;
	}
	return false;
}

/* The variable that lies at an offset of a function's frame. */
static const struct place_variable *variable_at(struct index *x, const struct machine_func *m,
						int64_t offset)
{
	size_t n;
	const struct place_variable *v = places_variables(x->in->places, &n);
	uint64_t start = object_place(x->in->object, m->section, m->start);
	uint64_t *first = map_find(&x->variables, &start, sizeof(start));

	for (size_t i = first ? *first : n; i < n && v[i].function == start; i++) {
		int64_t at;

		if (cfa_offset(x, &v[i], m, &at) && at == offset)
			return &v[i];
	}
	return NULL;
}

/* The local variable that DWARF or the remark means: of the function that declares it, else of the frame's, else any of
   that name and line (the remark does not say the function). */
static const struct ast_local *find_local(struct index *x, const char *declared_in,
					  const char *frame_of, const char *name, uint32_t line)
{
	const char *const functions[] = {declared_in, frame_of, NULL};

	for (size_t i = 0; i < 3; i++) {
		uint64_t *known = map_find_str(&x->locals, local_key(x, functions[i], name, line));

		if (known)
			return &x->in->ast->locals.v[*known - 1];
	}
	return NULL;
}

/* Name, type and declaring function of a slot. */
static void name_part(struct index *x, const struct layout_slot *slot, const struct machine_func *m,
		      struct fact_part *p)
{
	const struct place_variable *v = variable_at(x, m, p->offset);
	const char *name = v ? v->name : slot->name;
	const struct ast_local *l;

	if (!name)
		return;
	p->name = keep(x, name);
	p->loc.line = v ? v->line : slot->line;
	if (v) {
		/* The remark's file is cut short in a way that it does not say. */
		p->loc.file = fact_path(x, v->file);
		p->declared_in = keep(x, v->declared_in);
	}
	l = find_local(x, v ? v->declared_in : NULL, x->f->funcs.v[p->func].name, name,
		       p->loc.line);
	if (!l)
		return;
	p->type = keep(x, l->type);
	p->aggregate = l->aggregate;
	p->loc = l->loc;
	p->loc.file = keep(x, l->loc.file);
	p->declared_in = keep(x, x->in->ast->funcs.v[l->func].name);
}

static void add_parts(struct index *x)
{
	struct map by_symbol = {0};

	for (size_t i = 0; i < x->in->machine->funcs.n; i++)
		if (x->fact_of[i] != NO_FUNC)
			put_first(&by_symbol, x->f->funcs.v[x->fact_of[i]].symbol, i);
	for (size_t i = 0; i < x->in->layout->slots.n; i++) {
		const struct layout_slot *slot = &x->in->layout->slots.v[i];
		uint64_t *func = map_find_str(&by_symbol, slot->function);
		struct fact_part *p;

		if (!func)
			continue;
		p = vec_push(&x->f->parts);
		p->func = x->fact_of[*func - 1];
		p->kind = slot->kind;
		p->bytes = slot->kind == PART_DYNAMIC ? BYTES_UNKNOWN : slot->bytes;
		p->has_offset = slot->kind != PART_DYNAMIC;
		p->offset = slot->offset - (int64_t)x->in->machine->entry_bytes;
		/* The remark names the linker symbol where the AST gives the source's; both agree in C. */
		name_part(x, slot, &x->in->machine->funcs.v[*func - 1], p);
		/* A slot with a variable of known type but no aggregate is a scalar. One without a name and as large
		   as no scalar is an array or structure. */
		if (slot->kind == PART_VARIABLE && !p->type && slot->bytes > 16)
			p->aggregate = true;
	}
	map_release(&by_symbol);
}

/* Functions that put addresses into slots only in bodies that this unit's code does not contain don't count. */
static bool body_exists(struct index *x, const struct map *emitted, const char *within)
{
	return !within || map_find_str(emitted, within) ||
	       places_has_inlined(x->in->places, within);
}

static void copy_bind(struct facts *f, const struct fact_bind *b)
{
	struct fact_bind *copy = vec_push(&f->binds);

	copy->symbol = arena_strdup(&f->arena, b->symbol);
	copy->slot = b->slot ? arena_strdup(&f->arena, b->slot) : NULL;
	copy->within = b->within ? arena_strdup(&f->arena, b->within) : NULL;
	copy->loc = b->loc;
	copy->loc.file = b->loc.file ? arena_strdup(&f->arena, b->loc.file) : NULL;
}

static void mark_taken(struct facts *f)
{
	struct map taken = {0};

	for (size_t i = 0; i < f->binds.n; i++)
		map_put_str(&taken, f->binds.v[i].symbol, NULL);
	for (size_t i = 0; i < f->funcs.n; i++)
		f->funcs.v[i].address_taken = map_find_str(&taken, f->funcs.v[i].symbol) != NULL;
	map_release(&taken);
}

static void add_binds(struct index *x)
{
	struct map emitted = {0};

	for (size_t i = 0; i < x->f->funcs.n; i++)
		map_put_str(&emitted, x->f->funcs.v[i].name, NULL);
	for (size_t i = 0; i < x->in->ast->binds.n; i++)
		if (body_exists(x, &emitted, x->in->ast->binds.v[i].within))
			copy_bind(x->f, &x->in->ast->binds.v[i]);
	map_release(&emitted);
	mark_taken(x->f);
}

void reconcile(const struct reconcile_input *in, struct facts *f)
{
	struct index x = {.in = in, .f = f};

	build_index(&x);
	x.fact_of = mem_calloc(in->machine->funcs.n + 1, sizeof(*x.fact_of));
	for (size_t i = 0; i < in->machine->funcs.n; i++) {
		x.fact_of[i] = in->machine->funcs.v[i].part ? NO_FUNC : (uint32_t)f->funcs.n;
		if (!in->machine->funcs.v[i].part)
			add_func(&x, &in->machine->funcs.v[i]);
	}
	add_aliases(&x);
	add_calls(&x);
	add_parts(&x);
	add_binds(&x);
	release_index(&x);
}
