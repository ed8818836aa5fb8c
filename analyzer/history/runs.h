/* Rows of the table `run`. For use by history/ only. */
#ifndef STACKCHECK_HISTORY_RUNS_H
#define STACKCHECK_HISTORY_RUNS_H

#include "history/sql.h"
#include "snapshot/snapshot.h"

/* What runs_row() reads, in its order, without prefix: "SELECT " RUN_COLUMNS " FROM run ...". */
#define RUN_COLUMNS                                                                                \
	"id, time, commit_id, branch, dirty, tool, llvm, target, compilers, platform, build, "     \
	"flags_digest, config_digest, stack_bytes, budget_bytes, frame_limit_bytes, whole, "       \
	"has_details, has_callees, units_total, units_measured, units_estimated, units_failed, "   \
	"wall_ms, cpu_ms, cache_hits"

/* The statement's row; strings in the arena; failed units not yet. */
void runs_row(sqlite3_stmt *s, struct arena *a, struct snapshot_run *run);

/* Adds the failed units of run->id. */
int runs_failures(struct history *h, struct arena *a, struct snapshot_run *run, struct error *err);

#endif
