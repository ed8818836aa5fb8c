/* The history: what is recorded comes back, and nobody sees half a run. */
#include "history_fixture.h"

#include <signal.h>
#include <sys/resource.h>

static void a_run_comes_back(void **state)
{
	struct place *place = *state;
	struct error err = {0};
	struct arena a = {0};
	struct snapshot_run *runs;
	struct history *h;
	size_t n;

	assert_int_equal(record(place->path, sample, &err), 1);
	h = history_open(place->path, true, &err);
	assert_non_null(h);
	assert_int_equal(history_runs(h, &a, 0, &runs, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_int_equal(runs[0].id, 1);
	assert_int_equal(runs[0].time, sample.time);
	assert_string_equal(runs[0].commit, sample.commit);
	assert_string_equal(runs[0].branch, sample.branch);
	assert_true(runs[0].dirty);
	assert_string_equal(runs[0].tool, sample.tool);
	assert_string_equal(runs[0].llvm, sample.llvm);
	assert_string_equal(runs[0].target, sample.target);
	assert_string_equal(runs[0].platform, sample.platform);
	assert_null(runs[0].build);
	assert_string_equal(runs[0].flags_digest, sample.flags_digest);
	assert_int_equal(runs[0].units_total, 4);
	assert_int_equal(runs[0].units_measured, 2);
	assert_int_equal(runs[0].units_estimated, 1);
	assert_int_equal(runs[0].units_failed, 1);
	assert_int_equal(runs[0].wall_ms, 1500);
	assert_int_equal(runs[0].cpu_ms, 2900);
	assert_int_equal(runs[0].cache_hits, 1);
	history_close(h);
	arena_release(&a);
}

static void the_views_show_words_and_unknowns(void **state)
{
	struct place *place = *state;
	struct error err = {0};

	assert_int_equal(record(place->path, sample, &err), 1);
	assert_answer(
		place->path,
		"SELECT group_concat(unit || ',' || symbol || ',' || ifnull(module, '-') || ',' ||"
		" ifnull(file, '-') || ',' || line || ',' || ifnull(frame_bytes, '?') || ',' ||"
		" frame_kind || ',' || ifnull(depth_bytes, '?') || ',' || bound, ' ')"
		" FROM functions WHERE module = 'a'",
		"drivers/a.c,top,a,drivers/a.c,3,40,fixed,200,at-least "
		"drivers/a.c,leaf,a,drivers/a.c,9,?,unmeasured,?,exact");
	assert_answer(place->path,
		      "SELECT unit FROM functions WHERE symbol = 'other' AND file IS NULL",
		      "drivers/b\xef\xbf\xbd.c");
	assert_answer(
		place->path,
		"SELECT group_concat(rule || ',' || severity || ',' || function || ',' || subject "
		"||"
		" ',' || ifnull(bytes, '?') || ',' || length(fingerprint), ' ') FROM findings",
		"large-local,warning,0,buf,40,32 recursion,error,2,,?,32");
	assert_answer(place->path, "SELECT platform FROM runs", "linux-x86_64");
	assert_answer(place->path, "PRAGMA journal_mode", "delete");
}

static void newest_first_and_at_most(void **state)
{
	struct place *place = *state;
	struct error err = {0};
	struct arena a = {0};
	struct snapshot_run *runs;
	struct history *h;
	size_t n;

	for (int64_t i = 1; i <= 3; i++)
		assert_int_equal(record(place->path, sample, &err), i);
	h = history_open(place->path, true, &err);
	assert_int_equal(history_runs(h, &a, 2, &runs, &n, &err), 0);
	assert_int_equal(n, 2);
	assert_int_equal(runs[0].id, 3);
	assert_int_equal(runs[1].id, 2);
	history_close(h);
	arena_release(&a);
	/* Strings of the second and third run are those of the first. */
	assert_answer(place->path, "SELECT count(*) - count(DISTINCT text) FROM name", "0");
	assert_counts(place->path, "3 9 6");
}

static void fingerprints_of_the_last_run_alike(void **state)
{
	struct place *place = *state;
	struct snapshot_run other = sample;
	struct error err = {0};
	struct arena a = {0};
	struct map set = {0};
	struct history *h;
	char print[64];
	bool found;

	assert_int_equal(record(place->path, sample, &err), 1);
	ask(place->path, "SELECT fingerprint FROM findings WHERE number = 1", print, sizeof(print));
	h = history_open(place->path, true, &err);
	assert_int_equal(history_last_fingerprints(h, &a, &sample, &set, &found, &err), 0);
	assert_true(found);
	assert_int_equal(set.n, 2);
	assert_non_null(map_find_str(&set, print));
	map_release(&set);

	other.build = "debug";
	assert_int_equal(history_last_fingerprints(h, &a, &other, &set, &found, &err), 0);
	assert_false(found);
	assert_int_equal(set.n, 0);
	other = sample;
	other.flags_digest = "d2";
	assert_int_equal(history_last_fingerprints(h, &a, &other, &set, &found, &err), 0);
	assert_false(found);
	map_release(&set);
	history_close(h);
	arena_release(&a);
}

/* Every process records runs of its own, some of which differ in a unit: what is shared is made once. */
static void record_many(const char *path, int writer, int n)
{
	for (int i = 0; i < n; i++) {
		struct snapshot_run run = sample;
		struct snapshot s = {0};
		struct error err = {0};

		run.time = writer * 1000 + i;
		sample_snapshot(&s, &run);
		s.functions[0].line = (uint32_t)(i % 5);
		if (record_snapshot(path, &s, &err) < 0) {
			fprintf(stderr, "%s\n", err.text);
			_exit(1);
		}
		snapshot_release(&s);
	}
	_exit(0);
}

static void eight_processes_record_at_once(void **state)
{
	struct place *place = *state;
	pid_t children[8];

	for (int i = 0; i < 8; i++) {
		children[i] = fork();
		if (!children[i])
			record_many(place->path, i, 25);
	}
	for (int i = 0; i < 8; i++)
		wait_for(children[i], 0);
	assert_counts(place->path, "200 600 400");
	assert_answer(place->path, "SELECT count(DISTINCT time) FROM runs", "200");
	/* One unit in five states, and one that is always the same. */
	assert_answer(place->path, "SELECT count(*) FROM unit", "6");
}

static int die(void *unused)
{
	(void)unused;
	_exit(9);
}

/* Runs at every sqlite3_open(): the process ends where the database would be changed. */
static int die_at_commit(sqlite3 *db, const char **message, const void *api)
{
	(void)message;
	(void)api;
	sqlite3_commit_hook(db, die, NULL);
	return SQLITE_OK;
}

static void killed_before_the_commit_leaves_nothing(void **state)
{
	struct place *place = *state;
	struct error err = {0};
	pid_t child;

	assert_int_equal(record(place->path, sample, &err), 1);
	child = fork();
	if (!child) {
		sqlite3_auto_extension((void (*)(void))die_at_commit);
		record(place->path, sample, &err);
		_exit(1);
	}
	wait_for(child, 9);
	assert_counts(place->path, "1 3 2");
	assert_int_equal(record(place->path, sample, &err), 2);
	assert_counts(place->path, "2 6 4");
}

static void killed_while_making_the_file(void **state)
{
	struct place *place = *state;
	struct error err = {0};
	pid_t child = fork();

	if (!child) {
		sqlite3_auto_extension((void (*)(void))die_at_commit);
		record(place->path, sample, &err);
		_exit(1);
	}
	wait_for(child, 9);
	assert_int_equal(record(place->path, sample, &err), 1);
	assert_counts(place->path, "1 3 2");
}

/* Ends a recording process by a signal once the file would grow beyond `size`: in the middle of a
 * commit. */
static void killed_at_size(const char *path, rlim_t size)
{
	pid_t child = fork();
	int status;

	if (!child) {
		struct rlimit limit = {.rlim_cur = size, .rlim_max = size};
		struct error err = {0};

		setrlimit(RLIMIT_CORE, &(struct rlimit){0});
		setrlimit(RLIMIT_FSIZE, &limit);
		record(path, sample, &err);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGXFSZ);
}

static void killed_in_the_middle_of_the_file(void **state)
{
	struct place *place = *state;
	struct error err = {0};
	struct stat st;

	killed_at_size(place->path, 8192);
	assert_int_equal(stat(place->path, &st), 0);
	assert_int_equal(st.st_size, 8192);
	assert_int_equal(record(place->path, sample, &err), 1);
	assert_counts(place->path, "1 3 2");
}

/* At any moment, also in the middle of a write: the next process mends it. */
static void killed_at_any_moment(void **state)
{
	struct place *place = *state;
	struct error err = {0};
	char counts[64], expected[64];

	for (int i = 0; i < 20; i++) {
		pid_t child = fork();
		int runs;

		if (!child) {
			for (;;)
				record(place->path, sample, &err);
		}
		usleep((useconds_t)(5000 + 1700 * i));
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, NULL, 0), child);
		if (record(place->path, sample, &err) < 0)
			fail_msg("round %d: %s", i, err.text);
		ask(place->path, "SELECT count(*) FROM runs", counts, sizeof(counts));
		runs = atoi(counts);
		snprintf(expected, sizeof(expected), "%d %d %d", runs, 3 * runs, 2 * runs);
		assert_counts(place->path, expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_run_comes_back),
		TEST(the_views_show_words_and_unknowns),
		TEST(newest_first_and_at_most),
		TEST(fingerprints_of_the_last_run_alike),
		TEST(eight_processes_record_at_once),
		TEST(killed_before_the_commit_leaves_nothing),
		TEST(killed_while_making_the_file),
		TEST(killed_in_the_middle_of_the_file),
		TEST(killed_at_any_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
