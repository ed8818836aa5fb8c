/*
 * What libclang says about a unit. For use by extract/ only.
 * Strings live in the arena. Positions are expansion positions (never presumed ones: a #line can lie).
 */
#ifndef STACKCHECK_EXTRACT_AST_H
#define STACKCHECK_EXTRACT_AST_H

#include "base/map.h"
#include "facts/facts.h"
#include "input/job.h"

/* A function with a body, headers included; `static inline` ones only when something that is visited refers to them. */
struct ast_func {
	const char *name; /* as the source says it */
	const char *
		symbol; /* linker name, decorated as the target does (asm labels, stdcall), "\1" dropped */
	const char *signature; /* canonical type */
	enum linkage linkage;
	bool is_noreturn;
	struct fact_loc loc; /* of the name */
	int64_t locals_bytes; /* sum of its own automatic variables, aligned; for estimates */
	bool has_dynamic; /* a VLA or an alloca */
	struct fact_loc alloca_loop; /* of the first alloca in a loop; line 0: there is none */
	const char *role; /* as fact_func */
	uint32_t marks; /* as fact_func */
	uint32_t first_line, last_line; /* of the definition; 0: not known */
	bool may_count; /* its text speaks of nesting, depth, recursion */
};

struct ast_local {
	uint32_t func; /* index into ast.funcs */
	const char *name, *type;
	int64_t bytes; /* BYTES_UNKNOWN for a VLA */
	bool aggregate; /* array, structure or union */
	bool format_only; /* as fact_part */
	struct fact_loc loc; /* of the name */
};

struct ast_call {
	uint32_t func; /* the function it stands in; index into ast.funcs */
	const char *callee; /* linker symbol of a direct callee; NULL: through a pointer */
	const char *
		slot; /* of a call through a pointer; ast_slots.c defines the form; NULL: not known */
	const char *via, *object; /* as fact_call */
	const char *signature; /* canonical type of the called function */
	struct fact_loc
		loc; /* expansion position of clang_getCursorLocation(the call), which is where
	                          clang's line table puts it */
};

struct ast {
	enum unit_status status;
	VEC(const char *) problems; /* as facts.problems */
	VEC(const char *) inputs; /* as facts.inputs, not yet sorted */
	VEC(struct ast_func) funcs;
	VEC(struct ast_local) locals;
	VEC(struct ast_call) calls;
	VEC(struct fact_arg) args; /* call: index into ast.calls */
	VEC(struct fact_bind) binds;
	VEC(struct fact_flow) flows;
	VEC(struct fact_alias) aliases; /* __attribute__((alias)) */
	VEC(struct fact_value) values; /* func: index into ast.funcs */
	VEC(struct fact_guard) guards;
	VEC(struct fact_annotation) annotations;
	struct map
		signatures; /* linker symbol -> (const char *) canonical signature, declared-only functions too */
};

/* Parses the job's source and walks it. Errors that the compiler would report give status UNIT_ESTIMATED and `problems`;
   -1 only when libclang cannot parse at all (source missing, libclang failed). */
int ast_read(const struct job *job, struct arena *a, struct ast *out, struct error *err);

void ast_release(struct ast *ast);

/* `path` as facts have it: absolute and clean, then relative to the job's root when below it. Interned per unit by
   the caller's arena. */
const char *ast_path(struct arena *a, const struct job *job, const char *path);

#endif
