/* The part of the Markdown report that a base run adds: what moved, why, and what was mended. */
#include "base/text.h"
#include "reports/bounds.h"
#include "reports/markdown_parts.h"
#include "rules/words.h"

#include <string.h>

enum { MAX_MOVED = 15, MAX_PATHS = 3, MAX_REASONS = 3, MAX_FIXED = 15 };

static const char *bytes(struct markdown *m, int64_t n)
{
	return n == BYTES_UNKNOWN ? "unknown" : words_bytes(&m->arena, n);
}

static void total(struct markdown *m, const char *what, int64_t before, int64_t after)
{
	buf_printf(m->out, "| %s | %s before, %s now |\n", what, bytes(m, before), bytes(m, after));
}

void md_change_totals(struct markdown *m)
{
	const struct diff *d = m->r->diff;
	const struct diff_totals *t = &d->totals;

	total(m, "deepest path", t->deepest_before, t->deepest_after);
	total(m, "all frames together", t->frame_bytes_before, t->frame_bytes_after);
	buf_printf(
		m->out,
		"| entry points against the base | %zu deeper, %zu shallower, %zu new, %zu gone, "
		"%zu the same |\n",
		t->entries_deeper, t->entries_shallower, t->entries_new, t->entries_gone,
		t->entries_same);
	buf_printf(m->out,
		   "| findings against the base | %zu new, %zu fixed, %zu known before; %zu newly "
		   "suppressed |\n",
		   t->findings_new, t->findings_fixed, t->findings_existing, t->suppressed_new);
	for (size_t i = 0; i < d->n_differences; i++) {
		md_text(m, "not comparable");
		md_text(m, d->differences[i]);
		md_end_row(m);
	}
}

/* A depth of a snapshot, marked as bound_bytes() marks one. */
static const char *depth(struct markdown *m, const struct snapshot *s, uint32_t func)
{
	const struct snapshot_function *f;
	struct depth d = {0};

	if (func == NO_ID)
		return "not there";
	f = &s->functions[func];
	d.bytes = f->depth_bytes;
	d.reasons = f->reasons;
	while (d.bound < BOUND_UNBOUNDED && strcmp(bound_name(d.bound), f->bound) != 0)
		d.bound++;
	return bound_bytes(&d, &m->arena);
}

static const char *why(struct markdown *m, const struct diff_entry *e)
{
	const char *text = e->state == DIFF_CHANGED ? "" : diff_state_name(e->state);
	size_t shown = 0, left_out = 0;

	for (size_t i = 0; i < e->n_reasons; i++) {
		if (shown == MAX_REASONS) {
			left_out++;
			continue;
		}
		text = arena_printf(&m->arena, "%s%s%s", text, *text ? "; " : "",
				    diff_reason_text(&e->reasons[i], &m->arena));
		shown++;
	}
	if (left_out)
		text = arena_printf(&m->arena, "%s; %s", text,
				    words_count(&m->arena, left_out, "more reason"));
	if (e->bound_changed)
		text = arena_printf(&m->arena, "%s%sknown in another way than before", text,
				    *text ? "; " : "");
	return text;
}

static void add_entry(struct markdown *m, const struct diff_entry *e)
{
	const struct diff *d = m->r->diff;

	md_code(m, e->label);
	md_text(m, depth(m, d->before, e->before));
	md_text(m, depth(m, d->after, e->after));
	md_delta(m, e->delta);
	md_text(m, arena_printf(&m->arena, "%s%s", bytes(m, e->budget),
				e->crosses ? ", now over" : ""));
	md_text(m, why(m, e));
	md_end_row(m);
}

static const struct entry *find_entry(const struct report *r, uint32_t func)
{
	for (size_t i = 0; i < r->n_entries; i++)
		if (r->entries[i].func == func)
			return &r->entries[i];
	return NULL;
}

static void add_paths(struct markdown *m)
{
	const struct diff *d = m->r->diff;
	size_t shown = 0;

	for (size_t i = 0; i < d->entries.n && shown < MAX_PATHS; i++) {
		const struct diff_entry *e = &d->entries.v[i];
		const struct entry *entry = NULL;

		if (e->delta > 0 && diff_entry_counts(e, &m->r->diff_limits))
			entry = find_entry(m->r, e->after);
		if (!entry)
			continue;
		md_path(m, entry);
		shown++;
	}
}

static size_t most_rows(const struct report *r)
{
	size_t top = r->diff_limits.top;

	return top && top < MAX_MOVED ? top : MAX_MOVED;
}

void md_change_entries(struct markdown *m)
{
	const struct diff *d = m->r->diff;
	size_t most = most_rows(m->r), shown = 0;

	buf_puts(m->out, "\n### Entry points that moved\n\n");
	for (size_t i = 0; i < d->entries.n && shown < most && !md_full(m); i++) {
		if (!diff_entry_counts(&d->entries.v[i], &m->r->diff_limits))
			continue;
		if (!shown++)
			buf_puts(m->out, "| entry point | base | head | change | budget | why "
					 "|\n|---|--:|--:|--:|--:|---|\n");
		add_entry(m, &d->entries.v[i]);
	}
	if (!shown)
		buf_puts(m->out, "None beyond the limits.\n");
	md_left_out(m, d->entries.n - shown, "more change");
	add_paths(m);
}

void md_change_fixed(struct markdown *m)
{
	const struct diff *d = m->r->diff;
	size_t n = d->totals.findings_fixed, shown = 0;

	if (!n)
		return;
	md_open_details(m, arena_printf(&m->arena, "%zu fixed", n), NULL);
	buf_puts(m->out, "| rule | place | what |\n|---|---|---|\n");
	for (size_t i = 0; i < d->findings.n && shown < MAX_FIXED && !md_full(m); i++) {
		const struct snapshot_finding *f;
		struct fact_loc loc;

		if (d->findings.v[i].state != DIFF_GONE)
			continue;
		f = &d->before->findings.v[d->findings.v[i].before];
		if (f->suppressed)
			continue;
		loc = (struct fact_loc){.file = f->file, .line = f->line};
		md_code(m, f->rule);
		md_place(m, &loc);
		md_text(m, f->message);
		md_end_row(m);
		shown++;
	}
	md_left_out(m, n > shown ? n - shown : 0, "more finding");
	md_close_details(m);
}
