/* The head's commands, turned to the sources of the base. For use by base_run.c. */
#ifndef STACKCHECK_BASE_JOBS_H
#define STACKCHECK_BASE_JOBS_H

#include "base_tree.h"

/* Turns a job of the head into that of the base: false when the base has no such source. Paths below the working tree lead
   below the base's folder wherever the base has them; a moved source is the one that it was. Strings in the arena of `b`. */
bool base_job(struct base_tree *b, const struct job *head, struct job *out);

#endif
