/*
 * Names by which a report's parts refer to functions. For use by reports/ only.
 *
 * An id is "unit:symbol", repaired to valid UTF-8. When two functions would share one, later ones get "~2", "~3", ...
 */
#ifndef STACKCHECK_REPORTS_IDS_H
#define STACKCHECK_REPORTS_IDS_H

#include "base/arena.h"
#include "base/map.h"
#include "program/program.h"

/* The ids of all functions, by function number; in the arena. */
const char **func_ids(const struct program *p, struct arena *a);

/* `name`, repaired to valid UTF-8 and made fit for one line, that no earlier call with this map gave: with "~2", "~3",
   ... behind it when it was given before. In the arena. */
const char *name_unique(struct map *seen, struct arena *a, const char *name);

#endif
