/*
 * Forgetting runs. Runs are ranked within their branch, target and build, newest first; what others may still be compared
 * with stays. Units, findings and names that no run needs any more go with them, in the same transaction.
 */
#include "history/history.h"
#include "history/sql.h"

#include <string.h>

#define DOING "prune"

/* Rank 1 of either kind is never chosen. */
static const char *const choose =
	"WITH ranked AS (SELECT id, time, base_usable,"
	" row_number() OVER (PARTITION BY branch, target, build ORDER BY id DESC) AS rank,"
	" row_number() OVER (PARTITION BY branch, target, build, base_usable ORDER BY id DESC)"
	" AS kind_rank FROM run WHERE complete = 1)"
	" SELECT id FROM ranked WHERE rank > max(:keep, 1) AND time < :before"
	" AND NOT (base_usable = 1 AND kind_rank = 1) ORDER BY id";

static const char *const of_run[] = {
	"DELETE FROM failure WHERE run = :run",
	"DELETE FROM run_finding WHERE run = :run",
	"DELETE FROM run_unit WHERE run = :run",
	"DELETE FROM run WHERE id = :run",
};

static const char *const unused =
	"DELETE FROM part WHERE unit NOT IN (SELECT unit FROM run_unit);"
	"DELETE FROM function WHERE unit NOT IN (SELECT unit FROM run_unit);"
	"DELETE FROM unit WHERE id NOT IN (SELECT unit FROM run_unit);"
	"DELETE FROM finding WHERE id NOT IN (SELECT finding FROM run_finding);"
	"DELETE FROM name WHERE id NOT IN ("
	"SELECT name FROM unit UNION SELECT ifnull(module, 0) FROM unit"
	" UNION SELECT label FROM function UNION SELECT name FROM function"
	" UNION SELECT symbol FROM function UNION SELECT ifnull(linkage, 0) FROM function"
	" UNION SELECT ifnull(file, 0) FROM function UNION SELECT frame_kind FROM function"
	" UNION SELECT bound FROM function UNION SELECT ifnull(reasons, 0) FROM function"
	" UNION SELECT ifnull(context, 0) FROM function UNION SELECT ifnull(to_unit, 0) FROM "
	"function"
	" UNION SELECT ifnull(to_symbol, 0) FROM function"
	" UNION SELECT ifnull(call_within, 0) FROM function"
	" UNION SELECT ifnull(call_file, 0) FROM function"
	" UNION SELECT ifnull(evidence, 0) FROM function UNION SELECT kind FROM part"
	" UNION SELECT ifnull(name, 0) FROM part UNION SELECT ifnull(type, 0) FROM part"
	" UNION SELECT ifnull(declared_in, 0) FROM part UNION SELECT ifnull(file, 0) FROM part"
	" UNION SELECT rule FROM finding UNION SELECT severity FROM finding"
	" UNION SELECT ifnull(file, 0) FROM finding UNION SELECT subject FROM finding"
	" UNION SELECT message FROM finding)";

static int choose_runs(struct history *h, const struct history_prune *what, struct arena *a,
		       int64_t **runs, size_t *n, struct error *err)
{
	sqlite3_stmt *s = sql_prepare(h, choose, err);
	VEC(int64_t) found = {0};
	int rc;

	if (!s)
		return -1;
	sql_bind_int(h, s, ":keep", what->keep);
	sql_bind_int(h, s, ":before", what->before);
	while ((rc = sql_step(h, s, DOING, err)) == 1)
		*vec_push(&found) = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	*n = found.n;
	*runs = arena_array(a, found.n + 1, int64_t);
	if (found.n)
		memcpy(*runs, found.v, found.n * sizeof(*found.v));
	vec_release(&found);
	return rc;
}

static int remove_run(struct history *h, int64_t run, struct error *err)
{
	for (size_t i = 0; i < sizeof(of_run) / sizeof(*of_run); i++) {
		sqlite3_stmt *s = sql_prepare(h, of_run[i], err);
		int rc;

		if (!s)
			return -1;
		sql_bind_int(h, s, ":run", run);
		rc = sql_step(h, s, DOING, err);
		sqlite3_finalize(s);
		if (rc < 0)
			return -1;
	}
	return 0;
}

static int remove_runs(struct history *h, const struct history_prune *what, struct arena *a,
		       int64_t **runs, size_t *n, struct error *err)
{
	if (choose_runs(h, what, a, runs, n, err))
		return -1;
	for (size_t i = 0; i < *n; i++)
		if (remove_run(h, (*runs)[i], err))
			return -1;
	return *n ? sql_run(h, unused, DOING, err) : 0;
}

int history_prune(struct history *h, const struct history_prune *what, struct arena *a,
		  int64_t **runs, size_t *n, struct error *err)
{
	if (what->dry)
		return choose_runs(h, what, a, runs, n, err);
	/* Lists of ids that SQLite makes on the way need no file. */
	if (sql_run(h, "PRAGMA temp_store = MEMORY", DOING, err) ||
	    sql_run(h, "BEGIN IMMEDIATE", DOING, err))
		return -1;
	if (remove_runs(h, what, a, runs, n, err) || sql_run(h, "COMMIT", DOING, err)) {
		sqlite3_exec(h->db, "ROLLBACK", NULL, NULL, NULL);
		return -1;
	}
	/* The runs are gone already; a disk without room for a copy just keeps the empty pages. */
	if (*n)
		sqlite3_exec(h->db, "VACUUM", NULL, NULL, NULL);
	return 0;
}
