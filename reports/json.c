/*
 * JSON report, "stackcheck-report/1". Input: the whole report. Output: one object as
 * schemas/stackcheck-report-1.schema.json says; schemas/VERSIONING.md has the rules for changing it. Unknown bytes
 * are null. The same report gives the same bytes: nothing here depends on time, place or luck.
 */
#include "reports/ids.h"
#include "reports/json_parts.h"
#include "reports/json_run.h"
#include "reports/writer.h"

/* All that changed, whatever other formats leave out. */
static void change(struct json_report *j)
{
	static const struct diff_limits all;

	json_object(&j->out, "diff", JSON_LINES);
	json_diff_members(&j->out, j->r->diff, &all);
	json_end(&j->out);
}

static int json_write(const struct report *r, struct buf *out, struct error *err)
{
	struct arena arena = {0};
	struct totals totals;
	struct json_report j = {.out = {.buf = out}, .r = r, .totals = &totals};

	(void)err;
	totals_count(&totals, r, &arena);
	j.ids = (const char *const *)func_ids(r->program, &arena);

	json_object(&j.out, NULL, JSON_LINES);
	json_str(&j.out, "schema", "stackcheck-report/1");
	json_tool(&j);
	json_run(&j);
	json_platform(&j);
	json_summary(&j);
	json_coverage(&j);
	if (r->stats)
		json_stats(&j);
	if (r->diff || r->verdict)
		json_gate(&j);
	if (r->diff)
		change(&j);
	json_findings(&j);
	json_entries(&j);
	json_cycles(&j);
	json_functions(&j);
	json_end(&j.out);

	arena_release(&arena);
	return 0;
}

const struct writer writer_json = {
	.name = "json",
	.extension = ".json",
	.summary = "everything, for programs; described by a versioned JSON Schema",
	.write = json_write,
};
