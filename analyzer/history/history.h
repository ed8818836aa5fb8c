/*
 * Runs kept in SQLite: the only user of sqlite3.h. One transaction a run; a run that is not complete is not
 * visible. For use by cmd_*.c.
 */
#ifndef STACKCHECK_HISTORY_HISTORY_H
#define STACKCHECK_HISTORY_HISTORY_H

#include "base/error.h"
#include "base/map.h"
#include "program/program.h"
#include "rules/finding.h"
#include "stack/stack.h"

struct history;

/* Opens or makes the database. `read_only`: it must exist, nothing is written. A file that is not ours, is damaged, or
   comes from a newer version is refused with a message saying so, and stays as it is. */
struct history *history_open(const char *path, bool read_only, struct error *err);

struct history_run {
	int64_t id; /* given by history_record() */
	int64_t time; /* seconds since 1970, UTC */
	const char *commit, *branch; /* NULL: not in git */
	bool dirty;
	const char *tool, *llvm, *target, *platform, *build, *flags_digest; /* build may be NULL */
	int64_t units_total, units_measured, units_estimated, units_failed;
	int64_t wall_ms, cpu_ms, cache_hits;
};

/* Records a whole run in one transaction and sets run->id. */
int history_record(struct history *h, struct history_run *run, const struct program *p,
		   const struct depths *d, const struct findings *findings, struct error *err);

/* Complete runs, newest first, at most `max` (0: all); strings in the arena. */
int history_runs(struct history *h, struct arena *a, size_t max, struct history_run **runs,
		 size_t *n, struct error *err);

/* Fingerprints of the findings of the newest complete run with the same target, build and flags digest (dirty or
   not), as keys of `set`; *found says whether there was such a run. Strings in the arena. */
int history_last_fingerprints(struct history *h, struct arena *a, const struct history_run *like,
			      struct map *set, bool *found, struct error *err);

void history_close(struct history *h);

#endif
