/* Guards in the machine code: which calls are behind which test, and the verdicts. From hand-written facts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stack/guards.h"

#include <string.h>

enum { MAX_UNITS = 2 };

struct test {
	struct facts units[MAX_UNITS];
	const struct facts *pointers[MAX_UNITS];
	struct model model;
	struct program program;
	struct depths depths;
	struct guards guards;
	struct arena arena;
};

static struct test *open_units(const char *const *units, size_t n)
{
	struct test *t = test_calloc(1, sizeof(*t));
	struct link_options options = {.model = &t->model};
	struct error err;

	for (size_t i = 0; i < n; i++) {
		if (facts_read(&t->units[i], units[i], strlen(units[i]), "unit", &err))
			fail_msg("%s", err.text);
		t->pointers[i] = &t->units[i];
	}
	model_index(&t->model);
	assert_int_equal(program_link(&t->program, t->pointers, n, &options, &err), 0);
	program_check(&t->program);
	depths_solve(&t->depths, &t->program);
	guards_find(&t->guards, &t->program, &t->depths);
	return t;
}

static struct test *open_unit(const char *unit)
{
	return open_units(&unit, 1);
}

static void close_units(struct test *t)
{
	guards_release(&t->guards);
	depths_release(&t->depths);
	program_release(&t->program);
	model_release(&t->model);
	arena_release(&t->arena);
	for (size_t i = 0; i < MAX_UNITS; i++)
		facts_release(&t->units[i]);
	test_free(t);
}

static uint32_t func(struct test *t, const char *name)
{
	size_t n;
	const uint32_t *ids = program_find(&t->program, &t->arena, name, &n);

	assert_int_equal(n, 1);
	return ids[0];
}

/* The only guard in the function's code that is tested on that line. */
static const struct guard *guard(struct test *t, const char *name, uint32_t line)
{
	const struct guard *found = NULL;

	for (size_t i = 0; i < t->guards.v.n; i++) {
		const struct guard *g = &t->guards.v.v[i];

		if (g->func != func(t, name) || g->fact->loc.line != line)
			continue;
		assert_null(found);
		found = g;
	}
	return found;
}

#define HEAD(unit) "stackcheck-facts 4\nunit " unit " target=x86_64-pc-windows-msvc status=ok\n"
#define FUNC(name, frame)                                                                          \
	"func " name " linkage=external kind=fixed origin=recompiled frame=" frame                 \
	" entry=8 at=a.c:1:1\n"
#define CALL(to, depth, line) "\tcall direct to=" to " depth=" depth " at=a.c:" line ":3\n"
#define MEASURED(offset)                                                                           \
	"\tpart variable bytes=8 offset=-" offset " name=high in=IoGetRemainingStackSize\n"
#define TEST(within, threshold, rest)                                                              \
	"guard stack within=" within " measure=IoGetRemainingStackSize threshold=" threshold       \
	" pass=" rest " at=a.c:10:2\n"

static void need_counts_from_the_measured_address(void **state)
{
	struct test *t = open_unit(HEAD("a.c") TEST("f", "200", "12:1-20:1 fail=10:9-11:9") FUNC(
		"deep", "250") FUNC("f", "100") MEASURED("60") CALL("post", "100", "11")
					   CALL("deep", "100", "13") FUNC("post", "30") "end\n");
	const struct guard *g = guard(t, "f", 10);

	(void)state;
	assert_int_equal(g->n_pass, 1);
	assert_int_equal(g->n_fail, 1);
	assert_int_equal(g->behind, 350);
	assert_int_equal(g->measured, 60);
	assert_int_equal(g->need, 290);
	assert_int_equal(g->fail_depth, 130);
	assert_int_equal(g->reasons, 0);
	assert_int_equal(g->verdict, GUARD_TOO_LOW);
	close_units(t);
}

/* Without the address: from the beginning of the frame; then too low is not certain unless nothing else can save it. */
static void unknown_address(void **state)
{
	struct test *t = open_unit(HEAD("a.c") TEST("f", "300", "12:1-20:1") FUNC("deep", "250")
					   FUNC("f", "100") CALL("deep", "100", "13") "end\n");

	(void)state;
	assert_int_equal(guard(t, "f", 10)->need, 350);
	assert_int_equal(guard(t, "f", 10)->verdict, GUARD_PERHAPS_TOO_LOW);
	close_units(t);
}

static enum guard_verdict verdict_of(const char *unit)
{
	struct test *t = open_unit(unit);
	enum guard_verdict v = guard(t, "f", 10)->verdict;

	close_units(t);
	return v;
}

