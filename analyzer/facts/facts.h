/*
 * The contract between the two halves: what one translation unit says. Made by extract/ (in a worker) or
 * by facts_read() from the text form that FORMAT.md describes; read by program/. For use by extract/,
 * jobs/, program/ and everything after it.
 *
 * All strings live in the arena of the facts (or are literals). Sizes and depths are bytes. A depth counts from
 * the CFA: SP before the call that entered the function, so a function's own return address, where
 * the call pushes one, is in it (as GCC's .su and the kernel's ORC count).
 */
#ifndef STACKCHECK_FACTS_FACTS_H
#define STACKCHECK_FACTS_FACTS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

enum { FACTS_VERSION = 4 };

/* "Not known" for every byte count; never printed as a number, never 0. */
#define BYTES_UNKNOWN ((int64_t)-1)

enum unit_status {
	UNIT_OK, /* compiled and measured */
	UNIT_ESTIMATED, /* did not compile: frames are estimates from the AST */
};

enum frame_kind {
	FRAME_FIXED, /* exact */
	FRAME_BOUNDED, /* has a dynamic part with a known limit, which is counted */
	FRAME_DYNAMIC, /* has a dynamic part without a limit; the bytes are the fixed part */
	FRAME_ESTIMATED, /* from the AST: neither exact nor a floor */
	FRAME_UNMEASURED, /* the code could not be followed; bytes is what was seen, or unknown */
};

enum frame_origin {
	ORIGIN_RECOMPILED, /* our own clang compiled the source with the build's flags */
	ORIGIN_SHIPPED, /* the object that the build itself made */
};

enum linkage {
	LINKAGE_EXTERNAL,
	LINKAGE_STATIC,
	LINKAGE_WEAK,
	LINKAGE_INLINE, /* a copy in many units, any of which the linker may keep (COMDAT) */
};

enum call_kind { CALL_DIRECT, CALL_TAIL, CALL_INDIRECT, CALL_INDIRECT_TAIL };

/* A source position. file is relative to the project root where it lies below it; NULL: not known. */
struct fact_loc {
	const char *file;
	uint32_t line, column; /* from 1; 0: not known */
};

/* What is known of a function beside its frame; bits of fact_func.marks. */
enum func_mark {
	MARK_EXPORTED, /* other modules may call it: EXPORT_SYMBOL(), dllexport */
	MARK_PAGED, /* runs at passive level only: PAGED_CODE(), alloc_text(PAGE) */
	MARK_NORETURN,
	MARK_SEH_TRY, /* its body has a __try with __except */
	MARK_SEH_FINALLY, /* its body has a __try with __finally */
	MARK_STACK_SWITCH, /* loads the stack pointer with another stack's */
	MARK_COUNT
};

/* A function with a body in this unit: its machine code, or its AST when the unit did not compile. */
struct fact_func {
	const char *symbol; /* the linker's name, as in the object's symbol table */
	const char *name; /* the source's name */
	const char *
		signature; /* canonical C type such as "int (void *, unsigned long)"; NULL: none seen */
	const char *section; /* of the object; NULL: the default text section */
	const char
		*role; /* name of the function type it is declared with: "DRIVER_DISPATCH"; NULL */
	const char *parent; /* of a funclet: the symbol of the function whose code it is; NULL */
	uint32_t marks; /* 1u << enum func_mark */
	struct fact_loc loc;
	enum linkage linkage;
	bool address_taken; /* in this unit, other than by a direct call */
	enum frame_kind frame_kind;
	enum frame_origin frame_origin;
	int64_t frame_bytes; /* CFA to the deepest SP, or BYTES_UNKNOWN */
	uint32_t entry_bytes; /* what the call itself pushes: 8, 4 or 0 (link register) */
	const char *frame_note; /* why it is not fixed, with the address; NULL when it is */
};

enum part_kind {
	PART_VARIABLE,
	PART_SPILL,
	PART_PROTECTOR, /* stack protector's cookie */
	PART_DYNAMIC, /* variable-sized object: bytes are not known */
	PART_RETURN, /* what the call that entered the function pushed */
	PART_SAVED, /* register of the caller, kept to be given back */
	PART_ARGUMENTS, /* of calls: pushed, or in an area reserved for them; with the callee's home space */
	PART_PUSHED, /* pushed for a moment, other than for a call: flags, the program counter */
	PART_REALIGNMENT, /* lost, at worst, where the function aligns SP */
	PART_PADDING, /* between parts, for their alignment */
	PART_UNKNOWN, /* not attributed to anything */
};

/*
 * A part of a function's frame; for an estimated unit a local variable as declared. The parts of a measured function
 * add up to its frame: see facts_parts_sum().
 */
