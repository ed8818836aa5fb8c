#include "command.h"
#include "gate.h"
#include "progress.h"

#include "base/log.h"

#include <string.h>

/* The head as a scan sees it, one step a line, and between them what of it is new in the change. */
static int scan_head(struct gate *g, struct error *err)
{
	struct scan *s = &g->head;
	struct session *session = &s->session;

	if (session_units(session, err))
		return -1;
	if (session_platform(session, err))
		return -1;
	gate_reach(g);
	if (gate_base_units(g, err))
		return -1;
	if (g->is_measured)
		gate_comments(g);
	if (session_link(session, err)) {
		session_tell_failures(session);
		return -1;
	}
	session_solve(session);
	gate_mark_suppressions(g);
	scan_limits(s);
	rules_run(&s->rules, &s->findings);
	gate_head(g);
	return 0;
}

/* Every report is written whatever the answer: whoever waits for one must not take an old one for it. */
static int gate(struct gate *g, struct error *err)
{
	if (scan_plan_outputs(&g->head, err))
		return -1;
	if (session_input(&g->head.session, 0, err))
		return -1;
	if (gate_open_history(g, err))
		return -1;
	if (gate_find_base(g, err))
		return -1;
	if (gate_policy(g, err))
		return -1;
	if (scan_head(g, err))
		return -1;
	if (!g->undecided.n && gate_base(g, err))
		return -1;
	if (!g->undecided.n)
		gate_check_units(g);
	gate_judge(g);
	gate_report(g);
	return scan_write(&g->head, err);
}

static enum exit_status status_of(const struct gate *g)
{
	for (size_t i = 0; i < g->undecided.n; i++)
		log_warning("undecided: %s", g->undecided.v[i]);
	if (g->verdict.word && !strcmp(g->verdict.word, "failed"))
		return STATUS_FINDINGS;
	return g->undecided.n ? STATUS_INCOMPLETE : STATUS_CLEAN;
}

enum exit_status cmd_gate(const struct options *o, struct error *err)
{
	struct gate g = {.options = *o, .head = {.start = clock_seconds()}};
	enum exit_status status = STATUS_CLEAN;

	if (o->v[OPT_COMBINE].given)
		return gate_combine(o, err);
	g.head.session.options = g.base.session.options = &g.options;
	status = gate(&g, err) ? error_status(err) : status_of(&g);

	gate_release(&g);
	return status;
}
