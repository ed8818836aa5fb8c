/* The user's build description -> jobs. For use by cmd_*.c. Nothing named in it is ever executed. */
#ifndef STACKCHECK_INPUT_INPUT_H
#define STACKCHECK_INPUT_INPUT_H

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"
#include "input/job.h"

struct input_request {
	const char *
		database; /* -p: file or directory (compile_commands.json, Kbuild output tree, MSBuild logs); NULL: look
	                               in ., build/, out/ and upwards */
	const char *const *
		paths; /* only units under these; with no database the sources themselves or folders */
	size_t n_paths;
	const char *const
		*flags; /* after `--`: no database, these fixed flags; NULL: use a database */
	size_t n_flags;
	const char *root; /* --root, or NULL: found */
	const char *const *maps; /* --map: "C:\\src=DIR" */
	size_t n_maps;
	bool objects_only; /* paths are objects, archives and images; there are no sources */
	const char *target; /* --target triple for all units, or NULL: each unit's own */
};

struct dropped_flag {
	const char *flag; /* as spelled, argument not included */
	size_t units; /* how many commands had it */
	const char *why; /* "GCC only", "writes files", "loads code", "not on the allow-list" */
};

struct input {
	struct arena arena;
	const char *root; /* project root, absolute */
	const char *database; /* file or directory that was read; NULL with fixed flags */
	VEC(struct job) jobs; /* in database order */
	VEC(struct dropped_flag) dropped; /* by flag */
	VEC(const char *)
	warnings; /* e.g. an entry whose source is missing (it stays a job and fails), response file
	                               outside the tree */
	size_t skipped; /* entries that give no C object (assembly, C++, -E, Kbuild's host programs), said in the
	                   summary */
	bool linux_like, windows_like; /* for platform_choose() */
};

/* Reads the request. The error for "no database" names the command that makes one for the build system found. */
int input_read(struct input *in, const struct input_request *request, struct error *err);
void input_release(struct input *in);

#endif
