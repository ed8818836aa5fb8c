#include "stack/reentry.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/*
 * IoCallDriver() in one driver may end in the dispatch routine of the same driver, on the same stack: the model names such
 * external functions, and the entries that they come back into, by context or by slot. For each call of one: how deep the deepest
 * such entry of the caller's module is. For people: each such circle once, by a shortest way from an entry to a call.
 *
 * What ends a request comes back only into a driver that stands on another one: a driver of hardware is always the lowest. So
 * the model may name what a module must call for that.
 */

/* Entries of one context in one module. */
struct group {
	const char *context;
	const char *module; /* NULL: the units that know none */
	VEC(uint32_t) entries;
	uint32_t deepest; /* of them */
	bool searching;
};

struct finder {
	const struct program *p;
	struct depths *d;
	const struct solution *first;
	struct arena arena;
	struct map contexts; /* words of the model: whether they are a context of interest */
	struct map groups; /* "CONTEXT\nMODULE" -> group + 1 */
	struct map callers; /* "PATTERNS\nMODULE" -> whether the module calls one */
	VEC(struct group) groups_v;
	VEC(struct reentry_cost) costs;
	VEC(struct reentry) reentries;
	uint32_t *stamp, *queue, *source; /* by function, of the breadth-first search */
	uint32_t now;
	struct map told; /* external, group: told already */
};

static bool is_completion(const char *context)
{
	return str_starts(context, "completion");
}

/* The next of the names with ',' (or ':') between them; NULL at the end. */
static char *next_name(char **rest, const char *separator)
{
	char *one = *rest ? strsep(rest, separator) : NULL;

	return one ? one + strspn(one, " ") : NULL;
}

static bool comes_back(const struct program *p, const struct program_edge *e)
{
	const struct program_external *x;

	if (e->external == NO_ID || !edge_is_followed(e) || e->evidence == EVIDENCE_SIGNATURE)
		return false;
	x = &p->externals[e->external];
	return x->model && x->model->reenters && !x->by_annotation;
}

static bool collect_contexts(struct finder *f)
{
	for (uint32_t i = 0; i < f->p->n_externals; i++) {
		const struct model_external *m = f->p->externals[i].model;
		char *rest = m && m->reenters ? arena_strdup(&f->arena, m->reenters) : NULL, *one;

		while ((one = next_name(&rest, ",")))
			if (*one && !is_completion(one))
				map_put_str(&f->contexts, one, NULL);
	}
	return f->contexts.n > 0;
}

/* Does the slot, an array's whose index is not known, hold the element that the word names? */
static bool may_be_element(const char *word, const char *slot)
{
	const char *index = strstr(slot, "[]");

	return index && !strncmp(word, slot, (size_t)(index - slot) + 1);
}

/* By any of its slots; one without an index only counts where no other says which elements are meant. */
static bool slot_fits(const struct program *p, const struct program_func *f, const char *word)
{
	const char *const *slots = p->entry_slots + f->first_entry_slot;

	for (uint32_t i = 0; i < f->n_entry_slots; i++)
		if (pattern_fits(word, slots[i]))
			return true;
	if (f->n_entry_slots)
		return f->n_entry_slots == 1 && may_be_element(word, slots[0]);
	return f->entry_how && pattern_fits(word, f->entry_how);
}

/* The context "dispatch" is that of a "dispatch routine" too; "field:struct file_operations.fsync" is a slot. */
static bool entry_fits(const struct program *p, const struct program_func *f, const char *word)
{
	size_t n = strlen(word);

	if (strchr(word, ':'))
		return slot_fits(p, f, word);
	return !strncmp(f->entry_context, word, n) &&
	       (!f->entry_context[n] || f->entry_context[n] == ' ');
}

static struct group *find_group(struct finder *f, const char *context, const char *module,
				bool make)
{
	const char *key = arena_printf(&f->arena, "%s\n%s", context, module ? module : "");
	bool made = false;
	uint64_t *id = make ? map_put_str(&f->groups, key, &made) : map_find_str(&f->groups, key);
	struct group *g;

	if (!id)
		return NULL;
	if (made) {
		g = vec_push(&f->groups_v);
		g->context = context;
		g->module = module;
		g->deepest = NO_ID;
		*id = f->groups_v.n;
	}
	return &f->groups_v.v[*id - 1];
}

