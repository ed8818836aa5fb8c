/* Function pointers that were put aside when a function took their place. For use by rules/. */
#ifndef STACKCHECK_RULES_SAVED_POINTER_H
#define STACKCHECK_RULES_SAVED_POINTER_H

#include "stack/stack.h"

/*
 * Are all calls inside the cycle's component made through such pointers? Then each leads to what stood in a place before the
 * caller was put there, and never back, unless the same place is taken twice. Gives where the first one was saved, or NULL.
 */
const struct fact_loc *saved_pointer_of(const struct program *p, const struct cycle *c);

#endif
