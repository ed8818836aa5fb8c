/* The slots of every frame, from clang's stack-frame-layout remarks and its stack usage. For use by extract/ only. */
#ifndef STACKCHECK_EXTRACT_LAYOUT_H
#define STACKCHECK_EXTRACT_LAYOUT_H

#include "facts/facts.h"

struct layout_slot {
	const char *function; /* as LLVM names it: the linker symbol, a leading \1 dropped */
	enum part_kind kind;
	int64_t offset; /* from SP at the function's entry, which is the CFA less what the call pushed */
	int64_t bytes;
	const char *name; /* variable in it, or NULL */
	const char *file; /* of its declaration, as printed; NULL */
	uint32_t line;
	bool shared; /* of several variables in one place */
};

/* What the compiler says a frame takes: neither the return address nor what is pushed for calls is in it. */
struct layout_usage {
	const char *function; /* as in layout_slot */
	int64_t bytes;
};

struct layout {
	VEC(struct layout_slot)
	slots; /* in the order of the log: function by function, from the top down; a slot with several
	          variables once for each */
	VEC(const char *) functions; /* that have a remark, with slots or without */
	VEC(struct layout_usage)
	usages;
};

/* Parses the remarks out of clang's output; strings go to the arena. Slots of incoming arguments (at or above the
   CFA) are left out: they are the caller's. */
void layout_read(struct layout *l, struct arena *a, const char *log);

/* Parses what -fstack-usage writes; lines of any other form are passed over. */
void layout_read_usage(struct layout *l, struct arena *a, const char *text);

void layout_release(struct layout *l);

#endif
