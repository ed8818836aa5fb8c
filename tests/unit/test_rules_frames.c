/* Rules about one frame: frame-limit, large-local, dynamic-frame, unmeasured. */
#include "rules_fixture.h"

static void frame_limit_warns_above_only(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};

	(void)state;
	fixture_unit(x, "a.c");
	fixture_func(x, "at_limit", "a.c", 1, 1024);
	fixture_func(x, "unknown", "a.c", 5, BYTES_UNKNOWN);
	fixture_func(x, "above", "a.c", 9, 1280);
	fixture_part(x, "buf", "char[800]", 800);
	fixture_check(x, "frame-limit", &out);
	assert_int_equal(out.v.n, 1);
	assert_int_equal(out.v.v[0].severity, SEVERITY_WARNING);
	assert_int_equal(out.v.v[0].func, 2);
	assert_int_equal(out.v.v[0].bytes, 1280);
	assert_int_equal(out.v.v[0].limit, 1024);
	assert_int_equal(out.v.v[0].loc.line, 9);
	assert_contains(out.v.v[0].message, "above uses 1,280 bytes of stack in its own frame, "
					    "256 bytes above the limit of 1,024 bytes");
	assert_contains(out.v.v[0].advice, "buf, char[800] with 800 bytes");
	findings_release(&out);
	fixture_free(x);
}

static void frame_mismatch_weighs_who_is_lower(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};
	uint32_t unit;

	(void)state;
	fixture_unit(x, "a.c");
	fixture_func(x, "first", "a.c", 1, 100);
	unit = fixture_unit(x, "b.c");
	fixture_func(x, "f", "b.c", 3, 64);
	fixture_func(x, "g", "b.c", 7, 64);
	*vec_push(&x->units[unit].mismatches) = (struct fact_mismatch){0, CHECK_SU, 72, NULL};
	*vec_push(&x->units[unit].mismatches) = (struct fact_mismatch){1, CHECK_UNWIND, 56, NULL};
	*vec_push(&x->units[unit].mismatches) =
		(struct fact_mismatch){1, CHECK_CI, BYTES_UNKNOWN, "sink"};
	fixture_check(x, "frame-mismatch", &out);
	assert_int_equal(out.v.n, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct finding *f = &out.v.v[i];

		assert_int_equal(f->severity, f->limit == 56 ? SEVERITY_NOTE : SEVERITY_WARNING);
		assert_int_equal(f->func, f->limit == 72 ? 1 : 2);
		assert_contains(f->message, f->limit == 72 ? "the compiler's .su file says 72 bytes"
					    : f->limit == 56 ? "the unwind table says 56 bytes"
							     : "g calls sink according to");
	}
	findings_release(&out);
	fixture_free(x);
}

static void frame_limit_says_how_sure_it_is(void **state)
{
	static const struct {
		enum frame_kind kind;
		const char *words;
	} cases[] = {
		{FRAME_BOUNDED, "uses up to"},
		{FRAME_DYNAMIC, "uses at least"},
		{FRAME_UNMEASURED, "uses at least"},
		{FRAME_ESTIMATED, "uses an estimated"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture *x = fixture_new();
		struct findings out = {0};

		fixture_unit(x, "a.c");
		fixture_func(x, "f", "a.c", 1, 2000);
		x->facts[0].frame_kind = cases[i].kind;
		fixture_check(x, "frame-limit", &out);
		assert_int_equal(out.v.n, 1);
		assert_contains(out.v.v[0].message, cases[i].words);
		findings_release(&out);
		fixture_free(x);
	}
}

static void copies_from_a_header_are_one_finding(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};

	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		fixture_unit(x, i == 0 ? "a.c" : i == 1 ? "b.c" : "c.c");
		fixture_func(x, "helper", "h.h", 7, 1100 + (i == 1 ? 100 : 0));
		x->facts[i].linkage = LINKAGE_STATIC;
	}
	fixture_func(x, "helper", "c.c", 7, 1100);
	fixture_check(x, "frame-limit", &out);
	assert_int_equal(out.v.n, 2);
	assert_int_equal(out.v.v[0].bytes, 1200);
	assert_int_equal(out.v.v[0].func, 1);
	assert_contains(out.v.v[0].message, "(in 3 units)");
	assert_null(strstr(out.v.v[1].message, "units"));
	findings_release(&out);
	fixture_free(x);
}

