/* Functions that are put into slots, and how slots are named. */
#include "ast_fixture.h"

#define OPS                                                                                        \
	"struct ops { int (*a)(void), (*b)(void); };\n"                                            \
	"int x(void), y(void), z(void);\n"

static void designated_fields(void **state)
{
	(void)state;
	expect_binds(OPS "struct ops o = { .b = x, .a = &y };\n"
			 "static const struct ops p = { x, .b = (int (*)(void))(void *)z };\n",
		     "x -> field:struct ops.b@a.c\n"
		     "y -> field:struct ops.a@a.c\n"
		     "x -> field:struct ops.a@a.c\n"
		     "z -> field:struct ops.b@a.c\n");
}

static void missing_braces(void **state)
{
	(void)state;
	expect_binds(OPS
		     "struct row { int id; struct ops o; char s[4]; int (*c[2])(void); };\n"
		     "struct row t[] = { 1, x, y, \"abc\", z, x, 2, { y }, \"x\", { [1] = z } };\n"
		     "struct row u[3] = { [1].o.b = x, \"s\", y, [2] = { 3, .o = { z }, .c = { x } "
		     "} };\n",
		     "x -> field:struct ops.a@a.c\n"
		     "y -> field:struct ops.b@a.c\n"
		     "z -> field:struct row.c[0]@a.c\n"
		     "x -> field:struct row.c[1]@a.c\n"
		     "y -> field:struct ops.a@a.c\n"
		     "z -> field:struct row.c[1]@a.c\n"
		     "x -> field:struct ops.b@a.c\n"
		     "y -> field:struct row.c[0]@a.c\n"
		     "z -> field:struct ops.a@a.c\n"
		     "x -> field:struct row.c[0]@a.c\n");
}

static void whole_records(void **state)
{
	(void)state;
	expect_binds(OPS "int f(struct ops o) {\n"
			 "	struct { struct ops p; int (*q)(void); } s = { o, x };\n"
			 "	return s.q(); }\n",
		     "x -> field:struct <4:2>.q@a.c in f\n");
}

static void arrays_and_ranges(void **state)
{
	(void)state;
	expect_binds(OPS "enum { ONE = 1 };\n"
			 "int (*t[6])(void) = { x, [3] = y, z, [ONE] = x };\n"
			 "int (*r[9])(void) = { [1 ... 4] = x, y };\n"
			 "static int (*g[2][2])(void) = { x, y, [1] = { z }, [1][1] = x };\n",
		     "x -> var:t[0]\ny -> var:t[3]\nz -> var:t[4]\nx -> var:t[1]\n"
		     "x -> var:r[]\ny -> var:r[5]\n"
		     "x -> var:g[0][0]@a.c\ny -> var:g[0][1]@a.c\nz -> var:g[1][0]@a.c\n"
		     "x -> var:g[1][1]@a.c\n");
}

static void nameless_records(void **state)
{
	(void)state;
	expect_binds(
		OPS
		"struct dev { struct { int (*in)(void); struct { int (*deep)(void); } more[2]; } "
		"sub;\n"
		"	struct ops named; union { int (*u)(void); long l; struct { long k; int "
		"(*v)(void); }; }; };\n"
		"struct dev d = { .sub.in = x, .sub.more[1].deep = y, .v = z, .named = { x } };\n"
		"struct dev e = { { x, { { y } } }, { z }, { .u = x } };\n"
		"typedef struct { int (*m)(void); } nice_t;\n"
		"typedef struct _TAGGED { int (*m)(void); } TAGGED, *PTAGGED;\n"
		"nice_t n = { x }; TAGGED t = { y };\n"
		"void f(PTAGGED p, struct _TAGGED *q) { p->m = x; q->m = x; }\n",
		"x -> field:struct dev.sub.in@a.c\n"
		"y -> field:struct dev.sub.more.deep@a.c\n"
		"z -> field:struct dev.v@a.c\n"
		"x -> field:struct ops.a@a.c\n"
		"x -> field:struct dev.sub.in@a.c\n"
		"y -> field:struct dev.sub.more.deep@a.c\n"
		"z -> field:struct ops.a@a.c\n"
		"x -> field:struct dev.u@a.c\n"
		"x -> field:nice_t.m@a.c\n"
		"y -> field:struct _TAGGED.m@a.c\n"
		"x -> field:struct _TAGGED.m@a.c in f\n"
		"x -> field:struct _TAGGED.m@a.c in f\n");
}

/* A record of a driver's own header belongs to that header, one of a source to that source; one of a header outside the project (or
   in its include folder) is one for everybody. */
