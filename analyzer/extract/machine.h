/*
 * What the machine code says: frames and calls with exact depths. For use by extract/ only.
 *
 * SP is followed through the decoded instructions of each function, over its control-flow graph, as an offset from the
 * CFA (SP before the call that entered the function). Where two paths meet they must agree. What cannot be followed
 * is said (FRAME_UNMEASURED with address and reason), never guessed low.
 */
#ifndef STACKCHECK_EXTRACT_MACHINE_H
#define STACKCHECK_EXTRACT_MACHINE_H

#include "extract/object.h"
#include "extract/prologue.h"

#define MACHINE_NO_FUNC UINT32_MAX

struct machine_func {
	uint32_t symbol; /* index into object.symbols */
	uint32_t section;
	uint64_t start, size; /* bytes of code, from the section's start */
	int32_t pops; /* i386: bytes of arguments that its returns take off the stack; -1: not known */
	bool part; /* NAME.cold: measured with NAME, no function of its own */
	uint32_t parent; /* of a funclet: the function whose code it is, index into machine.funcs;
	                    else MACHINE_NO_FUNC */
	enum frame_kind kind; /* any but estimated */
	int64_t frame_bytes; /* CFA to the deepest SP seen */
	const char *note; /* why it is not fixed; NULL when it is */
	bool switches_stack; /* loads SP with what comes from neither SP nor a frame pointer */
	struct frame_marks marks;
};

struct machine_call {
	uint32_t func; /* index into machine.funcs */
	enum call_kind kind;
	const char *callee; /* symbol; NULL for indirect calls */
	int64_t depth_bytes; /* as fact_call; BYTES_UNKNOWN: exception handling calls it, on top of its own frames */
	uint32_t section;
	uint64_t offset; /* of the call instruction, or of the guarded code */
};

struct machine {
	unsigned entry_bytes; /* what a call pushes on this target */
	VEC(struct machine_func) funcs; /* by section, then address */
	VEC(struct machine_call) calls; /* by function, then address */
};

/* Measures every function of the object. `triple` and `features` choose LLVM's disassembler ("" for none); strings
   live in the object's arena. Errors: LLVM knows no disassembler for the target. */
int machine_read(struct object *o, const char *triple, const char *features, struct machine *out,
		 struct error *err);
void machine_release(struct machine *m);

/* Disassemblers, and what they have decoded, kept from object to object. */
struct machine_tools;

struct machine_tools *machine_tools_open(void);
void machine_tools_close(struct machine_tools *t); /* NULL: nothing */

/* As machine_read(), with tools that may have read other objects before; NULL: none are kept. */
int machine_read_with(struct machine_tools *tools, struct object *o, const char *triple,
		      const char *features, struct machine *out, struct error *err);

#endif
