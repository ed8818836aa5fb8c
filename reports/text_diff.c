/*
 * What changed between two runs, for people. Input: a diff and the limits of what is worth showing. Output: entry points
 * with the reasons of each change, frames, findings, files that moved; each list with its total.
 */
#include "base/text.h"
#include "reports/difference.h"
#include "reports/text_out.h"

enum { NUMBER_COLUMNS = 10, NAME_COLUMNS = 44 };

struct diff_text {
	struct text_report t;
	const struct diff *d;
	const struct diff_limits *limits;
};

static const char *printable(struct diff_text *x, const char *s)
{
	return text_printable(&x->t.arena, s);
}

static const char *signed_number(struct diff_text *x, int64_t n)
{
	if (!n)
		return "0";
	return arena_printf(&x->t.arena, "%c%s", n < 0 ? '-' : '+',
			    text_thousands(&x->t.arena, n < 0 ? -n : n));
}

static void run(struct diff_text *x, const char *word, const struct snapshot_run *r)
{
	struct buf *b = x->t.buf;

	buf_printf(b, "%-8s", word);
	if (r->id)
		buf_printf(b, "run %lld, ", (long long)r->id);
	buf_printf(b, "%.12s%s", r->commit ? r->commit : "no commit",
		   r->dirty ? " with uncommitted changes" : "");
	if (r->branch)
		buf_printf(b, ", %s", printable(x, r->branch));
	if (r->build)
		buf_printf(b, ", build %s", printable(x, r->build));
	if (r->units_failed)
		buf_printf(b, ", %lld units failed", (long long)r->units_failed);
	buf_puts(b, "\n");
}

static void head(struct diff_text *x)
{
	run(x, "before", &x->d->before->run);
	run(x, "after", &x->d->after->run);
	for (size_t i = 0; i < x->d->n_differences; i++) {
		text_styled(&x->t, STYLE_WARNING, "note");
		buf_printf(x->t.buf, "    not all of the change is the sources': %s\n",
			   printable(x, x->d->differences[i]));
	}
	if (!x->d->before->run.has_details || !x->d->after->run.has_details)
		buf_puts(x->t.buf, "note    a side has no parts of frames: what changed in them is "
				   "not known\n");
}

static void heading(struct diff_text *x, const char *what)
{
	buf_puts(x->t.buf, "\n");
	text_styled(&x->t, STYLE_HEADING, "%-*s%*s%*s%*s", NAME_COLUMNS, what, NUMBER_COLUMNS,
		    "before", NUMBER_COLUMNS, "after", NUMBER_COLUMNS, "change");
	buf_puts(x->t.buf, "\n");
}

static void numbers(struct diff_text *x, const char *name, int64_t before, int64_t after,
		    int64_t delta, bool was, bool is)
{
	enum style style = delta > 0 ? STYLE_WARNING : STYLE_GOOD;

	text_pad(&x->t, text_fit(&x->t, name, NAME_COLUMNS - 1), NAME_COLUMNS);
	text_pad_left(&x->t, was ? text_number(&x->t, before) : "-", NUMBER_COLUMNS);
	text_pad_left(&x->t, is ? text_number(&x->t, after) : "-", NUMBER_COLUMNS);
	if (delta)
		text_styled(&x->t, style, "%*s", NUMBER_COLUMNS, signed_number(x, delta));
	else
		text_pad_left(&x->t, "0", NUMBER_COLUMNS);
}

static void left_out(struct diff_text *x, size_t n, const char *one, const char *many)
{
	if (n)
		buf_printf(x->t.buf, "(%s not shown: smaller)\n", text_count(&x->t, n, one, many));
}

static void place(struct diff_text *x, const char *file, uint32_t line)
{
	if (!file)
		return;
	buf_printf(x->t.buf, " [%s", printable(x, file));
	if (line)
		buf_printf(x->t.buf, ":%u", line);
	buf_puts(x->t.buf, "]");
}

static void reason(struct diff_text *x, const struct diff_reason *r)
{
	buf_printf(x->t.buf, "  %8s  %s", signed_number(x, r->delta),
		   printable(x, diff_reason_text(r, &x->t.arena)));
	place(x, r->file, r->line);
	buf_puts(x->t.buf, "\n");
}

static void entry(struct diff_text *x, const struct diff_entry *e)
{
	const struct snapshot *before = x->d->before, *after = x->d->after;
	bool was = e->before != NO_ID, is = e->after != NO_ID;

	numbers(x, e->label, e->bytes_before, e->bytes_after, e->delta, was, is);
	if (e->state != DIFF_CHANGED)
		buf_printf(x->t.buf, "  %s",
			   e->state == DIFF_NEW ? "new entry point" : "no longer an entry point");
	if (e->crosses)
		text_styled(&x->t, STYLE_ERROR, "  over its budget of %s",
			    text_bytes(&x->t, e->budget));
	if (e->bound_changed)
		buf_printf(x->t.buf, "  %s, was %s", after->functions[e->after].bound,
			   before->functions[e->before].bound);
	buf_puts(x->t.buf, "\n");
	if (e->old_label)
		buf_printf(x->t.buf, "            was %s\n", printable(x, e->old_label));
	for (size_t i = 0; i < e->n_reasons; i++)
		reason(x, &e->reasons[i]);
}

