/* Findings of the text report: all errors, the worst of the rest; an advice is given once. */
#include "base/map.h"
#include "base/text.h"
#include "reports/text_parts.h"

enum { MAX_CYCLE = 12, MAX_SUPPRESSED = 10 };

static const struct {
	const char *one, *many;
	size_t max; /* how many are shown; 0: all */
	enum style style;
} kinds[] = {
	[SEVERITY_NOTE] = {"note", "notes", 10, STYLE_NOTE},
	[SEVERITY_WARNING] = {"warning", "warnings", 20, STYLE_WARNING},
	[SEVERITY_ERROR] = {"error", "errors", 0, STYLE_ERROR},
};

static void print_place(struct text_report *t, const char *file, uint32_t line)
{
	buf_puts(t->buf, text_fit(t, file, 0));
	if (line)
		buf_printf(t->buf, ":%u", line);
}

static bool is_cycle(const struct program *p, const struct finding *f)
{
	return f->n_edges && p->edges[f->edges[f->n_edges - 1]].to == p->edges[f->edges[0]].from;
}

/* The edges of a cycle: no entry's path shows them. */
static void print_cycle(struct text_report *t, const struct finding *f)
{
	for (uint32_t i = 0; i < f->n_edges; i++) {
		const struct program_edge *e = &t->r->program->edges[f->edges[i]];

		if (i == MAX_CYCLE) {
			buf_printf(t->buf, "    ... %s\n",
				   text_count(t, f->n_edges - i, "more call", "more calls"));
			return;
		}
		buf_printf(t->buf, "    %s -> %s", text_func(t, e->from), text_func(t, e->to));
		if (e->call->loc.file) {
			buf_puts(t->buf, "  ");
			print_place(t, e->call->loc.file, e->call->loc.line);
		}
		if (e->evidence != EVIDENCE_DIRECT)
			buf_printf(t->buf, "  through %s", evidence_name(e->evidence));
		buf_putc(t->buf, '\n');
	}
}

static void print_line(struct text_report *t, const struct finding *f, enum style style)
{
	const struct program *p = t->r->program;

	if (f->loc.file)
		print_place(t, f->loc.file, f->loc.line);
	else if (f->func != NO_ID)
		print_place(t, p->units[p->funcs[f->func].unit]->unit, 0);
	buf_puts(t->buf, ": ");
	text_styled(t, style, "%s:", severity_name(f->severity));
	buf_printf(t->buf, " %s ", text_fit(t, f->message, 0));
	text_styled(t, STYLE_DIM, "[%s]", f->rule);
	buf_puts(t->buf, f->state == STATE_NEW ? " new\n" : "\n");
}

static void print_finding(struct text_report *t, const struct finding *f, struct map *advised)
{
	bool first = false;

	print_line(t, f, kinds[f->severity].style);
	if (is_cycle(t->r->program, f))
		print_cycle(t, f);
	if (f->advice)
		map_put_str(advised, f->advice, &first);
	if (first)
		text_wrapped(t, 4, f->advice);
}

static void print_severity(struct text_report *t, enum severity s, struct map *advised)
{
	size_t n = t->totals->severity[s], shown = 0;

	if (!n)
		return;
	buf_putc(t->buf, '\n');
	text_styled(t, STYLE_HEADING, "%s", text_count(t, n, kinds[s].one, kinds[s].many));
	buf_putc(t->buf, '\n');
	for (size_t i = 0; i < t->r->n_findings; i++) {
		const struct finding *f = &t->r->findings[i];

		if (f->severity != s || f->suppressed)
			continue;
		if (kinds[s].max && shown == kinds[s].max)
			break;
		print_finding(t, f, advised);
		shown++;
	}
	if (shown < n)
		buf_printf(t->buf, "... and %s more %s (--format json lists all)\n",
			   text_thousands(&t->arena, (long long)(n - shown)),
			   n - shown == 1 ? kinds[s].one : kinds[s].many);
}

/* Accepted by the user, and why: no advice is needed. */
static void print_suppressed(struct text_report *t)
{
	size_t n = t->totals->suppressed, shown = 0;

	if (!n)
		return;
	buf_putc(t->buf, '\n');
	text_styled(t, STYLE_HEADING, "%s suppressed", text_count(t, n, "finding", "findings"));
	buf_putc(t->buf, '\n');
	for (size_t i = 0; i < t->r->n_findings && shown < MAX_SUPPRESSED; i++) {
		const struct finding *f = &t->r->findings[i];

		if (!f->suppressed)
			continue;
		print_line(t, f, STYLE_DIM);
		if (f->suppressed_why)
			text_wrapped(t, 4, f->suppressed_why);
		shown++;
	}
	if (shown < n)
		buf_printf(t->buf, "... and %s more (--format json lists all)\n",
			   text_thousands(&t->arena, (long long)(n - shown)));
}

void text_findings(struct text_report *t)
{
	struct map advised = {0};

	for (int s = SEVERITY_ERROR; s >= SEVERITY_NOTE; s--)
		print_severity(t, (enum severity)s, &advised);
	print_suppressed(t);
	map_release(&advised);
}
