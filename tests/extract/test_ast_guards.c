/* Tests of remaining stack and of depths; and what text and declarations say of a function. */
#include "ast_fixture.h"

#include <inttypes.h>

#define WDK                                                                                        \
	"typedef unsigned long ULONG; typedef unsigned long ULONG_PTR;\n"                          \
	"void IoGetStackLimits(ULONG_PTR *, ULONG_PTR *);\n"                                       \
	"ULONG IoGetRemainingStackSize(void);\n"                                                   \
	"int post(void), deep(void);\n"

static void put_sides(struct buf *b, const char *name, const struct fact_range *r, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		buf_printf(b, " %s %" PRIu32 "-%" PRIu32, name, r[i].line, r[i].last_line);
}

/* "FUNCTION KIND MEASURE THRESHOLD [pass LINES] [fail LINES]" */
static const char *unit_guards(struct unit *u)
{
	struct buf b = {0};
	const char *text;

	for (size_t i = 0; i < u->ast.guards.n; i++) {
		const struct fact_guard *g = &u->ast.guards.v[i];

		buf_printf(&b, "%s %s %s %s%" PRId64 "%s%s%s", g->within, guard_kind_name(g->kind),
			   g->measure, g->threshold_is_param ? "#" : "", g->threshold,
			   g->counts_up ? " up" : "", g->returned ? " returned" : "",
			   g->local ? " local" : "");
		put_sides(&b, "pass", g->pass, g->n_pass);
		put_sides(&b, "fail", g->fail, g->n_fail);
		buf_putc(&b, '\n');
	}
	text = arena_strdup(&u->arena, buf_str(&b));
	buf_release(&b);
	return text;
}

static void expect_guards(const char *source, const char *guards)
{
	struct unit u;

	unit_read(&u, source);
	assert_string_equal(unit_guards(&u), guards);
	unit_close(&u);
}

static void early_exit(void **state)
{
	(void)state;
	expect_guards(WDK "int f(void)\n{\n\tif (IoGetRemainingStackSize() < 4096)\n"
			  "\t\treturn post();\n\treturn deep();\n}\n",
		      "f stack IoGetRemainingStackSize 4096 pass 8-10 fail 8-8\n");
}

static void operand_order_and_operators(void **state)
{
	(void)state;
	expect_guards(WDK
		      "void a(void) { if (0x1000 <= IoGetRemainingStackSize()) deep(); }\n"
		      "void b(void) { if (IoGetRemainingStackSize() > 99) deep(); else post(); }\n"
		      "void c(void) { if (!(IoGetRemainingStackSize() <= 99)) deep(); }\n"
		      "void d(void) { if (200 > IoGetRemainingStackSize()) post(); }\n",
		      "a stack IoGetRemainingStackSize 4096 pass 5-5\n"
		      "b stack IoGetRemainingStackSize 100 pass 6-6 fail 6-6\n"
		      "c stack IoGetRemainingStackSize 100 pass 7-7\n"
		      "d stack IoGetRemainingStackSize 200 fail 8-8\n");
}

/* Behind `low && x` the other side proves nothing. */
static void conjunctions(void **state)
{
	(void)state;
	expect_guards(WDK "void a(int x) { if (x && IoGetRemainingStackSize() >= 512)\n deep();\n "
			  "else\n post(); }\n"
			  "void b(int x) { if (x && IoGetRemainingStackSize() < 512) { post(); "
			  "return; }\n deep(); }\n"
			  "void c(int x) { if (x || IoGetRemainingStackSize() < 512) { post(); "
			  "return; }\n deep(); }\n",
		      "a stack IoGetRemainingStackSize 512 pass 6-6 fail 8-8\n"
		      "b stack IoGetRemainingStackSize 512 fail 9-9\n"
		      "c stack IoGetRemainingStackSize 512 pass 11-12 fail 11-11\n");
}

