/*
 * The decoded instructions of one function, with the parts of it that the compiler moved away. For use by flow*.c only.
 */
#ifndef STACKCHECK_EXTRACT_FLOW_CODE_H
#define STACKCHECK_EXTRACT_FLOW_CODE_H

#include "extract/flow.h"

enum { MAX_RANGES = 8 };

struct code_range {
	uint32_t section;
	uint64_t start, end;
	uint32_t *index; /* instruction + 1 by offset - start */
};

struct code {
	const struct flow_context *c;
	struct code_range ranges[MAX_RANGES];
	unsigned n_ranges;
	VEC(struct insn) insns; /* range by range, by address; the function's first one is [0] */
};

/* Decodes a function and its moved parts. Nothing in insns: it has no code in the object. */
void code_init(struct code *code, const struct flow_context *c, const struct machine_func *f);
void code_release(struct code *code);

/* Instruction that starts at a place, or UINT32_MAX. */
uint32_t code_at(const struct code *code, uint32_t section, uint64_t offset);

/* Is instruction i + 1 the next one in memory, too (and no constant)? */
bool code_has_next(const struct code *code, uint32_t i);

/* The name that a direct call or jump goes to; NULL: a place without one. */
const char *code_target_name(const struct code *code, const struct insn *in);

/* First extra edge at or behind a place; first label behind one. */
size_t code_first_extra(const struct flow_context *c, uint32_t section, uint64_t from);
size_t code_first_label(const struct flow_context *c, uint32_t section, uint64_t behind);

#endif
