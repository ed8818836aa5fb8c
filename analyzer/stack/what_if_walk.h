/*
 * A program with changes in force. For use by stack/what_if*.c only.
 *
 *   what_if_places.c   which parts of which frames one declaration became
 *   what_if.c          depths and paths with the changes in force
 *   what_if_choose.c   the fewest changes that are enough
 */
#ifndef STACKCHECK_STACK_WHAT_IF_WALK_H
#define STACKCHECK_STACK_WHAT_IF_WALK_H

#include "base/vec.h"
#include "stack/scc.h"
#include "stack/solve.h"
#include "stack/what_if.h"

/* Parts are numbered over the whole program: those of a unit in a row, first_part[unit] on. */
struct places {
	uint32_t *first_part; /* by unit */
	uint32_t *variable; /* by part: the first part of the same declaration */
	uint32_t *
		inlined; /* by part: the first part that the same inlined function brought; NO_ID */
	uint32_t *same_variable, *same_inlined; /* by part: the next one, or NO_ID */
	uint32_t *owner; /* by part: the function in whose frame it is */
	uint32_t n;
};

void places_init(struct places *x, const struct program *p);
void places_release(struct places *x);

/* Number of a part of a function. */
uint32_t places_part(const struct places *x, const struct program *p, uint32_t func, uint32_t part);

struct span {
	int64_t from, to; /* bytes below the CFA: from < to */
};

struct what_if {
	const struct program *p;
	const struct depths *d;
	struct places places;
	bool *moved, *outlined; /* by part: in force for it; set at every part of a declaration */
	uint32_t *touched; /* by function: parts in its frame with a change in force */
	struct scc scc;
	struct solver solver; /* whose weights are those with the changes in force */
	struct solution solution;
	uint32_t from; /* the function that `components` were found from */
	VEC(uint32_t) components; /* that it reaches, callees first */
	VEC(uint32_t) stack; /* scratch: of the search for them */
	bool *reached; /* by component */
	VEC(struct span) kept, all; /* scratch of what_if_saved() */
};

/* Puts a change in force, or takes it out. */
void what_if_set(struct what_if *w, struct change c, bool on);

/* Solves what `func` reaches with the changes in force; gives its depth. Until the next call the solution holds for all of that. */
int64_t what_if_solve(struct what_if *w, uint32_t func);

/* Bytes of the path from `func` along `edges` with the changes in force. */
int64_t what_if_path_bytes(struct what_if *w, uint32_t func, const uint32_t *edges, uint32_t n);

#endif
