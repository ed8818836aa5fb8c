/* Response files: expanded inside the project, refused elsewhere. */
#include "input_fixture.h"

static void argv_is(struct place *p, const char *command, const char *expected)
{
	place_command(p, "s/a.c", command);
	place_read(p);
	assert_string_equal(place_argv(p, 0),
			    arena_printf(&p->arena, "--target=x86_64-linux-gnu%s", expected));
}

static void expands(void **state)
{
	struct place *p = *state;

	place_write(p, "s/a.c", "int x;");
	place_write(p, "r.rsp", "-DA \"-DB=1 2\"\n@sub/deep.rsp -fplugin=x.so");
	place_write(p, "sub/deep.rsp", "-DC=\\\"x\\\" s/a.c");
	argv_is(p, "x86_64-linux-gnu-gcc -c -D1 @r.rsp -D2", " -D1 -DA -DB=1 2 -DC=\"x\" -D2");
	assert_int_equal(p->in.warnings.n, 0);
	assert_non_null(place_dropped(p, "-fplugin"));
}

static void stays_inside(void **state)
{
	struct place *p = *state;

	place_write(p, "s/a.c", "int x;");
	p->request.root = "s";
	place_write(p, "s/in.rsp", "-DIN");
	place_write(p, "b/dir.rsp", "-DDIR");
	place_write(p, "out.rsp", "-DOUT");
	assert_int_equal(symlink("../out.rsp", "s/link.rsp"), 0);
	place_write(p, "compile_commands.json",
		    arena_printf(&p->arena,
				 "[{\"directory\":\"b\",\"file\":\"../s/a.c\",\"command\":"
				 "\"x86_64-linux-gnu-gcc @../s/in.rsp @dir.rsp @../out.rsp "
				 "@../s/link.rsp @/etc/hostname @none.rsp ../s/a.c\"}]"));
	place_read(p);
	assert_string_equal(place_argv(p, 0), "--target=x86_64-linux-gnu -DIN -DDIR");
	assert_true(place_warned(p, "out.rsp is left out: it lies outside"));
	assert_true(place_warned(p, "link.rsp is left out: it lies outside"));
	assert_true(place_warned(p, "hostname is left out"));
	assert_true(place_warned(p, "none.rsp is left out: cannot open it"));
	assert_int_equal(p->in.warnings.n, 4);
}

static void has_limits(void **state)
{
	struct place *p = *state;
	char *big = arena_alloc(&p->arena, 1024 * 1024 + 2);

	memset(big, ' ', 1024 * 1024 + 1);
	place_write(p, "s/a.c", "int x;");
	place_write(p, "big.rsp", big);
	place_write(p, "self.rsp", "-DX @self.rsp");
	place_write(p, "fan.rsp", "@fan.rsp @fan.rsp");
	argv_is(p, "x86_64-linux-gnu-gcc @self.rsp -DE s/a.c",
		" -DX -DX -DX -DX -DX -DX -DX -DX -DE");
	assert_true(place_warned(p, "more than 8"));
	argv_is(p, "x86_64-linux-gnu-gcc @big.rsp -DE s/a.c", " -DE");
	assert_true(place_warned(p, "larger than 1048576 bytes"));
	argv_is(p, "x86_64-linux-gnu-gcc @fan.rsp -DE s/a.c", " -DE");
	assert_true(place_warned(p, "more than 8"));
}

/* What is refused stays a value where a value is due, and never is read as options by clang. */
static void refused_is_a_value(void **state)
{
	struct place *p = *state;

	place_write(p, "s/a.c", "int x;");
	argv_is(p, "x86_64-linux-gnu-gcc -include @/etc/hostname -DE s/a.c",
		" -include ./@/etc/hostname -DE");
}

static void utf16(void **state)
{
	static const char text[] = "\xff\xfe/\0D\0A\0=\0\xe9\0 \0\x3d\xd8\x00\xde\r\0\n\0/\0D\0B\0";
	struct place *p = *state;

	place_write(p, "s/a.c", "int x;");
	assert_int_equal(file_write_atomic("u.rsp", text, sizeof(text) - 1, &p->err), 0);
	place_command(p, "s/a.c", "cl /GS- @u.rsp s\\a.c");
	place_read(p);
	assert_non_null(strstr(place_argv(p, 0), " -D_MT -DA=\xc3\xa9 -DB"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(expands),	PLACE_TEST(stays_inside),
		PLACE_TEST(has_limits), PLACE_TEST(refused_is_a_value),
		PLACE_TEST(utf16),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
