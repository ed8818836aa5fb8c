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
	assert_null(writer_for_file("r.xml"));
	assert_null(writer_for_file("json"));
}

static void records_are_complete(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_writers; i++) {
		const struct writer *w = writers[i];

		assert_true(*w->name && w->extension[0] == '.' && w->extension[1]);
		assert_true(*w->summary && w->write);
		for (size_t k = 0; k < i; k++) {
			assert_string_not_equal(w->name, writers[k]->name);
			assert_string_not_equal(w->extension, writers[k]->extension);
		}
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
