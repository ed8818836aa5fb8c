/* Long ways through circles of calls. For use by stack/ only. */
#ifndef STACKCHECK_STACK_WAYS_H
#define STACKCHECK_STACK_WAYS_H

#include "stack/solve.h"

/* Is the component small enough to search it from each of its functions? */
bool ways_can_solve(const struct solver *v, uint32_t component);

/*
 * Solves a component with a circle; everything below it is solved. For each function the longest way found that starts
 * there and enters no function twice: in small components the longest one, unless the search for it is given up; in others a
 * floor of that (to find it is NP-hard). `members`: the component's functions, ascending.
 */
void ways_solve(struct solver *v, uint32_t component, const uint32_t *members);

#endif
