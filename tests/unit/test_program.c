/*
 * tests/program/NAME.facts: hand-written units, then what is known beside them ("given" lines), then "expect" lines about the
 * linked program and its depths. No compiler is needed; every number in there was chosen by hand. In words of given lines
 * "%20" is a blank.
 *
 *	given entry PATTERN STACK [boundary] [size=ARGUMENT] CONTEXT...
 *	given external SYMBOL BYTES|? [floor] [noreturn] [calls=ARGUMENT:BYTES|?] [reenters=CONTEXTS] [needs=PATTERNS] [times=N]
 *	given unknown BYTES
 *	given module NAME PATTERN
 *	given target|only|not|never|recursion|frame|cost|noreturn|entry FUNC [OTHER|NUMBER [SLOT]]
 *
 *	expect depth FUNC BYTES|? BOUND [REASON...]
 *	expect possible FUNC BYTES
 *	expect path FUNC FUNC...            the worst path, its start first
 *	expect turns FUNC BYTES             what turns add on the worst path
 *	expect entry FUNC CONTEXT / expect no-entry FUNC
 *	expect how FUNC TEXT / expect stack FUNC BYTES
 *	expect edge FUNC SITE TARGET|- EVIDENCE [by-caller|cut|through|complete|open|sure|floor]... [BYTES]
 *	expect no-edge FUNC SITE TARGET|-
 *	expect cycle certain|possible|bounded BYTES FUNC...
 *	expect reentry ENTRY CALLER EXTERNAL / expect no-reentry EXTERNAL / expect reentries NUMBER
 *	expect used NUMBER / expect unused NUMBER       of annotations, from 0
 *	expect warning TEXT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/text.h"
#include "program/model.h"
#include "stack/stack.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_UNITS = 16, MAX_WORDS = 32, MAX_CALLBACKS = 4 };

struct test {
	const char *file;
	struct facts units[MAX_UNITS];
	const struct facts *pointers[MAX_UNITS];
	size_t n_units;
	struct model model;
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

static void check_possible(struct test *t)
{
	assert_int_equal(t->depths.v[find(t, t->words[2])].possible_bytes, atoll(t->words[3]));
}

static void check_stack(struct test *t)
{
	assert_int_equal(t->program.funcs[find(t, t->words[2])].entry_stack_bytes,
			 atoll(t->words[3]));
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
	uint32_t *found;
	size_t n;

	if (!strcmp(target, "-"))
		return e->to == NO_ID && e->external == NO_ID;
	if (e->external != NO_ID)
		return !strcmp(t->program.externals[e->external].symbol, target);
	found = program_find(&t->program, &t->arena, target, &n);
	return n == 1 && found[0] == e->to;
}

/* Is the edge what a word says? A number is its depth. */
static bool fits(const struct program_edge *e, const char *word)
{
	if (!strcmp(word, "by-caller"))
		return e->by_caller;
	if (!strcmp(word, "cut"))
		return e->cut;
	if (!strcmp(word, "through"))
		return e->through != NO_ID;
	if (!strcmp(word, "complete"))
		return e->complete;
	if (!strcmp(word, "open"))
		return !e->complete;
	if (!strcmp(word, "sure"))
		return e->sure;
	if (!strcmp(word, "floor"))
		return e->floor;
	return e->depth_bytes == atoll(word);
}

static const struct program_edge *find_edge(struct test *t, bool with_words)
{
	const struct program_func *f = &t->program.funcs[find(t, t->words[2])];

	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
		const struct program_edge *e = &t->program.edges[i];
		bool same = e->site == (uint32_t)atoi(t->words[3]) && leads_to(t, e, t->words[4]);

		if (same && with_words)
			same = !strcmp(evidence_name(e->evidence), t->words[5]);
		for (size_t w = 6; same && with_words && w < t->n_words; w++)
			same = fits(e, t->words[w]);
		if (same)
			return e;
	}
	return NULL;
}

static void check_edge(struct test *t)
{
	if (!find_edge(t, true))
		fail_msg("%s: no such %s edge from %s at %s to %s", t->file, t->words[5],
			 t->words[2], t->words[3], t->words[4]);
}

static void check_no_edge(struct test *t)
{
	if (find_edge(t, false))
		fail_msg("%s: an edge from %s at %s to %s", t->file, t->words[2], t->words[3],
			 t->words[4]);
}

static void check_how(struct test *t)
{
	const char *how = t->program.funcs[find(t, t->words[2])].entry_how;

	if (!how || !has_words(t, 3, how))
		fail_msg("%s: %s was found by %s", t->file, t->words[2], how ? how : "nothing");
}

