/*
 * SP over one function's control-flow graph. For use by machine.c only.
 */
#ifndef STACKCHECK_EXTRACT_FLOW_H
#define STACKCHECK_EXTRACT_FLOW_H

#include "extract/insn_cache.h"
#include "extract/machine.h"

#include <llvm-c/Disassembler.h>

/* An edge that no branch instruction shows: a static key's jump, a fault's fix-up. */
struct flow_extra {
	uint32_t section, to_section;
	uint64_t from, to;
	bool patched; /* the jump at `from` can be a nop as well: both ways are open */
};

/* An address of code that read-only data holds: where an indirect jump may go. */
struct flow_label {
	uint32_t section;
	uint64_t offset;
};

/* What the bytes from a place on are: 'a' A32, 't' Thumb, 'x' other code, 'd' data (ARM's mapping symbols). */
struct flow_mode {
	uint32_t section;
	uint64_t offset;
	char mode;
};

struct state_pool;

/* Memory that one function leaves to the next. */
struct flow_spare {
	struct state_pool *states;
	VEC(struct insn) insns;
};

/* What flow_measure() needs to know of the whole object. Built once per object by machine.c. */
struct flow_context {
	struct object *object;
	const struct isa *isa;
	LLVMDisasmContextRef disassembler;
	LLVMDisasmContextRef thumb_disassembler; /* ARM only, as the next one */
	LLVMDisasmContextRef thumb_fallback; /* for what only microcontrollers have */
	const struct machine_func *funcs; /* by section, then start */
	size_t n_funcs;
	struct flow_spare *spare;
	struct insn_cache *cache; /* NULL: instructions may depend on more than their bytes (ARM) */
	const struct flow_extra *extras; /* by section, then from */
	size_t n_extras;
	const struct flow_label *labels; /* by section, then offset */
	size_t n_labels;
	const struct flow_mode *modes; /* by section, then offset */
	size_t n_modes;
};

/* Fills kind, frame_bytes and note of funcs[func] and appends its calls, by address. */
void flow_measure(const struct flow_context *c, uint32_t func, struct machine *out);

/* Bytes that the function's returns take off the stack; -1: it has none, or they differ. */
int32_t flow_pops(const struct flow_context *c, uint32_t func);

/* The function whose code holds a place, or NO_ID-like UINT32_MAX. */
uint32_t flow_func_at(const struct flow_context *c, uint32_t section, uint64_t offset);

#endif
