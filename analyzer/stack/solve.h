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
	VEC(struct circle_way) ways; /* in no order; of functions with one, via is its first edge */
	VEC(uint32_t) way_edges;
};

/* What is counted: bytes in use at a call, and of a function's own frame. */
struct weights {
	int64_t (*edge)(void *ctx, uint32_t edge);
	int64_t (*frame)(void *ctx, uint32_t func);
	void *ctx;
};

/* Solves component by component; callees first. */
struct solver {
	const struct program *p;
	const struct depths *d; /* for what coming back costs */
	const struct scc *scc;
	edge_filter *filter;
	struct weights weights;
	bool one_turn; /* count a single turn where they are limited, too */
	struct solution *s;
	unsigned char *state; /* by function: NEW, OPEN, DONE */
	uint32_t *stack, *next_edge, *members;
};

/* Makes a solver with the program's own weights, and room in `s` for all functions. */
void solver_init(struct solver *v, struct solution *s, const struct program *p,
		 const struct depths *d, const struct scc *scc, edge_filter *filter);
void solver_release(struct solver *v);

/*
 * depth(f) = max(frame(f), depth_bytes + depth(callee(f))) over the filtered edges, and over externals of known cost.
 * In a component with a circle: the longest path found that enters no function of it twice (ways.h), or as many
 * turns as annotations or counted parameters allow (turns.h). Where it is too large to search, edges back to a function that is still open
 * in a depth-first walk, from the functions that the outside calls, are left out; this finds shorter ones.
 */
void solve_component(struct solver *v, uint32_t component);

/* What is below an edge that leads to a solved function or to an external of which something is counted; false: nothing. */
bool solver_below(const struct solver *v, uint32_t edge, int64_t *below);

/* The whole program, with its own weights. */
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
