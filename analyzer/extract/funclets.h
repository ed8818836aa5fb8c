/* What people are told of the functions that handlers become. For use by extract/ only. */
#ifndef STACKCHECK_EXTRACT_FUNCLETS_H
#define STACKCHECK_EXTRACT_FUNCLETS_H

#include "extract/machine.h"
#include "facts/facts.h"

/*
 * Sets the parents of the facts' funclets, names those that compilers name by pattern after their function ("clean-up 54 of
 * close", "__finally of close") and gives those without a line the function's. `fact_of`: machine func -> fact func, or
 * UINT32_MAX. To be called when nothing looks for functions by name any more.
 */
void funclets_tell(struct facts *f, const struct machine *m, const uint32_t *fact_of);

#endif
