#include "facts/facts.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/*
 * Canonical order: functions by symbol, then place; parts and calls grouped by their function (calls keep their
 * address order, which is their site number); the other tables by content.
 */

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_locs(const struct fact_loc *a, const struct fact_loc *b)
{
	int c = str_compare(a->file, b->file);

	if (!c)
		c = compare_numbers(a->line, b->line);
	return c ? c : compare_numbers(a->column, b->column);
}

/* A function with the index it had before sorting; parts and calls are sorted through such pairs too. */
struct numbered_func {
	struct fact_func func;
	uint32_t was;
};

static int compare_funcs(const void *pa, const void *pb)
{
	const struct numbered_func *a = pa, *b = pb;
	int c = strcmp(a->func.symbol, b->func.symbol);

	if (!c)
		c = compare_locs(&a->func.loc, &b->func.loc);
	return c ? c : compare_numbers(a->was, b->was);
}

static int compare_parts(const void *pa, const void *pb)
{
	const struct fact_part *a = pa, *b = pb;
	int c = compare_numbers(a->func, b->func);

	if (!c)
		c = compare_numbers(b->has_offset, a->has_offset);
	if (!c)
		c = compare_numbers(b->offset, a->offset);
	if (!c)
		c = compare_numbers(a->kind, b->kind);
	if (!c)
		c = str_compare(a->name, b->name);
	if (!c)
		c = compare_locs(&a->loc, &b->loc);
	if (!c)
		c = str_compare(a->declared_in, b->declared_in);
	if (!c)
		c = compare_numbers(b->counted, a->counted);
	return c ? c : compare_numbers(a->bytes, b->bytes);
}

static int compare_binds(const void *pa, const void *pb)
{
	const struct fact_bind *a = pa, *b = pb;
	int c = strcmp(a->symbol, b->symbol);

	if (!c)
		c = str_compare(a->slot, b->slot);
	if (!c)
		c = str_compare(a->object, b->object);
	if (!c)
		c = compare_locs(&a->loc, &b->loc);
	return c ? c : str_compare(a->within, b->within);
}

static int compare_flows(const void *pa, const void *pb)
{
	const struct fact_flow *a = pa, *b = pb;
	int c = strcmp(a->to, b->to);

	if (!c)
		c = str_compare(a->from, b->from);
	if (!c)
		c = compare_numbers(a->kind, b->kind);
	if (!c)
		c = str_compare(a->within, b->within);
	return c ? c : compare_locs(&a->loc, &b->loc);
}

static int compare_args(const void *pa, const void *pb)
{
	const struct fact_arg *a = pa, *b = pb;
	int c = compare_numbers(a->call, b->call);

	if (!c)
		c = compare_numbers(a->position, b->position);
	if (!c)
		c = compare_numbers(a->kind, b->kind);
	if (!c)
		c = str_compare(a->text, b->text);
	if (!c)
		c = compare_numbers(a->number, b->number);
	return c ? c : compare_numbers(a->value, b->value);
}

static int compare_values(const void *pa, const void *pb)
{
	const struct fact_value *a = pa, *b = pb;
	int c = compare_numbers(a->func, b->func);

	if (!c)
		c = compare_numbers(a->returned, b->returned);
	if (!c)
		c = compare_numbers(a->number, b->number);
	return c ? c : str_compare(a->type, b->type);
}

static int compare_guards(const void *pa, const void *pb)
{
	const struct fact_guard *a = pa, *b = pb;
	int c = compare_locs(&a->loc, &b->loc);

	if (!c)
		c = compare_numbers(a->kind, b->kind);
	if (!c)
		c = strcmp(a->within, b->within);
	if (!c)
		c = strcmp(a->measure, b->measure);
	if (!c)
		c = compare_numbers(a->once, b->once);
	return c ? c : compare_numbers(a->threshold, b->threshold);
}

static int compare_annotations(const void *pa, const void *pb)
{
	const struct fact_annotation *a = pa, *b = pb;
	int c = compare_locs(&a->loc, &b->loc);

	if (!c)
		c = strcmp(a->text, b->text);
	return c ? c : str_compare(a->within, b->within);
}

static int compare_mismatches(const void *pa, const void *pb)
{
	const struct fact_mismatch *a = pa, *b = pb;
	int c = compare_numbers(a->func, b->func);

	if (!c)
		c = compare_numbers(a->source, b->source);
	if (!c)
		c = str_compare(a->what, b->what);
	return c ? c : compare_numbers(a->bytes, b->bytes);
}

