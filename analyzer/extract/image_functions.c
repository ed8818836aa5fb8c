#include "extract/image_functions.h"

#include "base/map.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void add_unnamed_one(struct object *o, const struct unwind_func *u)
{
	const char *name =
		arena_printf(&o->arena, "sub_%" PRIx64 "%s", object_place(o, u->section, u->start),
			     u->part ? ".cold" : "");

	object_add_function(o, name, u->section, u->start, u->size);
	o->symbols[o->n_symbols - 1].part = u->part;
}

/* Functions that only the unwind tables know of; stubs are none. */
static void add_unnamed(struct object *o, const struct unwind *unwind)
{
	struct map known = {0};
	struct arena keys = {0};
	uint64_t end = 0;

	for (uint32_t i = 0; i < o->n_symbols; i++) {
		const struct object_symbol *s = &o->symbols[i];
		uint64_t key[2] = {s->section, s->value};

		if (s->function && s->section != NO_SECTION)
			map_put(&known, arena_memdup(&keys, key, sizeof(key)), sizeof(key), NULL);
	}
	for (size_t i = 0; i < unwind->funcs.n; i++) {
		const struct unwind_func *u = &unwind->funcs.v[i];
		uint64_t key[2] = {u->section, u->start};

		/* An entry for a part of the function before it, as linkers make for the whole PLT. */
		if (i && unwind->funcs.v[i - 1].section == u->section && u->start < end)
			continue;
		end = u->start + u->size;
		if (map_find(&known, key, sizeof(key)) || !u->size ||
		    str_starts(o->sections[u->section].name, ".plt") ||
		    object_stub(o, u->section, u->start))
			continue;
		add_unnamed_one(o, u);
	}
	map_release(&known);
	arena_release(&keys);
}

/* Stubs are no functions: a thunk with the name of what it jumps to would call itself. */
static void drop_stubs(struct object *o)
{
	for (uint32_t i = 0; o->linked && i < o->n_symbols; i++) {
		struct object_symbol *s = &o->symbols[i];

		if (s->function && s->section != NO_SECTION && o->sections[s->section].code &&
		    object_stub(o, s->section, s->value))
			s->function = false;
	}
}

/* Static functions of several sources may share a name in what a linker made: the address tells them apart. */
static void make_names_unique(struct object *o)
{
	struct map first = {0};

	for (uint32_t i = 0; i < o->n_symbols; i++) {
		struct object_symbol *s = &o->symbols[i], *other;
		uint64_t *known;
		bool made;

		if (!s->function || s->section == NO_SECTION || !*s->name)
			continue;
		known = map_put_str(&first, s->name, &made);
		if (made) {
			*known = i;
			continue;
		}
		other = &o->symbols[*known];
		if (other->section == s->section && other->value == s->value)
			continue;
		/* The one that others can call keeps its name. */
		if (s->linkage != LINKAGE_STATIC && other->linkage == LINKAGE_STATIC) {
			*known = i;
			s = other;
		}
		s->name = arena_printf(&o->arena, "%s~%" PRIx64, s->name,
				       object_place(o, s->section, s->value));
	}
	map_release(&first);
}

void image_find_functions(struct object *o, const struct unwind *u)
{
	drop_stubs(o);
	if (o->linked)
		add_unnamed(o, u);
	make_names_unique(o);
}

/* The place that a call without a name goes to, as flow.c words it: "SECTION+0xOFFSET". */
static bool unnamed_target(const struct object *o, const char *callee, uint32_t *section,
			   uint64_t *offset)
{
	const char *plus = callee ? strrchr(callee, '+') : NULL;
	char *end;

	if (!plus || !str_starts(plus, "+0x"))
		return false;
	*offset = strtoull(plus + 3, &end, 16);
	for (uint32_t i = 0; !*end && i < o->n_sections; i++) {
		const struct object_section *s = &o->sections[i];

		*section = i;
		if (s->code && *offset < s->size && strlen(s->name) == (size_t)(plus - callee) &&
		    !strncmp(s->name, callee, (size_t)(plus - callee)))
			return true;
	}
	return false;
}

/* Symbols in code that are not typed as functions, as assembler leaves them, by place. */
static void find_untyped(const struct object *o, struct arena *keys, struct map *untyped)
{
	for (uint32_t i = 0; i < o->n_symbols; i++) {
		const struct object_symbol *s = &o->symbols[i];
		uint64_t key[2] = {s->section, s->value};
		bool made;
		uint64_t *known;

		if (s->function || s->section == NO_SECTION || !*s->name || s->section_symbol ||
		    s->file || !o->sections[s->section].code)
			continue;
		known = map_put(untyped, arena_memdup(keys, key, sizeof(key)), sizeof(key), &made);
		if (made)
			*known = i;
	}
}

static void add_one(struct object *o, const struct map *untyped, uint32_t section, uint64_t offset)
{
	uint64_t key[2] = {section, offset};
	uint64_t *symbol = map_find(untyped, key, sizeof(key));

	if (symbol)
		o->symbols[*symbol].function = true;
	else
		object_add_function(
			o,
			arena_printf(&o->arena, "sub_%" PRIx64, object_place(o, section, offset)),
			section, offset, 0);
}

size_t image_add_called(struct object *o, const struct machine *m)
{
	struct map known = {0}, untyped = {0};
	struct arena keys = {0};
	size_t n;

	for (size_t i = 0; i < m->calls.n; i++) {
		const char *callee = m->calls.v[i].callee;
		uint32_t section;
		uint64_t offset;
		bool made;

		if (!unnamed_target(o, callee, &section, &offset))
			continue;
		if (!known.n)
			find_untyped(o, &keys, &untyped);
		map_put_str(&known, arena_strdup(&keys, callee), &made);
		if (made)
			add_one(o, &untyped, section, offset);
	}
	n = known.n;
	map_release(&known);
	map_release(&untyped);
	arena_release(&keys);
	return n;
}
