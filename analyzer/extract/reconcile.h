/*
 * Machine code decides which functions and calls exist and how deep they are; the AST says where they are in
 * the source and through which slot a pointer comes. For use by extract.c only.
 */
#ifndef STACKCHECK_EXTRACT_RECONCILE_H
#define STACKCHECK_EXTRACT_RECONCILE_H

#include "extract/ast.h"
#include "extract/layout.h"
#include "extract/machine.h"
#include "extract/places.h"

struct reconcile_input {
	const struct job *job;
	const struct ast *ast;
	const struct object *object;
	const struct machine *machine;
	struct places *places;
	const struct layout *layout;
	enum frame_origin origin;
};

/* Fills funcs, parts, calls, binds and aliases of `f`; strings are copied into its arena. */
void reconcile(const struct reconcile_input *in, struct facts *f);

/* The same from the AST alone, for a unit that did not compile: every frame an estimate. Functions that only headers
   define and nothing here calls are left out. `entry_bytes`: what a call pushes on the target. */
void reconcile_estimate(const struct ast *ast, uint32_t entry_bytes, struct facts *f);

/* Adds what source and symbol table say beside the code: roles, marks, structures by value, guards, annotations. After one
   of the others; `object` is NULL for an estimate. */
void reconcile_source(const struct ast *ast, struct object *object, struct facts *f);

#endif
