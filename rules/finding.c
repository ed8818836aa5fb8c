/*
 * Findings: one order for all writers, and an identity that survives edits elsewhere in the file.
 *
 * The identity (fingerprint) leaves out lines, byte counts, message and the names of source files, so that a baseline still
 * fits after code moved, also into another file. What remains equal, as of static functions of one name, is told apart by
 * a running number in the order of the files: n equal findings always have the same n fingerprints.
 */
#include "rules/finding.h"
#include "base/mem.h"
#include "base/text.h"
#include "rules/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FINGERPRINT_DIGITS = 32 };

const char *severity_name(enum severity s)
{
	static const char *const names[] = {"note", "warning", "error"};

	return names[s];
}

struct finding *findings_add(struct findings *f, const char *rule, enum severity severity,
			     uint32_t func)
{
	struct finding *x = vec_push(&f->v);

	x->rule = rule;
	x->severity = severity;
	x->func = func;
	x->subject = "";
	x->message = "";
	x->bytes = BYTES_UNKNOWN;
	x->limit = BYTES_UNKNOWN;
	return x;
}

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_places(const struct finding *x, const struct finding *y)
{
	int c = str_compare(x->loc.file, y->loc.file);

	if (!c)
		c = compare_numbers(x->loc.line, y->loc.line);
	return c ? c : compare_numbers(x->loc.column, y->loc.column);
}

static const char *symbol_of(const struct program *p, const struct finding *x)
{
	return x->func == NO_ID ? NULL : p->funcs[x->func].fact->symbol;
}

/* A total order but for findings that nobody could tell apart. */
static int compare_findings(const void *a, const void *b, void *program)
{
	const struct finding *x = a, *y = b;
	const struct program *p = program;
	int c = compare_numbers(y->severity, x->severity);

	if (!c)
		c = compare_numbers(y->bytes, x->bytes);
	if (!c)
		c = compare_places(x, y);
	if (!c)
		c = strcmp(x->rule, y->rule);
	if (!c)
		c = str_compare(symbol_of(p, x), symbol_of(p, y));
	if (!c)
		c = strcmp(x->subject, y->subject);
	if (!c)
		c = compare_numbers(x->func, y->func);
	return c ? c : strcmp(x->message, y->message);
}

void findings_sort(struct findings *f, const struct program *p)
{
	if (f->v.n)
		qsort_r(f->v.v, f->v.n, sizeof(*f->v.v), compare_findings, (void *)(uintptr_t)p);
}

/*
 * Where a function lives: in a link image, whose symbols are unique but for static ones, however its sources are called or
 * cut into files. A function from a header lives in the header, as any of its copies may stand for all.
 */
static void hash_home(struct hash *h, const struct program *p, uint32_t func)
{
	const char *unit = p->units[p->funcs[func].unit]->unit;
	const char *file = p->funcs[func].fact->loc.file;
	size_t len = words_source_len(unit);

	if (file && (strlen(file) != len || memcmp(file, unit, len) != 0)) {
		hash_add_str(h, "file");
		hash_add_str(h, file);
	} else {
		hash_add_str(h, "module");
		hash_add_str(h, program_module(p, p->funcs[func].unit));
	}
}

static void hash_finding(const struct program *p, const struct finding *x, uint64_t number,
			 char hex[HASH_HEX_SIZE])
{
	struct hash *h = hash_open();

	hash_add_str(h, x->rule);
	if (x->func == NO_ID) {
		hash_add_str(h, x->loc.file);
	} else {
		hash_add_str(h, p->units[p->funcs[x->func].unit]->target);
		hash_home(h, p, x->func);
		hash_add_str(h, p->funcs[x->func].fact->symbol);
	}
	hash_add_str(h, x->subject);
	if (number) {
		char text[24];

		snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
		hash_add_str(h, text);
	}
	hash_close(h, hex);
	hex[FINGERPRINT_DIGITS] = '\0';
}

struct numbering {
	const struct findings *findings;
	const struct program *program;
};

/* By place: the order must not depend on sizes, which change. */
static int compare_for_numbers(const void *a, const void *b, void *numbering)
{
	const struct numbering *n = numbering;
	size_t i = *(const size_t *)a, k = *(const size_t *)b;
	const struct finding *x = &n->findings->v.v[i], *y = &n->findings->v.v[k];
	int c = strcmp(x->fingerprint, y->fingerprint);

	if (!c && x->func != NO_ID && y->func != NO_ID)
		c = strcmp(n->program->units[n->program->funcs[x->func].unit]->unit,
			   n->program->units[n->program->funcs[y->func].unit]->unit);
	if (!c)
		c = compare_places(x, y);
	return c ? c : (i > k) - (i < k);
}

void findings_fingerprint(struct findings *f, const struct program *p)
{
	struct numbering numbering = {f, p};
	size_t *order = mem_calloc(f->v.n, sizeof(*order));
	char last[HASH_HEX_SIZE] = "";
	uint64_t number = 0;

	for (size_t i = 0; i < f->v.n; i++) {
		hash_finding(p, &f->v.v[i], 0, f->v.v[i].fingerprint);
		order[i] = i;
	}
	if (f->v.n)
		qsort_r(order, f->v.n, sizeof(*order), compare_for_numbers, &numbering);
	for (size_t i = 0; i < f->v.n; i++) {
		struct finding *x = &f->v.v[order[i]];

		number = i && !strcmp(x->fingerprint, last) ? number + 1 : 0;
		memcpy(last, x->fingerprint, sizeof(last));
		if (number)
			hash_finding(p, x, number, x->fingerprint);
	}
	free(order);
}

void findings_release(struct findings *f)
{
	vec_release(&f->v);
	arena_release(&f->arena);
}
