#include "history/sql.h"
#include "snapshot/snapshot.h"

#include <string.h>

int sql_error(const struct history *h, const char *doing, struct error *err)
{
	const char *why = sqlite3_errmsg(h->db);
	int code = sqlite3_errcode(h->db);

	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return error_system(
			err, 0,
			"cannot %s %s: another process has been writing to it for %d seconds; "
			"try again, or use --no-db",
			doing, h->path, BUSY_SECONDS);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
	case SQLITE_ERROR:
		return error_set(
			err,
			"cannot %s %s: the database is damaged (%s); it is left as it is: move it "
			"away, name another file with --db, or use --no-db",
			doing, h->path, why);
	case SQLITE_READONLY:
		return error_system(
			err, 0,
			"cannot %s %s: %s (after an interrupted scan, the next one mends it)",
			doing, h->path, why);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_FULL:
		return error_system(err, sqlite3_system_errno(h->db), "cannot %s %s: %s", doing,
				    h->path, why);
	default: return error_system(err, 0, "cannot %s %s: %s", doing, h->path, why);
	}
}

int sql_run(struct history *h, const char *sql, const char *doing, struct error *err)
{
	if (sqlite3_exec(h->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return sql_error(h, doing, err);
	return 0;
}

sqlite3_stmt *sql_prepare(struct history *h, const char *sql, struct error *err)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(h->db, sql, -1, &s, NULL) != SQLITE_OK) {
		sql_error(h, "use", err);
		return NULL;
	}
	return s;
}

static int parameter(sqlite3_stmt *s, const char *name)
{
	int index = sqlite3_bind_parameter_index(s, name);

	if (!index)
		BUG("no parameter %s in %s", name, sqlite3_sql(s));
	return index;
}

static void note(struct history *h, int status)
{
	if (status != SQLITE_OK && h->bind_status == SQLITE_OK)
		h->bind_status = status;
}

void sql_bind_text(struct history *h, sqlite3_stmt *s, const char *name, const char *text)
{
	note(h, sqlite3_bind_text64(s, parameter(s, name), text, text ? strlen(text) : 0,
				    SQLITE_STATIC, SQLITE_UTF8));
}

void sql_bind_blob(struct history *h, sqlite3_stmt *s, const char *name, const void *bytes,
		   size_t size)
{
	note(h, sqlite3_bind_blob64(s, parameter(s, name), bytes, size, SQLITE_STATIC));
}

void sql_bind_int(struct history *h, sqlite3_stmt *s, const char *name, int64_t value)
{
	note(h, sqlite3_bind_int64(s, parameter(s, name), value));
}

void sql_bind_bytes(struct history *h, sqlite3_stmt *s, const char *name, int64_t bytes)
{
	if (bytes < 0)
		sql_bind_null(h, s, name);
	else
		sql_bind_int(h, s, name, bytes);
}

void sql_bind_null(struct history *h, sqlite3_stmt *s, const char *name)
{
	note(h, sqlite3_bind_null(s, parameter(s, name)));
}

const char *sql_text(sqlite3_stmt *s, int column, struct arena *a)
{
	const unsigned char *text = sqlite3_column_text(s, column);

	return text ? arena_strdup(a, (const char *)text) : NULL;
}

int64_t sql_bytes(sqlite3_stmt *s, int column)
{
	int64_t n = sqlite3_column_int64(s, column);

	return sqlite3_column_type(s, column) == SQLITE_NULL || n < 0 ? BYTES_UNKNOWN : n;
}

int sql_step(struct history *h, sqlite3_stmt *s, const char *doing, struct error *err)
{
	int status = h->bind_status;

	if (status != SQLITE_OK) {
		h->bind_status = SQLITE_OK;
		return error_system(err, 0, "cannot %s %s: %s", doing, h->path,
				    sqlite3_errstr(status));
	}
	status = sqlite3_step(s);
	if (status == SQLITE_ROW)
		return 1;
	return status == SQLITE_DONE ? 0 : sql_error(h, doing, err);
}

int sql_step_once(struct history *h, sqlite3_stmt *s, const char *doing, struct error *err)
{
	int rc = sql_step(h, s, doing, err);

	sqlite3_reset(s);
	return rc < 0 ? -1 : 0;
}
