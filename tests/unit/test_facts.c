/* facts_read() and facts_write(): the round trip is the identity, and every malformed line is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "facts/facts.h"

#include <string.h>

static const char sample[] =
	"stackcheck-facts 4\n"
	"unit drivers/a%20b.c module=nvme target=x86_64-linux-gnu compiler=clang%2019.1.7 "
	"object-note=a.o%20is%20missing checked=9 status=ok\n"
	"problem a.c:3:%20x%20=%20y\n"
	"input /usr/include/stdio.h\n"
	"alias init_module target=top linkage=external\n"
	"bind read1 slot=field:file_operations.read object=var:fops at=a:b.c:90:3\n"
	"flow copy from=param:probe#1 to=field:struct%20dev.ops within=probe at=a.c:4:2\n"
	"flow open to=var:hook\n"
	"guard depth within=walk measure=level param=2 threshold=8 up=1 once=1 pass=20:1-29:2 "
	"fail=18:3-18:20%2031:1-31:9 at=a.c:18:7\n"
	"guard stack within=low measure=IoGetRemainingStackSize threshold-param=0 returned=1 "
	"local=here at=a.c:60:9\n"
	"annotation recursion%204 within=walk at=a.c:17:1\n"
	"func %01odd name=odd linkage=inline kind=unmeasured origin=shipped entry=4 "
	"note=SP%20lost\n"
	"func top linkage=static kind=fixed origin=recompiled frame=64 entry=8 taken=1 "
	"sig=int%20(void) section=.text.x role=DRIVER_DISPATCH parent=odd "
	"marks=exported,stack-switch at=a.c:12:5\n"
	"\tpart return bytes=8 offset=-8\n"
	"\tpart variable bytes=40 counted=8 offset=-48\n"
	"\tpart variable bytes=32 offset=-48 name=buf type=char[32] aggregate=1 in=helper "
	"at=a.c:3:7\n"
	"\tpart padding bytes=16 offset=-64\n"
	"\tpart dynamic loop=1\n"
	"\tcall direct to=read1 depth=64 at=a.c:13:2\n"
	"\t\targ 0 function=done\n"
	"\t\targ 1 param=2 value=-1\n"
	"\t\targ 2 value=0\n"
	"\t\targ 3 slot=local:top.x\n"
	"\t\targ 4 object=var:fops\n"
	"\tcall indirect depth=64 within=helper chain=top:14:2 slot=field:struct%20ops.run "
	"via=param:top#0 sig=void%20(int)\n"
	"\t\targ 0 param=0\n"
	"\tvalue 1 name=b type=struct%20big bytes=96\n"
	"\tvalue returned type=struct%20big bytes=96\n"
	"\tmismatch su bytes=72\n"
	"\tmismatch ci what=read2\n"
	"end\n";

static void round_trip(void **state)
{
	struct facts f;
	struct buf out = {0};
	struct error err;

	(void)state;
	assert_int_equal(facts_read(&f, sample, strlen(sample), "sample", &err), 0);
	assert_int_equal(f.funcs.n, 2);
	assert_string_equal(f.funcs.v[0].symbol, "\1odd");
	assert_int_equal(f.funcs.v[0].frame_bytes, BYTES_UNKNOWN);
	assert_int_equal(f.parts.v[1].offset, -48);
	assert_int_equal(f.parts.v[1].counted, 8);
	assert_int_equal(f.parts.v[4].counted, 0);
	assert_string_equal(f.binds.v[0].loc.file, "a:b.c");
	assert_int_equal(f.calls.v[1].kind, CALL_INDIRECT);
	assert_int_equal(f.args.n, 6);
	assert_int_equal(f.args.v[1].kind, ARG_PARAM);
	assert_int_equal(f.args.v[1].value, -1);
	assert_int_equal(f.args.v[2].kind, ARG_VALUE);
	assert_int_equal(f.args.v[5].call, 1);
	assert_int_equal(f.guards.v[0].n_fail, 2);
	assert_int_equal(f.guards.v[0].fail[1].line, 31);
	assert_true(f.guards.v[1].threshold_is_param);
	assert_int_equal(f.funcs.v[1].marks, 1u << MARK_EXPORTED | 1u << MARK_STACK_SWITCH);
	assert_true(f.values.v[0].returned || f.values.v[1].returned);
	assert_int_equal(f.n_checked, 9);
	assert_string_equal(f.object_note, "a.o is missing");
	assert_int_equal(f.mismatches.v[0].bytes, 72);
	assert_int_equal(f.mismatches.v[1].source, CHECK_CI);
	assert_int_equal(f.mismatches.v[1].func, 1);
	facts_write(&f, &out);
	assert_string_equal(buf_str(&out), sample);
	buf_release(&out);
	facts_release(&f);
}

/* The writer's order does not depend on the order of collection; calls keep their address order. */
static void sorts(void **state)
{
	struct facts f = {.unit = "u", .target = "t"};
	struct buf out = {0};

	(void)state;
	*vec_push(&f.funcs) = (struct fact_func){.symbol = "b", .name = "b"};
	*vec_push(&f.funcs) = (struct fact_func){.symbol = "a", .name = "a"};
	*vec_push(&f.calls) = (struct fact_call){.func = 0, .callee = "z"};
	*vec_push(&f.calls) = (struct fact_call){.func = 1, .callee = "q"};
	*vec_push(&f.calls) = (struct fact_call){.func = 0, .callee = "c"};
	*vec_push(&f.args) = (struct fact_arg){.call = 2, .kind = ARG_VALUE, .value = 3};
	*vec_push(&f.args) = (struct fact_arg){.call = 1, .kind = ARG_FUNCTION, .text = "g"};
	*vec_push(&f.inputs) = "/y";
	*vec_push(&f.inputs) = "/x";
	*vec_push(&f.inputs) = "/y";
	facts_write(&f, &out);
	assert_string_equal(buf_str(&out),
			    "stackcheck-facts 4\nunit u target=t status=ok\ninput /x\ninput /y\n"
			    "func a linkage=external kind=fixed origin=recompiled frame=0 entry=0\n"
			    "\tcall direct to=q depth=0\n\t\targ 0 function=g\n"
			    "func b linkage=external kind=fixed origin=recompiled frame=0 entry=0\n"
			    "\tcall direct to=z depth=0\n\tcall direct to=c depth=0\n"
			    "\t\targ 0 value=3\nend\n");
	buf_release(&out);
	facts_release(&f);
}

