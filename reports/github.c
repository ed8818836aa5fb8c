/*
 * GitHub annotations: workflow commands for the log of a step. Input: the whole report. Output: "::error", "::warning"
 * and "::notice" lines. GitHub shows ten of each kind a step and drops the others silently, so nine are written, the
 * tenth counts what is left out. With a base run only what is new is annotated; the others are counted. The last
 * notice says what the numbers cover.
 */
#include "reports/bounds.h"
#include "reports/escape.h"
#include "reports/merge.h"
#include "reports/writer.h"
#include "rules/words.h"

#include <inttypes.h>

enum { MAX_EACH = 9, MAX_NAMES = 24 };

static const char *const commands[] = {
	[SEVERITY_NOTE] = "notice",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_ERROR] = "error",
};

struct github {
	struct buf *out;
	struct arena arena;
	struct merge merge;
	size_t n[SEVERITY_ERROR + 1]; /* annotations, those left out included */
};

/* Begins an annotation; false when there are enough of its kind. */
static bool begin(struct github *g, enum severity s, const char *file, uint32_t line,
		  uint32_t column, const char *title)
{
	if (g->n[s]++ >= MAX_EACH)
		return false;
	buf_printf(g->out, "::%s file=", commands[s]);
	escape_command_property(g->out, file);
	if (line)
		buf_printf(g->out, ",line=%" PRIu32, line);
	if (line && column)
		buf_printf(g->out, ",col=%" PRIu32, column);
	buf_puts(g->out, ",title=stackcheck");
	buf_puts(g->out, "%3A ");
	escape_command_property(g->out, title);
	buf_puts(g->out, "::");
	return true;
}

static void add_line(struct github *g, const char *label, const char *text)
{
	if (!text)
		return;
	buf_puts(g->out, "%0A");
	buf_puts(g->out, label);
	escape_command_data(g->out, text);
}

static void add_gaps(struct github *g)
{
	for (size_t i = 0; i < g->merge.gaps.n; i++) {
		const struct merged_gap *x = &g->merge.gaps.v[i];
		enum severity s = x->gap.failed ? SEVERITY_ERROR : SEVERITY_WARNING;

		if (!begin(g, s, x->gap.file, 1, 0, "incomplete"))
			continue;
		escape_command_data(g->out, x->gap.why);
		add_line(g,
			 "Builds: ", merge_builds(&g->merge, x->builds.v, x->builds.n, &g->arena));
		buf_putc(g->out, '\n');
	}
}

static bool is_shown(const struct merged_issue *x)
{
	return !x->issue->suppressed && !(x->r->diff && x->issue->state == STATE_EXISTING);
}

static void add_issue(struct github *g, const struct merged_issue *x)
{
	const struct issue *i = x->issue;
	struct steps s;

	if (!begin(g, i->severity, i->loc.file, i->loc.line, i->loc.column, i->rule))
		return;
	escape_command_data(g->out, i->message);
	add_line(g, "", i->change);
	add_line(g, "Not exact: ", i->why);
	add_line(g, "Builds: ", merge_builds(&g->merge, x->builds.v, x->builds.n, &g->arena));
	s = issue_steps(x->r, i, &g->arena);
	if (s.n)
		add_line(g, "Path: ", steps_names(&s, MAX_NAMES, &g->arena));
	add_line(g, "", i->advice);
	buf_putc(g->out, '\n');
}

static void add_left_out(struct github *g)
{
	for (int s = SEVERITY_ERROR; s > SEVERITY_NOTE; s--)
		if (g->n[s] > MAX_EACH)
			buf_printf(g->out,
				   "::%s title=stackcheck::%zu more of this kind, see the job "
				   "summary\n",
				   commands[s], g->n[s] - MAX_EACH);
}

static void add_verdict(struct github *g, const struct report *r)
{
	const struct gate_verdict *v = r->verdict;

	if (!v)
		return;
	buf_puts(g->out, " Gate ");
	escape_command_data(g->out, v->word);
	buf_putc(g->out, '.');
	for (size_t i = 0; i < v->n_reasons; i++)
		add_line(g, "Because: ", v->reasons[i]);
	for (size_t i = 0; i < v->n_notices; i++)
		add_line(g, "Notice: ", v->notices[i]);
}

static void add_build(struct github *g, const struct report *r, const struct issues *issues)
{
	if (g->merge.n_reports > 1) {
		escape_command_data(g->out, report_build_name(r));
		buf_puts(g->out, ": ");
	}
	buf_puts(g->out, words_count(&g->arena, issues->v.n, "finding"));
	if (r->diff)
		buf_printf(g->out, ", %zu of them known before", issues->existing);
	buf_printf(g->out, ", %zu suppressed", issues->suppressed);
	buf_printf(g->out, "; units: %zu measured, %zu estimated, %zu failed; ", r->units_measured,
		   r->units_estimated, r->units_failed);
	escape_command_data(g->out, bound_origin(r, &g->arena));
	buf_putc(g->out, '.');
	add_verdict(g, r);
}

/* One annotation whatever the number of builds: ten are shown. */
static void add_last(struct github *g, const struct report *const *r, size_t n)
{
	size_t notes = g->n[SEVERITY_NOTE] > MAX_EACH ? g->n[SEVERITY_NOTE] - MAX_EACH : 0;

	buf_puts(g->out, "::notice title=stackcheck::");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_puts(g->out, "%0A");
		add_build(g, r[i], &g->merge.lists.v[i]);
	}
	if (notes)
		buf_printf(g->out, " %s not shown here.", words_count(&g->arena, notes, "note"));
	buf_putc(g->out, '\n');
}

static int github_write_all(const struct report *const *r, size_t n, struct buf *out,
			    struct error *err)
{
	struct github g = {.out = out};

	(void)err;
	merge_collect(&g.merge, r, n, MERGE_PLACE);
	add_gaps(&g);
	for (size_t i = 0; i < g.merge.issues.n; i++)
		if (is_shown(&g.merge.issues.v[i]))
			add_issue(&g, &g.merge.issues.v[i]);
	add_left_out(&g);
	add_last(&g, r, n);
	merge_release(&g.merge);
	arena_release(&g.arena);
	return 0;
}

static int github_write(const struct report *r, struct buf *out, struct error *err)
{
	return github_write_all(&r, 1, out, err);
}

const struct writer writer_github = {
	.name = "github",
	.summary = "annotations for a GitHub Actions log: workflow commands",
	.write = github_write,
	.write_all = github_write_all,
};
