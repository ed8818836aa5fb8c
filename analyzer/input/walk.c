#include "input/walk.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* DT_DIR for a folder that is no link, DT_REG for a file, also behind a link; DT_UNKNOWN for the rest. */
static unsigned char kind_of(const struct dirent *d, const char *path)
{
	struct stat st;

	if (d->d_type == DT_DIR || d->d_type == DT_REG)
		return d->d_type;
	if (lstat(path, &st))
		return DT_UNKNOWN;
	if (S_ISDIR(st.st_mode))
		return DT_DIR;
	return !stat(path, &st) && S_ISREG(st.st_mode) ? DT_REG : DT_UNKNOWN;
}

static void read_folder(struct arena *a, const char *path, DIR *d, bool (*want)(const char *name),
			path_vec *folders, path_vec *out)
{
	struct dirent *entry;

	while ((entry = readdir(d))) {
		const char *name = entry->d_name;
		bool wanted = want(name);
		const char *full;
		unsigned char kind;

		if (!strcmp(name, ".") || !strcmp(name, ".."))
			continue;
		if (!wanted && (name[0] == '.' || entry->d_type == DT_REG))
			continue;
		full = arena_printf(a, "%s/%s", path, name);
		kind = kind_of(entry, full);
		if (kind == DT_DIR && name[0] != '.')
			*vec_push(folders) = full;
		else if (kind == DT_REG && wanted)
			*vec_push(out) = full;
	}
}

int walk_files(struct arena *a, const char *dir, bool (*want)(const char *name), path_vec *out,
	       struct error *err)
{
	path_vec folders = {0};
	size_t first = out->n;
	int rc = 0;

	*vec_push(&folders) = !strcmp(dir, "/") ? "" : dir;
	for (size_t i = 0; i < folders.n && !rc; i++) {
		DIR *d = opendir(folders.v[i][0] ? folders.v[i] : "/");

		if (d) {
			read_folder(a, folders.v[i], d, want, &folders, out);
			closedir(d);
		} else if (!i) {
			rc = error_system(err, errno, "cannot read folder %s", dir);
			err->kind = ERROR_INPUT;
		}
	}
	if (out->n > first)
		qsort(out->v + first, out->n - first, sizeof(*out->v), by_bytes);
	vec_release(&folders);
	return rc;
}