static void check_turns(struct test *t)
{
	struct path path;

	path_worst(&t->program, &t->depths, find(t, t->words[2]), &t->arena, &path);
	assert_int_equal(path.turns_bytes, atoll(t->words[3]));
}

static void check_reentry(struct test *t)
{
	for (uint32_t i = 0; i < t->depths.n_reentries; i++) {
		const struct reentry *r = &t->depths.reentries[i];
		const struct program_edge *e = &t->program.edges[r->edge];

		if (r->entry == find(t, t->words[2]) && e->from == find(t, t->words[3]) &&
		    leads_to(t, e, t->words[4]))
			return;
	}
	fail_msg("%s: no way back from %s into %s", t->file, t->words[3], t->words[2]);
}

static void check_no_reentry(struct test *t)
{
	for (uint32_t i = 0; i < t->depths.n_reentries; i++)
		if (leads_to(t, &t->program.edges[t->depths.reentries[i].edge], t->words[2]))
			fail_msg("%s: a way back from %s", t->file, t->words[2]);
}

static void check_reentries(struct test *t)
{
	assert_int_equal(t->depths.n_reentries, atoi(t->words[2]));
}

static void check_used(struct test *t)
{
	size_t number = (size_t)atoi(t->words[2]);

	assert_true(number < t->model.annotations.n);
	if (t->program.annotation_used[number] != !strcmp(t->words[1], "used"))
		fail_msg("%s: annotation %zu is not %s", t->file, number, t->words[1]);
}

static void check_warning(struct test *t)
{
	for (uint32_t i = 0; i < t->program.n_warnings; i++)
		if (has_words(t, 2, t->program.warnings[i]))
			return;
	fail_msg("%s: no such warning", t->file);
}

static void check_cycle(struct test *t)
{
	bool certain = !strcmp(t->words[2], "certain");
	bool bounded = !strcmp(t->words[2], "bounded");

	for (uint32_t i = 0; i < t->depths.n_cycles; i++) {
		const struct cycle *c = &t->depths.cycles[i];
		bool same = (bounded ? c->bounded : c->certain == certain) &&
			    c->turn_bytes == atoll(t->words[3]) && c->n_funcs == t->n_words - 4;

		for (uint32_t k = 0; same && k < c->n_funcs; k++)
			same = c->funcs[k] == find(t, t->words[4 + k]);
		if (same)
			return;
	}
	fail_msg("%s: no such cycle: %s %s %s", t->file, t->words[2], t->words[3], t->words[4]);
}

static const struct {
	const char *word;
	size_t least;
	void (*check)(struct test *t);
} expectations[] = {
	{"depth", 5, check_depth},
	{"path", 3, check_path},
	{"entry", 3, check_entry},
	{"no-entry", 3, check_entry},
	{"edge", 6, check_edge},
	{"no-edge", 5, check_no_edge},
	{"cycle", 5, check_cycle},
	{"how", 4, check_how},
	{"turns", 4, check_turns},
	{"reentry", 5, check_reentry},
	{"no-reentry", 3, check_no_reentry},
	{"reentries", 3, check_reentries},
	{"used", 3, check_used},
	{"unused", 3, check_used},
	{"warning", 3, check_warning},
	{"possible", 4, check_possible},
	{"stack", 4, check_stack},
};

static void check_line(struct test *t)
{
	for (size_t i = 0; i < sizeof(expectations) / sizeof(*expectations); i++) {
		if (t->n_words < expectations[i].least ||
		    strcmp(t->words[1], expectations[i].word) != 0)
			continue;
		expectations[i].check(t);
		return;
	}
	fail_msg("%s: unknown expectation %s", t->file, t->words[1]);
}

static const char *unescaped(struct test *t, const char *word)
{
	char *out = arena_strdup(&t->arena, word), *to = out;

	for (const char *s = word; *s; to++, s++) {
		*to = str_starts(s, "%20") ? ' ' : *s;
		s += str_starts(s, "%20") ? 2 : 0;
	}
	*to = '\0';
	return out;
}

static const char *rest_of(struct test *t, size_t from)
{
	const char *text = from < t->n_words ? t->words[from] : "";

	for (size_t i = from + 1; i < t->n_words; i++)
		text = arena_printf(&t->arena, "%s %s", text, t->words[i]);
	return text;
}

static void give_entry(struct test *t)
{
	struct model_entry *e = vec_push(&t->model.entries);
	size_t next = 4;

	e->pattern = unescaped(t, t->words[2]);
	e->size_argument = -1;
	for (unsigned i = 0; i < STACK_COUNT; i++)
		if (!strcmp(entry_stack_name((enum entry_stack)i), t->words[3]))
			e->stack = (enum entry_stack)i;
	if (next < t->n_words && !strcmp(t->words[next], "boundary")) {
		e->boundary = true;
		next++;
	}
	if (next < t->n_words && str_starts(t->words[next], "size="))
		e->size_argument = atoi(t->words[next++] + strlen("size="));
	e->context = rest_of(t, next);
}

