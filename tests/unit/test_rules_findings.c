/* The table of rules; order and fingerprints of findings. */
#include "rules_fixture.h"

static void the_table_is_sorted_and_complete(void **state)
{
	(void)state;
	assert_true(n_rules > 7);
	for (size_t i = 0; i < n_rules; i++) {
		const struct rule *r = rules[i];
		size_t len = strlen(r->summary);

		assert_ptr_equal(rule_find(r->id), r);
		assert_true(i == 0 || strcmp(rules[i - 1]->id, r->id) < 0);
		assert_true(len > 0 && r->summary[len - 1] != '.');
		assert_contains(r->help, "Why it matters:");
		assert_contains(r->help, "How to mend it:");
		assert_contains(r->help, "\nBefore");
		assert_contains(strstr(r->help, "\nBefore"), "\nAfter");
		assert_contains(strstr(r->help, "\nAfter"), "\nSource: ");
	}
	assert_null(rule_find("no-such-rule"));
}

static void an_empty_program_has_no_findings(void **state)
{
	struct fixture *x = fixture_new();
	struct rule_input in = fixture_input(x);
	struct findings out = {0};

	(void)state;
	rules_run(&in, &out);
	assert_int_equal(out.v.n, 0);
	findings_release(&out);
	fixture_free(x);
}

static void worst_first(void **state)
{
	struct fixture *x = fixture_new();
	struct findings f = {0};

	(void)state;
	fixture_unit(x, "a.c");
	fixture_func(x, "f", "b.c", 1, 10);
	fixture_func(x, "g", "a.c", 1, 10);
	findings_add(&f, "r", SEVERITY_NOTE, 0)->bytes = 900;
	findings_add(&f, "r", SEVERITY_ERROR, 0)->bytes = 1;
	findings_add(&f, "r", SEVERITY_WARNING, 0)->loc = x->facts[0].loc;
	findings_add(&f, "r", SEVERITY_WARNING, 1)->loc = x->facts[1].loc;
	findings_add(&f, "r", SEVERITY_WARNING, 1)->bytes = 7;
	findings_sort(&f, &x->program);
	assert_int_equal(f.v.v[0].severity, SEVERITY_ERROR);
	assert_int_equal(f.v.v[1].bytes, 7);
	assert_string_equal(f.v.v[2].loc.file, "a.c");
	assert_string_equal(f.v.v[3].loc.file, "b.c");
	assert_int_equal(f.v.v[4].severity, SEVERITY_NOTE);
	findings_release(&f);
	fixture_free(x);
}

/* The fingerprint of the only frame-limit finding of a function as described. */
static void print_of(const char *unit, const char *file, const char *symbol, uint32_t line,
		     int64_t bytes, char hex[HASH_HEX_SIZE])
{
	struct fixture *x = fixture_new();
	struct findings out = {0};

	fixture_unit(x, unit);
	fixture_func(x, symbol, file, line, bytes);
	fixture_check(x, "frame-limit", &out);
	assert_int_equal(out.v.n, 1);
	memcpy(hex, out.v.v[0].fingerprint, HASH_HEX_SIZE);
	assert_int_equal(strlen(hex), 32);
	findings_release(&out);
	fixture_free(x);
}

static void fingerprints_ignore_lines_and_sizes(void **state)
{
	char first[HASH_HEX_SIZE], other[HASH_HEX_SIZE];

	(void)state;
	print_of("a.c", "a.c", "f", 1, 2000, first);
	print_of("a.c", "a.c", "f", 99, 3000, other);
	assert_string_equal(first, other);
	print_of("a.c", "a.c", "g", 1, 2000, other);
	assert_string_not_equal(first, other);
	print_of("a.c#2", "a.c", "f", 1, 2000, other);
	assert_string_equal(first, other);
}

/* Also into another file: what a symbol is called does not depend on its file. */
static void fingerprints_survive_renamed_files(void **state)
{
	char first[HASH_HEX_SIZE], other[HASH_HEX_SIZE];

	(void)state;
	print_of("a.c", "a.c", "f", 1, 2000, first);
	print_of("new/b.c", "new/b.c", "f", 1, 2000, other);
	assert_string_equal(first, other);
}

