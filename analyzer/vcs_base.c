/*
 * Finding the base. In a shallow clone the parents of its oldest commits are named and not there; then the answer is the git
 * command that brings them, as precise as it can be: continuous integration clones one commit deep by default.
 */
#include "vcs_repo.h"

#include "base/file.h"
#include "base/text.h"

#include <string.h>
#include <stdlib.h>

int vcs_error(struct error *err, const char *what)
{
	const git_error *e = git_error_last();

	return error_set(err, "%s: git says: %s", what, e && e->message ? e->message : "no reason");
}

/* The top as `folder` spells it: libgit2 resolves symbolic links, and job paths are spelled with them. */
static const char *spell_top(struct arena *a, const char *folder, const char *workdir)
{
	char *real_folder = realpath(folder, NULL), *real_top = realpath(workdir, NULL);
	const char *top = path_absolute(a, NULL, workdir);

	if (real_folder && real_top && path_is_under(real_top, real_folder)) {
		const char *below = path_relative(real_top, real_folder);
		size_t n = strlen(folder), tail = strcmp(real_top, real_folder) ? strlen(below) : 0;

		if (!tail)
			top = arena_strdup(a, folder);
		else if (n > tail + 1 && !strcmp(folder + n - tail, below))
			top = arena_strndup(a, folder, n - tail - 1);
	}
	free(real_folder);
	free(real_top);
	return top;
}

struct vcs_repo *vcs_open(const char *folder, struct error *err)
{
	struct vcs_repo *r;
	git_repository *git = NULL;

	if (git_libgit2_init() < 0) {
		error_system(err, 0, "libgit2 cannot be started");
		return NULL;
	}
	/* See vcs_read(): nothing of the repository is run, so its owner does not matter. */
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	if (git_repository_open_ext(&git, folder, 0, NULL) || git_repository_is_bare(git)) {
		error_set(err,
			  "%s is not in the working tree of a git repository: name a base that is "
			  "a run or a report (--base RUN|FILE)",
			  folder);
		git_repository_free(git);
		git_libgit2_shutdown();
		return NULL;
	}
	r = mem_calloc(1, sizeof(*r));
	r->git = git;
	r->top = spell_top(&r->arena, folder, git_repository_workdir(git));
	return r;
}

void vcs_close(struct vcs_repo *r)
{
	if (!r)
		return;
	git_repository_free(r->git);
	arena_release(&r->arena);
	free(r);
	git_libgit2_shutdown();
}

const char *vcs_top(const struct vcs_repo *r)
{
	return r->top;
}

/* The remote to fetch from: "origin", or the only one there is. */
static const char *remote_of(struct vcs_repo *r, struct arena *a)
{
	git_strarray names = {0};
	git_config *config = NULL;
	const char *remote = "origin", *url;
	bool known = !git_repository_config_snapshot(&config, r->git) &&
		     !git_config_get_string(&url, config, "remote.origin.url");

	if (!known && !git_remote_list(&names, r->git) && names.count == 1)
		remote = arena_strdup(a, names.strings[0]);
	git_config_free(config);
	git_strarray_dispose(&names);
	return remote;
}

/* `text` as one word for a shell. */
static const char *shell_word(struct arena *a, const char *text)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%=";
	struct buf out = {0};
	const char *word;

	if (*text && strspn(text, plain) == strlen(text))
		return text;
	buf_putc(&out, '\'');
	for (; *text; text++)
		buf_puts(&out, *text == '\'' ? "'\\''" : (char[]){*text, '\0'});
	buf_putc(&out, '\'');
	word = arena_strdup(a, buf_str(&out));
	buf_release(&out);
	return word;
}

static bool is_shallow(struct vcs_repo *r)
{
	return git_repository_is_shallow(r->git) == 1;
}

static const char *hex_of(struct arena *a, const git_oid *id)
{
	char hex[GIT_OID_HEXSZ + 1];

	return arena_strdup(a, git_oid_tostr(hex, sizeof(hex), id));
}

/* One commit without its history is enough to measure it. */
static void fetch_commit(struct vcs_repo *r, const git_oid *id, struct arena *a,
			 struct vcs_base *out)
{
	out->fetch = arena_printf(a, "git fetch --no-tags --depth=1 %s %s",
				  shell_word(a, remote_of(r, a)), hex_of(a, id));
}

/* A merge base takes both histories; a ref that is not there is fetched under its own name. */
static void fetch_history(struct vcs_repo *r, const char *ref, bool have_ref, struct arena *a,
			  struct vcs_base *out)
{
	const char *remote = remote_of(r, a), *branch = ref;
	size_t n = strlen(remote);

	if (!strncmp(ref, remote, n) && ref[n] == '/')
		branch = ref + n + 1;
	out->fetch = arena_printf(a, "git fetch --no-tags --unshallow %s", shell_word(a, remote));
	if (!have_ref)
		out->fetch = arena_printf(
			a, "%s %s", out->fetch,
			shell_word(a, arena_printf(a, "+refs/heads/%s:refs/remotes/%s/%s", branch,
						   remote, branch)));
}

static git_commit *head_commit(struct vcs_repo *r, struct error *err)
{
	git_commit *head = NULL;
	git_oid id;

	if (git_reference_name_to_id(&id, r->git, "HEAD") || git_commit_lookup(&head, r->git, &id))
		vcs_error(err, "HEAD names no commit, so there is nothing to compare with");
	return head;
}

static int first_parent(struct vcs_repo *r, const git_commit *head, struct arena *a,
			struct vcs_base *out, struct error *err)
{
	const git_oid *id = git_commit_parent_id(head, 0);
	git_commit *parent = NULL;