static void add_entry(struct finder *f, uint32_t func, const char *context, const char *module)
{
	struct group *g = find_group(f, context, module, true);

	*vec_push(&g->entries) = func;
	if (g->deepest == NO_ID || f->first->bytes[func] > f->first->bytes[g->deepest])
		g->deepest = func;
}

static void collect_entries(struct finder *f)
{
	for (uint32_t i = 0; i < f->p->n_funcs; i++) {
		const struct program_func *pf = &f->p->funcs[i];
		const char *module = program_module(f->p, pf->unit);

		for (size_t c = 0; pf->is_entry && c < f->contexts.n; c++) {
			const char *context = f->contexts.entries[c].key;
			char *rest, *one;

			if (!entry_fits(f->p, pf, context))
				continue;
			if (!module)
				add_entry(f, i, context, NULL);
			rest = module ? arena_strdup(&f->arena, module) : NULL;
			while ((one = next_name(&rest, ":")))
				add_entry(f, i, context, one);
		}
	}
}

static bool in_module(const struct finder *f, uint32_t func, const char *module)
{
	const char *have = program_module(f->p, f->p->funcs[func].unit);
	size_t n;

	if (!have || !module)
		return have == module;
	for (; *have; have += n + (have[n] == ':')) {
		n = strcspn(have, ":");
		if (n == strlen(module) && !memcmp(have, module, n))
			return true;
	}
	return false;
}

static bool fits_one(struct finder *f, const char *patterns, const char *symbol)
{
	char *rest = arena_strdup(&f->arena, patterns), *one;

	while ((one = next_name(&rest, ",")))
		if (pattern_fits(one, symbol))
			return true;
	return false;
}

/* Does code of the module call an external function that fits one of the patterns? */
static bool module_calls(struct finder *f, const char *module, const char *patterns)
{
	const struct program *p = f->p;
	bool made;
	uint64_t *known = map_put_str(
		&f->callers, arena_printf(&f->arena, "%s\n%s", patterns, module ? module : ""),
		&made);

	for (uint32_t i = 0; made && !*known && i < p->n_edges; i++)
		*known = p->edges[i].external != NO_ID && in_module(f, p->edges[i].from, module) &&
			 fits_one(f, patterns, p->externals[p->edges[i].external].symbol);
	return *known;
}

typedef void group_fn(struct finder *f, uint32_t edge, struct group *g);

/* The groups that the edge's external may come back into from its caller. */
static void each_group(struct finder *f, uint32_t edge, group_fn *fn)
{
	const struct program_edge *e = &f->p->edges[edge];
	const char *module = program_module(f->p, f->p->funcs[e->from].unit);
	const struct model_external *m = f->p->externals[e->external].model;
	char *contexts = arena_strdup(&f->arena, m->reenters), *context;

	while ((context = next_name(&contexts, ","))) {
		char *rest = arena_strdup(&f->arena, module ? module : ""), *one;

		while ((one = next_name(&rest, ":"))) {
			struct group *g = find_group(f, context, *one ? one : NULL, false);

			if (g &&
			    (!m->reentry_needs || module_calls(f, g->module, m->reentry_needs)))
				fn(f, edge, g);
		}
	}
}

static void add_cost(struct finder *f, uint32_t edge, struct group *g)
{
	const struct model_external *m = f->p->externals[f->p->edges[edge].external].model;
	int64_t bytes = (int64_t)m->reentry_depth * f->first->bytes[g->deepest];
	struct reentry_cost *last = f->costs.n ? &f->costs.v[f->costs.n - 1] : NULL;

	if (!last || last->edge != edge)
		*vec_push(&f->costs) = (struct reentry_cost){edge, bytes};
	else if (bytes > last->bytes)
		last->bytes = bytes;
}

/* A circle is told once for an external, a context and a module; an entry that serves several slots, once for them all. */
static void tell(struct finder *f, uint32_t edge, struct group *g)
{
	const struct program_edge *e = &f->p->edges[edge];
	uint32_t entry = f->source[e->from];
	bool by_group, by_entry;

	if (!g->searching || entry == NO_ID || f->stamp[e->from] != f->now)
		return;
	map_put_str(&f->told,
		    arena_printf(&f->arena, "%u %zu", e->external, (size_t)(g - f->groups_v.v)),
		    &by_group);
	if (!by_group)
		return;
	map_put_str(&f->told, arena_printf(&f->arena, "%u entry %u", e->external, entry),
		    &by_entry);
	if (by_entry)
		*vec_push(&f->reentries) = (struct reentry){edge, entry};
}

