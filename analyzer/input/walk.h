/* Files below a folder. For use inside input/. */
#ifndef STACKCHECK_INPUT_WALK_H
#define STACKCHECK_INPUT_WALK_H

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

#include <stdbool.h>

typedef VEC(const char *) path_vec;

/* Appends the paths (dir/...) of all files below `dir` whose name `want` accepts, sorted by their bytes. Hidden
   folders are skipped and symbolic links to folders are not followed. An unreadable `dir` is an error, an
   unreadable folder below it is skipped. */
int walk_files(struct arena *a, const char *dir, bool (*want)(const char *name), path_vec *out,
	       struct error *err);

#endif
