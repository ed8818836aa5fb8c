/* Calls and the slots they go through. */
#include "ast_fixture.h"

#define TYPES                                                                                      \
	"typedef int (*fn)(int); struct ops { fn a, b, many[4]; };\n"                              \
	"int x(int), y(int);\n"

static void direct_calls(void **state)
{
	(void)state;
	expect_calls("int g(int); int h(void);\n"
		     "int f(int a) { return (g)(h()) + (*g)(1) + (&g)(2); }\n"
		     "int s(void) { return ({ int t = h(); t; }) ? h() : g(3); }\n",
		     "f -> g\nf -> h\nf -> g\nf -> g\ns -> h\ns -> h\ns -> g\n");
}

static void macros_and_locations(void **state)
{
	struct unit u;
	const struct ast_call *c;

	(void)state;
	unit_read(&u,
		  "int g(int);\n#define G(x) (1 + g(x))\nint f(void)\n{\n\treturn 2 * G(3);\n}\n");
	assert_int_equal(u.ast.calls.n, 1);
	c = &u.ast.calls.v[0];
	assert_string_equal(c->loc.file, "a.c");
	assert_int_equal(c->loc.line, 5);
	assert_int_equal(c->loc.column, 13);
	assert_string_equal(c->signature, "int (int)");
	unit_close(&u);
}

/* #line must not move anything. */
static void presumed_positions(void **state)
{
	struct unit u;

	(void)state;
	unit_read(&u, "int g(int);\n#line 100 \"other.c\"\nint f(void) { return g(1); }\n");
	assert_string_equal(u.ast.calls.v[0].loc.file, "a.c");
	assert_int_equal(u.ast.calls.v[0].loc.line, 3);
	unit_close(&u);
}

static void slots_of_calls(void **state)
{
	(void)state;
	expect_calls(TYPES
		     "fn global, table[3]; static fn own; fn get(void);\n"
		     "int f(struct ops *o, fn cb, int i, struct ops t[2]) {\n"
		     "	static fn kept;\n"
		     "	o->a(1); (*o->b)(1); (*o).a(1); t[1].many[2](1); o->many[i](1);\n"
		     "	global(1); table[i](1); own(1); cb(1); kept(1); get()(1);\n"
		     "	((int (*)(void *))o->a)(0); (*(volatile fn *)&o->b)(1); (*table)(1);\n"
		     "	return 0; }\n",
		     "f => field:struct ops.a@a.c\n"
		     "f => field:struct ops.b@a.c\n"
		     "f => field:struct ops.a@a.c\n"
		     "f => field:struct ops.many[2]@a.c\n"
		     "f => field:struct ops.many[]@a.c\n"
		     "f => var:global\n"
		     "f => var:table[]\n"
		     "f => var:own@a.c\n"
		     "f => param:f#1\n"
		     "f => var:f.kept\n"
		     "f => return:get\n"
		     "f -> get\n"
		     "f => field:struct ops.a@a.c\n"
		     "f => field:struct ops.b@a.c\n"
		     "f => var:table[]\n");
}

static void copies_are_followed(void **state)
{
	(void)state;
	expect_calls(TYPES
		     "void fill(fn *);\n"
		     "int l1(struct ops *o) { fn f = o->a; return f(1); }\n"
		     "int l2(struct ops *o, int c) { fn f = c ? o->a : o->b; return f(1); }\n"
		     "int l3(int c) { fn f = c ? x : y; return f(1); }\n"
		     "int l4(struct ops *o) { fn f = 0; if (o) f = o->a; return f ? f(1) : 0; }\n"
		     "int l5(struct ops *o) { fn f = o->a; fill(&f); return f(1); }\n"
		     "int l6(struct ops *o) { fn f, g; f = g = o->b; return f(1); }\n"
		     "int l7(void *v) { fn f = v; return f(1); }\n"
		     "int l8(struct ops *o) { fn f = o->a; { fn f = o->b; f(1); } return f(1); }\n"
		     "int l9(struct ops *o) { fn f = ({ fn v = *(volatile fn *)&o->a; v; }); "
		     "return f(1); }\n"
		     "int l10(struct ops *o, fn cb) { if (!cb) cb = o->a; return cb(1); }\n"
		     "int l11(fn cb) { if (!cb) cb = x; return cb(1); }\n"
		     "int l12(void) { fn f; return f(1); }\n",
		     "l1 => field:struct ops.a@a.c\n"
		     "l2 => local:l2.f\n"
		     "l3 => local:l3.f\n"
		     "l4 => field:struct ops.a@a.c\n"
		     "l5 -> fill\n"
		     "l5 => local:l5.f\n"
		     "l6 => field:struct ops.b@a.c\n"
		     "l7 => param:l7#0\n"
		     "l8 => field:struct ops.b@a.c\n"
		     "l8 => field:struct ops.a@a.c\n"
		     "l9 => field:struct ops.a@a.c\n"
		     "l10 => param:l10#1\n"
		     "l11 => param:l11#0\n"
		     "l12 => ?\n");
}

