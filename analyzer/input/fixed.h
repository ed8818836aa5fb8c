/* Fixed flags: sources named on our command line, one list of flags for all. For use inside input/. */
#ifndef STACKCHECK_INPUT_FIXED_H
#define STACKCHECK_INPUT_FIXED_H

#include "base/error.h"
#include "input/entry.h"
#include "input/input.h"

/* Appends an entry for each source in request->paths and for each .c file below the folders there, with
   request->flags and the current directory. A path that is missing or holds no .c file is an error. */
int fixed_read(struct entries *out, const struct input_request *request, struct error *err);

#endif
