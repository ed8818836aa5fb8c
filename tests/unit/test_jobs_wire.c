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

static struct order sample(struct job jobs[2])
{
	struct job *object = &jobs[0];
	static char *argv[] = {(char *)"--target=x", every_byte, (char *)"", (char *)"-D\nA=\t\"'"};

	for (int i = 0; i < 255; i++)
		every_byte[i] = (char)(i + 1);
	*object = (struct job){.unit = every_byte,
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
			       .check_su = true};
	jobs[1] = (struct job){
		.unit = "b", .root = "/r", .directory = "/", .source = "/b", .target = "t"};
	return (struct order){
		.jobs = jobs,
		.n = 2,
		.scratch = "/scratch/3",
		.limits = {.timeout_seconds = 60, .cpu_seconds = UINT32_MAX, .memory_mib = 4096},
	};
}

static void test_order_survives(void **state)
{
	struct job jobs[2];
	struct order in = sample(jobs), out;
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
	assert_string_equal(out.jobs[0].unit, in.jobs[0].unit);
	assert_string_equal(out.jobs[0].root, in.jobs[0].root);
	assert_string_equal(out.jobs[0].directory, in.jobs[0].directory);
	assert_string_equal(out.jobs[0].source, in.jobs[0].source);
	assert_null(out.jobs[0].object);
	assert_string_equal(out.jobs[0].module, "");
	assert_string_equal(out.jobs[0].target, in.jobs[0].target);
	assert_int_equal(out.jobs[0].argc, in.jobs[0].argc);
	assert_int_equal(out.jobs[0].frames, FRAMES_OBJECTS);
	assert_true(out.jobs[0].object_only);
	assert_int_equal(out.jobs[0].member_offset, UINT64_C(1) << 40);
	assert_int_equal(out.jobs[0].member_size, 77);
	assert_true(out.jobs[0].check_su);
	for (size_t i = 0; i < in.jobs[0].argc; i++)
		assert_string_equal(out.jobs[0].argv[i], in.jobs[0].argv[i]);
	assert_int_equal(out.n, 2);
	assert_string_equal(out.jobs[1].unit, "b");
	assert_int_equal(out.jobs[1].argc, 0);
	buf_release(&b);
	arena_release(&a);
}

static void test_cut_orders_are_refused(void **state)
{
	struct job jobs[2];
	struct order in = sample(jobs), out;
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
	struct job jobs[2];
	struct order in = sample(jobs), out;
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
			assert_true(out.jobs[0].unit && out.jobs[0].source[0] == '/' &&
				    out.jobs[0].target);
		free(copy);
		arena_release(&a);
	}
	assert_true(refused > 50);
	buf_release(&b);
}

static void test_empty_orders_are_refused(void **state)
{
	struct job jobs[2];
	struct order in = sample(jobs), out;
	struct arena a = {0};
	struct buf b = {0};

	(void)state;
	in.n = 0;
	wire_put_order(&b, &in);
	assert_int_equal(wire_get_order(&a, b.data + WIRE_HEADER, b.len - WIRE_HEADER, &out), -1);
	buf_release(&b);
	arena_release(&a);
}

static void test_relative_paths_are_refused(void **state)
{
	struct job jobs[2];
	struct order in = sample(jobs), out;
	struct arena a = {0};
	struct buf b = {0};

	(void)state;
	jobs[1].source = "a.c";
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
			    .cpu_usec = INT64_MAX,
			    .facts_of = 3,
			    .facts_at = INT64_C(1) << 33,
			    .facts_bytes = 99};
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
	assert_int_equal(out.facts_of, in.facts_of);
	assert_int_equal(out.facts_at, in.facts_at);
	assert_int_equal(out.facts_bytes, in.facts_bytes);
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
		cmocka_unit_test(test_empty_orders_are_refused),
		cmocka_unit_test(test_relative_paths_are_refused),
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_long_frames_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
