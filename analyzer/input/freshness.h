/* Can the object that a job's build made still stand for its source? For use by jobs/ and extract/. */
#ifndef STACKCHECK_INPUT_FRESHNESS_H
#define STACKCHECK_INPUT_FRESHNESS_H

#include "base/arena.h"
#include "input/job.h"

/*
 * NULL: the object is there, and neither the source nor one of the `n` files that the unit read was modified after it.
 * Else why it cannot be used, in the arena, as "out/x.o is older than include/y.h". Only file times are looked at.
 */
const char *job_object_note(const struct job *job, const char *const *inputs, size_t n,
			    struct arena *a);

#endif
