/* Servers that do not speak, lie, die or are interrupted; and a unit that tries to get out of its box. */
#include "fixture.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

/* The stub under another name, which makes it break the protocol. */
static void use_stub_as(struct fixture *x, const char *name)
{
	char *path = arena_printf(&x->arena, "%s/%s", x->dir, name);

	assert_int_equal(symlink(STUB_WORKER, path), 0);
	x->options.worker = path;
}

static void check_machinery_error(struct fixture *x, const char *part)
{
	fixture_add(x, "ok:1", "a.c");
	fixture_add(x, "ok:2", "a.c");
	assert_int_equal(fixture_run(x), -1);
	assert_int_equal(x->err.kind, ERROR_SYSTEM);
	assert_non_null(strstr(x->err.text, x->options.worker));
	assert_non_null(strstr(x->err.text, part));
	fixture_clear(x);
}

static void test_missing_worker(void **state)
{
	struct fixture *x = *state;

	x->options.worker = arena_printf(&x->arena, "%s/nowhere", x->dir);
	check_machinery_error(x, "No such file");
}

static void test_mute_worker(void **state)
{
	use_stub_as(*state, "mute");
	check_machinery_error(*state, "ended with status 9 before it was ready");
}

static void test_noisy_worker(void **state)
{
	use_stub_as(*state, "noise");
	check_machinery_error(*state, "answered nonsense");
}

static void test_old_worker(void **state)
{
	use_stub_as(*state, "old");
	check_machinery_error(*state, "is of another version");
}

static void test_lying_worker(void **state)
{
	struct fixture *x = *state;

	use_stub_as(x, "liar");
	for (size_t i = 0; i < 3; i++)
		fixture_add(x, arena_printf(&x->arena, "ok:%zu", i), "a.c");
	assert_int_equal(fixture_run(x), 0);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(x->results[i].verdict, VERDICT_FAILED);
		assert_string_equal(x->results[i].reason, "its worker answered nonsense");
	}
	fixture_clear(x);
}

/* After a while, from a child of this process: a signal to this process, or to its other children. */
static pid_t send_later(int signal_number, bool to_children)
{
	pid_t parent = getpid(), me = fork();
	char path[64];
	FILE *f;
	int pid;

	if (me)
		return me;
	usleep(400000);
	if (!to_children)
		_exit(kill(parent, signal_number));
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent, parent);
	f = fopen(path, "r");
	while (f && fscanf(f, "%d", &pid) == 1) {
		if (pid != getpid())
			kill(pid, signal_number);
	}
	_exit(0);
}

static void test_server_killed(void **state)
{
	struct fixture *x = *state;
	pid_t helper;

	fixture_add(x, "hang", "a.c");
	fixture_add(x, "ok", "a.c");
	x->options.parallel = 1;
	helper = send_later(SIGKILL, true);
	assert_int_equal(fixture_run(x), 0);
	waitpid(helper, NULL, 0);
	assert_int_equal(x->results[0].verdict, VERDICT_CRASHED);
	assert_string_equal(x->results[0].reason, "its worker was killed by signal 9 (Killed)");
	assert_int_equal(x->results[1].verdict, VERDICT_OK);
	fixture_clear(x);
}

/* The rest of an order goes to the next server. */
static void test_server_of_many_killed(void **state)
{
	struct fixture *x = *state;
	pid_t helper;

	fixture_add(x, "ok:1", "a.c")->object_only = true;
	fixture_add(x, "hang", "a.c")->object_only = true;
	fixture_add(x, "ok:2", "a.c")->object_only = true;
	fixture_add(x, "ok:3", "a.c")->object_only = true;
	x->options.parallel = 1;
	helper = send_later(SIGKILL, true);
	assert_int_equal(fixture_run(x), 0);
	waitpid(helper, NULL, 0);
	for (size_t i = 0; i < x->n; i++)
		assert_int_equal(x->results[i].verdict, i == 1 ? VERDICT_CRASHED : VERDICT_OK);
	fixture_clear(x);
}

