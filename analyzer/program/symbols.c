#include "program/symbols.h"

#include "base/mem.h"
#include "base/text.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/*
 * Functions and aliases of a unit are sorted by symbol (facts_sort()), so a unit's own names need no table. What other
 * units can see is sorted by symbol, module and strength: a look-up is one hash and one binary search, however many
 * units have a copy.
 */

static_assert(offsetof(struct fact_func, symbol) == 0, "find_symbol() reads the first member");
static_assert(offsetof(struct fact_alias, symbol) == 0, "find_symbol() reads the first member");

enum { MAX_ALIASES = 16 }; /* of aliases, before they are taken for a circle */

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

/* The unit's own function or, by its aliases, the one they stand for; *linkage is the symbol's. */
static uint32_t find_own(const struct symbols *s, uint32_t unit, const char *symbol,
			 enum linkage *linkage)
{
	const struct facts *f = s->program->units[unit];

	for (int step = 0; step < MAX_ALIASES; step++) {
		size_t i = find_symbol(f->funcs.v, f->funcs.n, sizeof(*f->funcs.v), symbol);

		if (i < f->funcs.n) {
			if (!step)
				*linkage = f->funcs.v[i].linkage;
			return s->first_func[unit] + (uint32_t)i;
		}
		i = find_symbol(f->aliases.v, f->aliases.n, sizeof(*f->aliases.v), symbol);
		if (i == f->aliases.n)
			return NO_ID;
		if (!step)
			*linkage = f->aliases.v[i].linkage;
		symbol = f->aliases.v[i].target;
	}
	return NO_ID;
}

/* strong, then weak, then inline copies */
static int rank(enum linkage l)
{
	return l == LINKAGE_EXTERNAL ? 0 : l == LINKAGE_WEAK ? 1 : 2;
}

static void add_module(struct symbols *s, struct program *p, const char *name, size_t n)
{
	bool made;
	uint64_t *id = map_put_str(&s->modules, arena_strndup(&p->arena, name, n), &made);

	if (made)
		*id = s->modules.n;
	*vec_push(&s->module_ids) = (uint32_t)*id;
}

/* Kbuild names an object that several modules link "a:b". */
static void number_modules(struct symbols *s, struct program *p)
{
	s->first_module = mem_calloc(p->n_units + 1, sizeof(*s->first_module));
	for (uint32_t u = 0; u < p->n_units; u++) {
		const char *at = p->modules[u];

		s->first_module[u] = (uint32_t)s->module_ids.n;
		if (!at || !*at)
			*vec_push(&s->module_ids) = 0;
		for (size_t n; at && *at; at += n + (at[n] == ':')) {
			n = strcspn(at, ":");
			add_module(s, p, at, n);
		}
	}
	s->first_module[p->n_units] = (uint32_t)s->module_ids.n;
}

static bool is_windows(const struct facts *f)
{
	return strstr(f->target, "windows") || strstr(f->target, "mingw");
}

/* Kernel code says so by what it exports, and by the sections of its start and its end. */
static bool is_kernel_func(const struct fact_func *f)
{
	return f->marks & 1u << MARK_EXPORTED ||
	       (f->section &&
		(!strcmp(f->section, ".init.text") || !strcmp(f->section, ".exit.text")));
}

/*
 * A module whose exports we know is closed. Every module of a Linux kernel is, as it has to export what others call. Elsewhere
 * exports can stand in files that nobody scans (.def), so a module without any is open.
 */
static void close_modules(struct symbols *s)
{
	const struct program *p = s->program;
	bool linux_kernel = false;

	s->closed = mem_calloc(s->modules.n + 1, sizeof(*s->closed));
	for (uint32_t u = 0; u < p->n_units; u++) {
		const struct facts *f = p->units[u];

		for (size_t i = 0; i < f->funcs.n; i++) {
			if (!is_windows(f) && is_kernel_func(&f->funcs.v[i]))
				linux_kernel = true;
			if (!(f->funcs.v[i].marks & 1u << MARK_EXPORTED))
				continue;
			for (uint32_t k = s->first_module[u]; k < s->first_module[u + 1]; k++)
				s->closed[s->module_ids.v[k]] = true;
		}
	}
	for (size_t m = 0; linux_kernel && m <= s->modules.n; m++)
		s->closed[m] = true;
	s->closed[0] = false;
}