static void give_callback(struct test *t, struct model_external *x, const char *word)
{
	struct model_callback *c = arena_array(&t->arena, MAX_CALLBACKS, struct model_callback);
	const char *depth = strchr(word, ':') + 1;

	if (x->n_callbacks)
		memcpy(c, x->callbacks, x->n_callbacks * sizeof(*c));
	c[x->n_callbacks++] = (struct model_callback){(uint32_t)atoi(word),
						      *depth == '?' ? BYTES_UNKNOWN : atoll(depth)};
	x->callbacks = c;
}

static void give_external(struct test *t)
{
	struct model_external *x = vec_push(&t->model.externals);

	x->symbol = unescaped(t, t->words[2]);
	x->bytes = *t->words[3] == '?' ? BYTES_UNKNOWN : atoll(t->words[3]);
	for (size_t i = 4; i < t->n_words; i++) {
		const char *w = t->words[i];

		x->floor |= !strcmp(w, "floor");
		x->noreturn |= !strcmp(w, "noreturn");
		if (str_starts(w, "calls="))
			give_callback(t, x, w + strlen("calls="));
		if (str_starts(w, "reenters="))
			x->reenters = unescaped(t, w + strlen("reenters="));
		if (str_starts(w, "needs="))
			x->reentry_needs = unescaped(t, w + strlen("needs="));
		if (str_starts(w, "times="))
			x->reentry_depth = (uint32_t)atoi(w + strlen("times="));
	}
	x->why = "given";
}

static void give_annotation(struct test *t)
{
	static const char *const names[ANNOTATION_COUNT] = {"target", "only",	   "not",
							    "never",  "recursion", "frame",
							    "cost",   "noreturn",  "entry"};
	struct annotation *a = vec_push(&t->model.annotations);
	bool known = false;

	for (unsigned i = 0; i < ANNOTATION_COUNT; i++)
		if (!strcmp(names[i], t->words[1])) {
			a->kind = (enum annotation_kind)i;
			known = true;
		}
	if (!known)
		fail_msg("%s: unknown annotation %s", t->file, t->words[1]);
	a->function = t->words[2];
	a->loc = (struct fact_loc){"stackcheck.yml", (uint32_t)t->model.annotations.n, 1};
	if (a->kind == ANNOTATE_RECURSION || a->kind == ANNOTATE_FRAME || a->kind == ANNOTATE_COST)
		a->number = atoll(t->words[3]);
	else if (t->n_words > 3)
		a->other = unescaped(t, t->words[3]);
	if (t->n_words > 4)
		a->slot = unescaped(t, t->words[4]);
}

static void give_line(struct test *t)
{
	if (!strcmp(t->words[1], "entry") && strchr(t->words[2], ':') && t->n_words > 4)
		give_entry(t);
	else if (!strcmp(t->words[1], "external"))
		give_external(t);
	else if (!strcmp(t->words[1], "unknown"))
		t->model.unknown_external = atoll(t->words[2]);
	else if (!strcmp(t->words[1], "module"))
		*vec_push(&t->model.modules) =
			(struct model_module){t->words[2], unescaped(t, t->words[3])};
	else
		give_annotation(t);
}

static void split(struct test *t, char *line)
{
	memset(t->words, 0, sizeof(t->words));
	t->n_words = 0;
	for (char *w = strtok(line, " "); w && t->n_words < MAX_WORDS; w = strtok(NULL, " "))
		t->words[t->n_words++] = w;
}

/* Takes the given lines; gives the rest. */
static char *read_given(struct test *t, char *text)
{
	while (str_starts(text, "given ")) {
		char *end = strchr(text, '\n');

		*end = '\0';
		split(t, text);
		give_line(t);
		text = end + 1;
	}
	model_index(&t->model);
	return text;
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
	struct link_options options = {.model = &t.model};
	struct buf text = {0};
	struct error err;
	size_t checked = 0;
	char *save, *rest;

	assert_int_equal(file_read(path, 0, &text, &err), 0);
	rest = read_given(&t, read_units(&t, text.data));
	assert_int_equal(program_link(&t.program, t.pointers, t.n_units, &options, &err), 0);
	program_check(&t.program);
	depths_solve(&t.depths, &t.program);
	stack_check(&t.program, &t.depths);
	for (char *line = strtok_r(rest, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		split(&t, line);
		check_line(&t);
		checked++;
	}
	if (!checked)
		fail_msg("%s expects nothing", path);
	depths_release(&t.depths);
	program_release(&t.program);
	model_release(&t.model);
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
