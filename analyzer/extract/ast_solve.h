/* The end of a unit: what follows its graph of places shares. For use by ast_solve.c and ast_carriers.c only. */
#ifndef STACKCHECK_EXTRACT_AST_SOLVE_H
#define STACKCHECK_EXTRACT_AST_SOLVE_H

#include "extract/ast_flow.h"

struct solver {
	struct walk *walk;
	struct flow_graph *g;
	VEC(uint32_t) todo; /* nodes; empty between two steps */
	struct map seen; /* flows that were written */
	const char *own; /* how slots of the unit's own end: "@FILE"; NULL: not known */
};

static inline struct flow_node *solver_node(struct solver *s, uint32_t i)
{
	return &s->g->nodes.v[i];
}

static inline void solver_push(struct solver *s, uint32_t node)
{
	*vec_push(&s->todo) = node;
}

/* ast_carriers.c */
bool solver_is_shared(const struct solver *s, const struct flow_node *n); /* other units see it */
/* Switches the edges off that lead from carrier to carrier without a function pointer in them. */
void carriers_drop(struct solver *s);

#endif
