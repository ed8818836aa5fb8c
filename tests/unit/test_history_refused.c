/* The history: files that are not ours, damaged or from the future are refused and stay as they
 * are. */
#include "history_fixture.h"

/* Opening fails with `message`, for reading and writing, and the file keeps its bytes. */
static void assert_refused(const char *path, const char *message)
{
	struct buf before = {0}, after = {0};

	for (int read_only = 0; read_only < 2; read_only++) {
		struct error err = {0};

		buf_clear(&before);
		buf_clear(&after);
		assert_int_equal(file_read(path, 0, &before, &err), 0);
		assert_null(history_open(path, read_only, &err));
		if (!strstr(err.text, message) || !strstr(err.text, path))
			fail_msg("%s", err.text);
		assert_int_equal(err.kind, ERROR_INPUT);
		assert_int_equal(file_read(path, 0, &after, &err), 0);
		assert_int_equal(after.len, before.len);
		assert_memory_equal(after.data, before.data, after.len);
	}
	buf_release(&before);
	buf_release(&after);
}

static void write_file(const char *path, const char *text)
{
	struct error err = {0};

	assert_int_equal(file_write_atomic(path, text, strlen(text), &err), 0);
}

static void change(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void foreign_files_are_refused(void **state)
{
	struct place *place = *state;

	write_file(place->path, "short");
	assert_refused(place->path, "is not an SQLite database");
	write_file(place->path, "a text file that is a good deal longer than the hundred bytes "
				"that the header of a "
				"database takes, and no database");
	assert_refused(place->path, "is not an SQLite database");
	unlink(place->path);
	change(place->path, "CREATE TABLE run (id)");
	assert_refused(place->path, "is a database of another program (application id 0x00000000)");
}

/* SQLite itself would roll the journal back when it opens the file. */
static void a_foreign_journal_is_left_alone(void **state)
{
	struct place *place = *state;
	char journal[128];
	pid_t child = fork();

	if (!child) {
		sqlite3 *db;

		/* A small cache, so that pages reach the file before the commit. */
		sqlite3_open(place->path, &db);
		sqlite3_exec(db,
			     "CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100000));"
			     "PRAGMA cache_size = 1; BEGIN; UPDATE t SET x = randomblob(100000);"
			     "INSERT INTO t VALUES (zeroblob(100000))",
			     NULL, NULL, NULL);
		_exit(9);
	}
	wait_for(child, 9);
	snprintf(journal, sizeof(journal), "%s-journal", place->path);
	assert_true(file_exists(journal));
	assert_refused(place->path, "another program");
	assert_true(file_exists(journal));
	unlink(journal);
}

static void newer_versions_are_refused(void **state)
{
	struct place *place = *state;
	struct error err = {0};

	assert_int_equal(record(place->path, sample, &err), 1);
	change(place->path, "PRAGMA user_version = 7");
	assert_refused(place->path, "newer stackcheck (schema version 7, this one knows 2)");
	change(place->path, "PRAGMA user_version = 0");
	assert_refused(place->path, "is damaged");
}

static void damage_is_refused(void **state)
{
	struct place *place = *state;
	struct error err = {0};
	struct stat st;
	FILE *f;

	for (int i = 0; i < 20; i++)
		assert_true(record(place->path, sample, &err) > 0);
	assert_int_equal(stat(place->path, &st), 0);
	f = fopen(place->path, "r+b");
	for (long page = 1; page * 4096 < st.st_size; page++) {
		fseek(f, page * 4096, SEEK_SET);
		fwrite("\xff\xff\xff\xff\xff\xff\xff\xff\xff", 1, 9, f);
	}
	fclose(f);
	assert_refused(place->path, "is damaged");
}

static void a_truncated_file_is_refused(void **state)
{
	struct place *place = *state;
	struct error err = {0};

	assert_int_equal(record(place->path, sample, &err), 1);
	assert_int_equal(truncate(place->path, 4096 * 3), 0);
	assert_refused(place->path, "is damaged");
}

static void missing_tables_are_damage(void **state)
{
	struct place *place = *state;
	struct error err = {0};

	assert_int_equal(record(place->path, sample, &err), 1);
	change(place->path, "DROP TABLE part");
	assert_int_equal(record(place->path, sample, &err), -1);
	assert_non_null(strstr(err.text, "damaged"));
	assert_answer(place->path, "SELECT count(*) FROM run", "1");
}

static void triggers_of_the_file_do_not_run(void **state)
{
	struct place *place = *state;
	struct error err = {0};

	assert_int_equal(record(place->path, sample, &err), 1);
	change(place->path,
	       "CREATE TRIGGER t AFTER INSERT ON run_finding BEGIN DELETE FROM run_finding; END");
	assert_int_equal(record(place->path, sample, &err), 2);
	assert_counts(place->path, "2 6 4");
}

static void an_empty_file_is_a_new_one(void **state)
{
	struct place *place = *state;
	struct error err = {0};

	write_file(place->path, "");
	assert_null(history_open(place->path, true, &err));
	assert_int_equal(record(place->path, sample, &err), 1);
}

static void reading_makes_no_file(void **state)
{
	struct place *place = *state;
	struct error err = {0};

	assert_null(history_open(place->path, true, &err));
	assert_non_null(strstr(err.text, "there is no history"));
	assert_int_equal(err.kind, ERROR_INPUT);
	assert_false(file_exists(place->path));
}

static void special_files_and_missing_folders(void **state)
{
	struct place *place = *state;
	struct error err = {0};
	char missing[128];

	assert_null(history_open(place->folder, false, &err));
	assert_non_null(strstr(err.text, "not a regular file"));
	assert_int_equal(mkfifo(place->path, 0600), 0);
	assert_null(history_open(place->path, false, &err));
	assert_non_null(strstr(err.text, "not a regular file"));
	snprintf(missing, sizeof(missing), "%s/no/history.db", place->folder);
	assert_null(history_open(missing, false, &err));
	assert_int_equal(err.kind, ERROR_SYSTEM);
	assert_non_null(strstr(err.text, missing));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(foreign_files_are_refused),       TEST(a_foreign_journal_is_left_alone),
		TEST(newer_versions_are_refused),      TEST(damage_is_refused),
		TEST(a_truncated_file_is_refused),     TEST(missing_tables_are_damage),
		TEST(triggers_of_the_file_do_not_run), TEST(an_empty_file_is_a_new_one),
		TEST(reading_makes_no_file),	       TEST(special_files_and_missing_folders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
