/* What grew against a base run: findings, limits, suppressions, fingerprints. From hand-written facts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules/finding_snapshot.h"
#include "rules/growth.h"
#include "rules/over_budget.h"
#include "snapshot/judge.h"

#include <string.h>

enum { BUDGET = 3000 };

/* One version of a driver. */
struct version {
	struct facts unit;
	const struct facts *pointer;
	struct model model;
	struct program program;
	struct depths depths;
	struct rule_input in;
	struct snapshot numbers;
};

struct test {
	struct version base, head;
	struct policy policy;
	struct diff diff;
	struct findings out;
	struct judgement judgement;
};

static void open_version(struct version *v, const char *text)
{
	struct link_options options = {.model = &v->model};
	struct snapshot_run run = {.budget_bytes = BUDGET};
	struct error err;

	if (facts_read(&v->unit, text, strlen(text), "unit", &err))
		fail_msg("%s", err.text);
	v->pointer = &v->unit;
	model_index(&v->model);
	assert_int_equal(program_link(&v->program, &v->pointer, 1, &options, &err), 0);
	depths_solve(&v->depths, &v->program);
	v->in = (struct rule_input){
		.program = &v->program, .depths = &v->depths, .budget_bytes = BUDGET};
	snapshot_of_run(&v->numbers, &run, &v->program, &v->depths);
	entry_budgets(&v->numbers, &v->in);
}

static struct test *open_test(const char *base, const char *head)
{
	struct test *t = test_calloc(1, sizeof(*t));

	open_version(&t->base, base);
	open_version(&t->head, head);
	t->head.in.policy = &t->policy;
	diff_make(&t->diff, &t->base.numbers, &t->head.numbers);
	return t;
}

static void close_version(struct version *v)
{
	snapshot_release(&v->numbers);
	depths_release(&v->depths);
	program_release(&v->program);
	model_release(&v->model);
	facts_release(&v->unit);
}

static void close_test(struct test *t)
{
	findings_release(&t->out);
	judgement_release(&t->judgement);
	diff_release(&t->diff);
	close_version(&t->base);
	close_version(&t->head);
	policy_release(&t->policy);
	test_free(t);
}

static void find(struct test *t)
{
	struct growth_limits limits = growth_limits(&t->head.in);

	growth_find(&t->head.in, &t->diff, &limits, &t->out);
}

static void set_rule(struct test *t, struct rule_setting s)
{
	s.rule = "growth";
	*vec_push(&t->policy.rules) = s;
}

/* How many reasons a gate with these findings has to fail. */
static size_t failures(struct test *t)
{
	struct growth_limits growth = growth_limits(&t->head.in);
	struct growth_accepted accepted =
		growth_accepted(&t->out, &t->head.program, &t->judgement.arena);
	struct judge_limits limits = {.path_growth = growth.path,
				      .frame_growth = growth.frame,
				      .path_accepted = accepted.path,
				      .frame_accepted = accepted.frame};

	judge(&t->judgement, &t->diff, &limits);
	return t->judgement.failures.n;
}

/* top calls leaf: 100 bytes, and what leaf takes. */
#define UNIT(unit, line, leaf)                                                                     \
	"stackcheck-facts 4\nunit " unit " target=x86_64-linux-gnu status=ok\n"                    \
	"func leaf linkage=external kind=fixed origin=recompiled frame=" leaf " entry=8 at=" unit  \
	":" line ":1\n"                                                                            \
	"func top linkage=external kind=fixed origin=recompiled frame=100 entry=8 at=" unit        \
	":90:1\n\tcall direct to=leaf depth=100 at=" unit ":91:3\nend\n"

static void beyond_the_limit_is_a_warning(void **state)
{
	struct test *t = open_test(UNIT("a.c", "5", "500"), UNIT("a.c", "7", "900"));
	const struct finding *path, *frame;

	(void)state;
	find(t);
	assert_int_equal(t->out.v.n, 2);
	path = &t->out.v.v[0];
	assert_string_equal(path->rule, "growth");
	assert_string_equal(path->subject, "path top leaf");
	assert_int_equal(path->severity, SEVERITY_WARNING);
	assert_int_equal(path->bytes, 1000);
	assert_int_equal(path->limit, 600 + 256);
	assert_int_equal(path->n_edges, 1);
	assert_int_equal(path->state, STATE_NEW);
	assert_string_equal(path->message,
			    "the worst path from top needs 1,000 bytes, 400 bytes more than in the "
			    "base run, and 256 bytes are allowed");
	frame = &t->out.v.v[1];
	assert_string_equal(frame->subject, "frame");
	assert_int_equal(frame->severity, SEVERITY_NOTE);
	assert_int_equal(frame->limit, BYTES_UNKNOWN);
	assert_string_equal(frame->message,
			    "the frame of leaf takes 900 bytes, 400 bytes more than in the base "
			    "run");
	assert_int_equal(failures(t), 1);
	close_test(t);
}

static void within_the_limit_is_a_note(void **state)
{
	struct test *t = open_test(UNIT("a.c", "5", "500"), UNIT("a.c", "5", "756"));

	(void)state;
	find(t);
	assert_int_equal(t->out.v.n, 2);
	assert_int_equal(t->out.v.v[0].severity, SEVERITY_NOTE);
	assert_int_equal(failures(t), 0);
	close_test(t);
}

