#include "base_tree.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "jobs/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NO_FOLDER UINT32_MAX

/* What lies in a folder: the first file, the first folder; the next folder beside it. */
struct folder {
	uint32_t file, child, next;
	bool open;
};

/* The folder is the build's when git knows nothing in it; the top itself never is. */
static void add_build_folder(struct base_tree *b, const char *path)
{
	const char *below = base_tree_below(b, path);

	if (below && *below && !map_find_str(&b->files.folders, below))
		map_put_str(&b->build, below, NULL);
}

static const char *real_path(struct arena *a, const char *path)
{
	char *real = realpath(path, NULL);
	const char *kept = real ? arena_strdup(a, real) : path;

	free(real);
	return kept;
}

int base_tree_read(struct base_tree *b, struct vcs_repo *repo, const char *commit,
		   const struct input *in, struct error *err)
{
	b->top = vcs_top(repo);
	b->real_top = real_path(&b->arena, b->top);
	if (vcs_tree_read(&b->files, repo, commit, err))
		return -1;
	if (in->database)
		add_build_folder(b, file_is_dir(in->database) ? in->database
							      : path_dir(&b->arena, in->database));
	for (size_t i = 0; i < in->jobs.n; i++)
		if (!i || strcmp(in->jobs.v[i].directory, in->jobs.v[i - 1].directory) != 0)
			add_build_folder(b, in->jobs.v[i].directory);
	return 0;
}

const char *base_tree_below(struct base_tree *b, const char *path)
{
	if (!strcmp(path, b->top))
		return "";
	if (path_is_under(b->top, path))
		return path_relative(b->top, path);
	path = real_path(&b->arena, path);
	if (!strcmp(path, b->real_top))
		return "";
	return path_is_under(b->real_top, path) ? path_relative(b->real_top, path) : NULL;
}

/* Looks up the path, then each folder above it. */
static const uint64_t *find_above(const struct map *m, const char *below)
{
	size_t n = strlen(below);

	while (n) {
		const uint64_t *found = map_find(m, below, n);

		if (found)
			return found;
		while (n && below[n - 1] != '/')
			n--;
		n -= n > 0;
	}
	return NULL;
}

const struct vcs_file *base_tree_file(const struct base_tree *b, const char *below)
{
	const uint64_t *at = find_above(&b->files.by_path, below);

	return at ? &b->files.files.v[*at] : NULL;
}

bool base_tree_is_fresh(const struct base_tree *b, const char *below)
{
	const uint64_t *tracked = map_find_str(&b->files.fresh, below);

	return tracked && (*tracked || !find_above(&b->build, below));
}

/* Is it a folder in which everything is fresh? */
static bool is_fresh_folder(const struct base_tree *b, const char *below)
{
	size_t n = strlen(below);

	for (size_t i = 0; i < b->files.fresh.n; i++) {
		const char *path = b->files.fresh.entries[i].key;

		if (!strncmp(path, below, n) && path[n] == '/')
			return base_tree_is_fresh(b, path);
	}
	return false;
}

static uint32_t folder_above(const struct base_tree *b, const char *path)
{
	const char *slash = strrchr(path, '/');
	const uint64_t *at = map_find(&b->files.folders, path, slash ? (size_t)(slash - path) : 0);

	if (!at)
		BUG("%s lies in no folder", path);
	return (uint32_t)*at;
}

static const char *place_of(struct base_tree *b, const char *below)
{
	return *below ? arena_printf(&b->arena, "%s/%s", b->dir, below) : b->dir;
}

static int write_content(struct base_tree *b, const struct vcs_file *f, const char *place,
			 struct error *err)
{
	struct buf text = {0};
	FILE *out = NULL;
	int fd, rc = vcs_tree_content(&b->files, f, &text, err);

