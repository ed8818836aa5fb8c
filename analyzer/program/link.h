/* What the steps of program_link() share. For use by link*.c and entries.c only. */
#ifndef STACKCHECK_PROGRAM_LINK_H
#define STACKCHECK_PROGRAM_LINK_H

#include "program/flows.h"
#include "program/program.h"
#include "program/symbols.h"

/* A called function as one number: a function's id, or an external's with this bit. NO_ID: none is known. */
#define EXTERNAL_BIT 0x80000000u

/* The pointer of an indirect call, or an argument that an external function calls, is a parameter of the caller. */
struct param_site {
	uint32_t func, param, site;
	const struct fact_call *call;
	int64_t depth_bytes; /* down to the callback's entry */
	bool floor; /* that is a floor */
	bool sole; /* the parameter is all that can get there */
	bool cut; /* what comes in runs on another stack */
	enum evidence evidence;
	uint32_t first_target, n_targets; /* into linker.param_targets: what flows in by name */
};

/* Annotations by the name of their function. */
struct link_notes {
	struct map by_function; /* last part of the name -> first annotation + 1 */
	uint32_t *next; /* by annotation: another one of that name, or NO_ID */
	bool any_target, any_forbidden; /* TARGET or ONLY; NOT or NEVER */
};

struct linker {
	struct program *p;
	const struct link_options *options;
	const struct model *model;
	struct symbols symbols;
	struct flows *flows;
	struct link_notes notes;
	bool *taken;
	VEC(struct program_edge) edges; /* in any order; `through` counts in here */
	VEC(struct param_site) param_sites;
	VEC(uint32_t) param_targets;
	VEC(struct passed) passed;
	struct map passed_to; /* "UNIT SLOT" -> first of passed + 1 */
	VEC(const char *) externals; /* in the order of their first call */
	VEC(const struct model_external *) external_models;
	struct map external_ids; /* symbol -> index into externals + 1 */
	struct map slot_entries; /* slot -> index into model.entries + 1, or 0 */
	struct map hidden; /* symbols that were warned of */
	bool decorated; /* symbols of C begin with an underscore: 32-bit Windows */
	const char **tables; /* by function: a slot of a record from a header that holds it; NULL */
	VEC(const char *) entry_slots; /* of all functions, one after the other */
	VEC(uint32_t) named_entries; /* of the model: by symbol, role or section */
	VEC(uint32_t) completions; /* entries of the context "completion routine" */
	struct arena scratch;
};

uint32_t link_external(struct linker *l, const char *symbol);

/* What the source calls an outside symbol: without the marks of imports and calling conventions. In the scratch arena. */
const char *link_source_name(struct linker *l, const char *symbol);

/* A target as one number. */
uint32_t link_target(struct linker *l, const struct target *t);
uint32_t link_symbol(struct linker *l, uint32_t unit, const char *symbol);

/* Appends an edge like `pattern` to the target. Gives its number. */
uint32_t link_edge(struct linker *l, const struct program_edge *pattern, uint32_t target,
		   enum evidence evidence);

/* The model's entry for a slot, or NULL; with alternatives, the first one that has any. */
const struct model_entry *link_slot_entry(struct linker *l, const char *slot);

/* Does what is put into the slot run on another stack? With alternatives: into each of them. */
bool link_is_boundary(struct linker *l, const char *slot);

/* "param:F#2", with "@FILE" for a static function. In the scratch arena. */
const char *link_param_slot(struct linker *l, uint32_t func, uint32_t param);

/* The depth of a call, with what the function's dynamic frame may take by an annotation. */
int64_t link_call_depth(const struct linker *l, uint32_t func, const struct fact_call *c);

/* Something goes into a parameter, as the source says it. */
struct passed {
	uint32_t bind; /* or NO_ID */
	uint32_t flow; /* or NO_ID */
	uint32_t next; /* of the same unit and slot, or NO_ID */
};

/* What is known of one argument of a call. */
struct argument {
	VEC(uint32_t) targets; /* functions; sorted, unique */
	VEC(uint32_t) params; /* of the function that the call stands in */
	bool complete; /* there is nothing else */
	bool constant; /* one function, named in the call */
};

/* Makes linker.passed. */
void link_index_passed(struct linker *l);

/* `slot` is that of the parameter that the argument becomes. Release the vectors. */
void link_argument(struct linker *l, uint32_t func, const struct fact_call *c, uint32_t position,
		   const char *slot, struct argument *out);

/* Edges of all calls, but for those through parameters: these go into param_sites. */
void link_calls(struct linker *l);

/* Edges of the calls through parameters, and of the callers that pass something. */
void link_params(struct linker *l);

void link_notes_init(struct linker *l);
void link_notes_release(struct link_notes *n);

/* Annotations that speak of a function, or of the inlined code that a call of it stands in: the n-th call of `found`. */
typedef void link_notes_found_fn(void *ctx, uint32_t annotation);
void link_notes_each(const struct linker *l, uint32_t func, const struct fact_call *c,
		     link_notes_found_fn *found, void *ctx);

/* Is the function, or external, the one that an annotation calls `name`? */
bool link_notes_name_fits(struct linker *l, uint32_t target, const char *name);

/* Functions, or an external, that an annotation in `unit` means by `name`; to the end of `out`. */
struct ids {
	VEC(uint32_t) v;
};
void link_notes_targets(struct linker *l, uint32_t unit, const char *name, struct ids *out);

/* Does the annotation's slot, if it has one, fit this indirect call? */
bool link_notes_slot_fits(const struct annotation *a, const struct fact_call *c);

/* Cuts the edge when an annotation forbids it. */
void link_notes_forbid(struct linker *l, uint32_t edge);

/* Bounds of dynamic frames and of recursion, functions that don't return, entries: before the edges. */
void link_notes_functions(struct linker *l);

/* Entries that the model names by slot, symbol or role: before the edges. */
void entries_model(struct linker *l);

/* An entry by an annotation, which may name its context. */
void entries_annotated(struct linker *l, uint32_t func, const char *context);

/* The others: after the edges. */
int entries_rest(struct linker *l, struct error *err);

#endif
