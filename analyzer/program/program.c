#include "program/program.h"

#include "base/text.h"
#include "base/vec.h"

#include <string.h>

/* Look-ups in a linked program, and its invariants. */

int id_compare(const void *pa, const void *pb)
{
	uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;

	return (a > b) - (a < b);
}

const char *evidence_name(enum evidence e)
{
	static const char *const names[EVIDENCE_COUNT] = {
		"direct",   "field",	  "variable", "parameter", "return",
		"platform", "annotation", "measured", "signature", "none"};

	return names[e];
}

bool program_path_ends(const char *path, const char *end, size_t len)
{
	size_t n = strlen(path);

	return n >= len && !memcmp(path + n - len, end, len) &&
	       (n == len || path[n - len - 1] == '/');
}

int64_t program_frame_bytes(const struct program *p, uint32_t func)
{
	const struct program_func *f = &p->funcs[func];

	return f->frame_limit_bytes ? f->frame_limit_bytes : f->fact->frame_bytes;
}

const char *program_module(const struct program *p, uint32_t unit)
{
	return p->modules ? p->modules[unit] : p->units[unit]->module;
}

bool program_edge_unresolved(const struct program_edge *e)
{
	return e->to == NO_ID && e->external == NO_ID;
}

/* "b.c:f" or "a/b.c:f" asks for the f of a unit whose path ends so. */

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
			if (colon && !program_path_ends(p->units[p->funcs[i].unit]->unit, name,
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

static void check_target(const struct program *p, const struct program_edge *e, uint32_t number)
{
	bool named = e->evidence == EVIDENCE_DIRECT || e->evidence == EVIDENCE_SIGNATURE;

	if (e->to != NO_ID && e->to >= p->n_funcs)
		BUG("edge %u leads to function %u of %u", number, e->to, p->n_funcs);
	if (e->external != NO_ID && (e->external >= p->n_externals || e->to != NO_ID))
		BUG("edge %u leads to external %u of %u", number, e->external, p->n_externals);
	if (program_edge_unresolved(e) ? named : e->evidence == EVIDENCE_NONE)
		BUG("edge %u has evidence %s but %s target", number, evidence_name(e->evidence),
		    program_edge_unresolved(e) ? "no" : "a");
}

/* It stands for an edge of a function that is called by name at the same site. */
static void check_through(const struct program *p, const struct program_edge *e, uint32_t number)
{
	uint32_t first = p->funcs[e->from].first_edge;
	const struct program_edge *t;

	if (e->through >= p->n_edges || !p->edges[e->through].by_caller)
		BUG("edge %u stands for none that its caller passes", number);
	t = &p->edges[e->through];
	for (uint32_t i = number; i > first && p->edges[i - 1].site == e->site; i--)
		if (p->edges[i - 1].to == t->from && p->edges[i - 1].evidence == EVIDENCE_DIRECT)
			return;
	BUG("edge %u stands for one of function %u, which is not called there", number, t->from);
}

static void check_edges_of(const struct program *p, uint32_t func)
{
	const struct program_func *f = &p->funcs[func];
	uint32_t site = 0;

	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
		const struct program_edge *e = &p->edges[i];

		if (e->from != func || e->site < site)
			BUG("edge %u of function %u is out of place", i, func);
		check_target(p, e, i);
		if (e->through != NO_ID)
			check_through(p, e, i);
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

const struct fact_arg *program_call_arg(const struct program *p, const struct program_edge *e,
					uint32_t position)
{
	const struct facts *f = p->units[p->funcs[e->from].unit];
	uint32_t call = (uint32_t)(e->call - f->calls.v);
	size_t low = 0, high = f->args.n;

	/* Arguments are sorted by call, then position. */
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct fact_arg *arg = &f->args.v[mid];

		if (arg->call < call || (arg->call == call && arg->position < position))
			low = mid + 1;
		else
			high = mid;
	}
	return low < f->args.n && f->args.v[low].call == call && f->args.v[low].position == position
		       ? &f->args.v[low]
		       : NULL;
}
