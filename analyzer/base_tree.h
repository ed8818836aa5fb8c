/*
 * The sources as they were at the base, as a folder beside the working tree. For use by base_*.c.
 *
 * Every file of the base stands at its path below `dir`. What the change did not touch is a link to the working tree: a whole folder
 * where no unit reads anything ("closed"), file by file elsewhere ("open"), since from behind a linked folder "../x.h" would
 * lead back into the working tree. So a tree of 80,000 files costs a few thousand links.
 */
#ifndef STACKCHECK_BASE_TREE_H
#define STACKCHECK_BASE_TREE_H

#include "input/input.h"
#include "vcs_base.h"

/* Zero-initialise. */
struct base_tree {
	struct arena arena;
	struct vcs_tree files;
	const char *top; /* of the working tree */
	const char *real_top; /* the same with symbolic links followed */
	char *dir; /* what stands for it; below TMPDIR */
	int lock; /* its descriptor, held while it is used */
	struct folder *folders; /* by number of the folder in files.folders */
	uint32_t *next_file; /* by file: the next one of its folder */
	struct map build; /* folders that the build writes to, relative to the top */
	VEC(const char *) borrowed; /* generated files, taken from the build: relative to the top */
	VEC(const char *) modules; /* submodules that were at another commit, and are missing */
};

/* Compares the working tree with the commit; `in` (of the head) says which folders are the build's. */
int base_tree_read(struct base_tree *b, struct vcs_repo *repo, const char *commit,
		   const struct input *in, struct error *err);

/* Makes the folder, open where something changed. */
int base_tree_make(struct base_tree *b, struct error *err);

/* Opens the folder of a file of the base's folder or the working tree (absolute) and all above it. *opened (may be NULL) becomes
   true when one was closed. */
int base_tree_open(struct base_tree *b, const char *path, bool *opened, struct error *err);

/* Opens everything. */
int base_tree_open_all(struct base_tree *b, struct error *err);

/* `path` (absolute) relative to the top, when it is or leads below it; NULL: it is elsewhere. In the arena of `b`. */
const char *base_tree_below(struct base_tree *b, const char *path);

/* What is at the relative path, or above it, in the base; NULL: nothing. Folders give NULL. */
const struct vcs_file *base_tree_file(const struct base_tree *b, const char *below);

/* Did the change bring this file, so that the base has nothing like it? A file that only the build made is not fresh. */
bool base_tree_is_fresh(const struct base_tree *b, const char *below);

/* Puts a file that the build generated into the folder, too; does nothing for files of the base and fresh ones. */
int base_tree_borrow(struct base_tree *b, const char *path, struct error *err);

/* The path's counterpart below `dir` when the base has that file or folder or it was borrowed, or when the change brought it; else
   the path itself. Absolute; in the arena of `b`. */
const char *base_tree_map(struct base_tree *b, const char *path);

/* Removes the folder. */
void base_tree_release(struct base_tree *b);

#endif
