/*
 * CSV report, for spreadsheets and scripts. Input: the whole report. Output: RFC 4180 with a head line, lines end in
 * CR LF, UTF-8. One row each for the run, a unit without measured numbers, a finding, an entry point, a function; the
 * first column says which, and columns that do not apply are empty, as are bytes that are not known. A text that a
 * spreadsheet would take for a formula begins with an apostrophe.
 */
#include "reports/bounds.h"
#include "reports/escape.h"
#include "reports/issues.h"
#include "reports/totals.h"
#include "reports/writer.h"

#include <inttypes.h>

/* The columns, in their order. */
enum column {
	COL_KIND,
	COL_RULE,
	COL_SEVERITY,
	COL_STATE,
	COL_SUPPRESSED,
	COL_MODULE,
	COL_FILE,
	COL_LINE,
	COL_COLUMN,
	COL_FUNCTION,
	COL_SUBJECT,
	COL_BYTES,
	COL_BOUND,
	COL_NOT_EXACT,
	COL_LIMIT,
	COL_HEADROOM,
	COL_FRAME,
	COL_FRAME_KIND,
	COL_TEXT,
	COL_FINGERPRINT,
	COL_BUILD,
	COL_COUNT,
};

static const char *const titles[COL_COUNT] = {
	"kind",	 "rule",     "severity",    "state",	  "suppressed", "module",      "file",
	"line",	 "column",   "function",    "subject",	  "bytes",	"bound",       "not_exact",
	"limit", "headroom", "frame_bytes", "frame_kind", "text",	"fingerprint", "build"};

struct csv {
	const struct report *r;
	struct buf *out;
	struct arena arena;
	const char *row[COL_COUNT]; /* NULL: empty */
	bool is_number[COL_COUNT];
};

static void number(struct csv *c, enum column column, int64_t n)
{
	c->row[column] = arena_printf(&c->arena, "%" PRId64, n);
	c->is_number[column] = true;
}

static void bytes(struct csv *c, enum column column, int64_t n)
{
	if (n != BYTES_UNKNOWN)
		number(c, column, n);
}

/* A build without a name is told by its target. */
static void end_row(struct csv *c)
{
	if (c->r)
		c->row[COL_BUILD] = c->r->build ? c->r->build : c->r->target;
	for (int i = 0; i < COL_COUNT; i++) {
		if (i)
			buf_putc(c->out, ',');
		if (c->is_number[i])
			buf_puts(c->out, c->row[i]);
		else
			escape_csv(c->out, c->row[i]);
		c->row[i] = NULL;
		c->is_number[i] = false;
	}
	buf_puts(c->out, "\r\n");
	arena_release(&c->arena);
}

static void place(struct csv *c, const struct fact_loc *loc)
{
	c->row[COL_FILE] = loc->file;
	if (loc->line)
		number(c, COL_LINE, loc->line);
	if (loc->line && loc->column)
		number(c, COL_COLUMN, loc->column);
}

static void function(struct csv *c, uint32_t func)
{
	const struct program *p = c->r->program;

	c->row[COL_FUNCTION] = program_func_label(p, &c->arena, func);
	c->row[COL_MODULE] = program_module(p, p->funcs[func].unit);
}

static void depth(struct csv *c, uint32_t func)
{
	const struct depth *d = &c->r->depths->v[func];

	bytes(c, COL_BYTES, d->bytes);
	c->row[COL_BOUND] = bound_name(d->bound);
	c->row[COL_NOT_EXACT] = bound_why(c->r, func, &c->arena);
}

static const char *text_or_none(const char *s)
{
	return s ? s : "none";
}

static void run_row(struct csv *c)
{
	const struct report *r = c->r;
	const char *budget =
		r->budget_bytes == BYTES_UNKNOWN
			? "unknown"
			: arena_printf(&c->arena, "%" PRId64 " bytes", r->budget_bytes);

	c->row[COL_KIND] = "run";
	c->row[COL_TEXT] = arena_printf(
		&c->arena,
		"commit %s%s; target %s; build %s; platform %s; budget %s; units: %zu measured, "
		"%zu estimated, %zu failed; %s",
		text_or_none(r->commit), r->commit && r->dirty ? " (dirty)" : "",
		text_or_none(r->target), text_or_none(r->build), r->platform->name, budget,
		r->units_measured, r->units_estimated, r->units_failed, bound_origin(r, &c->arena));
	end_row(c);
}

