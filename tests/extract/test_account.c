/* account_place() and account_fill(): hand-written slots and marks to the parts of a frame, as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "extract/account.h"

#include <inttypes.h>
#include <string.h>

static const struct frame_marks no_marks = {.call_bytes = BYTES_UNKNOWN,
					    .realigned_bytes = BYTES_UNKNOWN};

/* x86-64: 8 bytes of return address. `stack`: what the compiler says, BYTES_UNKNOWN for nothing. */
static struct account start(int64_t frame, int64_t stack, const struct frame_marks *marks)
{
	return (struct account){.frame_bytes = frame,
				.entry_bytes = 8,
				.stack_bytes = stack,
				.alignment = 16,
				.marks = marks};
}

static void slot(struct account *a, enum part_kind kind, int64_t offset, int64_t bytes,
		 const char *name)
{
	*vec_push(&a->parts) = (struct fact_part){.kind = kind,
						  .bytes = bytes,
						  .has_offset = kind != PART_DYNAMIC,
						  .offset = offset,
						  .name = name};
}

/* Every part as "KIND BYTES", "/COUNTED" behind it when they differ, from the CFA down. */
static void expect(struct account *a, const char *parts)
{
	struct buf text = {0};
	bool whole;

	account_place(a);
	account_fill(a);
	assert_int_equal(facts_parts_sum(a->parts.v, a->parts.n, &whole), a->frame_bytes);
	for (size_t i = 0; i < a->parts.n; i++) {
		const struct fact_part *p = &a->parts.v[i];

		buf_printf(&text, "%s%s %" PRId64, i ? ", " : "", part_kind_name(p->kind),
			   p->bytes);
		if (p->counted != p->bytes)
			buf_printf(&text, "/%" PRId64, p->counted);
	}
	assert_string_equal(buf_str(&text), parts);
	buf_release(&text);
	vec_release(&a->parts);
}

/* What the prologue pushes is saved; what stands beside it in slots of the same kind is spilled. */
static void saved_and_spilled(void **state)
{
	struct frame_mark saved[] = {{-24, 8}, {-16, 8}}, others[] = {{-48, 16}};
	struct frame_marks marks = no_marks;
	struct account a = start(64, 56, &marks);

	(void)state;
	marks.saved = saved;
	marks.n_saved = 2;
	marks.others = others;
	marks.n_others = 1;
	slot(&a, PART_SPILL, -16, 8, NULL);
	slot(&a, PART_SPILL, -24, 8, NULL);
	slot(&a, PART_SPILL, -32, 8, NULL);
	slot(&a, PART_SPILL, -48, 16, NULL);
	slot(&a, PART_SPILL, -64, 16, "x");
	expect(&a, "return 8, saved 8, saved 8, spill 8, saved 16, spill 16");
}

static void padding_and_unknown(void **state)
{
	struct account a = start(120, 112, &no_marks);

	(void)state;
	slot(&a, PART_VARIABLE, -20, 4, "a");
	slot(&a, PART_VARIABLE, -100, 40, "b");
	expect(&a, "return 8, padding 8, variable 4, unknown 40, variable 40, unknown 20");
}

/* Variables that are never alive together: the largest one counts. */
static void shared_room(void **state)
{
	struct account a = start(72, 64, &no_marks);

	(void)state;
	slot(&a, PART_VARIABLE, -72, 40, "small");
	slot(&a, PART_VARIABLE, -72, 64, "large");
	slot(&a, PART_VARIABLE, -40, 24, "across");
	expect(&a, "return 8, variable 64, variable 24/0, variable 40/0");
}

/* Below SP there is no frame. */
static void red_zone(void **state)
{
	struct account a = start(40, 32, &no_marks);

	(void)state;
	slot(&a, PART_VARIABLE, -108, 100, "half");
	slot(&a, PART_VARIABLE, -128, 16, "outside");
	expect(&a, "return 8, variable 100/32, variable 16/0");
}

/* The area at the bottom: as high as it is written; what padding cannot explain is part of it. */
static void reserved_arguments(void **state)
{
	struct frame_mark written[] = {{-64, 8}, {-56, 8}, {-24, 8}};
	struct frame_marks marks = no_marks;
	struct account a = start(64, 56, &marks), b = start(64, 56, &marks),
		       c = start(64, 56, &marks);

	(void)state;
	marks.call_bytes = 64;
	marks.written = written;
	marks.n_written = 3;
	slot(&a, PART_VARIABLE, -40, 32, NULL);
	expect(&a, "return 8, variable 32, padding 8, arguments 16");
	marks.n_written = 0;
	slot(&b, PART_VARIABLE, -40, 32, NULL);
	expect(&b, "return 8, variable 32, arguments 24");
	c.home_bytes = 32;
	slot(&c, PART_VARIABLE, -24, 16, NULL);
	expect(&c, "return 8, variable 16, padding 8, arguments 32");
}

/* Below the body: for the deepest call, and for a moment. */
static void pushed(void **state)
{
	struct frame_marks marks = no_marks;
	struct account a = start(72, 24, &marks), b = start(40, 24, &no_marks);

	(void)state;
	marks.call_bytes = 64;
	slot(&a, PART_VARIABLE, -32, 24, NULL);
	expect(&a, "return 8, variable 24, arguments 32, pushed 8");
	slot(&b, PART_VARIABLE, -32, 24, NULL);
	expect(&b, "return 8, variable 24, pushed 8");
}

/* SP aligned to 64: saved registers stay, everything else lies deeper by what is lost. */
static void realigned(void **state)
{
	struct frame_mark saved[] = {{-16, 8}};
	struct frame_marks marks = no_marks;
	struct account a = start(16 + 56 + 64, 72, &marks);

	(void)state;
	marks.saved = saved;
	marks.n_saved = 1;
	marks.realigned_bytes = 16 + 56 + 64;
	marks.realign_loss = 56;
	slot(&a, PART_SPILL, -16, 8, NULL);
	slot(&a, PART_VARIABLE, -80, 60, "aligned");
	expect(&a, "return 8, saved 8, realignment 56, padding 4, variable 60");
}

/* Nothing but code: return address and saved registers, the rest is unknown. */
static void no_layout(void **state)
{
	struct frame_mark saved[] = {{-16, 8}, {-400, 8}};
	struct frame_marks marks = no_marks;
	struct account a = start(64, BYTES_UNKNOWN, &marks), b = start(8, BYTES_UNKNOWN, &no_marks);

	(void)state;
	marks.saved = saved;
	marks.n_saved = 2;
	expect(&a, "return 8, saved 8, unknown 48");
	expect(&b, "return 8");
}

static void dynamic(void **state)
{
	struct account a = start(48, 24, &no_marks), b = start(48, 24, &no_marks);

	(void)state;
	a.frame_bytes = 32;
	slot(&a, PART_VARIABLE, -32, 24, NULL);
	slot(&a, PART_DYNAMIC, 0, BYTES_UNKNOWN, "vla");
	expect(&a, "return 8, variable 24, dynamic -1/0");
	b.bounded = true;
	slot(&b, PART_VARIABLE, -32, 24, NULL);
	expect(&b, "return 8, variable 24, unknown 16");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(saved_and_spilled),
		cmocka_unit_test(padding_and_unknown),
		cmocka_unit_test(shared_room),
		cmocka_unit_test(red_zone),
		cmocka_unit_test(reserved_arguments),
		cmocka_unit_test(pushed),
		cmocka_unit_test(realigned),
		cmocka_unit_test(no_layout),
		cmocka_unit_test(dynamic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
