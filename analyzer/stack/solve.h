/* One longest-path problem over the condensed graph. For use by stack/ only. */
#ifndef STACKCHECK_STACK_SOLVE_H
#define STACKCHECK_STACK_SOLVE_H

#include "base/vec.h"
#include "stack/scc.h"
#include "stack/stack.h"

struct solution {
	int64_t *
		bytes; /* by function; a floor where something is unknown, at least its return address */
	uint32_t *via; /* by function: edge of the worst path, NO_ID: its own frame */
	VEC(struct bounded) bounded; /* in no order */
};

/* A depth-first walk over one graph; made by solve(). */
struct solver {
	const struct program *p;
	const struct depths *d; /* for what coming back costs */
	const struct scc *scc;
	edge_filter *filter;
	struct solution *s;
	unsigned char *state; /* by function: NEW, OPEN, DONE */
	uint32_t *stack, *next_edge;
};

/*
 * depth(f) = max(frame(f), depth_bytes + depth(callee)) over the filtered edges, and over externals of known cost.
 * Inside a cycle, edges back to a function that is still open (depth-first, from the functions that the outside
 * calls) are left out: one turn is counted, and `via` never runs in circles. Cycles whose turns are limited: see turns.h.
 */
void solve(struct solution *s, const struct program *p, const struct depths *d,
	   const struct scc *scc, edge_filter *filter);
void solution_release(struct solution *s);

/* What a call adds at least: its depth, or the caller's return address when the depth is not known. */
int64_t edge_floor(const struct program *p, const struct program_edge *e);

/* Bytes of a function's own frame that are certain. */
int64_t frame_floor(const struct program *p, uint32_t func);

/* Does the edge lead to an external function of which something is counted? Its bytes below the call. */
bool edge_counts_external(const struct solver *v, uint32_t edge, int64_t *below);

/* Do all calls inside the component leave SP where it was (tail calls)? Then its recursion takes no stack. */
bool cycle_is_flat(const struct program *p, const struct scc *scc, uint32_t component,
		   edge_filter *filter);

#endif
