/* layout_read() and layout_read_usage(): clang's remarks and stack usage, as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "extract/layout.h"

#include <string.h>

static void expect_slot(const struct layout *l, size_t i, const char *function, enum part_kind kind,
			int64_t offset, int64_t bytes)
{
	assert_true(i < l->slots.n);
	assert_string_equal(l->slots.v[i].function, function);
	assert_int_equal(l->slots.v[i].kind, kind);
	assert_int_equal(l->slots.v[i].offset, offset);
	assert_int_equal(l->slots.v[i].bytes, bytes);
}

static void kinds(void **state)
{
	static const char log[] =
		"a.c:1:9: warning: something else\n"
		"a.c:3:1: remark: \n"
		"Function: f\n"
		"Offset: [SP+4], Type: Fixed, Align: 16, Size: 4\n"
		"Offset: [SP-8], Type: Spill, Align: 16, Size: 8\n"
		"Offset: [SP-16], Type: Protector, Align: 8, Size: 8\n"
		"Offset: [SP-80-8 x vscale], Type: Variable, Align: 16, Size: 64\n"
		"    buf @ dir/a b.c:3\n"
		"Offset: [SP-96], Type: VariableSized, Align: 1, Size: 0 "
		"[-Rpass-analysis=stack-frame-layout]\n"
		"b.c:1:1: remark: \n"
		"Function: <U+0001>_g@8\n"
		"Offset: [SP-12], Type: Fixed, Align: 4, Size: 12\n";
	struct arena a = {0};
	struct layout l = {0};

	(void)state;
	layout_read(&l, &a, log);
	assert_int_equal(l.slots.n, 5);
	expect_slot(&l, 0, "f", PART_SPILL, -8, 8);
	expect_slot(&l, 1, "f", PART_PROTECTOR, -16, 8);
	expect_slot(&l, 2, "f", PART_VARIABLE, -80, 64);
	assert_string_equal(l.slots.v[2].name, "buf");
	assert_string_equal(l.slots.v[2].file, "dir/a b.c");
	assert_int_equal(l.slots.v[2].line, 3);
	assert_false(l.slots.v[2].shared);
	expect_slot(&l, 3, "f", PART_DYNAMIC, -96, 0);
	expect_slot(&l, 4, "_g@8", PART_VARIABLE, -12, 12);
	assert_int_equal(l.functions.n, 2);
	layout_release(&l);
	arena_release(&a);
}

/* Several variables in one slot are one row each; several names of a spill slot are one value's. */
static void shared_slots(void **state)
{
	static const char log[] = "Function: f\n"
				  "Offset: [SP-200], Type: Variable, Align: 16, Size: 200\n"
				  "    x @ a.c:5\n"
				  "    y @ a.c:6\n"
				  "    z\n"
				  "Offset: [SP-208], Type: Spill, Align: 8, Size: 8\n"
				  "    p @ a.c:7\n"
				  "    q @ a.c:8\n";
	struct arena a = {0};
	struct layout l = {0};

	(void)state;
	layout_read(&l, &a, log);
	assert_int_equal(l.slots.n, 3);
	expect_slot(&l, 0, "f", PART_VARIABLE, -200, 200);
	expect_slot(&l, 1, "f", PART_VARIABLE, -200, 200);
	assert_string_equal(l.slots.v[0].name, "x");
	assert_string_equal(l.slots.v[1].name, "y");
	assert_int_equal(l.slots.v[1].line, 6);
	assert_true(l.slots.v[0].shared && l.slots.v[1].shared);
	assert_string_equal(l.slots.v[2].name, "p");
	layout_release(&l);
	arena_release(&a);
}

/* What is no remark, or a damaged one, gives nothing. */
static void nothing(void **state)
{
	static const char *const logs[] = {
		"",
		"Offset: [SP-8], Type: Spill, Align: 8, Size: 8\n",
		"Function: ",
		"Function: f\nOffset: [SP-8], Type: Odd, Align: 8, Size: 8\n    x @ a.c:1\n",
		"Function: f\nOffset: [SP-8], Type: Spill\nSize: 8\n",
		"Function: f\n    x @ a.c:1\n"};
	struct arena a = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(logs) / sizeof(*logs); i++) {
		struct layout l = {0};

		layout_read(&l, &a, logs[i]);
		assert_int_equal(l.slots.n, 0);
		layout_release(&l);
	}
	arena_release(&a);
}

static void usage(void **state)
{
	static const char text[] = "c:\\x\\a.c:3:f\t72\tstatic\n"
				   "no such line\n"
				   "a.c:4:g\tmany\tstatic\n"
				   "a.c:5:\1_h@8\t0\tdynamic\n"
				   "a.c:6:cut";
	struct arena a = {0};
	struct layout l = {0};

	(void)state;
	layout_read_usage(&l, &a, text);
	assert_int_equal(l.usages.n, 2);
	assert_string_equal(l.usages.v[0].function, "f");
	assert_int_equal(l.usages.v[0].bytes, 72);
	assert_string_equal(l.usages.v[1].function, "_h@8");
	assert_int_equal(l.usages.v[1].bytes, 0);
	layout_release(&l);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(shared_slots),
		cmocka_unit_test(nothing),
		cmocka_unit_test(usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
