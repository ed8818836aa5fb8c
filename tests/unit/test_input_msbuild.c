/* MSBuild's logs of commands, and Windows paths mapped to folders here. */
#include "input_fixture.h"

#include <sys/stat.h>

static const char *const src_here = "C:\\src=here";

/* Writes a text as MSBuild does: UTF-16 with its mark. The text is ASCII but for 0x01, which becomes U+00E9. */
static void write_log(struct place *p, const char *name, const char *text)
{
	const char *path = path_absolute(&p->arena, p->dir, name);
	struct buf out = {0};

	buf_add(&out, "\xff\xfe", 2);
	for (; *text; text++) {
		buf_putc(&out, *text == '\1' ? '\xe9' : *text);
		buf_putc(&out, '\0');
	}
	assert_int_equal(file_make_dirs(path_dir(&p->arena, path), &p->err), 0);
	assert_int_equal(file_write_atomic(path, out.data, out.len, &p->err), 0);
	buf_release(&out);
}

static void write_sources(struct place *p)
{
	place_write(p, "here/Drv/Main.c", "int x;");
	place_write(p, "here/Drv/util.c", "int y;");
	place_write(p, "here/Drv/drv.vcxproj", "");
	place_write(p, "here/Shared/Inc/a.h", "");
	p->request.maps = &src_here;
	p->request.n_maps = 1;
}

#define LOG "here/Drv/x64/Release/drv.tlog/CL.command.1.tlog"

static void one_command_two_sources(void **state)
{
	struct place *p = *state;

	write_sources(p);
	write_log(p, LOG,
		  "^C:\\SRC\\DRV\\MAIN.C|C:\\SRC\\DRV\\UTIL.C\r\n"
		  "/c /I..\\SHARED\\inc /IC:\\SRC\\shared\\INC /Zi /O2 /GS- /D _AMD64_ /D "
		  "\"N=\\\"a b\\\"\" "
		  "/Fo\"X64\\RELEASE\\\\\" C:\\SRC\\DRV\\MAIN.C C:\\SRC\\DRV\\UTIL.C\r\n");
	p->request.database = LOG;
	place_read(p);
	assert_int_equal(p->in.jobs.n, 2);
	assert_string_equal(p->in.jobs.v[0].source,
			    arena_printf(&p->arena, "%s/here/Drv/Main.c", p->dir));
	assert_string_equal(p->in.jobs.v[1].source,
			    arena_printf(&p->arena, "%s/here/Drv/util.c", p->dir));
	assert_string_equal(p->in.jobs.v[0].directory,
			    arena_printf(&p->arena, "%s/here/Drv", p->dir));
	assert_string_equal(p->in.jobs.v[0].target, "x86_64-pc-windows-msvc");
	assert_non_null(
		strstr(place_argv(p, 0),
		       arena_printf(&p->arena, " -I%s/here/Shared/Inc -I%s/here/Shared/Inc ",
				    p->dir, p->dir)));
	assert_non_null(strstr(place_argv(p, 1), " -D_AMD64_ -DN=\"a b\""));
	assert_string_equal(p->in.jobs.v[1].object,
			    arena_printf(&p->arena, "%s/here/Drv/x64/Release/util.obj", p->dir));
	assert_null(place_dropped(p, "(other input files)"));
	assert_int_equal(p->in.warnings.n, 0);
}

static void logs_below_a_folder(void **state)
{
	struct place *p = *state;

	write_sources(p);
	write_log(p, LOG,
		  "^C:\\SRC\\DRV\\MAIN.C\r\n/c /TC /D _AMD64_ C:\\SRC\\DRV\\MAIN.C\r\n"
		  "^C:\\SRC\\DRV\\NEW.CPP\r\n/c C:\\SRC\\DRV\\NEW.CPP\r\n");
	write_log(p, "here/Drv/Win32/Release/drv.tlog/CL.command.1.tlog",
		  "^c:\\src\\drv\\util.c\r\n/c c:\\src\\drv\\util.c\r\n");
	p->request.database = "here";
	place_read(p);
	assert_int_equal(p->in.jobs.n, 2);
	assert_string_equal(p->in.jobs.v[0].target, "i686-pc-windows-msvc");
	assert_string_equal(p->in.jobs.v[1].target, "x86_64-pc-windows-msvc");
	assert_int_equal(p->in.skipped, 1);
}

