/*
 * Counts of what a report holds, made once so that every format says the same. For use by reports/ only.
 */
#ifndef STACKCHECK_REPORTS_TOTALS_H
#define STACKCHECK_REPORTS_TOTALS_H

#include "reports/report.h"

enum {
	SEVERITY_COUNT = SEVERITY_ERROR + 1,
	STATE_COUNT = STATE_EXISTING + 1,
	BOUND_COUNT = BOUND_UNBOUNDED + 1,
	ORIGIN_COUNT = ORIGIN_SHIPPED + 1,
};

struct rule_total {
	const char *rule;
	size_t n;
};

struct totals {
	/* Findings; suppressed ones only in `suppressed`. */
	size_t findings, suppressed;
	size_t severity[SEVERITY_COUNT], state[STATE_COUNT];
	struct rule_total *rules; /* by name; rules with findings only */
	size_t n_rules;

	size_t bounds[BOUND_COUNT]; /* functions by the bound of their depth */
	size_t origins[ORIGIN_COUNT]; /* functions of measured units by the origin of their frame */
	size_t edges[EVIDENCE_COUNT];
	uint32_t deepest; /* function of the largest known depth, or NO_ID */
	int64_t min_headroom; /* bytes; valid with has_headroom */
	bool has_headroom;
	size_t entries_over;
};

/* Counts; the rules' table lives in the arena. */
void totals_count(struct totals *t, const struct report *r, struct arena *a);

/* "unknown" "new" "existing" */
const char *finding_state_name(enum finding_state s);

#endif
