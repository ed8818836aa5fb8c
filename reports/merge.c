#include "reports/merge.h"

#include <inttypes.h>
#include <string.h>

const char *report_build_name(const struct report *r)
{
	if (r->build)
		return r->build;
	return r->target ? r->target : "unknown";
}

static const char *key_of(struct merge *m, const struct report *r, const struct issue *i,
			  enum merge_by by)
{
	const char *symbol = i->func == NO_ID ? "" : r->program->funcs[i->func].fact->symbol;

	if (by == MERGE_FINGERPRINT)
		return i->fingerprint;
	return arena_printf(&m->arena, "%s\n%s\n%" PRIu32 "\n%s\n%s", i->rule, i->loc.file,
			    i->loc.line, symbol, i->finding->subject);
}

/* What is new, not suppressed, severe and large counts the most. */
static bool counts_more(const struct issue *x, const struct issue *y)
{
	bool x_new = !x->suppressed && x->state != STATE_EXISTING;
	bool y_new = !y->suppressed && y->state != STATE_EXISTING;

	if (x_new != y_new)
		return x_new;
	if (x->severity != y->severity)
		return x->severity > y->severity;
	return x->bytes > y->bytes;
}

/* Within one report nothing is the same as anything else, whatever the keys say. */
static void add_issue(struct merge *m, const struct report *r, const struct issue *i,
		      enum merge_by by)
{
	const char *build = report_build_name(r);
	uint64_t *number = map_put_str(&m->seen, key_of(m, r, i, by), NULL);
	struct merged_issue *old = *number ? &m->issues.v[*number - 1] : NULL;

	if (!old || old->last == r) {
		old = vec_push(&m->issues);
		*number = m->issues.n;
		*old = (struct merged_issue){.r = r, .issue = i};
	} else if (counts_more(i, old->issue)) {
		old->r = r;
		old->issue = i;
	}
	old->last = r;
	*vec_push(&old->builds) = build;
}

static void add_gap(struct merge *m, const struct report *r, const struct gap *g)
{
	struct merged_gap *found = NULL;

	for (size_t i = 0; i < m->gaps.n && !found; i++)
		if (m->gaps.v[i].gap.failed == g->failed && !strcmp(m->gaps.v[i].gap.unit, g->unit))
			found = &m->gaps.v[i];
	if (!found || m->n_reports == 1) {
		found = vec_push(&m->gaps);
		*found = (struct merged_gap){.gap = *g};
	}
	*vec_push(&found->builds) = report_build_name(r);
}

void merge_collect(struct merge *m, const struct report *const *r, size_t n, enum merge_by by)
{
	m->n_reports = n;
	for (size_t i = 0; i < n; i++) {
		size_t n_gaps;
		struct gap *gaps = issues_gaps(r[i], &m->arena, &n_gaps);

		for (size_t k = 0; k < n_gaps; k++)
			add_gap(m, r[i], &gaps[k]);
		*vec_push(&m->lists) = (struct issues){0};
		issues_collect(&m->lists.v[i], r[i]);
	}
	/* Now that the lists move no more. */
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < m->lists.v[i].v.n; k++)
			add_issue(m, r[i], &m->lists.v[i].v.v[k], by);
}

const char *merge_builds(const struct merge *m, const char *const *builds, size_t n,
			 struct arena *a)
{
	const char *all = n ? builds[0] : "";

	if (m->n_reports < 2)
		return NULL;
	for (size_t i = 1; i < n; i++)
		all = arena_printf(a, "%s, %s", all, builds[i]);
	return all;
}

void merge_release(struct merge *m)
{
	for (size_t i = 0; i < m->lists.n; i++)
		issues_release(&m->lists.v[i]);
	for (size_t i = 0; i < m->issues.n; i++)
		vec_release(&m->issues.v[i].builds);
	for (size_t i = 0; i < m->gaps.n; i++)
		vec_release(&m->gaps.v[i].builds);
	vec_release(&m->lists);
	vec_release(&m->issues);
	vec_release(&m->gaps);
	map_release(&m->seen);
	arena_release(&m->arena);
}
