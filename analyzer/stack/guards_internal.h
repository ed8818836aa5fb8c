/*
 * The steps of guards_find(). For use by guards*.c only.
 *
 *   guards.c         which machine code has which guard, and the calls on its sides
 *   guards_judge.c   what is behind them, and the verdicts
 *   guards_count.c   parameters that count the turns of a circle
 */
#ifndef STACKCHECK_STACK_GUARDS_INTERNAL_H
#define STACKCHECK_STACK_GUARDS_INTERNAL_H

#include "stack/guards.h"

/* Where a call stands in the body of one function, itself inlined or not. */
struct place_in {
	uint32_t line, column;
	uint32_t level; /* how many inlined functions are between; 0: it stands right there */
};

/* False: the call does not stand in `name`, as far as is known. */
bool place_find(const struct program *p, const struct program_edge *e, const char *name,
		struct place_in *out);

/* Sets measured and measured_most. */
void guard_measure(const struct program *p, const struct depths *d, struct guard *guard);

/* What the edge adds to a depth of its function: down to the callee's deepest, or the external's. */
int64_t guard_edge_depth(const struct program *p, const struct depths *d, uint32_t edge);

/* Makes the views, judges the tests of remaining stack. */
void guards_judge(struct guards *g);

/* Sets `counts` and `turns` of every GUARD_DEPTH. */
void guards_count(struct guards *g);

#endif
