/* What a gate makes of a diff. For use by cmd_gate.c and gate*.c. */
#ifndef STACKCHECK_SNAPSHOT_JUDGE_H
#define STACKCHECK_SNAPSHOT_JUDGE_H

#include "snapshot/diff.h"

/* What a change may do; bytes. */
struct judge_limits {
	int64_t path_growth; /* an entry point's worst path may grow by that much; BYTES_UNKNOWN: by any amount */
	int64_t frame_growth; /* and one frame; BYTES_UNKNOWN: by any amount */
	const char *const
		*severities; /* of new findings that fail: words as in snapshot_finding.severity */
	size_t n_severities;
	/* By function of the after side: its path, its frame may grow, as somebody accepted it. NULL: none. */
	const bool *path_accepted, *frame_accepted;
};

/* Zero-initialise. Sentences without a full stop, in the arena; names as they are. */
struct judgement {
	struct arena arena;
	VEC(const char *) failures; /* why the change fails; empty: it does not */
	VEC(const char *) notices; /* what to know, though it decides nothing */
};

/* Judges; what was there before the change is never a failure. Failures: paths over their budgets, paths and frames that
   grew, new findings, each in the order of the diff. */
void judge(struct judgement *j, const struct diff *d, const struct judge_limits *limits);

void judgement_release(struct judgement *j);

#endif
