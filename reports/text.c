/*
 * Text report: a summary for a person. Input: the whole report. Output: coverage first, because every number below
 * depends on it; then the terms (platform, budget, where the frames come from), the deepest paths, the findings and
 * the totals. A number that is only a floor has ">=" in front of it, one with estimates in it "~", and its reasons
 * below it.
 */
#include "reports/text_parts.h"
#include "reports/writer.h"

static int text_write(const struct report *r, struct buf *out, struct error *err)
{
	struct totals totals;
	struct text_report t = {.buf = out, .r = r, .totals = &totals};

	(void)err;
	totals_count(&totals, r, &t.arena);
	text_coverage(&t);
	text_terms(&t);
	text_paths(&t);
	text_findings(&t);
	text_totals(&t);
	text_gate(&t);
	arena_release(&t.arena);
	return 0;
}

const struct writer writer_text = {
	.name = "text",
	.extension = ".txt",
	.summary = "a summary for people: coverage, deepest paths, findings, totals",
	.write = text_write,
};
