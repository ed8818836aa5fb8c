/* What the cache keeps, what it must not, and what it says about it, over whole runs. */
#include "fixture.h"

#include <fcntl.h>
#include <sys/wait.h>

/* Files must be older than the run by more than a tick of the clock that file times come from. */
static void settle_clock(void)
{
	usleep(30000);
}

static void use_cache(struct fixture *x)
{
	x->options.cache_dir = arena_printf(&x->arena, "%s/cache", x->dir);
	x->options.explain_cache = true;
	settle_clock();
}

/* Runs two units and gives what was said on standard error. */
static const char *run_and_listen(struct fixture *x, const char *first, const char *second)
{
	const char *path = arena_printf(&x->arena, "%s/stderr", x->dir);
	int out = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), old = dup(2);
	struct buf said = {0};
	const char *text;
	int rc;

	fixture_add(x, first, "a.c");
	fixture_add(x, second, "b.c");
	dup2(out, 2);
	rc = fixture_run(x);
	dup2(old, 2);
	close(old);
	close(out);
	assert_int_equal(rc, 0);
	assert_int_equal(file_read(path, 0, &said, &x->err), 0);
	text = arena_strdup(&x->arena, buf_str(&said));
	buf_release(&said);
	return text;
}

static void expect_run(struct fixture *x, const char *first, const char *second, const char *said)
{
	assert_string_equal(run_and_listen(x, first, second), said);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(x->results[i].verdict, VERDICT_OK);
		assert_string_equal(x->results[i].facts.unit, x->jobs[i].unit);
		assert_int_equal(x->results[i].facts.funcs.n, 1);
	}
	fixture_clear(x);
}

#define NEW	"stackcheck: analysing ok:a: no entry\nstackcheck: analysing ok:b: no entry\n"
#define A(why)	"stackcheck: analysing ok:a: " why "\n"
#define B(why)	"stackcheck: analysing ok:b: " why "\n"
#define AB(why) A(why) B(why)

static void test_hit(void **state)
{
	struct fixture *x = *state;

	use_cache(x);
	expect_run(x, "ok:a", "ok:b", NEW);
	assert_int_equal(x->stats.cache_hits, 0);
	/* Nothing is left to be run: not even a worker is needed. */
	x->options.worker = "/nonexistent";
	expect_run(x, "ok:a", "ok:b", "");
	assert_int_equal(x->stats.cache_hits, 2);
	assert_int_equal(x->stats.cache_misses, 0);
}

static void test_changes(void **state)
{
	struct fixture *x = *state;

	use_cache(x);
	expect_run(x, "ok:a", "ok:b", NEW);
	fixture_write(x, "tree/common.h", "int d;\n");
	settle_clock();
	expect_run(x, "ok:a", "ok:b", AB("common.h changed"));
	fixture_write(x, "tree/b.c", "int bb;\n");
	settle_clock();
	expect_run(x, "ok:a", "ok:b", B("b.c changed"));
	x->options.version = "test 2";
	expect_run(x, "ok:a", "ok:b", AB("tool changed"));
	x->options.version = "test 1";
	expect_run(x, "ok:a", "ok:b", "");
	unlink(arena_printf(&x->arena, "%s/tree/common.h", x->dir));
	expect_run(x, "ok:a", "ok:b", AB("common.h cannot be read any more"));
}

/* The same size and modification time do not hide a change. */
static void test_hidden_change(void **state)
{
	struct timespec same[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
	struct fixture *x = *state;
	const char *path = arena_printf(&x->arena, "%s/tree/common.h", x->dir);

	assert_int_equal(utimensat(AT_FDCWD, path, same, 0), 0);
	use_cache(x);
	expect_run(x, "ok:a", "ok:b", NEW);
	fixture_write(x, "tree/common.h", "int e;\n");
	assert_int_equal(utimensat(AT_FDCWD, path, same, 0), 0);
	expect_run(x, "ok:a", "ok:b", AB("common.h changed"));
}

static void test_arguments(void **state)
{
	struct fixture *x = *state;
	struct job *j;

	use_cache(x);
	expect_run(x, "ok:a", "ok:b", NEW);
	j = fixture_add(x, "ok:a", "a.c");
	j->argv[j->argc++] = arena_strdup(&x->arena, "-DX");
	assert_string_equal(run_and_listen(x, "ok:a", "ok:b"), A("arguments changed"));
	/* The plain unit beside it still has its entry. */
	assert_true(x->results[1].from_cache && x->results[2].from_cache);
}

static void test_not_kept(void **state)
{
	struct fixture *x = *state;

	use_cache(x);
	run_and_listen(x, "estimated", "crash");
	fixture_clear(x);
	assert_string_equal(run_and_listen(x, "estimated", "crash"),
			    "stackcheck: analysing estimated: did not compile last time\n"
			    "stackcheck: analysing crash: crashed last time\n");
	assert_int_equal(x->results[0].verdict, VERDICT_PARSE_ERRORS);
	assert_int_equal(x->results[1].verdict, VERDICT_CRASHED);
}

static void test_change_during_analysis(void **state)
{
	struct fixture *x = *state;
	pid_t helper;

	use_cache(x);
	helper = fork();
	if (!helper) {
		usleep(200000);
		fixture_write(x, "tree/a.c", "int during;\n");
		_exit(0);
	}
	run_and_listen(x, "slow", "ok:b");
	waitpid(helper, NULL, 0);
	fixture_clear(x);
	settle_clock();
	assert_string_equal(run_and_listen(x, "slow", "ok:b"),
			    "stackcheck: analysing slow: a.c changed during the last analysis\n");
	fixture_clear(x);
	assert_string_equal(run_and_listen(x, "slow", "ok:b"), "");
}

static void test_unusable_directory(void **state)
{
	struct fixture *x = *state;

	fixture_write(x, "cache", "a file\n");
	use_cache(x);
	fixture_add(x, "ok:a", "a.c");
	assert_int_equal(fixture_run(x), -1);
	assert_non_null(strstr(x->err.text, "/cache"));
}

/* A cache that cannot be written is told once and costs no result. */
static void test_unwritable_cache(void **state)
{
	struct fixture *x = *state;
	const char *said;

	assert_int_equal(mkdir(arena_printf(&x->arena, "%s/cache", x->dir), 0700), 0);
	fixture_write(x, "cache/units", "in the way\n");
	use_cache(x);
	x->options.explain_cache = false;
	said = run_and_listen(x, "ok:a", "ok:b");
	assert_non_null(strstr(said, "warning: the cache is not kept up to date"));
	assert_null(strstr(strstr(said, "warning") + 1, "warning"));
	assert_int_equal(x->results[0].verdict, VERDICT_OK);
	assert_int_equal(x->results[1].verdict, VERDICT_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FAULT_TEST(test_hit),
		FAULT_TEST(test_changes),
		FAULT_TEST(test_hidden_change),
		FAULT_TEST(test_arguments),
		FAULT_TEST(test_not_kept),
		FAULT_TEST(test_change_during_analysis),
		FAULT_TEST(test_unusable_directory),
		FAULT_TEST(test_unwritable_cache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
