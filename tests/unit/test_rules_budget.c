/* Budgets of entry points: what adequate guards cover, and stacks of their own. From hand-written facts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules/over_budget.h"

#include <string.h>

enum { BUDGET = 3000 };

struct test {
	struct facts unit;
	const struct facts *pointer;
	struct model model;
	struct program program;
	struct depths depths;
	struct guards guards;
	struct platform platform;
	struct rule_input in;
	struct findings out;
};

static struct test *open_unit(const char *text, const struct model_entry *entry)
{
	struct test *t = test_calloc(1, sizeof(*t));
	struct link_options options = {.model = &t->model};
	struct error err;

	if (facts_read(&t->unit, text, strlen(text), "unit", &err))
		fail_msg("%s", err.text);
	t->pointer = &t->unit;
	if (entry)
		*vec_push(&t->model.entries) = *entry;
	model_index(&t->model);
	assert_int_equal(program_link(&t->program, &t->pointer, 1, &options, &err), 0);
	depths_solve(&t->depths, &t->program);
	guards_find(&t->guards, &t->program, &t->depths);
	t->platform = (struct platform){.name = "windows-x64", .stack_bytes = 12000};
	t->in = (struct rule_input){.program = &t->program,
				    .depths = &t->depths,
				    .guards = &t->guards,
				    .platform = &t->platform,
				    .budget_bytes = BUDGET,
				    .frame_limit = 9000,
				    .large_local = 9000};
	return t;
}

static void close_unit(struct test *t)
{
	findings_release(&t->out);
	guards_release(&t->guards);
	depths_release(&t->depths);
	program_release(&t->program);
	model_release(&t->model);
	facts_release(&t->unit);
	test_free(t);
}

static const struct finding *path_budget(struct test *t)
{
	rule_find("path-budget")->check(&t->in, &t->out);
	assert_true(t->out.v.n <= 1);
	return t->out.v.n ? &t->out.v.v[0] : NULL;
}

static void assert_says(const struct finding *f, const char *part)
{
	assert_non_null(f);
	if (!strstr(f->message, part))
		fail_msg("\"%s\" is not in \"%s\"", part, f->message);
}

#define HEAD "stackcheck-facts 4\nunit a.c target=x86_64-pc-windows-msvc status=ok\n"
#define FUNC(name, linkage, frame)                                                                 \
	"func " name " linkage=" linkage " kind=fixed origin=recompiled frame=" frame              \
	" entry=8 at=a.c:1:1\n"
#define CALL(to, depth, line) "\tcall direct to=" to " depth=" depth " at=a.c:" line ":3\n"
#define TEST(threshold)                                                                            \
	"guard stack within=f measure=IoGetRemainingStackSize threshold=" threshold                \
	" pass=12:1-20:1 at=a.c:10:2\n"
#define MEASURED "\tpart variable bytes=8 offset=-60 name=high in=IoGetRemainingStackSize\n"

/* f tests, then calls deep (4,000 bytes) behind the test, and other in front of it. */
#define GUARDED(threshold, other)                                                                  \
	HEAD TEST(threshold) FUNC("deep", "static", "4000") FUNC("f", "external", "100")           \
		MEASURED CALL("other", "100", "9") CALL("deep", "100", "13")                       \
			FUNC("other", "static", other) "end\n"

static void a_path_behind_an_adequate_guard_is_a_note(void **state)
{
	struct test *t = open_unit(GUARDED("4100", "700"), NULL);
	const struct finding *f = path_budget(t);

	(void)state;
	assert_says(f, "needs 4,100 bytes, above the budget of 3,000 bytes, but behind the test of "
		       "4,100 bytes at a.c:10, which is adequate");
	assert_says(f, "what no such test covers needs 800 bytes");
	assert_int_equal(f->severity, SEVERITY_NOTE);
	assert_int_equal(f->bytes, 4100);
	assert_int_equal(f->n_edges, 1);
	assert_int_equal(entry_judge(&t->in, f->func).limit, BUDGET + 4100 - 800);
	assert_false(entry_judge(&t->in, f->func).over);
	close_unit(t);
}

static void an_inadequate_guard_covers_nothing(void **state)
{
	static const char *const units[] = {
		GUARDED("3000", "700"), /* too low */
		HEAD TEST("9000") FUNC("deep", "static", "4000") CALL("unknown", "10", "9")
			FUNC("f", "external", "100") MEASURED CALL("deep", "100", "13") "end\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		struct test *t = open_unit(units[i], NULL);
		const struct finding *f = path_budget(t);

		assert_int_equal(t->guards.v.v[0].verdict < GUARD_ADEQUATE, true);
		assert_int_equal(f->severity, SEVERITY_ERROR);
		assert_int_equal(f->bytes, 4100);
		assert_null(strstr(f->message, "adequate"));
		assert_true(entry_judge(&t->in, f->func).over);
		close_unit(t);
	}
}

