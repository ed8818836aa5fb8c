/* A cycle to show for every recursive component. For use by stack/ only. */
#ifndef STACKCHECK_STACK_CYCLES_H
#define STACKCHECK_STACK_CYCLES_H

#include "stack/scc.h"
#include "stack/stack.h"

/* Fills d->cycles: certain ones (direct calls), then the possible ones that need an indirect call: a believed one, or
   one that only a signature supports. Components whose calls are all tail calls take no stack and are left out. */
void cycles_find(struct depths *d, const struct program *p, const struct scc *certain,
		 const struct scc *believed, const struct scc *possible);

#endif
