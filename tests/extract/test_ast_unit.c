/* Symbols, signatures, aliases, local variables, errors and files of a unit. */
#include "ast_fixture.h"

static const char *signature(struct unit *u, const char *symbol)
{
	const uint64_t *value = map_find_str(&u->ast.signatures, symbol);

	return value ? (const char *)(uintptr_t)*value : "(none)";
}

static void windows_names(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, "i686-w64-mingw32");
	unit_parse(&u,
		   "typedef int (__stdcall *cb_t)(int, short); struct s { cb_t cb; };\n"
		   "int __stdcall std(int a, short b) { return a; }\n"
		   "int __fastcall fast(int a, int b) { return a; }\n"
		   "int plain(void) { return 0; }\n"
		   "int named(void) __asm__(\"other\");\n"
		   "int named(void) { return 0; }\n"
		   "void f(struct s *p, void *q) { p->cb = std; p->cb(1, 2); fast(1, 2); named();\n"
		   "	__builtin_memset(q, 0, 9999); }\n");
	assert_string_equal(unit_func(&u, "std")->symbol, "_std@8");
	assert_string_equal(unit_func(&u, "fast")->symbol, "@fast@8");
	assert_string_equal(unit_func(&u, "plain")->symbol, "_plain");
	assert_string_equal(unit_func(&u, "named")->symbol, "other");
	assert_string_equal(unit_calls(&u), "f => field:struct s.cb@a.c\nf -> @fast@8\nf -> other\n"
					    "f -> _memset\n");
	assert_string_equal(unit_binds(&u), "_std@8 -> field:struct s.cb@a.c in f\n");
	/* The pointer and the function that fits it agree, convention included. */
	assert_string_equal(u.ast.calls.v[0].signature, signature(&u, "_std@8"));
	assert_string_equal(signature(&u, "_std@8"), "int (int, short) __attribute__((stdcall))");
	unit_close(&u);
}

static void signatures(void **state)
{
	struct unit u;

	(void)state;
	unit_read(&u,
		  "typedef unsigned long size; typedef struct { int i; } box;\n"
		  "void die(const char *, ...) __attribute__((noreturn, format(printf, 1, 2)));\n"
		  "struct s { void (*die)(const char *, ...); size (*get)(const size, box *); };\n"
		  "size get(const size n, box *b) { return n; }\n"
		  "void f(struct s *s) { s->get(1, 0); get(1, 0); s->die(\"\"); die(\"\"); }\n"
		  "__attribute__((noreturn)) void stop(void) { for (;;); }\n"
		  "_Noreturn void halt(void) { for (;;); }\n");
	for (size_t i = 0; i < 4; i += 2)
		assert_string_equal(u.ast.calls.v[i].signature, u.ast.calls.v[i + 1].signature);
	assert_string_equal(signature(&u, "die"), "void (const char *, ...)");
	assert_string_equal(signature(&u, "get"), "unsigned long (unsigned long, box *)");
	assert_true(unit_func(&u, "stop")->is_noreturn);
	assert_true(unit_func(&u, "halt")->is_noreturn);
	assert_false(unit_func(&u, "f")->is_noreturn);
	assert_string_equal(signature(&u, "stop"), "void (void)");
	unit_close(&u);
}

static void aliases_and_linkage(void **state)
{
	struct unit u;

	(void)state;
	unit_read(&u, "static int real(void) { return 0; }\n"
		      "int init_module(void) __attribute__((alias(\"real\")));\n"
		      "int soft(void) __attribute__((weak, alias(\"real\")));\n"
		      "__attribute__((weak)) int weak(void) { return 1; }\n"
		      "static void *pick(void) { return 0; }\n"
		      "int chosen(void) __attribute__((ifunc(\"pick\")));\n");
	assert_int_equal(u.ast.aliases.n, 2);
	assert_string_equal(u.ast.aliases.v[0].symbol, "init_module");
	assert_string_equal(u.ast.aliases.v[0].target, "real");
	assert_int_equal(u.ast.aliases.v[0].linkage, LINKAGE_EXTERNAL);
	assert_int_equal(u.ast.aliases.v[1].linkage, LINKAGE_WEAK);
	assert_int_equal(unit_func(&u, "weak")->linkage, LINKAGE_WEAK);
	assert_string_equal(unit_binds(&u), "pick -> ?\n");
	unit_close(&u);
}

static void locals(void **state)
{
	struct unit u;
	const struct ast_local *l;

	(void)state;
	unit_read(&u, "struct big { char b[300]; }; typedef unsigned short WCHAR;\n"
		      "int f(int n) { static char kept[99]; extern int ext;\n"
		      "	WCHAR name[64]; struct big b; int i = ({ long inner = n; inner; });\n"
		      "	{ char v[n]; return v[0] + i + b.b[0] + name[0] + kept[0] + ext; } }\n");
	assert_int_equal(u.ast.locals.n, 5);
	l = unit_local(&u, "name");
	assert_string_equal(l->type, "WCHAR[64]");
	assert_int_equal(l->bytes, 128);
	assert_true(l->aggregate);
	assert_int_equal(l->loc.line, 3);
	assert_int_equal(l->loc.column, 8);
	assert_int_equal(unit_local(&u, "b")->bytes, 300);
	assert_int_equal(unit_local(&u, "inner")->bytes, 8);
	assert_false(unit_local(&u, "i")->aggregate);
	assert_true(unit_local(&u, "v")->bytes == BYTES_UNKNOWN);
	assert_true(unit_func(&u, "f")->has_dynamic);
	/* name 128, b 300, i 4, inner at 432 */
	assert_int_equal(unit_func(&u, "f")->locals_bytes, 440);
	unit_close(&u);
}

