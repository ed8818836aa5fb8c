/* What a project accepts: suppressions, their places and days, severities, rules that are off; and the two rules that tell what is
 * unused. */
#include "rules_fixture.h"

/* Two functions with frames above the limit, in two files. */
struct scene {
	struct fixture *x;
	struct policy policy;
	struct findings out;
};

static int make_scene(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	s->x = fixture_new();
	fixture_unit(s->x, "drv/a.c");
	fixture_func(s->x, "read_all", "drv/a.c", 10, 1500);
	fixture_unit(s->x, "drv/b.c");
	fixture_func(s->x, "write_all", "drv/b.c", 20, 2000);
	strcpy(s->policy.today, "2026-06-15");
	*state = s;
	return 0;
}

static int remove_scene(void **state)
{
	struct scene *s = *state;

	findings_release(&s->out);
	policy_release(&s->policy);
	fixture_free(s->x);
	free(s);
	return 0;
}

static void run(struct scene *s)
{
	struct rule_input in = fixture_input(s->x);

	in.policy = &s->policy;
	findings_release(&s->out);
	memset(&s->out, 0, sizeof(s->out));
	rules_run(&in, &s->out);
}

static const struct finding *find(const struct scene *s, const char *rule, const char *function)
{
	for (size_t i = 0; i < s->out.v.n; i++) {
		const struct finding *f = &s->out.v.v[i];

		if (!strcmp(f->rule, rule) &&
		    (!function ||
		     (f->func != NO_ID && !strcmp(s->x->facts[f->func].name, function))))
			return f;
	}
	return NULL;
}

static struct suppression *suppress(struct scene *s, struct suppression x)
{
	struct suppression *added = vec_push(&s->policy.suppressions);

	*added = x;
	if (!added->rule)
		added->rule = "frame-limit";
	if (!added->because)
		added->because = "it was looked at";
	if (!added->loc.file)
		added->loc = (struct fact_loc){"stackcheck.yml", 4, 3};
	return added;
}

static void without_a_policy_nothing_changes(void **state)
{
	struct scene *s = *state;

	run(s);
	assert_false(find(s, "frame-limit", "read_all")->suppressed);
	assert_false(find(s, "frame-limit", "write_all")->suppressed);
	assert_null(find(s, "unused-suppression", NULL));
	assert_null(find(s, "unused-annotation", NULL));
}

static const struct scope {
	struct suppression x;
	bool first, second; /* which of the two functions' findings it accepts */
} scopes[] = {
	{{.function = "read_all"}, true, false},
	{{.function = "*_all"}, true, true},
	{{.function = "read"}, false, false},
	{{.file = "drv/b.c"}, false, true},
	{{.file = "drv/*"}, true, true},
	{{.function = "read_all", .file = "drv/b.c"}, false, false},
	{{.rule = "*", .function = "read_all"}, true, false},
	{{.rule = "large-local", .function = "read_all"}, false, false},
	{{.fingerprint = "ffffffffffffffffffffffffffffffff"}, false, false},
	{{.function = "read_all", .until = "2026-06-15"}, true, false},
	{{.function = "read_all", .until = "2026-06-14"}, false, false},
	{{.function = "read_all", .until = "2025-12-31"}, false, false},
	{{.function = "read_all", .is_new = true}, false, false},
};

static void scopes_decide(void **state)
{
	struct scene *s = *state;

	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		s->policy.suppressions.n = 0;
		suppress(s, scopes[i].x);
		run(s);
		if (find(s, "frame-limit", "read_all")->suppressed != scopes[i].first ||
		    find(s, "frame-limit", "write_all")->suppressed != scopes[i].second)
			fail_msg("scope %zu", i);
	}
}

static void the_reason_goes_along(void **state)
{
	struct scene *s = *state;

	suppress(s, (struct suppression){.function = "read_all", .until = "2027-01-01"});
	run(s);
	assert_string_equal(find(s, "frame-limit", "read_all")->suppressed_why,
			    "it was looked at (stackcheck.yml:4, until 2027-01-01)");
	assert_null(find(s, "frame-limit", "write_all")->suppressed_why);
}

static void a_fingerprint_is_enough(void **state)
{
	struct scene *s = *state;
	char begin[13] = "";

	run(s);
	memcpy(begin, find(s, "frame-limit", "write_all")->fingerprint, 12);
	suppress(s, (struct suppression){.fingerprint = begin});
	run(s);
	assert_true(find(s, "frame-limit", "write_all")->suppressed);
	assert_false(find(s, "frame-limit", "read_all")->suppressed);
}

/* A comment accepts what its function has; also what was inlined into others from its line. */
static void comments_accept_in_their_place(void **state)
{
	struct scene *s = *state;

	suppress(s, (struct suppression){.function = "read_all",
					 .file = "drv/a.c",
					 .in_source = true,
					 .loc = {"drv/a.c", 400, 1}});
	run(s);
	assert_true(find(s, "frame-limit", "read_all")->suppressed);
	assert_false(find(s, "frame-limit", "write_all")->suppressed);
	s->policy.suppressions.n = 0;
	suppress(s, (struct suppression){.function = "inlined_helper",
					 .file = "drv/b.c",
					 .in_source = true,
					 .loc = {"drv/b.c", 19, 1}});
	run(s);
	assert_true(find(s, "frame-limit", "write_all")->suppressed);
	s->policy.suppressions.v[0].loc.line = 18;
	run(s);
	assert_false(find(s, "frame-limit", "write_all")->suppressed);
}

