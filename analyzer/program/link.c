#include "program/indirect.h"
#include "program/program.h"
#include "program/symbols.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* Facts of all units -> functions, edges, externals, entries. One call per step in program_link(). */

struct linker {
	struct program *p;
	const struct link_options *options;
	struct symbols symbols;
	struct indirect indirect;
	bool *taken;
	VEC(struct program_edge) edges;
	VEC(const char *) externals; /* in the order of their first call */
	struct map external_ids; /* symbol -> index into externals + 1 */
};

static void number_funcs(struct linker *l)
{
	struct program *p = l->p;
	uint32_t func = 0;

	for (uint32_t u = 0; u < p->n_units; u++)
		p->n_funcs += (uint32_t)p->units[u]->funcs.n;
	p->funcs = arena_array(&p->arena, p->n_funcs, struct program_func);
	for (uint32_t u = 0; u < p->n_units; u++) {
		const struct facts *f = p->units[u];
		uint32_t part = 0;

		for (uint32_t i = 0; i < f->funcs.n; i++, func++) {
			struct program_func *pf = &p->funcs[func];

			pf->fact = &f->funcs.v[i];
			pf->unit = u;
			pf->first_part = part;
			while (part < f->parts.n && f->parts.v[part].func == i)
				part++;
			pf->n_parts = part - pf->first_part;
		}
	}
}

static void index_names(struct program *p)
{
	p->same_name = arena_array(&p->arena, p->n_funcs, uint32_t);
	/* From the last to the first, so that the chains run upwards. */
	for (uint32_t i = p->n_funcs; i-- > 0;) {
		uint64_t *head = map_put_str(&p->by_name, p->funcs[i].fact->name, NULL);

		p->same_name[i] = (uint32_t)*head - 1;
		*head = (uint64_t)i + 1;
	}
}

static uint32_t external_id(struct linker *l, const char *symbol)
{
	bool made;
	uint64_t *id = map_put_str(&l->external_ids, symbol, &made);

	if (made) {
		*vec_push(&l->externals) = symbol;
		*id = l->externals.n;
	}
	return (uint32_t)*id - 1;
}

static void add_edge(struct linker *l, const struct program_edge *pattern, struct candidate c,
		     enum evidence evidence)
{
	struct program_edge *e = vec_push(&l->edges);

	*e = *pattern;
	e->to = c.func;
	e->external = c.symbol ? external_id(l, c.symbol) : NO_ID;
	e->evidence = evidence;
}

/* Has an edge of this site, from `first` on, this target already? An array's element may hold it under two indices. */
static bool has_target(const struct linker *l, size_t first, struct candidate c)
{
	for (size_t i = first; i < l->edges.n; i++) {
		const struct program_edge *e = &l->edges.v[i];

		if (e->to != c.func)
			continue;
		if (!c.symbol || !strcmp(l->externals.v[e->external], c.symbol))
			return true;
	}
	return false;
}

/* Every candidate of a chain; gives how many there were. */
static size_t add_candidates(struct linker *l, const struct program_edge *pattern, const char *slot,
			     uint32_t link, enum evidence evidence)
{
	size_t first = l->edges.n;
	struct candidate c;

	while (indirect_next(&l->indirect, slot, &link, &c))
		if (!slot || !has_target(l, first, c))
			add_edge(l, pattern, c, evidence);
	return l->edges.n - first;
}

/* Candidates of every alternative in a '|'-separated list of slots, or of signatures. */
static size_t add_alternatives(struct linker *l, const struct program_edge *pattern,
			       const char *list, bool slots)
{
	struct arena scratch = {0};
	char *rest = arena_strdup(&scratch, list), *one;
	size_t n = 0;

	while ((one = strsep(&rest, "|")))
		n += slots ? add_candidates(l, pattern, one, indirect_by_slot(&l->indirect, one),
					    indirect_slot_evidence(one))
			   : add_candidates(l, pattern, NULL,
					    indirect_by_signature(&l->indirect, one),
					    EVIDENCE_SIGNATURE);
	arena_release(&scratch);
	return n;
}