static void unevaluated_operands(void **state)
{
	(void)state;
	expect_calls("int g(int); struct s { int (*p)(int); };\n"
		     "int f(struct s *s) { typeof(g(1)) a = sizeof(g(2));\n"
		     "	return a + __builtin_constant_p(g(3)) + (int)(typeof(g(4)))a +\n"
		     "	       ((typeof(&g))s->p)(5) + _Generic(g(6), int: 1, default: 2); }\n",
		     "f => field:struct s.p@a.c\n");
}

static void builtins(void **state)
{
	struct unit u;

	(void)state;
	unit_read(&u, "int f(char *p, int n) { char *q = __builtin_alloca(n);\n"
		      "	__builtin_memcpy(q, p, n); return __builtin_expect(q[0], 0); }\n"
		      "int g(int n) { char v[n]; return sizeof(v); }\n"
		      "int h(void) { return 0; }\n");
	assert_string_equal(unit_calls(&u), "f -> memcpy\n");
	assert_true(unit_func(&u, "f")->has_dynamic);
	assert_true(unit_func(&u, "g")->has_dynamic);
	assert_false(unit_func(&u, "h")->has_dynamic);
	unit_close(&u);
}

/* Each common part of `?:` is shown by libclang three times. */
static void binary_conditional(void **state)
{
	(void)state;
	expect_calls("int g(int), h(void); int f(void) { return g(1) ?: h(); }\n",
		     "f -> g\nf -> h\n");
}

static void cleanup_functions(void **state)
{
	(void)state;
	expect_calls("void unlock(int *);\n"
		     "static inline void put(int **p) { unlock(*p); }\n"
		     "static inline void unused(int **p) { unlock(*p); }\n"
		     "int f(int *x) { int *q __attribute__((cleanup(put))) = x; return *q; }\n",
		     "f -> put\nput -> unlock\n");
}

static void inline_functions_on_demand(void **state)
{
	struct unit u;

	(void)state;
	unit_read(&u, "static inline int a(void) { return 1; }\n"
		      "static inline int b(void) { return a(); }\n"
		      "static inline int never(void) { return b(); }\n"
		      "static inline __attribute__((used)) int kept(void) { return 2; }\n"
		      "static int own(void) { return 3; }\n"
		      "int f(void) { return b(); }\n");
	assert_non_null(unit_func(&u, "a"));
	assert_non_null(unit_func(&u, "b"));
	assert_null(unit_func(&u, "never"));
	assert_non_null(unit_func(&u, "kept"));
	assert_int_equal(unit_func(&u, "own")->linkage, LINKAGE_STATIC);
	assert_int_equal(unit_func(&u, "f")->linkage, LINKAGE_EXTERNAL);
	unit_close(&u);
}

static void deep_nesting(void **state)
{
	struct buf b = {0};
	struct unit u;

	(void)state;
	buf_puts(&b, "int g(int); int (*p)(int); int f(int a) { return ");
	for (int i = 0; i < 250; i++)
		buf_putc(&b, '(');
	buf_puts(&b, "p");
	for (int i = 0; i < 250; i++)
		buf_putc(&b, ')');
	buf_puts(&b, "(1) + (");
	for (int i = 0; i < 1000; i++)
		buf_puts(&b, "a ? g(1) : ");
	buf_puts(&b, "0); }\n");
	unit_read(&u, buf_str(&b));
	assert_int_equal(u.ast.calls.n, 1001);
	assert_string_equal(u.ast.calls.v[0].slot, "var:p");
	unit_close(&u);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(direct_calls),
		cmocka_unit_test(macros_and_locations),
		cmocka_unit_test(presumed_positions),
		cmocka_unit_test(slots_of_calls),
		cmocka_unit_test(copies_are_followed),
		cmocka_unit_test(unevaluated_operands),
		cmocka_unit_test(builtins),
		cmocka_unit_test(binary_conditional),
		cmocka_unit_test(cleanup_functions),
		cmocka_unit_test(inline_functions_on_demand),
		cmocka_unit_test(deep_nesting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
