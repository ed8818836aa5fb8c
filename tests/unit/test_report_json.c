/* The JSON writer: golden bytes, and reports left in the build folder for tests/docs/validate_json.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "golden.h"
#include "report_diff_fixture.h"
#include "reports/ids.h"
#include "reports/json_out.h"
#include "reports/writer.h"

static void write_report(const struct fixture *f, struct buf *out)
{
	struct error err = {0};

	assert_int_equal(writer_find("json")->write(&f->report, out, &err), 0);
}

/* Leaves the report where the validator, a test of its own, looks for it. */
static void leave(const char *name, const struct buf *out)
{
	char path[4096];
	struct error err = {0};

	assert_int_equal(file_make_dirs(BINARY_DIR "/reports-written", &err), 0);
	snprintf(path, sizeof(path), BINARY_DIR "/reports-written/%s", name);
	assert_int_equal(file_write_atomic(path, out->data, out->len, &err), 0);
}

static void full_report(void **state)
{
	struct fixture f;
	struct buf out = {0};

	(void)state;
	fixture_full(&f);
	write_report(&f, &out);
	golden_check("report.json", &out);
	leave("full.json", &out);
	buf_release(&out);
	fixture_release(&f);
}

/* The frame of fix_open: 128 bytes. */
static const struct fact_part parts[] = {
	{.kind = PART_RETURN, .bytes = 8, .counted = 8, .has_offset = true, .offset = -8},
	{.kind = PART_VARIABLE,
	 .bytes = 100,
	 .counted = 100,
	 .has_offset = true,
	 .offset = -108,
	 .name = "big",
	 .type = "char[100]",
	 .aggregate = true,
	 .declared_in = "fix_" HOSTILE,
	 .loc = {"drivers/net/fix.h", 3, 7}},
	{.kind = PART_VARIABLE,
	 .bytes = 40,
	 .has_offset = true,
	 .offset = -108,
	 .name = "small",
	 .declared_in = "fix_open"},
	{.kind = PART_UNKNOWN, .bytes = 20, .counted = 20, .has_offset = true, .offset = -128},
	{.kind = PART_DYNAMIC, .bytes = BYTES_UNKNOWN},
};

static void add_parts(struct fixture *f)
{
	struct facts *u = (struct facts *)f->units.v[0];

	f->funcs.v[OPEN].first_part = (uint32_t)u->parts.n;
	f->funcs.v[OPEN].n_parts = sizeof(parts) / sizeof(*parts);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		*vec_push(&u->parts) = parts[i];
}

static void graph_and_stats(void **state)
{
	static const struct run_stats stats = {1.5, 2.25, 3, 4, 5000, 6000};
	struct fixture f;
	struct buf out = {0};

	(void)state;
	fixture_full(&f);
	add_parts(&f);
	f.report.graph = f.report.slots = true;
	f.report.stats = &stats;
	write_report(&f, &out);
	golden_check("report-graph.json", &out);
	leave("graph.json", &out);
	buf_release(&out);
	fixture_release(&f);
}

/* With a base run, a verdict, a reason for a suppression, and a finding about no function. */
static void against_a_base(void **state)
{
	struct diff_fixture f;
	struct buf out = {0};

	(void)state;
	fixture_diff(&f);
	f.full.findings.v[4].suppressed_why = "checked by hand (a.conf:3)";
	f.full.findings.v[5].func = NO_ID;
	write_report(&f.full, &out);
	assert_non_null(strstr(buf_str(&out), "\"verdict\": \"failed\""));
	assert_non_null(
		strstr(buf_str(&out), "\"suppressed_why\": \"checked by hand (a.conf:3)\""));
	leave("gate.json", &out);
	buf_release(&out);
	diff_fixture_release(&f);
}

/* Nothing known: no commit, no unit, no function. */
static void empty_report(void **state)
{
	struct fixture f = {0};
	struct buf out = {0};

	(void)state;
	fix_start(&f);
	fix_finish(&f);
	f.report.target = NULL;
	f.report.n_compilers = 0;
	write_report(&f, &out);
	golden_check("report-empty.json", &out);
	leave("empty.json", &out);
	buf_release(&out);
	fixture_release(&f);
}

static void long_report(void **state)
{
	struct fixture f;
	struct buf out = {0}, again = {0};

	(void)state;
	fixture_chain(&f, 500, 7);
	f.report.graph = true;
	write_report(&f, &out);
	write_report(&f, &again);
	assert_int_equal(out.len, again.len);
	assert_memory_equal(out.data, again.data, out.len);
	leave("chain.json", &out);
	buf_release(&out);
	buf_release(&again);
	fixture_release(&f);
}

static void scalars(void **state)
{
	struct buf b = {0};
	struct json_out o = {.buf = &b};

	(void)state;
	json_array(&o, NULL, JSON_INLINE);
	json_int(&o, NULL, INT64_MAX);
	json_int(&o, NULL, INT64_MIN);
	json_bytes(&o, NULL, BYTES_UNKNOWN);
	json_bytes(&o, NULL, 0);
	json_line(&o, NULL, 0);
	json_str(&o, NULL, NULL);
	json_str(&o, NULL, "\"\\\n\t\x01\x7f/\xff\xc3\xa9");
	json_bool(&o, NULL, false);
	json_seconds(&o, NULL, 1.0005);
	json_object(&o, NULL, JSON_LINES);
	json_end(&o);
	json_end(&o);
	assert_string_equal(buf_str(&b),
			    "[9223372036854775807, -9223372036854775808, null, 0, null, null, "
			    "\"\\\"\\\\\\n\\t\\u0001\\u007f/\xef\xbf\xbd\xc3\xa9\", false, 1.000, "
			    "{}]\n");
	buf_release(&b);
}

static void ids_are_unique(void **state)
{
	struct fixture f = {0};
	struct arena a = {0};
	const char **ids;

	(void)state;
	fix_unit(&f, "a.c", NULL, UNIT_OK);
	fix_func(&f, "x", 8);
	fix_func(&f, "x~2", 8); /* what a second x would be called */
	fix_func(&f, "x", 8);
	fix_func(&f, "x", 8);
	fix_func(&f, "\xff", 8);
	fix_func(&f, "\xfe", 8); /* equal once repaired */
	fix_unit(&f, "a.c:x", NULL, UNIT_OK);
	fix_func(&f, "y", 8);
	fix_unit(&f, "a.c", NULL, UNIT_OK);
	fix_func(&f, "x:y", 8);
	fix_finish(&f);
	ids = func_ids(&f.program, &a);
	assert_string_equal(ids[0], "a.c:x");
	assert_string_equal(ids[1], "a.c:x~2");
	assert_string_equal(ids[2], "a.c:x~3");
	assert_string_equal(ids[3], "a.c:x~4");
	assert_string_equal(ids[4], "a.c:\xef\xbf\xbd");
	assert_string_equal(ids[5], "a.c:\xef\xbf\xbd~2");
	assert_string_equal(ids[6], "a.c:x:y");
	assert_string_equal(ids[7], "a.c:x:y~2");
	arena_release(&a);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_report),	  cmocka_unit_test(graph_and_stats),
		cmocka_unit_test(against_a_base), cmocka_unit_test(empty_report),
		cmocka_unit_test(long_report),	  cmocka_unit_test(scalars),
		cmocka_unit_test(ids_are_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