static void characters_beyond_ascii(void **state)
{
	struct place *p = *state;

	write_sources(p);
	place_write(p, "here/Drv/caf\xc3\xa9.c", "int z;");
	write_log(p, LOG, "^C:\\SRC\\DRV\\CAF\1.C\r\n/c C:\\SRC\\DRV\\CAF\1.C\r\n");
	p->request.database = LOG;
	place_read(p);
	assert_string_equal(path_base(p->in.jobs.v[0].source), "caf\xc3\xa9.c");
}

static void not_mapped(void **state)
{
	struct place *p = *state;

	write_sources(p);
	p->request.n_maps = 0;
	write_log(p, LOG, "^C:\\SRC\\DRV\\MAIN.C\r\n/c C:\\SRC\\DRV\\MAIN.C\r\n");
	p->request.database = LOG;
	place_read(p);
	assert_int_equal(p->in.jobs.n, 1);
	assert_true(place_warned(p, "--map 'C:\\SRC\\DRV\\=DIR'"));
	assert_true(place_warned(p, "/C:/SRC/DRV/MAIN.c: the source is missing"));
}

static void bad_logs(void **state)
{
	struct place *p = *state;

	write_sources(p);
	p->request.database = LOG;
	write_log(p, LOG, "^C:\\SRC\\DRV\\MAIN.C\r\n/c C:\\SRC\\DRV\\MAIN.C\r\n/c more\r\n");
	place_fails(p, "CL.command.1.tlog:3: no line with the sources", NULL);
	place_write(p, LOG, "hello\n");
	place_fails(p, "CL.command.1.tlog:1: no line", NULL);
	write_log(p, LOG, "^C:\\A.C\r\n");
	place_fails(p, "none of its 0 commands compiles C", NULL);
	write_log(p, LOG, "");
	place_fails(p, "none of its 0 commands compiles C", NULL);
}

static void bad_maps(void **state)
{
	static const char *const bad[] = {"here",  "C:\\src", "C:\\src=",	"src=here",
					  "=here", "C:=here", "C:\\src=nowhere"};
	struct place *p = *state;

	write_sources(p);
	p->request.database = LOG;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		p->request.maps = &bad[i];
		place_fails(p, arena_printf(&p->arena, "--map %s: ", bad[i]), NULL);
	}
}

/* The longest folder wins; names that begin alike are others; "a=b" is a folder's name, too. */
static void rules(void **state)
{
	static const char *const maps[] = {"C:\\src=here", "C:\\src\\wdk=kit",
					   "\\\\server\\share=kit", "D:\\=here", "C:\\a=b=kit"};
	struct place *p = *state;

	write_sources(p);
	place_write(p, "kit/Km/ntddk.h", "");
	write_log(p, LOG,
		  "^C:\\src\\Drv\\Main.c\r\n/c /Ic:/SRC/wdk/KM /IC:\\srcs\\x "
		  "/I\\\\SERVER\\share\\km /Id:\\shared /IC:\\A=B\\km "
		  "/IC:\\src\\none\\X\r\n");
	p->request.database = LOG;
	p->request.maps = maps;
	p->request.n_maps = sizeof(maps) / sizeof(*maps);
	place_read(p);
	assert_non_null(strstr(
		place_argv(p, 0),
		arena_printf(&p->arena,
			     " -I%s/kit/Km -I/C:/srcs/x -I%s/kit/Km -I%s/here/Shared -I%s/kit/Km "
			     "-I%s/here/none/X",
			     p->dir, p->dir, p->dir, p->dir, p->dir)));
}

/* A compile database from Windows is mapped, too. */
static void compile_database(void **state)
{
	struct place *p = *state;

	write_sources(p);
	place_write(p, "here/compile_commands.json",
		    "[{\"directory\": \"C:\\\\src\\\\DRV\", \"file\": "
		    "\"C:\\\\src\\\\drv\\\\main.c\", \"command\": "
		    "\"C:\\\\LLVM\\\\clang-cl.exe /c /I..\\\\shared\\\\inc "
		    "C:\\\\src\\\\drv\\\\main.c\"}]");
	p->request.database = "here";
	place_read(p);
	assert_string_equal(p->in.jobs.v[0].source,
			    arena_printf(&p->arena, "%s/here/Drv/Main.c", p->dir));
	assert_non_null(
		strstr(place_argv(p, 0), arena_printf(&p->arena, "-I%s/here/Shared/Inc", p->dir)));
	assert_int_equal(p->in.warnings.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(one_command_two_sources),
		PLACE_TEST(logs_below_a_folder),
		PLACE_TEST(characters_beyond_ascii),
		PLACE_TEST(not_mapped),
		PLACE_TEST(bad_logs),
		PLACE_TEST(bad_maps),
		PLACE_TEST(rules),
		PLACE_TEST(compile_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
