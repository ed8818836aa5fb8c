/* What a path needs after changes: savings by room and depth, callbacks, circles, and the fewest changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "program/link.h"
#include "stack/what_if.h"

#include <string.h>

struct world {
	struct facts facts;
	const struct facts *units[1];
	struct program program;
	struct depths depths;
	struct what_if *what_if;
	struct arena arena;
};

static void open_world(struct world *x, const char *target, const char *records)
{
	struct link_options options = {0};
	struct error err;
	struct buf text = {0};

	memset(x, 0, sizeof(*x));
	buf_printf(&text, "stackcheck-facts 4\nunit a.c target=%s status=ok\n%send\n", target,
		   records);
	if (facts_read(&x->facts, buf_str(&text), text.len, "facts", &err))
		fail_msg("%s", err.text);
	buf_release(&text);
	x->units[0] = &x->facts;
	assert_int_equal(program_link(&x->program, x->units, 1, &options, &err), 0);
	program_check(&x->program);
	depths_solve(&x->depths, &x->program);
	stack_check(&x->program, &x->depths);
	x->what_if = what_if_open(&x->program, &x->depths);
}

static void close_world(struct world *x)
{
	what_if_close(x->what_if);
	depths_release(&x->depths);
	program_release(&x->program);
	facts_release(&x->facts);
	arena_release(&x->arena);
}

static uint32_t func(struct world *x, const char *name)
{
	size_t n;
	uint32_t *found = program_find(&x->program, &x->arena, name, &n);

	assert_int_equal(n, 1);
	return found[0];
}

static struct change move(struct world *x, const char *function, const char *variable)
{
	struct change c = {.kind = CHANGE_MOVE, .func = func(x, function)};

	for (; c.part < x->program.funcs[c.func].n_parts; c.part++) {
		const char *name = change_part(&x->program, c)->name;

		if (name && !strcmp(name, variable))
			return c;
	}
	fail_msg("%s has no %s", function, variable);
	return c;
}

static int64_t depth_with(struct world *x, const char *name, struct change c)
{
	return what_if_depth(x->what_if, func(x, name), &c, 1);
}

#define FUNC(NAME, FRAME)                                                                          \
	"func " NAME " linkage=external kind=fixed origin=recompiled frame=" FRAME " entry=8\n"
#define VARIABLE(NAME, BYTES, OFFSET, IN, AT)                                                      \
	"\tpart variable bytes=" BYTES " offset=-" OFFSET " name=" NAME " type=char[" BYTES        \
	"] aggregate=1 in=" IN " at=a.c:" AT "\n"
#define CALL(TO, DEPTH) "\tcall direct to=" TO " depth=" DEPTH "\n"

static void nothing_changed_is_the_depth(void **state)
{
	struct world x;

	(void)state;
	open_world(&x, "x86_64-linux-gnu",
		   FUNC("leaf", "100") FUNC("top", "40") CALL("leaf", "40") CALL("leaf", "24"));
	assert_int_equal(what_if_depth(x.what_if, func(&x, "top"), NULL, 0), 140);
	close_world(&x);
}

static void a_move_frees_whole_alignments(void **state)
{
	static const struct {
		const char *target;
		int64_t left;
	} cases[] = {
		{"x86_64-linux-gnu", 160 + 100 - 96},	   {"i386-linux-gnu", 160 + 100 - 96},
		{"i686-w64-windows-gnu", 160 + 100 - 104}, {"armv7-linux-gnueabi", 160 + 100 - 104},
		{"aarch64-linux-gnu", 160 + 100 - 96},	   {"riscv64-linux-gnu", 160 + 100 - 96},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world x;

		open_world(&x, cases[i].target,
			   FUNC("leaf", "100") FUNC("top", "160")
				   VARIABLE("buf", "107", "120", "top", "3:7") CALL("leaf", "160"));
		assert_int_equal(depth_with(&x, "top", move(&x, "top", "buf")), cases[i].left);
		close_world(&x);
	}
}

/* The call is made before the frame grows to hold the buffer. */
static void early_calls_do_not_pay(void **state)
{
	struct world x;

	(void)state;
	open_world(&x, "x86_64-linux-gnu",
		   FUNC("leaf", "400") FUNC("top", "600")
			   VARIABLE("buf", "512", "536", "top", "3:7") CALL("leaf", "24")
				   CALL("late", "600") FUNC("late", "16"));
	assert_int_equal(x.depths.v[func(&x, "top")].bytes, 616);
	/* 600 - 512 + 16 for the late call, 24 + 400 for the early one. */
	assert_int_equal(depth_with(&x, "top", move(&x, "top", "buf")), 424);
	close_world(&x);
}

