/* External functions that may come back into the driver that calls them. For use by stack/ only. */
#ifndef STACKCHECK_STACK_REENTRY_H
#define STACKCHECK_STACK_REENTRY_H

#include "stack/solve.h"

/*
 * Fills d->reentry_costs and d->reentries. `first` is a solution without what coming back adds. Completion routines are no matter
 * of this: they are edges. true: something is added, solve again.
 */
bool reentry_find(struct depths *d, const struct program *p, const struct solution *first);

/* What coming back adds to the edge, or NULL: it can't. */
const struct reentry_cost *reentry_cost_of(const struct depths *d, uint32_t edge);

#endif
