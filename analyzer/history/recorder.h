/* Writing one run, inside a transaction that is open. For use by history/ only. */
#ifndef STACKCHECK_HISTORY_RECORDER_H
#define STACKCHECK_HISTORY_RECORDER_H

#include "history/sql.h"
#include "snapshot/snapshot.h"

enum recorder_statement {
	INSERT_RUN,
	COMPLETE_RUN,
	ADD_FAILURE,
	FIND_NAME,
	ADD_NAME,
	FIND_UNIT,
	ADD_UNIT,
	ADD_RUN_UNIT,
	ADD_FUNCTION,
	ADD_PART,
	FIND_FINDING,
	ADD_FINDING,
	ADD_RUN_FINDING,
	N_STATEMENTS
};

enum { DIGEST_SIZE = 16 };

struct recorder {
	struct history *h;
	struct error *err;
	const struct snapshot *snapshot;
	int64_t run;
	sqlite3_stmt *s[N_STATEMENTS];
	struct map names; /* text -> id */
	struct intern words; /* keys of the map that no snapshot holds */
};

/* Prepares the statements; recorder_release() also after a failure. */
int recorder_init(struct recorder *r, struct history *h, struct error *err);

/* Writes the run and marks it complete; `id` is its number, 0: the next one. Gives it in r->run. */
int recorder_write(struct recorder *r, const struct snapshot *s, int64_t id);

void recorder_release(struct recorder *r);

/* Steps a statement that gives no rows. */
int recorder_step(struct recorder *r, enum recorder_statement statement);

/* Binds the id of `text` in the table of names, made when missing; NULL binds NULL. */
int recorder_bind_name(struct recorder *r, enum recorder_statement statement, const char *parameter,
		       const char *text);

/* The id of the row with this digest, 0 when there is none, -1 after an error. */
int64_t recorder_find(struct recorder *r, enum recorder_statement statement,
		      const unsigned char *digest);

/* record_units.c: all units of the snapshot. */
int recorder_write_units(struct recorder *r);

/* record_digest.c: the identity of functions [first, first + n) of one unit, and of a finding. */
void digest_unit(const struct snapshot *s, uint32_t first, uint32_t n,
		 unsigned char digest[DIGEST_SIZE]);
void digest_finding(const struct snapshot_finding *f, unsigned char digest[DIGEST_SIZE]);

/* Words for the bits of reasons, joined by ','; NULL for none. Text in the buffer. */
const char *reasons_text(uint32_t reasons, struct buf *out);
uint32_t reasons_bits(const char *text);

#endif
