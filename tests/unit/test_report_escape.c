/* What each syntax makes of a name; the formats as a whole are in test_report_hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/text.h"
#include "reports/escape.h"

#include <string.h>

static void becomes(void (*escape)(struct buf *, const char *), const char *s, const char *want)
{
	struct buf b = {0};

	escape(&b, s);
	assert_string_equal(buf_str(&b), want);
	buf_release(&b);
}

static void nothing_and_plain(void **state)
{
	void (*const all[])(struct buf *, const char *) = {
		escape_line,
		escape_xml,
		escape_csv,
		escape_command_data,
		escape_markdown,
		escape_markdown_code,
		escape_command_property,
		escape_label,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		becomes(all[i], NULL, "");
		becomes(all[i], "", "");
		becomes(all[i], "caf\xc3\xa9",
			all[i] == escape_markdown_code ? "`caf\xc3\xa9`" : "caf\xc3\xa9");
	}
}

static void markup(void **state)
{
	(void)state;
	becomes(escape_xml, "<a b=\"c\">&'\x1b", "&lt;a b=&quot;c&quot;&gt;&amp;&apos;\\x1b");
	becomes(escape_markdown, "a_b|[c](d) <e>", "a\\_b\\|\\[c\\](d) \\<e\\>");
	becomes(escape_markdown, "@a #1 GH-2 x-2", "@<!-- -->a #<!-- -->1 GH-<!-- -->2 x-2");
	becomes(escape_markdown, "http://a www.b $x$",
		"http:<!-- -->//a www\\.<!-- -->b <span>$</span>x<span>$</span>");
	becomes(escape_markdown_code, "a`b|c", "`a\\x60b\\x7cc`");
	becomes(escape_markdown_code, " a", "`  a `");
}

static void lines_and_fields(void **state)
{
	(void)state;
	becomes(escape_line, "a\nb\r::error::c", "a\\x0ab\\x0d::error::c");
	becomes(escape_line, "::error::c", "\\x3a:error::c");
	becomes(escape_line, "a ::warning::c ns::f", "a \\x3a:warning::c ns::f");
	becomes(escape_line, "##[group]x ##vso[y] ##z", "\\x23#[group]x \\x23#vso[y] ##z");
	becomes(escape_csv, "a b,\"c\"", "\"a b,\"\"c\"\"\"");
	becomes(escape_csv, "=1+1", "\"'=1+1\"");
	becomes(escape_csv, "a=1", "a=1");
	becomes(escape_command_data, "50%: a, b", "50%25: a, b");
	becomes(escape_command_property, "50%: a, b", "50%25%3A a%2C b");
	becomes(escape_label, "a\\b\"c\n", "a\\\\b\\\"c\\\\x0a");
}

static void arena_ones(void **state)
{
	struct arena a = {0};

	(void)state;
	assert_string_equal(escape_uri(&a, "a b/c:d#e%\xff\n"), "a%20b/c%3Ad%23e%25%FF%0A");
	assert_string_equal(escape_uri(&a, "/usr/include/a.h"), "file:///usr/include/a.h");
	assert_string_equal(escape_sarif(&a, "{0} [a](b) [c]"), "{{0}} [a] (b) [c]");
	assert_string_equal(escape_fit(&a, "abcdefghij", 10), "abcdefghij");
	assert_string_equal(escape_fit(&a, "abcdefghijk", 10), "abcd...ijk");
	assert_string_equal(escape_fit(&a, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 4),
			    "\xc3\xa9...");
	arena_release(&a);
}

static void invisible(void **state)
{
	struct arena a = {0};

	(void)state;
	assert_string_equal(text_printable(&a, "\xe2\x80\xae\xd8\x9c\xef\xbb\xbf"),
			    "\\xe2\\x80\\xae\\xd8\\x9c\\xef\\xbb\\xbf");
	assert_string_equal(text_printable(&a, "\xef\xbf\xbf\xf3\xa0\x81\xa1"),
			    "\\xef\\xbf\\xbf\\xf3\\xa0\\x81\\xa1");
	assert_string_equal(text_printable(&a, "\xf0\x9f\x98\x80\xef\xbf\xbd"),
			    "\xf0\x9f\x98\x80\xef\xbf\xbd");
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_and_plain), cmocka_unit_test(markup),
		cmocka_unit_test(lines_and_fields),  cmocka_unit_test(arena_ones),
		cmocka_unit_test(invisible),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
