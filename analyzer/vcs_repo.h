/* What vcs_base.c and vcs_tree.c share; with vcs.c they are the only users of git2.h. For use inside vcs_*.c. */
#ifndef STACKCHECK_VCS_REPO_H
#define STACKCHECK_VCS_REPO_H

#include "base/mem.h"
#include "vcs_base.h"

#include <git2.h>

struct vcs_repo {
	struct arena arena;
	git_repository *git;
	const char *top;
};

/* "<what>: git says: <its last error>"; gives -1. */
int vcs_error(struct error *err, const char *what);

#endif
