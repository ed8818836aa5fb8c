#include "facts/facts.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/*
 * Canonical order: functions by symbol, then place; parts and calls grouped by their function (calls keep their
 * address order, which is their site number); the other tables by content.
 */

const char *frame_kind_name(enum frame_kind k)
{
	static const char *const names[] = {"fixed", "bounded", "dynamic", "estimated",
					    "unmeasured"};

	return names[k];
}

const char *frame_origin_name(enum frame_origin o)
{
	static const char *const names[] = {"recompiled", "shipped"};

	return names[o];
}

const char *linkage_name(enum linkage l)
{
	static const char *const names[] = {"external", "static", "weak", "inline"};

	return names[l];
}

const char *call_kind_name(enum call_kind k)
{
	static const char *const names[] = {"direct", "tail", "indirect", "indirect-tail"};

	return names[k];
}

const char *check_source_name(enum check_source s)
{
	static const char *const names[] = {"su", "ci", "unwind"};

	return names[s];
}

const char *part_kind_name(enum part_kind k)
{
	static const char *const names[] = {"variable",	   "spill",   "protector", "dynamic",
					    "return",	   "saved",   "arguments", "pushed",
					    "realignment", "padding", "unknown"};

	return names[k];
}

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
		c = compare_locs(&a->loc, &b->loc);
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

	for (size_t i = 0; i < f->calls.n; i++)
		next[f->calls.v[i].func + 1]++;
	for (size_t i = 0; i < f->funcs.n; i++)
		next[i + 1] += next[i];
	for (size_t i = 0; i < f->calls.n; i++)
		sorted[next[f->calls.v[i].func]++] = f->calls.v[i];
	if (f->calls.n)
		memcpy(f->calls.v, sorted, f->calls.n * sizeof(*sorted));
	free(sorted);
	free(next);
}

static void sort_inputs(struct facts *f)
{
	size_t n = 0;

	if (f->inputs.n)
		qsort(f->inputs.v, f->inputs.n, sizeof(*f->inputs.v), compare_strings);
	for (size_t i = 0; i < f->inputs.n; i++)
		if (!n || strcmp(f->inputs.v[n - 1], f->inputs.v[i]))
			f->inputs.v[n++] = f->inputs.v[i];
	f->inputs.n = n;
}

/* Several mentions of one function in one place are one bind. */
static void sort_binds(struct facts *f)
{
	size_t n = 0;

	if (f->binds.n)
		qsort(f->binds.v, f->binds.n, sizeof(*f->binds.v), compare_binds);
	for (size_t i = 0; i < f->binds.n; i++)
		if (!n || compare_binds(&f->binds.v[n - 1], &f->binds.v[i]))
			f->binds.v[n++] = f->binds.v[i];
	f->binds.n = n;
}

void facts_sort(struct facts *f)
{
	uint32_t *renumber = sort_funcs(f);

	for (size_t i = 0; i < f->parts.n; i++)
		f->parts.v[i].func = renumber[f->parts.v[i].func];
	for (size_t i = 0; i < f->calls.n; i++)
		f->calls.v[i].func = renumber[f->calls.v[i].func];
	for (size_t i = 0; i < f->mismatches.n; i++)
		f->mismatches.v[i].func = renumber[f->mismatches.v[i].func];
	free(renumber);
	if (f->mismatches.n)
		qsort(f->mismatches.v, f->mismatches.n, sizeof(*f->mismatches.v),
		      compare_mismatches);
	if (f->parts.n)
		qsort(f->parts.v, f->parts.n, sizeof(*f->parts.v), compare_parts);
	sort_calls(f);
	sort_binds(f);
	if (f->aliases.n)
		qsort(f->aliases.v, f->aliases.n, sizeof(*f->aliases.v), compare_aliases);
	sort_inputs(f);
}

int64_t facts_parts_sum(const struct fact_part *parts, size_t n, bool *whole)
{
	int64_t sum = 0;

	*whole = false;
	for (size_t i = 0; i < n; i++) {
		*whole |= parts[i].kind >= PART_RETURN;
		sum += parts[i].counted;
	}
	return sum;
}

void facts_release(struct facts *f)
{
	vec_release(&f->problems);
	vec_release(&f->inputs);
	vec_release(&f->funcs);
	vec_release(&f->parts);
	vec_release(&f->calls);
	vec_release(&f->binds);
	vec_release(&f->aliases);
	vec_release(&f->mismatches);
	arena_release(&f->arena);
}
