/*
 * Older schemas brought up to date. The old tables step aside under other names, the new ones are made, every run is read in
 * the old form and written in the new one with its number kept, and the old tables are dropped: all in the caller's
 * transaction, so that a process killed on the way leaves the old file.
 *
 * Version 1 (stackcheck 0.1.0) had a row for every function of every run, no paths, parts or calls, and did not say whether
 * the whole tree was scanned: its runs are history, but never the base of a comparison.
 */
#include "history/migrate.h"
#include "history/recorder.h"

#include <string.h>

#define DOING "bring up to date"

static const char *const step_aside =
	"DROP VIEW runs; DROP VIEW functions; DROP VIEW findings;"
	"ALTER TABLE finding RENAME TO old_finding; ALTER TABLE function RENAME TO old_function;"
	"ALTER TABLE run RENAME TO old_run; ALTER TABLE name RENAME TO old_name";

static const char *const drop_old = "DROP TABLE old_finding; DROP TABLE old_function;"
				    "DROP TABLE old_run; DROP TABLE old_name";

struct converter {
	struct history *h;
	struct error *err;
	sqlite3_stmt *functions, *findings;
	struct recorder recorder;
};

static const char *text(struct snapshot *s, sqlite3_stmt *row, int column)
{
	return snapshot_str(s, (const char *)sqlite3_column_text(row, column));
}

static const char *needed(struct snapshot *s, sqlite3_stmt *row, int column)
{
	const char *value = text(s, row, column);

	return value ? value : "";
}

static void old_run(struct snapshot *s, sqlite3_stmt *row)
{
	int i = 0;

	s->run.id = sqlite3_column_int64(row, i++);
	s->run.time = sqlite3_column_int64(row, i++);
	s->run.commit = text(s, row, i++);
	s->run.branch = text(s, row, i++);
	s->run.dirty = sqlite3_column_int(row, i++) != 0;
	s->run.tool = text(s, row, i++);
	s->run.llvm = text(s, row, i++);
	s->run.target = text(s, row, i++);
	s->run.platform = text(s, row, i++);
	s->run.build = text(s, row, i++);
	s->run.flags_digest = text(s, row, i++);
	s->run.units_total = sqlite3_column_int64(row, i++);
	s->run.units_measured = sqlite3_column_int64(row, i++);
	s->run.units_estimated = sqlite3_column_int64(row, i++);
	s->run.units_failed = sqlite3_column_int64(row, i++);
	s->run.wall_ms = sqlite3_column_int64(row, i++);
	s->run.cpu_ms = sqlite3_column_int64(row, i++);
	s->run.cache_hits = sqlite3_column_int64(row, i++);
	s->run.stack_bytes = s->run.budget_bytes = s->run.frame_limit = BYTES_UNKNOWN;
}

static struct snapshot_function old_function(struct snapshot *s, sqlite3_stmt *row)
{
	return (struct snapshot_function){
		.label = needed(s, row, 0),
		.unit = needed(s, row, 1),
		.symbol = needed(s, row, 2),
		.name = needed(s, row, 2),
		.module = text(s, row, 3),
		.file = text(s, row, 4),
		.line = (uint32_t)sqlite3_column_int64(row, 5),
		.frame_bytes = sql_bytes(row, 6),
		.frame_kind = needed(s, row, 7),
		.depth_bytes = sql_bytes(row, 8),
		.bound = needed(s, row, 9),
		.budget_bytes = BYTES_UNKNOWN,
		.to = NO_ID,
		.outside_bytes = BYTES_UNKNOWN,
		.call_bytes = BYTES_UNKNOWN,
	};
}

static int old_functions(struct converter *c, struct snapshot *s)
{
	VEC(struct snapshot_function) found = {0};
	int rc;

	sql_bind_int(c->h, c->functions, ":run", s->run.id);
	while ((rc = sql_step(c->h, c->functions, DOING, c->err)) == 1)
		*vec_push(&found) = old_function(s, c->functions);
	sqlite3_reset(c->functions);
	s->n_functions = (uint32_t)found.n;
	s->functions = arena_array(&s->arena, found.n + 1, struct snapshot_function);
	if (found.n)
		memcpy(s->functions, found.v, found.n * sizeof(*found.v));
	vec_release(&found);
	return rc;
}

