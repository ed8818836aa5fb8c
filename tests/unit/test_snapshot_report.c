/* A JSON report read back: the numbers that it was made of, and an error for everything else. */
#include "report_fixture.h"
#include "reports/writer.h"
#include "snapshot/diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void write_report(struct fixture *f, bool details, struct buf *out)
{
	struct error err = {0};

	f->report.graph = f->report.slots = details;
	assert_int_equal(writer_find("json")->write(&f->report, out, &err), 0);
}

static void read_back(const struct buf *text, struct snapshot *s)
{
	struct error err = {0};

	if (snapshot_read_report(s, buf_str(text), text->len, "r.json", &err))
		fail_msg("%s", err.text);
}

static void assert_path(const struct snapshot *s, const struct report *r, const struct entry *e)
{
	const struct program_edge *edges = r->program->edges;
	struct snapshot_path path;
	struct arena a = {0};

	snapshot_path(s, e->func, &a, &path);
	assert_int_equal(path.n, e->path.n_edges + 1);
	for (uint32_t i = 0; i < e->path.n_edges; i++) {
		assert_int_equal(path.steps[i].func, edges[e->path.edges[i]].from);
		assert_int_equal(path.steps[i].bytes, edges[e->path.edges[i]].depth_bytes);
		assert_int_equal(path.steps[i].line, edges[e->path.edges[i]].call->loc.line);
	}
	if (e->path.external)
		assert_string_equal(path.steps[path.n - 1].symbol, e->path.external->symbol);
	else
		assert_int_equal(path.steps[path.n - 1].func, e->path.last);
	arena_release(&a);
}

static void numbers_come_back(void **state)
{
	struct fixture f;
	struct snapshot s = {0};
	struct buf text = {0};

	(void)state;
	fixture_full(&f);
	write_report(&f, true, &text);
	read_back(&text, &s);
	assert_string_equal(s.run.commit, f.report.commit);
	assert_true(s.run.dirty);
	assert_string_equal(s.run.tool, f.report.tool_version);
	assert_string_equal(s.run.build, "debug");
	assert_int_equal(s.run.units_failed, 2);
	assert_int_equal(s.run.n_failed, 2);
	assert_string_equal(s.run.failed[0].verdict, "crashed (signal 11)");
	assert_int_equal(s.run.budget_bytes, f.report.budget_bytes);
	assert_true(s.run.has_details && s.run.has_callees);
	assert_int_equal(s.n_functions, f.program.n_funcs);
	for (uint32_t i = 0; i < s.n_functions; i++) {
		const struct fact_func *fact = f.program.funcs[i].fact;

		assert_int_equal(s.functions[i].frame_bytes, fact->frame_bytes);
		assert_int_equal(s.functions[i].depth_bytes, f.solved.v[i].bytes);
		assert_int_equal(s.functions[i].reasons, f.solved.v[i].reasons);
		assert_int_equal(s.functions[i].line, fact->loc.line);
	}
	assert_int_equal(s.n_entries, f.report.n_entries);
	for (size_t i = 0; i < f.report.n_entries; i++)
		assert_path(&s, &f.report, &f.report.entries[i]);
	assert_int_equal(s.findings.n, f.report.n_findings);
	for (size_t i = 0; i < s.findings.n; i++) {
		assert_string_equal(s.findings.v[i].fingerprint, f.report.findings[i].fingerprint);
		assert_int_equal(s.findings.v[i].func, f.report.findings[i].func);
	}
	snapshot_release(&s);
	buf_release(&text);
	fixture_release(&f);
}

/* Without --slots and --graph that is said, and nothing is made of it. */
static void short_reports_do_not_pretend(void **state)
{
	struct fixture f;
	struct snapshot s = {0};
	struct diff d = {0};
	struct buf text = {0};

	(void)state;
	fixture_chain(&f, 40, 2);
	write_report(&f, false, &text);
	read_back(&text, &s);
	assert_false(s.run.has_details);
	assert_false(s.run.has_callees);
	assert_path(&s, &f.report, &f.report.entries[0]);
	diff_make(&d, &s, &s);
	assert_int_equal(d.entries.n + d.functions.n, 0);
	assert_int_equal(d.totals.findings_existing, 40);
	diff_release(&d);
	snapshot_release(&s);
	buf_release(&text);
	fixture_release(&f);
}

static void assert_refused(const char *text, size_t len, const char *message)
{
	struct snapshot s = {0};
	struct error err = {0};

	assert_int_equal(snapshot_read_report(&s, text, len, "r.json", &err), -1);
	if (!strstr(err.text, message) || !strstr(err.text, "r.json"))
		fail_msg("%s", err.text);
	assert_null(s.functions);
	assert_int_equal(s.findings.n, 0);
}

static void cut_off_reports_are_refused(void **state)
{
	struct fixture f;
	struct buf text = {0};

	(void)state;
	fixture_full(&f);
	write_report(&f, true, &text);
	/* The last byte is the line end. */
	for (size_t n = 0; n + 1 < text.len; n += n < 64 ? 1 : 997)
		assert_refused(buf_str(&text), n, "is not JSON");
	buf_puts(&text, "x");
	assert_refused(buf_str(&text), text.len, "is not JSON");
	buf_release(&text);
	fixture_release(&f);
}

static void replace(const struct buf *text, const char *what, const char *by, struct buf *out)
{
	const char *at = strstr(buf_str(text), what);

	assert_non_null(at);
	buf_clear(out);
	buf_add(out, text->data, (size_t)(at - text->data));
	buf_puts(out, by);
	buf_puts(out, at + strlen(what));
}

static void wrong_members_are_named(void **state)
{
	static const struct {
		const char *what, *by, *message;
	} cases[] = {
		{"stackcheck-report/1", "stackcheck-report/9", "report.schema"},
		{"\"functions\": [", "\"functions\": 3, \"f\": [", "functions is not an array"},
		{"\"symbol\": \"", "\"symbol\": 1, \"s\": \"", "functions[].symbol"},
		{"\"frame\": {\"bytes\": ", "\"frame\": {\"bytes\": 1.5, \"b\": ",
		 "functions[].frame.bytes is not a whole number"},
		{"\"frame\": {\"bytes\": ", "\"frame\": {\"bytes\": -7, \"b\": ",
		 "functions[].frame.bytes is not a number of bytes"},
		{"\"depth\": {\"bytes\": 100,", "\"depth\": [], \"d\": {\"bytes\": 100,",
		 ".depth is not an object"},
		{"\"fingerprint\": \"", "\"fingerprint\": null, \"f\": \"",
		 "findings[].fingerprint"},
	};
	struct fixture f;
	struct buf text = {0}, changed = {0};

	(void)state;
	fixture_chain(&f, 3, 1);
	f.report.n_findings = 1;
	write_report(&f, false, &text);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		replace(&text, cases[i].what, cases[i].by, &changed);
		assert_refused(buf_str(&changed), changed.len, cases[i].message);
	}
	assert_refused("[]", 2, "report.schema");
	assert_refused("{}", 2, "report.schema");
	buf_release(&text);
	buf_release(&changed);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_come_back),
		cmocka_unit_test(short_reports_do_not_pretend),
		cmocka_unit_test(cut_off_reports_are_refused),
		cmocka_unit_test(wrong_members_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
