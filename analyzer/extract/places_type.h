/* Types as DWARF describes them. For use by places.c only. */
#ifndef STACKCHECK_EXTRACT_PLACES_TYPE_H
#define STACKCHECK_EXTRACT_PLACES_TYPE_H

#include "base/map.h"
#include "extract/places.h"

#include <elfutils/libdw.h>

/* The type of a variable's entry; its name is interned. */
struct place_type dwarf_type(Dwarf_Die *variable, struct intern *names);

#endif