#define SHARED                                                                                     \
	FUNC("leaf", "100")                                                                        \
	FUNC("top", "600")                                                                         \
	VARIABLE("a", "512", "528", "top", "3:7")                                                  \
	"\tpart variable bytes=496 counted=0 offset=-528 name=b type=char[496] aggregate=1 in=top" \
	" at=a.c:9:7\n" CALL("leaf", "600")

static void shared_room_is_freed_by_both_only(void **state)
{
	struct change both[2], *found;
	struct world x;
	int64_t depth;
	size_t n;

	(void)state;
	open_world(&x, "x86_64-linux-gnu", SHARED);
	both[0] = move(&x, "top", "a");
	both[1] = move(&x, "top", "b");
	assert_int_equal(depth_with(&x, "top", both[0]), 700 - 16);
	assert_int_equal(depth_with(&x, "top", both[1]), 700);
	assert_int_equal(what_if_depth(x.what_if, func(&x, "top"), both, 2), 700 - 512);
	assert_true(
		what_if_fewest(x.what_if, func(&x, "top"), 300, 64, &x.arena, &found, &n, &depth));
	assert_int_equal(n, 2);
	assert_int_equal(depth, 188);
	assert_int_equal(found[0].bytes + found[1].bytes, 512);
	close_world(&x);
}

/* One declaration, in the frames of two functions: it is changed once. */
static void an_inlined_variable_goes_from_every_frame(void **state)
{
	struct change *found;
	struct world x;
	int64_t depth;
	size_t n;

	(void)state;
	open_world(&x, "x86_64-linux-gnu",
		   FUNC("leaf", "100") FUNC("middle", "300")
			   VARIABLE("text", "256", "272", "helper", "3:7") CALL("leaf", "300")
				   FUNC("top", "400") VARIABLE("text", "256", "272", "helper",
							       "3:7") CALL("middle", "400"));
	assert_int_equal(depth_with(&x, "top", move(&x, "middle", "text")), 800 - 512);
	/* The calls stand outside the helper: its own frame would be gone by then, at the same saving. */
	assert_true(
		what_if_fewest(x.what_if, func(&x, "top"), 700, 64, &x.arena, &found, &n, &depth));
	assert_int_equal(n, 1);
	assert_int_equal(found[0].kind, CHANGE_OUTLINE);
	assert_int_equal(found[0].bytes, 512);
	close_world(&x);
}

/* A call inside the inlined function keeps what that declares, and pays for the call that appears. */
static void outlining_frees_only_what_stands_elsewhere(void **state)
{
	struct change c;
	struct world x;

	(void)state;
	open_world(&x, "x86_64-linux-gnu",
		   FUNC("leaf", "100") FUNC("top", "400")
			   VARIABLE("text", "256", "272", "helper",
				    "3:7") "\tcall direct to=leaf depth=400 within=inner "
					   "chain=helper:5:2<top:9:3\n"
					   "\tcall direct to=other depth=400 within=outer "
					   "chain=top:11:3\n" FUNC("other", "300"));
	c = move(&x, "top", "text");
	c.kind = CHANGE_OUTLINE;
	assert_int_equal(x.depths.v[func(&x, "top")].bytes, 700);
	/* other: 400 - 256 + 300; leaf: 400 + 64 + 100. */
	assert_int_equal(depth_with(&x, "top", c), 564);
	close_world(&x);
}

