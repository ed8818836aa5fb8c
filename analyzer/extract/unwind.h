/*
 * What the unwind tables of an object or image say: where functions are, and how deep SP goes in them. A second opinion,
 * and the only list of functions where there are no symbols. For use by extract/ only.
 */
#ifndef STACKCHECK_EXTRACT_UNWIND_H
#define STACKCHECK_EXTRACT_UNWIND_H

#include "extract/object.h"

struct unwind_func {
	uint32_t section;
	uint64_t start, size; /* bytes, from the section's start; size 0: not said */
	bool part; /* of a function that begins elsewhere: SP is low from the first instruction on */
	int64_t bytes; /* CFA to the deepest SP; BYTES_UNKNOWN: the table does not say it (frame pointer) */
};

/* Zero-initialise. */
struct unwind {
	VEC(struct unwind_func) funcs; /* by section, then start, then size */
};

/* Reads .eh_frame, .debug_frame (not of RISC-V objects, whose tables are incomplete until linked) and .pdata (x86-64, AArch64).
   A damaged table ends the reading of it. */
void unwind_read(struct object *o, struct unwind *u);

/* The entry that begins at a place, the largest one; or NULL. */
const struct unwind_func *unwind_at(const struct unwind *u, uint32_t section, uint64_t start);

void unwind_release(struct unwind *u);

/*
 * Guarded code of Windows' structured exceptions; a function that the system runs for it: a filter while the exception is
 * looked at, or a termination handler (__finally) while the stack is unwound; and where control goes on behind an
 * exception, with SP as in the guarded code.
 */
struct unwind_scope {
	uint32_t section, handler_section, target_section; /* NO_SECTION: there is none */
	uint64_t begin, handler, target;
};

typedef VEC(struct unwind_scope) unwind_scopes;

/* Appends the scopes of an object or image for Windows on x86-64 or AArch64; what is no table of scopes is passed over. */
void unwind_read_scopes(const struct object *o, unwind_scopes *scopes);

/* For unwind.c: the two forms of tables. */
void unwind_read_cfi(struct object *o, uint32_t section, bool eh, struct unwind *u);
void unwind_read_pdata(struct object *o, uint32_t section, struct unwind *u);

#endif
