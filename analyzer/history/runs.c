/* Reading runs, without what is in them. A run that is not complete does not exist here. */
#include "history/runs.h"
#include "history/history.h"

#include <stdlib.h>
#include <string.h>

#define DOING "read"

void runs_row(sqlite3_stmt *s, struct arena *a, struct snapshot_run *run)
{
	int i = 0;

	run->id = sqlite3_column_int64(s, i++);
	run->time = sqlite3_column_int64(s, i++);
	run->commit = sql_text(s, i++, a);
	run->branch = sql_text(s, i++, a);
	run->dirty = sqlite3_column_int(s, i++) != 0;
	run->tool = sql_text(s, i++, a);
	run->llvm = sql_text(s, i++, a);
	run->target = sql_text(s, i++, a);
	run->compilers = sql_text(s, i++, a);
	run->platform = sql_text(s, i++, a);
	run->build = sql_text(s, i++, a);
	run->flags_digest = sql_text(s, i++, a);
	run->config_digest = sql_text(s, i++, a);
	run->stack_bytes = sql_bytes(s, i++);
	run->budget_bytes = sql_bytes(s, i++);
	run->frame_limit = sql_bytes(s, i++);
	run->whole = sqlite3_column_int(s, i++) != 0;
	run->has_details = sqlite3_column_int(s, i++) != 0;
	run->has_callees = sqlite3_column_int(s, i++) != 0;
	run->units_total = sqlite3_column_int64(s, i++);
	run->units_measured = sqlite3_column_int64(s, i++);
	run->units_estimated = sqlite3_column_int64(s, i++);
	run->units_failed = sqlite3_column_int64(s, i++);
	run->wall_ms = sqlite3_column_int64(s, i++);
	run->cpu_ms = sqlite3_column_int64(s, i++);
	run->cache_hits = sqlite3_column_int64(s, i++);
}

int runs_failures(struct history *h, struct arena *a, struct snapshot_run *run, struct error *err)
{
	sqlite3_stmt *s = sql_prepare(h,
				      "SELECT unit, verdict, reason FROM failure WHERE run = :run"
				      " ORDER BY number",
				      err);
	VEC(struct snapshot_failure) found = {0};
	int rc;

	if (!s)
		return -1;
	sql_bind_int(h, s, ":run", run->id);
	while ((rc = sql_step(h, s, DOING, err)) == 1)
		*vec_push(&found) = (struct snapshot_failure){
			.unit = sql_text(s, 0, a),
			.verdict = sql_text(s, 1, a),
			.reason = sql_text(s, 2, a),
		};
	sqlite3_finalize(s);
	run->failed = arena_array(a, found.n + 1, struct snapshot_failure);
	if (found.n)
		memcpy(run->failed, found.v, found.n * sizeof(*found.v));
	run->n_failed = found.n;
	vec_release(&found);
	return rc;
}

int history_runs(struct history *h, struct arena *a, size_t max, struct snapshot_run **runs,
		 size_t *n, struct error *err)
{
	sqlite3_stmt *s = sql_prepare(h,
				      "SELECT " RUN_COLUMNS " FROM run WHERE complete = 1"
				      " ORDER BY id DESC LIMIT :max",
				      err);
	VEC(struct snapshot_run) found = {0};
	int rc;

	if (!s)
		return -1;
	/* A negative limit is none. */
	sql_bind_int(h, s, ":max", max && max < INT64_MAX ? (int64_t)max : -1);
	while ((rc = sql_step(h, s, DOING, err)) == 1)
		runs_row(s, a, vec_push(&found));
	sqlite3_finalize(s);
	for (size_t i = 0; !rc && i < found.n; i++)
		rc = runs_failures(h, a, &found.v[i], err);
	if (!rc) {
		*n = found.n;
		*runs = arena_array(a, found.n + 1, struct snapshot_run);
		if (found.n)
			memcpy(*runs, found.v, found.n * sizeof(*found.v));
	}
	vec_release(&found);
	return rc;
}

/* The first column of the first row, 0 when there is none. Finalizes. */
static int one_id(struct history *h, sqlite3_stmt *s, int64_t *id, struct error *err)
{
	int rc = sql_step(h, s, DOING, err);

	*id = rc == 1 ? sqlite3_column_int64(s, 0) : 0;
	sqlite3_finalize(s);
	return rc < 0 ? -1 : 0;
}

/* Sets *run to 0 when there is none. */
static int last_run_like(struct history *h, const struct snapshot_run *like, int64_t *run,
			 struct error *err)
{
	sqlite3_stmt *s = sql_prepare(
		h,
		"SELECT id FROM run WHERE complete = 1 AND target = :target AND build IS :build"
		" AND flags_digest = :flags_digest ORDER BY id DESC LIMIT 1",
		err);

