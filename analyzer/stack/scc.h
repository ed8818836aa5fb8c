/* Strongly connected components. For use by stack/ only. */
#ifndef STACKCHECK_STACK_SCC_H
#define STACKCHECK_STACK_SCC_H

#include "program/program.h"

/* Which edges count. */
typedef bool edge_filter(const struct program_edge *e);

/* Is it part of a path: neither cut, nor counted at the callers that pass it? */
bool edge_is_followed(const struct program_edge *e);

/* Followed edges into functions. Direct ones, and those to the only target that there can be: certain / those and the ones that a
   slot supports: believed / those and the ones that only a signature supports: possible. */
bool edge_is_certain(const struct program_edge *e);
bool edge_is_believed(const struct program_edge *e);
bool edge_is_possible(const struct program_edge *e);

struct scc {
	uint32_t *component; /* by function */
	uint32_t *order; /* functions, component by component, callees before callers */
	uint32_t *first; /* by component: its first place in `order`; [n] is the end */
	bool *cyclic; /* by component: more than one function, or one that calls itself */
	uint32_t n;
};

/* Tarjan's algorithm (SIAM J. Comput. 1(2), 1972) with an explicit stack: linear, and deep chains don't overflow. */
void scc_find(struct scc *s, const struct program *p, edge_filter *filter);
void scc_release(struct scc *s);

#endif
