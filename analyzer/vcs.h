/* What version of the sources this is. For use by scan_history.c and gate_base.c. */
#ifndef STACKCHECK_VCS_H
#define STACKCHECK_VCS_H

#include "base/arena.h"

#include <stdbool.h>

struct vcs {
	const char *commit; /* 40 hex digits; NULL: not in git, or nothing committed yet */
	const char *branch; /* NULL: detached, or not in git */
	bool dirty; /* tracked files differ from the commit; .stackcheck/ does not count */
};

/* Reads the repository that `folder` lies in, if any; never fails: what cannot be read stays NULL.
   Nothing is written and nothing is run. Strings in the arena. */
void vcs_read(struct vcs *v, const char *folder, struct arena *a);

#endif
