/* The history: files of every earlier version open, with all that they held. */
#include "history_fixture.h"

#include <signal.h>

static void run_sql(sqlite3 *db, const char *file)
{
	struct buf sql = {0};
	struct error err = {0};
	char path[4096], *message = NULL;

	snprintf(path, sizeof(path), SOURCE_DIR "/tests/unit/history/%s", file);
	assert_int_equal(file_read(path, 0, &sql, &err), 0);
	if (sqlite3_exec(db, buf_str(&sql), NULL, NULL, &message) != SQLITE_OK)
		fail_msg("%s: %s", file, message);
	buf_release(&sql);
}

/* A file as version 1 made it. */
static void make_version_1(const char *path)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	run_sql(db, "schema-1.sql");
	run_sql(db, "runs-1.sql");
	sqlite3_close(db);
}

#define OLD_FUNCTIONS                                                                              \
	"SELECT group_concat(run || ',' || number || ',' || label || ',' || unit || ',' ||"        \
	" symbol || ',' || ifnull(module, '-') || ',' || ifnull(file, '-') || ',' || line || ',' " \
	"|| ifnull(frame_bytes, '?') || ',' || frame_kind || ',' || ifnull(depth_bytes, '?') ||"   \
	" ',' || bound, ' ') FROM (SELECT * FROM functions ORDER BY run, number)"
#define OLD_FINDINGS                                                                               \
	"SELECT group_concat(run || ',' || number || ',' || fingerprint || ',' || rule || ',' ||"  \
	" severity || ',' || function || ',' || ifnull(file, '-') || ',' || line || ',' ||"        \
	" subject || ',' || message || ',' || ifnull(bytes, '?') || ',' ||"                        \
	" ifnull(limit_bytes, '?') || ',' || suppressed, ' ')"                                     \
	" FROM (SELECT * FROM findings ORDER BY run, number)"
#define OLD_RUNS                                                                                   \
	"SELECT group_concat(id || ',' || time || ',' || ifnull(commit_id, '-') || ',' ||"         \
	" ifnull(branch, '-') || ',' || dirty || ',' || tool || ',' || llvm || ',' || target ||"   \
	" ',' || platform || ',' || ifnull(build, '-') || ',' || flags_digest || ',' ||"           \
	" units_total || ',' || units_measured || ',' || units_estimated || ',' || units_failed"   \
	" || ',' || wall_ms || ',' || cpu_ms || ',' || cache_hits, ' ') FROM runs"

/* What the views of version 1 show is what the views of today show. */
static void a_writer_brings_version_1_up_to_date(void **state)
{
	static const char *const queries[] = {OLD_FUNCTIONS, OLD_FINDINGS, OLD_RUNS};
	struct place *place = *state;
	struct error err = {0};
	char before[3][1024];

	make_version_1(place->path);
	for (int i = 0; i < 3; i++)
		ask(place->path, queries[i], before[i], sizeof(before[i]));
	assert_non_null(strstr(before[0], "7,0,top,drivers/a.c,top,a,drivers/a.c,3,48,fixed,208"));
	history_close(history_open(place->path, false, &err));
	assert_string_equal(err.text, "");
	for (int i = 0; i < 3; i++) {
		char after[1024];

		ask(place->path, queries[i], after, sizeof(after));
		assert_string_equal(after, before[i]);
	}
	assert_counts(place->path, "2 6 3");
	assert_answer(place->path, "PRAGMA user_version", "2");
	assert_answer(place->path, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'old%'",
		      "0");
	assert_answer(place->path, "SELECT sum(base_usable) FROM runs", "0");
	assert_int_equal(record(place->path, sample, &err), 8);
	assert_counts(place->path, "3 9 5");
}

static void a_reader_changes_nothing(void **state)
{
	struct place *place = *state;
	struct buf before = {0}, after = {0};
	struct error err = {0};
	struct snapshot s = {0};
	struct arena a = {0};
	struct snapshot_run *runs;
	struct history *h;
	size_t n;

	make_version_1(place->path);
	assert_int_equal(file_read(place->path, 0, &before, &err), 0);
	h = history_open(place->path, true, &err);
	assert_non_null(h);
	assert_int_equal(history_runs(h, &a, 0, &runs, &n, &err), 0);
	assert_int_equal(n, 2);
	assert_int_equal(runs[0].id, 7);
	assert_int_equal(runs[1].units_failed, 1);
	assert_int_equal(runs[1].budget_bytes, BYTES_UNKNOWN);
	assert_int_equal(history_snapshot(h, 3, &s, &err), 0);
	assert_int_equal(s.n_functions, 3);
	assert_string_equal(s.functions[1].label, "leaf");
	assert_int_equal(s.functions[1].frame_bytes, BYTES_UNKNOWN);
	assert_int_equal(s.findings.n, 2);
	assert_true(s.findings.v[1].suppressed);
	assert_false(s.run.has_details);
	snapshot_release(&s);
	history_close(h);
	assert_int_equal(file_read(place->path, 0, &after, &err), 0);
	assert_int_equal(after.len, before.len);
	assert_memory_equal(after.data, before.data, after.len);
	buf_release(&before);
	buf_release(&after);
	arena_release(&a);
}

static int die(void *unused)
{
	(void)unused;
	_exit(9);
}

static int die_at_commit(sqlite3 *db, const char **message, const void *api)
{
	(void)message;
	(void)api;
	sqlite3_commit_hook(db, die, NULL);
	return SQLITE_OK;
}

static void killed_on_the_way_leaves_version_1(void **state)
{
	struct place *place = *state;
	struct error err = {0};
	pid_t child;

	make_version_1(place->path);
	child = fork();
	if (!child) {
		sqlite3_auto_extension((void (*)(void))die_at_commit);
		history_open(place->path, false, &err);
		_exit(1);
	}
	wait_for(child, 9);
	assert_answer(place->path, "PRAGMA user_version", "1");
	assert_answer(place->path, "SELECT count(*) FROM function", "7");
	assert_int_equal(record(place->path, sample, &err), 8);
	assert_counts(place->path, "3 9 5");
}

static void several_at_once_do_it_once(void **state)
{
	struct place *place = *state;
	pid_t children[4];

	make_version_1(place->path);
	for (int i = 0; i < 4; i++) {
		children[i] = fork();
		if (!children[i]) {
			struct error err = {0};

			if (record(place->path, sample, &err) < 0)
				fprintf(stderr, "%s\n", err.text);
			_exit(*err.text != '\0');
		}
	}
	for (int i = 0; i < 4; i++)
		wait_for(children[i], 0);
	assert_counts(place->path, "6 18 11");
}

/* Tables that are not those of version 1: the old file stays. */
static void a_strange_version_1_is_refused(void **state)
{
	struct place *place = *state;
	struct error err = {0};
	sqlite3 *db;

	make_version_1(place->path);
	assert_int_equal(sqlite3_open(place->path, &db), SQLITE_OK);
	sqlite3_exec(db, "DROP VIEW functions; DROP VIEW findings; DROP TABLE finding", NULL, NULL,
		     NULL);
	sqlite3_close(db);
	assert_null(history_open(place->path, false, &err));
	assert_non_null(strstr(err.text, "is damaged"));
	assert_answer(place->path, "PRAGMA user_version", "1");
	assert_answer(place->path, "SELECT count(*) FROM run", "3");
	assert_null(history_open(place->path, true, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_writer_brings_version_1_up_to_date), TEST(a_reader_changes_nothing),
		TEST(killed_on_the_way_leaves_version_1),   TEST(several_at_once_do_it_once),
		TEST(a_strange_version_1_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
