/*
 * The base of a gate. In this order: what --base names; the stored run of the base commit, when it can be compared; the base
 * commit measured now. A run is stored by whoever scans the branch that changes go to; nothing that a change carries is
 * taken for its own base.
 */
#include "gate.h"

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "places.h"

#include <string.h>

enum { REPORT_MAX = 1 << 30, RUN_DIGITS = 9 };

static bool is_database(const char *path)
{
	static const char magic[] = "SQLite format 3";
	struct buf head = {0};
	struct error ignored;
	/* The first bytes would do, but a report is read as a whole anyway. */
	bool is =
		!file_read(path, REPORT_MAX, &head, &ignored) && str_starts(buf_str(&head), magic);

	buf_release(&head);
	return is;
}

static enum gate_source source_of(const char *base)
{
	if (!base)
		return SOURCE_COMMIT;
	if (file_exists(base) && !file_is_dir(base))
		return is_database(base) ? SOURCE_DATABASE : SOURCE_REPORT;
	if (str_ends(base, ".json") || str_ends(base, ".db"))
		return SOURCE_REPORT;
	if (strlen(base) <= RUN_DIGITS && strspn(base, "0123456789") == strlen(base))
		return SOURCE_RUN;
	return SOURCE_COMMIT;
}

static int read_run(struct gate *g, const char *name, struct error *err)
{
	int64_t run;

	if (!g->head.history)
		return error_set(err, "--base %s is a run, and there is no database of runs", name);
	if (history_resolve(g->head.history, name, NULL, &run, err))
		return -1;
	return history_snapshot(g->head.history, run, &g->before, err);
}

static int read_report(struct gate *g, const char *path, struct error *err)
{
	struct buf text = {0};
	int rc = file_read(path, REPORT_MAX, &text, err);

	if (!rc)
		rc = snapshot_read_report(&g->before, buf_str(&text), text.len, path, err);
	buf_release(&text);
	return rc;
}

static bool is_whole(const struct gate *g)
{
	return g->head.session.options->flags || !g->head.session.options->operands.n;
}

/* A base that is broken or missing leaves the gate without an answer; it is never read as an empty one. */
static void read_stored(struct gate *g, const char *base)
{
	struct error why = {0};

	if (g->source == SOURCE_RUN ? read_run(g, base, &why) : read_report(g, base, &why))
		gate_undecided(g, "the base cannot be read: %s", why.text);
	else if (g->before.run.dirty)
		gate_undecided(g,
			       "%s was made with changes that are not committed, which is no base",
			       base);
	else if (!g->before.run.whole && is_whole(g))
		gate_undecided(g, "%s covers a part of the tree only%s, which is no base", base,
			       g->source == SOURCE_REPORT ? ", or does not say that it has all"
							  : "");
}

/* The commit that a stored base was made from, where this repository has it; else the default. Without one, what changed is not
   known, and policy is the built-in one. */
static int commit_of_stored(struct gate *g, const char *ref, struct error *err)
{
	struct arena *a = &g->head.session.arena;
	struct error why = {0};

	if (!g->repo)
		return 0;
	if (ref)
		return vcs_base_find(g->repo, ref, a, &g->at, err);
	if (g->before.run.commit &&
	    !vcs_base_commit(g->repo, g->before.run.commit, a, &g->at, &why))
		return 0;
	if (vcs_base_find(g->repo, NULL, a, &g->at, &why))
		g->at = (struct vcs_base){0};
	return 0;
}

/* The sources to compare with, where it is they that are named. */
static int find_commit(struct gate *g, const char *ref, struct error *err)
{
	const struct option_value *v = g->head.session.options->v;

	if (g->repo && !vcs_base_find(g->repo, ref, &g->head.session.arena, &g->at, err))
		return 0;
	g->at = (struct vcs_base){0};
	/* The first run of all needs nothing to be compared with. */
	return v[OPT_BOOTSTRAP].given && !ref ? 0 : -1;
}

static const char *database_of(struct gate *g)
{
	struct session *s = &g->head.session;

	if (s->options->v[OPT_DB].given)
		return path_absolute(&s->arena, NULL, s->options->v[OPT_DB].text);
	return place_history(&s->arena, s->input.root);
}

