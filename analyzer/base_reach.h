/* Which units a change can have an effect on. For use by base_run.c, gate*.c and scan_changed.c. */
#ifndef STACKCHECK_BASE_REACH_H
#define STACKCHECK_BASE_REACH_H

#include "base_tree.h"
#include "session.h"

/* Zero-initialise. */
struct reach {
	struct arena arena;
	const char **
		why; /* by job of the head: a changed file that it reads, relative to the top; NULL: none, so the unit reads
			     the same bytes in both versions */
	size_t n; /* units that the change reaches */
};

/* Follows the files that each unit of the head read, as measured or cached. A unit without facts counts as reached as soon as
   anything changed. */
void reach_find(struct reach *r, const struct session *head, struct base_tree *b);

void reach_release(struct reach *r);

#endif
