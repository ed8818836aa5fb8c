/* Which functions an object or image without a source has, and what they are called. For use by image.c only. */
#ifndef STACKCHECK_EXTRACT_IMAGE_FUNCTIONS_H
#define STACKCHECK_EXTRACT_IMAGE_FUNCTIONS_H

#include "extract/machine.h"
#include "extract/unwind.h"

/* Before the code is read: symbols that are stubs are no functions, in images those that only the unwind tables know are added,
   and functions that share a name get names of their own. */
void image_find_functions(struct object *o, const struct unwind *u);

/* After it was read: makes functions of the places that are called and have no name. Gives how many; the code must be read again
   then. */
size_t image_add_called(struct object *o, const struct machine *m);

#endif