static int compare_aliases(const void *pa, const void *pb)
{
	const struct fact_alias *a = pa, *b = pb;
	int c = strcmp(a->symbol, b->symbol);

	return c ? c : strcmp(a->target, b->target);
}

static int compare_strings(const void *pa, const void *pb)
{
	return strcmp(*(const char *const *)pa, *(const char *const *)pb);
}

/* Sorts the functions; gives the new number of each old one (freed by the caller). */
static uint32_t *sort_funcs(struct facts *f)
{
	struct numbered_func *numbered = mem_calloc(f->funcs.n, sizeof(*numbered));
	uint32_t *renumber = mem_calloc(f->funcs.n, sizeof(*renumber));

	for (size_t i = 0; i < f->funcs.n; i++)
		numbered[i] = (struct numbered_func){f->funcs.v[i], (uint32_t)i};
	qsort(numbered, f->funcs.n, sizeof(*numbered), compare_funcs);
	for (size_t i = 0; i < f->funcs.n; i++) {
		f->funcs.v[i] = numbered[i].func;
		renumber[numbered[i].was] = (uint32_t)i;
	}
	free(numbered);
	return renumber;
}

/* Groups the calls by caller and keeps their order within it: a counting sort, because qsort() is not stable. */
static void sort_calls(struct facts *f)
{
	struct fact_call *sorted = mem_calloc(f->calls.n, sizeof(*sorted));
	size_t *next = mem_calloc(f->funcs.n + 1, sizeof(*next));
	uint32_t *renumber = mem_calloc(f->calls.n, sizeof(*renumber));

	for (size_t i = 0; i < f->calls.n; i++)
		next[f->calls.v[i].func + 1]++;
	for (size_t i = 0; i < f->funcs.n; i++)
		next[i + 1] += next[i];
	for (size_t i = 0; i < f->calls.n; i++) {
		renumber[i] = (uint32_t)next[f->calls.v[i].func]++;
		sorted[renumber[i]] = f->calls.v[i];
	}
	if (f->calls.n)
		memcpy(f->calls.v, sorted, f->calls.n * sizeof(*sorted));
	for (size_t i = 0; i < f->args.n; i++)
		f->args.v[i].call = renumber[f->args.v[i].call];
	free(sorted);
	free(next);
	free(renumber);
}

typedef int compare_fn(const void *a, const void *b);

/* qsort() must not see the NULL of an empty table. */
static void sort_table(void *v, size_t n, size_t size, compare_fn *compare)
{
	if (n)
		qsort(v, n, size, compare);
}

/* The same and equal records only once: several mentions of one thing in one place. Gives how many are left. */
static size_t sort_unique(void *v, size_t n, size_t size, compare_fn *compare)
{
	char *base = v;
	size_t kept = 0;

	sort_table(v, n, size, compare);
	for (size_t i = 0; i < n; i++) {
		if (kept && !compare(base + (kept - 1) * size, base + i * size))
			continue;
		if (kept != i)
			memcpy(base + kept * size, base + i * size, size);
		kept++;
	}
	return kept;
}

#define SORT(table, compare) sort_table((table).v, (table).n, sizeof(*(table).v), compare)
#define SORT_UNIQUE(table, compare)                                                                \
	((table).n = sort_unique((table).v, (table).n, sizeof(*(table).v), compare))

void facts_sort(struct facts *f)
{
	uint32_t *renumber = sort_funcs(f);

	for (size_t i = 0; i < f->parts.n; i++)
		f->parts.v[i].func = renumber[f->parts.v[i].func];
	for (size_t i = 0; i < f->calls.n; i++)
		f->calls.v[i].func = renumber[f->calls.v[i].func];
	for (size_t i = 0; i < f->values.n; i++)
		f->values.v[i].func = renumber[f->values.v[i].func];
	for (size_t i = 0; i < f->mismatches.n; i++)
		f->mismatches.v[i].func = renumber[f->mismatches.v[i].func];
	free(renumber);
	sort_calls(f);
	SORT(f->mismatches, compare_mismatches);
	SORT(f->parts, compare_parts);
	SORT(f->aliases, compare_aliases);
	SORT_UNIQUE(f->args, compare_args);
	SORT_UNIQUE(f->values, compare_values);
	SORT_UNIQUE(f->binds, compare_binds);
	SORT_UNIQUE(f->flows, compare_flows);
	SORT_UNIQUE(f->guards, compare_guards);
	SORT_UNIQUE(f->annotations, compare_annotations);
	SORT_UNIQUE(f->inputs, compare_strings);
}
