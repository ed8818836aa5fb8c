/*
 * The one const view that every writer gets: the whole finished run. A writer that needs another number means that
 * a field is missing here. For use by reports/ and cmd_*.c; made in cmd_scan.c.
 */
#ifndef STACKCHECK_REPORTS_REPORT_H
#define STACKCHECK_REPORTS_REPORT_H

#include "program/program.h"
#include "rules/finding.h"
#include "rules/platform.h"
#include "rules/rule.h"
#include "snapshot/diff.h"
#include "stack/stack.h"

struct failed_unit {
	const char *unit;
	const char *verdict; /* "crashed (signal 11)", "timeout", "oom", "failed" */
	const char *reason; /* a sentence */
};

/* One entry point with its worst path. */
struct entry {
	uint32_t func;
	int64_t headroom; /* limit - depth, see entry_judge(); BYTES_UNKNOWN when the depth is unknown (use has_headroom) */
	bool has_headroom;
	bool over; /* depth above the limit */
	struct path path;
};

/* Clock times and cache: only in the database and under --stats, so that reports compare byte for byte. */
struct run_stats {
	double wall_seconds, cpu_seconds;
	size_t cache_hits, cache_misses;
	long peak_worker_kib, peak_parent_kib;
};

/* What a gate made of the difference. */
struct gate_verdict {
	const char *word; /* "passed" "failed" "undecided" */
	const char *const
		*reasons; /* sentences without a full stop: why it failed or is undecided */
	size_t n_reasons;
	const char *const
		*notices; /* the same, that decide nothing: loosened policy, a computed base */
	size_t n_notices;
};

struct report {
	const char *tool_version; /* "0.1.0" */
	const char *llvm_version; /* "19.1.7" */
	const char *commit, *branch; /* NULL: not in git */
	bool dirty;
	const char *const *
		paths; /* the only parts of the project that were asked for, relative to its root */
	size_t n_paths; /* 0: the whole of it */
	const char *build; /* --build NAME, or NULL */
	const char *target; /* triple of the units; several joined by ',' */
	const char *const *compilers; /* sorted, unique */
	size_t n_compilers;
	bool graph; /* --graph: calls[] too */
	bool slots; /* --slots: slots[] too */
	size_t top; /* how many entries the text shows */
	bool color; /* text only */
	unsigned width; /* text only: columns */
	const struct run_stats *stats; /* with --stats, else NULL */

	const struct platform *platform;
	int64_t budget_bytes, frame_limit;
	const struct program *program;
	const struct depths *depths;
	const struct entry *entries; /* deepest first, then label */
	size_t n_entries;
	const struct finding *findings; /* sorted */
	size_t n_findings;

	size_t units_total, units_measured, units_estimated, units_failed;
	const struct failed_unit *failed; /* by unit */
	size_t n_failed;

	const struct diff *diff; /* from a base run to this one (its `after`); NULL: a plain scan */
	struct diff_limits diff_limits; /* what of it is worth showing, with diff only */
	const char *base_label,
		*head_label; /* "merge-base of main"; NULL: branch and commit say it */
	const struct gate_verdict *verdict; /* NULL: no gate */
};

#endif
