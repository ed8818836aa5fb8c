/*
 * A whole run read back. Names are ids in the rows; each is looked up once. The way on of a function is stored as unit and
 * symbol, so that a change elsewhere leaves its row as it is, and found again when all functions are there.
 */
#include "history/history.h"
#include "history/recorder.h"
#include "history/runs.h"

#define DOING "read"

/* Where a worst path goes on, until all functions are known. */
struct target {
	const char *unit, *symbol;
};

struct loader {
	struct history *h;
	struct error *err;
	struct snapshot *s;
	sqlite3_stmt *find_name, *parts;
	struct map names; /* id -> pointer to the text */
	VEC(struct snapshot_function) functions;
	VEC(struct target) targets; /* by function; symbol NULL: none */
	struct arena scratch;
};

/* The text of the name in a column; NULL for NULL and for an id that nothing has. */
static const char *name_of(struct loader *l, sqlite3_stmt *row, int column)
{
	int64_t id = sqlite3_column_int64(row, column);
	const char *text = NULL;
	uint64_t *known;

	if (sqlite3_column_type(row, column) == SQLITE_NULL)
		return NULL;
	known = map_find(&l->names, &id, sizeof(id));
	if (known)
		return (const char *)(uintptr_t)*known;
	sql_bind_int(l->h, l->find_name, ":id", id);
	if (sql_step(l->h, l->find_name, DOING, l->err) == 1)
		text = snapshot_str(l->s, (const char *)sqlite3_column_text(l->find_name, 0));
	sqlite3_reset(l->find_name);
	*map_put(&l->names, arena_memdup(&l->scratch, &id, sizeof(id)), sizeof(id), NULL) =
		(uintptr_t)text;
	return text;
}

/* A name that must be there; the table says NOT NULL, a damaged file may say otherwise. */
static const char *need(struct loader *l, sqlite3_stmt *row, int column)
{
	const char *text = name_of(l, row, column);

	return text ? text : "";
}

static uint32_t line_of(sqlite3_stmt *row, int column)
{
	int64_t n = sqlite3_column_int64(row, column);

	return n > 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}

/* "a\nb" as an array of strings. */
static const char **split(struct loader *l, sqlite3_stmt *row, int column, size_t *n)
{
	const char *text = (const char *)sqlite3_column_text(row, column), *end;
	VEC(const char *) found = {0};
	const char **v;

	for (; text && *text; text = *end ? end + 1 : end) {
		end = text + strcspn(text, "\n");
		*vec_push(&found) =
			snapshot_str(l->s, arena_strndup(&l->scratch, text, (size_t)(end - text)));
	}
	v = arena_array(&l->s->arena, found.n + 1, const char *);
	if (found.n)
		memcpy(v, found.v, found.n * sizeof(*v));
	*n = found.n;
	vec_release(&found);
	return v;
}

static void read_way(struct loader *l, sqlite3_stmt *row, int column, struct snapshot_function *f)
{
	struct target *t = vec_push(&l->targets);

	t->unit = name_of(l, row, column);
	t->symbol = name_of(l, row, column + 1);
	f->to = NO_ID;
	f->way = t->symbol && !t->unit ? WAY_OUTSIDE : WAY_FRAME;
	f->outside = f->way == WAY_OUTSIDE ? t->symbol : NULL;
	f->outside_bytes = sql_bytes(row, column + 2);
	f->call_bytes = sql_bytes(row, column + 3);
	f->call_within = name_of(l, row, column + 4);
	f->call_file = name_of(l, row, column + 5);
	f->call_line = line_of(row, column + 6);
	f->evidence = name_of(l, row, column + 7);
}

#define FUNCTION_COLUMNS                                                                           \
	"u.name, u.module, f.label, f.name, f.symbol, f.linkage, f.file, f.line, f.frame_bytes, "  \
	"f.frame_kind, f.depth_bytes, f.bound, f.reasons, f.context, f.budget_bytes, "             \
	"f.to_unit, f.to_symbol, f.outside_bytes, f.call_bytes, f.call_within, f.call_file, "      \
	"f.call_line, f.evidence, f.inlined, f.callees, u.id, f.number"