static void define(struct symbols *s, const char *name, uint32_t unit, uint32_t func,
		   enum linkage linkage)
{
	bool made;
	uint64_t *id = map_put_str(&s->ids, name, &made);

	if (made) {
		*vec_push(&s->symbols) = (struct symbol){.name = name, .any = NO_ID, .open = NO_ID};
		*id = s->symbols.n;
	}
	for (uint32_t k = s->first_module[unit]; k < s->first_module[unit + 1]; k++)
		*vec_push(&s->definitions) = (struct definition){
			(uint32_t)*id - 1, s->module_ids.v[k], func, unit, linkage};
}

static void define_unit(struct symbols *s, uint32_t unit)
{
	const struct facts *f = s->program->units[unit];

	for (size_t i = 0; i < f->funcs.n; i++)
		if (f->funcs.v[i].linkage != LINKAGE_STATIC)
			define(s, f->funcs.v[i].symbol, unit, s->first_func[unit] + (uint32_t)i,
			       f->funcs.v[i].linkage);
	for (size_t i = 0; i < f->aliases.n; i++) {
		enum linkage linkage = LINKAGE_STATIC;
		uint32_t func = find_own(s, unit, f->aliases.v[i].symbol, &linkage);

		if (func != NO_ID && linkage != LINKAGE_STATIC)
			define(s, f->aliases.v[i].symbol, unit, func, linkage);
	}
}

static int compare_definitions(const void *pa, const void *pb)
{
	const struct definition *a = pa, *b = pb;

	if (a->symbol != b->symbol)
		return a->symbol < b->symbol ? -1 : 1;
	if (a->module != b->module)
		return a->module < b->module ? -1 : 1;
	if (rank(a->linkage) != rank(b->linkage))
		return rank(a->linkage) - rank(b->linkage);
	return (a->func > b->func) - (a->func < b->func);
}

/* Is `a` to be taken before `b`, which may be NULL? */
static bool is_before(const struct definition *a, const struct definition *b)
{
	if (!b || rank(a->linkage) != rank(b->linkage))
		return !b || rank(a->linkage) < rank(b->linkage);
	return a->func < b->func;
}

/* EXPORT_STATIC_CALL() and EXPORT_TRACEPOINT() stand in assembly for these: nothing in C is marked. */
static bool is_trampoline(const char *symbol)
{
	return str_starts(symbol, "__SCT__") || str_starts(symbol, "__traceiter_");
}

static void sum_up(struct symbols *s, struct symbol *x)
{
	const struct definition *any = NULL, *open = NULL;

	for (uint32_t i = x->first; i < x->first + x->n; i++) {
		const struct definition *d = &s->definitions.v[i];
		bool exported = s->program->funcs[d->func].fact->marks & 1u << MARK_EXPORTED ||
				is_trampoline(x->name);

		if (is_before(d, any))
			any = d;
		if ((exported || !s->closed[d->module]) && is_before(d, open))
			open = d;
	}
	x->any = any ? any->func : NO_ID;
	x->open = open ? open->func : NO_ID;
}

static void sort_definitions(struct symbols *s)
{
	if (s->definitions.n)
		qsort(s->definitions.v, s->definitions.n, sizeof(*s->definitions.v),
		      compare_definitions);
	for (uint32_t i = 0; i < s->definitions.n; i++) {
		struct symbol *x = &s->symbols.v[s->definitions.v[i].symbol];

		if (!x->n++)
			x->first = i;
	}
	for (size_t i = 0; i < s->symbols.n; i++)
		sum_up(s, &s->symbols.v[i]);
}

