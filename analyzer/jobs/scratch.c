#include "jobs/scratch.h"
#include "base/file.h"
#include "base/log.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int scratch_make(struct arena *a, char **dir, struct error *err)
{
	const char *tmp = getenv("TMPDIR");

	if (!tmp || !*tmp)
		tmp = "/tmp";
	*dir = arena_printf(a, "%s/stackcheck-XXXXXX", path_absolute(a, NULL, tmp));
	if (!mkdtemp(*dir))
		return error_system(
			err, errno,
			"cannot make the scratch directory %s; set TMPDIR to a directory "
			"that can be written",
			*dir);
	return 0;
}

void scratch_remove(const char *dir)
{
	char *paths[] = {(char *)dir, NULL};
	/* fts keeps its own list instead of recursing: the depth is not ours to choose. */
	FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *e;

	if (!tree)
		return;
	while ((e = fts_read(tree))) {
		if (e->fts_info == FTS_D)
			continue;
		if (e->fts_info == FTS_DP || e->fts_info == FTS_DNR ? rmdir(e->fts_accpath)
								    : unlink(e->fts_accpath))
			log_note("cannot remove %s: %s", e->fts_path, strerror(errno));
	}
	fts_close(tree);
}