enum { WAY_COLUMN = 15, INLINED_COLUMN = 23, CALLEES_COLUMN, UNIT_COLUMN, NUMBER_COLUMN };

static void read_function(struct loader *l, sqlite3_stmt *row, struct snapshot_function *f)
{
	int i = 0;

	f->unit = need(l, row, i++);
	f->module = name_of(l, row, i++);
	f->label = need(l, row, i++);
	f->name = need(l, row, i++);
	f->symbol = need(l, row, i++);
	f->linkage = name_of(l, row, i++);
	f->file = name_of(l, row, i++);
	f->line = line_of(row, i++);
	f->frame_bytes = sql_bytes(row, i++);
	f->frame_kind = need(l, row, i++);
	f->depth_bytes = sql_bytes(row, i++);
	f->bound = need(l, row, i++);
	f->reasons = reasons_bits(name_of(l, row, i++));
	f->context = name_of(l, row, i++);
	f->budget_bytes = sql_bytes(row, i);
	if (f->context && f->budget_bytes == BYTES_UNKNOWN)
		f->budget_bytes = l->s->run.budget_bytes;
	read_way(l, row, WAY_COLUMN, f);
}

static int read_parts(struct loader *l, int64_t unit, int64_t number, struct snapshot_function *f)
{
	VEC(struct snapshot_part) found = {0};
	int rc;

	sql_bind_int(l->h, l->parts, ":unit", unit);
	sql_bind_int(l->h, l->parts, ":function", number);
	while ((rc = sql_step(l->h, l->parts, DOING, l->err)) == 1)
		*vec_push(&found) = (struct snapshot_part){
			.kind = need(l, l->parts, 0),
			.name = name_of(l, l->parts, 1),
			.type = name_of(l, l->parts, 2),
			.declared_in = name_of(l, l->parts, 3),
			.file = name_of(l, l->parts, 4),
			.line = line_of(l->parts, 5),
			.bytes = sql_bytes(l->parts, 6),
			.counted = sqlite3_column_int64(l->parts, 7),
		};
	sqlite3_reset(l->parts);
	f->n_parts = found.n;
	f->parts = arena_array(&l->s->arena, found.n + 1, struct snapshot_part);
	if (found.n)
		memcpy(f->parts, found.v, found.n * sizeof(*found.v));
	vec_release(&found);
	return rc;
}

static int read_functions(struct loader *l)
{
	sqlite3_stmt *s = sql_prepare(l->h,
				      "SELECT " FUNCTION_COLUMNS
				      " FROM run_unit AS r JOIN unit AS u ON u.id = r.unit"
				      " JOIN function AS f ON f.unit = u.id WHERE r.run = :run"
				      " ORDER BY r.position, f.number",
				      l->err);
	int rc;

	if (!s)
		return -1;
	sql_bind_int(l->h, s, ":run", l->s->run.id);
	while ((rc = sql_step(l->h, s, DOING, l->err)) == 1) {
		struct snapshot_function f = {0};

		read_function(l, s, &f);
		f.inlined = split(l, s, INLINED_COLUMN, &f.n_inlined);
		f.callees = split(l, s, CALLEES_COLUMN, &f.n_callees);
		if (read_parts(l, sqlite3_column_int64(s, UNIT_COLUMN),
			       sqlite3_column_int64(s, NUMBER_COLUMN), &f)) {
			rc = -1;
			break;
		}
		*vec_push(&l->functions) = f;
	}
	sqlite3_finalize(s);
	return rc;
}

/* Interned strings are equal when their pointers are. */
static void resolve(struct loader *l)
{
	struct snapshot *s = l->s;
	struct map by_place = {0};

	for (uint32_t i = s->n_functions; i-- > 0;) {
		struct target place = {s->functions[i].unit, s->functions[i].symbol};
		const void *key = arena_memdup(&l->scratch, &place, sizeof(place));

		*map_put(&by_place, key, sizeof(place), NULL) = (uint64_t)i + 1;
	}
	for (uint32_t i = 0; i < s->n_functions; i++) {
		const struct target *t = &l->targets.v[i];
		const uint64_t *found =
			t->unit && t->symbol ? map_find(&by_place, t, sizeof(*t)) : NULL;

		if (!found)
			continue;
		s->functions[i].way = WAY_CALL;
		s->functions[i].to = (uint32_t)*found - 1;
	}
	map_release(&by_place);
}