static int old_findings(struct converter *c, struct snapshot *s)
{
	sqlite3_stmt *row = c->findings;
	int rc;

	sql_bind_int(c->h, row, ":run", s->run.id);
	while ((rc = sql_step(c->h, row, DOING, c->err)) == 1)
		*vec_push(&s->findings) = (struct snapshot_finding){
			.fingerprint = needed(s, row, 0),
			.rule = needed(s, row, 1),
			.severity = needed(s, row, 2),
			.func = (uint32_t)sqlite3_column_int64(row, 3),
			.file = text(s, row, 4),
			.line = (uint32_t)sqlite3_column_int64(row, 5),
			.subject = needed(s, row, 6),
			.message = needed(s, row, 7),
			.bytes = sql_bytes(row, 8),
			.limit = sql_bytes(row, 9),
			.suppressed = sqlite3_column_int(row, 10) != 0,
		};
	sqlite3_reset(row);
	return rc;
}

static int convert_run(struct converter *c, sqlite3_stmt *row)
{
	struct snapshot s = {0};
	int rc;

	old_run(&s, row);
	rc = old_functions(c, &s) || old_findings(c, &s) ||
	     recorder_write(&c->recorder, &s, s.run.id);
	snapshot_release(&s);
	return rc ? -1 : 0;
}

static int prepare(struct converter *c)
{
	c->functions = sql_prepare(
		c->h,
		"SELECT l.text, u.text, s.text, m.text, p.text, f.line, f.frame_bytes, k.text,"
		" f.depth_bytes, b.text FROM old_function AS f"
		" JOIN old_name AS l ON l.id = f.label JOIN old_name AS u ON u.id = f.unit"
		" JOIN old_name AS s ON s.id = f.symbol JOIN old_name AS k ON k.id = f.frame_kind"
		" JOIN old_name AS b ON b.id = f.bound LEFT JOIN old_name AS m ON m.id = f.module"
		" LEFT JOIN old_name AS p ON p.id = f.file WHERE f.run = :run ORDER BY f.number",
		c->err);
	c->findings = sql_prepare(
		c->h,
		"SELECT f.fingerprint, r.text, v.text, f.function, p.text, f.line, s.text, t.text,"
		" f.bytes, f.limit_bytes, f.suppressed FROM old_finding AS f"
		" JOIN old_name AS r ON r.id = f.rule JOIN old_name AS v ON v.id = f.severity"
		" JOIN old_name AS s ON s.id = f.subject JOIN old_name AS t ON t.id = f.message"
		" LEFT JOIN old_name AS p ON p.id = f.file WHERE f.run = :run ORDER BY f.number",
		c->err);
	return c->functions && c->findings ? recorder_init(&c->recorder, c->h, c->err) : -1;
}

static int convert_runs(struct converter *c)
{
	sqlite3_stmt *runs = sql_prepare(
		c->h,
		"SELECT id, time, commit_id, branch, dirty, tool, llvm, target, platform, build,"
		" flags_digest, units_total, units_measured, units_estimated, units_failed,"
		" wall_ms, cpu_ms, cache_hits FROM old_run WHERE complete = 1 ORDER BY id",
		c->err);
	int rc;

	if (!runs)
		return -1;
	while ((rc = sql_step(c->h, runs, DOING, c->err)) == 1)
		if (convert_run(c, runs)) {
			rc = -1;
			break;
		}
	sqlite3_finalize(runs);
	return rc;
}

static int from_1(struct history *h, struct error *err)
{
	struct converter c = {.h = h, .err = err};
	int rc = -1;

	if (sql_run(h, step_aside, DOING, err) || sql_run(h, history_schema, DOING, err))
		return -1;
	if (!prepare(&c))
		rc = convert_runs(&c);
	sqlite3_finalize(c.functions);
	sqlite3_finalize(c.findings);
	recorder_release(&c.recorder);
	return rc ? rc : sql_run(h, drop_old, DOING, err);
}

int migrate(struct history *h, int64_t version, struct error *err)
{
	return version == 1 ? from_1(h, err) : 0;
}
