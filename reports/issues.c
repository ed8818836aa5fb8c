#include "reports/issues.h"

#include "reports/bounds.h"
#include "rules/growth.h"
#include "rules/words.h"

#include <string.h>

enum { MAX_REASONS = 3 };

/* The changes of the functions, by function number; NULL without a base. */
struct changes {
	const struct diff_entry **entries;
	const struct diff_function **functions;
};

static struct changes index_changes(const struct report *r, struct arena *a)
{
	struct changes c = {0};
	uint32_t n = r->program->n_funcs;

	if (!r->diff)
		return c;
	c.entries = arena_array(a, n + 1, const struct diff_entry *);
	c.functions = arena_array(a, n + 1, const struct diff_function *);
	for (size_t i = 0; i < r->diff->entries.n; i++)
		if (r->diff->entries.v[i].after < n)
			c.entries[r->diff->entries.v[i].after] = &r->diff->entries.v[i];
	for (size_t i = 0; i < r->diff->functions.n; i++)
		if (r->diff->functions.v[i].after < n)
			c.functions[r->diff->functions.v[i].after] = &r->diff->functions.v[i];
	return c;
}

/* Where the most of a growth comes from. */
static struct fact_loc details_place(const struct diff_detail *details, size_t n)
{
	struct fact_loc loc = {0};
	int64_t most = 0;

	for (size_t i = 0; i < n; i++) {
		if (details[i].delta <= most || !details[i].file || !details[i].line)
			continue;
		most = details[i].delta;
		loc = (struct fact_loc){.file = details[i].file, .line = details[i].line};
	}
	return loc;
}

static struct fact_loc entry_place(const struct diff_entry *e)
{
	const struct diff_reason *most = NULL;
	struct fact_loc loc = {0};

	for (size_t i = 0; i < e->n_reasons; i++)
		if (e->reasons[i].delta > 0 && (!most || e->reasons[i].delta > most->delta))
			most = &e->reasons[i];
	if (!most)
		return loc;
	loc = details_place(most->details, most->n_details);
	if (!loc.file)
		loc = (struct fact_loc){.file = most->file, .line = most->line};
	return loc;
}

static const char *entry_change(const struct diff_entry *e, struct arena *a)
{
	const char *text = arena_printf(a, "grew by %s", words_bytes(a, e->delta));
	size_t shown = 0;

	for (size_t i = 0; i < e->n_reasons && shown < MAX_REASONS; i++) {
		if (!e->reasons[i].delta)
			continue;
		text = arena_printf(a, "%s%s%s", text, shown++ ? "; " : ": ",
				    diff_reason_text(&e->reasons[i], a));
	}
	return text;
}

static const char *function_change(const struct diff_function *f, struct arena *a)
{
	const char *details = diff_details_text(f->details, f->n_details, a);

	return arena_printf(a, "grew by %s%s%s", words_bytes(a, f->delta), *details ? ": " : "",
			    details);
}

/* The file of a unit, without the number of its command; never empty. */
static const char *unit_file(const char *unit, struct arena *a)
{
	size_t len = words_source_len(unit);

	if (!len)
		return *unit ? unit : "unknown";
	return arena_strndup(a, unit, len);
}

/* A place that names a file; the unit's source where the function's is not known. */
static struct fact_loc place(const struct report *r, uint32_t func, struct fact_loc loc,
			     struct arena *a)
{
	const char *unit = "";

	if (loc.file && *loc.file)
		return loc;
	if (func != NO_ID)
		unit = r->program->units[r->program->funcs[func].unit]->unit;
	return (struct fact_loc){.file = unit_file(unit, a)};
}

static void set_place(struct issue *i, const struct report *r, struct fact_loc own,
		      struct fact_loc changed, struct arena *a)
{
	i->loc = place(r, i->func, own, a);
	if (!changed.file || !*changed.file ||
	    (changed.line == i->loc.line && !strcmp(changed.file, i->loc.file)))
		return;
	i->origin = i->loc;
	i->loc = changed;
}

static bool is_cycle(const struct program *p, const struct finding *f)
{
	return f->n_edges && p->edges[f->edges[f->n_edges - 1]].to == p->edges[f->edges[0]].from;
}