static int read_findings(struct loader *l)
{
	sqlite3_stmt *s = sql_prepare(
		l->h,
		"SELECT f.rule, f.severity, f.file, f.subject, f.message, f.line, f.col, f.bytes,"
		" f.limit_bytes, f.fingerprint, x.function, x.suppressed FROM run_finding AS x"
		" JOIN finding AS f ON f.id = x.finding WHERE x.run = :run ORDER BY x.number",
		l->err);
	int rc;

	if (!s)
		return -1;
	sql_bind_int(l->h, s, ":run", l->s->run.id);
	while ((rc = sql_step(l->h, s, DOING, l->err)) == 1) {
		int64_t func = sqlite3_column_int64(s, 10);
		bool known = sqlite3_column_type(s, 10) != SQLITE_NULL && func >= 0 &&
			     func < l->s->n_functions;

		*vec_push(&l->s->findings) = (struct snapshot_finding){
			.fingerprint = snapshot_str(l->s, (const char *)sqlite3_column_text(s, 9)),
			.rule = need(l, s, 0),
			.severity = need(l, s, 1),
			.func = known ? (uint32_t)func : NO_ID,
			.file = name_of(l, s, 2),
			.line = line_of(s, 5),
			.column = line_of(s, 6),
			.subject = need(l, s, 3),
			.message = need(l, s, 4),
			.bytes = sql_bytes(s, 7),
			.limit = sql_bytes(s, 8),
			.suppressed = sqlite3_column_int(s, 11) != 0,
		};
	}
	sqlite3_finalize(s);
	return rc;
}

static int read_run(struct loader *l, int64_t run)
{
	sqlite3_stmt *s = sql_prepare(
		l->h, "SELECT " RUN_COLUMNS " FROM run WHERE complete = 1 AND id = :run", l->err);
	struct arena a = {0};
	struct snapshot_run row = {0};
	int rc;

	if (!s)
		return -1;
	sql_bind_int(l->h, s, ":run", run);
	rc = sql_step(l->h, s, DOING, l->err);
	if (rc == 1)
		runs_row(s, &a, &row);
	sqlite3_finalize(s);
	if (!rc)
		rc = error_set(l->err, "%s has no run %lld", l->h->path, (long long)run);
	else if (rc == 1)
		rc = runs_failures(l->h, &a, &row, l->err);
	if (!rc)
		snapshot_copy_run(l->s, &row);
	arena_release(&a);
	return rc;
}

static int load(struct loader *l, int64_t run)
{
	struct snapshot *s = l->s;

	l->find_name = sql_prepare(l->h, "SELECT text FROM name WHERE id = :id", l->err);
	l->parts = sql_prepare(l->h,
			       "SELECT kind, name, type, declared_in, file, line, bytes, counted"
			       " FROM part WHERE unit = :unit AND function = :function"
			       " ORDER BY number",
			       l->err);
	if (!l->find_name || !l->parts || read_run(l, run) || read_functions(l))
		return -1;
	s->n_functions = (uint32_t)l->functions.n;
	s->functions = arena_array(&s->arena, l->functions.n + 1, struct snapshot_function);
	if (l->functions.n)
		memcpy(s->functions, l->functions.v, l->functions.n * sizeof(*l->functions.v));
	resolve(l);
	snapshot_finish(s);
	return read_findings(l);
}

int history_snapshot(struct history *h, int64_t run, struct snapshot *out, struct error *err)
{
	struct loader l = {.h = h, .err = err, .s = out};
	int rc = -1;

	/* One state of the file, whatever others write meanwhile. */
	if (!sql_run(h, "BEGIN", DOING, err)) {
		rc = load(&l, run);
		sqlite3_finalize(l.find_name);
		sqlite3_finalize(l.parts);
		sqlite3_exec(h->db, "ROLLBACK", NULL, NULL, NULL);
	}
	map_release(&l.names);
	vec_release(&l.functions);
	vec_release(&l.targets);
	arena_release(&l.scratch);
	if (rc)
		snapshot_release(out);
	return rc;
}
