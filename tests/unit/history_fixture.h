/* A folder for a database, a run to put into it, and what outside readers see of it. For use by
 * test_history*.c. */
#ifndef STACKCHECK_TESTS_HISTORY_FIXTURE_H
#define STACKCHECK_TESTS_HISTORY_FIXTURE_H

#include "program_fixture.h"
#include "base/file.h"
#include "history/history.h"
#include "rules/finding_snapshot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

struct place {
	char folder[64], path[96];
};

static inline int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	strcpy(p->folder, "/tmp/test_history.XXXXXX");
	if (!p || !mkdtemp(p->folder))
		return -1;
	snprintf(p->path, sizeof(p->path), "%s/history.db", p->folder);
	*state = p;
	return 0;
}

/* Fails when anything but the database is left behind. */
static inline int tear_down(void **state)
{
	struct place *p = *state;
	int rc;

	unlink(p->path);
	rc = rmdir(p->folder);
	if (rc)
		fprintf(stderr, "%s is not empty\n", p->folder);
	free(p);
	return rc;
}

static const struct snapshot_run sample = {
	.time = 1700000000,
	.commit = "0123456789abcdef",
	.branch = "main",
	.dirty = true,
	.tool = "0.1.0",
	.llvm = "19.1.7",
	.target = "x86_64-linux-gnu",
	.platform = "linux-x86_64",
	.flags_digest = "d1",
	.stack_bytes = 16384,
	.budget_bytes = 12288,
	.frame_limit = 2048,
	.whole = true,
	.units_total = 4,
	.units_measured = 2,
	.units_estimated = 1,
	.units_failed = 1,
	.wall_ms = 1500,
	.cpu_ms = 2900,
	.cache_hits = 1,
};

static inline struct fixture *sample_program(void)
{
	struct fixture *x = fixture_new();

	fixture_unit(x, "drivers/a.c");
	x->units[0].module = "a";
	fixture_func(x, "top", "drivers/a.c", 3, 40);
	fixture_func(x, "leaf", "drivers/a.c", 9, BYTES_UNKNOWN);
	x->facts[1].frame_kind = FRAME_UNMEASURED;
	x->depth[0].bytes = 200;
	x->depth[0].bound = BOUND_AT_LEAST;
	fixture_unit(x, "drivers/b\xff.c");
	fixture_func(x, "other", NULL, 0, 72);
	return x;
}

static inline void sample_findings(struct findings *f, const struct fixture *x)
{
	struct finding *finding = findings_add(f, "large-local", SEVERITY_WARNING, 0);

	finding->subject = "buf";
	finding->message = "variable buf takes 40 bytes";
	finding->bytes = 40;
	finding->loc = x->facts[0].loc;
	findings_add(f, "recursion", SEVERITY_ERROR, 2)->message = "other calls itself";
	findings_fingerprint(f, &x->program);
}

/* The sample program's numbers in that run. */
static inline void sample_snapshot(struct snapshot *s, const struct snapshot_run *run)
{
	struct fixture *x = sample_program();
	struct findings findings = {0};

	sample_findings(&findings, x);
	snapshot_of_run(s, run, &x->program, &x->depths);
	finding_snapshot(s, findings.v.v, findings.v.n);
	findings_release(&findings);
	fixture_free(x);
}

/* Opens, records, closes. Gives the run's id, or -1. */
static inline int64_t record_snapshot(const char *path, const struct snapshot *s, struct error *err)
{
	struct history *h = history_open(path, false, err);
	int64_t id = -1;
	int rc = h ? history_record(h, s, &id, err) : -1;

	history_close(h);
	return rc ? -1 : id;
}

/* The same with the sample program. */
static inline int64_t record(const char *path, struct snapshot_run run, struct error *err)
{
	struct snapshot s = {0};
	int64_t id;

	sample_snapshot(&s, &run);
	id = record_snapshot(path, &s, err);
	snapshot_release(&s);
	return id;
}

/* The first column of the query's only row, as text. */
static inline void ask(const char *path, const char *query, char *out, size_t size)
{
	sqlite3 *db;
	sqlite3_stmt *s;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, query, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	snprintf(out, size, "%s", (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	sqlite3_close(db);
}

static inline void assert_answer(const char *path, const char *query, const char *expected)
{
	char text[512];

	ask(path, query, text, sizeof(text));
	assert_string_equal(text, expected);
}

/* Runs in the file, whole or not; functions and findings that others see; and nothing that no run needs. */
static inline void assert_counts(const char *path, const char *expected)
{
	assert_answer(path,
		      "SELECT (SELECT count(*) FROM run) || ' ' || (SELECT count(*) FROM functions)"
		      " || ' ' || (SELECT count(*) FROM findings)",
		      expected);
	assert_answer(
		path,
		"SELECT (SELECT count(*) FROM unit WHERE id NOT IN (SELECT unit FROM run_unit))"
		" + (SELECT count(*) FROM function WHERE unit NOT IN (SELECT id FROM unit))"
		" + (SELECT count(*) FROM finding WHERE id NOT IN (SELECT finding FROM"
		" run_finding)) + (SELECT count(*) FROM pragma_foreign_key_check)",
		"0");
	assert_answer(path, "PRAGMA integrity_check", "ok");
}

static inline void wait_for(pid_t child, int expected)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), expected);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
