/*
 * tests/program/NAME.facts: hand-written units, then "expect" lines about the linked program and its depths. No compiler
 * is needed; every number in there was chosen by hand.
 *
 *	expect depth FUNC BYTES|? BOUND [REASON...]
 *	expect possible FUNC BYTES
 *	expect path FUNC FUNC...            the worst path, its start first
 *	expect entry FUNC CONTEXT / expect no-entry FUNC
 *	expect edge FUNC SITE TARGET|- EVIDENCE
 *	expect cycle certain|possible BYTES FUNC...
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/text.h"
#include "stack/stack.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_UNITS = 16, MAX_WORDS = 32 };

struct test {
	const char *file;
	struct facts units[MAX_UNITS];
	const struct facts *pointers[MAX_UNITS];
	size_t n_units;
	struct program program;
	struct depths depths;
	struct arena arena;
	char *words[MAX_WORDS + 1];
	size_t n_words;
};

static uint32_t find(struct test *t, const char *name)
{
	size_t n;
	uint32_t *ids = program_find(&t->program, &t->arena, name, &n);

	if (n != 1)
		fail_msg("%s: %zu functions are called %s", t->file, n, name);
	return ids[0];
}

static bool has_words(struct test *t, size_t from, const char *text)
{
	struct buf joined = {0};
	bool same;

	for (size_t i = from; i < t->n_words; i++)
		buf_printf(&joined, "%s%s", i > from ? " " : "", t->words[i]);
	same = !strcmp(buf_str(&joined), text);
	buf_release(&joined);
	return same;
}

static void check_depth(struct test *t)
{
	const struct depth *d = &t->depths.v[find(t, t->words[2])];
	struct buf reasons = {0};
	int64_t bytes = strcmp(t->words[3], "?") ? atoll(t->words[3]) : BYTES_UNKNOWN;

	for (unsigned r = 0; r < REASON_COUNT; r++)
		if (d->reasons & 1u << r)
			buf_printf(&reasons, "%s%s", reasons.len ? " " : "",
				   reason_name((enum reason)r));
	if (d->bytes != bytes || strcmp(bound_name(d->bound), t->words[4]) ||
	    !has_words(t, 5, buf_str(&reasons)))
		fail_msg("%s: %s is %lld %s %s", t->file, t->words[2], (long long)d->bytes,
			 bound_name(d->bound), buf_str(&reasons));
	buf_release(&reasons);
}

static void check_path(struct test *t)
{
	struct path path;
	uint32_t func = find(t, t->words[2]);

	path_worst(&t->program, &t->depths, func, &t->arena, &path);
	assert_int_equal(path.n_edges, t->n_words - 3);
	for (uint32_t i = 0; i < path.n_edges; i++)
		assert_int_equal(t->program.edges[path.edges[i]].to, find(t, t->words[3 + i]));
	assert_int_equal(path.bytes, t->depths.v[func].bytes);
}

static void check_entry(struct test *t)
{
	const struct program_func *f = &t->program.funcs[find(t, t->words[2])];

	if (strcmp(t->words[1], "entry") ? f->is_entry
					 : !f->is_entry || !has_words(t, 3, f->entry_context))
		fail_msg("%s: %s is %s", t->file, t->words[2],
			 f->is_entry ? f->entry_context : "no entry");
}

static bool leads_to(struct test *t, const struct program_edge *e, const char *target)
{
	if (!strcmp(target, "-"))
		return e->to == NO_ID && e->external == NO_ID;
	if (e->external != NO_ID)
		return !strcmp(t->program.externals[e->external].symbol, target);
	return e->to != NO_ID && e->to == find(t, target);
}

static void check_edge(struct test *t)
{
	const struct program_func *f = &t->program.funcs[find(t, t->words[2])];

	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
		const struct program_edge *e = &t->program.edges[i];

		if (e->site == (uint32_t)atoi(t->words[3]) &&
		    !strcmp(evidence_name(e->evidence), t->words[5]) && leads_to(t, e, t->words[4]))
			return;
	}
	fail_msg("%s: no %s edge from %s at %s to %s", t->file, t->words[5], t->words[2],
		 t->words[3], t->words[4]);
}

static void check_cycle(struct test *t)
{
	bool certain = !strcmp(t->words[2], "certain");

	for (uint32_t i = 0; i < t->depths.n_cycles; i++) {
		const struct cycle *c = &t->depths.cycles[i];
		bool same = c->certain == certain && c->turn_bytes == atoll(t->words[3]) &&
			    c->n_funcs == t->n_words - 4;

		for (uint32_t k = 0; same && k < c->n_funcs; k++)
			same = c->funcs[k] == find(t, t->words[4 + k]);
		if (same)
			return;
	}
	fail_msg("%s: no such cycle: %s %s %s", t->file, t->words[2], t->words[3], t->words[4]);
}

static void check_line(struct test *t, char *line)
{
	t->n_words = 0;
	for (char *w = strtok(line, " "); w && t->n_words < MAX_WORDS; w = strtok(NULL, " "))
		t->words[t->n_words++] = w;
	if (t->n_words > 4 && !strcmp(t->words[1], "depth"))
		check_depth(t);
	else if (t->n_words == 4 && !strcmp(t->words[1], "possible"))
		assert_int_equal(t->depths.v[find(t, t->words[2])].possible_bytes,
				 atoll(t->words[3]));
	else if (t->n_words > 2 && !strcmp(t->words[1], "path"))
		check_path(t);
	else if (t->n_words > 2 && str_ends(t->words[1], "entry"))
		check_entry(t);
	else if (t->n_words == 6 && !strcmp(t->words[1], "edge"))
		check_edge(t);
	else if (t->n_words > 4 && !strcmp(t->words[1], "cycle"))
		check_cycle(t);
	else
		fail_msg("%s: unknown expectation", t->file);
}

/* Each unit runs from its magic line to its "end". */
static char *read_units(struct test *t, char *text)
{
	struct error err;

	while (str_starts(text, "stackcheck-facts")) {
		char *end = strstr(text, "\nend\n");

		assert_non_null(end);
		end += strlen("\nend\n");
		assert_true(t->n_units < MAX_UNITS);
		if (facts_read(&t->units[t->n_units], text, (size_t)(end - text), t->file, &err))
			fail_msg("%s", err.text);
		t->pointers[t->n_units] = &t->units[t->n_units];
		t->n_units++;
		text = end;
	}
	return text;
}

static void run_file(const char *path)
{
	struct test t = {.file = path};
	struct link_options options = {0};
	struct buf text = {0};
	struct error err;
	size_t expectations = 0;
	char *save, *rest;

	assert_int_equal(file_read(path, 0, &text, &err), 0);
	rest = read_units(&t, text.data);
	assert_int_equal(program_link(&t.program, t.pointers, t.n_units, &options, &err), 0);
	program_check(&t.program);
	depths_solve(&t.depths, &t.program);
	stack_check(&t.program, &t.depths);
	for (char *line = strtok_r(rest, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		check_line(&t, line);
		expectations++;
	}
	if (!expectations)
		fail_msg("%s expects nothing", path);
	depths_release(&t.depths);
	program_release(&t.program);
	for (size_t i = 0; i < t.n_units; i++)
		facts_release(&t.units[i]);
	arena_release(&t.arena);
	buf_release(&text);
}

static void all_files(void **state)
{
	glob_t found;

	(void)state;
	assert_int_equal(glob(SOURCE_DIR "/tests/program/*.facts", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		run_file(found.gl_pathv[i]);
	assert_true(found.gl_pathc >= 5);
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(all_files)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
