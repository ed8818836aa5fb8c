/*
 * Through libgit2: no git program, no shell, no hooks. "Dirty" stops at the first difference, and
 * looks at tracked files only, as `git describe --dirty` does: in a kernel tree with 80,000 files
 * that is one lstat() a file.
 */
#include "vcs.h"

#include "base/log.h"

#include <git2.h>
#include <string.h>

enum { FOUND_ONE = -2 }; /* any negative number that is no GIT_E...: ends the diff */

/* Our own folder, should somebody have committed it. */
static bool is_ours(const char *path)
{
	const char *p = strstr(path, ".stackcheck/");

	return p && (p == path || p[-1] == '/');
}

static int stop_at_first(const git_diff *diff, const git_diff_delta *delta, const char *spec,
			 void *payload)
{
	(void)diff;
	(void)spec;
	if (is_ours(delta->new_file.path ? delta->new_file.path : delta->old_file.path))
		return 1;
	*(bool *)payload = true;
	return FOUND_ONE;
}

static bool is_dirty(git_repository *repo, const git_oid *commit_id)
{
	git_diff_options options;
	git_diff *diff = NULL;
	git_commit *commit = NULL;
	git_tree *tree = NULL;
	bool dirty = false;

	if (git_repository_is_bare(repo))
		return false;
	git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
	options.flags = GIT_DIFF_IGNORE_SUBMODULES;
	options.notify_cb = stop_at_first;
	options.payload = &dirty;
	if (!git_commit_lookup(&commit, repo, commit_id) && !git_commit_tree(&tree, commit))
		git_diff_tree_to_index(&diff, repo, tree, NULL, &options);
	git_diff_free(diff);
	diff = NULL;
	if (!dirty)
		git_diff_index_to_workdir(&diff, repo, NULL, &options);
	git_diff_free(diff);
	git_tree_free(tree);
	git_commit_free(commit);
	return dirty;
}

static void read_head(struct vcs *v, git_repository *repo, struct arena *a)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_reference *head = NULL;
	git_oid id;

	if (!git_repository_head(&head, repo) && git_reference_is_branch(head))
		v->branch = arena_strdup(a, git_reference_shorthand(head));
	git_reference_free(head);
	if (git_reference_name_to_id(&id, repo, "HEAD"))
		return;
	v->commit = arena_strdup(a, git_oid_tostr(hex, sizeof(hex), &id));
	v->dirty = is_dirty(repo, &id);
}

void vcs_read(struct vcs *v, const char *folder, struct arena *a)
{
	git_repository *repo = NULL;

	*v = (struct vcs){0};
	if (git_libgit2_init() < 0)
		return;
	/* The check of the owner protects users of git from hooks and aliases in foreign
	   repositories; nothing of that kind is run here, and a tree in a container often belongs
	   to somebody else. */
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	if (!git_repository_open_ext(&repo, folder, 0, NULL))
		read_head(v, repo, a);
	else if (git_error_last() && git_error_last()->klass != GIT_ERROR_REPOSITORY)
		log_note("cannot read the git repository: %s", git_error_last()->message);
	git_repository_free(repo);
	git_libgit2_shutdown();
}