/* By the number that the finding is about. */
static bool is_about_depth(const struct report *r, const struct finding *f)
{
	const struct depth *d = &r->depths->v[f->func];

	if (is_cycle(r->program, f))
		return false;
	if (!strcmp(f->rule, rule_growth.id))
		return growth_is_of_path(f);
	return f->n_edges || (f->bytes != BYTES_UNKNOWN && !strcmp(f->rule, "path-budget") &&
			      (f->bytes == d->bytes || f->bytes == d->possible_bytes));
}

static bool is_about_frame(const struct report *r, const struct finding *f)
{
	return f->bytes == program_frame_bytes(r->program, f->func);
}

static void explain(struct issue *i, const struct report *r, const struct changes *c,
		    struct fact_loc *changed, struct arena *a)
{
	const struct diff_entry *e = c->entries ? c->entries[i->func] : NULL;
	const struct diff_function *f = c->functions ? c->functions[i->func] : NULL;

	if (is_about_depth(r, i->finding)) {
		i->why = bound_why(r, i->func, a);
		if (e && e->state == DIFF_CHANGED && e->delta > 0) {
			i->change = entry_change(e, a);
			*changed = entry_place(e);
		}
	} else if (is_about_frame(r, i->finding)) {
		i->why = bound_frame_why(r->program->funcs[i->func].fact, a);
		if (f && f->state == DIFF_CHANGED && f->delta > 0) {
			i->change = function_change(f, a);
			*changed = details_place(f->details, f->n_details);
		}
	}
}

static void add_finding(struct issues *l, const struct report *r, const struct changes *c,
			const struct finding *f)
{
	struct issue *i = vec_push(&l->v);
	struct fact_loc changed = {0};

	*i = (struct issue){.rule = f->rule,
			    .severity = f->severity,
			    .state = f->state,
			    .suppressed = f->suppressed,
			    .suppressed_why = f->suppressed_why,
			    .func = f->func,
			    .message = f->message,
			    .advice = f->advice,
			    .bytes = f->bytes,
			    .limit = f->limit,
			    .fingerprint = f->fingerprint,
			    .finding = f};
	if (f->func != NO_ID)
		explain(i, r, c, &changed, &l->arena);
	set_place(i, r, f->loc, changed, &l->arena);
	l->suppressed += f->suppressed;
	l->existing += !f->suppressed && f->state == STATE_EXISTING;
}

void issues_collect(struct issues *l, const struct report *r)
{
	struct changes c = index_changes(r, &l->arena);

	for (size_t i = 0; i < r->n_findings; i++)
		add_finding(l, r, &c, &r->findings[i]);
}

void issues_release(struct issues *l)
{
	vec_release(&l->v);
	arena_release(&l->arena);
}

struct steps issue_steps(const struct report *r, const struct issue *i, struct arena *a)
{
	return steps_of_finding(r, i->finding, a);
}

const char *issue_line(const struct issue *i, struct arena *a)
{
	const char *suppressed = "";

	if (i->suppressed)
		suppressed = i->suppressed_why
				     ? arena_printf(a, "; suppressed: %s", i->suppressed_why)
				     : "; suppressed";
	return arena_printf(a, "%s%s%s%s%s%s", i->message ? i->message : i->rule,
			    i->change ? "; " : "", i->change ? i->change : "",
			    i->why ? "; not exact: " : "", i->why ? i->why : "", suppressed);
}

struct gap *issues_gaps(const struct report *r, struct arena *a, size_t *n)
{
	const struct program *p = r->program;
	struct gap *gaps = arena_array(a, r->n_failed + p->n_units + 1, struct gap);

	*n = 0;
	for (size_t i = 0; i < r->n_failed; i++)
		gaps[(*n)++] = (struct gap){.unit = r->failed[i].unit,
					    .failed = true,
					    .why = arena_printf(a, "not measured, %s: %s",
								r->failed[i].verdict,
								r->failed[i].reason)};
	for (uint32_t u = 0; u < p->n_units; u++) {
		const struct facts *f = p->units[u];

		if (f->status != UNIT_ESTIMATED)
			continue;
		gaps[(*n)++] =
			(struct gap){.unit = f->unit,
				     .why = arena_printf(a, "only estimated: %s",
							 f->problems.n ? f->problems.v[0]
								       : "it did not compile")};
	}
	for (size_t i = 0; i < *n; i++)
		gaps[i].file = unit_file(gaps[i].unit, a);
	return gaps;
}
