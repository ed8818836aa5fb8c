/* Every way in which a unit can end gives a definite verdict, and the units beside it are as without it. */
#include "fixture.h"

#include "jobs/jail.h"

static const struct expectation {
	const char *unit;
	enum verdict verdict;
	const char *reason; /* exactly; NULL: none */
} expectations[] = {
	{"ok:0", VERDICT_OK, NULL},
	{"crash", VERDICT_CRASHED, "killed by signal 11 (Segmentation fault)"},
	{"ok:1", VERDICT_OK, NULL},
	{"bad-alloc", VERDICT_OOM, "needs more than the 512 MiB of memory it may use"},
	{"hang", VERDICT_TIMEOUT, "took longer than 2 s"},
	{"exit", VERDICT_FAILED,
	 "its process ended with status 7 and without a result: \\x1b[31mno\xef\xbf\xbd more"},
	{"ok:2", VERDICT_OK, NULL},
	{"error", VERDICT_FAILED, "<scratch>/x.o: line 1: cannot be read"},
	{"estimated", VERDICT_PARSE_ERRORS, NULL},
	{"starved", VERDICT_OOM, "needs more than the 512 MiB of memory it may use"},
	{"none", VERDICT_FAILED, "its worker gave bad facts: there are none"},
	{"other", VERDICT_FAILED, "its worker gave bad facts: they are about another unit"},
	{"fifo", VERDICT_FAILED,
	 "its worker gave bad facts: <scratch>/stackcheck.0.facts is not a regular file"},
	{"hang-in-compiler", VERDICT_TIMEOUT, "took longer than 2 s"},
	{"ok:3", VERDICT_OK, NULL},
};

enum { N_EXPECTATIONS = sizeof(expectations) / sizeof(expectations[0]) };

static void check_all(struct fixture *x, unsigned parallel, bool objects)
{
	for (size_t i = 0; i < N_EXPECTATIONS; i++) {
		/* That one knows the name of its file by being alone. */
		bool alone = !strcmp(expectations[i].unit, "fifo");

		fixture_add(x, expectations[i].unit, "a.c")->object_only = objects && !alone;
	}
	x->options.parallel = parallel;
	x->options.timeout_seconds = 2;
	assert_int_equal(fixture_run(x), 0);
	for (size_t i = 0; i < N_EXPECTATIONS; i++) {
		const struct unit_result *r = &x->results[i];

		assert_string_equal(verdict_name(r->verdict),
				    verdict_name(expectations[i].verdict));
		if (expectations[i].reason)
			assert_string_equal(r->reason, expectations[i].reason);
		else
			assert_null(r->reason);
		if (r->verdict == VERDICT_OK || r->verdict == VERDICT_PARSE_ERRORS) {
			assert_string_equal(r->facts.unit, expectations[i].unit);
			assert_int_equal(r->facts.funcs.n, 1);
		}
	}
	assert_int_equal(x->stats.cache_misses, N_EXPECTATIONS);
	assert_true(x->stats.peak_worker_kib > 0);
	fixture_clear(x);
}

static void test_one_server(void **state)
{
	check_all(*state, 1, false);
}

static void test_many_servers(void **state)
{
	check_all(*state, 8, false);
}

/* Objects are ordered together; each still ends in its own way. */
static void test_many_in_one_order(void **state)
{
	check_all(*state, 1, true);
}

static int64_t number_of(const struct fixture *x, size_t i)
{
	assert_int_equal(x->results[i].verdict, VERDICT_OK);
	return x->results[i].facts.funcs.v[0].frame_bytes;
}

/* One process reads one object after the other; sources get one each. */
static void test_who_shares_a_process(void **state)
{
	struct fixture *x = *state;

	fixture_add(x, "pid:0", "a.c")->object_only = true;
	fixture_add(x, "pid:1", "a.c")->object_only = true;
	fixture_add(x, "pid:2", "a.c");
	fixture_add(x, "pid:3", "a.c");
	fixture_add(x, "pid:4", "a.c")->object_only = true;
	x->options.parallel = 1;
	assert_int_equal(fixture_run(x), 0);
	assert_int_equal(number_of(x, 0), number_of(x, 1));
	for (size_t i = 2; i < x->n; i++)
		assert_int_not_equal(number_of(x, i), number_of(x, i - 1));
	fixture_clear(x);
}

/* What an object leaves behind in the process can kill the next one: that is tried again where it is the first. */
static void test_blame_is_the_units_own(void **state)
{
	struct fixture *x = *state;

	fixture_add(x, "poison", "a.c")->object_only = true;
	fixture_add(x, "victim", "a.c")->object_only = true;
	fixture_add(x, "crash", "a.c")->object_only = true;
	fixture_add(x, "victim:2", "a.c")->object_only = true;
	assert_int_equal(fixture_run(x), 0);
	assert_int_equal(x->results[0].verdict, VERDICT_OK);
	assert_int_equal(x->results[1].verdict, VERDICT_OK);
	assert_int_equal(x->results[2].verdict, VERDICT_CRASHED);
	assert_int_equal(x->results[3].verdict, VERDICT_OK);
	fixture_clear(x);
}