static void verdicts(void **state)
{
	(void)state;
	assert_int_equal(verdict_of(HEAD("a.c") TEST("f", "290", "12:1-20:1") FUNC("deep", "250")
					    FUNC("f", "100") MEASURED("60")
						    CALL("deep", "100", "13") "end\n"),
			 GUARD_ADEQUATE);
	assert_int_equal(verdict_of(HEAD("a.c") TEST("f", "289", "12:1-20:1") FUNC("deep", "250")
					    FUNC("f", "100") MEASURED("60")
						    CALL("deep", "100", "13") "end\n"),
			 GUARD_TOO_LOW);
	assert_int_equal(verdict_of(HEAD("a.c") TEST("f", "582", "12:1-20:1") FUNC("deep", "250")
					    FUNC("f", "100") MEASURED("60")
						    CALL("deep", "100", "13") "end\n"),
			 GUARD_GENEROUS);
	assert_int_equal(verdict_of(HEAD("a.c") TEST("f", "400", "12:1-20:1") FUNC("f", "100")
					    MEASURED("60") CALL("outside", "100", "13") "end\n"),
			 GUARD_NOT_PROVEN);
	/* A call on both sides at once is counted on neither, so nothing is proven. */
	assert_int_equal(verdict_of(HEAD("a.c") TEST("f", "100", "12:1-20:1 fail=12:1-20:1")
					    FUNC("deep", "250") FUNC("f", "100") MEASURED("60")
						    CALL("deep", "100", "13") "end\n"),
			 GUARD_NOT_PROVEN);
}

/* f tests, g below it tests again: what g's test lets through is not f's business, the side that fails is. */
#define TWO_TESTS(threshold)                                                                       \
	HEAD("a.c")                                                                                \
	TEST("f", "200", "12:1-20:1")                                                              \
	TEST("g", threshold, "12:1-20:1 fail=10:9-11:9")                                           \
	FUNC("deep", "800")                                                                        \
	FUNC("f", "100")                                                                           \
	MEASURED("60")                                                                             \
	CALL("g", "100", "13")                                                                     \
	FUNC("g", "50")                                                                            \
	MEASURED("40")                                                                             \
	CALL("deep", "50", "13") CALL("post", "50", "11") FUNC("post", "30") "end\n"

static void next_guard_cuts(void **state)
{
	struct test *t = open_unit(TWO_TESTS("900"));

	(void)state;
	assert_int_equal(guard(t, "f", 10)->behind, 180);
	assert_int_equal(guard(t, "f", 10)->verdict, GUARD_ADEQUATE);
	assert_int_equal(guard(t, "g", 10)->need, 810);
	assert_int_equal(guard(t, "g", 10)->verdict, GUARD_ADEQUATE);
	assert_true(guards_covers(&t->guards, t->program.funcs[func(t, "f")].first_edge));
	assert_int_equal(t->depths.v[func(t, "f")].bytes, 950);
	assert_int_equal(guards_uncovered_depths(&t->guards)->v[func(t, "f")].bytes, 100);
	close_units(t);
}

/* f's test is adequate and leaves what passes g's to g, which lets too much through: nothing covers that. */
static void nothing_covers_what_an_inadequate_guard_lets_through(void **state)
{
	struct test *t = open_unit(TWO_TESTS("500"));

	(void)state;
	assert_int_equal(guard(t, "f", 10)->verdict, GUARD_ADEQUATE);
	assert_int_equal(guard(t, "g", 10)->verdict, GUARD_TOO_LOW);
	assert_false(guards_covers(&t->guards, t->program.funcs[func(t, "f")].first_edge));
	assert_int_equal(guards_uncovered_depths(&t->guards)->v[func(t, "f")].bytes, 950);
	close_units(t);
}

static void guarded_recursion_is_bounded(void **state)
{
	struct test *t = open_unit(HEAD("a.c") TEST("f", "200", "12:1-20:1") FUNC("f", "100")
					   MEASURED("60") CALL("f", "100", "13") "end\n");
	const struct guard *g = guard(t, "f", 10);

	(void)state;
	assert_int_equal(t->depths.n_cycles, 1);
	assert_int_equal(g->reasons, 0);
	assert_int_equal(g->need, 140);
	assert_ptr_equal(guards_of_cycle(&t->guards, &t->depths.cycles[0]), g);
	close_units(t);
}

static void other_way_round_is_unguarded(void **state)
{
	struct test *t = open_unit(HEAD("a.c") TEST("f", "200", "12:1-20:1") FUNC(
		"f", "100") MEASURED("60") CALL("f", "100", "13") CALL("f", "100", "30") "end\n");

	(void)state;
	assert_null(guards_of_cycle(&t->guards, &t->depths.cycles[0]));
	assert_true(guard(t, "f", 10)->reasons & 1u << REASON_RECURSION);
	close_units(t);
}