static void measured_local(void **state)
{
	(void)state;
	expect_guards(WDK "int f(void)\n{\n\tULONG_PTR low, high;\n"
			  "\tIoGetStackLimits(&low, &high);\n"
			  "\tif ((ULONG_PTR)&low - low < 3584)\n\t\treturn post();\n"
			  "\treturn deep();\n}\n",
		      "f stack IoGetStackLimits 3584 local pass 10-12 fail 10-10\n");
	expect_guards(WDK "int f(void)\n{\n\tULONG left = IoGetRemainingStackSize();\n"
			  "\tint low = left < 100;\n\tif (low)\n\t\treturn post();\n"
			  "\treturn deep();\n}\n",
		      "f stack IoGetRemainingStackSize 100 pass 10-12 fail 10-10\n");
}

static void helpers(void **state)
{
	(void)state;
	expect_guards(WDK
		      "static int enough(ULONG n)\n{\n\treturn IoGetRemainingStackSize() >= n;\n}\n"
		      "int f(void)\n{\n\tif (!enough(512)) return post();\n\treturn deep();\n}\n"
		      "int g(void)\n{\n\treturn enough(2048) ? deep() : post();\n}\n",
		      "enough stack IoGetRemainingStackSize #0 returned\n"
		      "f stack enough 512 pass 11-13 fail 11-11\n"
		      "g stack enough 2048 pass 16-16 fail 16-16\n");
}

/* The failing side jumps to a label further down: the passing side ends there. */
static void jumps(void **state)
{
	(void)state;
	expect_guards(WDK "int f(void)\n{\n\tif (IoGetRemainingStackSize() < 4096)\n\t\tgoto low;\n"
			  "\tdeep();\n\treturn 0;\nlow:\n\treturn post();\n}\n",
		      "f stack IoGetRemainingStackSize 4096 pass 8-11 fail 8-8 fail 11-13\n");
}

static void assertions_are_no_guards(void **state)
{
	(void)state;
	expect_guards(WDK "#define ASSERT(x) do { if (!(x)) post(); } while (0)\n"
			  "void f(void) { ASSERT(IoGetRemainingStackSize() > 4096); deep(); }\n",
		      "");
	/* A pointer that is held against the limits is none either. */
	expect_guards(
		WDK "int on_stack(void *p) { ULONG_PTR low, high; IoGetStackLimits(&low, &high);\n"
		    "return (ULONG_PTR)p >= low && (ULONG_PTR)p < high; }\n",
		"");
}

/* `try_return(x);`: a block of a macro, and an empty statement behind it. */
static void macro_exits(void **state)
{
	(void)state;
	expect_guards(WDK "#define try_return(s) { s; goto try_exit; }\n"
			  "int f(void)\n{\n\tint r;\n\tif (IoGetRemainingStackSize() < 512) {\n"
			  "\t\ttry_return(r = post());\n\t}\n\tr = deep();\n"
			  "try_exit:\n\treturn r;\n}\n",
		      "f stack IoGetRemainingStackSize 512 pass 11-13 fail 9-11 fail 13-15\n");
}

/* A condition with a test of each kind has both. */
static void stack_and_depth(void **state)
{
	(void)state;
	expect_guards(WDK "void f(int n) { if (n + 1 > 8 || IoGetRemainingStackSize() < 1024)\n"
			  " return;\n f(n + 1);\n}\n",
		      "f stack IoGetRemainingStackSize 1024 pass 6-8 fail 6-6\n"
		      "f depth n 7 up pass 6-8 fail 6-6\n");
}

/* A function of another unit that is given constants may be a helper; one that is given something else, or no number back, is not. */
static void candidates(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, "x86_64-pc-windows-msvc");
	unit_parse(&u, WDK "int enough(ULONG), known(void); void *pointer(int);\n"
			   "int f(int n)\n{\n\tif (!enough(512)) return post();\n"
			   "\tif (known()) post();\n\tif (enough(n)) post();\n"
			   "\tif (pointer(1)) post();\n\treturn enough(1);\n}\n");
	assert_string_equal(unit_guards(&u), "f stack enough -1 pass 8-13 fail 8-8\n");
	unit_close(&u);
}

