#include "command.h"
#include "history_file.h"

#include "base/text.h"
#include "reports/difference.h"

/* Leaves the points of other builds and branches out. */
static size_t narrow(const struct options *o, struct snapshot_point *points, size_t n)
{
	const struct option_value *build = &o->v[OPT_BUILD], *branch = &o->v[OPT_BRANCH];
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (build->given && str_compare(points[i].run->build, build->text) != 0)
			continue;
		if (branch->given && str_compare(points[i].run->branch, branch->text) != 0)
			continue;
		points[kept++] = points[i];
	}
	return kept;
}

static int history(const struct options *o, struct history *h, bool json, struct arena *a,
		   struct buf *out, struct error *err)
{
	const char *name = o->operands.v[0];
	struct snapshot_point *points;
	size_t n;

	if (history_function(h, name, a, &points, &n, err))
		return -1;
	n = narrow(o, points, n);
	if (!n)
		return error_set(err,
				 "no function '%s' in the recorded runs; was it inlined "
				 "everywhere, or are --build and --branch too narrow?",
				 name);
	if (json)
		points_write_json(name, points, n, out);
	else
		points_write_text(points, n, out);
	return 0;
}

enum exit_status cmd_history(const struct options *o, struct error *err)
{
	return history_file_print(o, history, err);
}
