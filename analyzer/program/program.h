/*
 * All units linked into one call graph. Made by program_link(), never changed after program_check().
 * For use by program/, stack/, rules/, reports/, history/ and cmd_*.c.
 */
#ifndef STACKCHECK_PROGRAM_PROGRAM_H
#define STACKCHECK_PROGRAM_PROGRAM_H

#include "base/map.h"
#include "facts/facts.h"
#include "program/model.h"

#include <stdbool.h>
#include <stdint.h>

#define NO_ID UINT32_MAX

/* Orders ids, ascending: for qsort() and bsearch(). */
int id_compare(const void *a, const void *b);

/* How an edge is known. Order: strongest first. */
enum evidence {
	EVIDENCE_DIRECT, /* the instruction names the callee */
	EVIDENCE_FIELD, /* the same field of the same record holds the function */
	EVIDENCE_VARIABLE, /* the same variable or array */
	EVIDENCE_PARAMETER, /* the same parameter */
	EVIDENCE_RETURN,
	EVIDENCE_PLATFORM,
	EVIDENCE_ANNOTATION,
	EVIDENCE_MEASURED,
	EVIDENCE_SIGNATURE, /* only the type fits: possible, not believed; not part of depths */
	EVIDENCE_NONE, /* no target known */
	EVIDENCE_COUNT
};

/* "direct" "field" "variable" "parameter" "return" "platform" "annotation" "measured" "signature" "none" */
const char *evidence_name(enum evidence e);

struct program_func {
	const struct fact_func *fact; /* never NULL */
	uint32_t unit; /* index into program.units */
	uint32_t first_edge, n_edges; /* its outgoing edges, by site number, then callee name */
	uint32_t first_in, n_in; /* indices into program.in_edges: edges that come in */
	uint32_t first_part, n_parts; /* into its unit's facts.parts */
	bool address_taken; /* in any unit */
	bool is_entry;
	const char *
		entry_context; /* what calls it: "file operation", "interrupt handler", ... by the model; else
		                  "no caller", "address taken", "requested"; NULL: no entry */
	const struct model_entry *entry_model; /* that says so; NULL: none */
	bool entry_on_thread; /* one of the model's entries that fit it runs on the calling thread's stack */
	const char *entry_how; /* the slot, symbol or role by which it was found; NULL: none */
	uint32_t first_entry_slot,
		n_entry_slots; /* into program.entry_slots: all that make it an entry */
	int64_t entry_stack_bytes; /* STACK_SEGMENT: what the call asks for; else BYTES_UNKNOWN */
	int64_t frame_limit_bytes; /* what its dynamic frame takes at most, by an annotation; 0: none */
	bool noreturn; /* by an annotation: what its callers' depths lack below it does not matter */
	bool has_turns;
	int64_t turns; /* with has_turns: of the cycles through it, at most */
	uint32_t
		turns_annotation; /* that says so; NO_ID: a parameter that the function tests and counts (stack/guards.h) */
};

struct program_edge {
	uint32_t from;
	uint32_t to; /* function, or NO_ID */
	uint32_t
		external; /* index into program.externals, or NO_ID; both NO_ID: an indirect call of
		             which no target is known: its evidence says whether its slot is */
	uint32_t
		site; /* number of the call site in `from`, from 0; several edges of one site share it */
	enum evidence evidence;
	enum call_kind kind;
	bool complete; /* indirect: all targets of the site are known, there is none elsewhere */
	bool sure; /* whenever the site runs, it calls this target: a direct call, or the only target there can be */
	bool floor; /* depth_bytes is less than it may be: what an external function takes before it calls back */
	/* The target comes in through a parameter of `from` and is counted at the callers that pass it: they have edges of their own
	   whose `through` is this one. Listed, not followed. */
	bool by_caller;
	bool cut; /* the target runs on another stack, or an annotation forbids the edge: listed, not followed */
	uint32_t
		through; /* stands for a callback: the by_caller edge of the function called at this
	                     site; NO_ID */
	int64_t depth_bytes; /* as fact_call; with `through`, down to the callback's entry */
	const struct fact_call *call;
};

/* A called symbol without a definition in the scanned units. */
struct program_external {
	const char *symbol;
	uint32_t n_calls;
	int64_t cost_bytes; /* its worst depth incl. its own return address, or BYTES_UNKNOWN */
	const char *cost_why; /* where the cost comes from; NULL when unknown */
	const struct model_external *model; /* NULL: nothing known */
	bool assumed; /* the cost is the model's number for unknown ones: a floor */
	bool by_annotation; /* the cost is an annotation's, whatever the model says */
	bool noreturn; /* by the model or an annotation */
};

struct program {
	struct arena arena;
	const struct facts *const
		*units; /* in the order of the compile database; failed units are not in it */
	uint32_t n_units;
	const char **
		modules; /* by unit: the link image, by the model before the facts; entries may be NULL */
	struct program_func *funcs; /* by unit, then as in the facts */
	uint32_t n_funcs;
	struct program_edge *edges; /* by caller */
	uint32_t n_edges;
	uint32_t *in_edges; /* edge numbers grouped by callee */
	const char **entry_slots; /* slots of the model's entries, by function */
	struct program_external *externals; /* by symbol */
	uint32_t n_externals;
	struct map by_name; /* source name -> first function + 1; same_name chains the others */
	uint32_t *same_name; /* by function: the next one of the same source name, or NO_ID */
	const char **warnings; /* e.g. two strong definitions of one symbol in one module */
	uint32_t n_warnings;
	const struct model *model; /* never NULL */
	bool *annotation_used; /* by model.annotations: it matched something. depths_solve() adds those that bound
	                          recursion */
};

struct link_options {
	const char *const *entries; /* names or symbols given by --entry */
	size_t n_entries;
	const struct model *model; /* NULL: nothing is known */
};

/*
 * Links the units, whose facts must outlive the program. Symbol rules: a static binds in its unit only; else the same
 * module's definition before another module's exported one, strong before weak before inline; aliases are followed.
 * Indirect calls: by what flows into their slot first (flows.h), else by equal signature among address-taken functions
 * (EVIDENCE_SIGNATURE), else none. Functions that their callers pass as arguments are bound to those callers.
 * An --entry that names no function is an error.
 */
int program_link(struct program *p, const struct facts *const *units, size_t n_units,
		 const struct link_options *options, struct error *err);

/* Invariants; BUG() when one is broken. Runs in every build. */
void program_check(const struct program *p);

/* Functions whose source name or symbol is `name` ("file.c:name" narrows by the end of the unit's path); ids in the
   arena, count in *n. */
uint32_t *program_find(const struct program *p, struct arena *a, const char *name, size_t *n);

/* Does the path end in the `len` bytes of `end`, at a slash? */
bool program_path_ends(const char *path, const char *end, size_t len);

/* Bytes of a function's frame, with its dynamic part as an annotation bounds it; BYTES_UNKNOWN. */
int64_t program_frame_bytes(const struct program *p, uint32_t func);

/* Link image of a unit, or NULL. */
const char *program_module(const struct program *p, uint32_t unit);

/* What is known of an argument of the edge's call; NULL: nothing. */
const struct fact_arg *program_call_arg(const struct program *p, const struct program_edge *e,
					uint32_t position);

/* Is no target of the indirect call known? */
bool program_edge_unresolved(const struct program_edge *e);

/* Functions that may share one name get "name" or "unit:name" so that reports stay unambiguous. */
const char *program_func_label(const struct program *p, struct arena *a, uint32_t func);

void program_release(struct program *p);

#endif
