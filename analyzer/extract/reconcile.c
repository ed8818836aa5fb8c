#include "extract/reconcile.h"

#include "base/mem.h"
#include "base/text.h"
#include "extract/funclets.h"
#include "extract/reconcile_index.h"

#include <stdlib.h>
#include <string.h>

const char *index_keep(struct index *x, const char *s)
{
	return s ? arena_strdup(&x->f->arena, s) : NULL;
}

const char *index_path(struct index *x, const char *path)
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

const char *index_local_key(struct index *x, const char *function, const char *name, uint32_t line)
{
	return arena_printf(&x->scratch, "%s\n%s\n%u", function ? function : "", name, line);
}

void index_put_first(struct map *m, const char *key, size_t i)
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
		index_put_first(&x->ast_by_symbol, ast->funcs.v[i].symbol, i);
		index_put_first(&x->ast_by_name, ast->funcs.v[i].name, i);
	}
	for (size_t i = 0; i < ast->locals.n; i++) {
		const struct ast_local *l = &ast->locals.v[i];

		index_put_first(
			&x->locals,
			index_local_key(x, ast->funcs.v[l->func].name, l->name, l->loc.line), i);
		index_put_first(&x->locals, index_local_key(x, NULL, l->name, l->loc.line), i);
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
	map_release(&x->locals);
	map_release(&x->variables);
	map_release(&x->paths);
	arena_release(&x->scratch);
	free(x->fact_of);
}

const char *index_plain_name(struct index *x, const char *symbol)
{
	const char *dot = *symbol ? strchr(symbol + 1, '.') : NULL;

	return dot ? arena_strndup(&x->scratch, symbol, (size_t)(dot - symbol)) : symbol;
}

static const struct ast_func *find_ast_func(struct index *x, const char *symbol)
{
	uint64_t *i = map_find_str(&x->ast_by_symbol, symbol);

	if (!i)
		i = map_find_str(&x->ast_by_symbol, index_plain_name(x, symbol));
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

	fn->symbol = index_keep(x, s->name);
	fn->name = index_keep(x, ast ? ast->name : index_plain_name(x, s->name));
	fn->signature = index_keep(x, signature_of(x, ast, s->name));
	fn->section = strcmp(section, ".text") ? index_keep(x, section) : NULL;
	fn->linkage = s->linkage;
	fn->frame_kind = m->kind;
	fn->frame_origin = x->in->origin;
	fn->frame_bytes = m->frame_bytes;
	fn->entry_bytes = x->in->machine->entry_bytes;
	fn->frame_note = index_keep(x, m->note);
	fn->marks |= (uint32_t)m->switches_stack << MARK_STACK_SWITCH;
	if (ast) {
		fn->loc = ast->loc;
		fn->loc.file = index_keep(x, ast->loc.file);
	} else {
		struct place place = places_find(x->in->places, m->section, m->start);

		fn->loc = (struct fact_loc){index_path(x, place.file), place.line, place.column};
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
				*vec_push(&x->f->aliases) = (struct fact_alias){
					index_keep(x, s->name), target, s->linkage};
		}
	}
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

/* Of functions that are not in the object, too: the compiler has put their results where they were called. */
static void add_binds_and_flows(struct index *x)
{
	const struct ast *ast = x->in->ast;

	for (size_t i = 0; i < ast->binds.n; i++)
		reconcile_bind(&ast->binds.v[i], x->f);
	for (size_t i = 0; i < ast->flows.n; i++)
		reconcile_flow(&ast->flows.v[i], x->f);
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
	reconcile_calls(&x);
	reconcile_parts(&x);
	add_binds_and_flows(&x);
	funclets_tell(f, in->machine, x.fact_of);
	release_index(&x);
}