/* f was inlined into outer: its guard is in outer's code, and the calls are found through the chain. */
static void inlined_guard(void **state)
{
	struct test *t = open_unit(
		HEAD("a.c") TEST("f", "200", "12:1-20:1") FUNC("deep", "250") FUNC("outer", "100")
			MEASURED("60") "\tcall direct to=deep depth=100 within=f chain=outer:40:2 "
				       "at=a.c:13:3\n"
				       "\tcall direct to=deep depth=90 within=tool "
				       "chain=f:14:2<outer:40:2 at=a.c:90:1\n"
				       "\tcall direct to=deep depth=80 at=a.c:15:3\n"
				       "end\n");
	const struct guard *g = guard(t, "outer", 10);

	(void)state;
	assert_non_null(g);
	assert_int_equal(g->n_pass, 2);
	assert_int_equal(g->behind, 350);
	close_units(t);
}

/* The helper is in another unit: its result is believed, its threshold is the argument. */
static void helper_of_another_unit(void **state)
{
	static const char *const units[] = {
		HEAD("a.c") "guard stack within=f measure=enough pass=12:1-20:1 at=a.c:10:2\n"
			    "guard stack within=g measure=valid pass=12:1-20:1 at=a.c:10:2\n" FUNC(
				    "deep", "250")
				    FUNC("f", "100") "\tcall direct to=enough depth=100 "
						     "at=a.c:10:7\n\t\targ 0 value=512\n" CALL(
							     "deep", "100", "13")
							     FUNC("g",
								  "100") "\tcall direct to=valid "
									 "depth=100 "
									 "at=a.c:10:7\n\t\targ 0 "
									 "value=512\n" CALL(
										 "deep", "100",
										 "13") "end\n",
		HEAD("b.c") "guard stack within=enough measure=IoGetRemainingStackSize "
			    "threshold-param=0 "
			    "returned=1 at=b.c:3:1\n" FUNC("enough", "50") MEASURED("40")
				    FUNC("valid", "50") "end\n"};
	struct test *t = open_units(units, 2);
	const struct guard *g = guard(t, "f", 10);

	(void)state;
	assert_int_equal(g->threshold, 512);
	assert_int_equal(g->measured, 140);
	assert_int_equal(g->need, 210);
	assert_int_equal(g->verdict, GUARD_GENEROUS);
	assert_null(guard(t, "g", 10));
	close_units(t);
}

static void counting_parameters(void **state)
{
	struct test *t = open_unit(HEAD(
		"a.c") "guard depth within=f measure=n param=1 threshold=8 up=1 pass=12:1-20:1 "
		       "at=a.c:10:2\n"
		       "guard depth within=g measure=n param=0 threshold=8 up=1 pass=12:1-20:1 "
		       "at=a.c:10:2\n" FUNC(
			       "f",
			       "100") "\tcall direct to=f depth=100 at=a.c:13:3\n\t\targ 1 param=1 "
				      "value=1\n" FUNC("g",
						       "100") "\tcall direct to=g depth=100 "
							      "at=a.c:13:3\n\t\targ 0 param=0 "
							      "value=-1\n" FUNC("top",
										"40") "\tcall "
										      "direct to=f "
										      "depth=40 "
										      "at=a.c:60:"
										      "3\n\t\targ "
										      "1 value=2\n"
										      "\tcall "
										      "direct to=g "
										      "depth=40 "
										      "at=a.c:61:"
										      "3\n\t\targ "
										      "0 value=2\n"
										      "end\n");

	(void)state;
	assert_true(guard(t, "f", 10)->counts);
	assert_int_equal(guard(t, "f", 10)->turns, 7);
	assert_false(guard(t, "g", 10)->counts);
	assert_int_equal(t->depths.v[func(t, "f")].bound, BOUND_UNBOUNDED);
	assert_true(guards_limit_turns(&t->program, &t->depths));
	depths_release(&t->depths);
	depths_solve(&t->depths, &t->program);
	stack_check(&t->program, &t->depths);
	/* One pass and seven turns; g counts the wrong way. */
	assert_int_equal(t->depths.v[func(t, "f")].bytes, 800);
	assert_int_equal(t->depths.v[func(t, "f")].bound, BOUND_EXACT);
	assert_int_equal(t->depths.v[func(t, "g")].bound, BOUND_UNBOUNDED);
	close_units(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(need_counts_from_the_measured_address),
		cmocka_unit_test(unknown_address),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(next_guard_cuts),
		cmocka_unit_test(nothing_covers_what_an_inadequate_guard_lets_through),
		cmocka_unit_test(guarded_recursion_is_bounded),
		cmocka_unit_test(other_way_round_is_unguarded),
		cmocka_unit_test(inlined_guard),
		cmocka_unit_test(helper_of_another_unit),
		cmocka_unit_test(counting_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
