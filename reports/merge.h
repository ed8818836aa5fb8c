/*
 * What several builds of one change say, each thing once, for formats that have no place for builds. With one report it is what
 * that says, in its order. For use by reports/ only.
 */
#ifndef STACKCHECK_REPORTS_MERGE_H
#define STACKCHECK_REPORTS_MERGE_H

#include "base/map.h"
#include "reports/issues.h"

struct merged_issue {
	const struct report *r; /* of the build in which it counts the most; the first of those */
	const struct issue *issue;
	const struct report *last; /* that has it */
	VEC(const char *) builds; /* all that have it */
};

struct merged_gap {
	struct gap gap;
	VEC(const char *) builds; /* all that have it */
};

enum merge_by {
	MERGE_FINGERPRINT,
	MERGE_PLACE, /* rule, place, function and subject: the same line for other targets, too */
};

/* Zero-initialise. */
struct merge {
	struct arena arena;
	size_t n_reports;
	VEC(struct issues) lists; /* by report */
	VEC(struct merged_issue) issues;
	VEC(struct merged_gap) gaps;
	struct map seen; /* key of an issue -> index into issues + 1 */
};

/* Collects what the `n` reports say, which must outlive it. Issues and gaps are in order of first appearance. */
void merge_collect(struct merge *m, const struct report *const *r, size_t n, enum merge_by by);
void merge_release(struct merge *m);

/* "debug, release": who says it; NULL when there is only one report. In the arena. */
const char *merge_builds(const struct merge *m, const char *const *builds, size_t n,
			 struct arena *a);

/* The build's name, else its target. */
const char *report_build_name(const struct report *r);

#endif