static void fingerprints_tell_modules_apart(void **state)
{
	struct fixture *x = fixture_new();
	struct findings f = {0};
	const char *modules[] = {"one", "two", NULL};

	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		fixture_unit(x, i == 0 ? "a.c" : i == 1 ? "b.c" : "c.c");
		fixture_func(x, "f", x->units[i].unit, 1, 10);
		findings_add(&f, "r", SEVERITY_NOTE, i)->loc = x->facts[i].loc;
	}
	x->program.modules = modules;
	findings_fingerprint(&f, &x->program);
	assert_string_not_equal(f.v.v[0].fingerprint, f.v.v[1].fingerprint);
	assert_string_not_equal(f.v.v[0].fingerprint, f.v.v[2].fingerprint);
	assert_string_not_equal(f.v.v[1].fingerprint, f.v.v[2].fingerprint);
	x->program.modules = NULL;
	findings_release(&f);
	fixture_free(x);
}

/* Static functions of one name in several files: numbered by file, whatever they take and whichever came first. */
static void equal_names_are_numbered_by_file(void **state)
{
	char first[3][HASH_HEX_SIZE];

	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		struct fixture *x = fixture_new();
		struct findings f = {0};

		for (uint32_t i = 0; i < 3; i++) {
			fixture_unit(x, i == 0 ? "a.c" : i == 1 ? "b.c" : "c.c");
			fixture_func(x, "init", x->units[i].unit, 5, 10);
		}
		for (uint32_t i = 0; i < 3; i++) {
			uint32_t func = turn ? 2 - i : i;
			struct finding *added = findings_add(&f, "r", SEVERITY_NOTE, func);

			added->loc = x->facts[func].loc;
			added->bytes = turn ? 100 * func : 7;
		}
		findings_fingerprint(&f, &x->program);
		for (uint32_t i = 0; i < 3; i++) {
			const struct finding *got = &f.v.v[turn ? 2 - i : i];

			if (turn)
				assert_string_equal(got->fingerprint, first[i]);
			memcpy(first[i], got->fingerprint, HASH_HEX_SIZE);
			assert_true(i == 0 || strcmp(first[i], first[i - 1]) != 0);
		}
		findings_release(&f);
		fixture_free(x);
	}
}

/* Which unit's copy is the largest changes from build to build. */
static void fingerprints_of_header_functions_ignore_the_unit(void **state)
{
	char first[HASH_HEX_SIZE], other[HASH_HEX_SIZE];

	(void)state;
	print_of("a.c", "h.h", "f", 1, 2000, first);
	print_of("b.c", "h.h", "f", 1, 2000, other);
	assert_string_equal(first, other);
}

static void equal_findings_get_numbers(void **state)
{
	struct fixture *x = fixture_new();
	struct findings f = {0};

	(void)state;
	fixture_unit(x, "a.c");
	fixture_func(x, "f", "a.c", 1, 10);
	findings_add(&f, "r", SEVERITY_NOTE, 0);
	findings_add(&f, "r", SEVERITY_NOTE, 0);
	findings_add(&f, "r", SEVERITY_NOTE, 0)->subject = "v";
	findings_fingerprint(&f, &x->program);
	assert_string_not_equal(f.v.v[0].fingerprint, f.v.v[1].fingerprint);
	assert_string_not_equal(f.v.v[0].fingerprint, f.v.v[2].fingerprint);
	assert_string_not_equal(f.v.v[1].fingerprint, f.v.v[2].fingerprint);
	findings_release(&f);
	fixture_free(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_sorted_and_complete),
		cmocka_unit_test(an_empty_program_has_no_findings),
		cmocka_unit_test(worst_first),
		cmocka_unit_test(fingerprints_ignore_lines_and_sizes),
		cmocka_unit_test(fingerprints_survive_renamed_files),
		cmocka_unit_test(fingerprints_tell_modules_apart),
		cmocka_unit_test(equal_names_are_numbered_by_file),
		cmocka_unit_test(fingerprints_of_header_functions_ignore_the_unit),
		cmocka_unit_test(equal_findings_get_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