static void depths(void **state)
{
	(void)state;
	expect_guards("void down(int n) { if (n == 0) return;\n down(n - 1);\n}\n"
		      "void up(int level) { if (level > 8) return;\n up(level + 1);\n}\n"
		      "void inner(int n) { if (n < 4)\n inner(n + 1);\n}\n"
		      "void flat(int n) { if (n == 0) return; }\n",
		      "down depth n 0 pass 1-3 fail 1-1\n"
		      "up depth level 8 up pass 4-6 fail 4-4\n"
		      "inner depth n 4 up pass 8-8\n");
}

static void counters(void **state)
{
	(void)state;
	expect_guards("int xmit_recursion(void); void go(void);\n"
		      "void f(void) { if (xmit_recursion() > 8) return;\n go();\n}\n",
		      "f counter xmit_recursion 8 up pass 2-4 fail 2-2\n");
}

static void marks_and_roles(void **state)
{
	struct unit u;

	(void)state;
	unit_read(&u, "#define PAGED_CODE()\ntypedef int DISPATCH(void *);\n"
		      "DISPATCH read;\nint read(void *p) { PAGED_CODE(); return !p; }\n"
		      "int write(void *p) { /* PAGED_CODE() */ return !p; }\n"
		      "_Noreturn void stop(void) { for (;;) ; }\n");
	assert_string_equal(unit_func(&u, "read")->role, "DISPATCH");
	assert_int_equal(unit_func(&u, "read")->marks, 1u << MARK_PAGED);
	assert_null(unit_func(&u, "write")->role);
	assert_int_equal(unit_func(&u, "write")->marks, 0);
	assert_int_equal(unit_func(&u, "stop")->marks, 1u << MARK_NORETURN);
	unit_close(&u);
}

static void structures_by_value(void **state)
{
	struct unit u;

	(void)state;
	unit_read(&u,
		  "struct big { char b[300]; };\nstruct big f(int a, struct big x, struct big *p)\n"
		  "{ (void)a; (void)p; return x; }\n");
	assert_int_equal(u.ast.values.n, 2);
	assert_true(u.ast.values.v[0].returned);
	assert_int_equal(u.ast.values.v[1].number, 1);
	assert_int_equal(u.ast.values.v[1].bytes, 300);
	assert_string_equal(u.ast.values.v[1].name, "x");
	unit_close(&u);
}

static void format_buffers(void **state)
{
	struct unit u;

	(void)state;
	unit_read(&u, "int snprintf(char *, unsigned long, const char *, ...); int printk(const "
		      "char *, ...);\n"
		      "void copy(char *);\n"
		      "void f(int x) { char text[64], kept[64], tiny[8];\n"
		      "snprintf(text, sizeof(text), \"%d\", x); printk(\"%s\", text);\n"
		      "snprintf(kept, sizeof(kept), \"%d\", x); copy(kept);\n"
		      "snprintf(tiny, sizeof(tiny), \"%d\", x); }\n");
	assert_true(unit_local(&u, "text")->format_only);
	assert_false(unit_local(&u, "kept")->format_only);
	assert_false(unit_local(&u, "tiny")->format_only);
	unit_close(&u);
}

/* Texts that are put together piece by piece. */
static void format_buffers_in_pieces(void **state)
{
	struct unit u;

	(void)state;
	unit_read(
		&u,
		"typedef unsigned long size; int sprintf(char *, const char *, ...), printk(const "
		"char *, ...);\n"
		"size strlen(const char *); void *memset(void *, int, size);\n"
		"char *strcat(char *, const char *), *strcpy(char *, const char *);\n"
		"size f(int x, char *out) {\n"
		"char added[64], indexed[64], out_of[64], read[64], measured[64];\n"
		"sprintf(added, \"%d\", x); sprintf(added + strlen(added), \"%d\", x);\n"
		"strcat(added, out); printk(\"%s\", added);\n"
		"memset(indexed, 0, sizeof(indexed)); sprintf(&indexed[x], \"%d\", x);\n"
		"printk(\"%s\", (const char *)(indexed));\n"
		"sprintf(out_of, \"%d\", x); printk(\"%s\", out_of); strcpy(out, out_of);\n"
		"sprintf(read, \"%d\", x); printk(\"%c\", read[x]);\n"
		"sprintf(measured, \"%d\", x); return strlen(measured); }\n");
	assert_true(unit_local(&u, "added")->format_only);
	assert_true(unit_local(&u, "indexed")->format_only);
	assert_false(unit_local(&u, "out_of")->format_only);
	assert_false(unit_local(&u, "read")->format_only);
	assert_false(unit_local(&u, "measured")->format_only);
	unit_close(&u);
}

