#include "command.h"
#include "history_file.h"

#include "reports/difference.h"

/* One at a time: a history is larger than memory should be. */
static int export_run(struct history *h, int64_t run, bool one_line, struct error *err)
{
	struct snapshot s = {0};
	struct buf out = {0};
	int rc = history_snapshot(h, run, &s, err);

	if (!rc) {
		snapshot_write_json(&s, one_line, &out);
		rc = print_result(&out, err);
	}
	buf_release(&out);
	snapshot_release(&s);
	return rc;
}

static int export_all(struct history *h, struct arena *a, struct error *err)
{
	struct snapshot_run *runs;
	size_t n;

	if (history_runs(h, a, 0, &runs, &n, err))
		return -1;
	for (size_t i = n; i-- > 0;)
		if (export_run(h, runs[i].id, true, err))
			return -1;
	return 0;
}

static int export(const struct options *o, struct arena *a, struct error *err)
{
	struct history *h = history_file_open(o, true, a, err);
	int64_t run;
	int rc;

	if (!h)
		return -1;
	if (!o->operands.n)
		rc = export_all(h, a, err);
	else
		rc = history_file_run(o, h, o->operands.v[0], &run, err) ||
				     export_run(h, run, false, err)
			     ? -1
			     : 0;
	history_close(h);
	return rc;
}

enum exit_status cmd_export(const struct options *o, struct error *err)
{
	struct arena a = {0};
	int rc = export(o, &a, err);

	arena_release(&a);
	return rc ? error_status(err) : STATUS_CLEAN;
}
