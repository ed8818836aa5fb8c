/*
 * Opening the history: whose file is it, which version, is it whole?
 *
 * The header is read before SQLite sees the file (https://www.sqlite.org/fileformat.html,
 * section 1.3): SQLite would roll back a journal that lies beside it, and a file that is not ours
 * must stay as it is, byte for byte.
 *
 * The journal mode is DELETE: there is one short write a scan, so WAL would gain nothing, and it
 * leaves two more files beside the database, needs shared memory (no network file systems), and
 * cannot be read in a directory without write permission. A project's root is copied, archived and
 * mounted in all these ways.
 */
#include "history/history.h"
#include "history/migrate.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	APPLICATION_ID = 0x53544b43, /* its application_id */
	HEADER_SIZE = 100,
	VERSION_OFFSET = 60,
	APPLICATION_OFFSET = 68,
	CHECK_MAX = 32 * 1024 * 1024, /* quick_check takes about 0.1 s for this much, some 150 runs
					 of 5,000 functions */
};

#define ELSEWHERE "it is left as it is: name another file with --db, or use --no-db"

static uint32_t big_endian(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int check_version(const char *path, uint32_t version, struct error *err)
{
	if (version > SCHEMA_VERSION)
		return error_set(
			err,
			"%s was written by a newer stackcheck (schema version %u, this one knows "
			"%d): use that version, or name another file with --db",
			path, version, SCHEMA_VERSION);
	if (version < OLDEST_SCHEMA)
		return error_set(err,
				 "%s is damaged: no version of stackcheck has written schema "
				 "version %u; " ELSEWHERE,
				 path, version);
	return 0;
}

static int check_header(const char *path, const unsigned char *header, struct error *err)
{
	uint32_t application = big_endian(header + APPLICATION_OFFSET);

	if (memcmp(header, "SQLite format 3", 16) != 0)
		return error_set(err, "%s is not an SQLite database; " ELSEWHERE, path);
	if (application != APPLICATION_ID)
		return error_set(
			err,
			"%s is a database of another program (application id 0x%08x); " ELSEWHERE,
			path, application);
	return check_version(path, big_endian(header + VERSION_OFFSET), err);
}

/* The open file: regular, empty or with a header of ours. */
static int check_fd(int fd, const char *path, int64_t *size, struct error *err)
{
	unsigned char header[HEADER_SIZE];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st))
		return error_system(err, errno, "cannot stat %s", path);
	if (!S_ISREG(st.st_mode))
		return error_set(err, "%s is not a regular file; " ELSEWHERE, path);
	*size = st.st_size;
	if (!st.st_size)
		return 0;
	n = pread(fd, header, sizeof(header), 0);
	if (n < 0)
		return error_system(err, errno, "cannot read %s", path);
	if (n < HEADER_SIZE)
		return error_set(err, "%s is not an SQLite database; " ELSEWHERE, path);
	return check_header(path, header, err);
}

static int no_history(const char *path, struct error *err)
{
	return error_set(err, "there is no history in %s: stackcheck scan makes it", path);
}

