/* The .*.cmd files that Kbuild leaves beside its objects -> entries. For use inside input/. */
#ifndef STACKCHECK_INPUT_KBUILD_H
#define STACKCHECK_INPUT_KBUILD_H

#include "base/error.h"
#include "input/entry.h"
#include "input/notes.h"

/* Appends the compiles of C files found in the .*.o.cmd files below `tree` (absolute): a kernel's output tree, a
   part of it, or the folder of an out-of-tree module. Sorted by path. Nothing found: no entries, no error. */
int kbuild_read(struct entries *out, const char *tree, struct notes *notes, struct error *err);

#endif
