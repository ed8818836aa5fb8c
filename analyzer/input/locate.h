/* Where the build description is, and what to do when there is none. For use inside input/. */
#ifndef STACKCHECK_INPUT_LOCATE_H
#define STACKCHECK_INPUT_LOCATE_H

#include "base/error.h"
#include "input/input.h"

/* The compile database (a file) or Kbuild tree (a folder) to read, absolute, in the arena: request->database, else
   compile_commands.json in ., build/ and out/, in the folders above, and above the first path. NULL with the error
   set when there is none. */
const char *locate_database(struct arena *a, const struct input_request *request,
			    struct error *err);

/* Sets the error "there is no compile database ..." with the command that makes one for the build system found in
   `dir` or above. Gives -1. */
int locate_advise(const char *where, const char *dir, struct error *err);

#endif
