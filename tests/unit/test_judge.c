/* What a gate refuses: one entry, function or finding at a time, at and just beyond each limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "snapshot/judge.h"

#include <string.h>

enum { GROWTH = 256 };

static struct snapshot_function functions[] = {{.label = "f", .bound = "exact"},
					       {.label = "f", .bound = "at-least"}};
static const char *const severities[] = {"error", "warning"};

struct fixture {
	struct snapshot before, after;
	struct diff diff;
	struct judge_limits limits;
	struct judgement judgement;
};

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){
		.limits = {.path_growth = GROWTH, .frame_growth = BYTES_UNKNOWN, severities, 2}};
	f.before.functions = &functions[0];
	f.after.functions = &functions[1];
	f.before.n_functions = f.after.n_functions = 1;
	f.diff.before = &f.before;
	f.diff.after = &f.after;
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	judgement_release(&f->judgement);
	vec_release(&f->before.findings);
	vec_release(&f->after.findings);
	vec_release(&f->diff.entries);
	vec_release(&f->diff.functions);
	vec_release(&f->diff.findings);
	return 0;
}

static struct diff_entry *add_entry(struct fixture *f, int64_t before, int64_t after)
{
	struct diff_entry *e = vec_push(&f->diff.entries);

	*e = (struct diff_entry){.state = DIFF_CHANGED,
				 .label = "entry",
				 .bytes_before = before,
				 .bytes_after = after,
				 .delta = after - before,
				 .budget = 8192};
	return e;
}

static void add_function(struct fixture *f, enum diff_state state, int64_t delta)
{
	*vec_push(&f->diff.functions) = (struct diff_function){.state = state,
							       .label = "fn",
							       .bytes_before = 100,
							       .bytes_after = 100 + delta,
							       .delta = delta};
}

/* A finding of the head, and of the base when `before` is not NULL. */
static struct snapshot_finding *add_finding(struct fixture *f, const char *before,
					    const char *after)
{
	struct diff_finding *d = vec_push(&f->diff.findings);
	struct snapshot_finding *x;

	*d = (struct diff_finding){.state = before ? DIFF_CHANGED : DIFF_NEW,
				   .before = before ? 0 : NO_ID,
				   .after = 0};
	if (before)
		*vec_push(&f->before.findings) = (struct snapshot_finding){.severity = before};
	x = vec_push(&f->after.findings);
	*x = (struct snapshot_finding){.rule = "large-local",
				       .severity = after,
				       .file = "a.c",
				       .line = 7,
				       .message = "it is large"};
	return x;
}

static size_t failures(struct fixture *f)
{
	judge(&f->judgement, &f->diff, &f->limits);
	return f->judgement.failures.n;
}

static void test_growth(void **state)
{
	struct fixture *f = *state;

	add_entry(f, 1000, 1000 + GROWTH);
	add_entry(f, 5000, 1000);
	assert_int_equal(failures(f), 0);
	add_entry(f, 1000, 1000 + GROWTH + 1);
	assert_int_equal(failures(f), 1);
	assert_non_null(strstr(f->judgement.failures.v[0],
			       "from entry grows by 257 bytes, from 1,000 to 1,257, and 256"));
}

static void test_budget(void **state)
{
	struct fixture *f = *state;
	struct diff_entry *e = add_entry(f, 8190, 8200);

	e->crosses = true;
	assert_int_equal(failures(f), 1);
	assert_non_null(
		strstr(f->judgement.failures.v[0], "8,200 bytes now, over its budget of 8,192"));
}

static void test_new_entries_do_not_grow(void **state)
{
	struct fixture *f = *state;
	struct diff_entry *e = add_entry(f, BYTES_UNKNOWN, 4000);

	e->state = DIFF_NEW;
	e->delta = 4000;
	assert_int_equal(failures(f), 0);
}

static void test_unknown_now(void **state)
{
	struct fixture *f = *state;

	add_entry(f, 1000, BYTES_UNKNOWN)->delta = -1000;
	assert_int_equal(failures(f), 1);
}

static void test_reasons_are_named(void **state)
{
	struct fixture *f = *state;
	struct diff_detail detail = {.kind = DETAIL_NEW,
				     .name = "buf",
				     .type = "char[512]",
				     .file = "a.c",
				     .line = 31,
				     .delta = 512};
	struct diff_reason reason = {.cause = CAUSE_FRAME,
				     .label = "helper",
				     .delta = 512,
				     .frame_before = 100,
				     .frame_after = 612,
				     .file = "a.c",
				     .line = 30,
				     .details = &detail,
				     .n_details = 1};
	struct diff_entry *e = add_entry(f, 1000, 1512);

	e->reasons = &reason;
	e->n_reasons = 1;
	assert_int_equal(failures(f), 1);
	assert_non_null(strstr(f->judgement.failures.v[0], "helper"));
	assert_non_null(strstr(f->judgement.failures.v[0], "buf[512]"));
	assert_non_null(strstr(f->judgement.failures.v[0], "[a.c:31]"));
}

static void test_frames_only_when_asked(void **state)
{
	struct fixture *f = *state;

	add_function(f, DIFF_CHANGED, 5000);
	add_function(f, DIFF_NEW, 5000);
	assert_int_equal(failures(f), 0);
	f->limits.frame_growth = 4999;
	assert_int_equal(failures(f), 1);
}

static void test_findings(void **state)
{
	struct fixture *f = *state;

	add_finding(f, NULL, "note");
	assert_int_equal(failures(f), 0);
	f->after.findings.v[0].severity = "warning";
	assert_int_equal(failures(f), 1);
	assert_string_equal(f->judgement.failures.v[0],
			    "new finding large-local at a.c:7: it is large");
}

static void test_known_findings(void **state)
{
	struct fixture *f = *state;

	add_finding(f, "warning", "error");
	assert_int_equal(failures(f), 0);
	/* What was too mild to fail, or accepted, is new when it is no more. */
	f->before.findings.v[0].severity = "note";
	assert_int_equal(failures(f), 1);
}

static void test_suppressed_findings(void **state)
{
	struct fixture *f = *state;

	add_finding(f, NULL, "error")->suppressed = true;
	assert_int_equal(failures(f), 0);
	f->after.findings.v[0].suppressed = false;
	assert_int_equal(failures(f), 1);
}

static void test_no_longer_suppressed(void **state)
{
	struct fixture *f = *state;

	add_finding(f, "error", "error");
	f->before.findings.v[0].suppressed = true;
	assert_int_equal(failures(f), 1);
}

static void test_bounds_are_noticed(void **state)
{
	struct fixture *f = *state;

	add_entry(f, 1000, 1000)->bound_changed = true;
	assert_int_equal(failures(f), 0);
	assert_int_equal(f->judgement.notices.n, 1);
	assert_string_equal(f->judgement.notices.v[0],
			    "the depth of entry was exact, and is at-least");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_growth),
		TEST(test_budget),
		TEST(test_new_entries_do_not_grow),
		TEST(test_unknown_now),
		TEST(test_reasons_are_named),
		TEST(test_frames_only_when_asked),
		TEST(test_findings),
		TEST(test_known_findings),
		TEST(test_suppressed_findings),
		TEST(test_no_longer_suppressed),
		TEST(test_bounds_are_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
