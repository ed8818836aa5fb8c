#include "input/root.h"
#include "base/file.h"

#include <stdlib.h>
#include <string.h>

const char *root_common(struct arena *a, const struct entries *all)
{
	const char *common = all->v.n ? path_dir(a, all->v.v[0].file) : "/";

	for (size_t i = 1; i < all->v.n; i++) {
		while (!path_is_under(common, all->v.v[i].file))
			common = path_dir(a, common);
	}
	return common;
}

static bool has_marker(struct arena *a, const char *dir)
{
	static const char *const markers[] = {".git", ".stackcheck", "stackcheck.yml"};

	for (size_t i = 0; i < sizeof(markers) / sizeof(markers[0]); i++) {
		if (file_exists(arena_printf(a, "%s/%s", dir, markers[i])))
			return true;
	}
	return false;
}

const char *root_find(struct arena *a, const struct input_request *request, const char *common,
		      struct error *err)
{
	const char *cwd = path_absolute(a, NULL, ".");

	if (request->root) {
		const char *root = path_absolute(a, NULL, request->root);

		if (file_is_dir(root))
			return root;
		error_set(err, "the project root %s is no folder", request->root);
		return NULL;
	}
	for (const char *dir = common; strcmp(dir, "/") != 0; dir = path_dir(a, dir)) {
		if (has_marker(a, dir))
			return dir;
	}
	/* The whole machine is no project. */
	if (!strcmp(common, "/") || (path_is_under(cwd, common) && strcmp(cwd, "/") != 0))
		return cwd;
	return common;
}

/* Paths are compared as they are spelled and with symbolic links followed. */
struct places {
	const char **real; /* by entry: source with its folder's links followed */
	struct map folders; /* folder -> its real path */
	struct arena arena;
};

static const char *real_of(struct places *p, const char *file)
{
	const char *folder = path_dir(&p->arena, file);
	bool made;
	uint64_t *value = map_put_str(&p->folders, folder, &made);

	if (made) {
		char *real = realpath(folder, NULL);

		*value = (uintptr_t)arena_strdup(&p->arena, real ? real : folder);
		free(real);
	}
	return arena_printf(&p->arena, "%s/%s", (const char *)(uintptr_t)*value, path_base(file));
}

static void places_init(struct places *p, const struct entries *all)
{
	*p = (struct places){0};
	p->real = arena_array(&p->arena, all->v.n, const char *);
	for (size_t i = 0; i < all->v.n; i++)
		p->real[i] = real_of(p, all->v.v[i].file);
}

/* Keeps what lies under `path`; true when a unit does. */
static bool keep_under(struct places *p, const struct entries *all, const char *path,
		       const bool *unit, bool *keep)
{
	char *real = realpath(path, NULL);
	bool found = false;

	for (size_t i = 0; i < all->v.n; i++) {
		if (path_is_under(path, all->v.v[i].file) ||
		    (real && path_is_under(real, p->real[i]))) {
			keep[i] = true;
			found |= unit[i];
		}
	}
	free(real);
	return found;
}

int root_select(const struct input_request *request, const struct entries *all, const char *root,
		const char *common, const bool *unit, bool *keep, struct error *err)
{
	const char *bases[] = {NULL, root, common};
	struct places p;
	int rc = 0;

	if (!request->n_paths) {
		memset(keep, true, all->v.n * sizeof(*keep));
		return 0;
	}
	places_init(&p, all);
	for (size_t i = 0; i < request->n_paths && !rc; i++) {
		bool found = false;

		for (size_t b = 0; b < 3 && !found; b++)
			found = keep_under(&p, all,
					   path_absolute(&p.arena, bases[b], request->paths[i]),
					   unit, keep);
		if (!found)
			rc = error_set(
				err,
				"%s: no unit of the build lies there (looked from the current "
				"folder and from %s)",
				request->paths[i], root);
	}
	map_release(&p.folders);
	arena_release(&p.arena);
	return rc;
}
