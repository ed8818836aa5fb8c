/* Objects, archives and images named on the command line -> jobs. For use inside input/. */
#ifndef STACKCHECK_INPUT_OBJECTS_H
#define STACKCHECK_INPUT_OBJECTS_H

#include "input/input.h"

/* Adds a job for each of request->paths, and for each member of those that are archives. */
int objects_read(struct input *in, const struct input_request *request, struct error *err);

#endif
