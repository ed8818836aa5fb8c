/*
 * Input: a diff and what a change may do. Output: a sentence for every reason to refuse it.
 *
 * One cause is told once where it can be: a path that goes over its budget is not also told as grown. The finding that a rule
 * makes of the same path is, as it is what gets suppressed.
 */
#include "snapshot/judge.h"

#include "base/text.h"

#include <string.h>

enum { MAX_REASONS = 3 }; /* of one path in its sentence; the report has all */

static const char *bytes_text(struct arena *a, int64_t bytes)
{
	return bytes == BYTES_UNKNOWN ? "an unknown number of" : text_thousands(a, bytes);
}

/* "file:line", or "". */
static const char *place_text(struct arena *a, const char *file, uint32_t line)
{
	if (!file)
		return "";
	return line ? arena_printf(a, "%s:%u", file, line) : file;
}

/* Where a grown frame got its largest part: the declaration, if it has a place. */
static const struct diff_detail *largest_detail(const struct diff_detail *details, size_t n)
{
	const struct diff_detail *best = NULL;

	for (size_t i = 0; i < n; i++)
		if (details[i].delta > 0 && details[i].file &&
		    (!best || details[i].delta > best->delta))
			best = &details[i];
	return best;
}

static const char *reason_phrase(struct arena *a, const struct diff_reason *r)
{
	const struct diff_detail *detail = largest_detail(r->details, r->n_details);
	const char *place = detail ? place_text(a, detail->file, detail->line)
				   : place_text(a, r->file, r->line);

	return arena_printf(a, "%s%s%s%s", diff_reason_text(r, a), *place ? " [" : "", place,
			    *place ? "]" : "");
}

/* The reasons that made the path deeper, largest first; "" when none is known. */
static const char *why_deeper(struct arena *a, const struct diff_entry *e)
{
	bool *told = arena_array(a, e->n_reasons + 1, bool);
	const char *text = "";

	for (int n = 0; n < MAX_REASONS; n++) {
		size_t best = e->n_reasons;

		for (size_t i = 0; i < e->n_reasons; i++)
			if (!told[i] && e->reasons[i].delta > 0 &&
			    (best == e->n_reasons || e->reasons[i].delta > e->reasons[best].delta))
				best = i;
		if (best == e->n_reasons)
			break;
		told[best] = true;
		text = arena_printf(a, "%s%s%s", text, n ? "; " : ": ",
				    reason_phrase(a, &e->reasons[best]));
	}
	return text;
}

static void judge_entry(struct judgement *j, const struct diff_entry *e,
			const struct judge_limits *limits)
{
	struct arena *a = &j->arena;
	const char *before = bytes_text(a, e->bytes_before), *after = bytes_text(a, e->bytes_after);

	if (e->crosses)
		*vec_push(&j->failures) = arena_printf(
			a, "the worst path from %s takes %s bytes now, over its budget of %s%s%s%s",
			e->label, after, bytes_text(a, e->budget),
			e->state == DIFF_NEW ? " (it is new)" : " (before: ",
			e->state == DIFF_NEW ? "" : arena_printf(a, "%s)", before),
			why_deeper(a, e));
	else if (e->state == DIFF_CHANGED && limits->path_growth != BYTES_UNKNOWN &&
		 e->delta > limits->path_growth &&
		 !(limits->path_accepted && limits->path_accepted[e->after]))
		*vec_push(&j->failures) =
			arena_printf(a,
				     "the worst path from %s grows by %s bytes, from %s to %s, and "
				     "%s are allowed%s",
				     e->label, text_thousands(a, e->delta), before, after,
				     text_thousands(a, limits->path_growth), why_deeper(a, e));
	else if (e->state == DIFF_CHANGED && e->bytes_after == BYTES_UNKNOWN &&
		 e->bytes_before != BYTES_UNKNOWN)
		*vec_push(&j->failures) = arena_printf(
			a, "the worst path from %s took %s bytes, and is not known now", e->label,
			before);
}

static void judge_function(struct judgement *j, const struct diff_function *f,
			   const struct judge_limits *limits)
{
	struct arena *a = &j->arena;
	const char *details;

	if (limits->frame_growth == BYTES_UNKNOWN || f->state != DIFF_CHANGED ||
	    f->delta <= limits->frame_growth ||
	    (limits->frame_accepted && limits->frame_accepted[f->after]))
		return;
	details = diff_details_text(f->details, f->n_details, a);
	*vec_push(&j->failures) = arena_printf(
		a, "the frame of %s grows by %s bytes, from %s to %s, and %s are allowed%s%s",
		f->label, text_thousands(a, f->delta), bytes_text(a, f->bytes_before),
		bytes_text(a, f->bytes_after), text_thousands(a, limits->frame_growth),
		*details ? ": " : "", details);
}

static bool is_severe(const char *severity, const struct judge_limits *limits)
{
	for (size_t i = 0; i < limits->n_severities; i++)
		if (!strcmp(severity, limits->severities[i]))
			return true;
	return false;
}

/* A finding counts as new, too, when it was accepted, or too mild to fail, before. */
static bool is_new(const struct diff *d, const struct diff_finding *f,
		   const struct judge_limits *limits)
{
	const struct snapshot_finding *before;

	if (f->after == NO_ID || f->state == DIFF_GONE)
		return false;
	if (f->state == DIFF_NEW || f->before == NO_ID)
		return true;
	before = &d->before->findings.v[f->before];
	return before->suppressed || !is_severe(before->severity, limits);
}

static void judge_finding(struct judgement *j, const struct diff *d, const struct diff_finding *f,
			  const struct judge_limits *limits)
{
	struct arena *a = &j->arena;
	const struct snapshot_finding *x;
	const char *place;

	if (!is_new(d, f, limits))
		return;
	x = &d->after->findings.v[f->after];
	if (x->suppressed || !is_severe(x->severity, limits))
		return;
	place = place_text(a, x->file, x->line);
	*vec_push(&j->failures) = arena_printf(a, "new finding %s%s%s: %s", x->rule,
					       *place ? " at " : "", place, x->message);
}

static void notice_bounds(struct judgement *j, const struct diff *d)
{
	for (size_t i = 0; i < d->entries.n; i++) {
		const struct diff_entry *e = &d->entries.v[i];

		if (e->bound_changed && e->state == DIFF_CHANGED)
			*vec_push(&j->notices) =
				arena_printf(&j->arena, "the depth of %s was %s, and is %s",
					     e->label, d->before->functions[e->before].bound,
					     d->after->functions[e->after].bound);
	}
}

void judge(struct judgement *j, const struct diff *d, const struct judge_limits *limits)
{
	for (size_t i = 0; i < d->entries.n; i++)
		judge_entry(j, &d->entries.v[i], limits);
	for (size_t i = 0; i < d->functions.n; i++)
		judge_function(j, &d->functions.v[i], limits);
	for (size_t i = 0; i < d->findings.n; i++)
		judge_finding(j, d, &d->findings.v[i], limits);
	notice_bounds(j, d);
}

void judgement_release(struct judgement *j)
{
	vec_release(&j->notices);
	vec_release(&j->failures);
	arena_release(&j->arena);
	*j = (struct judgement){0};
}
