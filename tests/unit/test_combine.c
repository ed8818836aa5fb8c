/* Several gates' reports as one answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts/facts.h"
#include "golden.h"
#include "reports/combine.h"

#include <stdio.h>
#include <string.h>

static void add(struct combined *c, const char *build, const char *commit, const char *verdict,
		const char *reason)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "{\"schema\": \"stackcheck-report/1\", \"run\": {\"build\": \"%s\", \"commit\": "
		 "\"%s\","
		 " \"target\": \"t\"}, \"coverage\": {\"units_total\": 3, \"units_measured\": 2},"
		 " \"gate\": {\"verdict\": \"%s\", \"reasons\": [\"%s\"], \"notices\": [],"
		 " \"base\": null, \"base_commit\": null},"
		 " \"entries\": [{\"id\": \"f\", \"depth\": {\"bytes\": 96}},"
		 " {\"id\": \"f\", \"depth\": {\"bytes\": 1234}}],"
		 " \"functions\": [{\"id\": \"f\", \"name\": \"f\", \"symbol\": \"f\", \"unit\": "
		 "\"f.c\","
		 " \"frame\": {\"kind\": \"fixed\"}, \"depth\": {\"bytes\": 1234, \"bound\": "
		 "\"at-least\"}}]}",
		 build, commit, verdict, reason);
	combine_add(c, "x.json", text, NULL);
}

static void test_worst_wins(void **state)
{
	struct combined c = {0};

	(void)state;
	add(&c, "a", "1", "passed", "same");
	combine_judge(&c);
	assert_string_equal(c.verdict, "passed");
	add(&c, "b", "1", "undecided", "same");
	combine_judge(&c);
	assert_string_equal(c.verdict, "undecided");
	add(&c, "c", "1", "failed", "another");
	combine_judge(&c);
	assert_string_equal(c.verdict, "failed");
	assert_int_equal(c.parts.v[0].deepest, 1234);
	assert_int_equal(c.reasons.n, 2);
	assert_int_equal(c.reasons.v[0].parts.n, 2);
	combine_release(&c);
}

static void test_commits_must_be_equal(void **state)
{
	struct combined c = {0};

	(void)state;
	add(&c, "a", "1", "passed", "x");
	add(&c, "b", "2", "passed", "x");
	combine_judge(&c);
	assert_string_equal(c.verdict, "undecided");
	combine_release(&c);
}

static void check_undecided(const char *text, const char *why, const char *word)
{
	struct combined c = {0};

	combine_add(&c, "file.json", text, why);
	combine_judge(&c);
	assert_string_equal(c.verdict, "undecided");
	assert_int_equal(c.reasons.n, 1);
	assert_non_null(strstr(c.reasons.v[0].text, word));
	combine_release(&c);
}

static void test_what_is_no_report(void **state)
{
	(void)state;
	check_undecided(NULL, "cannot open it", "cannot open it");
	check_undecided("{\"schema\": ", NULL, "is no JSON");
	check_undecided("{} trailing", NULL, "is no JSON");
	check_undecided("{}", NULL, "is no report");
	check_undecided("[]", NULL, "is no report");
	check_undecided("{\"schema\": \"stackcheck-report/1\"}", NULL, "was not written by a gate");
	check_undecided("{\"schema\": \"stackcheck-report/1\", \"gate\": {\"verdict\": \"fine\"}}",
			NULL, "was not written by a gate");
}

static void test_hostile_names(void **state)
{
	struct combined c = {0};
	struct buf text = {0}, markdown = {0}, json = {0};

	(void)state;
	add(&c, "\\u001b[31m`|<b>\\n::error", "1", "failed",
	    "<script>\\u001b]0;x\\u0007 @all \\u202e");
	add(&c, "b", "1", "passed", "x");
	combine_judge(&c);
	combine_text(&c, &text);
	combine_markdown(&c, &markdown);
	combine_json(&c, &json);
	assert_null(strchr(buf_str(&text), '\033'));
	assert_null(strchr(buf_str(&markdown), '\033'));
	assert_null(strchr(buf_str(&json), '\033'));
	assert_null(strstr(buf_str(&markdown), "<script>"));
	assert_null(strstr(buf_str(&text), "\n::error"));
	buf_release(&text);
	buf_release(&markdown);
	buf_release(&json);
	combine_release(&c);
}

static void test_texts(void **state)
{
	struct combined c = {0};
	struct buf out = {0};

	(void)state;
	add(&c, "a", "1", "passed", "x");
	add(&c, "b", "1", "failed", "y");
	combine_judge(&c);
	combine_text(&c, &out);
	assert_string_equal(buf_str(&out), "gate failed, 2 builds\n"
					   "  passed     a, deepest path >= 1,234 bytes\n"
					   "  failed     b, deepest path >= 1,234 bytes\n"
					   "because\n"
					   "  - x [a]\n"
					   "  - y [b]\n");
	buf_clear(&out);
	combine_json(&c, &out);
	golden_check("combined-gate.json", &out);
	buf_release(&out);
	combine_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worst_wins),
		cmocka_unit_test(test_commits_must_be_equal),
		cmocka_unit_test(test_what_is_no_report),
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
