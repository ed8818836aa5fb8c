/* Frames between the parent and its servers: everything survives, nothing malformed passes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "jobs/wire.h"

#include <stdlib.h>
#include <string.h>

static char every_byte[256]; /* 1 .. 255 and a NUL */

static struct order sample(void)
{
	static char *argv[] = {(char *)"--target=x", every_byte, (char *)"", (char *)"-D\nA=\t\"'"};

	for (int i = 0; i < 255; i++)
		every_byte[i] = (char)(i + 1);
	return (struct order){
		.job = {.unit = every_byte,
			.root = "/r",
			.directory = "/r/\xff dir",
			.source = "/r/a\n.c",
			.object = NULL,
			.module = "",
			.target = "x86_64-linux-gnu",
			.argv = argv,
			.argc = 4,
			.frames = FRAMES_OBJECTS,
			.object_only = true,
			.member_offset = UINT64_C(1) << 40,
			.member_size = 77,
			.check_su = true},
		.scratch = "/scratch/3",
		.limits = {.timeout_seconds = 60, .cpu_seconds = UINT32_MAX, .memory_mib = 4096},
	};
}

static void test_order_survives(void **state)
{
	struct order in = sample(), out;
	struct arena a = {0};
	struct buf b = {0};
	size_t len;

	(void)state;
	wire_put_order(&b, &in);
	assert_int_equal(wire_frame(&b, WIRE_ORDER_MAX, &len), 1);
	assert_int_equal(len + WIRE_HEADER, b.len);
	assert_int_equal(wire_get_order(&a, b.data + WIRE_HEADER, len, &out), 0);
	assert_memory_equal(&out.limits, &in.limits, sizeof(in.limits));
	assert_string_equal(out.scratch, in.scratch);
	assert_string_equal(out.job.unit, in.job.unit);
	assert_string_equal(out.job.root, in.job.root);
	assert_string_equal(out.job.directory, in.job.directory);
	assert_string_equal(out.job.source, in.job.source);
	assert_null(out.job.object);
	assert_string_equal(out.job.module, "");
	assert_string_equal(out.job.target, in.job.target);
	assert_int_equal(out.job.argc, in.job.argc);
	assert_int_equal(out.job.frames, FRAMES_OBJECTS);
	assert_true(out.job.object_only);
	assert_int_equal(out.job.member_offset, UINT64_C(1) << 40);
	assert_int_equal(out.job.member_size, 77);
	assert_true(out.job.check_su);
	for (size_t i = 0; i < in.job.argc; i++)
		assert_string_equal(out.job.argv[i], in.job.argv[i]);
	buf_release(&b);
	arena_release(&a);
}

static void test_cut_orders_are_refused(void **state)
{
	struct order in = sample(), out;
	struct buf b = {0}, cut = {0};
	struct arena a = {0};
	size_t len;

	(void)state;
	wire_put_order(&b, &in);
	for (size_t n = 0; n < b.len; n++) {
		buf_clear(&cut);
		buf_add(&cut, b.data, n);
		assert_int_equal(wire_frame(&cut, WIRE_ORDER_MAX, &len), 0);
		if (n >= WIRE_HEADER)
			assert_int_equal(
				wire_get_order(&a, cut.data + WIRE_HEADER, n - WIRE_HEADER, &out),
				-1);
	}
	buf_putc(&b, 'x');
	assert_int_equal(wire_get_order(&a, b.data + WIRE_HEADER, b.len - WIRE_HEADER, &out), -1);
	buf_release(&b);
	buf_release(&cut);
	arena_release(&a);
}

/* Whatever one byte becomes, the reader stays within the payload (seen by AddressSanitizer) and gives either an
   order with all that must be there, or -1. */
static void test_changed_orders_are_safe(void **state)
{
	struct order in = sample(), out;
	struct buf b = {0};
	size_t refused = 0;

	(void)state;
	wire_put_order(&b, &in);
	for (size_t i = WIRE_HEADER; i < b.len; i++) {
		size_t len = b.len - WIRE_HEADER;
		struct arena a = {0};
		char *copy = malloc(len);

		memcpy(copy, b.data + WIRE_HEADER, len);
		copy[i - WIRE_HEADER] = (char)(copy[i - WIRE_HEADER] ^ 0x80);
		if (wire_get_order(&a, copy, len, &out))
			refused++;
		else
			assert_true(out.job.unit && out.job.source[0] == '/' && out.job.target);
		free(copy);
		arena_release(&a);
	}
	assert_true(refused > 50);
	buf_release(&b);
}

static void test_relative_paths_are_refused(void **state)
{
	struct order in = sample(), out;
	struct arena a = {0};
	struct buf b = {0};

	(void)state;
	in.job.source = "a.c";
	wire_put_order(&b, &in);
	assert_int_equal(wire_get_order(&a, b.data + WIRE_HEADER, b.len - WIRE_HEADER, &out), -1);
	buf_release(&b);
	arena_release(&a);
}

static void test_answer(void **state)
{
	struct answer in = {.status = -2147483647,
			    .timed_out = true,
			    .peak_kib = INT64_C(5000000000),
			    .cpu_usec = INT64_MAX};
	struct buf b = {0};
	struct answer out;
	size_t len;

	(void)state;
	wire_put_answer(&b, &in);
	assert_int_equal(wire_frame(&b, WIRE_ANSWER_MAX, &len), 1);
	assert_int_equal(wire_get_answer(b.data + WIRE_HEADER, len, &out), 0);
	assert_int_equal(out.status, in.status);
	assert_true(out.timed_out);
	assert_int_equal(out.peak_kib, in.peak_kib);
	assert_int_equal(out.cpu_usec, in.cpu_usec);
	for (size_t n = 0; n < len; n++)
		assert_int_equal(wire_get_answer(b.data + WIRE_HEADER, n, &out), -1);
	b.data[b.len - 1] = (char)0x80; /* a negative count */
	assert_int_equal(wire_get_answer(b.data + WIRE_HEADER, len, &out), -1);
	buf_release(&b);
}

static void test_long_frames_are_refused(void **state)
{
	struct buf b = {0};
	size_t len;

	(void)state;
	buf_add(&b, "\1\1\0\0", 4);
	assert_int_equal(wire_frame(&b, WIRE_ANSWER_MAX, &len), -1);
	assert_int_equal(wire_frame(&b, 257, &len), 0);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_survives),
		cmocka_unit_test(test_cut_orders_are_refused),
		cmocka_unit_test(test_changed_orders_are_safe),
		cmocka_unit_test(test_relative_paths_are_refused),
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_long_frames_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
