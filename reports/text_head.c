/* Head of the text report: which units the numbers cover, and what they are held against. */
#include "base/text.h"
#include "reports/text_parts.h"

enum {
	INDENT = 13, /* of what stands behind the words at the left */
	MAX_WARNINGS = 5,
};

static void place(struct text_report *t, enum style style, const char *word, const char *where)
{
	text_styled(t, style, "  %-9s", word);
	buf_printf(t->buf, "  %s", text_fit(t, where, 0));
}

static void failed_unit(struct text_report *t, const struct failed_unit *f)
{
	place(t, STYLE_ERROR, "failed", f->unit);
	buf_printf(t->buf, ": %s\n", text_fit(t, f->verdict, 0));
	text_wrapped(t, INDENT, f->reason);
}

static void estimated_unit(struct text_report *t, const struct facts *f)
{
	place(t, STYLE_WARNING, "estimated", f->unit);
	if (f->problems.n)
		buf_printf(t->buf, ": %s", text_fit(t, f->problems.v[0], 0));
	if (f->problems.n > 1)
		buf_printf(t->buf, " (and %s)",
			   text_count(t, f->problems.n - 1, "more problem", "more problems"));
	buf_putc(t->buf, '\n');
}

/* Units whose build's object was wanted and could not be used: how many, and why the first few. */
static void recompiled_units(struct text_report *t)
{
	const struct program *p = t->r->program;
	size_t n = 0;

	for (uint32_t u = 0; u < p->n_units; u++)
		n += p->units[u]->object_note != NULL;
	if (!n)
		return;
	place(t, STYLE_WARNING, "objects",
	      arena_printf(&t->arena,
			   "%s recompiled, as the build's object is missing, stale or unfit:",
			   text_count(t, n, "unit", "units")));
	buf_putc(t->buf, '\n');
	n = 0;
	for (uint32_t u = 0; u < p->n_units; u++) {
		const struct facts *f = p->units[u];

		if (!f->object_note || n++ >= MAX_WARNINGS)
			continue;
		buf_printf(t->buf, "             %s: %s\n", text_fit(t, f->unit, 0),
			   text_fit(t, f->object_note, 0));
	}
	if (n > MAX_WARNINGS)
		buf_printf(t->buf, "             ... and %s (--format json lists all)\n",
			   text_count(t, n - MAX_WARNINGS, "more", "more"));
}

/* Measured from its object, though clang could not read all of the source. */
static void partly_read_unit(struct text_report *t, const struct facts *f)
{
	place(t, STYLE_WARNING, "partly", f->unit);
	buf_printf(t->buf, ": measured, but not understood as a whole: %s\n",
		   text_fit(t, f->problems.v[0], 0));
}

/* Frames and calls that the compiler's files or unwind tables know as well. */
static void checked(struct text_report *t)
{
	const struct program *p = t->r->program;
	size_t n = 0, mismatches = 0;
	const char *text;

	for (uint32_t u = 0; u < p->n_units; u++) {
		n += (size_t)p->units[u]->n_checked;
		mismatches += p->units[u]->mismatches.n;
	}
	if (!n)
		return;
	text = arena_printf(&t->arena, "%s held against other sources, %s",
			    text_count(t, n, "number", "numbers"),
			    mismatches ? text_count(t, mismatches, "disagrees", "disagree")
				       : "all agree");
	place(t, mismatches ? STYLE_WARNING : STYLE_HEADING, "checked", text);
	buf_putc(t->buf, '\n');
}

static void link_warnings(struct text_report *t)
{
	const struct program *p = t->r->program;

	for (uint32_t i = 0; i < p->n_warnings && i < MAX_WARNINGS; i++) {
		place(t, STYLE_WARNING, "linking", p->warnings[i]);
		buf_putc(t->buf, '\n');
	}
	if (p->n_warnings > MAX_WARNINGS)
		buf_printf(t->buf, "             ... and %s (--format json lists all)\n",
			   text_count(t, p->n_warnings - MAX_WARNINGS, "more", "more"));
}

void text_coverage(struct text_report *t)
{
	const struct report *r = t->r;
	bool complete = r->units_measured == r->units_total;
	struct arena *a = &t->arena;

	text_styled(t, complete ? STYLE_HEADING : STYLE_WARNING,
		    "%s: %s measured, %s estimated, %s failed",
		    text_count(t, r->units_total, "unit", "units"),
		    text_thousands(a, (long long)r->units_measured),
		    text_thousands(a, (long long)r->units_estimated),
		    text_thousands(a, (long long)r->units_failed));
	buf_putc(t->buf, '\n');
	for (size_t i = 0; i < r->n_failed; i++)
		failed_unit(t, &r->failed[i]);
	for (uint32_t u = 0; u < r->program->n_units; u++)
		if (r->program->units[u]->status == UNIT_ESTIMATED)
			estimated_unit(t, r->program->units[u]);
	for (uint32_t u = 0; u < r->program->n_units; u++)
		if (r->program->units[u]->status == UNIT_OK && r->program->units[u]->problems.n)
			partly_read_unit(t, r->program->units[u]);
	recompiled_units(t);
	checked(t);
	link_warnings(t);
}

static void term(struct text_report *t, const char *name, const char *text)
{
	buf_printf(t->buf, "  %-9s  ", name);
	text_wrapped_rest(t, INDENT, text);
}

/* The compilers of the measured units, as "clang 19.1.7 and gcc 12.2". */
static const char *compilers(struct text_report *t)
{
	const struct report *r = t->r;
	const char *all = r->n_compilers ? r->compilers[0] : "an unknown compiler";

	for (size_t i = 1; i < r->n_compilers; i++)
		all = arena_printf(&t->arena, "%s%s%s", all,
				   i + 1 == r->n_compilers ? " and " : ", ", r->compilers[i]);
	return all;
}

/* A frame is true for the compiler that made the code, and for no other. */
static void origin(struct text_report *t)
{
	size_t ours = t->totals->origins[ORIGIN_RECOMPILED];
	size_t shipped = t->totals->origins[ORIGIN_SHIPPED];
	struct arena *a = &t->arena;
	const char *how = "";

	if (!ours && !shipped) {
		term(t, "frames", "none measured");
		return;
	}
	if (!shipped)
		how = "recompiled: exact for builds by that compiler, while a GCC or cl.exe build "
		      "has other frames";
	else if (!ours)
		how = "as they stand in the objects of the build";
	else
		how = arena_printf(a,
				   "%s as they stand in the objects of the build, %s recompiled "
				   "and exact for clang builds only",
				   text_thousands(a, (long long)shipped),
				   text_thousands(a, (long long)ours));
	term(t, "frames", arena_printf(a, "by %s, %s", compilers(t), how));
}

static void budget(struct text_report *t)
{
	const struct report *r = t->r;
	const char *text = arena_printf(&t->arena, "%s for a path", text_bytes(t, r->budget_bytes));

	if (r->platform->stack_bytes > 0)
		text = arena_printf(&t->arena, "%s (%lld %% of the %s stack)", text,
				    (long long)(r->budget_bytes * 100 / r->platform->stack_bytes),
				    text_number(t, r->platform->stack_bytes));
	term(t, "budget",
	     arena_printf(&t->arena, "%s, %s for a frame", text, text_bytes(t, r->frame_limit)));
}

void text_terms(struct text_report *t)
{
	const struct report *r = t->r;

	term(t, "platform",
	     arena_printf(&t->arena, "%s, %s", r->platform->name,
			  r->target ? r->target : "unknown target"));
	budget(t);
	origin(t);
}
