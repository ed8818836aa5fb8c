/*
 * JUnit XML report, for the test views of CI services. Input: the whole report. Output: one <testsuite>, the build; in
 * it a <testcase> for each unit that was not measured, each entry point (is its worst path within the budget?), each
 * rule (has it findings?), and the gate. A case fails for errors; with a base run only for new ones. A depth that
 * is not known is skipped and not passed, and a case that passes says in <system-out> how sure its number is. Several builds are
 * several suites. Beyond Jenkins' junit-4.xsd go the attributes file and line of a case, which GitLab links, and message of
 * <skipped>, which Jenkins shows.
 */
#include "base/map.h"
#include "reports/bounds.h"
#include "reports/escape.h"
#include "reports/ids.h"
#include "reports/issues.h"
#include "reports/writer.h"
#include "rules/words.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_LISTED = 100 }; /* findings listed in a rule's case */

struct junit {
	const struct report *r;
	struct buf body;
	struct arena arena;
	struct map names;
	struct issues issues;
	size_t tests, failures, errors, skipped;
};

static void attribute(struct buf *b, const char *name, const char *value)
{
	if (!value)
		return;
	buf_printf(b, " %s=\"", name);
	escape_xml(b, value);
	buf_putc(b, '"');
}

static void count(struct buf *b, const char *name, size_t n)
{
	buf_printf(b, " %s=\"%zu\"", name, n);
}

static void open_case(struct junit *j, const char *class, const char *name,
		      const struct fact_loc *loc)
{
	const char *both = arena_printf(&j->arena, "%s.%s", class, name);

	j->tests++;
	buf_puts(&j->body, "    <testcase");
	attribute(&j->body, "classname", class);
	attribute(&j->body, "name", name_unique(&j->names, &j->arena, both) + strlen(class) + 1);
	if (loc && loc->file) {
		attribute(&j->body, "file", loc->file);
		if (loc->line)
			count(&j->body, "line", loc->line);
	}
	buf_puts(&j->body, ">\n");
}

static void close_case(struct junit *j)
{
	buf_puts(&j->body, "    </testcase>\n");
}

/* Begins <failure>, <error> or <skipped>; its text follows, then close_element(). */
static void open_element(struct junit *j, const char *element, const char *type,
			 const char *message)
{
	buf_printf(&j->body, "      <%s", element);
	attribute(&j->body, "type", type);
	attribute(&j->body, "message", message);
	buf_putc(&j->body, '>');
}

static void close_element(struct junit *j, const char *element)
{
	buf_printf(&j->body, "</%s>\n", element);
}

static void add_element(struct junit *j, const char *element, const char *type, const char *message,
			const char *text)
{
	open_element(j, element, type, message);
	escape_xml(&j->body, text);
	close_element(j, element);
}

static void add_line(struct junit *j, const char *text)
{
	escape_xml(&j->body, text);
	buf_putc(&j->body, '\n');
}

/* "FILE:LINE", or "FILE" when the line is not known. */
static const char *place(struct junit *j, const struct fact_loc *loc)
{
	return loc->line ? arena_printf(&j->arena, "%s:%" PRIu32, loc->file, loc->line) : loc->file;
}

static void add_path(struct junit *j, const struct steps *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct step *step = &s->v[i];
		const char *where = "";

		if (step->loc.file)
			where = arena_printf(&j->arena, " at %s", place(j, &step->loc));
		add_line(j, arena_printf(&j->arena, "  %s: %s%s%s%s", step->name,
					 step->bytes == BYTES_UNKNOWN
						 ? "unknown"
						 : words_bytes(&j->arena, step->bytes),
					 where, *step->mark ? ", " : "", step->mark));
	}
}

static void add_units(struct junit *j)
{
	size_t n;
	struct gap *gaps = issues_gaps(j->r, &j->arena, &n);

	for (size_t i = 0; i < n; i++) {
		struct fact_loc loc = {.file = gaps[i].file};

		open_case(j, "units", gaps[i].unit, &loc);
		if (gaps[i].failed)
			add_element(j, "error", "incomplete", gaps[i].why, NULL);
		else
			add_element(j, "skipped", NULL, gaps[i].why, NULL);
		j->errors += gaps[i].failed;
		j->skipped += !gaps[i].failed;
		close_case(j);
	}
}