/* *size is 0 for a file that is not there yet. */
static int check_file(const char *path, bool read_only, int64_t *size, struct error *err)
{
	/* O_NONBLOCK: opening a FIFO must not hang. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int rc = 0;

	*size = 0;
	if (fd < 0 && errno != ENOENT)
		return error_system(err, errno, "cannot open the history %s", path);
	if (fd >= 0) {
		rc = check_fd(fd, path, size, err);
		close(fd);
	}
	if (!rc && !*size && read_only)
		return no_history(path, err);
	return rc;
}

/* Nothing that the file itself brings along is run or believed. */
static int configure(struct history *h, bool read_only, struct error *err)
{
	sqlite3_busy_timeout(h->db, BUSY_SECONDS * 1000);
	if (sqlite3_db_config(h->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) ||
	    sqlite3_db_config(h->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) ||
	    sqlite3_db_config(h->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL) ||
	    sqlite3_db_config(h->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL) ||
	    sqlite3_db_config(h->db, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL))
		return sql_error(h, "protect", err);
	if (sql_run(h, "PRAGMA cell_size_check = ON", "open", err))
		return -1;
	return read_only ? 0
			 : sql_run(h, "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL",
				   "open", err);
}

/* The first column of the statement's first row. */
static int read_number(struct history *h, const char *sql, int64_t *out, struct error *err)
{
	sqlite3_stmt *s = sql_prepare(h, sql, err);
	int rc;

	if (!s)
		return -1;
	rc = sql_step(h, s, "read", err);
	*out = rc == 1 ? sqlite3_column_int64(s, 0) : 0;
	sqlite3_finalize(s);
	return rc < 0 ? -1 : 0;
}

/* Is there nothing in it? Also true of a file with our header when its making was interrupted:
   SQLite has just rolled it back. */
static int is_empty(struct history *h, bool *empty, struct error *err)
{
	int64_t n;

	if (read_number(h, "SELECT count(*) FROM sqlite_schema", &n, err))
		return -1;
	*empty = n == 0;
	return 0;
}

/* Makes the tables in an empty file, or brings an older one up to date. Looks under the write lock, as another
   process may just have done the same. */
static int update_tables(struct history *h, struct error *err)
{
	int64_t version;
	bool empty;

	if (is_empty(h, &empty, err))
		return -1;
	if (empty)
		return sql_run(h, history_schema, "make tables in", err);
	if (read_number(h, "PRAGMA user_version", &version, err) ||
	    check_version(h->path, (uint32_t)version, err))
		return -1;
	return migrate(h, version, err);
}

static int update_schema(struct history *h, struct error *err)
{
	if (sql_run(h, "BEGIN IMMEDIATE", "write", err))
		return -1;
	if (update_tables(h, err) || sql_run(h, "COMMIT", "write", err)) {
		sqlite3_exec(h->db, "ROLLBACK", NULL, NULL, NULL);
		return -1;
	}
	return 0;
}

static int quick_check(struct history *h, struct error *err)
{
	sqlite3_stmt *s = sql_prepare(h, "PRAGMA quick_check(1)", err);
	const char *text;
	int rc;

	if (!s)
		return -1;
	rc = sql_step(h, s, "check", err);
	text = rc == 1 ? (const char *)sqlite3_column_text(s, 0) : NULL;
	if (rc >= 0 && (!text || strcmp(text, "ok") != 0))
		rc = error_set(err, "%s is damaged (%s); " ELSEWHERE, h->path,
			       text ? text : "no answer");
	sqlite3_finalize(s);
	return rc < 0 ? -1 : 0;
}

static int open_file(struct history *h, const char *path, int flags, struct error *err)
{
	if (sqlite3_open_v2(path, &h->db, flags, NULL) != SQLITE_OK)
		return sql_error(h, "open", err);
	sqlite3_extended_result_codes(h->db, 1);
	return configure(h, flags == SQLITE_OPEN_READONLY, err);
}

/* A reader gets an older file as a copy in memory that is up to date. */
static int copy_to_memory(struct history *h, struct error *err)
{
	struct history copy = {.path = h->path};
	sqlite3_backup *backup;
	int status = SQLITE_NOMEM;

	if (open_file(&copy, ":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err)) {
		sqlite3_close(copy.db);
		return -1;
	}
	backup = sqlite3_backup_init(copy.db, "main", h->db, "main");
	if (backup) {
		status = sqlite3_backup_step(backup, -1);
		sqlite3_backup_finish(backup);
	}
	sqlite3_close(h->db);
	h->db = copy.db;
	if (status != SQLITE_DONE)
		return error_system(err, 0, "cannot read %s: %s", h->path, sqlite3_errstr(status));
	return 0;
}

/* After the file as such was found to be whole. */
static int make_current(struct history *h, bool read_only, struct error *err)
{
	int64_t version;
	bool empty;

	if (is_empty(h, &empty, err))
		return -1;
	if (empty && read_only)
		return no_history(h->path, err);
	if (empty)
		return update_schema(h, err);
	if (read_number(h, "PRAGMA user_version", &version, err) ||
	    check_version(h->path, (uint32_t)version, err))
		return -1;
	if (version == SCHEMA_VERSION)
		return 0;
	if (read_only && copy_to_memory(h, err))
		return -1;
	return update_schema(h, err);
}

static int open_checked(struct history *h, bool read_only, int64_t size, struct error *err)
{
	int flags = read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

	if (open_file(h, h->path, flags, err) || (size <= CHECK_MAX && quick_check(h, err)))
		return -1;
	return make_current(h, read_only, err);
}

struct history *history_open(const char *path, bool read_only, struct error *err)
{
	struct history *h;
	int64_t size;

	if (check_file(path, read_only, &size, err))
		return NULL;
	h = mem_calloc(1, sizeof(*h));
	h->path = memcpy(mem_calloc(strlen(path) + 1, 1), path, strlen(path));
	if (open_checked(h, read_only, size, err)) {
		history_close(h);
		return NULL;
	}
	return h;
}

void history_close(struct history *h)
{
	if (!h)
		return;
	sqlite3_close(h->db);
	free(h->path);
	free(h);
}