	if (git_commit_parentcount(head) < 2)
		return error_set(err, "HEAD is no merge commit, so its base must be named: --base "
				      "REF, a branch that the change goes to or a commit");
	out->how = "the first parent of HEAD";
	if (!git_commit_lookup(&parent, r->git, id))
		out->commit = hex_of(a, id);
	else if (is_shallow(r))
		fetch_commit(r, id, a, out);
	else
		return vcs_error(err, "the first parent of HEAD cannot be read");
	git_commit_free(parent);
	return 0;
}

static bool is_number(const char *ref)
{
	size_t n = strlen(ref);

	return n >= 4 && n <= GIT_OID_HEXSZ && strspn(ref, "0123456789abcdefABCDEF") == n;
}

/* Names and numbers without git_revparse_single(): where nothing has that name it tries regular expressions, which leak in
   libgit2 1.5. */
static int look_up(struct vcs_repo *r, const char *ref, git_object **object)
{
	git_reference *named = NULL;
	git_oid id;
	int rc = git_reference_dwim(&named, r->git, ref);

	if (!rc)
		rc = git_reference_peel(object, named, GIT_OBJECT_COMMIT);
	else if (is_number(ref) && !git_oid_fromstrn(&id, ref, strlen(ref)))
		rc = git_object_lookup_prefix(object, r->git, &id, strlen(ref), GIT_OBJECT_ANY);
	else if (strpbrk(ref, "^~@:"))
		rc = git_revparse_single(object, r->git, ref);
	git_reference_free(named);
	return rc;
}

static int resolve(struct vcs_repo *r, const char *ref, git_oid *id)
{
	git_object *object = NULL, *commit = NULL;
	int rc = look_up(r, ref, &object);

	if (!rc)
		rc = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
	if (!rc)
		git_oid_cpy(id, git_object_id(commit));
	git_object_free(commit);
	git_object_free(object);
	return rc;
}

const char *vcs_commit_of(struct vcs_repo *r, const char *name, struct arena *a)
{
	git_oid id;

	return resolve(r, name, &id) ? NULL : hex_of(a, &id);
}

static int merge_base(struct vcs_repo *r, const git_commit *head, const char *ref, struct arena *a,
		      struct vcs_base *out, struct error *err)
{
	git_oid id, base;

	out->how = arena_printf(a, "the merge base of HEAD and %s", ref);
	if (resolve(r, ref, &id)) {
		if (!is_shallow(r))
			return error_set(
				err,
				"--base %s is no commit, branch or tag of this repository; "
				"a branch of a remote is named as in origin/main, after "
				"git fetch",
				ref);
		fetch_history(r, ref, false, a, out);
		return 0;
	}
	if (!git_merge_base(&base, r->git, git_commit_id(head), &id)) {
		out->commit = hex_of(a, &base);
		return 0;
	}
	if (!is_shallow(r))
		return error_set(err, "HEAD and %s have no commit in common", ref);
	fetch_history(r, ref, true, a, out);
	return 0;
}

int vcs_base_find(struct vcs_repo *r, const char *ref, struct arena *a, struct vcs_base *out,
		  struct error *err)
{
	git_commit *head = head_commit(r, err);
	int rc;

	*out = (struct vcs_base){0};
	if (!head)
		return -1;
	rc = ref ? merge_base(r, head, ref, a, out, err) : first_parent(r, head, a, out, err);
	git_commit_free(head);
	return rc;
}

int vcs_base_commit(struct vcs_repo *r, const char *commit, struct arena *a, struct vcs_base *out,
		    struct error *err)
{
	git_oid id;

	*out = (struct vcs_base){.how = "the commit of the base run"};
	if (!resolve(r, commit, &id)) {
		out->commit = hex_of(a, &id);
		return 0;
	}
	if (is_shallow(r) && !git_oid_fromstr(&id, commit)) {
		fetch_commit(r, &id, a, out);
		return 0;
	}
	return error_set(err, "the commit %s of the base run is not in this repository", commit);
}

bool vcs_is_tracked(struct vcs_repo *r, const char *path)
{
	char *real = realpath(path, NULL), *top = realpath(r->top, NULL);
	git_index *index = NULL;
	bool tracked = false;

	if (real && top && path_is_under(top, real) && !git_repository_index(&index, r->git))
		tracked = git_index_get_bypath(index, path_relative(top, real), 0) != NULL;
	/* The link itself, should it be one. */
	if (index && path_is_under(r->top, path))
		tracked |= git_index_get_bypath(index, path_relative(r->top, path), 0) != NULL;
	git_index_free(index);
	free(top);
	free(real);
	return tracked;
}

int vcs_blob(struct vcs_repo *r, const char *commit, const char *path, struct buf *out, bool *found,
	     struct error *err)
{
	git_commit *c = NULL;
	git_tree *tree = NULL;
	git_object *blob = NULL;
	git_oid id;
	int rc = -1;

	*found = false;
	if (git_oid_fromstr(&id, commit) || git_commit_lookup(&c, r->git, &id) ||
	    git_commit_tree(&tree, c)) {
		vcs_error(err, "the base commit cannot be read");
		goto out;
	}
	rc = git_object_lookup_bypath(&blob, (git_object *)tree, path, GIT_OBJECT_BLOB);
	if (rc == GIT_ENOTFOUND) {
		rc = 0;
	} else if (rc) {
		vcs_error(err, "a file of the base commit cannot be read");
		rc = error_prefix(err, "%s", path);
	} else {
		*found = true;
		buf_add(out, git_blob_rawcontent((git_blob *)blob),
			(size_t)git_blob_rawsize((git_blob *)blob));
	}
out:
	git_object_free(blob);
	git_tree_free(tree);
	git_commit_free(c);
	return rc;
}
