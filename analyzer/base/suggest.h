/* "Did you mean ...?" For use by config/, options.c and cmd_*.c. */
#ifndef STACKCHECK_BASE_SUGGEST_H
#define STACKCHECK_BASE_SUGGEST_H

#include <stddef.h>

/* How many letters must be changed, added, dropped or swapped with their neighbour to make `b` of
   `a`; a length above 63 letters counts as far away. */
size_t edit_distance(const char *a, const char *b);

/* Of the candidates so far, the nearest to `word`. Zero-initialise but for `word`. */
struct suggestion {
	const char *word;
	const char *best; /* NULL: nothing is near enough */
	size_t distance;
};

/* Offers a candidate: it is kept when it is near enough and nearer than the best one. */
void suggest(struct suggestion *s, const char *candidate);

#endif
