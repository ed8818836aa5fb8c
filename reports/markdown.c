/*
 * Markdown report, for a job summary or a comment on a pull request. Input: the whole report. Output: GitHub's
 * Markdown, short enough for a comment (65,536 characters): verdict, totals, the entry points that moved (without a
 * base run: the deepest), the worst paths collapsed, findings (with a base run: the new ones), and what was not
 * measured. The first line is a comment that is the same for every run of one build: a script finds its old comment
 * by it. Names stand in code spans or with every mark escaped.
 */
#include "base/hash.h"
#include "base/text.h"
#include "reports/bounds.h"
#include "reports/escape.h"
#include "reports/markdown_parts.h"
#include "reports/writer.h"
#include "rules/words.h"

#include <inttypes.h>
#include <string.h>

enum {
	FULL = 48000, /* bytes; what comes behind a table that stops there fits into the rest */
	MAX_ENTRIES = 10,
	MAX_PATHS = 3,
	MAX_STEPS = 40,
	MAX_ISSUES = 25,
	MAX_GAPS = 10,
	MAX_SENTENCES = 20,
	TEXT_COLUMNS = 400,
	SHORT_COMMIT = 12,
};

bool md_full(const struct markdown *m)
{
	return m->out->len > FULL;
}

static void running_text(struct markdown *m, const char *s)
{
	if (s)
		escape_markdown(m->out,
				escape_fit(&m->arena, text_printable(&m->arena, s), TEXT_COLUMNS));
}

void md_text(struct markdown *m, const char *s)
{
	buf_puts(m->out, "| ");
	running_text(m, s);
	buf_putc(m->out, ' ');
}

void md_code(struct markdown *m, const char *s)
{
	buf_puts(m->out, "| ");
	escape_markdown_code(m->out, s);
	buf_putc(m->out, ' ');
}

void md_place(struct markdown *m, const struct fact_loc *loc)
{
	if (loc->file && loc->line)
		md_code(m, arena_printf(&m->arena, "%s:%" PRIu32, loc->file, loc->line));
	else
		md_code(m, loc->file);
}

void md_delta(struct markdown *m, int64_t bytes)
{
	buf_printf(m->out, "| %s%s ", bytes > 0 ? "+" : "", text_thousands(&m->arena, bytes));
}

void md_end_row(struct markdown *m)
{
	buf_puts(m->out, "|\n");
}

void md_open_details(struct markdown *m, const char *what, const char *name)
{
	buf_printf(m->out, "\n<details><summary>%s", what);
	if (name) {
		buf_puts(m->out, " <code>");
		escape_xml(m->out, escape_fit(&m->arena, text_printable(&m->arena, name), 120));
		buf_puts(m->out, "</code>");
	}
	buf_puts(m->out, "</summary>\n\n");
}

void md_close_details(struct markdown *m)
{
	buf_puts(m->out, "\n</details>\n");
}

void md_left_out(struct markdown *m, size_t n, const char *what)
{
	if (n)
		buf_printf(m->out, "\n%s %s not shown.\n", words_count(&m->arena, n, what),
			   n == 1 ? "is" : "are");
}

static void add_step(struct markdown *m, const struct step *s)
{
	buf_printf(m->out, "| %s | %s ",
		   s->depth == BYTES_UNKNOWN ? "?" : text_thousands(&m->arena, s->depth),
		   s->bytes == BYTES_UNKNOWN ? "?" : text_thousands(&m->arena, s->bytes));
	md_code(m, s->name);
	md_place(m, &s->loc);
	md_text(m, s->mark);
	md_end_row(m);
}

void md_path(struct markdown *m, const struct entry *e)
{
	struct steps s = steps_of_path(m->r, &e->path, &m->arena);
	const char *why = bound_why(m->r, e->func, &m->arena);

	if (md_full(m))
		return;
	md_open_details(m, "Worst path of", program_func_label(m->r->program, &m->arena, e->func));
	if (why) {
		buf_puts(m->out, "Not exact because of ");
		running_text(m, why);
		buf_puts(m->out, ".\n\n");
	}
	buf_puts(m->out, "| depth | bytes | function | next call at | |\n|--:|--:|---|---|---|\n");
	for (size_t i = 0; i < s.n; i++) {
		if (s.n > MAX_STEPS && i == MAX_STEPS / 2) {
			buf_printf(m->out, "| | | %zu more steps | | |\n", s.n - MAX_STEPS);
			i += s.n - MAX_STEPS;
		}
		add_step(m, &s.v[i]);
	}
	md_close_details(m);
}