static void reach(struct finder *f, uint32_t func, uint32_t source, uint32_t *tail)
{
	if (f->stamp[func] == f->now)
		return;
	f->stamp[func] = f->now;
	f->source[func] = source;
	f->queue[(*tail)++] = func;
}

/* Breadth first through the module, from all entries of the group at once. */
static void search(struct finder *f, struct group *g)
{
	uint32_t head = 0, tail = 0;

	f->now++;
	g->searching = true;
	for (size_t i = 0; i < g->entries.n; i++)
		reach(f, g->entries.v[i], g->entries.v[i], &tail);
	while (head < tail) {
		uint32_t func = f->queue[head++];
		const struct program_func *pf = &f->p->funcs[func];

		for (uint32_t i = pf->first_edge; i < pf->first_edge + pf->n_edges; i++) {
			const struct program_edge *e = &f->p->edges[i];

			if (edge_is_believed(e) && in_module(f, e->to, g->module))
				reach(f, e->to, f->source[func], &tail);
			else if (comes_back(f->p, e))
				each_group(f, i, tell);
		}
	}
	g->searching = false;
}

static int compare_reentries(const void *pa, const void *pb)
{
	const struct reentry *a = pa, *b = pb;

	if (a->edge != b->edge)
		return a->edge < b->edge ? -1 : 1;
	return (a->entry > b->entry) - (a->entry < b->entry);
}

static void search_all(struct finder *f)
{
	f->stamp = mem_calloc(f->p->n_funcs, sizeof(*f->stamp));
	f->queue = mem_calloc(f->p->n_funcs, sizeof(*f->queue));
	f->source = mem_calloc(f->p->n_funcs, sizeof(*f->source));
	for (size_t i = 0; i < f->groups_v.n; i++)
		search(f, &f->groups_v.v[i]);
	if (f->reentries.n)
		qsort(f->reentries.v, f->reentries.n, sizeof(*f->reentries.v), compare_reentries);
	free(f->stamp);
	free(f->queue);
	free(f->source);
}

static bool give(struct finder *f)
{
	struct depths *d = f->d;
	bool adds = false;

	d->n_reentry_costs = (uint32_t)f->costs.n;
	d->reentry_costs = arena_memdup(&d->arena, f->costs.v, f->costs.n * sizeof(*f->costs.v));
	d->n_reentries = (uint32_t)f->reentries.n;
	d->reentries =
		arena_memdup(&d->arena, f->reentries.v, f->reentries.n * sizeof(*f->reentries.v));
	for (size_t i = 0; i < f->costs.n; i++)
		adds |= f->costs.v[i].bytes > 0;
	return adds;
}

static void release(struct finder *f)
{
	for (size_t i = 0; i < f->groups_v.n; i++)
		vec_release(&f->groups_v.v[i].entries);
	vec_release(&f->groups_v);
	vec_release(&f->costs);
	vec_release(&f->reentries);
	map_release(&f->contexts);
	map_release(&f->groups);
	map_release(&f->callers);
	map_release(&f->told);
	arena_release(&f->arena);
}

static int compare_costs(const void *pa, const void *pb)
{
	const struct reentry_cost *a = pa, *b = pb;

	return (a->edge > b->edge) - (a->edge < b->edge);
}

const struct reentry_cost *reentry_cost_of(const struct depths *d, uint32_t edge)
{
	const struct reentry_cost key = {edge, 0};

	if (!d->n_reentry_costs)
		return NULL;
	return bsearch(&key, d->reentry_costs, d->n_reentry_costs, sizeof(key), compare_costs);
}

bool reentry_find(struct depths *d, const struct program *p, const struct solution *first)
{
	struct finder f = {.p = p, .d = d, .first = first};
	bool adds = false;

	if (collect_contexts(&f)) {
		collect_entries(&f);
		for (uint32_t i = 0; i < p->n_edges; i++)
			if (comes_back(p, &p->edges[i]))
				each_group(&f, i, add_cost);
		search_all(&f);
		adds = give(&f);
	}
	release(&f);
	return adds;
}
