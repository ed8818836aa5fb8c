/*
 * Names of funclets. In: the symbols that LLVM gives them; out: names for people. "?dtor$54@?0?close@4HA" runs what a
 * __finally has to do while an exception passes, "?catch$7@?0?close@4HA" is the code behind an __except,
 * "?filt$0@0@close@@" decides, "__fin_close.1" is the second body of a __finally. The numbers stay: names have to differ.
 */
#include "extract/funclets.h"
#include "base/map.h"
#include "base/text.h"

#include <string.h>

static const struct kind {
	const char *prefix, *name;
} kinds[] = {
	{"?dtor$", "clean-up"},
	{"?catch$", "__except"},
	{"?filt$", "filter"},
	{"?fin$", "__finally"},
};

/* "clean-up 54 of close"; NULL: the symbol has none of the patterns. */
static const char *name_by_pattern(struct facts *f, const char *symbol, const char *parent)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const char *number = symbol + strlen(kinds[i].prefix);

		if (str_starts(symbol, kinds[i].prefix))
			return arena_printf(&f->arena, "%s %.*s of %s", kinds[i].name,
					    (int)strspn(number, "0123456789"), number, parent);
	}
	return NULL;
}

/* "__fin_close.1": "__finally 1 of close", when there is a function of that name. */
static const char *name_of_finally(struct facts *f, const struct map *by_name,
				   const struct fact_func *fn, const struct fact_func **parent)
{
	const char *owner = str_starts(fn->name, "__fin_") ? fn->name + strlen("__fin_") : "";
	const char *number = strchr(fn->symbol, '.');
	uint64_t *known = map_find_str(by_name, owner);

	if (!known)
		return NULL;
	*parent = &f->funcs.v[*known - 1];
	return arena_printf(&f->arena, "__finally%s%s of %s", number ? " " : "",
			    number ? number + 1 : "", owner);
}

static void tell_one(struct facts *f, const struct map *by_name, struct fact_func *fn)
{
	uint64_t *known = fn->parent ? map_find_str(by_name, fn->parent) : NULL;
	const struct fact_func *parent = known ? &f->funcs.v[*known - 1] : NULL;
	const char *name = NULL;

	if (parent)
		name = name_by_pattern(f, fn->symbol,
				       parent->parent ? parent->symbol : parent->name);
	else
		name = name_of_finally(f, by_name, fn, &parent);
	if (name)
		fn->name = name;
	if (parent && !fn->loc.line)
		fn->loc = parent->loc;
}

static void set_parents(struct facts *f, const struct machine *m, const uint32_t *fact_of)
{
	for (size_t i = 0; i < m->funcs.n; i++) {
		uint32_t parent = m->funcs.v[i].parent;

		if (parent != MACHINE_NO_FUNC && fact_of[i] != UINT32_MAX &&
		    fact_of[parent] != UINT32_MAX)
			f->funcs.v[fact_of[i]].parent = f->funcs.v[fact_of[parent]].symbol;
	}
}

void funclets_tell(struct facts *f, const struct machine *m, const uint32_t *fact_of)
{
	struct map by_name = {0};

	set_parents(f, m, fact_of);
	for (size_t i = 0; i < f->funcs.n; i++) {
		*map_put_str(&by_name, f->funcs.v[i].name, NULL) = i + 1;
		*map_put_str(&by_name, f->funcs.v[i].symbol, NULL) = i + 1;
	}
	for (size_t i = 0; i < f->funcs.n; i++)
		tell_one(f, &by_name, &f->funcs.v[i]);
	map_release(&by_name);
}
