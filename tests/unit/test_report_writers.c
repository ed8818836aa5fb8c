/* The table of report formats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reports/writer.h"

#include <stdio.h>
#include <string.h>

static void found_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_writers; i++)
		assert_ptr_equal(writer_find(writers[i]->name), writers[i]);
	assert_null(writer_find("JSON"));
	assert_null(writer_find(""));
}

static void found_by_extension(void **state)
{
	(void)state;
	assert_string_equal(writer_for_file("out/r.json")->name, "json");
	assert_string_equal(writer_for_file("r.txt")->name, "text");
	assert_string_equal(writer_for_file("r.sarif")->name, "sarif");
	assert_string_equal(writer_for_file("r.sarif.json")->name, "sarif");
	assert_string_equal(writer_for_file("gl-code-quality-report.json")->name, "codequality");
	assert_string_equal(writer_for_file("out/r.codequality.json")->name, "codequality");
	assert_string_equal(writer_for_file("junit.xml")->name, "junit");
	assert_null(writer_for_file("r.html5"));
	assert_null(writer_for_file("json"));
}

static void records_are_complete(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_writers; i++) {
		const struct writer *w = writers[i];

		assert_true(*w->name && *w->summary && w->write);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(w->name, writers[k]->name);
		if (!w->extension)
			continue;
		assert_true(w->extension[0] == '.' && w->extension[1]);
		assert_ptr_equal(writer_for_file(w->extension), w);
		assert_true(!w->also || writer_for_file(w->also) == w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found_by_name),
		cmocka_unit_test(found_by_extension),
		cmocka_unit_test(records_are_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