/* Was it above the budget in the base run as well? */
static bool was_over(const struct report *r, const struct entry *e)
{
	for (size_t i = 0; r->diff && i < r->diff->entries.n; i++)
		if (r->diff->entries.v[i].after == e->func)
			return !r->diff->entries.v[i].crosses &&
			       r->diff->entries.v[i].state == DIFF_CHANGED;
	return r->diff != NULL;
}

static void add_entry(struct junit *j, const struct entry *e)
{
	const struct report *r = j->r;
	struct arena *a = &j->arena;
	const struct depth *d = &r->depths->v[e->func];
	const char *why = bound_why(r, e->func, a), *kind = why ? "; not exact: " : "";
	const char *text = arena_printf(a, "%s of a budget of %s%s%s", bound_bytes(d, a),
					words_bytes(a, bound_budget(r, e)), kind, why ? why : "");
	struct steps s = steps_of_path(r, &e->path, a);
	bool fails = e->over && !was_over(r, e);

	open_case(j, "budget", program_func_label(r->program, a, e->func),
		  &r->program->funcs[e->func].fact->loc);
	if (!e->has_headroom) {
		add_element(j, "skipped", NULL, text, NULL);
		j->skipped++;
	}
	open_element(j, fails ? "failure" : "system-out", fails ? "path-budget" : NULL,
		     fails ? text : NULL);
	if (!fails && e->over)
		add_line(j, "above the budget, as it was in the base run");
	if (!fails)
		add_line(j, text);
	add_path(j, &s);
	close_element(j, fails ? "failure" : "system-out");
	j->failures += fails;
	close_case(j);
}

static bool is_failure(const struct junit *j, const struct issue *i)
{
	return i->severity == SEVERITY_ERROR && !i->suppressed &&
	       !(j->r->diff && i->state == STATE_EXISTING);
}

static void add_issue(struct junit *j, const struct issue *i)
{
	struct arena *a = &j->arena;
	struct steps s = issue_steps(j->r, i, a);

	add_line(j, arena_printf(a, "%s: %s: %s%s", place(j, &i->loc), severity_name(i->severity),
				 issue_line(i, a), i->state == STATE_NEW ? " (new)" : ""));
	add_path(j, &s);
}

static void list_issues(struct junit *j, const char *rule, bool failures)
{
	size_t n = 0;

	for (size_t i = 0; i < j->issues.v.n; i++) {
		const struct issue *issue = &j->issues.v.v[i];

		if (strcmp(issue->rule, rule) != 0 || is_failure(j, issue) != failures)
			continue;
		if (n++ < MAX_LISTED)
			add_issue(j, issue);
	}
	if (n > MAX_LISTED)
		add_line(j, arena_printf(&j->arena, "... and %zu more", n - MAX_LISTED));
}

static void add_rule(struct junit *j, const char *rule)
{
	size_t n = 0, failures = 0;

	for (size_t i = 0; i < j->issues.v.n; i++) {
		const struct issue *issue = &j->issues.v.v[i];

		n += !strcmp(issue->rule, rule);
		failures += !strcmp(issue->rule, rule) && is_failure(j, issue);
	}
	open_case(j, "rules", rule, NULL);
	if (failures) {
		open_element(j, "failure", rule, words_count(&j->arena, failures, "error"));
		buf_putc(&j->body, '\n');
		list_issues(j, rule, true);
		close_element(j, "failure");
		j->failures++;
	}
	if (n > failures) {
		open_element(j, "system-out", NULL, NULL);
		buf_putc(&j->body, '\n');
		list_issues(j, rule, false);
		close_element(j, "system-out");
	}
	close_case(j);
}

