/*
 * The files of a commit, each marked with whether the working tree still has it as it was. Git's own comparison says so: the
 * times in its index make it one lstat() a file. Its rename detection only proposes from where a new file came.
 */
#include "vcs_repo.h"

#include <string.h>
#include <strings.h>

enum { BAD_TREE = -2 }; /* any negative number that is no GIT_E...: ends the walk */

/* A repository may come from anywhere, and its trees become folders: no name may lead out of them, and none may be both a file and
   a folder. */
static bool is_safe(struct vcs_tree *t, const char *path, const char *name, bool folder)
{
	uint64_t number = t->folders.n;
	bool made = true;

	if (!*name || !strcmp(name, ".") || !strcmp(name, "..") || strchr(name, '/') ||
	    !strcasecmp(name, ".git"))
		return false;
	if (folder)
		*map_put_str(&t->folders, path, &made) = number;
	return made && !map_find_str(&t->by_path, path) &&
	       (folder || !map_find_str(&t->folders, path));
}

static int add_file(const char *folder, const git_tree_entry *entry, void *ctx)
{
	struct vcs_tree *t = ctx;
	git_filemode_t mode = git_tree_entry_filemode(entry);
	const char *name = git_tree_entry_name(entry);
	const char *path = arena_printf(&t->arena, "%s%s", folder, name);
	struct vcs_file *f;

	if (!is_safe(t, path, name, mode == GIT_FILEMODE_TREE)) {
		git_error_set_str(GIT_ERROR_TREE, "a tree holds a name that no folder may hold");
		return BAD_TREE;
	}
	if (mode == GIT_FILEMODE_TREE)
		return 0;
	f = vec_push(&t->files);
	f->path = path;
	f->kind = mode == GIT_FILEMODE_COMMIT ? VCS_MODULE
		  : mode == GIT_FILEMODE_LINK ? VCS_LINK
					      : VCS_FILE;
	f->same = true;
	memcpy(f->id, git_tree_entry_id(entry)->id, sizeof(f->id));
	*map_put_str(&t->by_path, f->path, NULL) = t->files.n - 1;
	return 0;
}

/* Our own folder and the reports of a run are no change of the sources. */
static bool is_ours(const char *path)
{
	const char *p = strstr(path, ".stackcheck/");

	return p && (p == path || p[-1] == '/');
}

static void note_fresh(struct vcs_tree *t, const git_diff_delta *d)
{
	const char *path = arena_strdup(&t->arena, d->new_file.path);

	*map_put_str(&t->fresh, path, NULL) = d->status != GIT_DELTA_UNTRACKED;
}

static void note_old(struct vcs_tree *t, const char *path, bool removed)
{
	const uint64_t *at = map_find_str(&t->by_path, path);
	struct vcs_file *f;

	if (!at)
		return;
	f = &t->files.v[*at];
	t->n_changed += f->same;
	t->n_removed += removed && !f->removed;
	f->same = false;
	f->removed = removed;
}

static void note_move(struct vcs_tree *t, const git_diff_delta *d)
{
	const char *path = arena_strdup(&t->arena, d->new_file.path);
	const uint64_t *from = map_find_str(&t->by_path, d->old_file.path);

	if (from)
		*map_put_str(&t->moved, path, NULL) = *from;
}

static int read_delta(const git_diff_delta *d, float progress, void *ctx)
{
	struct vcs_tree *t = ctx;

	(void)progress;
	if (is_ours(d->new_file.path))
		return 0;
	switch (d->status) {
	case GIT_DELTA_UNTRACKED:
	case GIT_DELTA_ADDED: note_fresh(t, d); break;
	case GIT_DELTA_DELETED: note_old(t, d->old_file.path, true); break;
	case GIT_DELTA_RENAMED:
		note_old(t, d->old_file.path, true);
		note_fresh(t, d);
		note_move(t, d);
		break;
	case GIT_DELTA_UNMODIFIED:
	case GIT_DELTA_IGNORED: break;
	default: note_old(t, d->old_file.path, false); break;
	}
	return 0;
}

static int compare(struct vcs_tree *t, git_tree *tree, struct error *err)
{
	git_diff_options options;
	git_diff_find_options find;
	git_diff *diff = NULL;
	int rc;

	git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
	options.flags = GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED_DIRS |
			GIT_DIFF_INCLUDE_TYPECHANGE;
	options.ignore_submodules = GIT_SUBMODULE_IGNORE_DIRTY;
	git_diff_find_options_init(&find, GIT_DIFF_FIND_OPTIONS_VERSION);
	find.flags = GIT_DIFF_FIND_RENAMES | GIT_DIFF_FIND_FOR_UNTRACKED;
	rc = git_diff_tree_to_workdir_with_index(&diff, t->repo->git, tree, &options);
	if (!rc)
		rc = git_diff_find_similar(diff, &find);
	if (!rc)
		rc = git_diff_foreach(diff, read_delta, NULL, NULL, NULL, t);
	git_diff_free(diff);
	return rc ? vcs_error(err, "the working tree cannot be compared with the base commit") : 0;
}

int vcs_tree_read(struct vcs_tree *t, struct vcs_repo *r, const char *commit, struct error *err)
{
	git_commit *c = NULL;
	git_tree *tree = NULL;
	git_oid id;
	int rc;

	t->repo = r;
	t->commit = arena_strdup(&t->arena, commit);
	map_put_str(&t->folders, "", NULL);
	if (git_oid_fromstr(&id, commit) || git_commit_lookup(&c, r->git, &id) ||
	    git_commit_tree(&tree, c) || git_tree_walk(tree, GIT_TREEWALK_PRE, add_file, t))
		rc = vcs_error(err, "the files of the base commit cannot be read");
	else
		rc = compare(t, tree, err);
	git_tree_free(tree);
	git_commit_free(c);
	return rc;
}

int vcs_tree_content(const struct vcs_tree *t, const struct vcs_file *f, struct buf *out,
		     struct error *err)
{
	git_blob *blob = NULL;
	git_oid id;

	memcpy(id.id, f->id, sizeof(f->id));
	if (git_blob_lookup(&blob, t->repo->git, &id)) {
		vcs_error(err, "its content in the base commit cannot be read");
		return error_prefix(err, "%s", f->path);
	}
	buf_add(out, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
	git_blob_free(blob);
	return 0;
}

void vcs_tree_release(struct vcs_tree *t)
{
	map_release(&t->moved);
	map_release(&t->fresh);
	map_release(&t->by_path);
	map_release(&t->folders);
	vec_release(&t->files);
	arena_release(&t->arena);
	*t = (struct vcs_tree){0};
}
