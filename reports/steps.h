/*
 * A path as the list of what stands on the stack, for formats that show it step by step. Names are as they are;
 * strings live in the arena. For use by reports/ only.
 */
#ifndef STACKCHECK_REPORTS_STEPS_H
#define STACKCHECK_REPORTS_STEPS_H

#include "reports/report.h"

struct step {
	const char *name; /* of the function; of an outside one its symbol */
	struct fact_loc loc; /* of the call to the next step; at the end the function's own */
	int64_t bytes; /* that it takes where it calls the next one, turns of a limited recursion included; at the end its
	                  frame */
	int64_t depth; /* sum of the bytes up to here; BYTES_UNKNOWN after an unknown one */
	const char *
		mark; /* "" or "in inlined foo, tail call, through field", "assumed by the platform" */
	bool is_end;
};

struct steps {
	struct step *v;
	size_t n;
};

/* A worst path. */
struct steps steps_of_path(const struct report *r, const struct path *path, struct arena *a);

/* A finding's path, which ends in a frame or an outside cost, or its cycle, which has no end; none: no steps. */
struct steps steps_of_finding(const struct report *r, const struct finding *f, struct arena *a);

/* "a > b > c": the names on the path, at most `max` of them, those in the middle left out. */
const char *steps_names(const struct steps *s, size_t max, struct arena *a);

#endif