#define CALLBACK                                                                                   \
	"bind work slot=param:iterate#0 within=top\n" FUNC("iterate", "300") VARIABLE(             \
		"list", "256", "272", "iterate",                                                   \
		"3:7") "\tcall indirect depth=300 slot=param:iterate#0 sig=void%20(void)\n"        \
		       "func top linkage=external kind=fixed origin=recompiled frame=200 "         \
		       "entry=8\n" VARIABLE("buf", "128", "144", "top",                            \
					    "9:7") "\tcall direct to=iterate depth=200\n"          \
						   "\t\targ 0 function=work\n"                     \
						   "func work linkage=static kind=fixed "          \
						   "origin=recompiled frame=500 entry=8 taken=1\n"

/* The edge top -> work stands for two calls, and two frames. */
static void callbacks_count_every_frame_between(void **state)
{
	struct change both[2], *found;
	struct world x;
	int64_t depth;
	size_t n;

	(void)state;
	open_world(&x, "x86_64-linux-gnu", CALLBACK);
	both[0] = move(&x, "top", "buf");
	both[1] = move(&x, "iterate", "list");
	assert_int_equal(x.depths.v[func(&x, "top")].bytes, 1000);
	assert_int_equal(depth_with(&x, "top", both[0]), 1000 - 128);
	assert_int_equal(depth_with(&x, "top", both[1]), 1000 - 256);
	assert_int_equal(what_if_depth(x.what_if, func(&x, "top"), both, 2), 1000 - 384);
	assert_true(
		what_if_fewest(x.what_if, func(&x, "top"), 800, 64, &x.arena, &found, &n, &depth));
	assert_int_equal(n, 1);
	assert_int_equal(found[0].func, func(&x, "iterate"));
	close_world(&x);
}

static void circles_are_gone_round_once(void **state)
{
	struct world x;

	(void)state;
	open_world(&x, "x86_64-linux-gnu",
		   FUNC("ping", "200") VARIABLE("buf", "128", "144", "ping", "3:7")
			   CALL("pong", "200") FUNC("pong", "100") CALL("ping", "100")
				   CALL("pong", "100") FUNC("top", "16") CALL("ping", "16"));
	assert_int_equal(x.depths.v[func(&x, "top")].bytes, 316);
	assert_int_equal(what_if_depth(x.what_if, func(&x, "top"), NULL, 0), 316);
	assert_int_equal(depth_with(&x, "top", move(&x, "ping", "buf")), 188);
	close_world(&x);
}

/* Ways through left (a: 512) and right (b: 400, c: 64); both have to get below. */
#define TWO_WAYS                                                                                   \
	FUNC("left", "600")                                                                        \
	VARIABLE("a", "512", "528", "left", "3:7")                                                 \
	FUNC("right", "560")                                                                       \
	VARIABLE("b", "400", "416", "right", "9:7")                                                \
	VARIABLE("c", "64", "480", "right", "10:7")                                                \
	FUNC("top", "100")                                                                         \
	VARIABLE("d", "32", "48", "top", "15:7") CALL("left", "100") CALL("right", "100")

static void every_way_gets_below(void **state)
{
	struct change *found;
	struct world x;
	int64_t depth;
	size_t n;

	(void)state;
	open_world(&x, "x86_64-linux-gnu", TWO_WAYS);
	assert_true(
		what_if_fewest(x.what_if, func(&x, "top"), 660, 32, &x.arena, &found, &n, &depth));
	assert_int_equal(n, 1);
	assert_int_equal(depth, 660);
	assert_true(
		what_if_fewest(x.what_if, func(&x, "top"), 300, 32, &x.arena, &found, &n, &depth));
	assert_int_equal(n, 2);
	assert_int_equal(found[0].bytes, 512);
	assert_int_equal(found[1].bytes, 400);
	assert_int_equal(depth, 260);
	close_world(&x);
}