/* The rest is held against the whole budget; its own path is told. */
static void what_is_not_covered_is_judged(void **state)
{
	struct test *t = open_unit(GUARDED("4100", "3200"), NULL);
	const struct finding *f = path_budget(t);

	(void)state;
	assert_int_equal(f->severity, SEVERITY_ERROR);
	assert_int_equal(f->bytes, 3300);
	assert_int_equal(f->limit, BUDGET);
	assert_int_equal(f->n_edges, 1);
	assert_int_equal(t->program.edges[f->edges[0]].to, f->func + 1);
	assert_says(f, "needs 3,300 bytes through 1 call down to other, 300 bytes above");
	assert_says(f, "what goes down to 4,100 bytes lies behind the test of 4,100 bytes");
	close_unit(t);
}

static void within_the_budget_nothing_is_said(void **state)
{
	struct test *t = open_unit(GUARDED("4100", "700"), NULL);

	(void)state;
	t->in.budget_bytes = 4100;
	assert_null(path_budget(t));
	close_unit(t);
}

static const struct model_entry interrupt = {.pattern = "symbol:f",
					     .context = "interrupt handler",
					     .stack = STACK_INTERRUPT,
					     .size_argument = -1,
					     .why = "test"};

static void stacks_of_their_own_have_budgets_of_their_own(void **state)
{
	const char *unit = HEAD FUNC("f", "external", "1200") "end\n";
	struct test *t = open_unit(unit, &interrupt);

	(void)state;
	assert_null(path_budget(t));
	t->platform.stacks[STACK_DEFERRED] = (struct platform_stack){4000, 10, "test"};
	assert_null(path_budget(t));
	t->platform.stacks[STACK_INTERRUPT] = (struct platform_stack){4000, 25, "test"};
	assert_says(path_budget(t), "from f (interrupt handler) needs 1,200 bytes in its own "
				    "frame, 200 bytes above the budget of 1,000 bytes");
	/* Never more than what was asked for. */
	t->platform.stacks[STACK_INTERRUPT].percent = 100;
	assert_int_equal(entry_budget(&t->in, t->out.v.v[0].func), BUDGET);
	close_unit(t);
}

static void a_segment_has_what_was_asked_for(void **state)
{
	struct model_entry segment = interrupt;
	const char *unit = HEAD FUNC("f", "external", "1200") "end\n";
	struct test *t;
	struct program_func *f;

	(void)state;
	segment.stack = STACK_SEGMENT;
	t = open_unit(unit, &segment);
	f = &t->program.funcs[0];
	t->platform.stacks[STACK_SEGMENT] = (struct platform_stack){8000, 100, "test"};
	assert_int_equal(f->entry_stack_bytes, BYTES_UNKNOWN);
	assert_int_equal(entry_budget(&t->in, 0), BUDGET);
	f->entry_stack_bytes = 6000;
	assert_int_equal(entry_budget(&t->in, 0), 6000);
	f->entry_stack_bytes = 9000;
	assert_int_equal(entry_budget(&t->in, 0), 8000);
	f->entry_stack_bytes = 1000;
	assert_int_equal(path_budget(t)->limit, 1000);
	close_unit(t);
}

/* Nobody stands above; but a budget that somebody set holds for all. */
static void an_empty_stack_has_more_than_a_share(void **state)
{
	struct model_entry item = interrupt;
	const char *unit = HEAD FUNC("f", "external", "1200") "end\n";
	struct test *t;

	(void)state;
	item.stack = STACK_WORKER;
	t = open_unit(unit, &item);
	t->program.funcs[0].entry_model = &item;
	t->platform.stacks[STACK_WORKER] = (struct platform_stack){12000, 50, "test"};
	t->platform.stacks[STACK_OWN] = (struct platform_stack){12000, 60, "test"};
	t->platform.budget_percent = 25;
	t->in.budget_bytes = 3000;
	assert_int_equal(entry_budget(&t->in, 0), 6000);
	item.stack = STACK_OWN;
	assert_int_equal(entry_budget(&t->in, 0), 7200);
	/* It is called in a thread as well. */
	t->program.funcs[0].entry_on_thread = true;
	assert_int_equal(entry_budget(&t->in, 0), 3000);
	t->program.funcs[0].entry_on_thread = false;
	item.stack = STACK_DEFERRED;
	t->platform.stacks[STACK_DEFERRED] = (struct platform_stack){12000, 50, "test"};
	assert_int_equal(entry_budget(&t->in, 0), 3000);
	item.stack = STACK_OWN;
	t->in.budget_bytes = 1000;
	assert_int_equal(path_budget(t)->limit, 1000);
	close_unit(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_behind_an_adequate_guard_is_a_note),
		cmocka_unit_test(an_inadequate_guard_covers_nothing),
		cmocka_unit_test(what_is_not_covered_is_judged),
		cmocka_unit_test(within_the_budget_nothing_is_said),
		cmocka_unit_test(stacks_of_their_own_have_budgets_of_their_own),
		cmocka_unit_test(a_segment_has_what_was_asked_for),
		cmocka_unit_test(an_empty_stack_has_more_than_a_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
