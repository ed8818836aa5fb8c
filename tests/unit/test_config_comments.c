/* Comments "stackcheck: ..." of the source: what each becomes, and what is wrong with others. */
#include "base/text.h"
#include "config/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

struct wrong {
	const char *text, *message;
};

struct parsed {
	struct model model;
	struct policy policy;
	struct error err;
};

static int read_comment(struct parsed *p, const char *text, const char *within, const char *file)
{
	struct fact_annotation note = {.text = text, .within = within, .loc = {file, 7, 3}};

	memset(p, 0, sizeof(*p));
	return config_annotation_parse(&note, &p->model, &p->policy, &p->err);
}

static void release(struct parsed *p)
{
	model_release(&p->model);
	policy_release(&p->policy);
}

static const struct comment {
	const char *text;
	size_t n;
	enum annotation_kind kind;
	const char *function, *other, *slot, *why;
	int64_t number;
} comments[] = {
	{"targets a", 1, ANNOTATE_TARGET, "d/x.c:f", "a", NULL, NULL, -1},
	{"targets a, b  because I read it", 2, ANNOTATE_TARGET, "d/x.c:f", "a", NULL, "I read it",
	 -1},
	{"only a through field:struct s.go", 1, ANNOTATE_ONLY, "d/x.c:f", "a", "field:struct s.go",
	 NULL, -1},
	{"not\ta", 1, ANNOTATE_NOT, "d/x.c:f", "a", NULL, NULL, -1},
	{"never b.c:g", 1, ANNOTATE_NEVER, "d/x.c:f", "b.c:g", NULL, NULL, -1},
	{"recursion 4", 1, ANNOTATE_RECURSION, "d/x.c:f", NULL, NULL, NULL, 4},
	{"frame 2K because of the check above", 1, ANNOTATE_FRAME, "d/x.c:f", NULL, NULL,
	 "of the check above", 2048},
	{"cost 96", 1, ANNOTATE_COST, "f", NULL, NULL, NULL, 96},
	{"cost helper 96", 1, ANNOTATE_COST, "helper", NULL, NULL, NULL, 96},
	{"noreturn", 1, ANNOTATE_NORETURN, "d/x.c:f", NULL, NULL, NULL, -1},
	{"noreturn die", 1, ANNOTATE_NORETURN, "die", NULL, NULL, NULL, -1},
	{"entry", 1, ANNOTATE_ENTRY, "d/x.c:f", NULL, NULL, NULL, -1},
	{"entry boot code because the loader calls it", 1, ANNOTATE_ENTRY, "d/x.c:f", "boot code",
	 NULL, "the loader calls it", -1},
};

static void comments_become_annotations(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(comments) / sizeof(comments[0]); i++) {
		const struct comment *c = &comments[i];
		const struct annotation *x;
		struct parsed p;

		if (read_comment(&p, c->text, "f", "d/x.c"))
			fail_msg("%s", p.err.text);
		assert_int_equal(p.model.annotations.n, c->n);
		x = &p.model.annotations.v[0];
		assert_int_equal(x->kind, c->kind);
		assert_string_equal(x->function, c->function);
		assert_int_equal(str_compare(x->other, c->other), 0);
		assert_int_equal(str_compare(x->slot, c->slot), 0);
		assert_int_equal(str_compare(x->why, c->why), 0);
		assert_int_equal(x->number, c->number);
		assert_int_equal(x->loc.line, 7);
		release(&p);
	}
}

static void a_header_does_not_narrow_the_name(void **state)
{
	struct parsed p;

	(void)state;
	assert_int_equal(read_comment(&p, "recursion 2", "f", "d/x.h"), 0);
	assert_string_equal(p.model.annotations.v[0].function, "f");
	release(&p);
	assert_int_equal(read_comment(&p, "cost helper 8", NULL, "d/x.h"), 0);
	assert_string_equal(p.model.annotations.v[0].function, "helper");
	release(&p);
}

