/*
 * Depths over the call graph. For use by rules/, reports/, history/, snapshot/ and cmd_*.c.
 *
 * depth(f) = max(frame(f), max over calls c of depth_bytes(c) + depth(callee(c))), over believed edges: all but
 * EVIDENCE_SIGNATURE and EVIDENCE_NONE. Cycles are condensed first (Tarjan, iterative).
 */
#ifndef STACKCHECK_STACK_STACK_H
#define STACKCHECK_STACK_STACK_H

#include "program/program.h"

enum bound {
	BOUND_EXACT, /* the bytes are the worst case */
	BOUND_AT_LEAST, /* a floor: see reasons */
	BOUND_UNBOUNDED, /* certain recursion below: the bytes are one turn round the cycle */
};

/* Why a depth is not exact; bits of depth.reasons. */
enum reason {
	REASON_RECURSION, /* certain: a cycle of direct calls */
	REASON_POSSIBLE_RECURSION, /* a cycle that needs an indirect call */
	REASON_DYNAMIC_FRAME,
	REASON_UNMEASURED_FRAME,
	REASON_ESTIMATED_FRAME,
	REASON_UNKNOWN_EXTERNAL, /* calls code outside the scanned units, of unknown cost */
	REASON_INDIRECT_CALL, /* an indirect call with known targets, of which there may be more elsewhere */
	REASON_SIGNATURE_CALL, /* an indirect call whose candidates fit by type only: not counted */
	REASON_UNRESOLVED_CALL, /* an indirect call without any candidate */
	REASON_COUNT
};

const char *bound_name(enum bound b); /* exact at-least unbounded */
const char *reason_name(enum reason r); /* recursion possible-recursion dynamic-frame ... */
const char *
reason_text(enum reason r); /* a phrase for people: "calls functions outside the scanned sources" */

struct depth {
	int64_t bytes; /* from the function's CFA; BYTES_UNKNOWN when not even its own frame is known */
	int64_t possible_bytes; /* the same with signature-only edges followed too; >= bytes */
	enum bound bound;
	uint32_t reasons; /* 1u << enum reason */
	uint32_t witness
		[REASON_COUNT]; /* a function below (or itself) where the reason holds; NO_ID */
	uint32_t via; /* edge that the worst path takes, NO_ID: own frame is the deepest */
};

/* A strongly connected component with a cycle. */
struct cycle {
	uint32_t *
		edges; /* one shortest cycle through the component's first function, edge by edge */
	uint32_t n_edges;
	uint32_t *funcs; /* all functions of the component, ascending */
	uint32_t n_funcs;
	bool certain; /* direct calls only */
	int64_t turn_bytes; /* sum of the cycle's depth_bytes; BYTES_UNKNOWN if one is unknown */
};

struct depths {
	struct arena arena;
	struct depth *v; /* by function */
	struct cycle *cycles; /* certain ones first, then by first function */
	uint32_t n_cycles;
};

/* Solves the whole graph: linear in functions and edges, iterative. */
void depths_solve(struct depths *d, const struct program *p);
void depths_release(struct depths *d);

/* The worst path from `func` down: edges in order; its bytes add up to depth.bytes. */
struct path {
	uint32_t *edges;
	uint32_t n_edges;
	uint32_t last; /* the function whose frame ends it */
	const struct program_external
		*external; /* it ends in an external of known cost instead, or NULL */
	int64_t bytes; /* = depth.bytes of its start */
};

void path_worst(const struct program *p, const struct depths *d, uint32_t func, struct arena *a,
		struct path *out);

/* Invariants: depth >= frame, path bytes add up, cycles are cycles; BUG() when broken. Runs in every build. */
void stack_check(const struct program *p, const struct depths *d);

#endif