struct fact_part {
	uint32_t func; /* index into facts.funcs */
	enum part_kind kind;
	int64_t bytes;
	int64_t counted; /* of its bytes: those that lie in the frame and that no other part counts.
	                    Less than bytes for variables that share their room, or lie in the red zone */
	bool has_offset;
	int64_t offset; /* from the CFA, negative; valid with has_offset */
	const char *name; /* of the variable; NULL otherwise */
	const char *type; /* as spelled; NULL: not known */
	bool aggregate; /* the type is an array, structure or union */
	bool in_loop; /* PART_DYNAMIC: allocated again on every turn of a loop */
	bool format_only; /* its only use is as the buffer of a printf-style call */
	const char
		*declared_in; /* source name of the function that declares it: another one than the
	                            frame's when it came by inlining; NULL: not known */
	struct fact_loc loc; /* of the declaration */
};

/* A call in the machine code of func. The n-th call of a function is its site number n, in address order. */
struct fact_call {
	uint32_t func; /* the caller: index into facts.funcs */
	enum call_kind kind;
	const char *callee; /* linker symbol; NULL for an indirect call */
	int64_t depth_bytes; /* SP at the caller's entry minus SP at the callee's entry; 0 for tail calls;
	                          or BYTES_UNKNOWN */
	const char
		*within; /* the inlined function that the call stands in; NULL: the caller itself */
	const char
		*chain; /* where `within` was inlined, from the inside out; see FORMAT.md; NULL */
	const char *
		slot; /* where an indirect call takes its pointer from; see FORMAT.md; NULL: not known */
	const char *via; /* the slot that the pointer to the table of `slot` was read from; NULL */
	const char *object; /* the table itself, when `slot` is a member of a named object; NULL */
	const char *signature; /* canonical type of the called pointer; NULL: not known */
	struct fact_loc loc;
};

enum arg_kind {
	ARG_FUNCTION, /* a function's address: text is its symbol */
	ARG_PARAM, /* parameter `number` of the function that the call stands in, plus `value` */
	ARG_VALUE, /* the integer constant `value` */
	ARG_SLOT, /* read from the slot `text` */
	ARG_OBJECT, /* the address of the object `text` */
};

/* An argument of a call of which something is known. */
struct fact_arg {
	uint32_t call; /* index into facts.calls */
	uint32_t position; /* from 0 */
	enum arg_kind kind;
	const char *text;
	uint32_t number;
	int64_t value;
};

/* A structure or union that a function takes or gives by value. */
struct fact_value {
	uint32_t func; /* index into facts.funcs */
	bool returned; /* else a parameter */
	uint32_t number; /* of the parameter, from 0 */
	const char *name; /* of the parameter; NULL: none */
	const char *type;
	int64_t bytes;
};

/* A function's address goes into a slot (initialiser, assignment, argument), or just escapes (slot NULL). */
struct fact_bind {
	const char *symbol; /* of the function, defined here or not */
	const char *slot; /* see FORMAT.md; NULL: escapes to a place we don't name */
	const char *object; /* the named object that the slot is a member of: "var:my_ops"; NULL */
	const char *
		within; /* source name of the function where it happens; NULL: a global initialiser */
	struct fact_loc loc;
};

enum flow_kind {
	FLOW_COPY, /* what slot `from` holds goes into slot `to` */
	FLOW_ADDRESS, /* the address of the object `from` goes into slot `to` */
	FLOW_OPEN, /* something that has no name goes into slot `to`, or its address is given away */
};

/* Values move from one slot to another. */
struct fact_flow {
	enum flow_kind kind;
	const char *from; /* NULL: FLOW_OPEN */
	const char *to;
	const char *within; /* source name of the function; NULL: a global initialiser */
	struct fact_loc loc;
};

enum guard_kind {
	GUARD_STACK, /* bytes that remain of the stack, against a threshold */
	GUARD_DEPTH, /* a parameter that counts, against a constant */
	GUARD_COUNTER, /* another counter (per processor, per task), against a constant */
	GUARD_HANDLER, /* no test: the body of a __try, in `pass`; what is raised there is handled */
	GUARD_KIND_COUNT
};

/* Lines and columns of one file, from the first character to the last one; columns from 1. */
struct fact_range {
	uint32_t line, column, last_line, last_column;
};

