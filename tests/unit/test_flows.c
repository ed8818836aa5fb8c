/* What calls through pointers may reach, case by case: hand-written units, no compiler. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "flows_fixture.h"

#define FUNC(name)   "func " name " linkage=external\n"
#define STATIC(name) "func " name " linkage=static\n"
#define CALL(fields) "\tcall indirect " fields "\n"

static void check(const char *unit, const char *func, const char *expected)
{
	struct flows_fixture x = {0};

	flows_fixture_add(&x, unit);
	flows_fixture_solve(&x);
	assert_string_equal(flows_fixture_targets(&x, func, 0), expected);
	flows_fixture_release(&x);
}

static void test_copies(void **state)
{
	(void)state;
	check("bind one slot=field:struct%20a.f\n"
	      "bind ext slot=var:g@u0.c\n"
	      "flow copy from=field:struct%20a.f to=local:caller.p\n"
	      "flow copy from=var:g@u0.c to=local:caller.p\n" FUNC("caller")
		      CALL("slot=local:caller.p") STATIC("one"),
	      "caller", "one ?ext variable");
	check("bind one slot=var:g@u0.c\n"
	      "flow copy from=var:g@u0.c to=var:h@u0.c\n"
	      "flow copy from=var:h@u0.c to=var:g@u0.c\n" FUNC("caller") CALL("slot=var:h@u0.c")
		      STATIC("one"),
	      "caller", "one variable complete");
	/* Several slots of one merged call. */
	check("bind one slot=field:struct%20a.f\n"
	      "bind two slot=var:v@u0.c\n" FUNC("caller") CALL("slot=field:struct%20a.f|var:v@u0.c")
		      STATIC("one") STATIC("two"),
	      "caller", "one two field");
}