static void what_shrinks_or_stays_is_nothing(void **state)
{
	static const char *const heads[] = {UNIT("a.c", "8", "500"), UNIT("a.c", "8", "300"),
					    UNIT("b.c", "8", "500")};

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		struct test *t = open_test(UNIT("a.c", "5", "500"), heads[i]);

		find(t);
		assert_int_equal(t->out.v.n, 0);
		assert_int_equal(failures(t), 0);
		close_test(t);
	}
}

/* That is a new finding of path-budget; the frame is still told. */
static void what_crosses_the_budget_is_told_by_another_rule(void **state)
{
	struct test *t = open_test(UNIT("a.c", "5", "500"), UNIT("a.c", "5", "2950"));

	(void)state;
	find(t);
	assert_int_equal(t->out.v.n, 1);
	assert_string_equal(t->out.v.v[0].subject, "frame");
	close_test(t);
}

static void the_configuration_decides(void **state)
{
	struct test *t = open_test(UNIT("a.c", "5", "500"), UNIT("a.c", "5", "600"));

	(void)state;
	set_rule(t, (struct rule_setting){.limit = 99,
					  .frames = 100,
					  .has_severity = true,
					  .severity = SEVERITY_ERROR});
	find(t);
	assert_int_equal(t->out.v.n, 2);
	/* The path grew beyond its limit, the frame did not. */
	assert_int_equal(t->out.v.v[0].severity, SEVERITY_ERROR);
	assert_int_equal(t->out.v.v[1].severity, SEVERITY_NOTE);
	assert_int_equal(failures(t), 1);
	t->policy.rules.v[0].frames = 99;
	t->judgement.failures.n = 0;
	assert_int_equal(failures(t), 2);
	close_test(t);
}

static void switched_off_anything_may_grow(void **state)
{
	struct test *t = open_test(UNIT("a.c", "5", "500"), UNIT("a.c", "5", "1900"));

	(void)state;
	set_rule(t, (struct rule_setting){
			    .off = true, .limit = BYTES_UNKNOWN, .frames = BYTES_UNKNOWN});
	find(t);
	assert_int_equal(t->out.v.n, 0);
	assert_int_equal(failures(t), 0);
	close_test(t);
}

static void a_suppressed_growth_does_not_fail(void **state)
{
	struct test *t = open_test(UNIT("a.c", "5", "500"), UNIT("a.c", "5", "1900"));

	(void)state;
	set_rule(t, (struct rule_setting){.limit = 256, .frames = 256});
	*vec_push(&t->policy.suppressions) = (struct suppression){
		.rule = "growth", .function = "top", .because = "a test", .loc = {.line = 1}};
	find(t);
	assert_true(t->out.v.v[0].suppressed);
	assert_false(t->out.v.v[1].suppressed);
	assert_int_equal(failures(t), 1);
	t->policy.suppressions.v[0].function = "*";
	policy_suppress(&t->policy, &t->head.program, &t->out);
	t->judgement.failures.n = 0;
	assert_int_equal(failures(t), 0);
	close_test(t);
}

/* The name of the source, lines and sizes may change; what the path leads through may not. */
static void fingerprints_name_rule_function_and_path(void **state)
{
	struct test *a = open_test(UNIT("a.c", "5", "500"), UNIT("a.c", "5", "1000"));
	struct test *b = open_test(UNIT("a.c", "5", "500"), UNIT("old/b.c", "77", "1500"));

	(void)state;
	find(a);
	find(b);
	assert_int_equal(a->out.v.n, 2);
	assert_int_equal(b->out.v.n, 2);
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(a->out.v.v[i].fingerprint, b->out.v.v[i].fingerprint);
	assert_string_not_equal(a->out.v.v[0].fingerprint, a->out.v.v[1].fingerprint);
	close_test(a);
	close_test(b);
}

/* It cannot be used before there is a base. */
static void its_suppressions_are_not_unused(void **state)
{
	struct test *t = open_test(UNIT("a.c", "5", "500"), UNIT("a.c", "5", "500"));

	(void)state;
	*vec_push(&t->policy.suppressions) =
		(struct suppression){.rule = "growth", .function = "top", .because = "a test"};
	rule_find("unused-suppression")->check(&t->head.in, &t->out);
	assert_int_equal(t->out.v.n, 0);
	t->policy.suppressions.v[0].rule = "recursion";
	rule_find("unused-suppression")->check(&t->head.in, &t->out);
	assert_int_equal(t->out.v.n, 1);
	close_test(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(beyond_the_limit_is_a_warning),
		cmocka_unit_test(within_the_limit_is_a_note),
		cmocka_unit_test(what_shrinks_or_stays_is_nothing),
		cmocka_unit_test(what_crosses_the_budget_is_told_by_another_rule),
		cmocka_unit_test(the_configuration_decides),
		cmocka_unit_test(switched_off_anything_may_grow),
		cmocka_unit_test(a_suppressed_growth_does_not_fail),
		cmocka_unit_test(fingerprints_name_rule_function_and_path),
		cmocka_unit_test(its_suppressions_are_not_unused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
