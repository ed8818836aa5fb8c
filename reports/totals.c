#include "reports/totals.h"

#include <stdlib.h>
#include <string.h>

static int compare_rules(const void *a, const void *b)
{
	const struct rule_total *x = a, *y = b;

	return strcmp(x->rule, y->rule);
}

static void count_rule(struct totals *t, const char *rule)
{
	for (size_t i = 0; i < t->n_rules; i++) {
		if (!strcmp(t->rules[i].rule, rule)) {
			t->rules[i].n++;
			return;
		}
	}
	t->rules[t->n_rules++] = (struct rule_total){.rule = rule, .n = 1};
}

static void count_findings(struct totals *t, const struct report *r, struct arena *a)
{
	t->rules = arena_array(a, r->n_findings, struct rule_total);
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];

		if (f->suppressed) {
			t->suppressed++;
			continue;
		}
		t->findings++;
		t->severity[f->severity]++;
		t->state[f->state]++;
		count_rule(t, f->rule);
	}
	qsort(t->rules, t->n_rules, sizeof(*t->rules), compare_rules);
}

static void count_functions(struct totals *t, const struct report *r)
{
	const struct program *p = r->program;
	int64_t max = BYTES_UNKNOWN;

	t->deepest = NO_ID;
	for (uint32_t f = 0; f < p->n_funcs; f++) {
		const struct depth *d = &r->depths->v[f];

		t->bounds[d->bound]++;
		if (p->units[p->funcs[f].unit]->status == UNIT_OK)
			t->origins[p->funcs[f].fact->frame_origin]++;
		if (d->bytes != BYTES_UNKNOWN && d->bytes > max) {
			max = d->bytes;
			t->deepest = f;
		}
	}
	for (uint32_t e = 0; e < p->n_edges; e++)
		t->edges[program_edge_unresolved(&p->edges[e]) ? EVIDENCE_NONE
							       : p->edges[e].evidence]++;
}

void totals_count(struct totals *t, const struct report *r, struct arena *a)
{
	*t = (struct totals){0};
	count_findings(t, r, a);
	count_functions(t, r);
	for (size_t i = 0; i < r->n_entries; i++) {
		const struct entry *e = &r->entries[i];

		t->entries_over += e->over;
		if (e->has_headroom && (!t->has_headroom || e->headroom < t->min_headroom)) {
			t->min_headroom = e->headroom;
			t->has_headroom = true;
		}
	}
}

const char *finding_state_name(enum finding_state s)
{
	static const char *const names[] = {
		[STATE_UNKNOWN] = "unknown", [STATE_NEW] = "new", [STATE_EXISTING] = "existing"};

	return names[s];
}
