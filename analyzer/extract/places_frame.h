/* Where DWARF says that a variable lies in its frame. For use by places.c only. */
#ifndef STACKCHECK_EXTRACT_PLACES_FRAME_H
#define STACKCHECK_EXTRACT_PLACES_FRAME_H

#include "extract/places.h"

#include <elfutils/libdw.h>

/* What DW_OP_fbreg counts from: the CFA with a constant, SP, or the frame pointer. */
struct frame_base {
	bool known;
	enum place_base base;
	int64_t offset; /* bytes */
};

struct frame_base places_frame_base(const struct object *o, Dwarf_Die *function);

/* Sets base, offset and `partly` of the variable: where all of it lies at some time, or else its first piece. False: it is
   nowhere in the frame. */
bool places_locate(const struct object *o, const struct frame_base *fb, Dwarf_Attribute *attribute,
		   struct place_variable *v);

#endif