static void large_local_names_type_and_share(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};
	struct fact_part *part;

	(void)state;
	fixture_unit(x, "a.c");
	fixture_func(x, "f", "a.c", 1, 640);
	fixture_part(x, "buf", "char[256]", 256);
	fixture_part(x, "small", "char[255]", 255);
	part = fixture_part(x, "scalar", "__int128", 512);
	part->aggregate = false;
	part = fixture_part(x, NULL, NULL, 512);
	part->kind = PART_SPILL;
	fixture_check(x, "large-local", &out);
	assert_int_equal(out.v.n, 1);
	assert_string_equal(
		out.v.v[0].message,
		"variable buf, char[256] takes 256 bytes, 40 % of the 640-byte frame of f");
	assert_int_equal(out.v.v[0].loc.line, 2);
	assert_int_equal(out.v.v[0].limit, 256);
	assert_string_equal(out.v.v[0].subject, "f:buf");
	assert_contains(out.v.v[0].advice, "STATUS_INSUFFICIENT_RESOURCES");
	findings_release(&out);
	fixture_free(x);
}

/* One declaration, inlined into two frames of one unit, is one thing to mend. */
static void large_local_knows_inlined_functions(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};

	(void)state;
	fixture_unit(x, "a.c");
	for (uint32_t i = 0; i < 2; i++) {
		struct fact_part *part;

		fixture_func(x, i ? "g" : "f", "a.c", 10 + 10 * i, 600);
		part = fixture_part(x, "name", "char[300]", 300);
		part->declared_in = "helper";
		part->loc = (struct fact_loc){"h.h", 3, 7};
	}
	fixture_check(x, "large-local", &out);
	assert_int_equal(out.v.n, 1);
	assert_contains(out.v.v[0].message, "char[300] of the inlined function helper takes");
	assert_contains(out.v.v[0].message, "(in 2 functions)");
	assert_string_equal(out.v.v[0].loc.file, "h.h");
	findings_release(&out);
	fixture_free(x);
}

static void large_local_says_estimated(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};

	(void)state;
	fixture_unit(x, "a.c");
	fixture_func(x, "f", "a.c", 1, 600);
	x->facts[0].frame_kind = FRAME_ESTIMATED;
	fixture_part(x, "buf", "char[500]", 500);
	fixture_func(x, "g", "a.c", 20, BYTES_UNKNOWN);
	x->facts[1].frame_kind = FRAME_UNMEASURED;
	fixture_part(x, "buf", "char[400]", 400);
	fixture_check(x, "large-local", &out);
	assert_int_equal(out.v.n, 2);
	assert_contains(out.v.v[0].message, "500 bytes, in f, estimated from the source");
	assert_contains(out.v.v[1].message, "400 bytes, in g, whose frame is not measured");
	findings_release(&out);
	fixture_free(x);
}

static void dynamic_frame_tells_bounded_from_unlimited(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};
	struct fact_part *part;

	(void)state;
	fixture_unit(x, "a.c");
	fixture_func(x, "vla", "a.c", 1, 80);
	x->facts[0].frame_kind = FRAME_DYNAMIC;
	x->facts[0].frame_note = "SP is lowered by a register at 0x12";
	part = fixture_part(x, "data", NULL, 0);
	part->kind = PART_DYNAMIC;
	fixture_func(x, "limited", "a.c", 9, 336);
	x->facts[1].frame_kind = FRAME_BOUNDED;
	part = fixture_part(x, NULL, NULL, 0);
	part->kind = PART_DYNAMIC;
	/* Rounded down only: nothing in it is sized at run time. */
	fixture_func(x, "realigned", "a.c", 15, 336);
	x->facts[2].frame_kind = FRAME_BOUNDED;
	fixture_func(x, "fixed", "a.c", 19, 336);
	fixture_check(x, "dynamic-frame", &out);
	assert_int_equal(out.v.n, 2);
	assert_int_equal(out.v.v[0].severity, SEVERITY_WARNING);
	assert_string_equal(
		out.v.v[0].message,
		"the frame of vla has a part sized at run time (data), 80 bytes of it are "
		"fixed: SP is lowered by a register at 0x12");
	assert_int_equal(out.v.v[0].loc.line, 2);
	assert_int_equal(out.v.v[1].severity, SEVERITY_NOTE);
	assert_contains(out.v.v[1].message, "with its limit the frame is 336 bytes");
	findings_release(&out);
	fixture_free(x);
}

