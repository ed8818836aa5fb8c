#include "program/symbols.h"

#include "base/mem.h"
#include "base/text.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Functions and aliases of a unit are sorted by symbol (facts_sort()), so a unit's own names need no table. */

static_assert(offsetof(struct fact_func, symbol) == 0, "find_symbol() reads the first member");
static_assert(offsetof(struct fact_alias, symbol) == 0, "find_symbol() reads the first member");

/* First of `n` records of `size` bytes, sorted by the symbol that they begin with, that has this one; n: none. */
static size_t find_symbol(const void *records, size_t n, size_t size, const char *symbol)
{
	const char *base = records;
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(*(const char *const *)(const void *)(base + mid * size), symbol) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < n && strcmp(*(const char *const *)(const void *)(base + low * size), symbol))
		return n;
	return low;
}

static uint32_t own_func(const struct symbols *s, uint32_t unit, const char *symbol)
{
	const struct facts *f = s->program->units[unit];
	size_t i = find_symbol(f->funcs.v, f->funcs.n, sizeof(*f->funcs.v), symbol);

	return i == f->funcs.n ? NO_ID : s->first_func[unit] + (uint32_t)i;
}

static const char *own_alias(const struct facts *f, const char *symbol)
{
	size_t i = find_symbol(f->aliases.v, f->aliases.n, sizeof(*f->aliases.v), symbol);

	return i == f->aliases.n ? NULL : f->aliases.v[i].target;
}

/* Is one of the modules in `a` (separated by ':', as Kbuild names an object that several modules link) also in `b`? */
static bool modules_meet(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	for (size_t n; *a; a += n + (a[n] == ':')) {
		n = strcspn(a, ":");
		for (const char *at = b; at; at = strchr(at, ':') ? strchr(at, ':') + 1 : NULL)
			if (strcspn(at, ":") == n && !memcmp(at, a, n))
				return true;
	}
	return false;
}

static bool same_module(const struct symbols *s, uint32_t a, uint32_t b)
{
	return modules_meet(s->program->units[a]->module, s->program->units[b]->module);
}

/* strong, then weak, then inline copies */
static int rank(enum linkage l)
{
	return l == LINKAGE_EXTERNAL ? 0 : l == LINKAGE_WEAK ? 1 : 2;
}

static void warn_twice(struct symbols *s, struct program *p, const char *symbol, uint32_t a,
		       uint32_t b)
{
	*vec_push(&s->warnings) =
		arena_printf(&p->arena,
			     "%s is defined in %s and in %s of one module: calls from other units "
			     "take the first",
			     symbol, p->units[a]->unit, p->units[b]->unit);
}

/* A header's function that several units define is one function, however the compiler marks its copies. */
static bool same_source(const struct program *p, uint32_t a, uint32_t b)
{
	const struct fact_loc *x = &p->funcs[a].fact->loc, *y = &p->funcs[b].fact->loc;

	return x->file && y->file && x->line == y->line && !strcmp(x->file, y->file);
}

static void define(struct symbols *s, struct program *p, const char *symbol, struct definition d)
{
	uint64_t *head = map_put_str(&s->by_symbol, symbol, NULL);
	uint32_t last = NO_ID;

	for (uint32_t i = (uint32_t)*head - 1; i != NO_ID; i = s->definitions.v[i].next) {
		const struct definition *other = &s->definitions.v[i];

		if (d.linkage == LINKAGE_EXTERNAL && other->linkage == LINKAGE_EXTERNAL &&
		    other->func != d.func && same_module(s, other->unit, d.unit) &&
		    !same_source(p, other->func, d.func))
			warn_twice(s, p, symbol, other->unit, d.unit);
		last = i;
	}
	d.next = NO_ID;
	*vec_push(&s->definitions) = d;
	if (last == NO_ID)
		*head = s->definitions.n;
	else
		s->definitions.v[last].next = (uint32_t)s->definitions.n - 1;
}

void symbols_init(struct symbols *s, struct program *p)
{
	uint32_t first = 0;

	*s = (struct symbols){.program = p};
	s->first_func = mem_calloc(p->n_units, sizeof(*s->first_func));
	for (uint32_t u = 0; u < p->n_units; u++) {
		s->first_func[u] = first;
		first += (uint32_t)p->units[u]->funcs.n;
	}
	for (uint32_t u = 0; u < p->n_units; u++) {
		const struct facts *f = p->units[u];

		for (size_t i = 0; i < f->funcs.n; i++)
			if (f->funcs.v[i].linkage != LINKAGE_STATIC)
				define(s, p, f->funcs.v[i].symbol,
				       (struct definition){s->first_func[u] + (uint32_t)i, u,
							   f->funcs.v[i].linkage, NO_ID});
		for (size_t i = 0; i < f->aliases.n; i++) {
			uint32_t func = own_func(s, u, f->aliases.v[i].target);

			if (func != NO_ID && f->aliases.v[i].linkage != LINKAGE_STATIC)
				define(s, p, f->aliases.v[i].symbol,
				       (struct definition){func, u, f->aliases.v[i].linkage,
							   NO_ID});
		}
	}
}

uint32_t symbols_find(const struct symbols *s, uint32_t unit, const char *symbol)
{
	uint32_t func = own_func(s, unit, symbol), best = NO_ID;
	const char *target = func == NO_ID ? own_alias(s->program->units[unit], symbol) : NULL;
	uint64_t *head;
	int best_score = 0;

	if (target)
		func = own_func(s, unit, target);
	head = func == NO_ID ? map_find_str(&s->by_symbol, symbol) : NULL;
	if (!head)
		return func;
	for (uint32_t i = (uint32_t)*head - 1; i != NO_ID; i = s->definitions.v[i].next) {
		const struct definition *d = &s->definitions.v[i];
		int score = (same_module(s, unit, d->unit) ? 0 : 3) + rank(d->linkage);

		if (best == NO_ID || score < best_score) {
			best = d->func;
			best_score = score;
		}
	}
	return best;
}

void symbols_release(struct symbols *s)
{
	free(s->first_func);
	vec_release(&s->definitions);
	vec_release(&s->warnings);
	map_release(&s->by_symbol);
}