static void check_interrupt(struct fixture *x, int signal_number, const char *text)
{
	struct timespec t[2];
	pid_t helper;

	fixture_add(x, "hang", "a.c");
	fixture_add(x, "hang-in-compiler", "a.c");
	fixture_add(x, "ok", "a.c");
	helper = send_later(signal_number, false);
	clock_gettime(CLOCK_MONOTONIC, &t[0]);
	assert_int_equal(fixture_run(x), -1);
	clock_gettime(CLOCK_MONOTONIC, &t[1]);
	waitpid(helper, NULL, 0);
	assert_int_equal(x->err.kind, ERROR_SYSTEM);
	assert_string_equal(x->err.text, text);
	assert_in_range(t[1].tv_sec - t[0].tv_sec, 0, 3);
	/* No child of this process is left. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	fixture_clear(x);
}

static void test_interrupt(void **state)
{
	check_interrupt(*state, SIGINT, "interrupted (Interrupt)");
	check_interrupt(*state, SIGTERM, "interrupted (Terminated)");
}

static bool has_landlock(void)
{
	enum { LANDLOCK_CREATE = 444, VERSION = 1 };

	return syscall(LANDLOCK_CREATE, NULL, 0, VERSION) > 0;
}

static int64_t run_number(struct fixture *x, const char *unit)
{
	fixture_add(x, unit, "a.c");
	assert_int_equal(fixture_run(x), 0);
	assert_int_equal(x->results[0].verdict, VERDICT_OK);
	return x->results[0].facts.funcs.v[0].frame_bytes;
}

static void test_tree_cannot_be_written(void **state)
{
	struct fixture *x = *state;
	struct buf source = {0};

	if (!has_landlock())
		skip();
	assert_int_equal(run_number(x, "leak"), 0);
	assert_int_equal(file_read(x->jobs[0].source, 0, &source, &x->err), 0);
	assert_string_equal(buf_str(&source), "int a;\n");
	buf_release(&source);
	assert_false(file_exists(arena_printf(&x->arena, "%s/leak", x->root)));
}

static void test_scratch_can_be_written(void **state)
{
	assert_int_equal(run_number(*state, "denied"), 0);
}

static void test_only_standard_files_are_open(void **state)
{
	assert_int_equal(run_number(*state, "files"), 3);
}

static void test_environment_is_ours(void **state)
{
	struct fixture *x = *state;

	setenv("CPATH", "/planted", 1);
	run_number(x, "environment");
	unsetenv("CPATH");
	assert_string_equal(x->results[0].facts.compiler,
			    "LC_ALL=C.UTF-8;PATH=/usr/bin:/bin;LIBCLANG_NOTHREADS=1;"
			    "GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.top_pad=67108864;"
			    "TMPDIR=<scratch>;");
}

static void test_nothing_outlives_its_unit(void **state)
{
	int64_t pid = run_number(*state, "daemon");

	assert_true(pid > 1);
	assert_int_equal(kill((pid_t)pid, 0), -1);
	assert_int_equal(errno, ESRCH);
}

static void test_unit_kills_its_server(void **state)
{
	struct fixture *x = *state;

	fixture_add(x, "kill-server", "a.c");
	fixture_add(x, "ok", "a.c");
	x->options.parallel = 1;
	assert_int_equal(fixture_run(x), 0);
	/* Landlock forbids the signal from Linux 6.12 on; before, the unit gets the blame. */
	if (x->results[0].verdict == VERDICT_OK)
		assert_int_equal(x->results[0].facts.funcs.v[0].frame_bytes, 2);
	else
		assert_int_equal(x->results[0].verdict, VERDICT_CRASHED);
	assert_int_equal(x->results[1].verdict, VERDICT_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FAULT_TEST(test_missing_worker),
		FAULT_TEST(test_mute_worker),
		FAULT_TEST(test_noisy_worker),
		FAULT_TEST(test_old_worker),
		FAULT_TEST(test_lying_worker),
		FAULT_TEST(test_server_killed),
		FAULT_TEST(test_server_of_many_killed),
		FAULT_TEST(test_interrupt),
		FAULT_TEST(test_tree_cannot_be_written),
		FAULT_TEST(test_scratch_can_be_written),
		FAULT_TEST(test_only_standard_files_are_open),
		FAULT_TEST(test_environment_is_ours),
		FAULT_TEST(test_nothing_outlives_its_unit),
		FAULT_TEST(test_unit_kills_its_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
