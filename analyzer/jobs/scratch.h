/* The run's private directory for what units write. For use by jobs.c and pool.c; the parent owns it. */
#ifndef STACKCHECK_JOBS_SCRATCH_H
#define STACKCHECK_JOBS_SCRATCH_H

#include "base/arena.h"
#include "base/error.h"

/* Makes a directory that only this user can enter, below TMPDIR (or /tmp); its absolute path is in the arena. */
int scratch_make(struct arena *a, char **dir, struct error *err);

/* Removes the directory and all below it. Symbolic links are not followed: what lies in it was written
   by processes that hostile sources may have taken over. */
void scratch_remove(const char *dir);

#endif
