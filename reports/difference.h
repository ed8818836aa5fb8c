/*
 * Reports that are not of one finished run: what changed between two, one run of the history, a function over all of them.
 * The formats are described in schemas/ (stackcheck-diff-1, stackcheck-run-1). For use by cmd_*.c.
 */
#ifndef STACKCHECK_REPORTS_DIFFERENCE_H
#define STACKCHECK_REPORTS_DIFFERENCE_H

#include "base/buf.h"
#include "snapshot/diff.h"

/* What changed, for people; only what counts by the limits, the rest is counted. */
void diff_write_text(const struct diff *d, const struct diff_limits *limits, bool color,
		     unsigned width, struct buf *out);

/* The same as JSON, "stackcheck-diff/1". */
void diff_write_json(const struct diff *d, const struct diff_limits *limits, struct buf *out);

/* A whole run as JSON, "stackcheck-run/1": on one line, or laid out. */
void snapshot_write_json(const struct snapshot *s, bool one_line, struct buf *out);

/* Runs without what is in them, "stackcheck-runs/1". */
void runs_write_json(const struct snapshot_run *runs, size_t n, struct buf *out);
void runs_write_text(const struct snapshot_run *runs, size_t n, struct buf *out);

/* Functions over runs, "stackcheck-history/1"; points as history_function() gives them. The text shows each function of
   the name with a sparkline of its depth, then one line a run. */
void points_write_json(const char *name, const struct snapshot_point *points, size_t n,
		       struct buf *out);
void points_write_text(const struct snapshot_point *points, size_t n, struct buf *out);

#endif
