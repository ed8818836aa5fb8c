/* compile_commands.json, and the fragments that `clang -MJ` writes, -> entries. For use inside input/. */
#ifndef STACKCHECK_INPUT_COMPDB_H
#define STACKCHECK_INPUT_COMPDB_H

#include "base/error.h"
#include "input/entry.h"

/* Appends the entries of the file in its order. An error names the file, the line, the number of the entry and
   the field. Relative directories are taken against the file's own folder. */
int compdb_read(struct entries *out, const char *path, struct error *err);

#endif