	if (!rc) {
		fd = open(place, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		out = fd < 0 ? NULL : fdopen(fd, "w");
		if (!out || fwrite(text.data, 1, text.len, out) != text.len)
			rc = error_system(err, errno, "cannot write %s", place);
	}
	if (out && fclose(out) && !rc)
		rc = error_system(err, errno, "cannot write %s", place);
	buf_release(&text);
	return rc;
}

static int make_link(const char *target, const char *place, struct error *err)
{
	if (symlink(target, place))
		return error_system(err, errno, "cannot make the link %s", place);
	return 0;
}

static int make_stored_link(struct base_tree *b, const struct vcs_file *f, struct error *err)
{
	struct buf target = {0};
	int rc = vcs_tree_content(&b->files, f, &target, err);

	if (!rc)
		rc = make_link(buf_str(&target), place_of(b, f->path), err);
	buf_release(&target);
	return rc;
}

static int make_file(struct base_tree *b, const struct vcs_file *f, struct error *err)
{
	const char *place = place_of(b, f->path);

	if (f->same)
		return make_link(arena_printf(&b->arena, "%s/%s", b->top, f->path), place, err);
	if (f->kind == VCS_FILE)
		return write_content(b, f, place, err);
	*vec_push(&b->modules) = f->path;
	return 0;
}

/* Chains what lies in each folder; folders come before what lies in them. */
static void chain(struct base_tree *b)
{
	const struct vcs_tree *t = &b->files;

	b->folders = arena_array(&b->arena, t->folders.n, struct folder);
	for (uint32_t i = 0; i < t->folders.n; i++)
		b->folders[i] = (struct folder){NO_FOLDER, NO_FOLDER, NO_FOLDER, false};
	b->next_file = arena_array(&b->arena, t->files.n + 1, uint32_t);
	for (uint32_t i = (uint32_t)t->files.n; i-- > 0;) {
		struct folder *in = &b->folders[folder_above(b, t->files.v[i].path)];

		b->next_file[i] = in->file;
		in->file = i;
	}
	for (uint32_t i = (uint32_t)t->folders.n; i-- > 1;) {
		struct folder *in = &b->folders[folder_above(b, t->folders.entries[i].key)];

		b->folders[i].next = in->child;
		in->child = i;
	}
}

static const char *folder_path(const struct base_tree *b, uint32_t folder)
{
	return b->files.folders.entries[folder].key;
}

static int make_files(struct base_tree *b, uint32_t folder, bool stored_links, struct error *err)
{
	int rc = 0;

	for (uint32_t i = b->folders[folder].file; i != NO_FOLDER && !rc; i = b->next_file[i]) {
		const struct vcs_file *f = &b->files.files.v[i];

		if (f->kind == VCS_LINK && stored_links)
			rc = make_stored_link(b, f, err);
		else if (f->kind != VCS_LINK && !stored_links)
			rc = make_file(b, f, err);
	}
	return rc;
}

/* Replaces the link to the folder by a folder with its files, and links to its folders, which stay closed. Links that somebody stored
   come last: nothing may be written through one. */
static int open_folder(struct base_tree *b, uint32_t folder, struct error *err)
{
	const char *place = place_of(b, folder_path(b, folder));
	int rc = 0;

	b->folders[folder].open = true;
	if (folder && unlink(place) && errno != ENOENT)
		return error_system(err, errno, "cannot remove the link %s", place);
	if (folder && mkdir(place, 0700))
		return error_system(err, errno, "cannot make the folder %s", place);
	for (uint32_t i = b->folders[folder].child; i != NO_FOLDER && !rc; i = b->folders[i].next)
		rc = make_link(arena_printf(&b->arena, "%s/%s", b->top, folder_path(b, i)),
			       place_of(b, folder_path(b, i)), err);
	if (!rc)
		rc = make_files(b, folder, false, err);
	return rc ? rc : make_files(b, folder, true, err);
}

/* Opens the folder that holds the file and those above it, the outermost first. */
static int open_above(struct base_tree *b, const char *below, bool *opened, struct error *err)
{
	for (const char *p = below; (p = strchr(p, '/')); p++) {
		const uint64_t *at = map_find(&b->files.folders, below, (size_t)(p - below));

		if (!at)
			return 0;
		if (b->folders[*at].open)
			continue;
		if (opened)
			*opened = true;
		if (open_folder(b, (uint32_t)*at, err))
			return -1;
	}
	return 0;
}

int base_tree_open(struct base_tree *b, const char *path, bool *opened, struct error *err)
{
	const char *below = path_is_under(b->dir, path) ? path_relative(b->dir, path)
							: base_tree_below(b, path);

	return below ? open_above(b, below, opened, err) : 0;
}

int base_tree_open_all(struct base_tree *b, struct error *err)
{
	int rc = 0;

	for (uint32_t i = 1; i < b->files.folders.n && !rc; i++)
		if (!b->folders[i].open)
			rc = open_folder(b, i, err);
	return rc;
}

/* Is the folder what a gate that died left? Then nobody holds its lock. */
static bool is_left(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	bool left;

	if (fd < 0)
		return false;
	left = !fstat(fd, &st) && st.st_uid == getuid() && !flock(fd, LOCK_EX | LOCK_NB);
	close(fd);
	return left;
}

/* The same name for the same tree and commit: the cache knows units by their paths, so a second gate measures no unit again. While
   one gate has it, another one takes a name of its own. */
static void make_named(struct base_tree *b, const char *commit)
{
	struct hash *hash = hash_open();
	const char *tmp = getenv("TMPDIR");
	char hex[HASH_HEX_SIZE], *dir;

	hash_add_str(hash, b->top);
	hash_add_str(hash, commit);
	hash_close(hash, hex);
	dir = arena_printf(&b->arena, "%s/stackcheck-base-%.16s",
			   path_absolute(&b->arena, NULL, tmp && *tmp ? tmp : "/tmp"), hex);
	if (mkdir(dir, 0700)) {
		if (errno != EEXIST || !is_left(dir))
			return;
		scratch_remove(dir);
		if (mkdir(dir, 0700))
			return;
	}
	b->lock = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	b->dir = dir;
	if (b->lock >= 0)
		flock(b->lock, LOCK_EX | LOCK_NB);
}

int base_tree_make(struct base_tree *b, struct error *err)
{
	const struct vcs_tree *t = &b->files;
	int rc = 0;

	make_named(b, t->commit);
	if (!b->dir && scratch_make(&b->arena, &b->dir, err)) {
		b->dir = NULL;
		return -1;
	}
	b->dir = (char *)real_path(&b->arena, b->dir);
	chain(b);
	rc = open_folder(b, 0, err);
	/* A closed folder shows what is in the working tree: everything that changed lies in open ones. */
	for (size_t i = 0; i < t->files.n && !rc; i++)
		if (!t->files.v[i].same)
			rc = open_above(b, t->files.v[i].path, NULL, err);
	for (size_t i = 0; i < t->fresh.n && !rc; i++)
		rc = open_above(b, t->fresh.entries[i].key, NULL, err);
	return rc;
}

int base_tree_borrow(struct base_tree *b, const char *path, struct error *err)
{
	const char *below = base_tree_below(b, path), *place;

	if (!below || base_tree_file(b, below) || base_tree_is_fresh(b, below))
		return 0;
	if (open_above(b, below, NULL, err))
		return -1;
	place = place_of(b, below);
	if (file_exists(place))
		return 0;
	*vec_push(&b->borrowed) = below;
	if (file_make_dirs(path_dir(&b->arena, place), err))
		return -1;
	return make_link(arena_printf(&b->arena, "%s/%s", b->top, below), place, err);
}

const char *base_tree_map(struct base_tree *b, const char *path)
{
	const char *below = base_tree_below(b, path), *place;

	if (!below)
		return path;
	place = place_of(b, below);
	if (file_exists(place) || base_tree_is_fresh(b, below) || is_fresh_folder(b, below))
		return place;
	return path;
}

void base_tree_release(struct base_tree *b)
{
	if (b->dir)
		scratch_remove(b->dir);
	if (b->dir && b->lock > 0)
		close(b->lock);
	vec_release(&b->modules);
	vec_release(&b->borrowed);
	map_release(&b->build);
	vcs_tree_release(&b->files);
	arena_release(&b->arena);
	*b = (struct base_tree){0};
}
