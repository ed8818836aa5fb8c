/* One scan, and the steps that only `scan` has. For use by cmd_scan.c and scan_*.c. */
#ifndef STACKCHECK_SCAN_H
#define STACKCHECK_SCAN_H

#include "history/history.h"
#include "reports/report.h"
#include "reports/writer.h"
#include "rules/rule.h"
#include "session.h"
#include "vcs.h"

/* A report to write. */
struct scan_output {
	const struct writer *writer;
	const char *path; /* NULL: standard output */
};

struct scan {
	struct session session;
	double start; /* of the monotonic clock */
	VEC(struct scan_output) outputs;
	struct vcs vcs;
	struct history *history; /* NULL: --no-db, or it cannot be written */
	struct snapshot_run run;
	struct guards guards; /* found by scan_limits() */
	struct rule_input rules;
	struct findings findings;
	struct run_stats stats;
	struct report report;
};

/* Which reports go where; checked before any work is done. */
int scan_plan_outputs(struct scan *s, struct error *err);

/* Opens the database. A default one that cannot be written is a warning; one that is not ours is an
 * error. */
int scan_open_history(struct scan *s, struct error *err);

/* With --changed: tells which units the changes since --base-ref reach. The units must have been measured. */
int scan_changed(struct scan *s, struct error *err);

/* What the rules are given: the program and the limits that hold. */
void scan_limits(struct scan *s);

/* Fills s->run and s->stats; part of scan_history(). */
void scan_describe(struct scan *s);

/* Says of each finding whether the last run of the same kind had it, then records this run. */
int scan_history(struct scan *s, struct error *err);

/* Fills s->report, entry points with their worst paths included. */
void scan_report(struct scan *s);

/* Writes one report to a file, a device or a FIFO. */
int scan_write_file(const char *path, const struct buf *text, struct error *err);

/* Writes every report, files first. */
int scan_write(struct scan *s, struct error *err);

void scan_release(struct scan *s);

#endif