static void add_gate(struct junit *j)
{
	const struct gate_verdict *v = j->r->verdict;
	const char *element = "failure";

	if (!v)
		return;
	open_case(j, "gate", "gate", NULL);
	if (!strcmp(v->word, "undecided")) {
		element = "error";
		j->errors++;
	} else if (!strcmp(v->word, "passed")) {
		element = "system-out";
	} else {
		j->failures++;
	}
	open_element(j, element, *element == 's' ? NULL : "gate", *element == 's' ? NULL : v->word);
	for (size_t i = 0; i < v->n_reasons; i++)
		add_line(j, v->reasons[i]);
	for (size_t i = 0; i < v->n_notices; i++)
		add_line(j, v->notices[i]);
	close_element(j, element);
	close_case(j);
}

static void property(struct buf *b, const char *name, const char *value)
{
	buf_puts(b, "      <property");
	attribute(b, "name", name);
	attribute(b, "value", value ? value : "");
	buf_puts(b, "/>\n");
}

static void add_properties(struct junit *j, struct buf *out)
{
	const struct report *r = j->r;
	struct arena *a = &j->arena;

	buf_puts(out, "    <properties>\n");
	property(out, "version", r->tool_version);
	property(out, "commit", r->commit);
	property(out, "branch", r->branch);
	property(out, "build", r->build);
	property(out, "target", r->target);
	property(out, "platform", r->platform->name);
	property(out, "units",
		 arena_printf(a, "%zu measured, %zu estimated, %zu failed", r->units_measured,
			      r->units_estimated, r->units_failed));
	property(out, "origin", bound_origin(r, a));
	property(out, "suppressed", arena_printf(a, "%zu", j->issues.suppressed));
	buf_puts(out, "    </properties>\n");
}

static void add_counts(const struct junit *j, struct buf *out)
{
	count(out, "tests", j->tests);
	count(out, "failures", j->failures);
	count(out, "errors", j->errors);
	count(out, "skipped", j->skipped);
}

static void add_suite(struct junit *j, struct buf *out)
{
	const struct report *r = j->r;

	buf_puts(out, "  <testsuite");
	attribute(out, "name",
		  arena_printf(&j->arena, "stackcheck %s",
			       r->build	   ? r->build
			       : r->target ? r->target
					   : "build"));
	add_counts(j, out);
	buf_puts(out, ">\n");
	add_properties(j, out);
	buf_add(out, buf_str(&j->body), j->body.len);
	buf_puts(out, "  </testsuite>\n");
}

/* Appends the suite, and adds its counts to those of the document. */
static void write_suite(const struct report *r, struct buf *out, struct junit *all)
{
	struct junit j = {.r = r};

	issues_collect(&j.issues, r);
	add_units(&j);
	for (size_t i = 0; i < r->n_entries; i++)
		add_entry(&j, &r->entries[i]);
	for (size_t i = 0; i < n_rules; i++)
		add_rule(&j, rules[i]->id);
	add_gate(&j);
	add_suite(&j, out);
	all->tests += j.tests;
	all->failures += j.failures;
	all->errors += j.errors;
	issues_release(&j.issues);
	map_release(&j.names);
	buf_release(&j.body);
	arena_release(&j.arena);
}

static int junit_write_all(const struct report *const *r, size_t n, struct buf *out,
			   struct error *err)
{
	struct junit all = {0};

	(void)err;
	for (size_t i = 0; i < n; i++)
		write_suite(r[i], &all.body, &all);
	buf_puts(out,
		 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"stackcheck\"");
	count(out, "tests", all.tests);
	count(out, "failures", all.failures);
	count(out, "errors", all.errors);
	buf_puts(out, ">\n");
	buf_add(out, buf_str(&all.body), all.body.len);
	buf_puts(out, "</testsuites>\n");
	buf_release(&all.body);
	return 0;
}

static int junit_write(const struct report *r, struct buf *out, struct error *err)
{
	return junit_write_all(&r, 1, out, err);
}

const struct writer writer_junit = {
	.name = "junit",
	.extension = ".xml",
	.summary = "JUnit XML: a test case for each entry point and rule",
	.write = junit_write,
	.write_all = junit_write_all,
};
