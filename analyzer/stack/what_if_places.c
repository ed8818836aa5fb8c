/*
 * Input: the parts of all frames. Output: chains of those that come from one declaration, and of those that one inlined
 * function brought. A static variable of a header function is declared once, however many frames have it.
 */
#include "stack/what_if_walk.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static void chain(struct map *map, struct arena *a, const char *key, uint32_t part, uint32_t *first,
		  uint32_t *next, uint32_t *last)
{
	bool made;
	uint64_t *head = map_put_str(map, arena_strdup(a, key), &made);

	if (made)
		*head = part;
	else
		next[last[*head]] = part;
	first[part] = (uint32_t)*head;
	last[*head] = part;
}

struct maker {
	struct places *x;
	struct arena arena;
	struct map variables, inlined;
	uint32_t *last_variable, *last_inlined;
};

static void add_part(struct maker *m, const struct fact_func *f, const struct fact_part *part,
		     uint32_t id)
{
	const char *file = part->loc.file;

	if (part->kind != PART_VARIABLE || !part->name || !file)
		return;
	chain(&m->variables, &m->arena,
	      arena_printf(&m->arena, "%s:%u:%u:%s", file, part->loc.line, part->loc.column,
			   part->name),
	      id, m->x->variable, m->x->same_variable, m->last_variable);
	if (!part->declared_in || !strcmp(part->declared_in, f->name))
		return;
	chain(&m->inlined, &m->arena, arena_printf(&m->arena, "%s:%s", file, part->declared_in), id,
	      m->x->inlined, m->x->same_inlined, m->last_inlined);
}

static uint32_t *all(uint32_t n, bool own)
{
	uint32_t *v = mem_calloc(n, sizeof(*v));

	for (uint32_t i = 0; i < n; i++)
		v[i] = own ? i : NO_ID;
	return v;
}

void places_init(struct places *x, const struct program *p)
{
	struct maker m = {.x = x};

	x->first_part = mem_calloc(p->n_units, sizeof(*x->first_part));
	for (uint32_t i = 0; i < p->n_units; i++) {
		x->first_part[i] = x->n;
		x->n += (uint32_t)p->units[i]->parts.n;
	}
	x->variable = all(x->n, true);
	x->inlined = all(x->n, false);
	x->same_variable = all(x->n, false);
	x->same_inlined = all(x->n, false);
	x->owner = all(x->n, false);
	m.last_variable = all(x->n, true);
	m.last_inlined = all(x->n, true);
	for (uint32_t f = 0; f < p->n_funcs; f++)
		for (uint32_t i = 0; i < p->funcs[f].n_parts; i++) {
			uint32_t id = places_part(x, p, f, i);

			x->owner[id] = f;
			add_part(&m, p->funcs[f].fact, change_part(p, (struct change){0, f, i, 0}),
				 id);
		}
	free(m.last_variable);
	free(m.last_inlined);
	map_release(&m.variables);
	map_release(&m.inlined);
	arena_release(&m.arena);
}

void places_release(struct places *x)
{
	free(x->first_part);
	free(x->variable);
	free(x->inlined);
	free(x->same_variable);
	free(x->same_inlined);
	free(x->owner);
}

uint32_t places_part(const struct places *x, const struct program *p, uint32_t func, uint32_t part)
{
	const struct program_func *f = &p->funcs[func];

	return x->first_part[f->unit] + f->first_part + part;
}

/* Sizes of the types that have one everywhere, with the kernels' names for them. */
static int64_t size_of_type(const char *name, size_t len)
{
	static const struct {
		const char *name;
		int64_t bytes;
	} types[] = {
		{"char", 1},	       {"unsigned char", 1},
		{"signed char", 1},    {"_Bool", 1},
		{"bool", 1},	       {"u8", 1},
		{"__u8", 1},	       {"uint8_t", 1},
		{"CHAR", 1},	       {"UCHAR", 1},
		{"BOOLEAN", 1},	       {"short", 2},
		{"unsigned short", 2}, {"u16", 2},
		{"uint16_t", 2},       {"USHORT", 2},
		{"WCHAR", 2},	       {"int", 4},
		{"unsigned int", 4},   {"u32", 4},
		{"uint32_t", 4},       {"ULONG", 4},
		{"LONG", 4},	       {"u64", 8},
		{"long long", 8},      {"unsigned long long", 8},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strlen(types[i].name) == len && !memcmp(types[i].name, name, len))
			return types[i].bytes;
	return 0;
}

bool part_is_shared(const struct fact_part *part)
{
	const char *type = part->type ? part->type : "", *dimension = strchr(type, '[');
	size_t len = dimension ? (size_t)(dimension - type) : strlen(type);
	unsigned long long n = 1;
	int64_t bytes = size_of_type(type, len);

	while (bytes && dimension && *dimension == '[') {
		char *end;

		n *= strtoull(dimension + 1, &end, 10);
		if (end == dimension + 1 || *end != ']' || n > UINT32_MAX)
			return false;
		dimension = end + 1;
	}
	return bytes && part->bytes > (int64_t)n * bytes;
}
