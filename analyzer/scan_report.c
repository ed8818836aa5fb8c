/* What every writer is given: the finished run as one const view. */
#include "scan.h"

#include "base/file.h"
#include "base/text.h"
#include "rules/over_budget.h"

#include <stdlib.h>
#include <string.h>

void scan_limits(struct scan *s)
{
	struct session *session = &s->session;

	guards_find(&s->guards, &session->program, &session->depths);
	s->rules = (struct rule_input){
		.program = &session->program,
		.depths = &session->depths,
		.guards = &s->guards,
		.platform = &session->platform,
		.budget_bytes = session_budget(session),
		.frame_limit = session_frame_limit(session),
		.large_local = session_large_local(session),
		.verifier = session_verifier(session),
		.policy = &session->config.policy,
	};
}

/* An entry with what it is sorted by. */
struct ranked {
	struct entry entry;
	const char *label;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->entry.path.bytes != y->entry.path.bytes)
		return x->entry.path.bytes > y->entry.path.bytes ? -1 : 1;
	if (strcmp(x->label, y->label) != 0)
		return strcmp(x->label, y->label);
	return x->entry.func < y->entry.func ? -1 : x->entry.func > y->entry.func;
}

static void fill_entry(struct scan *s, uint32_t func, struct ranked *out)
{
	struct session *session = &s->session;
	struct judged x = entry_judge(&s->rules, func);
	struct entry *e = &out->entry;

	e->func = func;
	e->has_headroom = x.whole != BYTES_UNKNOWN;
	e->headroom = e->has_headroom ? x.limit - x.whole : BYTES_UNKNOWN;
	e->over = e->has_headroom && x.over;
	path_worst(&session->program, &session->depths, func, &session->arena, &e->path);
	out->label = program_func_label(&session->program, &session->arena, func);
}

static void collect_entries(struct scan *s)
{
	const struct program *p = &s->session.program;
	VEC(struct ranked) ranked = {0};
	struct entry *entries;

	for (uint32_t i = 0; i < p->n_funcs; i++)
		if (p->funcs[i].is_entry)
			fill_entry(s, i, vec_push(&ranked));
	if (ranked.n)
		qsort(ranked.v, ranked.n, sizeof(*ranked.v), compare_ranked);
	entries = arena_array(&s->session.arena, ranked.n + 1, struct entry);
	for (size_t i = 0; i < ranked.n; i++)
		entries[i] = ranked.v[i].entry;
	s->report.entries = entries;
	s->report.n_entries = ranked.n;
	vec_release(&ranked);
}

static void collect_failures(struct scan *s)
{
	struct session *session = &s->session;
	struct failed_unit *failed =
		arena_array(&session->arena, session->n_failed + 1, struct failed_unit);
	const char *why;
	size_t n = 0;

	for (size_t i = 0; i < session->input.jobs.n; i++) {
		if (!session_failed(session, i, &why))
			continue;
		failed[n++] = (struct failed_unit){
			.unit = session->input.jobs.v[i].unit,
			.verdict = verdict_name(session->results[i].verdict),
			.reason = why,
		};
	}
	s->report.failed = failed;
	s->report.n_failed = n;
}

static int compare_strings(const void *a, const void *b)
{
	return str_compare(*(const char *const *)a, *(const char *const *)b);
}

static void collect_compilers(struct scan *s)
{
	struct session *session = &s->session;
	const char **names = arena_array(&session->arena, session->n_units + 1, const char *);
	struct map seen = {0};

	for (size_t i = 0; i < session->n_units; i++) {
		bool made = false;

		if (session->units[i]->compiler)
			map_put_str(&seen, session->units[i]->compiler, &made);
		if (made)
			names[seen.n - 1] = session->units[i]->compiler;
	}
	if (seen.n)
		qsort(names, seen.n, sizeof(*names), compare_strings);
	s->report.compilers = names;
	s->report.n_compilers = seen.n;
	map_release(&seen);
}

/* Behind `--` stand flags for the sources that are named: they are all there is. */
static void collect_paths(struct scan *s)
{
	struct session *session = &s->session;
	size_t n = session->options->flags ? 0 : session->options->operands.n;
	const char **paths = arena_array(&session->arena, n + 1, const char *);

	for (size_t i = 0; i < n; i++)
		paths[i] = path_relative(
			session->input.root,
			path_absolute(&session->arena, NULL, session->options->operands.v[i]));
	s->report.paths = paths;
	s->report.n_paths = n;
}

void scan_report(struct scan *s)
{
	const struct session *session = &s->session;
	const struct option_value *v = session->options->v;

	s->report = (struct report){
		.tool_version = STACKCHECK_VERSION,
		.llvm_version = LLVM_VERSION,
		.commit = s->vcs.commit,
		.branch = s->vcs.branch,
		.dirty = s->vcs.dirty,
		.build = v[OPT_BUILD].text,
		.target = session->target,
		.graph = v[OPT_GRAPH].given,
		.slots = v[OPT_SLOTS].given,
		.top = (size_t)v[OPT_TOP].number,
		.stats = v[OPT_STATS].given ? &s->stats : NULL,
		.platform = &session->platform,
		.budget_bytes = s->rules.budget_bytes,
		.frame_limit = s->rules.frame_limit,
		.program = &session->program,
		.depths = &session->depths,
		.findings = s->findings.v.v,
		.n_findings = s->findings.v.n,
		.units_total = session->input.jobs.n,
		.units_measured = session->n_measured,
		.units_estimated = session->n_estimated,
		.units_failed = session->n_failed,
	};
	collect_entries(s);
	collect_failures(s);
	collect_compilers(s);
	collect_paths(s);
}

void scan_release(struct scan *s)
{
	findings_release(&s->findings);
	guards_release(&s->guards);
	history_close(s->history);
	vec_release(&s->outputs);
	session_release(&s->session);
}
