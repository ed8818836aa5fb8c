/* The disassemblers of the objects that one process reads. For use by machine.c only. */
#ifndef STACKCHECK_EXTRACT_MACHINE_TOOLS_H
#define STACKCHECK_EXTRACT_MACHINE_TOOLS_H

#include "extract/flow.h"

/*
 * Sets isa, disassemblers and cache of `c` for c->object. They stay the tools' and hold until the next call, which
 * reuses them when it is for the same kind of code. Errors: LLVM knows no disassembler for the target.
 */
int machine_tools_take(struct machine_tools *t, const char *triple, const char *features,
		       struct flow_context *c, struct error *err);

#endif
