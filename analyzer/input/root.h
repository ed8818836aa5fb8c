/* The project root, and the choice of units by path. For use inside input/ and by cmd_config.c. */
#ifndef STACKCHECK_INPUT_ROOT_H
#define STACKCHECK_INPUT_ROOT_H

#include "base/error.h"
#include "input/entry.h"
#include "input/input.h"

/* The deepest folder that holds all sources of the entries, in the arena. */
const char *root_common(struct arena *a, const struct entries *all);

/* The root: request->root; else from `common` upwards the first folder with .git, .stackcheck or
   stackcheck.yml; else the current folder when it holds all sources; else `common`. NULL with the error set
   when request->root is no folder. */
const char *root_find(struct arena *a, const struct input_request *request, const char *common,
		      struct error *err);

/* Sets keep[i] for the entries whose source lies under one of request->paths (all, when there are none). A path
   is relative to the current folder; when nothing lies there, to the root, then to `common`. An error names a
   path that has none of the entries with unit[i] set. */
int root_select(const struct input_request *request, const struct entries *all, const char *root,
		const char *common, const bool *unit, bool *keep, struct error *err);

#endif