static void records_of_headers(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, "x86_64-linux-gnu");
	unit_write(&u, "h.h",
		   "struct shared { int (*op)(void); };\n"
		   "static inline int each(int (*cb)(void)) { return cb(); }\n");
	unit_parse(&u, "#include \"h.h\"\nstruct own { int (*op)(void); };\nint x(void);\n"
		       "struct shared s = { x }; struct own o = { .op = x };\n"
		       "int f(void) { return each(x); }\n");
	assert_string_equal(unit_binds(&u), "x -> field:struct shared.op@h.h\n"
					    "x -> field:struct own.op@a.c\n"
					    "x -> param:each#0@h.h in f\n");
	assert_string_equal(unit_calls(&u), "f -> each\neach => param:each#0@h.h\n");
	unit_close(&u);
	unit_open(&u, "x86_64-linux-gnu");
	u.job.root = "/elsewhere";
	unit_write(&u, "h.h", "struct shared { int (*op)(void); };\n");
	unit_parse(&u, "#include \"h.h\"\nint x(void);\nstruct shared s = { x };\n");
	assert_string_equal(unit_binds(&u), "x -> field:struct shared.op\n");
	unit_close(&u);
}

static void assignments(void **state)
{
	(void)state;
	expect_binds(OPS
		     "int (*g[4])(void); typedef int (*fn)(void);\n"
		     "void f(struct ops *o, int i, fn cb) { fn l;\n"
		     "	o->a = o->b = x; *(fn *)&o->a = y; o[3].b = (fn)z; g[i] = x; g[2] = y;\n"
		     "	l = z; cb = i ? x : y; l = cb ?: z; *o = (struct ops){ .b = x }; }\n",
		     "x -> field:struct ops.a@a.c in f\n"
		     "x -> field:struct ops.b@a.c in f\n"
		     "y -> field:struct ops.a@a.c in f\n"
		     "z -> field:struct ops.b@a.c in f\n"
		     "x -> var:g[] in f\n"
		     "y -> var:g[2] in f\n"
		     "z -> local:f.l in f\n"
		     "x -> param:f#2 in f\n"
		     "y -> param:f#2 in f\n"
		     "z -> local:f.l in f\n"
		     "x -> field:struct ops.b@a.c in f\n");
}

static void arguments_returns_escapes(void **state)
{
	(void)state;
	expect_binds(OPS "typedef int (*fn)(void);\n"
			 "int each(int, fn), log_it(const char *, ...);\n"
			 "static int mine(fn f) { return f(); }\n"
			 "fn get(int c) { return c ? x : y; }\n"
			 "int f(struct ops *o, int (*via)(fn)) { each(1, x); mine(&y); via(z);\n"
			 "	log_it(\"\", x); __asm__(\"\" :: \"i\"(y)); return o->a == z; }\n"
			 "static int k(void) { static fn kept = x; return kept(); }\n"
			 "unsigned long number = (unsigned long)x; void *any = x;\n",
		     "x -> var:number\n"
		     "x -> var:any\n"
		     "x -> return:get in get\n"
		     "y -> return:get in get\n"
		     "x -> param:each#1 in f\n"
		     "y -> param:mine#0@a.c in f\n"
		     "z -> ? in f\n"
		     "x -> param:log_it#... in f\n"
		     "y -> ? in f\n"
		     "z -> ? in f\n"
		     "x -> var:k.kept@a.c in k\n");
}

static void macros_and_places(void **state)
{
	struct unit u;

	(void)state;
	unit_read(&u, OPS "#define OP(n) { .a = n, }\n"
			  "static struct ops t[] = {\n\tOP(x),\n};\n");
	assert_string_equal(unit_binds(&u), "x -> field:struct ops.a@a.c\n");
	assert_int_equal(u.ast.binds.v[0].loc.line, 5);
	assert_string_equal(u.ast.binds.v[0].loc.file, "a.c");
	unit_close(&u);
}

/* More elements than the type holds are an error elsewhere; here they must do no harm. */
static void broken_initialisers(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, "x86_64-linux-gnu");
	unit_parse(&u,
		   "int x(void); struct s { int (*p)(void); } a = { x, x, x }, b = { .q = x },\n"
		   "c = { [5] = x }; int (*t[1])(void) = { [7] = x, x }; struct e {} g = { x };\n"
		   "struct undef h = { x }; int i = { { { x } } };\n");
	assert_int_equal(u.ast.status, UNIT_ESTIMATED);
	assert_string_equal(u.ast.binds.v[0].slot, "field:struct s.p@a.c");
	assert_null(u.ast.binds.v[1].slot);
	unit_close(&u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(designated_fields), cmocka_unit_test(missing_braces),
		cmocka_unit_test(whole_records),     cmocka_unit_test(arrays_and_ranges),
		cmocka_unit_test(nameless_records),  cmocka_unit_test(records_of_headers),
		cmocka_unit_test(assignments),	     cmocka_unit_test(arguments_returns_escapes),
		cmocka_unit_test(macros_and_places), cmocka_unit_test(broken_initialisers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
