/*
 * The parts of a frame from machine code and DWARF alone: of a shipped object, whose compiler left no slots. For use by
 * extract/ only.
 */
#ifndef STACKCHECK_EXTRACT_ACCOUNT_OBJECT_H
#define STACKCHECK_EXTRACT_ACCOUNT_OBJECT_H

#include "base/map.h"
#include "extract/account.h"
#include "extract/machine.h"
#include "extract/places.h"

struct account_object {
	const struct object *object;
	const struct machine *machine;
	struct places *places; /* NULL: no DWARF */
	struct map variables; /* address of a function -> its first variable */
};

/* How much SP may be off at most when a call is made. */
int64_t account_call_alignment(const struct object *o);

/* All that is known of a measured function's frame but its slots; `parts` empty. */
struct account account_start(const struct object *o, const struct machine *m, size_t func);

void account_object_open(struct account_object *x, const struct object *o, const struct machine *m,
			 struct places *places);
void account_object_close(struct account_object *x);

/* The parts of machine->funcs[func], which is measured, filled and sorted; func is not set in them. Files are absolute or
   as the DWARF has them; strings are the places'. The caller releases a->parts. */
void account_object_parts(struct account_object *x, size_t func, struct account *a);

#endif
