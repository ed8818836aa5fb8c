/*
 * Names by which a report's parts refer to functions. For use by reports/ only.
 *
 * An id is "unit:symbol", repaired to valid UTF-8. When two functions would share one, later ones get "~2", "~3", ...
 */
#ifndef STACKCHECK_REPORTS_IDS_H
#define STACKCHECK_REPORTS_IDS_H

#include "base/arena.h"
#include "program/program.h"

/* The ids of all functions, by function number; in the arena. */
const char **func_ids(const struct program *p, struct arena *a);

#endif
