/* One function over all runs. The name's rows are found first, then the runs that have them. */
#include "history/history.h"
#include "history/runs.h"

#include <stdlib.h>
#include <string.h>

#define DOING "read"

static const char *after_colon(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon ? colon + 1 : name;
}

static uint32_t line_of(sqlite3_stmt *s, int column)
{
	int64_t n = sqlite3_column_int64(s, column);

	return n > 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}

static const char *needed(sqlite3_stmt *s, int column, struct arena *a)
{
	const char *text = sql_text(s, column, a);

	return text ? text : "";
}

static struct snapshot_function read_function(sqlite3_stmt *s, struct arena *a)
{
	return (struct snapshot_function){
		.label = needed(s, 1, a),
		.name = needed(s, 2, a),
		.symbol = needed(s, 3, a),
		.unit = needed(s, 4, a),
		.module = sql_text(s, 5, a),
		.file = sql_text(s, 6, a),
		.line = line_of(s, 7),
		.frame_bytes = sql_bytes(s, 8),
		.frame_kind = needed(s, 9, a),
		.depth_bytes = sql_bytes(s, 10),
		.bound = needed(s, 11, a),
		.context = sql_text(s, 12, a),
		.budget_bytes = sql_bytes(s, 13),
		.to = NO_ID,
		.outside_bytes = BYTES_UNKNOWN,
		.call_bytes = BYTES_UNKNOWN,
	};
}

/* The runs are newest first. */
static const struct snapshot_run *find_run(const struct snapshot_run *runs, size_t n, int64_t id)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (runs[middle].id == id)
			return &runs[middle];
		if (runs[middle].id > id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static sqlite3_stmt *find_functions(struct history *h, const char *name, struct error *err)
{
	sqlite3_stmt *s = sql_prepare(
		h,
		"SELECT r.run, l.text, n.text, y.text, u.text, m.text, p.text, f.line,"
		" f.frame_bytes, k.text, f.depth_bytes, b.text, c.text, f.budget_bytes"
		" FROM function AS f JOIN run_unit AS r ON r.unit = f.unit"
		" JOIN unit AS x ON x.id = f.unit JOIN name AS l ON l.id = f.label"
		" JOIN name AS n ON n.id = f.name JOIN name AS y ON y.id = f.symbol"
		" JOIN name AS u ON u.id = x.name JOIN name AS k ON k.id = f.frame_kind"
		" JOIN name AS b ON b.id = f.bound LEFT JOIN name AS m ON m.id = x.module"
		" LEFT JOIN name AS p ON p.id = f.file LEFT JOIN name AS c ON c.id = f.context"
		" WHERE f.symbol IN (SELECT id FROM name WHERE text IN (:name, :part))"
		" OR f.name IN (SELECT id FROM name WHERE text IN (:name, :part))"
		" OR f.label IN (SELECT id FROM name WHERE text = :name)"
		" ORDER BY r.run, r.position, f.number",
		err);

	if (s) {
		sql_bind_text(h, s, ":name", name);
		sql_bind_text(h, s, ":part", after_colon(name));
	}
	return s;
}

int history_function(struct history *h, const char *name, struct arena *a,
		     struct snapshot_point **points, size_t *n, struct error *err)
{
	VEC(struct snapshot_point) found = {0};
	struct snapshot_run *runs;
	sqlite3_stmt *s;
	size_t n_runs;
	int rc;

	if (history_runs(h, a, 0, &runs, &n_runs, err))
		return -1;
	s = find_functions(h, name, err);
	if (!s)
		return -1;
	while ((rc = sql_step(h, s, DOING, err)) == 1) {
		struct snapshot_point p = {
			.run = find_run(runs, n_runs, sqlite3_column_int64(s, 0)),
			.function = read_function(s, a),
		};

		if (!p.run || !snapshot_is_called(&p.function, name))
			continue;
		if (p.function.context && p.function.budget_bytes == BYTES_UNKNOWN)
			p.function.budget_bytes = p.run->budget_bytes;
		*vec_push(&found) = p;
	}
	sqlite3_finalize(s);
	*n = found.n;
	*points = arena_array(a, found.n + 1, struct snapshot_point);
	if (found.n)
		memcpy(*points, found.v, found.n * sizeof(*found.v));
	vec_release(&found);
	return rc;
}
