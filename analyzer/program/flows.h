/*
 * What can be in a slot: a flow-insensitive, field-based points-to analysis over the binds and flows of all units.
 * For use by program/ only.
 *
 * Nodes are slots; functions and objects are what they hold. Copies make edges, cycles are collapsed, an element with
 * an unknown index meets every index. (Inclusion-based analysis after Andersen, DIKU 94/19; two-layer filter after Lu and
 * Hu, "Where Does It Go?", CCS 2019.)
 */
#ifndef STACKCHECK_PROGRAM_FLOWS_H
#define STACKCHECK_PROGRAM_FLOWS_H

#include "program/symbols.h"

struct flows;

/* A function that a call through a pointer may reach. */
struct target {
	uint32_t func; /* or NO_ID */
	const char *symbol; /* a function outside the scanned units; NULL with func */
	enum evidence evidence;
	/* It came in through this parameter of the function that the call stands in, by an argument of a call of that function by
	   name; NO_ID: some other way. */
	uint32_t param;
};

struct targets {
	VEC(struct target) v; /* by function, then symbol; each once, with its strongest evidence */
	bool complete; /* nothing else can be in the slot */
	bool has_slot; /* the slot is known, whether or not anything is in it */
	enum evidence slot_evidence; /* with has_slot */
	/* The pointer is parameter `param` of the function itself, which also callers outside the scanned units may call. NO_ID: no
	   parameter. */
	uint32_t param;
	uint32_t n_signature; /* functions that fit by type alone: what other tools would offer */
};

/* Reads all units and solves. `taken` (by function) is set for every function whose address is taken. */
struct flows *flows_solve(const struct symbols *s, bool *taken);

/* Targets of an indirect call of `func`, without and (only when there are none) with candidates by signature. `out` is
   zeroed by the caller and released with vec_release(&out->v). */
void flows_targets(const struct flows *x, uint32_t func, const struct fact_call *call,
		   struct targets *out);

/* What an argument of a call that stands in `func` can be: a function by name, or what a slot or a parameter (of the function
   that `call` stands in) holds. Nothing for other arguments. `out` as above; never has candidates by signature. */
void flows_argument(const struct flows *x, uint32_t func, const struct fact_call *call,
		    const struct fact_arg *arg, struct targets *out);

/* Functions that get into slots other than local variables, with the slot: for entry points. Calls `found` for each, in the
   order of functions, then slots. `wanted` (NULL: all) is asked before, once or a few times a slot. */
typedef void flows_found_fn(void *ctx, uint32_t func, const char *slot);
typedef bool flows_wanted_fn(void *ctx, const char *slot);
void flows_each_wanted(const struct flows *x, flows_wanted_fn *wanted, flows_found_fn *found,
		       void *ctx);
void flows_each_bound(const struct flows *x, flows_found_fn *found, void *ctx);

void flows_release(struct flows *x);

#endif
