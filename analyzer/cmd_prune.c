#include "command.h"
#include "history_file.h"

#include <string.h>
#include <time.h>

/* "2026-01-31" as the beginning of that day, UTC. */
static int read_date(const char *text, int64_t *out, struct error *err)
{
	struct tm day = {0};
	const char *end = strptime(text, "%Y-%m-%d", &day);
	int number = day.tm_mday;
	time_t t = timegm(&day);

	/* A day that the month does not have has become one of the next month. */
	if (!end || *end || day.tm_mday != number)
		return error_set(err, "--before takes a date such as 2026-01-31, not '%s'", text);
	*out = (int64_t)t;
	return 0;
}

static int read_request(const struct options *o, struct history_prune *what, struct error *err)
{
	const struct option_value *keep = &o->v[OPT_KEEP], *before = &o->v[OPT_BEFORE];

	*what = (struct history_prune){.before = INT64_MAX, .dry = o->v[OPT_DRY_RUN].given};
	if (!keep->given && !before->given)
		return error_set(err, "say what to forget: --keep N, --before DATE, or both");
	if (keep->given)
		what->keep = keep->number;
	return before->given ? read_date(before->text, &what->before, err) : 0;
}

static int prune(const struct options *o, struct arena *a, struct buf *out, struct error *err)
{
	struct history_prune what;
	struct history *h;
	int64_t *runs;
	size_t n;
	int rc;

	if (read_request(o, &what, err))
		return -1;
	h = history_file_open(o, what.dry, a, err);
	if (!h)
		return -1;
	rc = history_prune(h, &what, a, &runs, &n, err);
	history_close(h);
	if (rc)
		return -1;
	buf_printf(out, "%zu run%s %s", n, n == 1 ? "" : "s", what.dry ? "to forget" : "forgotten");
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%lld", i ? ", " : ": ", (long long)runs[i]);
	buf_puts(out, "\n");
	return 0;
}

enum exit_status cmd_prune(const struct options *o, struct error *err)
{
	struct arena a = {0};
	struct buf out = {0};
	int rc = prune(o, &a, &out, err) || print_result(&out, err);

	buf_release(&out);
	arena_release(&a);
	return rc ? error_status(err) : STATUS_CLEAN;
}
