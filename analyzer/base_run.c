#include "base_run.h"

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base_jobs.h"

#include <string.h>

/* Where a unit of the base comes from. */
struct origin {
	bool there; /* the base has it */
	bool measured; /* for the base, as job `at` of its session; else it is the head's job */
	size_t at;
};

/* Opens the folders that the unit of a session reads from. */
static int open_unit(struct base_tree *tree, const struct session *s, size_t job, bool *opened,
		     struct error *err)
{
	const struct facts *f = &s->results[job].facts;
	int rc = base_tree_open(tree, s->input.jobs.v[job].source, opened, err);

	for (size_t j = 0; j < f->inputs.n && !rc; j++)
		rc = base_tree_open(tree, f->inputs.v[j], opened, err);
	return rc;
}

static int open_units(struct base_tree *tree, const struct session *s, bool *opened,
		      struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < s->input.jobs.n && !rc; i++)
		rc = open_unit(tree, s, i, opened, err);
	return rc;
}

static int borrow_generated(struct base_tree *tree, const struct session *head, size_t job,
			    struct error *err)
{
	const struct facts *f = &head->results[job].facts;
	int rc = base_tree_borrow(tree, head->input.jobs.v[job].source, err);

	for (size_t j = 0; j < f->inputs.n && !rc; j++)
		rc = base_tree_borrow(tree, f->inputs.v[j], err);
	return rc;
}

/* What the units that will be measured read at the head, they most likely read at the base. */
static int prepare(struct base_tree *tree, const struct session *head, const struct reach *reach,
		   bool only_reached, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < head->input.jobs.n && !rc; i++) {
		if (only_reached && !reach->why[i])
			continue;
		rc = open_unit(tree, head, i, NULL, err);
		if (!rc)
			rc = borrow_generated(tree, head, i, err);
	}
	return rc;
}

/* Does a text include a file by a path that goes down and up again ("a/../b.h")? */
static bool goes_up_again(const char *text)
{
	for (const char *p = strstr(text, "/../"); p; p = strstr(p + 1, "/../")) {
		const char *start = p;

		if (p == text || p[-1] == '.' || p[-1] == '"' || p[-1] == '<')
			continue;
		while (start > text && start[-1] != '\n')
			start--;
		start += strspn(start, " \t");
		if (*start == '#')
			return true;
	}
	return false;
}

/* May an #include of what the units read lead through a folder that is not opened for its sake? */
static bool leads_through_closed(const struct session *s)
{
	struct map seen = {0};
	bool found = false;

	for (size_t i = 0; i < s->input.jobs.n && !found; i++) {
		const struct facts *f = &s->results[i].facts;

		for (size_t j = 0; j < f->inputs.n && !found; j++) {
			struct buf text = {0};
			struct error ignored;
			bool made;

			map_put_str(&seen, f->inputs.v[j], &made);
			if (made && !file_read(f->inputs.v[j], 0, &text, &ignored))
				found = goes_up_again(buf_str(&text));
			buf_release(&text);
		}
	}
	map_release(&seen);
	return found;
}

/* Takes a session back to before session_units(). */
static void forget(struct session *s)
{
	unit_results_release(s->results, s->input.jobs.n);
	s->results = NULL;
	s->n_units = s->n_measured = s->n_estimated = s->n_failed = s->n_incomplete = 0;
}

/*
 * A file in a folder that was closed would have taken "../x.h" from the working tree. Nothing was read in that folder at the head, so
 * this is rare: the folder is opened and the units are measured again, until all that they read lies in open folders.
 */
static int measure(struct session *base, struct base_tree *tree, struct error *err)
{
	bool opened = true, all = false;

	while (opened) {
		if (session_units(base, err))
			return -1;
		opened = false;
		if (open_units(tree, base, &opened, err))
			return -1;
		if (!opened && !all && leads_through_closed(base)) {
			opened = all = true;
			if (base_tree_open_all(tree, err))
				return -1;
		}
		if (opened)
			forget(base);
	}
	return 0;
}

static void plan(struct session *s, const struct session *head, struct base_tree *tree,
		 const struct reach *reach, bool only_reached, struct origin *origins)
{
	for (size_t i = 0; i < head->input.jobs.n; i++) {
		struct origin *o = &origins[i];
		struct job job;

		o->at = i;
		o->there = true;
		if (only_reached && !reach->why[i])
			continue;
		o->there = base_job(tree, &head->input.jobs.v[i], &job);
		if (!o->there)
			continue;
		o->measured = true;
		o->at = s->input.jobs.n;
		*vec_push(&s->input.jobs) = job;
	}
}

const char *base_run_why(const struct session *s, size_t job)
{
	const struct facts *f = &s->results[job].facts;
	const char *why;

	if (session_failed(s, job, &why))
		return why;
	return f->problems.n ? f->problems.v[0] : "it does not compile";
}

static void note_broken(struct base_run *r, struct arena *a, const struct session *of, size_t job)
{
	*vec_push(&r->broken) =
		arena_printf(a, "%s: %s", of->input.jobs.v[job].unit, base_run_why(of, job));
}

/* The facts of all units of the base, in the order of the head's jobs. */
static void gather(struct base_run *r, struct session *s, const struct session *head,
		   const struct origin *origins, const struct reach *reach)
{
	s->units = arena_array(&s->arena, head->input.jobs.n + 1, const struct facts *);
	s->n_units = s->n_measured = s->n_estimated = s->n_failed = 0;
	for (size_t i = 0; i < head->input.jobs.n; i++) {
		const struct origin *o = &origins[i];
		const struct session *from = o->measured ? s : head;
		enum verdict verdict;

		if (!o->there)
			continue;
		r->n_jobs++;
		verdict = from->results[o->at].verdict;
		s->n_measured += verdict == VERDICT_OK;
		s->n_estimated += verdict == VERDICT_PARSE_ERRORS;
		if (verdict != VERDICT_OK && reach->why[i])
			note_broken(r, &s->arena, from, o->at);
		if (session_failed(from, o->at, NULL))
			s->n_failed++;
		else
			s->units[s->n_units++] = &from->results[o->at].facts;
	}
}

static void tell(const struct base_run *r, const struct session *s, const struct base_tree *tree)
{
	struct arena a = {0};

	log_note("base: %zu units, %zu of them measured for it", r->n_jobs, s->input.jobs.n);
	for (size_t i = 0; i < tree->borrowed.n; i++)
		log_note("base: %s comes from the build tree",
			 text_printable(&a, tree->borrowed.v[i]));
	for (size_t i = 0; i < tree->modules.n; i++)
		log_warning("base: the submodule %s was at another commit, and is left out",
			    text_printable(&a, tree->modules.v[i]));
	arena_release(&a);
}

int base_run(struct base_run *r, struct session *base, const struct session *head,
	     struct base_tree *tree, const struct reach *reach, bool only_reached,
	     struct error *err)
{
	struct origin *origins = arena_array(&base->arena, head->input.jobs.n + 1, struct origin);

	base->options = head->options;
	base->input.linux_like = head->input.linux_like;
	base->input.windows_like = head->input.windows_like;
	base->target = head->target;
	base->platform = head->platform;
	if (prepare(tree, head, reach, only_reached, err))
		return -1;
	plan(base, head, tree, reach, only_reached, origins);
	if (base->input.jobs.n && measure(base, tree, err))
		return -1;
	gather(r, base, head, origins, reach);
	tell(r, base, tree);
	return 0;
}

void base_run_release(struct base_run *r, struct session *base)
{
	/* It is the head's. */
	base->platform = (struct platform){0};
	vec_release(&r->broken);
	*r = (struct base_run){0};
}
