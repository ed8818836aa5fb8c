/* Functions that Windows' exception handling calls on top of the function whose code they are. For use by machine.c only. */
#ifndef STACKCHECK_EXTRACT_MACHINE_FUNCLETS_H
#define STACKCHECK_EXTRACT_MACHINE_FUNCLETS_H

#include "extract/machine.h"

/*
 * Sets `parent` of the functions that are funclets, and adds a call from each parent for every one that the system runs
 * on top of it: direct, of unknown depth, as the dispatcher's own frames lie between. m->funcs is complete; calls stay in order.
 */
void machine_find_funclets(struct object *o, struct machine *m);

#endif