static void unused_ones_are_told(void **state)
{
	struct scene *s = *state;
	const struct finding *f;

	suppress(s, (struct suppression){.function = "nobody"});
	run(s);
	f = find(s, "unused-suppression", NULL);
	assert_non_null(f);
	assert_int_equal(f->func, NO_ID);
	assert_int_equal(f->severity, SEVERITY_NOTE);
	assert_int_equal(f->loc.line, 4);
	assert_string_equal(f->message, "the suppression of frame-limit in nobody fits no finding");
	assert_int_equal(strlen(f->fingerprint), 32);
}

static void used_ones_are_not(void **state)
{
	struct scene *s = *state;

	/* A later one that fits what an earlier one accepts is used as well. */
	suppress(s, (struct suppression){.function = "read_all"});
	suppress(s, (struct suppression){.file = "drv/a.c"});
	run(s);
	assert_null(find(s, "unused-suppression", NULL));
	assert_int_equal(s->policy.suppressions.v[1].n_used, 1);
}

static void expired_ones_are_told(void **state)
{
	struct scene *s = *state;

	suppress(s, (struct suppression){.function = "*_all", .until = "2026-01-01"});
	run(s);
	assert_true(s->policy.suppressions.v[0].expired);
	assert_contains(find(s, "unused-suppression", NULL)->message,
			"held until 2026-01-01: its 2 findings count again");
	s->policy.today[0] = '\0';
	run(s);
	assert_true(find(s, "frame-limit", "read_all")->suppressed);
}

static void rules_can_be_off(void **state)
{
	struct scene *s = *state;

	*vec_push(&s->policy.rules) =
		(struct rule_setting){.rule = "frame-limit", .off = true, .limit = BYTES_UNKNOWN};
	*vec_push(&s->policy.rules) = (struct rule_setting){
		.rule = "unused-suppression", .off = true, .limit = BYTES_UNKNOWN};
	suppress(s, (struct suppression){.function = "nobody"});
	run(s);
	assert_int_equal(s->out.v.n, 0);
}

static void severities_can_be_set(void **state)
{
	struct scene *s = *state;

	*vec_push(&s->policy.rules) = (struct rule_setting){.rule = "frame-limit",
							    .has_severity = true,
							    .severity = SEVERITY_ERROR,
							    .limit = 7};
	run(s);
	assert_int_equal(find(s, "frame-limit", "read_all")->severity, SEVERITY_ERROR);
	assert_int_equal(policy_limit(&s->policy, "frame-limit", 9), 7);
	assert_int_equal(policy_limit(&s->policy, "recursion", 9), 9);
	assert_int_equal(policy_limit(NULL, "recursion", 9), 9);
}

static void equal_suppressions(void **state)
{
	struct suppression a = {.rule = "r", .function = "f", .because = "x"}, b = a;

	(void)state;
	b.because = "y";
	b.loc.line = 9;
	assert_true(suppression_equal(&a, &b));
	b.until = "2027-01-01";
	assert_false(suppression_equal(&a, &b));
	b = a;
	b.file = "g";
	assert_false(suppression_equal(&a, &b));
}

static void annotations_that_match_nothing_are_told(void **state)
{
	struct scene *s = *state;
	struct model model = {0};
	bool used[4] = {false, false, true, false};
	size_t n = 0;

	*vec_push(&model.annotations) = (struct annotation){.kind = ANNOTATE_NEVER,
							    .function = "read_al",
							    .other = "x",
							    .loc = {"c.yml", 3, 1}};
	*vec_push(&model.annotations) = (struct annotation){.kind = ANNOTATE_RECURSION,
							    .function = "read_all",
							    .number = 4,
							    .loc = {"c.yml", 5, 1}};
	*vec_push(&model.annotations) = (struct annotation){
		.kind = ANNOTATE_NORETURN, .function = "read_all", .loc = {"c.yml", 7, 1}};
	*vec_push(&model.annotations) = (struct annotation){
		.kind = ANNOTATE_COST, .function = "helper", .number = 9, .loc = {"c.yml", 9, 1}};
	s->x->program.model = &model;
	s->x->program.annotation_used = used;
	run(s);
	for (size_t i = 0; i < s->out.v.n; i++)
		n += !strcmp(s->out.v.v[i].rule, "unused-annotation");
	assert_int_equal(n, 3);
	for (size_t i = 0; i < s->out.v.n; i++) {
		const struct finding *f = &s->out.v.v[i];

		if (f->loc.line == 3) {
			assert_int_equal(f->func, NO_ID);
			assert_string_equal(f->message,
					    "the annotation 'never x' of read_al matches nothing: "
					    "there is no function read_al in the scanned sources");
		} else if (f->loc.line == 5) {
			assert_int_equal(f->func, 0);
			assert_contains(f->message, "read_all is in no cycle");
		} else if (f->loc.line == 9) {
			assert_contains(f->message, "no function outside the scanned sources is "
						    "called helper");
		}
	}
	model_release(&model);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scene, remove_scene)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_policy_nothing_changes),
		TEST(scopes_decide),
		TEST(the_reason_goes_along),
		TEST(a_fingerprint_is_enough),
		TEST(comments_accept_in_their_place),
		TEST(unused_ones_are_told),
		TEST(used_ones_are_not),
		TEST(expired_ones_are_told),
		TEST(rules_can_be_off),
		TEST(severities_can_be_set),
		cmocka_unit_test(equal_suppressions),
		TEST(annotations_that_match_nothing_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
