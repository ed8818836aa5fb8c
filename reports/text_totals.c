/* Foot of the text report: counts, and with --stats what the run took. */
#include "base/text.h"
#include "reports/text_parts.h"

static const char *number(struct text_report *t, size_t n)
{
	return text_thousands(&t->arena, (long long)n);
}

static void row(struct text_report *t, const char *name, const char *text)
{
	buf_printf(t->buf, "  %-9s  %s\n", name, text);
}

static void findings(struct text_report *t)
{
	const struct totals *n = t->totals;
	const char *text =
		arena_printf(&t->arena, "%s, %s, %s",
			     text_count(t, n->severity[SEVERITY_ERROR], "error", "errors"),
			     text_count(t, n->severity[SEVERITY_WARNING], "warning", "warnings"),
			     text_count(t, n->severity[SEVERITY_NOTE], "note", "notes"));

	if (n->state[STATE_NEW] || n->state[STATE_EXISTING])
		text = arena_printf(&t->arena, "%s, %s of them new", text,
				    number(t, n->state[STATE_NEW]));
	if (n->suppressed)
		text = arena_printf(&t->arena, "%s; %s suppressed", text, number(t, n->suppressed));
	row(t, "findings", text);
}

static void depths(struct text_report *t)
{
	const size_t *n = t->totals->bounds;

	row(t, "functions",
	    arena_printf(&t->arena, "%s; depths: %s exact, %s at least, %s unbounded",
			 number(t, t->r->program->n_funcs), number(t, n[BOUND_EXACT]),
			 number(t, n[BOUND_AT_LEAST]), number(t, n[BOUND_UNBOUNDED])));
}

static void deepest(struct text_report *t)
{
	uint32_t func = t->totals->deepest;

	if (func == NO_ID)
		return;
	row(t, "deepest",
	    arena_printf(&t->arena, "%s (%s)", text_depth(t, &t->r->depths->v[func]),
			 text_func(t, func)));
}

static void entries(struct text_report *t)
{
	row(t, "entries",
	    arena_printf(&t->arena, "%s, %s over the budget of %s", number(t, t->r->n_entries),
			 number(t, t->totals->entries_over), text_bytes(t, t->r->budget_bytes)));
}

/* Believed edges other than direct ones are one number here; JSON has them by evidence. */
static void calls(struct text_report *t)
{
	const size_t *n = t->totals->edges;
	size_t believed = 0;

	for (enum evidence e = EVIDENCE_FIELD; e < EVIDENCE_SIGNATURE; e++)
		believed += n[e];
	row(t, "calls",
	    arena_printf(&t->arena,
			 "%s direct, %s indirect; not counted: %s that fit by type only, %s "
			 "without a known target",
			 number(t, n[EVIDENCE_DIRECT]), number(t, believed),
			 number(t, n[EVIDENCE_SIGNATURE]), number(t, n[EVIDENCE_NONE])));
}

static void stats(struct text_report *t)
{
	const struct run_stats *s = t->r->stats;

	row(t, "time",
	    arena_printf(&t->arena, "%.2f s, %.2f CPU seconds", s->wall_seconds, s->cpu_seconds));
	row(t, "cache",
	    arena_printf(&t->arena, "%s, %s", text_count(t, s->cache_hits, "hit", "hits"),
			 text_count(t, s->cache_misses, "miss", "misses")));
	row(t, "memory",
	    arena_printf(&t->arena, "worker %ld MiB, parent %ld MiB at most",
			 s->peak_worker_kib / 1024, s->peak_parent_kib / 1024));
}

void text_totals(struct text_report *t)
{
	buf_putc(t->buf, '\n');
	text_styled(t, STYLE_HEADING, "Totals");
	buf_putc(t->buf, '\n');
	findings(t);
	depths(t);
	deepest(t);
	entries(t);
	calls(t);
	if (t->r->stats)
		stats(t);
}
