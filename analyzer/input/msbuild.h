/* What MSBuild logs of its compiles (CL.command.*.tlog) -> entries. For use inside input/. */
#ifndef STACKCHECK_INPUT_MSBUILD_H
#define STACKCHECK_INPUT_MSBUILD_H

#include "base/error.h"
#include "input/entry.h"
#include "input/notes.h"
#include "input/path_map.h"

/* Appends the compiles in one such log, or in all that lie below a folder (absolute; sorted by path), with sources and
   folders where `map` has them. No log in the folder: no entries, no error. */
int msbuild_read(struct entries *out, const char *path, struct path_map *map, struct notes *notes,
		 struct error *err);

/* Is it such a log, by its name? */
bool msbuild_is_log(const char *name);

#endif
