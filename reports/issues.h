/*
 * What formats for code hosts, CI services and editors list: one item a finding, with what changed against a base run; each
 * with a place that always names a file. Names are as they are; strings live in the arena. For use by reports/ only.
 */
#ifndef STACKCHECK_REPORTS_ISSUES_H
#define STACKCHECK_REPORTS_ISSUES_H

#include "base/vec.h"
#include "reports/steps.h"

struct issue {
	const char *rule; /* a rule's id */
	enum severity severity;
	enum finding_state state;
	bool suppressed;
	const char *suppressed_why; /* the reason that was given, or NULL */
	uint32_t func; /* NO_ID: it is about no function */
	struct fact_loc
		loc; /* file is never NULL; with a base, what made it grow where that is known */
	struct fact_loc
		origin; /* the finding's own place when loc is another one; file NULL: it is not */
	const char *message; /* a sentence without a full stop; no bound but what the rule said */
	const char *why; /* why its number is not exact, or NULL */
	const char *change; /* what changed against the base: "grew by 384 bytes: ..."; or NULL */
	const char *advice; /* or NULL */
	int64_t bytes, limit; /* BYTES_UNKNOWN */
	const char *fingerprint; /* 32 hex digits */
	const struct finding *finding; /* that it is about */
};

/* Zero-initialise. */
struct issues {
	struct arena arena;
	VEC(struct issue) v; /* in the report's order */
	size_t suppressed, existing; /* of them */
};

void issues_collect(struct issues *l, const struct report *r);
void issues_release(struct issues *l);

/* The path of the item; none: no steps. */
struct steps issue_steps(const struct report *r, const struct issue *i, struct arena *a);

/* Message, change, bound and suppression in one line: "the frame takes ...; grew by ...; not exact: ...". In the arena. */
const char *issue_line(const struct issue *i, struct arena *a);

/* A unit that numbers are missing for, or are estimates. */
struct gap {
	const char *file; /* the unit's source */
	const char *unit;
	bool failed; /* else estimated */
	const char *
		why; /* "crashed (signal 11): The worker died."; "estimated: 'x.h' file not found" */
};

/* Failed units, then estimated ones; in the arena. */
struct gap *issues_gaps(const struct report *r, struct arena *a, size_t *n);

#endif
