#include "command.h"
#include "session.h"

static int print_facts(struct session *s, struct error *err)
{
	struct buf text = {0};
	int rc = 0;

	for (size_t i = 0; i < s->input.jobs.n && !rc; i++) {
		if (session_failed(s, i, NULL))
			continue;
		facts_write(&s->results[i].facts, &text);
		rc = print_result(&text, err);
		buf_clear(&text);
	}
	buf_release(&text);
	return rc;
}

static enum exit_status verdict(const struct session *s)
{
	bool strict = s->options->v[OPT_STRICT].given;

	if (!s->n_measured || (strict && s->n_incomplete))
		return STATUS_INCOMPLETE;
	return STATUS_CLEAN;
}

enum exit_status cmd_facts(const struct options *o, struct error *err)
{
	struct session s = {.options = o};
	enum exit_status status;

	if (session_input(&s, 0, err) || session_units(&s, err)) {
		status = error_status(err);
	} else {
		session_tell_failures(&s);
		status = print_facts(&s, err) ? error_status(err) : verdict(&s);
	}
	session_release(&s);
	return status;
}
