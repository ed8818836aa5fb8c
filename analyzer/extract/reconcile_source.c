/*
 * What the source and the symbol table say of functions that the facts have by now: role, marks, structures by value;
 * guards and annotations of the unit.
 */
#include "extract/reconcile.h"

#include "base/map.h"
#include "base/text.h"

#include <string.h>

/* The name before a compiler's suffix: foo.constprop.0 is foo. A leading dot is no suffix. */
static const uint64_t *find_ast(const struct map *by_symbol, const char *symbol)
{
	const uint64_t *found = map_find_str(by_symbol, symbol);
	const char *dot = *symbol ? strchr(symbol + 1, '.') : NULL;

	return found || !dot ? found : map_find(by_symbol, symbol, (size_t)(dot - symbol));
}

static void add_values(const struct ast *ast, uint32_t from, struct facts *f, uint32_t to)
{
	for (size_t i = 0; i < ast->values.n; i++) {
		struct fact_value v = ast->values.v[i];

		if (v.func != from)
			continue;
		v.func = to;
		v.name = facts_copy(f, v.name);
		v.type = facts_copy(f, v.type);
		*vec_push(&f->values) = v;
	}
}

static void add_guards(const struct ast *ast, struct facts *f)
{
	for (size_t i = 0; i < ast->guards.n; i++) {
		struct fact_guard g = ast->guards.v[i];

		g.within = facts_copy(f, g.within);
		g.measure = facts_copy(f, g.measure);
		g.local = facts_copy(f, g.local);
		g.pass = arena_memdup(&f->arena, g.pass, g.n_pass * sizeof(*g.pass));
		g.fail = arena_memdup(&f->arena, g.fail, g.n_fail * sizeof(*g.fail));
		g.loc = facts_copy_loc(f, g.loc);
		*vec_push(&f->guards) = g;
	}
}

static void add_annotations(const struct ast *ast, struct facts *f)
{
	for (size_t i = 0; i < ast->annotations.n; i++)
		*vec_push(&f->annotations) = (struct fact_annotation){
			.text = facts_copy(f, ast->annotations.v[i].text),
			.within = facts_copy(f, ast->annotations.v[i].within),
			.loc = facts_copy_loc(f, ast->annotations.v[i].loc),
		};
}

/* EXPORT_SYMBOL(f) leaves a symbol __ksymtab_f. */
static void read_kernel_exports(const struct object *o, struct map *exports)
{
	static const char prefix[] = "__ksymtab_";

	for (uint32_t i = 0; i < o->n_symbols; i++)
		if (str_starts(o->symbols[i].name, prefix))
			map_put_str(exports, o->symbols[i].name + sizeof(prefix) - 1, NULL);
}

/* dllexport leaves options for the linker: " -export:f" or " /EXPORT:f,DATA", quoted or not. */
static void read_linker_exports(struct object *o, struct map *exports)
{
	uint32_t section = object_find_section(o, ".drectve");
	char *word, *rest;

	if (section == NO_SECTION || !o->sections[section].data)
		return;
	rest = arena_strndup(&o->arena, (const char *)o->sections[section].data,
			     (size_t)o->sections[section].size);
	while ((word = strsep(&rest, " "))) {
		if (strncasecmp(word, "-export:", 8) && strncasecmp(word, "/export:", 8))
			continue;
		word += 8 + (word[8] == '"');
		word[strcspn(word, "\",")] = '\0';
		map_put_str(exports, word, NULL);
	}
}

void reconcile_source(const struct ast *ast, struct object *object, struct facts *f)
{
	struct map by_symbol = {0}, exports = {0};

	for (size_t i = 0; i < ast->funcs.n; i++)
		*map_put_str(&by_symbol, ast->funcs.v[i].symbol, NULL) = i;
	if (object) {
		read_kernel_exports(object, &exports);
		read_linker_exports(object, &exports);
	}
	for (uint32_t i = 0; i < f->funcs.n; i++) {
		struct fact_func *fn = &f->funcs.v[i];
		const uint64_t *from = find_ast(&by_symbol, fn->symbol);

		if (from) {
			fn->role = facts_copy(f, ast->funcs.v[*from].role);
			fn->marks |= ast->funcs.v[*from].marks;
			add_values(ast, (uint32_t)*from, f, i);
		}
		if (fn->section && str_starts(fn->section, "PAGE"))
			fn->marks |= 1u << MARK_PAGED;
		if (map_find_str(&exports, fn->symbol))
			fn->marks |= 1u << MARK_EXPORTED;
	}
	add_guards(ast, f);
	add_annotations(ast, f);
	map_release(&by_symbol);
	map_release(&exports);
}