/* After a missing header sizes must not be guessed: unknown types silently become int. */
static void missing_header(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, "x86_64-linux-gnu");
	unit_write(&u, "half.h", "struct half { missing_t m; char c[8]; };\n");
	unit_parse(&u, "#include \"gone.h\"\n#include \"half.h\"\n#include <also/gone.h>\n"
		       "struct outer { struct half h; };\n"
		       "int f(void) { char ok[64]; struct half h; struct outer o[2];\n"
		       "	struct never n; return ok[0] + h.c[0]; }\n");
	assert_int_equal(u.ast.status, UNIT_ESTIMATED);
	assert_string_equal(u.ast.problems.v[0], "a.c:1: 'gone.h' file not found");
	assert_string_equal(u.ast.problems.v[1], "half.h:1: unknown type name 'missing_t'");
	assert_string_equal(u.ast.problems.v[2], "a.c:3: 'also/gone.h' file not found");
	assert_int_equal(unit_local(&u, "ok")->bytes, 64);
	assert_true(unit_local(&u, "h")->bytes == BYTES_UNKNOWN);
	assert_true(unit_local(&u, "o")->bytes == BYTES_UNKNOWN);
	assert_true(unit_local(&u, "n")->bytes == BYTES_UNKNOWN);
	assert_int_equal(unit_func(&u, "f")->locals_bytes, 64);
	unit_close(&u);
}

static void many_problems(void **state)
{
	struct buf b = {0};
	struct unit u;

	(void)state;
	for (int i = 0; i < 33; i++)
		buf_printf(&b, "nope%d *p%d;\n", i, i);
	unit_open(&u, "x86_64-linux-gnu");
	unit_parse(&u, buf_str(&b));
	assert_int_equal(u.ast.problems.n, 21);
	assert_string_equal(u.ast.problems.v[19], "a.c:20: unknown type name 'nope19'");
	assert_string_equal(u.ast.problems.v[20], "and 13 more");
	unit_close(&u);
	buf_release(&b);
}

static bool has_input(const struct unit *u, const char *end)
{
	size_t n = strlen(end);

	for (size_t i = 0; i < u->ast.inputs.n; i++) {
		const char *path = u->ast.inputs.v[i];

		assert_int_equal(path[0], '/');
		if (strlen(path) >= n && !strcmp(path + strlen(path) - n, end))
			return true;
	}
	return false;
}

static void inputs_and_directories(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, "x86_64-linux-gnu");
	unit_write(&u, "forced.h", "#define FORCED 1\n");
	unit_write(&u, "used.h", "int used(void);\n");
	/* Relative to the job's directory, which is not the process's. */
	u.argv[u.job.argc++] = "-include";
	u.argv[u.job.argc++] = "forced.h";
	u.argv[u.job.argc++] = "-I.";
	unit_parse(&u,
		   "#include <stddef.h>\n#include <used.h>\nsize_t f(void) { return FORCED; }\n");
	assert_int_equal(u.ast.problems.n, 0);
	assert_true(has_input(&u, "/a.c"));
	assert_true(has_input(&u, "/forced.h"));
	assert_true(has_input(&u, "/used.h"));
	assert_true(has_input(&u, "/stddef.h"));
	assert_false(has_input(&u, "/./used.h"));
	unit_close(&u);
}

static void paths(void **state)
{
	const struct job job = {.root = "/src/tree", .directory = "/build/out"};
	struct arena a = {0};

	(void)state;
	assert_string_equal(ast_path(&a, &job, "/src/tree/fs/../fs/./a.c"), "fs/a.c");
	assert_string_equal(ast_path(&a, &job, "gen/x.h"), "/build/out/gen/x.h");
	assert_string_equal(ast_path(&a, &job, "../../src/tree/y.h"), "y.h");
	assert_string_equal(ast_path(&a, &job, "/src/treehouse/z.h"), "/src/treehouse/z.h");
	arena_release(&a);
}

static void missing_source(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, "x86_64-linux-gnu");
	assert_int_equal(ast_read(&u.job, &u.arena, &u.ast, &u.err), -1);
	assert_non_null(strstr(u.err.text, "a.c does not exist"));
	unit_close(&u);
}

static void hostile_pragma(void **state)
{
	(void)state;
	expect_calls("#pragma clang __debug crash\nint g(void); int f(void) { return g(); }\n",
		     "f -> g\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_names),	  cmocka_unit_test(signatures),
		cmocka_unit_test(aliases_and_linkage),	  cmocka_unit_test(locals),
		cmocka_unit_test(missing_header),	  cmocka_unit_test(many_problems),
		cmocka_unit_test(inputs_and_directories), cmocka_unit_test(paths),
		cmocka_unit_test(missing_source),	  cmocka_unit_test(hostile_pragma),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