/* Different builds have different comments; the key says nothing that could end a comment. */
static void add_key(struct markdown *m)
{
	struct hash *h = hash_open();
	char hex[HASH_HEX_SIZE];

	hash_add_str(h, m->r->build);
	hash_add_str(h, m->r->target);
	hash_close(h, hex);
	buf_printf(m->out, "<!-- stackcheck %.16s -->\n", hex);
}

static const char *count(struct markdown *m, enum severity s)
{
	return words_count(&m->arena, m->totals.severity[s], severity_name(s));
}

static void add_heading(struct markdown *m)
{
	buf_puts(m->out, "## stackcheck: ");
	if (m->r->verdict) {
		buf_puts(m->out, "gate ");
		running_text(m, m->r->verdict->word);
	} else {
		buf_printf(m->out, "%s, %s, %s", count(m, SEVERITY_ERROR),
			   count(m, SEVERITY_WARNING), count(m, SEVERITY_NOTE));
	}
	buf_puts(m->out, "\n\n");
}

static void add_commit(struct markdown *m, const char *what, const char *label, const char *commit,
		       const char *branch, bool dirty)
{
	buf_puts(m->out, what);
	if (label) {
		buf_putc(m->out, ' ');
		escape_markdown_code(m->out, label);
	}
	if (branch && *branch) {
		buf_putc(m->out, ' ');
		escape_markdown_code(m->out, branch);
	}
	if (commit) {
		buf_puts(m->out, " at ");
		escape_markdown_code(
			m->out, arena_strndup(&m->arena, commit, strnlen(commit, SHORT_COMMIT)));
	}
	if (!label && !commit)
		buf_puts(m->out, " not in git");
	if (dirty)
		buf_puts(m->out, " with changes that are not committed");
}

static void add_sentences(struct markdown *m, const char *what, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n && i < MAX_SENTENCES; i++) {
		buf_printf(m->out, "- %s", what);
		running_text(m, v[i]);
		buf_putc(m->out, '\n');
	}
	if (n > MAX_SENTENCES)
		buf_printf(m->out, "- and %zu more\n", n - MAX_SENTENCES);
}

static void add_runs(struct markdown *m)
{
	const struct report *r = m->r;
	const struct gate_verdict *v = r->verdict;

	if (v) {
		add_sentences(m, "", v->reasons, v->n_reasons);
		add_sentences(m, "Notice: ", v->notices, v->n_notices);
		if (v->n_reasons + v->n_notices)
			buf_putc(m->out, '\n');
	}
	add_commit(m, "Head", r->head_label, r->commit, r->branch, r->commit && r->dirty);
	if (r->diff) {
		const struct snapshot_run *base = &r->diff->before->run;

		add_commit(m, "; base", r->base_label, base->commit, base->branch,
			   base->commit && base->dirty);
	}
	buf_puts(m->out, ".\n\n");
}

static void add_totals(struct markdown *m)
{
	const struct totals *t = &m->totals;
	struct buf *out = m->out;
	bool has_states = m->r->diff || t->state[STATE_NEW] || t->state[STATE_EXISTING];

	buf_puts(out, "| | |\n|---|---|\n");
	buf_printf(out, "| units | %zu measured, %zu estimated, %zu failed |\n",
		   m->r->units_measured, m->r->units_estimated, m->r->units_failed);
	buf_printf(out, "| findings | %s, %s, %s; %s%zu suppressed |\n", count(m, SEVERITY_ERROR),
		   count(m, SEVERITY_WARNING), count(m, SEVERITY_NOTE),
		   has_states ? arena_printf(&m->arena, "%zu new; ", t->state[STATE_NEW]) : "",
		   t->suppressed);
	buf_printf(out, "| entry points | %zu, %zu over the budget of %s |\n", m->r->n_entries,
		   t->entries_over, words_bytes(&m->arena, m->r->budget_bytes));
	if (t->deepest != NO_ID && !m->r->diff)
		buf_printf(out, "| deepest path | %s |\n",
			   bound_bytes(&m->r->depths->v[t->deepest], &m->arena));
	buf_printf(out, "| depths of functions | %zu exact, %zu at least, %zu unbounded |\n",
		   t->bounds[BOUND_EXACT], t->bounds[BOUND_AT_LEAST], t->bounds[BOUND_UNBOUNDED]);
	if (m->r->diff)
		md_change_totals(m);
}

