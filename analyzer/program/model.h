/*
 * What is known about code and calls that the sources do not show: of a kernel (rules/platforms/NAME.json), of a
 * project (stackcheck.yml), of a place (comments in the source). Plain data, made by rules/ and read here. For use by
 * program/, stack/, rules/ and cmd_*.c.
 *
 * A pattern is the text of a slot, a name or a path in which '*' stands for any bytes. Strings live in the model's arena.
 */
#ifndef STACKCHECK_PROGRAM_MODEL_H
#define STACKCHECK_PROGRAM_MODEL_H

#include "base/map.h"
#include "facts/facts.h"

/* Which stack an entry point starts on. */
enum entry_stack {
	STACK_THREAD, /* that of the thread that happens to call: callers outside the driver stand on it */
	STACK_INTERRUPT, /* an interrupt's own, or the interrupted thread's where the platform has none */
	STACK_DEFERRED, /* softirq, DPC */
	STACK_WORKER, /* a worker thread's, from its beginning */
	STACK_OWN, /* a thread that the driver made, from its beginning */
	STACK_SEGMENT, /* a piece of stack whose size the call asks for (KeExpandKernelStackAndCallout) */
	STACK_COUNT
};

const char *entry_stack_name(enum entry_stack s); /* thread interrupt deferred worker own segment */

/* Functions that get into `pattern` are entry points. */
struct model_entry {
	/* "field:struct file_operations.*", "param:request_irq#1": a slot;
	   "symbol:DriverEntry", "role:DRIVER_DISPATCH", "section:.init.text": the function itself */
	const char *pattern;
	const char *context; /* for people: "file operation", "interrupt handler", "work item" */
	enum entry_stack stack;
	const char
		*level; /* IRQL or Linux context where known: "DISPATCH_LEVEL", "hardirq"; NULL */
	bool boundary; /* starts on another stack than the code that hands it over: edges through the slot are cut */
	int size_argument; /* STACK_SEGMENT: the argument with the bytes; -1: none */
	const char *why;
};

/* An external function calls its argument back before it returns. */
struct model_callback {
	uint32_t argument; /* position of the function's address */
	int64_t depth_bytes; /* SP at the external's entry to SP at the callback's; BYTES_UNKNOWN */
};

/* A function outside the scanned sources; `symbol` may be a pattern, exact names win. */
struct model_external {
	const char *symbol;
	int64_t bytes; /* its worst depth incl. its own return address; BYTES_UNKNOWN */
	bool floor; /* the bytes are a floor: the kernel's own indirect calls below it are not all known */
	bool noreturn;
	const struct model_callback *callbacks;
	uint32_t n_callbacks;
	const char *
		reenters; /* entries that it may come back into, by context ("dispatch") or pattern, ',' between them; NULL */
	const char *
		reentry_needs; /* patterns of external functions, ',' between them: only into modules that call one; NULL: any */
	uint32_t reentry_depth; /* how often that is counted; 0: told, not counted */
	const char *why;
};

enum annotation_kind {
	ANNOTATE_TARGET, /* `function`'s indirect calls (through `slot` only, when given) may reach `other` */
	ANNOTATE_ONLY, /* they reach no other ones than those that annotations of this kind name */
	ANNOTATE_NOT, /* they never reach `other` */
	ANNOTATE_NEVER, /* the path segment function -> other does not happen */
	ANNOTATE_RECURSION, /* the cycles through `function` take at most `number` turns */
	ANNOTATE_FRAME, /* `function`'s dynamic frame takes at most `number` bytes, its fixed part included */
	ANNOTATE_COST, /* the external `function` takes at most `number` bytes */
	ANNOTATE_NORETURN, /* `function` does not return */
	ANNOTATE_ENTRY, /* `function` is an entry point; other: its context, or NULL */
	ANNOTATION_COUNT
};

struct annotation {
	enum annotation_kind kind;
	const char *function; /* name, symbol or "file.c:name"; of an inlined function too */
	const char *slot; /* pattern; NULL: all */
	const char *other;
	int64_t number;
	const char *why; /* NULL: none given */
	bool in_source; /* a comment */
	struct fact_loc
		loc; /* of the annotation itself: the file of the configuration, or the source */
};

/* Units whose path or module fits the pattern are linked into module `name`. */
struct model_module {
	const char *name, *pattern;
};

struct model {
	struct arena arena;
	VEC(struct model_entry) entries; /* the first one that fits counts */
	VEC(struct model_external) externals;
	VEC(struct annotation) annotations;
	VEC(struct model_module) modules;
	int64_t unknown_external; /* counted for an external of unknown cost, which stays a floor; 0 */
	struct map by_symbol; /* exact externals: symbol -> index + 1; made by model_index() */
	VEC(uint32_t) globs; /* the others */
};

/* Prepares look-ups; call once, after the last addition. Later entries of equal symbols win (user over platform). */
void model_index(struct model *m);

/* NULL: nothing known. Needs model_index(). */
const struct model_external *model_external_find(const struct model *m, const char *symbol);

/* A symbol as the source writes it: without "__imp_", and without the "_NAME@4" and "@NAME@4" of stdcall and fastcall; `symbol`
   itself when there is nothing to take off. */
const char *model_plain_symbol(struct arena *a, const char *symbol);

/* First entry whose pattern fits `text` ("field:...", "symbol:..."), or NULL. */
const struct model_entry *model_entry_find(const struct model *m, const char *text);

/* '*' in the pattern stands for any bytes, none included; no recursion. */
bool pattern_fits(const char *pattern, const char *text);

void model_release(struct model *m);

#endif
