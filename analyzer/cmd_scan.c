#include "command.h"
#include "progress.h"
#include "scan.h"

#include "base/log.h"

#include <string.h>

/* The whole way, one step a line. */
static int scan(struct scan *s, struct error *err)
{
	struct session *session = &s->session;

	if (scan_plan_outputs(s, err))
		return -1;
	if (session_input(session, 0, err))
		return -1;
	if (scan_open_history(s, err))
		return -1;
	if (session_units(session, err))
		return -1;
	if (scan_changed(s, err))
		return -1;
	if (session_platform(session, err))
		return -1;
	if (session_link(session, err)) {
		session_tell_failures(session);
		return -1;
	}
	session_solve(session);
	scan_limits(s);
	rules_run(&s->rules, &s->findings);
	if (scan_history(s, err))
		return -1;
	scan_report(s);
	return scan_write(s, err);
}

static bool has_findings(const struct scan *s)
{
	const char *fail_on = session_fail_on(&s->session);

	if (!strcmp(fail_on, "never"))
		return false;
	for (size_t i = 0; i < s->findings.v.n; i++) {
		const struct finding *f = &s->findings.v.v[i];
		int threshold = SEVERITY_NOTE;

		while (strcmp(severity_name((enum severity)threshold), fail_on) != 0)
			threshold++;
		if (!f->suppressed && (int)f->severity >= threshold)
			return true;
	}
	return false;
}

static enum exit_status verdict(const struct scan *s)
{
	const struct session *session = &s->session;
	bool strict = session->options->v[OPT_STRICT].given;

	if (!session->n_measured)
		log_warning("nothing was measured (units: %zu, estimated: %zu, failed: %zu)",
			    session->input.jobs.n, session->n_estimated, session->n_failed);
	if (has_findings(s))
		return STATUS_FINDINGS;
	if (!session->n_measured || (strict && session->n_incomplete))
		return STATUS_INCOMPLETE;
	return STATUS_CLEAN;
}

enum exit_status cmd_scan(const struct options *o, struct error *err)
{
	struct scan s = {.session.options = o, .start = clock_seconds()};
	enum exit_status status = scan(&s, err) ? error_status(err) : verdict(&s);

	scan_release(&s);
	return status;
}