	if (!s)
		return -1;
	sql_bind_text(h, s, ":target", like->target);
	sql_bind_text(h, s, ":build", like->build);
	sql_bind_text(h, s, ":flags_digest", like->flags_digest);
	return one_id(h, s, run, err);
}

static int read_fingerprints(struct history *h, struct arena *a, int64_t run, struct map *set,
			     struct error *err)
{
	sqlite3_stmt *s = sql_prepare(h,
				      "SELECT fingerprint FROM run_finding JOIN finding ON"
				      " finding.id = finding WHERE run = :run ORDER BY number",
				      err);
	int rc;

	if (!s)
		return -1;
	sql_bind_int(h, s, ":run", run);
	while ((rc = sql_step(h, s, DOING, err)) == 1) {
		const char *text = sql_text(s, 0, a);

		if (text)
			map_put_str(set, text, NULL);
	}
	sqlite3_finalize(s);
	return rc;
}

int history_last_fingerprints(struct history *h, struct arena *a, const struct snapshot_run *like,
			      struct map *set, bool *found, struct error *err)
{
	int64_t run;

	if (last_run_like(h, like, &run, err))
		return -1;
	*found = run != 0;
	return run ? read_fingerprints(h, a, run, set, err) : 0;
}

int history_find_base(struct history *h, const struct snapshot_run *like, int64_t *run,
		      struct error *err)
{
	sqlite3_stmt *s =
		sql_prepare(h,
			    "SELECT id FROM run WHERE complete = 1 AND base_usable = 1"
			    " AND commit_id = :commit AND target = :target AND build IS :build"
			    " AND flags_digest = :flags_digest AND tool = :tool AND llvm = :llvm"
			    " AND compilers IS :compilers AND (config_digest IS NULL OR"
			    " :config_digest IS NULL OR config_digest = :config_digest)"
			    " ORDER BY id DESC LIMIT 1",
			    err);

	if (!s)
		return -1;
	sql_bind_text(h, s, ":commit", like->commit);
	sql_bind_text(h, s, ":target", like->target);
	sql_bind_text(h, s, ":build", like->build);
	sql_bind_text(h, s, ":flags_digest", like->flags_digest);
	sql_bind_text(h, s, ":tool", like->tool);
	sql_bind_text(h, s, ":llvm", like->llvm);
	sql_bind_text(h, s, ":compilers", like->compilers);
	sql_bind_text(h, s, ":config_digest", like->config_digest);
	return one_id(h, s, run, err);
}

static int by_number(struct history *h, const char *name, int64_t *run, struct error *err)
{
	sqlite3_stmt *s;

	*run = 0;
	if (!*name || strlen(name) > 18 || strspn(name, "0123456789") != strlen(name))
		return 0;
	s = sql_prepare(h, "SELECT id FROM run WHERE complete = 1 AND id = :id", err);
	if (!s)
		return -1;
	sql_bind_int(h, s, ":id", strtoll(name, NULL, 10));
	return one_id(h, s, run, err);
}

/* How many commits begin with `name`. */
static int count_commits(struct history *h, const char *name, int64_t *n, struct error *err)
{
	sqlite3_stmt *s = sql_prepare(h,
				      "SELECT count(DISTINCT commit_id) FROM run WHERE complete = 1"
				      " AND substr(commit_id, 1, length(:name)) = lower(:name)",
				      err);

	if (!s)
		return -1;
	sql_bind_text(h, s, ":name", name);
	return one_id(h, s, n, err);
}

static int by_commit(struct history *h, const char *name, const char *build, int64_t *run,
		     struct error *err)
{
	sqlite3_stmt *s = sql_prepare(
		h,
		"SELECT id FROM run WHERE complete = 1"
		" AND substr(commit_id, 1, length(:name)) = lower(:name)"
		" AND (:build IS NULL OR build = :build) ORDER BY dirty, whole DESC, id DESC"
		" LIMIT 1",
		err);

	if (!s)
		return -1;
	sql_bind_text(h, s, ":name", name);
	sql_bind_text(h, s, ":build", build);
	return one_id(h, s, run, err);
}

int history_resolve(struct history *h, const char *name, const char *build, int64_t *run,
		    struct error *err)
{
	size_t digits = strspn(name, "0123456789abcdefABCDEF");
	int64_t n = 0;

	if (by_number(h, name, run, err))
		return -1;
	if (*run)
		return 0;
	if (digits >= 4 && digits == strlen(name) && count_commits(h, name, &n, err))
		return -1;
	if (n > 1)
		return error_set(err, "%lld commits in %s begin with %s; give more of its digits",
				 (long long)n, h->path, name);
	if (n == 1 && by_commit(h, name, build, run, err))
		return -1;
	if (*run)
		return 0;
	return error_set(err,
			 "%s has no run %s%s%s: it is neither the number of a run nor the "
			 "beginning of a recorded commit; 'stackcheck runs' lists them",
			 h->path, name, build ? " of build " : "", build ? build : "");
}