static void add_indirect(struct linker *l, const struct program_edge *pattern)
{
	const struct fact_call *c = pattern->call;
	size_t n = 0;

	if (c->slot)
		n = add_alternatives(l, pattern, c->slot, true);
	if (!n && c->signature)
		n = add_alternatives(l, pattern, c->signature, false);
	if (!n)
		add_edge(l, pattern, (struct candidate){NO_ID, NULL}, EVIDENCE_NONE);
}

static void add_edges_of(struct linker *l, uint32_t func, const struct facts *f, uint32_t *call)
{
	struct program_func *pf = &l->p->funcs[func];
	uint32_t index = (uint32_t)(pf->fact - f->funcs.v);

	pf->first_edge = (uint32_t)l->edges.n;
	for (uint32_t site = 0; *call < f->calls.n && f->calls.v[*call].func == index;
	     (*call)++, site++) {
		const struct fact_call *c = &f->calls.v[*call];
		struct program_edge e = {.from = func,
					 .site = site,
					 .kind = c->kind,
					 .depth_bytes = c->depth_bytes,
					 .call = c};
		uint32_t to;

		if (!c->callee) {
			add_indirect(l, &e);
			continue;
		}
		to = symbols_find(&l->symbols, pf->unit, c->callee);
		add_edge(l, &e, (struct candidate){to, to == NO_ID ? c->callee : NULL},
			 EVIDENCE_DIRECT);
	}
	pf->n_edges = (uint32_t)l->edges.n - pf->first_edge;
}

static void add_edges(struct linker *l)
{
	struct program *p = l->p;
	uint32_t func = 0;

	for (uint32_t u = 0; u < p->n_units; u++) {
		uint32_t call = 0;

		for (size_t i = 0; i < p->units[u]->funcs.n; i++)
			add_edges_of(l, func++, p->units[u], &call);
	}
	p->n_edges = (uint32_t)l->edges.n;
	p->edges = arena_memdup(&p->arena, l->edges.v, l->edges.n * sizeof(*l->edges.v));
}

struct named_external {
	const char *symbol;
	uint32_t id;
};

static int compare_externals(const void *a, const void *b)
{
	return strcmp(((const struct named_external *)a)->symbol,
		      ((const struct named_external *)b)->symbol);
}

/* Externals by symbol, with their costs; edges are renumbered. */
static void add_externals(struct linker *l)
{
	struct program *p = l->p;
	struct named_external *sorted = mem_calloc(l->externals.n, sizeof(*sorted));
	uint32_t *renumber = mem_calloc(l->externals.n, sizeof(*renumber));

	p->n_externals = (uint32_t)l->externals.n;
	p->externals = arena_array(&p->arena, p->n_externals, struct program_external);
	for (uint32_t i = 0; i < p->n_externals; i++)
		sorted[i] = (struct named_external){l->externals.v[i], i};
	qsort(sorted, p->n_externals, sizeof(*sorted), compare_externals);
	for (uint32_t i = 0; i < p->n_externals; i++) {
		const struct external_cost *cost =
			l->options->cost ? l->options->cost(l->options->cost_ctx, sorted[i].symbol)
					 : NULL;

		renumber[sorted[i].id] = i;
		p->externals[i].symbol = sorted[i].symbol;
		p->externals[i].cost_bytes = cost ? cost->bytes : BYTES_UNKNOWN;
		p->externals[i].cost_why = cost ? cost->why : NULL;
	}
	for (uint32_t i = 0; i < p->n_edges; i++) {
		if (p->edges[i].external == NO_ID)
			continue;
		p->edges[i].external = renumber[p->edges[i].external];
		p->externals[p->edges[i].external].n_calls++;
	}
	free(sorted);
	free(renumber);
}

/* Incoming edges grouped by callee: a counting sort. */
static void add_in_edges(struct program *p)
{
	uint32_t at = 0;

	p->in_edges = arena_array(&p->arena, p->n_edges, uint32_t);
	for (uint32_t i = 0; i < p->n_edges; i++)
		if (p->edges[i].to != NO_ID)
			p->funcs[p->edges[i].to].n_in++;
	for (uint32_t i = 0; i < p->n_funcs; i++) {
		p->funcs[i].first_in = at;
		at += p->funcs[i].n_in;
		p->funcs[i].n_in = 0;
	}
	for (uint32_t i = 0; i < p->n_edges; i++) {
		struct program_func *to;

		if (p->edges[i].to == NO_ID)
			continue;
		to = &p->funcs[p->edges[i].to];
		p->in_edges[to->first_in + to->n_in++] = i;
	}
}

