#include "places.h"

#include "base/file.h"

#include <stdlib.h>
#include <unistd.h>

/* The folder of the running program; "." when the system does not say. */
static const char *program_folder(struct arena *a)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path));

	if (n <= 0 || n == (ssize_t)sizeof(path))
		return ".";
	return path_dir(a, arena_strndup(a, path, (size_t)n));
}

static const char *beside(struct arena *a)
{
	return arena_printf(a, "%s/stackcheck-worker", program_folder(a));
}

const char *place_worker(struct arena *a, struct error *err)
{
	const char *tried[] = {
		beside(a),
		path_absolute(a, program_folder(a), "../libexec/stackcheck/stackcheck-worker"),
		INSTALL_LIBEXEC "/stackcheck-worker",
	};

	for (size_t i = 0; i < sizeof(tried) / sizeof(*tried); i++)
		if (!access(tried[i], X_OK))
			return tried[i];
	error_system(err, 0, "the worker program is missing: it is neither %s nor %s; install both",
		     tried[0], tried[2]);
	return NULL;
}

const char *place_platforms(struct arena *a)
{
	const char *moved = path_absolute(a, program_folder(a), "../share/stackcheck/platforms");

	if (file_exists(beside(a)) && file_is_dir(BUILD_PLATFORMS))
		return BUILD_PLATFORMS;
	return file_is_dir(moved) ? moved : INSTALL_PLATFORMS;
}

const char *place_cache(struct arena *a)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	/* The XDG specification: a relative path is to be ignored. */
	if (xdg && xdg[0] == '/')
		return arena_printf(a, "%s/stackcheck", xdg);
	if (home && home[0] == '/')
		return arena_printf(a, "%s/.cache/stackcheck", home);
	return NULL;
}

const char *place_history(struct arena *a, const char *root)
{
	return arena_printf(a, "%s/.stackcheck/history.db", root);
}

int place_make_folder(const char *root, struct error *err)
{
	struct arena a = {0};
	const char *folder = arena_printf(&a, "%s/.stackcheck", root);
	const char *ignore = arena_printf(&a, "%s/.gitignore", folder);
	int rc = file_make_dirs(folder, err);

	if (!rc && !file_exists(ignore))
		rc = file_write_atomic(ignore, "*\n", 2, err);
	arena_release(&a);
	return rc;
}
