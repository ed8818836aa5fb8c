/* The text writer: golden bytes in several widths, and what must hold whatever the layout is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "golden.h"
#include "report_fixture.h"
#include "reports/text_out.h"
#include "reports/writer.h"

static void write_report(const struct fixture *f, struct buf *out)
{
	struct error err = {0};

	assert_int_equal(writer_find("text")->write(&f->report, out, &err), 0);
}

static void check_golden(struct fixture *f, const char *name)
{
	struct buf out = {0};

	write_report(f, &out);
	golden_check(name, &out);
	buf_release(&out);
	fixture_release(f);
}

static void unlimited_width(void **state)
{
	static const struct run_stats stats = {1.5, 2.25, 3, 4, 5000, 6000};
	struct fixture f;

	(void)state;
	fixture_full(&f);
	f.report.stats = &stats;
	check_golden(&f, "report.txt");
}

static void narrow_and_coloured(void **state)
{
	struct fixture f;

	(void)state;
	fixture_full(&f);
	f.report.width = 72;
	f.report.color = true;
	f.report.top = 2;
	check_golden(&f, "report-72-color.txt");
}

static void long_path_and_many_findings(void **state)
{
	struct fixture f;

	(void)state;
	fixture_chain(&f, 50, 1);
	f.report.width = 60;
	check_golden(&f, "report-long.txt");
}

static void nothing_measured(void **state)
{
	struct fixture f = {0};

	(void)state;
	fix_start(&f);
	fix_finish(&f);
	f.report.n_compilers = 0;
	check_golden(&f, "report-empty.txt");
}

/* Whatever the names are, a terminal gets lines of valid UTF-8 and, without colours, no control character. */
static void no_control_characters(void **state)
{
	struct fixture f;
	struct buf out = {0};

	(void)state;
	fixture_full(&f);
	write_report(&f, &out);
	for (size_t i = 0; i < out.len; i++) {
		unsigned char c = (unsigned char)out.data[i];

		assert_true(c == '\n' || (c >= 0x20 && c < 0x7f));
	}
	buf_release(&out);
	fixture_release(&f);
}

/* Tables keep to the width; numbers stay whole. */
static void tables_fit(void **state)
{
	struct fixture f;
	struct buf out = {0};
	bool in_table = false;

	(void)state;
	fixture_chain(&f, 50, 1);
	f.report.width = 60;
	write_report(&f, &out);
	for (char *line = strtok(out.data, "\n"); line; line = strtok(NULL, "\n")) {
		if (strstr(line, "depth  bytes"))
			in_table = true;
		else if (!strncmp(line, "20 warnings", 11) || strstr(line, "warnings"))
			in_table = false;
		if (in_table)
			assert_true(text_columns(line) <= 60);
	}
	buf_release(&out);
	fixture_release(&f);
}

static void fitting(void **state)
{
	struct report r = {0};
	struct text_report t = {.r = &r};

	(void)state;
	assert_string_equal(text_fit(&t, "abcdefghij", 0), "abcdefghij");
	assert_string_equal(text_fit(&t, "abcdefghij", 10), "abcdefghij");
	assert_string_equal(text_fit(&t, "abcdefghij", 9), "abc...hij");
	assert_string_equal(text_fit(&t, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 4),
			    "\xc3\xa9...");
	assert_string_equal(text_fit_end(&t, "drivers/net/fix.c", 9), ".../fix.c");
	assert_string_equal(text_fit(&t, "a\x1b", 0), "a\\x1b");
	assert_int_equal(text_columns("\xc3\xa9x"), 2);
	arena_release(&t.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unlimited_width),
		cmocka_unit_test(narrow_and_coloured),
		cmocka_unit_test(long_path_and_many_findings),
		cmocka_unit_test(nothing_measured),
		cmocka_unit_test(no_control_characters),
		cmocka_unit_test(tables_fit),
		cmocka_unit_test(fitting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
