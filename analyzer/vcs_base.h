/*
 * Another version of the sources: which commit a gate compares with, what the working tree changed since, and that commit's
 * files. Through libgit2: nothing is run, nothing in the repository is written. For use by gate*.c, base_*.c and history_file.c.
 */
#ifndef STACKCHECK_VCS_BASE_H
#define STACKCHECK_VCS_BASE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/map.h"
#include "base/vec.h"

#include <stdbool.h>

struct vcs_repo;

/* Opens the repository that `folder` (absolute, clean) lies in; an error when there is none, or when it has no working tree. */
struct vcs_repo *vcs_open(const char *folder, struct error *err);
void vcs_close(struct vcs_repo *r);

/* The top of the working tree, spelled as the folder that was opened; lives as long as the repository. */
const char *vcs_top(const struct vcs_repo *r);

/* A commit to compare with. Strings in the arena that was given. */
struct vcs_base {
	const char *commit; /* 40 hex digits; NULL: it is not in this clone, see `fetch` */
	const char *how; /* "the merge base of HEAD and main", "the first parent of HEAD" */
	const char *
		fetch; /* a git command that brings what a shallow clone lacks; NULL: nothing is missing */
};

/* The merge base of HEAD and `ref`; without one (NULL), the first parent of HEAD when HEAD is a merge. A shallow clone that
   does not have it gives 0 and the command to run. */
int vcs_base_find(struct vcs_repo *r, const char *ref, struct arena *a, struct vcs_base *out,
		  struct error *err);

/* The same for a commit named by its full or shortened number, as it stands. */
int vcs_base_commit(struct vcs_repo *r, const char *commit, struct arena *a, struct vcs_base *out,
		    struct error *err);

/* The full number of the commit that `name` means: HEAD, HEAD~1, a branch, a tag, a number or its beginning; NULL: none here. In
   the arena. */
const char *vcs_commit_of(struct vcs_repo *r, const char *name, struct arena *a);

/* Is the file (absolute) one that git tracks, so that a change can bring another one? */
bool vcs_is_tracked(struct vcs_repo *r, const char *path);

/* Appends the content of a file of the commit; *found is false when there is none. `path` is relative to the top. */
int vcs_blob(struct vcs_repo *r, const char *commit, const char *path, struct buf *out, bool *found,
	     struct error *err);

enum vcs_kind { VCS_FILE, VCS_LINK, VCS_MODULE };

/* A file of a commit. Paths are relative to the top. */
struct vcs_file {
	const char *path;
	enum vcs_kind kind;
	bool same; /* the working tree has it unchanged */
	bool removed; /* the working tree has nothing there */
	unsigned char id[20]; /* of the content */
};

/* A commit beside the working tree. Zero-initialise. */
struct vcs_tree {
	struct arena arena;
	struct vcs_repo *repo; /* must outlive it */
	const char *commit;
	VEC(struct vcs_file) files; /* in the tree's order */
	struct map by_path; /* -> index into `files` */
	struct map folders; /* that hold them -> their numbers; 0 is the top, "" */
	struct map
		fresh; /* paths of the working tree that the commit lacks -> 1 when git tracks them */
	struct map
		moved; /* of those, the ones that git takes for moved files -> index into `files` */
	size_t n_changed, n_removed;
};

/* Reads the commit's files and compares the working tree with them, uncommitted changes included. */
int vcs_tree_read(struct vcs_tree *t, struct vcs_repo *r, const char *commit, struct error *err);

/* Appends a file's content (of VCS_LINK: its target), as it is stored: filters are not applied. */
int vcs_tree_content(const struct vcs_tree *t, const struct vcs_file *f, struct buf *out,
		     struct error *err);

void vcs_tree_release(struct vcs_tree *t);

#endif
