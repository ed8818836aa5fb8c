#include "program/program.h"

#include "base/text.h"
#include "base/vec.h"

#include <string.h>

/* Look-ups in a linked program, and its invariants. */

const char *evidence_name(enum evidence e)
{
	static const char *const names[EVIDENCE_COUNT] = {
		"direct",   "field",	  "variable", "parameter", "return",
		"platform", "annotation", "measured", "signature", "none"};

	return names[e];
}

/* "b.c:f" or "a/b.c:f" asks for the f of a unit whose path ends so, at a slash. */
static bool unit_matches(const char *unit, const char *end, size_t len)
{
	size_t n = strlen(unit);

	return n >= len && !memcmp(unit + n - len, end, len) &&
	       (n == len || unit[n - len - 1] == '/');
}

uint32_t *program_find(const struct program *p, struct arena *a, const char *name, size_t *n)
{
	const char *colon = strrchr(name, ':');
	const char *plain = colon ? colon + 1 : name;
	uint32_t *ids = NULL;
	size_t found = 0;

	for (int pass = 0; pass < 2; pass++) {
		if (pass)
			ids = arena_array(a, found + 1, uint32_t);
		found = 0;
		for (uint32_t i = 0; i < p->n_funcs; i++) {
			const struct fact_func *f = p->funcs[i].fact;

			if (strcmp(f->name, plain) && strcmp(f->symbol, plain))
				continue;
			if (colon && !unit_matches(p->units[p->funcs[i].unit]->unit, name,
						   (size_t)(colon - name)))
				continue;
			if (pass)
				ids[found] = i;
			found++;
		}
	}
	*n = found;
	return ids;
}

const char *program_func_label(const struct program *p, struct arena *a, uint32_t func)
{
	const struct fact_func *f = p->funcs[func].fact;
	uint64_t *first = map_find_str(&p->by_name, f->name);

	if (first && *first - 1 == func && p->same_name[func] == NO_ID)
		return f->name;
	return arena_printf(a, "%s:%s", p->units[p->funcs[func].unit]->unit, f->symbol);
}

static void check_edges_of(const struct program *p, uint32_t func)
{
	const struct program_func *f = &p->funcs[func];
	uint32_t site = 0;

	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
		const struct program_edge *e = &p->edges[i];

		if (e->from != func || e->site < site)
			BUG("edge %u of function %u is out of place", i, func);
		if (e->to != NO_ID && e->to >= p->n_funcs)
			BUG("edge %u leads to function %u of %u", i, e->to, p->n_funcs);
		if (e->external != NO_ID && (e->external >= p->n_externals || e->to != NO_ID))
			BUG("edge %u leads to external %u of %u", i, e->external, p->n_externals);
		if ((e->evidence == EVIDENCE_NONE) != (e->to == NO_ID && e->external == NO_ID))
			BUG("edge %u has evidence %s but %s target", i, evidence_name(e->evidence),
			    e->to == NO_ID ? "no" : "a");
		site = e->site;
	}
}

static void check_parts_of(const struct program *p, uint32_t func)
{
	const struct program_func *f = &p->funcs[func];
	bool whole;
	int64_t sum;

	if (!f->n_parts)
		return;
	sum = facts_parts_sum(p->units[f->unit]->parts.v + f->first_part, f->n_parts, &whole);
	if (whole && sum != f->fact->frame_bytes)
		BUG("the parts of function %u add up to %lld bytes, its frame has %lld", func,
		    (long long)sum, (long long)f->fact->frame_bytes);
}

void program_check(const struct program *p)
{
	uint32_t edges = 0, in = 0;

	for (uint32_t i = 0; i < p->n_funcs; i++) {
		const struct program_func *f = &p->funcs[i];

		if (f->first_edge != edges || f->first_in != in)
			BUG("function %u does not follow its predecessor", i);
		if (!f->fact || f->unit >= p->n_units || f->is_entry != !!f->entry_context)
			BUG("function %u is incomplete", i);
		check_edges_of(p, i);
		check_parts_of(p, i);
		for (uint32_t k = 0; k < f->n_in; k++)
			if (p->edges[p->in_edges[f->first_in + k]].to != i)
				BUG("incoming edge %u of function %u leads elsewhere", k, i);
		edges += f->n_edges;
		in += f->n_in;
	}
	if (edges != p->n_edges)
		BUG("%u edges belong to functions, %u exist", edges, p->n_edges);
	for (uint32_t i = 1; i < p->n_externals; i++)
		if (strcmp(p->externals[i - 1].symbol, p->externals[i].symbol) >= 0)
			BUG("externals are not sorted");
}