static void allow_becomes_suppressions(void **state)
{
	const struct suppression *s;
	struct parsed p;

	(void)state;
	if (read_comment(&p, "allow large-local, frame-limit until 2027-01-01 because it is fine",
			 "f", "x.c"))
		fail_msg("%s", p.err.text);
	assert_int_equal(p.policy.suppressions.n, 2);
	s = &p.policy.suppressions.v[1];
	assert_string_equal(s->rule, "frame-limit");
	assert_string_equal(s->function, "f");
	assert_string_equal(s->file, "x.c");
	assert_string_equal(s->until, "2027-01-01");
	assert_string_equal(s->because, "it is fine");
	assert_true(s->in_source);
	release(&p);
}

static const struct wrong wrong_comments[] = {
	{"", "begins with none of"},
	{"target a", "did you mean 'targets'?"},
	{"frobnicate", "begins with none of"},
	{"targets", "names no function"},
	{"targets because x", "names no function"},
	{"never a through x", "takes no 'through'"},
	{"only a through", "names no slot"},
	{"recursion", "needs a number"},
	{"recursion many", "needs a number"},
	{"recursion 5x", "needs a number"},
	{"recursion 0", "recursion 0"},
	{"recursion 3 4", "goes on after its end"},
	{"frame 99999999999999999999", "too large"},
	{"noreturn a b", "goes on after its end"},
	{"allow", "allows no rule"},
	{"allow large-locl because x", "did you mean 'large-local'?"},
	{"allow nonsense-rule because x", "which is no rule"},
	{"allow large-local", "gives no reason"},
	{"allow large-local because", "gives no reason"},
	{"allow large-local until because x", "needs a day"},
	{"allow large-local until tomorrow because x", "needs a day"},
	{"allow large-local until 2027-01-01 or so because x", "goes on after its end"},
};

static void wrong_comments_add_nothing(void **state)
{
	struct parsed p;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong_comments) / sizeof(wrong_comments[0]); i++) {
		const struct wrong *w = &wrong_comments[i];

		if (!read_comment(&p, w->text, "f", "x.c"))
			fail_msg("taken: %s", w->text);
		if (!strstr(p.err.text, w->message) || !str_starts(p.err.text, "x.c:7: "))
			fail_msg("%s\nfor: %s", p.err.text, w->text);
		assert_int_equal(p.model.annotations.n, 0);
		assert_int_equal(p.policy.suppressions.n, 0);
		release(&p);
	}
	assert_int_equal(read_comment(&p, "recursion 3", NULL, "x.c"), -1);
	assert_non_null(strstr(p.err.text, "stands neither in a function"));
	release(&p);
	assert_int_equal(read_comment(&p, "noreturn", NULL, "x.c"), -1);
	release(&p);
}

/* A comment of a header that several units include counts once. */
static void comments_of_headers_count_once(void **state)
{
	struct facts units[2] = {{.unit = "a.c"}, {.unit = "b.c"}};
	const struct facts *list[] = {&units[0], &units[1]};
	struct config_warnings warnings = {0};
	struct policy policy = {0};
	struct model model = {0};

	(void)state;
	for (int i = 0; i < 2; i++) {
		*vec_push(&units[i].annotations) =
			(struct fact_annotation){"recursion 2", "f", {"h.h", 3, 1}};
		*vec_push(&units[i].annotations) =
			(struct fact_annotation){"recursion x", "g", {"h.h", 9, 1}};
	}
	config_annotations(list, 2, &model, &policy, &warnings);
	assert_int_equal(model.annotations.n, 1);
	assert_int_equal(warnings.v.n, 1);
	assert_non_null(strstr(warnings.v.v[0], "h.h:9"));
	vec_release(&warnings.v);
	vec_release(&units[0].annotations);
	vec_release(&units[1].annotations);
	model_release(&model);
	policy_release(&policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comments_become_annotations),
		cmocka_unit_test(a_header_does_not_narrow_the_name),
		cmocka_unit_test(allow_becomes_suppressions),
		cmocka_unit_test(wrong_comments_add_nothing),
		cmocka_unit_test(comments_of_headers_count_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