static void annotations(void **state)
{
	struct unit u;
	const struct fact_annotation *a;

	(void)state;
	unit_read(&u, "/* stackcheck: recursion 4 */\nvoid f(void)\n{\n"
		      "\tf(); // stackcheck: allow recursion because tests  \n}\n"
		      "const char *s = \"stackcheck: no comment\";\n"
		      "/*\n * More.\n * stackcheck: noreturn\n */\n");
	assert_int_equal(u.ast.annotations.n, 3);
	a = u.ast.annotations.v;
	assert_string_equal(a[0].text, "recursion 4");
	assert_string_equal(a[0].within, "f");
	assert_string_equal(a[1].text, "allow recursion because tests");
	assert_string_equal(a[1].within, "f");
	assert_int_equal(a[1].loc.line, 4);
	assert_string_equal(a[2].text, "noreturn");
	assert_int_equal(a[2].loc.line, 9);
	assert_null(a[2].within);
	unit_close(&u);
}

/* Bodies only: neither the handler nor what stands behind it. */
static void handlers(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, "x86_64-pc-windows-msvc");
	u.argv[u.job.argc++] = arena_strdup(&u.arena, "-fms-extensions");
	unit_write(&u, "a.c",
		   "int g(void);\nint f(void)\n{\n\t__try {\n\t\tg();\n\t} __except (1) {\n\t\t"
		   "return 1;\n\t}\n\t__try {\n\t\tg();\n\t} __finally {\n\t\tg();\n\t}\n"
		   "\treturn g();\n}\n");
	assert_int_equal(ast_read(&u.job, &u.arena, &u.ast, &u.err), 0);
	assert_string_equal(unit_guards(&u), "f handler __try -1 pass 4-6\n"
					     "f handler __try -1 pass 9-11\n");
	unit_close(&u);
}

/* A macro's do-while is no loop; and an array that goes with its block takes nothing more on the next turn. */
static void allocas_in_loops(void **state)
{
	static const uint32_t expected[] = {3, 5, 7, 0, 0, 0};
	struct unit u;

	(void)state;
	unit_read(&u, "void sink(void *);\n"
		      "void a(int n) { for (int i = 0; i < n; i++)\n sink(__builtin_alloca(8)); }\n"
		      "void b(int n) { while (n--) { if (n & 1)\n sink(__builtin_alloca(n)); } }\n"
		      "void c(int n) { do {\n sink(__builtin_alloca(n)); } while (n--); }\n"
		      "void d(int n) { do { sink(__builtin_alloca(n)); } while (0); }\n"
		      "void e(int n) { for (int i = 1; i < n; i++) { char b[i]; sink(b); } }\n"
		      "void f(int n) { sink(__builtin_alloca(n)); while (n--) sink(0); }\n");
	assert_int_equal(u.ast.funcs.n, 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(u.ast.funcs.v[i].alloca_loop.line, expected[i]);
	unit_close(&u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(early_exit),
		cmocka_unit_test(operand_order_and_operators),
		cmocka_unit_test(conjunctions),
		cmocka_unit_test(measured_local),
		cmocka_unit_test(helpers),
		cmocka_unit_test(jumps),
		cmocka_unit_test(assertions_are_no_guards),
		cmocka_unit_test(macro_exits),
		cmocka_unit_test(stack_and_depth),
		cmocka_unit_test(candidates),
		cmocka_unit_test(depths),
		cmocka_unit_test(counters),
		cmocka_unit_test(marks_and_roles),
		cmocka_unit_test(structures_by_value),
		cmocka_unit_test(format_buffers),
		cmocka_unit_test(format_buffers_in_pieces),
		cmocka_unit_test(annotations),
		cmocka_unit_test(handlers),
		cmocka_unit_test(allocas_in_loops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
