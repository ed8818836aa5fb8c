/*
 * Findings of two runs. Equal fingerprints are one finding. Some fingerprints name a file, so what is left over is matched by
 * rule, subject and the function that its function is matched with: a finding in a file that moved is no new one.
 */
#include "snapshot/match.h"

#include <stdlib.h>

struct pairing {
	struct diff *d;
	uint32_t *to_before, *to_after; /* by finding */
	struct arena keys;
};

static uint32_t *none(struct arena *a, size_t n)
{
	uint32_t *v = arena_array(a, n + 1, uint32_t);

	for (size_t i = 0; i < n; i++)
		v[i] = NO_ID;
	return v;
}

static void match_fingerprints(struct pairing *p)
{
	const struct snapshot *b = p->d->before, *a = p->d->after;
	struct map by_print = {0};

	for (size_t i = b->findings.n; i-- > 0;)
		*map_put_str(&by_print, b->findings.v[i].fingerprint, NULL) = i + 1;
	for (size_t i = 0; i < a->findings.n; i++) {
		const uint64_t *found = map_find_str(&by_print, a->findings.v[i].fingerprint);

		if (!found || p->to_after[*found - 1] != NO_ID)
			continue;
		p->to_before[i] = (uint32_t)*found - 1;
		p->to_after[*found - 1] = (uint32_t)i;
	}
	map_release(&by_print);
}

/* `func` is one of the after side. */
static const char *make_key(struct pairing *p, const struct snapshot_finding *f, uint32_t func)
{
	return arena_printf(&p->keys, "%s\n%s\n%u", f->rule, f->subject, func);
}

static void match_functions_findings(struct pairing *p)
{
	const struct snapshot *b = p->d->before, *a = p->d->after;
	uint32_t *next = arena_array(&p->keys, b->findings.n + 1, uint32_t);
	struct map by_place = {0};

	for (size_t i = b->findings.n; i-- > 0;) {
		const struct snapshot_finding *f = &b->findings.v[i];
		uint32_t func = f->func == NO_ID ? NO_ID : p->d->to_after[f->func];
		uint64_t *first;

		if (p->to_after[i] != NO_ID || func == NO_ID)
			continue;
		first = map_put_str(&by_place, make_key(p, f, func), NULL);
		next[i] = (uint32_t)*first;
		*first = i + 1;
	}
	for (size_t i = 0; i < a->findings.n; i++) {
		const struct snapshot_finding *f = &a->findings.v[i];
		uint64_t *first;

		if (p->to_before[i] != NO_ID || f->func == NO_ID)
			continue;
		first = map_find_str(&by_place, make_key(p, f, f->func));
		if (!first || !*first)
			continue;
		p->to_before[i] = (uint32_t)*first - 1;
		p->to_after[*first - 1] = (uint32_t)i;
		*first = next[*first - 1];
	}
	map_release(&by_place);
}

static void add(struct pairing *p, enum diff_state state, uint32_t before, uint32_t after)
{
	const struct snapshot_finding *x =
		before == NO_ID ? NULL : &p->d->before->findings.v[before];
	const struct snapshot_finding *y = after == NO_ID ? NULL : &p->d->after->findings.v[after];
	struct diff_totals *t = &p->d->totals;
	int64_t was = x && x->bytes > 0 ? x->bytes : 0, is = y && y->bytes > 0 ? y->bytes : 0;

	*vec_push(&p->d->findings) = (struct diff_finding){
		.state = state, .before = before, .after = after, .delta = is - was};
	t->findings_new += !x && !y->suppressed;
	t->findings_fixed += !y && !x->suppressed;
	t->findings_existing += x && y;
	t->suppressed_new += y && y->suppressed && !(x && x->suppressed);
}

static void list(struct pairing *p)
{
	size_t before = p->d->before->findings.n, after = p->d->after->findings.n;

	for (uint32_t i = 0; i < after; i++)
		if (p->to_before[i] == NO_ID)
			add(p, DIFF_NEW, NO_ID, i);
	for (uint32_t i = 0; i < before; i++)
		if (p->to_after[i] == NO_ID)
			add(p, DIFF_GONE, i, NO_ID);
	for (uint32_t i = 0; i < after; i++)
		if (p->to_before[i] != NO_ID)
			add(p, DIFF_CHANGED, p->to_before[i], i);
}

void match_findings(struct diff *d)
{
	struct pairing p = {.d = d};

	p.to_before = none(&p.keys, d->after->findings.n);
	p.to_after = none(&p.keys, d->before->findings.n);
	match_fingerprints(&p);
	match_functions_findings(&p);
	list(&p);
	arena_release(&p.keys);
}
