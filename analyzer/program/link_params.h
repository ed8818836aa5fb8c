/* Parameters that are called, and who passes what into them. For use by link_params*.c only. */
#ifndef STACKCHECK_PROGRAM_LINK_PARAMS_H
#define STACKCHECK_PROGRAM_LINK_PARAMS_H

#include "program/link.h"

/* Parameter `param` of `func` gets called, or is handed on to one that is. */
struct param_node {
	uint32_t func, param;
	uint32_t first_site, first_forward, first_binding; /* chains; NO_ID */
	uint32_t n_in, n_out; /* forwards; of those still to be seen */
	uint32_t distance; /* forwards to a parameter that is called */
	uint32_t group; /* nodes that hand on in a circle; NO_ID: none */
	uint32_t position; /* in the order: what hands on before what it hands to */
	struct ids passed; /* functions that callers pass; sorted, unique */
	struct ids found; /* functions that come in, and no caller is known to pass them */
	bool plain; /* not bound: the calls through it lead to everything that comes in */
	bool open; /* a caller passes something unknown */
	bool cut;
	uint32_t first_sink, n_sinks; /* by target: into params.sinks */
	uint32_t deepest; /* sink, or NO_ID */
};

/* A call that passes its own caller's parameter on. */
struct forward {
	uint32_t from, to; /* nodes */
	uint32_t edge; /* the call */
	uint32_t next; /* of the same `from` */
	uint32_t next_in; /* of the same `to` */
};

/* A call that passes functions, or something unknown. */
struct binding {
	uint32_t edge; /* the call */
	uint32_t first_target, n_targets; /* into params.targets; none: unknown */
	bool complete, constant;
	uint32_t next; /* of the same node */
};

struct sink {
	uint32_t target, edge; /* deepest by_caller edge to it; its number */
};

struct params {
	struct linker *l;
	VEC(struct param_node) nodes;
	struct map by_param; /* struct { func, param } -> node + 1 */
	uint32_t *next_site; /* by param_site: of the same node */
	uint32_t *first_call, *calls; /* edges of calls by name, by callee */
	VEC(struct forward) forwards;
	VEC(struct binding) bindings;
	VEC(uint32_t) targets;
	VEC(struct sink) sinks;
	uint32_t *order; /* nodes by position */
	uint32_t *first_in; /* by node: forwards into it; NO_ID */
};

/* Finds nodes, forwards and bindings, from the called parameters up through the callers. */
void params_collect(struct params *x);

/* Puts the nodes in order, and gives each what is passed down to it. Nodes that would take too many edges become plain. */
void params_order(struct params *x);

/* Makes the array sorted and unique; looks into one that is. */
void ids_sort(struct ids *ids);
bool ids_have(const struct ids *ids, uint32_t id);

#endif
