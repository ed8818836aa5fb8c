#include "history_file.h"

#include "base/file.h"
#include "places.h"
#include "vcs_base.h"

#include <string.h>

static const char *find_database(const struct options *o, struct arena *a)
{
	const char *folder;

	if (o->v[OPT_DB].given)
		return o->v[OPT_DB].text;
	if (o->v[OPT_ROOT].given)
		return place_history(a, path_absolute(a, NULL, o->v[OPT_ROOT].text));
	for (folder = path_absolute(a, NULL, ".");; folder = path_dir(a, folder)) {
		const char *path = place_history(a, folder);

		if (file_exists(path))
			return path;
		if (!strcmp(folder, "/"))
			return NULL;
	}
}

struct history *history_file_open(const struct options *o, bool read_only, struct arena *a,
				  struct error *err)
{
	const char *path = find_database(o, a);

	if (!path) {
		error_set(err, "no .stackcheck/history.db here or in a folder above; scan first, "
			       "or name one with --db");
		return NULL;
	}
	if (!read_only && !file_exists(path)) {
		error_set(err, "there is no history in %s: stackcheck scan makes it", path);
		return NULL;
	}
	return history_open(path, read_only, err);
}

/* The commit that git knows by this name, in the arena; NULL: none, or no repository. */
static const char *commit_of(const struct options *o, const char *name, struct arena *a)
{
	const char *folder = o->v[OPT_ROOT].given ? o->v[OPT_ROOT].text : ".";
	struct error ignored;
	struct vcs_repo *repo = vcs_open(path_absolute(a, NULL, folder), &ignored);
	const char *commit = repo ? vcs_commit_of(repo, name, a) : NULL;

	vcs_close(repo);
	return commit;
}

int history_file_run(const struct options *o, struct history *h, const char *name, int64_t *run,
		     struct error *err)
{
	const char *build = o->v[OPT_BUILD].text, *commit;
	struct arena a = {0};
	struct error ignored;
	int rc = history_resolve(h, name, build, run, err);

	commit = rc && err->kind == ERROR_INPUT ? commit_of(o, name, &a) : NULL;
	if (commit)
		rc = history_resolve(h, commit, build, run, &ignored);
	if (rc && commit)
		error_set(err,
			  "%s is commit %.12s, and there is no run of it%s%s: check it out and run "
			  "'stackcheck scan', or let 'stackcheck gate --base %s' measure it",
			  name, commit, build ? " of build " : "", build ? build : "", name);
	arena_release(&a);
	return rc;
}

static int print(const struct options *o, history_read *read, struct arena *a, struct buf *out,
		 struct error *err)
{
	struct history *h;
	bool json;
	int rc;

	if (history_file_wants_json(o, &json, err))
		return -1;
	h = history_file_open(o, true, a, err);
	if (!h)
		return -1;
	rc = read(o, h, json, a, out, err);
	history_close(h);
	return rc ? -1 : print_result(out, err);
}

enum exit_status history_file_print(const struct options *o, history_read *read, struct error *err)
{
	struct arena a = {0};
	struct buf out = {0};
	int rc = print(o, read, &a, &out, err);

	buf_release(&out);
	arena_release(&a);
	return rc ? error_status(err) : STATUS_CLEAN;
}

int history_file_wants_json(const struct options *o, bool *json, struct error *err)
{
	const struct option_value *v = &o->v[OPT_FORMAT];
	const char *name = v->list.n ? v->list.v[0] : "text";

	*json = !strcmp(name, "json");
	if (v->list.n > 1)
		return error_set(err, "--format may be given once to 'stackcheck %s'",
				 command_table[o->command].name);
	if (!*json && strcmp(name, "text") != 0)
		return error_set(err, "'stackcheck %s' writes text or json, not '%s'",
				 command_table[o->command].name, name);
	return 0;
}
