/* Linked images: where decoded branches go once there are no relocations. For use by extract/ only. */
#ifndef STACKCHECK_EXTRACT_LINKED_H
#define STACKCHECK_EXTRACT_LINKED_H

#include "extract/insn.h"

/* After decode(), in an image: a target beyond the instruction's own section is found in its section, calls of stubs and
   calls through words that the loader fills get the name of the import. */
void linked_resolve(const struct object *o, struct insn *in);

#endif
