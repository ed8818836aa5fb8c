/* The words of a diff, the same in every format. */
#include "base/text.h"
#include "snapshot/diff.h"

enum { MOST_DETAILS = 4 }; /* in a phrase; the rest is counted */

const char *diff_cause_name(enum diff_cause c)
{
	static const char *const names[] = {
		"frame",       "call",	    "cost",	     "new-call", "new-function", "outlined",
		"now-deepest", "call-gone", "function-gone", "inlined",	 "not-deepest",
	};

	return names[c];
}

const char *diff_state_name(enum diff_state s)
{
	static const char *const names[] = {"changed", "new", "gone", "inlined", "outlined"};

	return names[s];
}

/* "char buf[256]" of the type "char[256]" and the name "buf": as C declares it. */
static void declare(struct buf *b, const char *type, const char *name)
{
	const char *bracket = type ? strchr(type, '[') : NULL;

	if (!type)
		buf_puts(b, name);
	else if (bracket && !strchr(type, '('))
		buf_printf(b, "%.*s%s%s%s", (int)(bracket - type), type,
			   bracket > type && bracket[-1] == ' ' ? "" : " ", name, bracket);
	else
		buf_printf(b, "%s%s%s", type, str_ends(type, "*") ? "" : " ", name);
}

static void add_variable(struct buf *b, const char *word, const struct diff_detail *d)
{
	buf_printf(b, "%s ", word);
	declare(b, d->type, d->name);
	if (d->old_type)
		buf_printf(b, " (was %s)", d->old_type);
	if (d->declared_in)
		buf_printf(b, " of inlined %s", d->declared_in);
}

static void add_detail(struct buf *b, const struct diff_detail *d)
{
	switch (d->kind) {
	case DETAIL_NEW: add_variable(b, "new variable", d); break;
	case DETAIL_GONE: add_variable(b, "no more variable", d); break;
	case DETAIL_CHANGED: add_variable(b, "variable", d); break;
	case DETAIL_INLINED: buf_printf(b, "inlined %s", d->name); break;
	case DETAIL_NOT_INLINED: buf_printf(b, "no longer inlined %s", d->name); break;
	case DETAIL_OTHER: buf_puts(b, d->name); break;
	}
	buf_printf(b, " (%+lld)", (long long)d->delta);
}

static void add_details(struct buf *b, const struct diff_detail *details, size_t n)
{
	for (size_t i = 0; i < n && i < MOST_DETAILS; i++) {
		buf_puts(b, i ? ", " : "");
		add_detail(b, &details[i]);
	}
	if (n > MOST_DETAILS)
		buf_printf(b, ", %zu more", n - MOST_DETAILS);
}

const char *diff_details_text(const struct diff_detail *details, size_t n, struct arena *a)
{
	struct buf b = {0};
	const char *text;

	add_details(&b, details, n);
	text = arena_strdup(a, buf_str(&b));
	buf_release(&b);
	return text;
}

static void add_frame(struct buf *b, int64_t bytes)
{
	if (bytes == BYTES_UNKNOWN)
		buf_puts(b, "unknown");
	else
		buf_printf(b, "%lld", (long long)bytes);
}

/* " (frame 40 -> 552 bytes)", " (frame 552 bytes)". */
static void add_frames(struct buf *b, const struct diff_reason *r)
{
	bool was = r->before != NO_ID, is = r->after != NO_ID;

	if (!was && !is)
		return;
	buf_puts(b, " (frame ");
	if (was)
		add_frame(b, r->frame_before);
	if (was && is && r->frame_before != r->frame_after)
		buf_puts(b, " -> ");
	if (is && (!was || r->frame_before != r->frame_after))
		add_frame(b, r->frame_after);
	buf_puts(b, " bytes)");
}

static const char *caller(const struct diff_reason *r)
{
	return r->caller ? r->caller : "nobody";
}

static void add_cause(struct buf *b, const struct diff_reason *r)
{
	switch (r->cause) {
	case CAUSE_FRAME: buf_printf(b, "frame of %s", r->label); break;
	case CAUSE_CALL: buf_printf(b, "%s calls with more or less on its stack", r->label); break;
	case CAUSE_COST: buf_printf(b, "assumed cost of %s", r->label); break;
	case CAUSE_NEW_CALL: buf_printf(b, "%s now calls %s", caller(r), r->label); break;
	case CAUSE_NEW_FUNCTION: buf_printf(b, "new function %s", r->label); break;
	case CAUSE_OUTLINED:
		buf_printf(b, "%s is no longer inlined into %s", r->label, r->host);
		break;
	case CAUSE_NOW_DEEPEST: buf_printf(b, "the deepest way is now through %s", r->label); break;
	case CAUSE_CALL_GONE: buf_printf(b, "%s no longer calls %s", caller(r), r->label); break;
	case CAUSE_FUNCTION_GONE: buf_printf(b, "function %s is gone", r->label); break;
	case CAUSE_INLINED: buf_printf(b, "%s is now inlined into %s", r->label, r->host); break;
	case CAUSE_NOT_DEEPEST:
		buf_printf(b, "the deepest way is no longer through %s", r->label);
		break;
	}
}

const char *diff_reason_text(const struct diff_reason *r, struct arena *a)
{
	struct buf b = {0};
	const char *text;

	add_cause(&b, r);
	add_frames(&b, r);
	if (r->n_details) {
		buf_puts(&b, ": ");
		add_details(&b, r->details, r->n_details);
	}
	text = arena_strdup(a, buf_str(&b));
	buf_release(&b);
	return text;
}
