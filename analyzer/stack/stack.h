/*
 * Depths over the call graph. For use by rules/, reports/, history/, snapshot/ and cmd_*.c.
 *
 * depth(f) = max(frame(f), max over calls c of depth_bytes(c) + depth(callee(c))), over believed edges: all but
 * EVIDENCE_SIGNATURE and EVIDENCE_NONE, and neither cut ones nor those counted at callers. Cycles are condensed first (Tarjan,
 * iterative). Where annotations or counted parameters limit the turns of all cycles of a component, as many are counted; else the
 * longest path found that enters no function twice.
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
	REASON_CALLBACK, /* calls a function that its caller passes in, which is counted at the callers only */
	REASON_EXTERNAL_FLOOR, /* calls code outside the scanned units that takes at least so much */
	REASON_REENTRY, /* calls code outside that may come back into the same driver */
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
	bool certain; /* direct calls only, or calls that can have no other target */
	bool bounded; /* the turns of every cycle in the component are limited */
	bool counted; /* with bounded: a parameter that counts does it, not annotations alone */
	int64_t turns; /* with bounded: of this one, at most */
	int64_t turn_bytes; /* sum of the cycle's depth_bytes; BYTES_UNKNOWN if one is unknown */
};

/* A function in a component whose turns are limited: what is below it once no turn is left. */
struct bounded {
	uint32_t func, component;
	uint32_t via; /* edge that the worst path takes then, NO_ID: own frame */
	int64_t bytes; /* depth then */
	int64_t turns_bytes; /* what the turns add before; 0 but for functions whose turns are limited */
	bool limited; /* its turns are */
};

/* The worst path from a function in a component with a circle, as far as it stays there. */
struct circle_way {
	uint32_t func;
	uint32_t first, n; /* in depths.way_edges */
	bool ends; /* in the frame that the last edge leads to; else the last edge leads out of the component */
};

/* The driver calls an external function that may come back into it: a circle through the outside. */
struct reentry {
	uint32_t edge; /* the call, on a shortest way from that entry */
	uint32_t entry; /* function */
};

/* What coming back adds to a call of an external function, in bytes. */
struct reentry_cost {
	uint32_t edge;
	int64_t bytes; /* 0: told, not counted */
};

struct depths {
	struct arena arena;
	struct depth *v; /* by function */
	struct bounded *bounded; /* by function, only those in such components */
	uint32_t n_bounded;
	struct circle_way *ways; /* by function, only those with one; depth.via is its first edge */
	uint32_t n_ways;
	uint32_t *way_edges;
	struct reentry *reentries; /* one for each external function, entry context and module */
	uint32_t n_reentries;
	struct reentry_cost *reentry_costs; /* by edge */
	uint32_t n_reentry_costs;
	struct cycle *cycles; /* certain ones first, then by first function */
	uint32_t n_cycles;
};

/* Solves the whole graph: linear in functions and edges, iterative. Sets program.annotation_used of limits that limit something. */
void depths_solve(struct depths *d, const struct program *p);
void depths_release(struct depths *d);

/* The worst path from `func` down: edges in order; its bytes add up to depth.bytes. */
struct path {
	uint32_t *edges;
	uint32_t n_edges;
	uint32_t last; /* the function whose frame ends it */
	const struct program_external
		*external; /* it ends in an external of known cost instead, or NULL */
	int64_t external_bytes; /* that cost, with what coming back into the driver adds */
	int64_t bytes; /* = depth.bytes of its start */
	int64_t *used; /* by edge: bytes from the start's CFA to the callee's, turns included */
	int64_t turns_bytes; /* of bytes: what turns round limited cycles add to one pass */
};

/* What is below an edge that leads outside: the external's cost with what coming back adds; 0 when nothing is known. */
int64_t depths_external_bytes(const struct program *p, const struct depths *d, uint32_t edge);

/* The function's entry in depths.bounded, or NULL. */
const struct bounded *depths_bounded(const struct depths *d, uint32_t func);

/* The function's way, or NULL. */
const struct circle_way *depths_way(const struct depths *d, uint32_t func);

void path_worst(const struct program *p, const struct depths *d, uint32_t func, struct arena *a,
		struct path *out);

/* Invariants: depth >= frame, path bytes add up, cycles are cycles; BUG() when broken. Runs in every build. */
void stack_check(const struct program *p, const struct depths *d);

#endif
