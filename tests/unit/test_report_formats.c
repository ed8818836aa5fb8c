/*
 * Every format but text and JSON, which have tests of their own: golden bytes over the hand-made runs, what a cap
 * leaves out, and files left in the build folder for tests/docs/check_formats.py.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "golden.h"
#include "report_diff_fixture.h"
#include "reports/writer.h"

static void write_report(const struct report *r, const struct writer *w, struct buf *out)
{
	struct error err = {0};
	struct buf again = {0};

	assert_int_equal(w->write(r, out, &err), 0);
	assert_int_equal(w->write(r, &again, &err), 0);
	assert_int_equal(out->len, again.len);
	assert_memory_equal(buf_str(out), buf_str(&again), out->len);
	buf_release(&again);
}

static void leave(const char *name, const struct writer *w, const struct buf *out)
{
	char path[4096];
	struct error err = {0};

	assert_int_equal(file_make_dirs(BINARY_DIR "/formats-written", &err), 0);
	snprintf(path, sizeof(path), BINARY_DIR "/formats-written/%s.%s", name, w->name);
	assert_int_equal(file_write_atomic(path, out->data, out->len, &err), 0);
}

static bool has_own_tests(const struct writer *w)
{
	return !strcmp(w->name, "text") || !strcmp(w->name, "json");
}

static bool is_rule_without_findings(const char *line, const char *next)
{
	const char *end = strchr(line, '\n');

	if (!strncmp(line, "    <testcase classname=\"rules\"", 31))
		return !strncmp(next, "    </testcase>", 15);
	return !strncmp(line, "stackcheck_findings", 19) && end[-2] == ' ' && end[-1] == '0' &&
	       strchr(line, '{') && !strncmp(strchr(line, '{'), "{rule=", 6);
}

/* At the end of a line with ' tests="18" ...': takes the number out. */
static void number_of_tests(struct buf *line)
{
	char *tests = strrchr(line->data, '<');

	tests = strstr(tests, " tests=\"") + 8;
	for (; *tests >= '0' && *tests <= '9'; tests++)
		*tests = 'N';
	buf_puts(line, ">\n");
}

/* A rule more is no change of a format: rules without findings and the number of test cases are left out. */
static void leave_out_rules(struct buf *out)
{
	struct buf kept = {0};

	for (const char *line = buf_str(out), *next; *line; line = next) {
		next = strchr(line, '\n') + 1;
		if (is_rule_without_findings(line, next)) {
			if (line[0] == ' ')
				next = strchr(next, '\n') + 1;
		} else if (strstr(line, "<testsuite") && strstr(line, "<testsuite") < next) {
			buf_add(&kept, line, strcspn(line, ">"));
			number_of_tests(&kept);
		} else {
			buf_add(&kept, line, (size_t)(next - line));
		}
	}
	buf_release(out);
	*out = kept;
}

/* In every format; as "formats/NAME.FORMAT" of the golden folder when `golden`. */
static void all_formats(const struct report *r, const char *name, bool golden)
{
	for (size_t i = 0; i < n_writers; i++) {
		struct buf out = {0};
		char file[256];

		snprintf(file, sizeof(file), "formats/%s.%s", name, writers[i]->name);
		write_report(r, writers[i], &out);
		leave(name, writers[i], &out);
		leave_out_rules(&out);
		if (golden && !has_own_tests(writers[i]))
			golden_check(file, &out);
		buf_release(&out);
	}
}

static void full_run(void **state)
{
	struct fixture f;

	(void)state;
	fixture_full(&f);
	all_formats(&f.report, "full", true);
	fixture_release(&f);
}

static void against_a_base(void **state)
{
	struct diff_fixture f;

	(void)state;
	fixture_diff(&f);
	all_formats(&f.full.report, "diff", true);
	diff_fixture_release(&f);
}

static void empty_run(void **state)
{
	struct fixture f = {0};
	struct buf out = {0};

	(void)state;
	fix_start(&f);
	fix_finish(&f);
	f.report.target = NULL;
	f.report.n_compilers = 0;
	all_formats(&f.report, "empty", true);
	write_report(&f.report, writer_find("codequality"), &out);
	assert_string_equal(buf_str(&out), "[]\n");
	buf_release(&out);
	fixture_release(&f);
}

/* More findings, entry points and steps than any consumer takes. */
static void too_much(void **state)
{
	struct fixture f;
	struct buf out = {0};

	(void)state;
	fixture_chain(&f, 6000, 1);
	fix_path(&f, &f.findings.v[0], f.entries.v[0].path.edges, f.entries.v[0].path.n_edges);
	f.findings.v[5500].suppressed = true;
	all_formats(&f.report, "long", false);
	write_report(&f.report, writer_find("sarif"), &out);
	assert_non_null(strstr(buf_str(&out), "1000 of 6000 results are left out"));
	assert_non_null(strstr(buf_str(&out), "5001 steps are left out here"));
	buf_clear(&out);
	write_report(&f.report, writer_find("markdown"), &out);
	assert_true(out.len < 65536);
	assert_non_null(strstr(buf_str(&out), "5,974 findings are not shown."));
	buf_clear(&out);
	write_report(&f.report, writer_find("github"), &out);
	assert_non_null(strstr(buf_str(&out), "5990 more of this kind"));
	buf_release(&out);
	fixture_release(&f);
}

/* Every entry point is one: labels that look alike must stay apart, and only the deepest get series. */
static void many_entries(void **state)
{
	struct fixture f = {0};
	struct buf out = {0};

	(void)state;
	fix_start(&f);
	fix_unit(&f, "a.c", "m", UNIT_OK);
	for (uint32_t i = 0; i < 600; i++) {
		fix_func(&f, i % 2 ? "same" : "same\xff", 100);
		fix_entry(&f, i, "no caller", NULL, 0, i);
	}
	fix_finish(&f);
	f.report.units_total = f.report.units_measured = 1;
	all_formats(&f.report, "entries", false);
	write_report(&f.report, writer_find("openmetrics"), &out);
	assert_non_null(strstr(buf_str(&out), "stackcheck_entries_left_out{"));
	buf_release(&out);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_run),	cmocka_unit_test(against_a_base),
		cmocka_unit_test(empty_run),	cmocka_unit_test(too_much),
		cmocka_unit_test(many_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