/* What the change itself can bring is no base. */
static void refuse_tracked(struct gate *g, const char *base)
{
	struct session *s = &g->head.session;

	if (!g->repo)
		return;
	if ((g->source == SOURCE_REPORT || g->source == SOURCE_DATABASE) &&
	    vcs_is_tracked(g->repo, path_absolute(&s->arena, NULL, base)))
		gate_undecided(
			g,
			"%s is tracked by git, so the change can have written it: a base must "
			"come from elsewhere",
			base);
	if (g->head.history && vcs_is_tracked(g->repo, database_of(g))) {
		gate_notice(g, "the database of runs is tracked by git, so the change can have "
			       "written it: it is not read");
		history_close(g->head.history);
		g->head.history = NULL;
	}
}

int gate_find_base(struct gate *g, struct error *err)
{
	const struct option_value *v = g->head.session.options->v;
	const char *base = v[OPT_BASE].given ? v[OPT_BASE].text : NULL;
	const char *ref = v[OPT_BASE_REF].given ? v[OPT_BASE_REF].text : NULL;
	struct error why = {0};

	g->source = source_of(base);
	if (g->source == SOURCE_COMMIT && base && ref)
		return error_set(err, "--base %s and --base-ref %s both name a commit: give one",
				 base, ref);
	if (v[OPT_BOOTSTRAP].given && v[OPT_NO_DB].given)
		return error_set(err, "--bootstrap records a run, and --no-db forbids it");
	g->repo = vcs_open(g->head.session.input.root, &why);
	if (!g->repo && ref) {
		*err = why;
		return -1;
	}
	refuse_tracked(g, base);
	if (g->source == SOURCE_RUN || g->source == SOURCE_REPORT) {
		read_stored(g, base);
		if (commit_of_stored(g, ref, err))
			return -1;
	} else if (find_commit(g, g->source == SOURCE_COMMIT && base ? base : ref, &why)) {
		*err = why;
		return -1;
	}
	if (g->at.fetch)
		gate_undecided(g, "this shallow clone does not hold %s; run: %s", g->at.how,
			       g->at.fetch);
	if (!g->at.commit || g->undecided.n)
		return 0;
	if (base_tree_read(&g->tree, g->repo, g->at.commit, &g->head.session.input, err) ||
	    base_tree_make(&g->tree, err))
		return -1;
	g->tree_known = true;
	return 0;
}

/* Is a stored run good enough to be judged by? Nothing may be missing in it. */
static bool is_sound(const struct snapshot_run *run)
{
	return !run->units_failed && !run->units_estimated;
}

static int find_in(struct gate *g, struct history *h, bool *found, struct error *err)
{
	struct snapshot_run like = g->after.run;
	int64_t run = 0;

	*found = false;
	like.commit = g->at.commit;
	if (history_find_base(h, &like, &run, err))
		return -1;
	if (!run)
		return 0;
	if (history_snapshot(h, run, &g->before, err))
		return -1;
	*found = is_sound(&g->before.run);
	if (!*found) {
		log_note("run %lld of the base is incomplete, and is not used", (long long)run);
		snapshot_release(&g->before);
	}
	return 0;
}

static int find_stored(struct gate *g, bool *found, struct error *err)
{
	const char *file = g->head.session.options->v[OPT_BASE].text;
	struct history *h;
	int rc;

	*found = false;
	if (!g->at.commit)
		return 0;
	if (g->source == SOURCE_COMMIT)
		return g->head.history ? find_in(g, g->head.history, found, err) : 0;
	h = history_open(file, true, err);
	if (!h)
		return -1;
	rc = find_in(g, h, found, err);
	history_close(h);
	return rc;
}

/* The database is only read: what a gate sees is not what the next one is judged by. */
int gate_open_history(struct gate *g, struct error *err)
{
	struct scan *s = &g->head;
	const struct option_value *v = s->session.options->v;
	struct error why = {0};
	const char *path;

	if (v[OPT_BOOTSTRAP].given)
		return scan_open_history(s, err);
	vcs_read(&s->vcs, s->session.input.root, &s->session.arena);
	path = database_of(g);
	if (v[OPT_NO_DB].given || !file_exists(path))
		return 0;
	s->history = history_open(path, true, &why);
	if (!s->history)
		gate_undecided(g, "the runs cannot be read: %s", why.text);
	return 0;
}

