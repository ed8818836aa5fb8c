/* What needs more stack than in a base run: the findings of the rule growth. For use by gate.c and reports/. */
#ifndef STACKCHECK_RULES_GROWTH_H
#define STACKCHECK_RULES_GROWTH_H

#include "rules/rule.h"
#include "snapshot/diff.h"

/* Bytes that a worst path, and a function's frame, may grow by; BYTES_UNKNOWN: any number. */
struct growth_limits {
	int64_t path, frame;
};

/* The limits of the configuration, else the rule's own; any number where the configuration switches the rule off.
   `in->policy` may be NULL. */
struct growth_limits growth_limits(const struct rule_input *in);

/* Does the configuration switch the rule off? Then nothing is found, and anything may grow. */
bool growth_is_off(const struct rule_input *in);

/* Adds the findings of `d`, whose after side is of `in`'s program: what grew beyond the limits, and as notes what grew within
   them. Then all findings have their order, fingerprints and suppressions again. */
void growth_find(const struct rule_input *in, const struct diff *d,
		 const struct growth_limits *limits, struct findings *out);

/* Is the finding about a worst path? Else about a frame. */
bool growth_is_of_path(const struct finding *f);

/* By function: is its growth suppressed, that of its worst path or of its frame? In the arena. */
struct growth_accepted {
	bool *path, *frame;
};
struct growth_accepted growth_accepted(const struct findings *f, const struct program *p,
				       struct arena *a);

#endif