static void add_deepest(struct markdown *m)
{
	const struct report *r = m->r;
	size_t n = r->n_entries < MAX_ENTRIES ? r->n_entries : MAX_ENTRIES, shown = 0;

	if (!n)
		return;
	buf_puts(m->out,
		 "\n### Deepest paths\n\n| entry point | depth | headroom | not exact because "
		 "of |\n|---|--:|--:|---|\n");
	for (; shown < n && !md_full(m); shown++) {
		const struct entry *e = &r->entries[shown];

		md_code(m, program_func_label(r->program, &m->arena, e->func));
		md_text(m, bound_bytes(&r->depths->v[e->func], &m->arena));
		md_text(m, e->has_headroom ? text_thousands(&m->arena, e->headroom) : "unknown");
		md_text(m, bound_reasons(r, e->func, &m->arena));
		md_end_row(m);
	}
	md_left_out(m, r->n_entries - shown, "entry point");
	for (size_t i = 0; i < n && i < MAX_PATHS; i++)
		md_path(m, &r->entries[i]);
}

static bool is_listed(const struct markdown *m, const struct issue *i, bool suppressed)
{
	if (i->suppressed != suppressed)
		return false;
	return suppressed || !m->r->diff || i->state != STATE_EXISTING;
}

static void add_issue(struct markdown *m, const struct issue *i)
{
	buf_printf(m->out, "| %s%s ", severity_name(i->severity),
		   i->state == STATE_NEW && !m->r->diff ? ", new" : "");
	md_code(m, i->rule);
	md_place(m, &i->loc);
	md_text(m, issue_line(i, &m->arena));
	md_end_row(m);
}

static void list_issues(struct markdown *m, bool suppressed)
{
	size_t shown = 0, left_out = 0;

	buf_puts(m->out, "| | rule | place | what |\n|---|---|---|---|\n");
	for (size_t i = 0; i < m->issues.v.n; i++) {
		if (!is_listed(m, &m->issues.v.v[i], suppressed))
			continue;
		if (shown == MAX_ISSUES || md_full(m)) {
			left_out++;
			continue;
		}
		add_issue(m, &m->issues.v.v[i]);
		shown++;
	}
	md_left_out(m, left_out, "finding");
}

static void add_findings(struct markdown *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->issues.v.n; i++)
		n += is_listed(m, &m->issues.v.v[i], false);
	buf_printf(m->out, "\n### %s\n\n", m->r->diff ? "New findings" : "Findings");
	if (n)
		list_issues(m, false);
	else
		buf_puts(m->out, "None.\n");
	if (m->r->diff && m->issues.existing)
		buf_printf(m->out, "\n%s known before.\n",
			   words_count(&m->arena, m->issues.existing, "more finding"));
	if (!m->issues.suppressed)
		return;
	md_open_details(m, arena_printf(&m->arena, "%zu suppressed", m->issues.suppressed), NULL);
	list_issues(m, true);
	md_close_details(m);
}

static void add_gaps(struct markdown *m)
{
	size_t n;
	struct gap *gaps = issues_gaps(m->r, &m->arena, &n);

	if (!n)
		return;
	buf_puts(m->out, "\n### Not measured\n\n");
	for (size_t i = 0; i < n && i < MAX_GAPS; i++) {
		buf_puts(m->out, "- ");
		escape_markdown_code(m->out, gaps[i].unit);
		buf_puts(m->out, ": ");
		running_text(m, gaps[i].why);
		buf_putc(m->out, '\n');
	}
	md_left_out(m, n > MAX_GAPS ? n - MAX_GAPS : 0, "more unit");
}

static void add_foot(struct markdown *m)
{
	const struct report *r = m->r;

	buf_puts(m->out, "\nstackcheck ");
	running_text(m, r->tool_version);
	buf_puts(m->out, ", platform ");
	escape_markdown_code(m->out, r->platform->name);
	if (r->target) {
		buf_puts(m->out, ", target ");
		escape_markdown_code(m->out, r->target);
	}
	if (r->build) {
		buf_puts(m->out, ", build ");
		escape_markdown_code(m->out, r->build);
	}
	buf_puts(m->out, "; ");
	running_text(m, bound_origin(r, &m->arena));
	buf_puts(m->out, ".\n");
}

static int markdown_write(const struct report *r, struct buf *out, struct error *err)
{
	struct markdown m = {.r = r, .out = out};

	(void)err;
	totals_count(&m.totals, r, &m.arena);
	issues_collect(&m.issues, r);
	add_key(&m);
	add_heading(&m);
	add_runs(&m);
	add_totals(&m);
	if (r->diff)
		md_change_entries(&m);
	else
		add_deepest(&m);
	add_findings(&m);
	if (r->diff)
		md_change_fixed(&m);
	add_gaps(&m);
	add_foot(&m);
	issues_release(&m.issues);
	arena_release(&m.arena);
	return 0;
}

const struct writer writer_markdown = {
	.name = "markdown",
	.extension = ".md",
	.summary = "a job summary or a comment on a pull request",
	.write = markdown_write,
};
