/* Warnings of one reading, each said once. For use inside input/. */
#ifndef STACKCHECK_INPUT_NOTES_H
#define STACKCHECK_INPUT_NOTES_H

#include "base/map.h"
#include "base/vec.h"

/* Zero-initialise, then set `arena`, which owns the texts. */
struct notes {
	struct arena *arena;
	struct map seen;
	VEC(const char *) v;
};

void notes_add(struct notes *n, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void notes_release(struct notes *n);

#endif