static void refuses(void **state)
{
	static const struct {
		const char *line, *message;
	} bad[] = {
		{"", "f:3: empty line"},
		{"fnuc a", "f:3: unknown record: fnuc"},
		{"func a linkage=static kind=fixed origin=shipped", "needs frame=: a"},
		{"func a linkage=odd kind=fixed origin=shipped frame=1", "func needs"},
		{"func a linkage=static kind=fixed origin=shipped frame=1 frame=2",
		 "repeated field: frame"},
		{"func a linkage=static kind=fixed origin=shipped frame=x", "bad number: frame"},
		{"func a linkage=static kind=fixed origin=shipped frame=-1", "bad number: frame"},
		{"func a linkage=static kind=fixed origin=shipped frame=1 colour=red",
		 "field: colour"},
		{"func a%zz linkage=static", "malformed %XX"},
		{"func a%00b linkage=static", "malformed %XX"},
		{"\tcall direct to=a", "needs a func before it"},
		{"\t\targ 0 value=1", "needs a call before it"},
		{"func a linkage=static kind=fixed origin=shipped frame=1\n\tcall "
		 "indirect\n\t\targ 0",
		 "arg needs function="},
		{"func a linkage=static kind=fixed origin=shipped frame=1\n\tcall indirect\n"
		 "\t\targ 0 slot=a object=b",
		 "repeated field: object"},
		{"func a linkage=static kind=fixed origin=shipped frame=1 marks=exported,odd",
		 "unknown mark: odd"},
		{"flow copy to=x", "flow must be"},
		{"flow open from=y to=x", "flow must be"},
		{"guard stack within=f measure=m pass=1:2", "LINE:COLUMN-LINE:COLUMN: 1:2"},
		{"guard soft within=f measure=m", "guard must be"},
		{"bind  a", "two blanks"},
		{"bind a at=x", "FILE:LINE:COLUMN: x"},
		{"call direct to=a", "unknown record: call"},
		{"bind a stray", "KEY=VALUE"},
		{"func a linkage=static kind=fixed origin=shipped frame=16\n"
		 "\tpart return bytes=8 offset=-8\n\tpart variable bytes=16 counted=7 offset=-16",
		 "add up to 15 bytes"},
		{"func a linkage=static kind=unmeasured origin=shipped\n\tpart unknown bytes=8",
		 "not its frame"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct buf text = {0};
		struct facts f;
		struct error err = {0};

		buf_printf(&text, "stackcheck-facts 4\nunit u target=t status=ok\n%s\nend\n",
			   bad[i].line);
		assert_int_equal(facts_read(&f, text.data, text.len, "f", &err), -1);
		if (!strstr(err.text, bad[i].message))
			fail_msg("'%s' gave '%s'", bad[i].line, err.text);
		buf_release(&text);
	}
}

/* Every prefix of a good file is refused: a cut file is never taken for a small one. */
static void refuses_cut_files(void **state)
{
	(void)state;
	for (size_t len = 0; len < strlen(sample); len++) {
		struct facts f;
		struct error err = {0};

		assert_int_equal(facts_read(&f, sample, len, "f", &err), -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(sorts),
		cmocka_unit_test(refuses),
		cmocka_unit_test(refuses_cut_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
