#include "command.h"
#include "history_file.h"
#include "progress.h"

#include "base/file.h"
#include "base/text.h"
#include "reports/difference.h"

#include <string.h>
#include <unistd.h>

enum { WIDTH = 100 }; /* columns of a text that does not go to a terminal */

static int load_report(const char *path, struct snapshot *out, struct error *err)
{
	struct buf text = {0};
	int rc = file_read(path, 0, &text, err);

	if (!rc)
		rc = snapshot_read_report(out, buf_str(&text), text.len, path, err);
	buf_release(&text);
	return rc;
}

/* The run that `name` means, or the newest one when it is NULL. Closes the history, which may be NULL. */
static int load_run(const struct options *o, struct history *h, const char *name,
		    struct snapshot *out, struct error *err)
{
	struct snapshot_run *runs;
	struct arena a = {0};
	int64_t run = 0;
	size_t n;
	int rc = -1;

	if (!h)
		return -1;
	if (name)
		rc = history_file_run(o, h, name, &run, err);
	else if (!history_runs(h, &a, 1, &runs, &n, err))
		rc = n ? 0 : error_set(err, "the database holds no run");
	if (!rc)
		rc = history_snapshot(h, name ? run : runs[0].id, out, err);
	arena_release(&a);
	history_close(h);
	return rc;
}

/* A report, a database, "FILE.db:RUN", or a run of this project's history. */
static int load(const struct options *o, const char *operand, struct arena *a, struct snapshot *out,
		struct error *err)
{
	const char *colon = strrchr(operand, ':');
	const char *file = colon ? arena_strndup(a, operand, (size_t)(colon - operand)) : NULL;

	if (str_ends(operand, ".json"))
		return load_report(operand, out, err);
	if (str_ends(operand, ".db"))
		return load_run(o, history_open(operand, true, err), NULL, out, err);
	if (file && str_ends(file, ".db"))
		return load_run(o, history_open(file, true, err), colon + 1, out, err);
	return load_run(o, history_file_open(o, true, a, err), operand, out, err);
}

static struct diff_limits limits_of(const struct options *o)
{
	const struct option_value *least = &o->v[OPT_MIN_CHANGE];
	struct diff_limits limits = {.top = (size_t)o->v[OPT_TOP].number};

	if (least->given && least->percent)
		limits.percent = (unsigned)least->number;
	else if (least->given)
		limits.bytes = least->number;
	return limits;
}

/* More than the threshold, and for the worse. */
static bool has_grown(const struct diff *d, const struct diff_limits *limits)
{
	for (size_t i = 0; i < d->entries.n; i++)
		if (d->entries.v[i].delta > 0 && diff_entry_counts(&d->entries.v[i], limits))
			return true;
	for (size_t i = 0; i < d->functions.n; i++)
		if (d->functions.v[i].delta > 0 && d->functions.v[i].state == DIFF_CHANGED &&
		    diff_function_counts(&d->functions.v[i], limits))
			return true;
	return d->totals.findings_new != 0;
}

static enum exit_status verdict(const struct options *o, const struct diff *d,
				const struct diff_limits *limits)
{
	if (!o->v[OPT_FAIL_ON_GROWTH].given)
		return STATUS_CLEAN;
	if (has_grown(d, limits))
		return STATUS_FINDINGS;
	return d->before->run.units_failed || d->after->run.units_failed ? STATUS_INCOMPLETE
									 : STATUS_CLEAN;
}

static int diff(const struct options *o, struct snapshot *before, struct snapshot *after, bool json,
		enum exit_status *status, struct error *err)
{
	struct diff_limits limits = limits_of(o);
	struct diff d = {0};
	struct buf out = {0};
	int rc;

	diff_make(&d, before, after);
	if (json)
		diff_write_json(&d, &limits, &out);
	else
		diff_write_text(&d, &limits, want_color(o), terminal_width(STDOUT_FILENO, WIDTH),
				&out);
	rc = print_result(&out, err);
	*status = verdict(o, &d, &limits);
	buf_release(&out);
	diff_release(&d);
	return rc;
}

enum exit_status cmd_diff(const struct options *o, struct error *err)
{
	struct snapshot before = {0}, after = {0};
	enum exit_status status = STATUS_CLEAN;
	struct arena a = {0};
	bool json;

	if (history_file_wants_json(o, &json, err) || load(o, o->operands.v[0], &a, &before, err) ||
	    load(o, o->operands.v[1], &a, &after, err) ||
	    diff(o, &before, &after, json, &status, err))
		status = error_status(err);
	snapshot_release(&before);
	snapshot_release(&after);
	arena_release(&a);
	return status;
}