static void gap_rows(struct csv *c)
{
	struct arena a = {0};
	size_t n;
	struct gap *gaps = issues_gaps(c->r, &a, &n);

	for (size_t i = 0; i < n; i++) {
		c->row[COL_KIND] = "unit";
		c->row[COL_STATE] = gaps[i].failed ? "failed" : "estimated";
		c->row[COL_FILE] = gaps[i].unit;
		c->row[COL_TEXT] = gaps[i].why;
		end_row(c);
	}
	arena_release(&a);
}

static void issue_row(struct csv *c, const struct issue *i)
{
	c->row[COL_KIND] = "finding";
	c->row[COL_RULE] = i->rule;
	c->row[COL_SEVERITY] = severity_name(i->severity);
	c->row[COL_STATE] = finding_state_name(i->state);
	c->row[COL_SUPPRESSED] = i->suppressed ? "yes" : "no";
	place(c, &i->loc);
	if (i->func != NO_ID)
		function(c, i->func);
	c->row[COL_SUBJECT] = i->finding->subject;
	bytes(c, COL_BYTES, i->bytes);
	bytes(c, COL_LIMIT, i->limit);
	c->row[COL_NOT_EXACT] = i->why;
	c->row[COL_TEXT] =
		i->change ? arena_printf(&c->arena, "%s; %s", i->message, i->change) : i->message;
	c->row[COL_FINGERPRINT] = i->fingerprint;
	end_row(c);
}

static void entry_row(struct csv *c, const struct entry *e)
{
	struct steps s = steps_of_path(c->r, &e->path, &c->arena);

	c->row[COL_KIND] = "entry";
	function(c, e->func);
	place(c, &c->r->program->funcs[e->func].fact->loc);
	depth(c, e->func);
	number(c, COL_LIMIT, bound_budget(c->r, e));
	if (e->has_headroom)
		number(c, COL_HEADROOM, e->headroom);
	c->row[COL_STATE] = e->over ? "over" : e->has_headroom ? "within" : "unknown";
	c->row[COL_TEXT] = steps_names(&s, 32, &c->arena);
	end_row(c);
}

static void function_row(struct csv *c, uint32_t func)
{
	const struct fact_func *f = c->r->program->funcs[func].fact;

	c->row[COL_KIND] = "function";
	function(c, func);
	place(c, &f->loc);
	depth(c, func);
	bytes(c, COL_FRAME, program_frame_bytes(c->r->program, func));
	c->row[COL_FRAME_KIND] = frame_kind_name(f->frame_kind);
	c->row[COL_TEXT] = f->frame_note;
	end_row(c);
}

static void rows(struct csv *c)
{
	const struct report *r = c->r;
	struct issues issues = {0};

	run_row(c);
	gap_rows(c);
	issues_collect(&issues, r);
	for (size_t i = 0; i < issues.v.n; i++)
		issue_row(c, &issues.v.v[i]);
	issues_release(&issues);
	for (size_t i = 0; i < r->n_entries; i++)
		entry_row(c, &r->entries[i]);
	for (uint32_t i = 0; i < r->program->n_funcs; i++)
		function_row(c, i);
}

static int csv_write_all(const struct report *const *r, size_t n, struct buf *out,
			 struct error *err)
{
	struct csv c = {.out = out};

	(void)err;
	for (int i = 0; i < COL_COUNT; i++)
		c.row[i] = titles[i];
	end_row(&c);
	for (size_t i = 0; i < n; i++) {
		c.r = r[i];
		rows(&c);
	}
	return 0;
}

static int csv_write(const struct report *r, struct buf *out, struct error *err)
{
	return csv_write_all(&r, 1, out, err);
}

const struct writer writer_csv = {
	.name = "csv",
	.extension = ".csv",
	.summary = "findings, entry points and functions as rows, for spreadsheets and scripts",
	.write = csv_write,
	.write_all = csv_write_all,
};
