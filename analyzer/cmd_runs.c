#include "command.h"
#include "history_file.h"

#include "reports/difference.h"

static int runs(const struct options *o, struct arena *a, struct buf *out, struct error *err)
{
	struct snapshot_run *found;
	struct history *h;
	bool json;
	size_t n;
	int rc;

	if (history_file_wants_json(o, &json, err))
		return -1;
	h = history_file_open(o, true, a, err);
	if (!h)
		return -1;
	rc = history_runs(h, a, 0, &found, &n, err);
	if (!rc && json)
		runs_write_json(found, n, out);
	else if (!rc)
		runs_write_text(found, n, out);
	history_close(h);
	return rc;
}

enum exit_status cmd_runs(const struct options *o, struct error *err)
{
	struct arena a = {0};
	struct buf out = {0};
	int rc = runs(o, &a, &out, err) || print_result(&out, err);

	buf_release(&out);
	arena_release(&a);
	return rc ? error_status(err) : STATUS_CLEAN;
}