/* A test that lets code run only while there is stack, or depth, left. */
struct fact_guard {
	enum guard_kind kind;
	const char *within; /* source name of the function that tests */
	const char *measure; /* the function, parameter or variable that is compared */
	uint32_t param; /* GUARD_DEPTH: number of the parameter */
	int64_t threshold; /* passes from here on (GUARD_STACK), or the count's limit; BYTES_UNKNOWN: see
	                      FORMAT.md for candidates */
	bool counts_up; /* not GUARD_STACK: passes below the threshold, else above it */
	bool threshold_is_param; /* then threshold is the number of a parameter of `within` */
	bool once; /* GUARD_DEPTH: what `pass` calls comes back with `threshold` in the parameter, and does not get there again */
	bool returned; /* `within` gives the test's result (true: passes) to its caller */
	const char *local; /* variable whose address stands for the stack pointer; NULL */
	const struct fact_range *pass, *fail; /* the code on either side, in loc.file */
	uint32_t n_pass, n_fail;
	struct fact_loc loc;
};

/* A comment "stackcheck: ..." in the source. */
struct fact_annotation {
	const char *text; /* behind the colon, blanks at both ends dropped */
	const char
		*within; /* source name of the function that it stands in or right before; NULL */
	struct fact_loc loc;
};

struct fact_alias {
	const char *symbol, *target;
	enum linkage linkage;
};

/* Who says something else than we found. */
enum check_source {
	CHECK_SU, /* the compiler's .su file: a frame */
	CHECK_CI, /* GCC's .ci file: a call */
	CHECK_UNWIND, /* unwind tables: a frame */
};

/* A disagreement about a function with another source of numbers: something is wrong, most likely with this tool. */
struct fact_mismatch {
	uint32_t func; /* index into facts.funcs */
	enum check_source source;
	int64_t bytes; /* the frame by the other source; BYTES_UNKNOWN: it is about something else */
	const char
		*what; /* the callee that we don't have, the function that we don't have; or NULL */
};

struct facts {
	struct arena arena;
	const char
		*unit; /* unique in a run: the source's path, "#2" behind it for a second command */
	const char *module; /* link image it belongs to, or NULL */
	const char *target; /* triple */
	const char *compiler; /* what made the measured code: "clang 19.1.7" */
	const char *
		object_note; /* why the build's object was asked for and is not what was measured; or NULL */
	enum unit_status status;
	VEC(const char *)
	problems; /* errors that made it estimated, first ones first: "a.c:3: 'x.h' file not found". With
	             UNIT_OK: the source was not understood as a whole, its object was measured */
	VEC(const char *)
	inputs; /* every file read, absolute, sorted, unique: what the cache must hash */
	VEC(struct fact_func) funcs;
	VEC(struct fact_part) parts;
	VEC(struct fact_call) calls;
	VEC(struct fact_arg) args;
	VEC(struct fact_value) values;
	VEC(struct fact_bind) binds;
	VEC(struct fact_flow) flows;
	VEC(struct fact_guard) guards;
	VEC(struct fact_annotation) annotations;
	VEC(struct fact_alias) aliases;
	int64_t n_checked; /* frames and calls that were held against another source */
	VEC(struct fact_mismatch) mismatches;
};

/* Parses the text form into canonical order. `name` is for messages ("<name>:<line>: ..."). On failure `f` holds nothing. */
int facts_read(struct facts *f, const char *text, size_t len, const char *name, struct error *err);

/* Appends the text form; equal facts give equal bytes whatever the order they were collected in
   (facts_sort() is called first). */
void facts_write(struct facts *f, struct buf *out);

/* Puts every table into its canonical order and renumbers what refers to it. */
void facts_sort(struct facts *f);

/*
 * Bytes that `n` parts of one function count, and whether they account for a whole frame, which is so when one of them
 * is of a kind that only a measured frame is split into (PART_RETURN and after). Then the sum is the frame;
 * facts_read() refuses facts where it is not.
 */
int64_t facts_parts_sum(const struct fact_part *parts, size_t n, bool *whole);

/* A string, and a place, in the facts' own arena; NULL stays NULL. */
const char *facts_copy(struct facts *f, const char *s);
struct fact_loc facts_copy_loc(struct facts *f, struct fact_loc loc);

void facts_release(struct facts *f);

/* The words of the text form and of the reports. */
const char *frame_kind_name(enum frame_kind k); /* fixed bounded dynamic estimated unmeasured */
const char *frame_origin_name(enum frame_origin o); /* recompiled shipped */
const char *linkage_name(enum linkage l); /* external static weak inline */
const char *call_kind_name(enum call_kind k); /* direct tail indirect indirect-tail */
const char *func_mark_name(enum func_mark m); /* exported paged noreturn try finally stack-switch */
const char *flow_kind_name(enum flow_kind k); /* copy address open */
const char *guard_kind_name(enum guard_kind k); /* stack depth counter handler */
/* variable spill protector dynamic return saved arguments pushed realignment padding unknown */
const char *check_source_name(enum check_source s); /* su ci unwind */
const char *part_kind_name(enum part_kind k);

#endif