static void make_entry(struct program *p, uint32_t func, const char *context)
{
	p->funcs[func].is_entry = true;
	p->funcs[func].entry_context = context;
}

static bool has_caller(const struct program *p, uint32_t func)
{
	for (uint32_t i = 0; i < p->funcs[func].n_in; i++)
		if (p->edges[p->in_edges[p->funcs[func].first_in + i]].from != func)
			return true;
	return false;
}

/* Marks what can be reached from `start`, with an explicit stack. */
static void mark_reached(const struct program *p, uint32_t start, bool *reached, uint32_t *stack)
{
	size_t n = 0;

	if (reached[start])
		return;
	reached[start] = true;
	stack[n++] = start;
	while (n) {
		const struct program_func *f = &p->funcs[stack[--n]];

		for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
			uint32_t to = p->edges[i].to;

			if (to == NO_ID || reached[to])
				continue;
			reached[to] = true;
			stack[n++] = to;
		}
	}
}

/* Address-taken functions, functions without a caller, and one function of each cycle that nothing else calls. */
static void find_entries(struct program *p)
{
	bool *reached = mem_calloc(p->n_funcs, sizeof(*reached));
	uint32_t *stack = mem_calloc(p->n_funcs, sizeof(*stack));

	for (uint32_t i = 0; i < p->n_funcs; i++) {
		if (p->funcs[i].address_taken)
			make_entry(p, i, "address taken");
		else if (!has_caller(p, i))
			make_entry(p, i, "no caller");
		if (p->funcs[i].is_entry)
			mark_reached(p, i, reached, stack);
	}
	for (uint32_t i = 0; i < p->n_funcs; i++) {
		if (reached[i])
			continue;
		make_entry(p, i, "no caller");
		mark_reached(p, i, reached, stack);
	}
	free(reached);
	free(stack);
}

static int add_requested(struct program *p, const struct link_options *options, struct error *err)
{
	for (size_t k = 0; k < options->n_entries; k++) {
		struct arena scratch = {0};
		size_t n;
		uint32_t *found = program_find(p, &scratch, options->entries[k], &n);

		for (size_t i = 0; i < n; i++)
			make_entry(p, found[i], "requested");
		arena_release(&scratch);
		if (!n)
			return error_set(err, "--entry %s names no function of the scanned units",
					 options->entries[k]);
	}
	return 0;
}

static void release_linker(struct linker *l)
{
	symbols_release(&l->symbols);
	indirect_release(&l->indirect);
	free(l->taken);
	vec_release(&l->edges);
	vec_release(&l->externals);
	map_release(&l->external_ids);
}

int program_link(struct program *p, const struct facts *const *units, size_t n_units,
		 const struct link_options *options, struct error *err)
{
	struct linker l = {.p = p, .options = options};

	*p = (struct program){.units = units, .n_units = (uint32_t)n_units};
	number_funcs(&l);
	index_names(p);
	symbols_init(&l.symbols, p);
	l.taken = mem_calloc(p->n_funcs, sizeof(*l.taken));
	indirect_init(&l.indirect, &l.symbols, l.taken);
	for (uint32_t i = 0; i < p->n_funcs; i++)
		p->funcs[i].address_taken = l.taken[i] || p->funcs[i].fact->address_taken;
	add_edges(&l);
	add_externals(&l);
	add_in_edges(p);
	find_entries(p);
	p->n_warnings = (uint32_t)l.symbols.warnings.n;
	p->warnings = arena_memdup(&p->arena, l.symbols.warnings.v,
				   l.symbols.warnings.n * sizeof(*p->warnings));
	release_linker(&l);
	return add_requested(p, options, err);
}

void program_release(struct program *p)
{
	map_release(&p->by_name);
	arena_release(&p->arena);
	*p = (struct program){0};
}