static void entries(struct diff_text *x)
{
	const struct diff *d = x->d;
	const struct diff_totals *t = &d->totals;
	size_t shown = 0;

	heading(x, "entry points, worst depth");
	for (size_t i = 0; i < d->entries.n; i++) {
		if (!diff_entry_counts(&d->entries.v[i], x->limits) ||
		    (x->limits->top && shown == x->limits->top))
			continue;
		entry(x, &d->entries.v[i]);
		shown++;
	}
	left_out(x, d->entries.n - shown, "change", "changes");
	numbers(x, "TOTAL", t->entry_bytes_before, t->entry_bytes_after,
		t->entry_bytes_after - t->entry_bytes_before, true, true);
	buf_printf(x->t.buf, "  %zu deeper, %zu shallower, %zu new, %zu gone, %zu as before\n",
		   t->entries_deeper, t->entries_shallower, t->entries_new, t->entries_gone,
		   t->entries_same);
	numbers(x, "deepest", t->deepest_before, t->deepest_after,
		(t->deepest_after == BYTES_UNKNOWN ? 0 : t->deepest_after) -
			(t->deepest_before == BYTES_UNKNOWN ? 0 : t->deepest_before),
		t->deepest_before != BYTES_UNKNOWN, t->deepest_after != BYTES_UNKNOWN);
	buf_puts(x->t.buf, "\n");
}

static void function(struct diff_text *x, const struct diff_function *f)
{
	const char *details = diff_details_text(f->details, f->n_details, &x->t.arena);

	numbers(x, f->label, f->bytes_before, f->bytes_after, f->delta, f->before != NO_ID,
		f->after != NO_ID);
	if (f->copies > 1)
		buf_printf(x->t.buf, "  %u copies", f->copies);
	if (f->state == DIFF_INLINED)
		buf_printf(x->t.buf, "  now inlined into %s", printable(x, f->host));
	if (f->state == DIFF_OUTLINED)
		buf_printf(x->t.buf, "  was inlined into %s", printable(x, f->host));
	buf_puts(x->t.buf, "\n");
	if (f->old_label)
		buf_printf(x->t.buf, "            was %s\n", printable(x, f->old_label));
	if (*details && f->state == DIFF_CHANGED)
		buf_printf(x->t.buf, "            %s\n", printable(x, details));
}

static void functions(struct diff_text *x)
{
	const struct diff *d = x->d;
	const struct diff_totals *t = &d->totals;
	size_t shown = 0;

	heading(x, "functions, frame");
	for (size_t i = 0; i < d->functions.n; i++) {
		if (!diff_function_counts(&d->functions.v[i], x->limits) ||
		    (x->limits->top && shown == x->limits->top))
			continue;
		function(x, &d->functions.v[i]);
		shown++;
	}
	left_out(x, d->functions.n - shown, "change", "changes");
	numbers(x, "TOTAL", t->frame_bytes_before, t->frame_bytes_after,
		t->frame_bytes_after - t->frame_bytes_before, true, true);
	buf_printf(x->t.buf,
		   "  %zu grown, %zu shrunk, %zu new, %zu gone, %zu inlined, %zu outlined, %zu "
		   "as before\n",
		   t->functions_grown, t->functions_shrunk, t->functions_new, t->functions_gone,
		   t->functions_inlined, t->functions_outlined, t->functions_same);
}

static void finding(struct diff_text *x, const struct diff_finding *f)
{
	bool is_new = f->after != NO_ID;
	const struct snapshot_finding *s =
		is_new ? &x->d->after->findings.v[f->after] : &x->d->before->findings.v[f->before];

	text_styled(&x->t, is_new ? STYLE_WARNING : STYLE_GOOD, "%-8s", is_new ? "new" : "fixed");
	buf_printf(x->t.buf, "%s %s: %s%s", s->severity, s->rule, printable(x, s->message),
		   s->suppressed ? " (suppressed)" : "");
	place(x, s->file, s->line);
	buf_puts(x->t.buf, "\n");
}

static void findings(struct diff_text *x)
{
	const struct diff_totals *t = &x->d->totals;

	buf_puts(x->t.buf, "\n");
	text_styled(&x->t, STYLE_HEADING, "findings");
	buf_printf(x->t.buf, "  %zu new, %zu fixed, %zu existing", t->findings_new,
		   t->findings_fixed, t->findings_existing);
	if (t->suppressed_new)
		buf_printf(x->t.buf, ", %zu newly suppressed", t->suppressed_new);
	buf_puts(x->t.buf, "\n");
	for (size_t i = 0; i < x->d->findings.n; i++)
		if (x->d->findings.v[i].state != DIFF_CHANGED)
			finding(x, &x->d->findings.v[i]);
}

static void moves(struct diff_text *x)
{
	if (!x->d->moves.n)
		return;
	buf_puts(x->t.buf, "\n");
	text_styled(&x->t, STYLE_HEADING, "moved");
	buf_puts(x->t.buf, "\n");
	for (size_t i = 0; i < x->d->moves.n; i++)
		buf_printf(x->t.buf, "%s -> %s\n", printable(x, x->d->moves.v[i].before),
			   printable(x, x->d->moves.v[i].after));
}

void diff_write_text(const struct diff *d, const struct diff_limits *limits, bool color,
		     unsigned width, struct buf *out)
{
	const struct report style = {.color = color, .width = width};
	struct diff_text x = {.t = {.buf = out, .r = &style}, .d = d, .limits = limits};

	head(&x);
	entries(&x);
	functions(&x);
	findings(&x);
	moves(&x);
	arena_release(&x.t.arena);
}
