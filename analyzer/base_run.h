/* The base, measured now: what a gate does that finds no stored run. For use by cmd_gate.c and gate*.c. */
#ifndef STACKCHECK_BASE_RUN_H
#define STACKCHECK_BASE_RUN_H

#include "base_reach.h"

/* Zero-initialise. */
struct base_run {
	struct session
		session; /* of the base; its input are the units that were measured for it alone */
	size_t n_jobs; /* units that the base has, those included that it shares with the head */
	VEC(const char *)
	broken; /* "unit: reason" of reached units that were not measured: in its arena */
};

/*
 * Measures the base with the head's commands, platform and options: fills `base` (zeroed by the caller but for its configuration) so that session_link() comes
 * next; its input are the units that were measured for it alone. With `only_reached`, units that the change does not reach are not
 * measured again: they are what they are in the head. The result is the same either way. `tree` is made already;
 * `head` must outlive `base`, which must be released through base_run_release() and then session_release().
 */
int base_run(struct base_run *r, struct session *base, const struct session *head,
	     struct base_tree *tree, const struct reach *reach, bool only_reached,
	     struct error *err);

/* Why a unit of either side was not measured: a sentence, or the first error of one that was estimated. */
const char *base_run_why(const struct session *s, size_t job);

void base_run_release(struct base_run *r, struct session *base);

#endif