/* The base's own numbers by the head's limits: a change is judged by one measure. */
static int solve_base(struct gate *g, struct error *err)
{
	struct scan *base = &g->base;
	struct snapshot_run run = g->after.run;

	if (session_link(&base->session, err))
		return error_prefix(err, "the base");
	session_solve(&base->session);
	scan_limits(base);
	rules_run(&base->rules, &base->findings);
	run.id = 0;
	run.commit = g->at.commit;
	run.branch = NULL;
	run.dirty = false;
	run.units_total = (int64_t)g->measured.n_jobs;
	run.units_measured = (int64_t)base->session.n_measured;
	run.units_estimated = (int64_t)base->session.n_estimated;
	run.units_failed = (int64_t)base->session.n_failed;
	run.failed = NULL;
	run.n_failed = 0;
	snapshot_of_run(&g->before, &run, &base->session.program, &base->session.depths);
	entry_budgets(&g->before, &base->rules);
	finding_snapshot(&g->before, base->findings.v.v, base->findings.v.n);
	g->has_base = true;
	return 0;
}

static int measure(struct gate *g, struct error *err)
{
	const struct session *head = &g->head.session;

	if (g->is_measured)
		return 0;
	if (head->input.jobs.v[0].frames != FRAMES_RECOMPILE || head->input.jobs.v[0].object_only) {
		gate_undecided(g, "there are no objects of the base: name its stored run with "
				  "--base, or go without --frames and --objects");
		return 0;
	}
	if (base_run(&g->measured, &g->base.session, head, &g->tree, &g->reach,
		     head->options->v[OPT_CHANGED].given, err))
		return -1;
	g->is_measured = true;
	return 0;
}

int gate_base_units(struct gate *g, struct error *err)
{
	return !g->undecided.n && gate_has_comments(g) ? measure(g, err) : 0;
}

static int record_first(struct gate *g, struct error *err)
{
	if (scan_history(&g->head, err))
		return -1;
	if (g->head.history)
		*vec_push(&g->judgement.notices) =
			"this run is recorded as the first one of its kind: nothing was compared";
	else
		gate_undecided(g, "this run could not be recorded");
	return 0;
}

/* A run of other tools or flags says nothing about the change; where its sources are known, they are measured again with today's. */
static bool is_comparable(struct gate *g)
{
	size_t n = 0;
	const char **why =
		snapshot_differences(&g->before.run, &g->after.run, &g->head.session.arena, &n);

	if (n && g->tree_known)
		log_note("base: run %lld is not comparable (%s), so it is measured again",
			 (long long)g->before.run.id, why[0]);
	return !n || !g->tree_known;
}

/* Looks for a stored run; *found says whether g->before is one that counts. */
static void use_stored(struct gate *g, bool *found)
{
	struct error why = {0};

	*found = g->source == SOURCE_RUN || g->source == SOURCE_REPORT;
	if (!*found && find_stored(g, found, &why)) {
		gate_undecided(g, "the base run cannot be read: %s", why.text);
		return;
	}
	/* Where the base had to be measured anyway, its stored numbers say no more. */
	if (!*found || (!g->is_measured && is_comparable(g)))
		return;
	*found = false;
	snapshot_release(&g->before);
}

int gate_base(struct gate *g, struct error *err)
{
	bool found;

	use_stored(g, &found);
	if (g->undecided.n)
		return 0;
	if (found) {
		g->has_base = true;
		log_note("base: run %lld, commit %.12s", (long long)g->before.run.id,
			 g->before.run.commit ? g->before.run.commit : "unknown");
		return 0;
	}
	if (g->head.session.options->v[OPT_BOOTSTRAP].given)
		return record_first(g, err);
	if (measure(g, err))
		return -1;
	return g->is_measured ? solve_base(g, err) : 0;
}