static void test_complete(void **state)
{
	static const char *const slots[][2] = {
		{"local:caller.p", "one variable complete"},
		{"var:v@u0.c", "one variable complete"},
		{"var:caller.v", "one variable complete"},
		{"var:v", "one variable"},
		{"field:struct%20s.f@u0.c", "one field complete"},
		{"field:struct%20s.f", "one field"},
		{"param:quiet#0@u0.c", "one parameter complete"},
		{"param:loud#0@u0.c", "one parameter"},
		{"param:caller#0", "one#0 parameter"},
		{"return:quiet@u0.c", "one return complete"},
		{"return:caller", "one return complete"},
		{"return:elsewhere", "one return"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(slots) / sizeof(*slots); i++) {
		struct buf unit = {0};

		for (int open = 0; open < 2; open++) {
			struct buf expected = {0};
			size_t n = strlen(slots[i][1]);

			unit.len = 0;
			if (open)
				buf_printf(&unit, "flow open to=%s\n", slots[i][0]);
			buf_printf(&unit,
				   "bind one slot=%s\nbind loud\n%s\tcall indirect slot=%s\n%s%s%s",
				   slots[i][0], FUNC("caller"), slots[i][0], STATIC("loud"),
				   STATIC("one"), STATIC("quiet"));
			if (open && n > 9 && !strcmp(slots[i][1] + n - 9, " complete"))
				n -= 9;
			buf_printf(&expected, "%.*s", (int)n, slots[i][1]);
			check(buf_str(&unit), "caller", buf_str(&expected));
			buf_release(&expected);
		}
		buf_release(&unit);
	}
}

/* Open is what anything open flows into; nothing is known for certain where a source was not understood. */
static void test_open(void **state)
{
	(void)state;
	check("bind one slot=local:caller.p\n"
	      "flow open to=field:struct%20s.f@u0.c\n"
	      "flow copy from=field:struct%20s.f@u0.c to=local:caller.p\n" FUNC("caller")
		      CALL("slot=local:caller.p") STATIC("one"),
	      "caller", "one variable");
	check("problem a.c:3:%20no\n"
	      "bind one slot=local:caller.p\n" FUNC("caller") CALL("slot=local:caller.p")
		      STATIC("one"),
	      "caller", "one variable");
}

static void test_arrays(void **state)
{
	static const char unit[] =
		"bind one slot=var:t[1]@u0.c\n"
		"bind two slot=var:t[2]@u0.c\n"
		"bind any slot=var:t[]@u0.c\n"
		"bind m11 slot=var:m[1][1]@u0.c\n"
		"bind m1x slot=var:m[1][]@u0.c\n"
		"bind mx2 slot=var:m[][2]@u0.c\n" STATIC("any") FUNC("caller")
			CALL("slot=var:t[1]@u0.c") CALL("slot=var:t[3]@u0.c")
				CALL("slot=var:t[]@u0.c") CALL("slot=var:m[1][1]@u0.c")
					CALL("slot=var:m[1][2]@u0.c") CALL("slot=var:m[2][]@u0.c")
						CALL("slot=var:m[][1]@u0.c") STATIC("m11")
							STATIC("m1x") STATIC("mx2") STATIC("one")
								STATIC("two");
	static const char *const expected[] = {
		"any one variable complete",	 "any variable complete",
		"any one two variable complete", "m11 m1x variable complete",
		"m1x mx2 variable complete",	 "mx2 variable complete",
		"m11 m1x variable complete",
	};
	struct flows_fixture x = {0};

	(void)state;
	flows_fixture_add(&x, unit);
	flows_fixture_solve(&x);
	for (uint32_t i = 0; i < sizeof(expected) / sizeof(*expected); i++)
		assert_string_equal(flows_fixture_targets(&x, "caller", i), expected[i]);
	flows_fixture_release(&x);
}

#define TABLES                                                                                     \
	"bind a_read slot=field:struct%20ops.read object=var:a_ops@u0.c\n"                         \
	"bind b_read slot=field:struct%20ops.read object=var:b_ops@u0.c\n"
#define TABLE_FUNCS STATIC("a_read") STATIC("b_read")

static void test_object(void **state)
{
	(void)state;
	check(TABLES TABLE_FUNCS FUNC("caller")
		      CALL("slot=field:struct%20ops.read object=var:a_ops@u0.c"),
	      "caller", "a_read field complete");
	/* What was put in through a pointer may be in any object. */
	check(TABLES "bind c_read slot=field:struct%20ops.read\n" TABLE_FUNCS STATIC("c_read")
		      FUNC("caller") CALL("slot=field:struct%20ops.read object=var:a_ops@u0.c"),
	      "caller", "a_read c_read field complete");
	/* Another object was copied into it as a whole. */
	check(TABLES "flow copy from=var:b_ops@u0.c to=var:c_ops@u0.c\n" TABLE_FUNCS FUNC("caller")
		      CALL("slot=field:struct%20ops.read object=var:c_ops@u0.c"),
	      "caller", "b_read field complete");
	/* A member of some record, which no object tells apart. */
	check(TABLES "flow copy from=field:struct%20dev.table to=var:c_ops@u0.c\n" TABLE_FUNCS FUNC(
		      "caller") CALL("slot=field:struct%20ops.read object=var:c_ops@u0.c"),
	      "caller", "a_read b_read field");
	/* Copied into a record of which only the type is known: calls through that may take it. */
	check(TABLES "flow copy from=var:b_ops@u0.c to=field:struct%20dev.table\n" TABLE_FUNCS FUNC(
		      "caller") CALL("slot=field:struct%20ops.read object=var:a_ops@u0.c"),
	      "caller", "a_read b_read field");
	/* Another unit may write to it, or was given its address. */
	check("bind a_read slot=field:struct%20ops.read object=var:a_ops\n" STATIC("a_read")
		      FUNC("caller") CALL("slot=field:struct%20ops.read object=var:a_ops"),
	      "caller", "a_read field");
	check(TABLES
	      "flow address from=var:a_ops@u0.c to=param:outside#0\n" TABLE_FUNCS FUNC("caller")
		      CALL("slot=field:struct%20ops.read object=var:a_ops@u0.c"),
	      "caller", "a_read field");
	/* Nothing is known of that object: better too many. */
	check(TABLES TABLE_FUNCS FUNC("caller")
		      CALL("slot=field:struct%20ops.read object=var:c_ops@u0.c"),
	      "caller", "a_read b_read field");
}

static void test_via(void **state)
{
	static const char call[] =
		FUNC("caller") CALL("slot=field:struct%20ops.read via=field:struct%20dev.ops");
	static const char read_b[] =
		FUNC("other") CALL("slot=field:struct%20ops.read via=field:struct%20old.ops");
	struct buf unit = {0};

	(void)state;
	buf_printf(&unit, "%s%s%s%s%s", TABLES,
		   "flow address from=var:a_ops@u0.c to=field:struct%20dev.ops\n"
		   "flow address from=var:b_ops@u0.c to=field:struct%20old.ops\n",
		   TABLE_FUNCS, call, read_b);
	check(buf_str(&unit), "caller", "a_read field");
	check(buf_str(&unit), "other", "b_read field");
	/* Nobody scanned reads b_ops where it was put: code outside does, and may put it elsewhere. */
	unit.len = 0;
	buf_printf(&unit, "%s%s%s%s", TABLES,
		   "flow address from=var:a_ops@u0.c to=field:struct%20dev.ops\n"
		   "flow address from=var:b_ops@u0.c to=field:struct%20old.ops\n",
		   TABLE_FUNCS, call);
	check(buf_str(&unit), "caller", "a_read b_read field");
	/* So does who is given it. */
	unit.len = 0;
	buf_printf(&unit, "%s%s%s%s", TABLES,
		   "flow address from=var:a_ops@u0.c to=field:struct%20dev.ops\n"
		   "flow address from=var:b_ops@u0.c to=param:outside#0\n",
		   TABLE_FUNCS, call);
	check(buf_str(&unit), "caller", "a_read b_read field");
	/* Open or empty: no filter. */
	unit.len = 0;
	buf_printf(&unit, "%s%s%s%s", TABLES,
		   "flow address from=var:a_ops@u0.c to=field:struct%20dev.ops\n"
		   "flow open to=field:struct%20dev.ops\n",
		   TABLE_FUNCS, call);
	check(buf_str(&unit), "caller", "a_read b_read field");
	unit.len = 0;
	buf_printf(&unit, "%s%s%s", TABLES, TABLE_FUNCS, call);
	check(buf_str(&unit), "caller", "a_read b_read field");
	buf_release(&unit);
	/* Through a pointer of the function itself, all is known. */
	check(TABLES
	      "flow address from=var:a_ops@u0.c to=local:caller.p\n" TABLE_FUNCS FUNC("caller")
		      CALL("slot=field:struct%20ops.read via=local:caller.p"),
	      "caller", "a_read field complete");
}

static void test_params(void **state)
{
	static const char common[] = "bind one slot=param:walk#1 within=left\n"
				     "bind two slot=param:walk#1 within=right\n" FUNC("left")
					     STATIC("one") FUNC("right") STATIC("two");
	struct buf unit = {0};

	(void)state;
	buf_printf(&unit, "%s%s", common, FUNC("walk") CALL("slot=param:walk#1"));
	check(buf_str(&unit), "walk", "one#1 two#1 parameter");
	/* Through a copy in a local variable. */
	unit.len = 0;
	buf_printf(&unit, "flow copy from=param:walk#1 to=local:walk.f within=walk\n%s%s", common,
		   FUNC("walk") CALL("slot=local:walk.f"));
	check(buf_str(&unit), "walk", "one#1 two#1 variable");
	/* The function sets it by itself as well. */
	unit.len = 0;
	buf_printf(&unit, "bind two slot=param:walk#1 within=walk\n%s%s", common,
		   FUNC("walk") CALL("slot=param:walk#1"));
	check(buf_str(&unit), "walk", "one#1 two parameter");
	buf_release(&unit);
}

#define CALLBACKS                                                                                  \
	"bind one slot=param:walk#1@h.h within=left\n"                                             \
	"bind two slot=param:walk#1@h.h within=right\n"                                            \
	"flow copy from=param:middle#0@h.h to=param:walk#1@h.h within=middle\n"                    \
	"bind three slot=param:middle#0@h.h within=left\n"                                         \
	"bind four slot=param:middle#0@h.h within=top\n"                                           \
	"flow copy from=param:top#2 to=param:middle#0@h.h within=top\n"                            \
	"bind five slot=param:top#2 within=left\n" STATIC("five") STATIC("four")
#define CALLBACK_FUNCS                                                                             \
	STATIC("one")                                                                              \
	FUNC("right")                                                                              \
	CALL("slot=param:walk#1@h.h within=walk chain=right:5:3")                                  \
	STATIC("three")                                                                            \
	FUNC("top")                                                                                \
	CALL("slot=param:walk#1@h.h within=walk chain=middle:9:2<top:7:7")                         \
	STATIC("tw"                                                                                \
	       "o")

static void test_inlined(void **state)
{
	struct flows_fixture x = {0};

	(void)state;
	flows_fixture_add(
		&x, CALLBACKS FUNC("left") CALL("slot=param:walk#1@h.h within=walk chain=left:3:1")
			    CALL("slot=param:walk#1@h.h within=walk chain=middle:9:2<left:4:1")
				    CALL("slot=param:walk#1@h.h within=walk")
					    CALL("slot=param:walk#1@h.h within=walk chain=gone:1:1")
						    CALLBACK_FUNCS);
	flows_fixture_solve(&x);
	assert_string_equal(flows_fixture_targets(&x, "left", 0), "one parameter complete");
	assert_string_equal(flows_fixture_targets(&x, "left", 1), "three parameter complete");
	assert_string_equal(flows_fixture_targets(&x, "left", 2), "one parameter complete");
	assert_string_equal(flows_fixture_targets(&x, "left", 3),
			    "five four one three two parameter");
	assert_string_equal(flows_fixture_targets(&x, "right", 0), "two parameter complete");
	assert_string_equal(flows_fixture_targets(&x, "top", 0), "five#2 four parameter");
	flows_fixture_release(&x);
}

/* Arguments and results of calls through pointers. */
static void test_pointer_calls(void **state)
{
	(void)state;
	check("bind reg slot=field:struct%20ops.reg\n"
	      "flow copy from=param:reg#1@u0.c to=field:struct%20s.cb@u0.c within=reg\n" FUNC(
		      "caller") CALL("slot=field:struct%20s.cb@u0.c") FUNC("giver")
		      CALL("slot=field:struct%20ops.reg") "\t\targ 1 function=one\n" STATIC("one")
			      STATIC("reg"),
	      "caller", "one field");
	check("bind reg slot=field:struct%20ops.reg\n"
	      "bind one slot=param:(field:struct%20ops.reg)#1 within=giver\n"
	      "flow copy from=param:reg#1@u0.c to=field:struct%20s.cb@u0.c within=reg\n" FUNC(
		      "caller") CALL("slot=field:struct%20s.cb@u0.c") STATIC("one") STATIC("reg"),
	      "caller", "one field");
	/* What a pointer leads to: filled by the caller, read by the function with other indices, and the other way round. */
	check("bind reg slot=field:struct%20ops.reg\n"
	      "bind one slot=local:giver.t[1] within=giver\n"
	      "flow copy from=local:giver.t[] to=param:(field:struct%20ops.reg)#1[] within=giver\n"
	      "flow copy from=param:reg#1[2]@u0.c to=field:struct%20s.cb@u0.c within=reg\n" FUNC(
		      "caller") CALL("slot=field:struct%20s.cb@u0.c") STATIC("one") STATIC("reg"),
	      "caller", "one field");
	check("bind reg slot=field:struct%20ops.reg\n"
	      "bind one slot=param:reg#1[0]@u0.c within=reg\n"
	      "flow copy from=param:(field:struct%20ops.reg)#1[] to=local:caller.t[] "
	      "within=caller\n" FUNC("caller") CALL("slot=local:caller.t[0]") STATIC("one")
		      STATIC("reg"),
	      "caller", "one variable");
	/* Behind the named parameters. */
	check("bind log slot=field:struct%20ops.log\n"
	      "bind zero slot=param:log#0@u0.c within=other\n"
	      "flow copy from=param:log#...@u0.c to=local:log.f within=log\n" FUNC("giver")
		      CALL("slot=field:struct%20ops.log") "\t\targ 2 function=one\n" STATIC("log")
			      CALL("slot=local:log.f") STATIC("one") STATIC("zero"),
	      "log", "one variable");
	check("bind get slot=var:getter@u0.c\n"
	      "bind one slot=return:get@u0.c within=get\n"
	      "flow copy from=return:(var:getter@u0.c) to=local:caller.f within=caller\n" FUNC(
		      "caller") CALL("slot=local:caller.f") STATIC("get") STATIC("one"),
	      "caller", "one variable complete");
	check("bind get slot=var:getter\n"
	      "bind one slot=return:get@u0.c within=get\n"
	      "flow copy from=return:(var:getter) to=local:caller.f within=caller\n" FUNC("caller")
		      CALL("slot=local:caller.f") STATIC("get") STATIC("one"),
	      "caller", "one variable");
}

static void test_signature(void **state)
{
	static const char one[] = "bind one\nfunc one linkage=static sig=int%20(void)\n";
	struct buf unit = {0};

	(void)state;
	buf_printf(&unit, "%s%s", one, FUNC("caller") CALL("sig=int%20(void)|void%20(void)"));
	check(buf_str(&unit), "caller", "one (signature) none");
	/* The slot is known, and nothing scanned gets into it. */
	unit.len = 0;
	buf_printf(&unit, "%s%s", one,
		   FUNC("caller") CALL("slot=field:struct%20s.f sig=int%20(void)"));
	check(buf_str(&unit), "caller", "field");
	/* But not when anything may. */
	unit.len = 0;
	buf_printf(&unit, "flow open to=field:struct%%20s.f\n%s%s", one,
		   FUNC("caller") CALL("slot=field:struct%20s.f sig=int%20(void)"));
	check(buf_str(&unit), "caller", "one (signature) field");
	buf_release(&unit);
}

/* Two units have one static function and one variable of a header, each its own. */
static void test_units(void **state)
{
	struct flows_fixture x = {0};

	(void)state;
	flows_fixture_add(&x, "bind one slot=param:each#0@h.h within=a\n" FUNC("a")
				      CALL("slot=param:each#0@h.h") STATIC("one"));
	flows_fixture_add(&x, "bind two slot=param:each#0@h.h within=b\n" FUNC("b")
				      CALL("slot=param:each#0@h.h") STATIC("two"));
	flows_fixture_solve(&x);
	assert_string_equal(flows_fixture_targets(&x, "a", 0), "one parameter complete");
	assert_string_equal(flows_fixture_targets(&x, "b", 0), "two parameter complete");
	flows_fixture_release(&x);
}

static void found(void *ctx, uint32_t func, const char *slot)
{
	struct flows_fixture *x = ctx;

	buf_printf(&x->text, "%s=%s ", x->program.funcs[func].fact->symbol, slot);
}

static bool wants_params(void *ctx, const char *slot)
{
	(void)ctx;
	return !strncmp(slot, "param:", 6);
}

static void test_entries(void **state)
{
	struct flows_fixture x = {0};

	(void)state;
	flows_fixture_add(&x, "bind irq slot=param:devm_request#1 within=probe\n"
			      "flow copy from=param:devm_request#1 to=param:request#1 within=devm\n"
			      "bind open slot=field:struct%20fops.open object=var:f\n"
			      "bind irq slot=local:probe.x\n" STATIC("irq") STATIC("open"));
	flows_fixture_solve(&x);
	flows_each_bound(x.flows, found, &x);
	assert_string_equal(buf_str(&x.text), "irq=param:devm_request#1 irq=param:request#1 "
					      "open=field:struct fops.open ");
	x.text.len = 0;
	flows_each_wanted(x.flows, wants_params, found, &x);
	assert_string_equal(buf_str(&x.text), "irq=param:devm_request#1 irq=param:request#1 ");
	flows_fixture_release(&x);
}

static void test_arguments(void **state)
{
	static const char *const expected[] = {"one parameter complete", "two variable",
					       "parameter", "none"};
	struct flows_fixture x = {0};
	struct targets t;
	uint32_t func;

	(void)state;
	flows_fixture_add(&x, "bind one\nbind two slot=var:v\n" FUNC(
				      "caller") "\tcall direct to=f\n"
						"\t\targ 0 function=one\n"
						"\t\targ 1 slot=var:v\n"
						"\t\targ 2 param=3\n"
						"\t\targ 3 value=9\n" STATIC("one") STATIC("two"));
	flows_fixture_solve(&x);
	func = flows_fixture_func(&x, "caller");
	for (uint32_t i = 0; i < 4; i++) {
		t = (struct targets){0};
		flows_argument(x.flows, func, flows_fixture_call(&x, func, 0),
			       &x.units[0].args.v[i], &t);
		assert_string_equal(flows_fixture_text(&x, &t), expected[i]);
		assert_int_equal(t.param, i == 2 ? 3 : NO_ID);
		vec_release(&t.v);
	}
	flows_fixture_release(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copies),	  cmocka_unit_test(test_complete),
		cmocka_unit_test(test_open),	  cmocka_unit_test(test_arrays),
		cmocka_unit_test(test_object),	  cmocka_unit_test(test_via),
		cmocka_unit_test(test_params),	  cmocka_unit_test(test_inlined),
		cmocka_unit_test(test_units),	  cmocka_unit_test(test_pointer_calls),
		cmocka_unit_test(test_signature), cmocka_unit_test(test_entries),
		cmocka_unit_test(test_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
