/* Why depths are not exact. For use by stack/ only. */
#ifndef STACKCHECK_STACK_REASONS_H
#define STACKCHECK_STACK_REASONS_H

#include "stack/scc.h"
#include "stack/stack.h"

/* Sets reasons, witnesses and bounds of every function: its own, and those of what it calls through believed
   edges. The components are those over the three kinds of edges. */
void reasons_solve(struct depths *d, const struct program *p, const struct scc *certain,
		   const struct scc *believed, const struct scc *possible);

/* What a function's own frame, and one of its edges without what is below it, leaves open: 1u << enum reason. */
uint32_t reasons_of_frame(const struct program *p, uint32_t func);
uint32_t reasons_of_edge(const struct depths *d, const struct program *p, uint32_t edge);

#endif