static void what_cannot_be_had_is_said(void **state)
{
	struct change *found;
	struct world x;
	int64_t depth;
	size_t n;

	(void)state;
	open_world(&x, "x86_64-linux-gnu", TWO_WAYS);
	assert_false(
		what_if_fewest(x.what_if, func(&x, "top"), 100, 64, &x.arena, &found, &n, &depth));
	/* a and b bring it to 260; c then frees 64 of the way through right, left keeps 188. */
	assert_int_equal(n, 3);
	assert_int_equal(depth, 196);
	assert_false(what_if_fewest(x.what_if, func(&x, "top"), 100, 1000, &x.arena, &found, &n,
				    &depth));
	assert_int_equal(n, 0);
	assert_int_equal(depth, 700);
	close_world(&x);
}

/* buf alone is enough: small was chosen first only because it is on the deeper way. */
static void needless_changes_are_put_back(void **state)
{
	struct change *found;
	struct world x;
	int64_t depth;
	size_t n;

	(void)state;
	open_world(&x, "x86_64-linux-gnu",
		   FUNC("deep", "500") VARIABLE("small", "304", "320", "deep", "3:7")
			   FUNC("top", "400") VARIABLE("buf", "288", "304", "top", "9:7")
				   CALL("deep", "400") CALL("flat", "400") FUNC("flat", "450"));
	assert_true(
		what_if_fewest(x.what_if, func(&x, "top"), 620, 64, &x.arena, &found, &n, &depth));
	assert_int_equal(n, 1);
	assert_int_equal(found[0].func, func(&x, "top"));
	assert_int_equal(found[0].bytes, 288);
	assert_int_equal(depth, 612);
	close_world(&x);
}

/* Names of merged places: an int takes no 300 bytes, whatever else is there. */
static void places_of_several_are_told(void **state)
{
	static const struct {
		const char *type;
		int64_t bytes;
		bool shared;
	} cases[] = {
		{"int", 300, true},	     {"int", 4, false},		{"char[64]", 104, true},
		{"char[64]", 64, false},     {"u32[4][8]", 128, false}, {"u32[4][8]", 136, true},
		{"struct record", 9, false}, {"int[N]", 900, false},	{"WCHAR[260]", 520, false},
		{"char *[4]", 32, false},    {NULL, 100, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fact_part part = {.type = cases[i].type, .bytes = cases[i].bytes};

		assert_int_equal(part_is_shared(&part), cases[i].shared);
	}
}

static void savings_of_one_path(void **state)
{
	struct path path;
	struct world x;

	(void)state;
	open_world(&x, "x86_64-linux-gnu", TWO_WAYS);
	path_worst(&x.program, &x.depths, func(&x, "top"), &x.arena, &path);
	assert_int_equal(path.bytes, 700);
	assert_int_equal(what_if_saves(x.what_if, &path, move(&x, "left", "a")), 512);
	assert_int_equal(what_if_saves(x.what_if, &path, move(&x, "right", "b")), 0);
	assert_int_equal(what_if_saves(x.what_if, &path, move(&x, "top", "d")), 32);
	/* Nothing stays in force. */
	assert_int_equal(what_if_depth(x.what_if, func(&x, "top"), NULL, 0), 700);
	close_world(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_changed_is_the_depth),
		cmocka_unit_test(a_move_frees_whole_alignments),
		cmocka_unit_test(early_calls_do_not_pay),
		cmocka_unit_test(shared_room_is_freed_by_both_only),
		cmocka_unit_test(an_inlined_variable_goes_from_every_frame),
		cmocka_unit_test(outlining_frees_only_what_stands_elsewhere),
		cmocka_unit_test(callbacks_count_every_frame_between),
		cmocka_unit_test(circles_are_gone_round_once),
		cmocka_unit_test(every_way_gets_below),
		cmocka_unit_test(what_cannot_be_had_is_said),
		cmocka_unit_test(needless_changes_are_put_back),
		cmocka_unit_test(places_of_several_are_told),
		cmocka_unit_test(savings_of_one_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
