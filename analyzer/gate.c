/* What the head and the base of a gate are made into: two snapshots, a diff, a verdict. */
#include "gate.h"

#include "base/log.h"
#include "base/text.h"

#include <stdarg.h>
#include <string.h>

void gate_undecided(struct gate *g, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	*vec_push(&g->undecided) = arena_vprintf(&g->judgement.arena, fmt, ap);
	va_end(ap);
}

void gate_head(struct gate *g)
{
	scan_describe(&g->head);
	/* When it ran says nothing about what changed, and the same gate is to give the same report. */
	g->head.run.time = 0;
	snapshot_of_run(&g->after, &g->head.run, &g->head.session.program, &g->head.session.depths);
	entry_budgets(&g->after, &g->head.rules);
	finding_snapshot(&g->after, g->head.findings.v.v, g->head.findings.v.n);
}

void gate_reach(struct gate *g)
{
	const struct session *s = &g->head.session;

	if (!g->tree_known)
		return;
	reach_find(&g->reach, s, &g->tree);
	log_note("%zu of %zu units are reached by what changed since %.12s", g->reach.n,
		 s->input.jobs.n, g->at.commit);
	for (size_t i = 0; i < s->input.jobs.n; i++)
		if (g->reach.why[i])
			log_note("%s: %s changed", s->input.jobs.v[i].unit, g->reach.why[i]);
}

static bool failed_at_base(const struct gate *g, const char *unit)
{
	for (size_t i = 0; i < g->before.run.n_failed; i++)
		if (!strcmp(g->before.run.failed[i].unit, unit))
			return true;
	return false;
}

/* A unit of the head that was not measured. When nothing that it reads changed, it was no better at the base, and the change
   cannot be in it. */
static void check_head_unit(struct gate *g, size_t job)
{
	const struct session *s = &g->head.session;
	const char *unit = s->input.jobs.v[job].unit, *why;

	if (s->results[job].verdict == VERDICT_OK)
		return;
	if (g->tree_known ? !g->reach.why[job] : failed_at_base(g, unit))
		return;
	why = base_run_why(s, job);
	gate_undecided(g, "%s was not measured: %s", unit, why);
}

/* A unit that the head has measured and the base has not. */
static void check_base_units(struct gate *g)
{
	const struct session *s = &g->head.session;

	for (size_t i = 0; i < g->measured.broken.n; i++)
		gate_undecided(g, "the base's %s", g->measured.broken.v[i]);
	if (g->is_measured)
		return;
	for (size_t i = 0; i < s->input.jobs.n; i++)
		if (s->results[i].verdict == VERDICT_OK &&
		    failed_at_base(g, s->input.jobs.v[i].unit))
			gate_undecided(g, "the base run could not measure %s",
				       s->input.jobs.v[i].unit);
	if (g->before.run.units_estimated > (int64_t)s->n_estimated)
		gate_undecided(g, "the base run could only estimate %lld units",
			       (long long)g->before.run.units_estimated);
}

void gate_check_units(struct gate *g)
{
	for (size_t i = 0; i < g->head.session.input.jobs.n; i++)
		check_head_unit(g, i);
	if (g->undecided.n)
		return;
	check_base_units(g);
}

/* Severities that fail, from --fail-on upwards. */
static size_t severities(const struct session *s, const char *names[])
{
	const char *word = s->options->v[OPT_FAIL_ON].given || s->config.fail_on.value
				   ? session_fail_on(s)
				   : "warning";
	size_t n = 0;

	for (int i = SEVERITY_ERROR; i >= SEVERITY_NOTE && strcmp(word, "never") != 0; i--) {
		names[n++] = severity_name((enum severity)i);
		if (!strcmp(names[n - 1], word))
			break;
	}
	return n;
}

/* What may grow: the command line wins over the limits of the configuration, those over the rule's. */
static struct growth_limits allowed_growth(const struct gate *g)
{
	const struct option_value *v = g->head.session.options->v;
	struct growth_limits limits = growth_limits(&g->head.rules);

	if (growth_is_off(&g->head.rules))
		return limits;
	if (v[OPT_THRESHOLD].given)
		limits.path = v[OPT_THRESHOLD].number;
	if (v[OPT_FRAME_THRESHOLD].given)
		limits.frame = v[OPT_FRAME_THRESHOLD].number;
	return limits;
}

/* A finding of the head is new unless the diff found it in the base. */
static void set_states(struct gate *g)
{
	for (size_t i = 0; i < g->head.findings.v.n; i++)
		g->head.findings.v.v[i].state = STATE_NEW;
	for (size_t i = 0; i < g->diff.findings.n; i++) {
		const struct diff_finding *f = &g->diff.findings.v[i];

		if (f->after != NO_ID && f->state != DIFF_NEW)
			g->head.findings.v.v[f->after].state = STATE_EXISTING;
	}
}

/* The findings of the rule growth come in behind those that the diff has numbered: after set_states(). */
static void compare(struct gate *g)
{
	struct scan *head = &g->head;
	struct growth_limits growth = allowed_growth(g);
	struct growth_accepted accepted;
	const char *names[SEVERITY_ERROR + 1];
	struct judge_limits limits = {
		.path_growth = growth.path, .frame_growth = growth.frame, .severities = names};

	limits.n_severities = severities(&head->session, names);
	diff_make(&g->diff, &g->before, &g->after);
	set_states(g);
	growth_find(&head->rules, &g->diff, &growth, &head->findings);
	accepted = growth_accepted(&head->findings, &head->session.program, &g->judgement.arena);
	limits.path_accepted = accepted.path;
	limits.frame_accepted = accepted.frame;
	judge(&g->judgement, &g->diff, &limits);
	for (size_t i = 0; i < g->diff.n_differences; i++)
		gate_undecided(g, "the base run is not comparable: %s", g->diff.differences[i]);
}

/* Numbers that something is missing from, on either side, prove nothing: without an answer comes before failed. */
void gate_judge(struct gate *g)
{
	if (g->has_base)
		compare(g);
	for (size_t i = 0; i < g->undecided.n; i++)
		*vec_push(&g->reasons) = g->undecided.v[i];
	for (size_t i = 0; i < g->judgement.failures.n; i++)
		*vec_push(&g->reasons) = g->judgement.failures.v[i];
	g->verdict = (struct gate_verdict){
		.word = g->undecided.n		  ? "undecided"
			: g->judgement.failures.n ? "failed"
						  : "passed",
		.reasons = g->reasons.v,
		.n_reasons = g->reasons.n,
		.notices = g->judgement.notices.v,
		.n_notices = g->judgement.notices.n,
	};
}

void gate_report(struct gate *g)
{
	struct report *r = &g->head.report;

	scan_report(&g->head);
	r->verdict = &g->verdict;
	if (!g->has_base)
		return;
	r->diff = &g->diff;
	r->diff_limits = (struct diff_limits){.bytes = 1, .top = r->top};
	r->base_label = g->at.how;
}

void gate_release(struct gate *g)
{
	diff_release(&g->diff);
	snapshot_release(&g->before);
	snapshot_release(&g->after);
	judgement_release(&g->judgement);
	vec_release(&g->undecided);
	vec_release(&g->reasons);
	base_run_release(&g->measured, &g->base.session);
	scan_release(&g->base);
	reach_release(&g->reach);
	base_tree_release(&g->tree);
	vcs_close(g->repo);
	vec_release(&g->new_places);
	scan_release(&g->head);
	config_release(&g->theirs);
}
