/* Where functions run: what is known of the entry points that reach them. For use by rules/. */
#ifndef STACKCHECK_RULES_ADVICE_CONTEXT_H
#define STACKCHECK_RULES_ADVICE_CONTEXT_H

#include "rules/rule.h"

/* Bits: some entry point from which the function is reached over believed calls ... */
enum context {
	CONTEXT_INTERRUPT = 1 << 0, /* starts on the stack of an interrupt or of deferred work */
	CONTEXT_ELSE = 1 << 1, /* starts on any other stack, or it is not known on which */
	CONTEXT_RAISED = 1 << 2, /* may run where nothing may sleep */
	CONTEXT_DEVICE = 1 << 3, /* runs at device interrupt level */
	CONTEXT_NO_DEVICE = 1 << 4, /* does not */
	CONTEXT_PAGING =
		1
		<< 5, /* may write pages out: an allocation that waits for that waits for itself */
	CONTEXT_FILES = 1 << 6, /* the same, through a file system */
	CONTEXT_OFTEN = 1 << 7, /* runs for every request or completion */
	CONTEXT_PROBE = 1 << 8, /* sets up a device */
	CONTEXT_NO_PROBE = 1 << 9, /* does not */
};

/* Zero-initialise. */
struct contexts {
	uint32_t *v; /* by function; 0: nothing is known to reach it */
};

void contexts_find(struct contexts *c, const struct program *p);
void contexts_release(struct contexts *c);

/*
 * Is the function reached from interrupts and deferred work only? Those come on top of whatever runs, so half of a limit is
 * theirs.
 */
bool contexts_is_interrupt(const struct contexts *c, uint32_t func);

#endif
