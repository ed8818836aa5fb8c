/*
 * Findings: one order for all writers, and an identity that survives edits elsewhere in the file.
 *
 * The identity (fingerprint) leaves out lines, byte counts and message, so that a baseline still
 * fits after code moved. What remains equal is told apart by a running number: a set of n equal
 * findings always has the same n fingerprints, whichever of them gets which.
 */
#include "rules/finding.h"
#include "base/map.h"
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
		c = strcmp(p->funcs[x->func].fact->symbol, p->funcs[y->func].fact->symbol);
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

/* The source, which two commands may compile; for a function from a header the header, as any of
   its copies may stand for all. */
static void hash_home(struct hash *h, const struct program *p, uint32_t func)
{
	const char *unit = p->units[p->funcs[func].unit]->unit;
	const char *file = p->funcs[func].fact->loc.file;
	size_t len = words_source_len(unit);

	if (file && (strlen(file) != len || memcmp(file, unit, len) != 0)) {
		hash_add_str(h, file);
	} else {
		hash_add(h, unit, len);
		hash_add_str(h, "");
	}
}

static void hash_finding(const struct program *p, const struct finding *x, uint64_t number,
			 char hex[HASH_HEX_SIZE])
{
	struct hash *h = hash_open();

	hash_add_str(h, x->rule);
	hash_add_str(h, p->units[p->funcs[x->func].unit]->target);
	hash_home(h, p, x->func);
	hash_add_str(h, p->funcs[x->func].fact->symbol);
	hash_add_str(h, x->subject);
	if (number) {
		char text[24];

		snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
		hash_add_str(h, text);
	}
	hash_close(h, hex);
	hex[FINGERPRINT_DIGITS] = '\0';
}

void findings_fingerprint(struct findings *f, const struct program *p)
{
	struct arena keys = {0};
	struct map seen = {0};

	for (size_t i = 0; i < f->v.n; i++) {
		struct finding *x = &f->v.v[i];
		uint64_t *n;

		hash_finding(p, x, 0, x->fingerprint);
		n = map_put_str(&seen, arena_strdup(&keys, x->fingerprint), NULL);
		if (*n)
			hash_finding(p, x, *n, x->fingerprint);
		++*n;
	}
	map_release(&seen);
	arena_release(&keys);
}

void findings_release(struct findings *f)
{
	vec_release(&f->v);
	arena_release(&f->arena);
}
