/* Cycles whose turns annotations, or parameters that count, limit. For use by stack/ only. */
#ifndef STACKCHECK_STACK_TURNS_H
#define STACKCHECK_STACK_TURNS_H

#include "stack/solve.h"

/* Is a function with a limit on every cycle of the component? */
bool turns_are_limited(const struct program *p, const struct scc *scc, uint32_t component,
		       edge_filter *filter);

/*
 * Solves such a component; everything below it is solved. Between two visits of limited functions lies a path without any, of
 * which the longest one is found; there are as many as the limits allow, then the longest way out. With one limited
 * function of n turns: one pass and n times its longest turn, which is exact. With several: a bound from above.
 */
void turns_solve(struct solver *v, uint32_t component);

#endif
