/*
 * `scan --changed`: which units the changes since a commit reach. The cache alone decides what is measured again, by content, so the
 * result is that of any scan; this says what had to be, and what was measured for another reason.
 */
#include "scan.h"

#include "base/log.h"
#include "base_reach.h"

static void tell(const struct session *s, const struct reach *r, const char *commit)
{
	size_t others = 0;

	for (size_t i = 0; i < s->input.jobs.n; i++)
		others += !r->why[i] && !s->results[i].from_cache;
	log_note("%zu of %zu units are reached by the changes since %.12s; %zu others were "
		 "measured too, as the cache did not have them",
		 r->n, s->input.jobs.n, commit, others);
}

int scan_changed(struct scan *s, struct error *err)
{
	struct session *session = &s->session;
	const struct option_value *v = session->options->v;
	const char *ref = v[OPT_BASE_REF].given ? v[OPT_BASE_REF].text : "HEAD";
	struct base_tree tree = {0};
	struct reach reach = {0};
	struct vcs_base at = {0};
	struct vcs_repo *repo;
	int rc = -1;

	if (!v[OPT_CHANGED].given)
		return 0;
	repo = vcs_open(session->input.root, err);
	if (repo && !vcs_base_find(repo, ref, &session->arena, &at, err)) {
		if (!at.commit)
			error_set(err, "this shallow clone does not hold %s; run: %s", at.how,
				  at.fetch);
		else
			rc = base_tree_read(&tree, repo, at.commit, &session->input, err);
	}
	if (!rc) {
		reach_find(&reach, session, &tree);
		tell(session, &reach, at.commit);
	}
	reach_release(&reach);
	base_tree_release(&tree);
	vcs_close(repo);
	return rc;
}