/* A header's function that several units define is one function, however the compiler marks its copies. */
static bool same_source(const struct program *p, uint32_t a, uint32_t b)
{
	const struct fact_loc *x = &p->funcs[a].fact->loc, *y = &p->funcs[b].fact->loc;

	return x->file && y->file && x->line == y->line && !strcmp(x->file, y->file);
}

/* Definitions of one module stand in a row, the strong ones first. */
static void warn_of_twins(struct symbols *s, struct program *p)
{
	for (size_t i = 0, first = 0; i < s->definitions.n; i++) {
		const struct definition *a = &s->definitions.v[first], *b = &s->definitions.v[i];

		if (a->symbol != b->symbol || a->module != b->module) {
			first = i;
			continue;
		}
		if (a->func == b->func || a->linkage != LINKAGE_EXTERNAL ||
		    b->linkage != LINKAGE_EXTERNAL || same_source(p, a->func, b->func))
			continue;
		*vec_push(&s->warnings) = arena_printf(
			&p->arena,
			"%s is defined in %s and in %s of one module: calls from other units "
			"take the first",
			s->symbols.v[a->symbol].name, p->units[a->unit]->unit,
			p->units[b->unit]->unit);
	}
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
	number_modules(s, p);
	close_modules(s);
	for (uint32_t u = 0; u < p->n_units; u++)
		define_unit(s, u);
	sort_definitions(s);
	warn_of_twins(s, p);
}

/* The one to take first of those that one module has. */
static const struct definition *find_in_module(const struct symbols *s, const struct symbol *x,
					       uint32_t module)
{
	uint32_t low = x->first, high = x->first + x->n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (s->definitions.v[mid].module < module)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == x->first + x->n || s->definitions.v[low].module != module)
		return NULL;
	return &s->definitions.v[low];
}

static const struct symbol *find_shared(const struct symbols *s, const char *name)
{
	uint64_t *id = map_find_str(&s->ids, name);

	return id ? &s->symbols.v[*id - 1] : NULL;
}

uint32_t symbols_find(const struct symbols *s, uint32_t unit, const char *symbol)
{
	enum linkage linkage = LINKAGE_STATIC;
	uint32_t own = find_own(s, unit, symbol, &linkage);
	const struct definition *best = NULL;
	const struct symbol *x;

	if (own != NO_ID && linkage != LINKAGE_WEAK)
		return own;
	x = find_shared(s, symbol);
	if (!x)
		return own;
	for (uint32_t k = s->first_module[unit]; k < s->first_module[unit + 1]; k++) {
		const struct definition *d = find_in_module(s, x, s->module_ids.v[k]);

		if (d && is_before(d, best))
			best = d;
	}
	if (own != NO_ID)
		return best && best->linkage == LINKAGE_EXTERNAL ? best->func : own;
	if (best)
		return best->func;
	return s->module_ids.v[s->first_module[unit]] ? x->open : x->any;
}

uint32_t symbols_hidden(const struct symbols *s, uint32_t unit, const char *symbol)
{
	const struct symbol *x = find_shared(s, symbol);

	return x && symbols_find(s, unit, symbol) == NO_ID ? x->any : NO_ID;
}

bool symbols_same_module(const struct symbols *s, uint32_t a, uint32_t b)
{
	for (uint32_t i = s->first_module[a]; i < s->first_module[a + 1]; i++)
		for (uint32_t k = s->first_module[b]; k < s->first_module[b + 1]; k++)
			if (s->module_ids.v[i] == s->module_ids.v[k])
				return true;
	return false;
}

void symbols_release(struct symbols *s)
{
	free(s->first_func);
	free(s->first_module);
	free(s->closed);
	vec_release(&s->module_ids);
	vec_release(&s->symbols);
	vec_release(&s->definitions);
	vec_release(&s->warnings);
	map_release(&s->modules);
	map_release(&s->ids);
}