static void unmeasured_gives_one_note_a_unit(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};

	(void)state;
	fixture_unit(x, "a.c#2");
	*vec_push(&x->units[0].problems) = "a.c:3: 'x.h' file not found";
	for (uint32_t i = 0; i < 3; i++) {
		fixture_func(x, i == 0 ? "f" : i == 1 ? "g" : "h", "a.c", 10 * i + 1, 64);
		x->facts[i].frame_kind = FRAME_ESTIMATED;
	}
	fixture_unit(x, "b.c");
	fixture_func(x, "odd", "b.c", 5, BYTES_UNKNOWN);
	x->facts[3].frame_kind = FRAME_UNMEASURED;
	x->facts[3].frame_note = "SP is loaded from memory at 0x40";
	fixture_func(x, "fine", "b.c", 15, 64);
	fixture_check(x, "unmeasured", &out);
	assert_int_equal(out.v.n, 2);
	assert_int_equal(out.v.v[0].severity, SEVERITY_WARNING);
	assert_contains(out.v.v[0].message,
			"frame of odd could not be measured, no byte of it is known: "
			"SP is loaded from memory at 0x40");
	assert_int_equal(out.v.v[1].severity, SEVERITY_NOTE);
	assert_int_equal(out.v.v[1].func, 0);
	assert_string_equal(out.v.v[1].loc.file, "a.c");
	assert_int_equal(out.v.v[1].loc.line, 3);
	assert_string_equal(
		out.v.v[1].message,
		"the frames of 3 functions in this unit are estimated from the source, as it "
		"did not compile: 'x.h' file not found");
	findings_release(&out);
	fixture_free(x);
}

static void unmeasured_points_at_the_problem(void **state)
{
	static const struct {
		const char *problem, *file;
		uint32_t line;
		const char *message;
	} cases[] = {
		{"b/h.h:12: unknown type name 'foo'", "b/h.h", 12,
		 "functions in b/a.c are estimated from the source, as it did not compile: unknown "
		 "type"},
		{"code generation failed", "b/a.c", 0, "did not compile: code generation failed"},
		{"C: no number", "b/a.c", 0, "did not compile: C: no number"},
		{":3: no file", "b/a.c", 0, "did not compile: :3: no file"},
		{"a.c:99999999999: far", "b/a.c", 0, "did not compile: a.c:99999999999: far"},
		{NULL, "b/a.c", 0, "as it did not compile"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture *x = fixture_new();
		struct findings out = {0};

		fixture_unit(x, "b/a.c");
		if (cases[i].problem)
			*vec_push(&x->units[0].problems) = cases[i].problem;
		fixture_func(x, "f", "b/a.c", 1, 64);
		fixture_func(x, "g", "b/a.c", 5, 64);
		x->facts[0].frame_kind = FRAME_ESTIMATED;
		x->facts[1].frame_kind = FRAME_ESTIMATED;
		fixture_check(x, "unmeasured", &out);
		assert_int_equal(out.v.n, 1);
		assert_string_equal(out.v.v[0].loc.file, cases[i].file);
		assert_int_equal(out.v.v[0].loc.line, cases[i].line);
		assert_contains(out.v.v[0].message, cases[i].message);
		findings_release(&out);
		fixture_free(x);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frame_limit_warns_above_only),
		cmocka_unit_test(frame_limit_says_how_sure_it_is),
		cmocka_unit_test(frame_mismatch_weighs_who_is_lower),
		cmocka_unit_test(copies_from_a_header_are_one_finding),
		cmocka_unit_test(large_local_names_type_and_share),
		cmocka_unit_test(large_local_knows_inlined_functions),
		cmocka_unit_test(large_local_says_estimated),
		cmocka_unit_test(dynamic_frame_tells_bounded_from_unlimited),
		cmocka_unit_test(unmeasured_gives_one_note_a_unit),
		cmocka_unit_test(unmeasured_points_at_the_problem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
