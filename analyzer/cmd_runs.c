#include "command.h"
#include "history_file.h"

#include "reports/difference.h"

static int runs(const struct options *o, struct history *h, bool json, struct arena *a,
		struct buf *out, struct error *err)
{
	struct snapshot_run *found;
	size_t n;

	(void)o;
	if (history_runs(h, a, 0, &found, &n, err))
		return -1;
	if (json)
		runs_write_json(found, n, out);
	else
		runs_write_text(found, n, out);
	return 0;
}

enum exit_status cmd_runs(const struct options *o, struct error *err)
{
	return history_file_print(o, runs, err);
}