/* The limits are a unit's, however many went before it in its process. */
static void test_limits_in_one_order(void **state)
{
	struct fixture *x = *state;

	fixture_add(x, "burn:1", "a.c")->object_only = true;
	fixture_add(x, "burn:2", "a.c")->object_only = true;
	fixture_add(x, "slow:1", "a.c")->object_only = true;
	fixture_add(x, "slow:2", "a.c")->object_only = true;
	fixture_add(x, "spin", "a.c")->object_only = true;
	fixture_add(x, "slow:3", "a.c")->object_only = true;
	x->options.cpu_seconds = 2;
	x->options.parallel = 1;
	assert_int_equal(fixture_run(x), 0);
	for (size_t i = 0; i < x->n; i++)
		assert_int_equal(x->results[i].verdict, i == 4 ? VERDICT_TIMEOUT : VERDICT_OK);
	assert_string_equal(x->results[4].reason, "used more than 2 s of CPU time");
	fixture_clear(x);
	for (size_t i = 0; i < 9; i++)
		fixture_add(x, arena_printf(&x->arena, "slow:%zu", i), "a.c")->object_only = true;
	x->options.timeout_seconds = 3;
	assert_int_equal(fixture_run(x), 0);
	for (size_t i = 0; i < x->n; i++)
		assert_int_equal(x->results[i].verdict, VERDICT_OK);
	fixture_clear(x);
}

static void test_damaged_facts(void **state)
{
	static const char *const units[] = {"garbage", "half", "empty"};
	struct fixture *x = *state;

	for (size_t i = 0; i < 3; i++)
		fixture_add(x, units[i], "a.c");
	assert_int_equal(fixture_run(x), 0);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(x->results[i].verdict, VERDICT_FAILED);
		assert_non_null(strstr(x->results[i].reason, "its worker gave bad facts: facts:"));
	}
	fixture_clear(x);
}

static void test_own_bug(void **state)
{
	struct fixture *x = *state;

	fixture_add(x, "bug", "a.c");
	assert_int_equal(fixture_run(x), 0);
	assert_int_equal(x->results[0].verdict, VERDICT_CRASHED);
	assert_non_null(strstr(x->results[0].reason, "signal 6"));
	assert_non_null(strstr(x->results[0].reason, "BUG at"));
	assert_non_null(strstr(x->results[0].reason, "planted"));
}

static void test_cpu_limit(void **state)
{
	struct fixture *x = *state;

	fixture_add(x, "spin", "a.c");
	fixture_add(x, "ok", "a.c");
	x->options.cpu_seconds = 1;
	assert_int_equal(fixture_run(x), 0);
	assert_int_equal(x->results[0].verdict, VERDICT_TIMEOUT);
	assert_string_equal(x->results[0].reason, "used more than 1 s of CPU time");
	assert_int_equal(x->results[1].verdict, VERDICT_OK);
	assert_true(x->stats.worker_cpu_seconds >= 0.9);
}

static void test_memory_limit(void **state)
{
	static const char *const units[] = {"eat", "ok:1", "eat-unchecked", "ok:2"};
	struct fixture *x = *state;

	if (!JAIL_LIMITS_MEMORY)
		skip();
	for (size_t i = 0; i < 4; i++)
		fixture_add(x, units[i], "a.c");
	x->options.memory_mib = 128;
	assert_int_equal(fixture_run(x), 0);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(x->results[i].verdict, i % 2 ? VERDICT_OK : VERDICT_OOM);
	assert_string_equal(x->results[0].reason,
			    "needs more than the 128 MiB of memory it may use");
	assert_string_equal(x->results[2].reason, x->results[0].reason);
	assert_in_range(x->stats.peak_worker_kib, 64 * 1024, 128 * 1024);
}

static void test_killed_from_outside(void **state)
{
	struct fixture *x = *state;

	fixture_add(x, "killed", "a.c");
	assert_int_equal(fixture_run(x), 0);
	assert_int_equal(x->results[0].verdict, VERDICT_OOM);
	assert_non_null(strstr(x->results[0].reason, "killed from outside"));
}

struct progress {
	size_t calls, last, failed;
};

static void note_progress(void *ctx, size_t done, size_t total, const char *unit, enum verdict v)
{
	struct progress *p = ctx;

	assert_non_null(unit);
	assert_int_equal(total, 3);
	p->calls++;
	p->last = done;
	p->failed += v == VERDICT_CRASHED;
}

static void test_progress(void **state)
{
	struct fixture *x = *state;
	struct progress p = {0};

	fixture_add(x, "ok:1", "a.c");
	fixture_add(x, "crash", "a.c");
	fixture_add(x, "ok:2", "a.c");
	x->options.progress = note_progress;
	x->options.progress_ctx = &p;
	assert_int_equal(fixture_run(x), 0);
	assert_int_equal(p.calls, 3);
	assert_int_equal(p.last, 3);
	assert_int_equal(p.failed, 1);
}

static void test_no_jobs(void **state)
{
	struct fixture *x = *state;

	assert_int_equal(fixture_run(x), 0);
	assert_int_equal(x->stats.cache_misses, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FAULT_TEST(test_one_server),
		FAULT_TEST(test_many_servers),
		FAULT_TEST(test_many_in_one_order),
		FAULT_TEST(test_who_shares_a_process),
		FAULT_TEST(test_blame_is_the_units_own),
		FAULT_TEST(test_limits_in_one_order),
		FAULT_TEST(test_damaged_facts),
		FAULT_TEST(test_own_bug),
		FAULT_TEST(test_cpu_limit),
		FAULT_TEST(test_memory_limit),
		FAULT_TEST(test_progress),
		FAULT_TEST(test_no_jobs),
		FAULT_TEST(test_killed_from_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
