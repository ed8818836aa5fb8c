/* Reading runs back. A run that is not complete does not exist here. */
#include "history/history.h"
#include "history/sql.h"

#define DOING "read"

static const char *column_text(struct arena *a, sqlite3_stmt *s, int column)
{
	const unsigned char *text = sqlite3_column_text(s, column);

	return text ? arena_strdup(a, (const char *)text) : NULL;
}

static void read_run(struct arena *a, sqlite3_stmt *s, struct history_run *run)
{
	int i = 0;

	run->id = sqlite3_column_int64(s, i++);
	run->time = sqlite3_column_int64(s, i++);
	run->commit = column_text(a, s, i++);
	run->branch = column_text(a, s, i++);
	run->dirty = sqlite3_column_int(s, i++) != 0;
	run->tool = column_text(a, s, i++);
	run->llvm = column_text(a, s, i++);
	run->target = column_text(a, s, i++);
	run->platform = column_text(a, s, i++);
	run->build = column_text(a, s, i++);
	run->flags_digest = column_text(a, s, i++);
	run->units_total = sqlite3_column_int64(s, i++);
	run->units_measured = sqlite3_column_int64(s, i++);
	run->units_estimated = sqlite3_column_int64(s, i++);
	run->units_failed = sqlite3_column_int64(s, i++);
	run->wall_ms = sqlite3_column_int64(s, i++);
	run->cpu_ms = sqlite3_column_int64(s, i++);
	run->cache_hits = sqlite3_column_int64(s, i++);
}

int history_runs(struct history *h, struct arena *a, size_t max, struct history_run **runs,
		 size_t *n, struct error *err)
{
	sqlite3_stmt *s = sql_prepare(
		h,
		"SELECT id, time, commit_id, branch, dirty, tool, llvm, target, platform, build,"
		" flags_digest, units_total, units_measured, units_estimated, units_failed, "
		"wall_ms,"
		" cpu_ms, cache_hits FROM run WHERE complete = 1 ORDER BY id DESC LIMIT :max",
		err);
	VEC(struct history_run) found = {0};
	int rc;

	if (!s)
		return -1;
	/* A negative limit is none. */
	sql_bind_int(h, s, ":max", max && max < INT64_MAX ? (int64_t)max : -1);
	while ((rc = sql_step(h, s, DOING, err)) == 1)
		read_run(a, s, vec_push(&found));
	sqlite3_finalize(s);
	if (!rc) {
		*n = found.n;
		*runs = arena_memdup(a, found.v, found.n * sizeof(*found.v));
	}
	vec_release(&found);
	return rc;
}

/* Sets *run to 0 when there is none. */
static int last_run_like(struct history *h, const struct history_run *like, int64_t *run,
			 struct error *err)
{
	sqlite3_stmt *s = sql_prepare(
		h,
		"SELECT id FROM run WHERE complete = 1 AND target = :target AND build IS :build"
		" AND flags_digest = :flags_digest ORDER BY id DESC LIMIT 1",
		err);
	int rc;

	if (!s)
		return -1;
	sql_bind_text(h, s, ":target", like->target);
	sql_bind_text(h, s, ":build", like->build);
	sql_bind_text(h, s, ":flags_digest", like->flags_digest);
	rc = sql_step(h, s, DOING, err);
	*run = rc == 1 ? sqlite3_column_int64(s, 0) : 0;
	sqlite3_finalize(s);
	return rc < 0 ? -1 : 0;
}

static int read_fingerprints(struct history *h, struct arena *a, int64_t run, struct map *set,
			     struct error *err)
{
	sqlite3_stmt *s = sql_prepare(
		h, "SELECT fingerprint FROM finding WHERE run = :run ORDER BY number", err);
	int rc;

	if (!s)
		return -1;
	sql_bind_int(h, s, ":run", run);
	while ((rc = sql_step(h, s, DOING, err)) == 1) {
		const char *text = column_text(a, s, 0);

		if (text)
			map_put_str(set, text, NULL);
	}
	sqlite3_finalize(s);
	return rc;
}

int history_last_fingerprints(struct history *h, struct arena *a, const struct history_run *like,
			      struct map *set, bool *found, struct error *err)
{
	int64_t run;

	if (last_run_like(h, like, &run, err))
		return -1;
	*found = run != 0;
	return run ? read_fingerprints(h, a, run, set, err) : 0;
}
