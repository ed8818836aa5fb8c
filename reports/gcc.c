/*
 * Findings as GCC prints warnings: "file:line:column: severity: message [rule]", for editors and problem matchers.
 * Input: the whole report. Output: one such line for each gap and finding, worst findings first, and "note:" lines
 * for the steps of its path; a last line that is no diagnostic counts. A place without a known line is line 1.
 */
#include "reports/bounds.h"
#include "reports/escape.h"
#include "reports/merge.h"
#include "reports/totals.h"
#include "reports/writer.h"
#include "rules/words.h"

#include <inttypes.h>

enum { MAX_STEPS = 40 };

static void place(struct buf *out, const char *file, uint32_t line, uint32_t column)
{
	escape_line(out, file);
	buf_printf(out, ":%" PRIu32 ":%" PRIu32 ": ", line ? line : 1, line && column ? column : 1);
}

/* The end of a diagnostic's line; `build` only with several. */
static void end_line(struct buf *out, const char *build)
{
	if (build) {
		buf_puts(out, " (build ");
		escape_line(out, build);
		buf_putc(out, ')');
	}
	buf_putc(out, '\n');
}

static void add_gaps(const struct report *r, const char *build, struct buf *out)
{
	struct arena a = {0};
	size_t n;
	struct gap *gaps = issues_gaps(r, &a, &n);

	for (size_t i = 0; i < n; i++) {
		place(out, gaps[i].file, 0, 0);
		buf_puts(out, gaps[i].failed ? "error: " : "warning: ");
		escape_line(out, gaps[i].why);
		buf_puts(out, " [incomplete]");
		end_line(out, build);
	}
	arena_release(&a);
}

static void add_step(struct buf *out, const struct step *s, struct arena *a)
{
	place(out, s->loc.file, s->loc.line, s->loc.column);
	buf_puts(out, "note: ");
	escape_line(out, s->name);
	buf_printf(out, " takes %s",
		   s->bytes == BYTES_UNKNOWN ? "an unknown number of bytes"
					     : words_bytes(a, s->bytes));
	if (s->depth != BYTES_UNKNOWN)
		buf_printf(out, ", %s in all", words_bytes(a, s->depth));
	if (*s->mark) {
		buf_puts(out, ", ");
		escape_line(out, s->mark);
	}
	buf_putc(out, '\n');
}

/* A step without a place, as that of an outside function, is in the finding's own line. */
static void add_steps(const struct report *r, const struct issue *i, struct buf *out,
		      struct arena *a)
{
	struct steps s = issue_steps(r, i, a);

	for (size_t k = 0; k < s.n; k++) {
		if (s.n > MAX_STEPS && k == MAX_STEPS / 2) {
			place(out, i->loc.file, i->loc.line, i->loc.column);
			buf_printf(out, "note: %zu more steps here\n", s.n - MAX_STEPS);
			k += s.n - MAX_STEPS;
		}
		if (!s.v[k].loc.file)
			s.v[k].loc = i->loc;
		add_step(out, &s.v[k], a);
	}
}

static void add_issue(const struct report *r, const struct issue *i, const char *build,
		      struct buf *out)
{
	struct arena a = {0};

	place(out, i->loc.file, i->loc.line, i->loc.column);
	buf_printf(out, "%s: ", i->suppressed ? "note" : severity_name(i->severity));
	escape_line(out, issue_line(i, &a));
	buf_puts(out, " [");
	escape_line(out, i->rule);
	buf_puts(out, i->suppressed ? ", suppressed]" : "]");
	buf_puts(out, i->state == STATE_NEW ? " new" : "");
	end_line(out, build);
	if (!i->suppressed)
		add_steps(r, i, out, &a);
	arena_release(&a);
}

static void add_build(const struct report *r, const char *build, struct buf *out)
{
	struct issues issues = {0};
	struct arena a = {0};

	add_gaps(r, build, out);
	issues_collect(&issues, r);
	for (size_t i = 0; i < issues.v.n; i++)
		add_issue(r, &issues.v.v[i], build, out);
	buf_puts(out, "stackcheck: ");
	if (build) {
		escape_line(out, build);
		buf_puts(out, ": ");
	}
	buf_printf(out, "%s, %zu of them suppressed; %zu of %s measured; ",
		   words_count(&a, issues.v.n, "finding"), issues.suppressed, r->units_measured,
		   words_count(&a, r->units_total, "unit"));
	escape_line(out, bound_origin(r, &a));
	buf_putc(out, '\n');
	issues_release(&issues);
	arena_release(&a);
}

static int gcc_write_all(const struct report *const *r, size_t n, struct buf *out,
			 struct error *err)
{
	(void)err;
	for (size_t i = 0; i < n; i++)
		add_build(r[i], n > 1 ? report_build_name(r[i]) : NULL, out);
	return 0;
}

static int gcc_write(const struct report *r, struct buf *out, struct error *err)
{
	return gcc_write_all(&r, 1, out, err);
}

const struct writer writer_gcc = {
	.name = "gcc",
	.extension = ".err",
	.summary = "findings as GCC prints warnings, for editors",
	.write = gcc_write,
	.write_all = gcc_write_all,
};
