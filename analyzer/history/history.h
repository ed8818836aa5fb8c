/*
 * Runs kept in SQLite: the only user of sqlite3.h. One transaction a run; a run that is not complete is not
 * visible. For use by cmd_*.c.
 */
#ifndef STACKCHECK_HISTORY_HISTORY_H
#define STACKCHECK_HISTORY_HISTORY_H

#include "base/error.h"
#include "base/map.h"
#include "snapshot/snapshot.h"

struct history;

/* Opens or makes the database. `read_only`: it must exist, nothing is written. A file that is not ours, is damaged, or
   comes from a newer version is refused with a message saying so, and stays as it is. A file of an older version is
   brought up to date in one transaction; for a reader in memory only. */
struct history *history_open(const char *path, bool read_only, struct error *err);

/* Records a whole run in one transaction; *id is its number from now on. */
int history_record(struct history *h, const struct snapshot *s, int64_t *id, struct error *err);

/* Complete runs, newest first, at most `max` (0: all); strings and units that failed in the arena. */
int history_runs(struct history *h, struct arena *a, size_t max, struct snapshot_run **runs,
		 size_t *n, struct error *err);

/* Fingerprints of the findings of the newest complete run with the same target, build and flags digest (dirty or
   not), as keys of `set`; *found says whether there was such a run. Strings in the arena. */
int history_last_fingerprints(struct history *h, struct arena *a, const struct snapshot_run *like,
			      struct map *set, bool *found, struct error *err);

/* Reads a whole run back. On failure the snapshot is empty. */
int history_snapshot(struct history *h, int64_t run, struct snapshot *out, struct error *err);

/* The newest complete run of the whole tree, without changes that are not committed, that is comparable with `like`: equal
   commit, build, target, flags digest, configuration (where both know it), tool, LLVM and compilers. *run is 0 when there is
   none. */
int history_find_base(struct history *h, const struct snapshot_run *like, int64_t *run,
		      struct error *err);

/* The run that a user names: its number, or at least four digits of a commit (its newest run, one without uncommitted
   changes first; `build` narrows to --build NAME unless NULL). Unknown and ambiguous names are errors. */
int history_resolve(struct history *h, const char *name, const char *build, int64_t *run,
		    struct error *err);

/* The functions called `name` (as in snapshot_find()) in the complete runs, oldest run first; all in the arena. */
int history_function(struct history *h, const char *name, struct arena *a,
		     struct snapshot_point **points, size_t *n, struct error *err);

/* What to forget. Runs are ranked within their branch, target and build. The newest run of each of these, and the newest
   that others may be compared with, always stay. */
struct history_prune {
	int64_t keep; /* forget what is not among the newest so many; 0: no such limit */
	int64_t before; /* and is older than this time; INT64_MAX: no such limit */
	bool dry; /* only say which */
};

/* Removes runs and what only they needed in one transaction, then gives the space back if the disk allows. Their
   numbers, ascending, in the arena. */
int history_prune(struct history *h, const struct history_prune *what, struct arena *a,
		  int64_t **runs, size_t *n, struct error *err);

void history_close(struct history *h);

#endif
