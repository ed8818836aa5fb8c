/* facts_read() and facts_write(): the round trip is the identity, and every malformed line is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "facts/facts.h"

#include <string.h>

static const char sample[] =
	"stackcheck-facts 2\n"
	"unit drivers/a%20b.c module=nvme target=x86_64-linux-gnu compiler=clang%2019.1.7 "
	"object-note=a.o%20is%20missing checked=9 status=ok\n"
	"problem a.c:3:%20x%20=%20y\n"
	"input /usr/include/stdio.h\n"
	"alias init_module target=top linkage=external\n"
	"bind read1 slot=field:file_operations.read at=a:b.c:90:3\n"
	"func %01odd name=odd linkage=inline kind=unmeasured origin=shipped entry=4 "
	"note=SP%20lost\n"
	"func top linkage=static kind=fixed origin=recompiled frame=64 entry=8 taken=1 "
	"sig=int%20(void) section=.text.x at=a.c:12:5\n"
	"\tpart return bytes=8 offset=-8\n"
	"\tpart variable bytes=40 counted=8 offset=-48\n"
	"\tpart variable bytes=32 offset=-48 name=buf type=char[32] aggregate=1 in=helper "
	"at=a.c:3:7\n"
	"\tpart padding bytes=16 offset=-64\n"
	"\tpart dynamic\n"
	"\tcall direct to=read1 depth=64 at=a.c:13:2\n"
	"\tcall indirect depth=64 within=helper slot=field:struct%20ops.run sig=void%20(int)\n"
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
	*vec_push(&f.inputs) = "/y";
	*vec_push(&f.inputs) = "/x";
	*vec_push(&f.inputs) = "/y";
	facts_write(&f, &out);
	assert_string_equal(buf_str(&out),
			    "stackcheck-facts 2\nunit u target=t status=ok\ninput /x\ninput /y\n"
			    "func a linkage=external kind=fixed origin=recompiled frame=0 entry=0\n"
			    "\tcall direct to=q depth=0\n"
			    "func b linkage=external kind=fixed origin=recompiled frame=0 entry=0\n"
			    "\tcall direct to=z depth=0\n\tcall direct to=c depth=0\nend\n");
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

		buf_printf(&text, "stackcheck-facts 2\nunit u target=t status=ok\n%s\nend\n",
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
