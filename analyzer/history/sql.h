/* Thin layer over sqlite3: prepared statements with named parameters only. For use by history/
 * only. */
#ifndef STACKCHECK_HISTORY_SQL_H
#define STACKCHECK_HISTORY_SQL_H

#include "base/arena.h"
#include "base/error.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

enum { BUSY_SECONDS = 30 };

struct history {
	sqlite3 *db;
	char *path; /* for messages */
	int bind_status; /* first failure of a bind; sql_step() reports it */
};

/* The text of schema.sql, put into the program by the build. */
extern const char history_schema[];

/* Sets `err` from what SQLite says; gives -1. `doing` completes "cannot ...". */
int sql_error(const struct history *h, const char *doing, struct error *err);

/* Runs statements without parameters or results. */
int sql_run(struct history *h, const char *sql, const char *doing, struct error *err);

/* NULL after an error. The caller finalizes. */
sqlite3_stmt *sql_prepare(struct history *h, const char *sql, struct error *err);

/* Bind a named parameter; text must live until the next reset, NULL binds NULL; bytes:
 * BYTES_UNKNOWN binds NULL. */
void sql_bind_text(struct history *h, sqlite3_stmt *s, const char *name, const char *text);
void sql_bind_int(struct history *h, sqlite3_stmt *s, const char *name, int64_t value);
void sql_bind_bytes(struct history *h, sqlite3_stmt *s, const char *name, int64_t bytes);
void sql_bind_blob(struct history *h, sqlite3_stmt *s, const char *name, const void *bytes,
		   size_t size);
void sql_bind_null(struct history *h, sqlite3_stmt *s, const char *name);

/* A column as a string in the arena, NULL for NULL; as a number; as bytes, NULL as BYTES_UNKNOWN. */
const char *sql_text(sqlite3_stmt *s, int column, struct arena *a);
int64_t sql_bytes(sqlite3_stmt *s, int column);

/* 1: a row, 0: done, -1: error. */
int sql_step(struct history *h, sqlite3_stmt *s, const char *doing, struct error *err);

/* Steps a statement that gives no rows and resets it. */
int sql_step_once(struct history *h, sqlite3_stmt *s, const char *doing, struct error *err);

#endif
