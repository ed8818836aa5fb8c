#include "program/link.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* Facts of all units -> functions, edges, externals, entries. One call per step in program_link(). */

static const struct model no_model;

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

/* The model's modules go before what the facts say. */
static void name_modules(struct linker *l)
{
	struct program *p = l->p;

	p->modules = arena_array(&p->arena, p->n_units, const char *);
	for (uint32_t u = 0; u < p->n_units; u++) {
		const struct facts *f = p->units[u];

		p->modules[u] = f->module;
		/* From the last to the first: the first one that fits counts. */
		for (size_t i = l->model->modules.n; i-- > 0;) {
			const struct model_module *m = &l->model->modules.v[i];

			if (pattern_fits(m->pattern, f->unit) ||
			    (f->module && pattern_fits(m->pattern, f->module)))
				p->modules[u] = m->name;
		}
	}
}

struct place {
	uint32_t site, edge;
};

static int compare_places(const void *pa, const void *pb)
{
	const struct place *a = pa, *b = pb;

	if (a->site != b->site)
		return a->site < b->site ? -1 : 1;
	return (a->edge > b->edge) - (a->edge < b->edge);
}

/* Edges by caller, then by site, then as they were made. first[i]: place of the caller's first one. */
static struct place *order_edges(const struct linker *l, uint32_t *first)
{
	uint32_t n = l->p->n_funcs;
	struct place *places = mem_calloc(l->edges.n, sizeof(*places));

	for (size_t i = 0; i < l->edges.n; i++)
		first[l->edges.v[i].from + 2]++;
	for (uint32_t i = 2; i < n + 2; i++)
		first[i] += first[i - 1];
	for (uint32_t i = 0; i < l->edges.n; i++)
		places[first[l->edges.v[i].from + 1]++] = (struct place){l->edges.v[i].site, i};
	for (uint32_t i = 0; i < n; i++)
		if (first[i + 1] > first[i] + 1)
			qsort(places + first[i], first[i + 1] - first[i], sizeof(*places),
			      compare_places);
	return places;
}

/* Edges get their final numbers, and what counts in the old ones follows. */
static void place_edges(struct linker *l)
{
	struct program *p = l->p;
	uint32_t *first = mem_calloc((size_t)p->n_funcs + 2, sizeof(*first));
	struct place *places = order_edges(l, first);
	uint32_t *number = mem_calloc(l->edges.n, sizeof(*number));

	p->n_edges = (uint32_t)l->edges.n;
	p->edges = arena_array(&p->arena, p->n_edges, struct program_edge);
	for (uint32_t i = 0; i < p->n_edges; i++) {
		p->edges[i] = l->edges.v[places[i].edge];
		number[places[i].edge] = i;
	}
	for (uint32_t i = 0; i < p->n_edges; i++)
		if (p->edges[i].through != NO_ID)
			p->edges[i].through = number[p->edges[i].through];
	for (uint32_t i = 0; i < p->n_funcs; i++) {
		p->funcs[i].first_edge = first[i];
		p->funcs[i].n_edges = first[i + 1] - first[i];
	}
	free(first);
	free(places);
	free(number);
	vec_release(&l->edges);
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

/* By the model, then by annotations. */
static void describe_external(struct linker *l, struct program_external *x,
			      const struct model_external *m)
{
	const struct model *all = l->model;
	const char *name = link_source_name(l, x->symbol);

	x->model = m;
	x->cost_bytes = m ? m->bytes : BYTES_UNKNOWN;
	x->cost_why = m && m->bytes != BYTES_UNKNOWN ? m->why : NULL;
	x->noreturn = m && m->noreturn;
	for (size_t i = 0; i < all->annotations.n; i++) {
		const struct annotation *a = &all->annotations.v[i];

		if ((a->kind != ANNOTATE_COST && a->kind != ANNOTATE_NORETURN) ||
		    (strcmp(a->function, x->symbol) != 0 && strcmp(a->function, name) != 0))
			continue;
		l->p->annotation_used[i] = true;
		if (a->kind == ANNOTATE_NORETURN) {
			x->noreturn = true;
			continue;
		}
		x->cost_bytes = a->number;
		x->cost_why = a->why ? a->why : "annotation";
		x->by_annotation = true;
	}
	if (x->cost_bytes != BYTES_UNKNOWN || x->noreturn || all->unknown_external <= 0)
		return;
	x->cost_bytes = all->unknown_external;
	x->cost_why = "counted for every function of unknown cost";
	x->assumed = true;
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
		renumber[sorted[i].id] = i;
		p->externals[i].symbol = sorted[i].symbol;
		describe_external(l, &p->externals[i], l->external_models.v[sorted[i].id]);
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

static void release_linker(struct linker *l)
{
	symbols_release(&l->symbols);
	flows_release(l->flows);
	link_notes_release(&l->notes);
	free(l->taken);
	free(l->tables);
	vec_release(&l->edges);
	vec_release(&l->param_sites);
	vec_release(&l->param_targets);
	vec_release(&l->passed);
	vec_release(&l->externals);
	vec_release(&l->external_models);
	vec_release(&l->named_entries);
	vec_release(&l->entry_slots);
	vec_release(&l->completions);
	map_release(&l->passed_to);
	map_release(&l->external_ids);
	map_release(&l->slot_entries);
	map_release(&l->hidden);
	arena_release(&l->scratch);
}

/* What flows where, and what the model and annotations say of functions. */
static void prepare(struct linker *l)
{
	struct program *p = l->p;

	for (uint32_t u = 0; u < p->n_units; u++)
		l->decorated |=
			p->units[u]->target[0] == 'i' && (strstr(p->units[u]->target, "windows") ||
							  strstr(p->units[u]->target, "mingw"));
	number_funcs(l);
	index_names(p);
	name_modules(l);
	symbols_init(&l->symbols, p);
	l->taken = mem_calloc(p->n_funcs, sizeof(*l->taken));
	l->flows = flows_solve(&l->symbols, l->taken);
	for (uint32_t i = 0; i < p->n_funcs; i++)
		p->funcs[i].address_taken = l->taken[i] || p->funcs[i].fact->address_taken;
	link_notes_init(l);
	link_notes_functions(l);
	entries_model(l);
	link_index_passed(l);
}

int program_link(struct program *p, const struct facts *const *units, size_t n_units,
		 const struct link_options *options, struct error *err)
{
	struct linker l = {.p = p, .options = options};
	int status;

	l.model = options->model ? options->model : &no_model;
	*p = (struct program){.units = units, .n_units = (uint32_t)n_units, .model = l.model};
	prepare(&l);
	link_calls(&l);
	link_params(&l);
	/* The largest table of all has served its turn. */
	flows_release(l.flows);
	l.flows = NULL;
	place_edges(&l);
	add_externals(&l);
	add_in_edges(p);
	status = entries_rest(&l, err);
	p->n_warnings = (uint32_t)l.symbols.warnings.n;
	p->warnings = arena_memdup(&p->arena, l.symbols.warnings.v,
				   l.symbols.warnings.n * sizeof(*p->warnings));
	release_linker(&l);
	return status;
}

void program_release(struct program *p)
{
	map_release(&p->by_name);
	arena_release(&p->arena);
	*p = (struct program){0};
}
