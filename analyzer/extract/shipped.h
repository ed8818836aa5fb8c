/* The object that the user's own build made of a unit. For use by extract.c only. */
#ifndef STACKCHECK_EXTRACT_SHIPPED_H
#define STACKCHECK_EXTRACT_SHIPPED_H

#include "base/buf.h"
#include "extract/object.h"
#include "extract/places.h"
#include "input/job.h"

/* Zero-initialise. */
struct shipped {
	bool read; /* the file's bytes were looked at, whatever came of it */
	struct buf bytes;
	struct object object;
};

/*
 * Opens job->object when it can stand for the job's source: fresh against the `n` files that the unit read, for the
 * job's target, with machine code, and made from that source as far as it says so. NULL, or why not (in the arena).
 */
const char *shipped_open(struct shipped *s, const struct job *job, const char *const *inputs,
			 size_t n, struct arena *a);
void shipped_release(struct shipped *s);

/* What made an object, as "GCC 12.2.0" or "clang 19.1.7": from its DWARF, else from what the compiler noted in it, else
   "unknown compiler". In the arena or a literal. `places` may be NULL. */
const char *shipped_compiler(const struct object *o, const struct places *places, struct arena *a);

#endif
