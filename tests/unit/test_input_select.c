/* Which database, which root, which units; fixed flags. */
#include "input_fixture.h"

#define ENTRY "{\"directory\":\".\",\"file\":\"%s\",\"command\":\"cc -c %s\"}"

static void database(struct place *p, const char *path)
{
	place_write(p, "src/a.c", "int a;");
	place_write(p, "src/net/b.c", "int b;");
	place_write(p, path,
		    arena_printf(&p->arena, "[" ENTRY "," ENTRY "," ENTRY "]",
				 arena_printf(&p->arena, "%s/src/a.c", p->dir), "a.c",
				 arena_printf(&p->arena, "%s/src/net/b.c", p->dir), "b.c",
				 arena_printf(&p->arena, "%s/src/net/c.S", p->dir), "c.S"));
}

static void found_is(struct place *p, const char *path)
{
	p->request.database = NULL;
	place_read(p);
	assert_string_equal(p->in.database, arena_printf(&p->arena, "%s/%s", p->dir, path));
}

static void looks_for_the_database(void **state)
{
	struct place *p = *state;

	database(p, "out/compile_commands.json");
	found_is(p, "out/compile_commands.json");
	database(p, "build/compile_commands.json");
	found_is(p, "build/compile_commands.json");
	assert_int_equal(chdir("src/net"), 0);
	found_is(p, "build/compile_commands.json");
	p->request.database = "../../out";
	place_read(p);
	assert_string_equal(path_base(path_dir(&p->arena, p->in.database)), "out");
	p->request.database = "nothing";
	place_fails(p, "nothing: there is no such file or folder", NULL);
	assert_int_equal(chdir("/"), 0);
	p->request.paths = (const char *const[]){arena_printf(&p->arena, "%s/src", p->dir)};
	p->request.n_paths = 1;
	found_is(p, "build/compile_commands.json");
}

static void paths_are(struct place *p, const char *path, size_t jobs)
{
	const char *paths[] = {path};

	p->request.paths = paths;
	p->request.n_paths = 1;
	place_read(p);
	assert_int_equal(p->in.jobs.n, jobs);
}

static void paths_are_not(struct place *p, const char *path)
{
	const char *paths[] = {"src/a.c", path};

	p->request.paths = paths;
	p->request.n_paths = 2;
	place_fails(p, path, "no unit of the build lies there");
}

static void selects_by_path(void **state)
{
	struct place *p = *state;

	database(p, "compile_commands.json");
	p->request.database = arena_printf(&p->arena, "%s/compile_commands.json", p->dir);
	paths_are(p, "src", 2);
	assert_int_equal(p->in.skipped, 1);
	paths_are(p, "src/net/", 1);
	assert_string_equal(p->in.jobs.v[0].unit, "src/net/b.c");
	paths_are(p, "src/a.c", 1);
	assert_int_equal(p->in.skipped, 0);
	paths_are(p, p->dir, 2);
	paths_are_not(p, "src/ne");
	paths_are_not(p, "elsewhere");
	paths_are_not(p, "src/net/c.S");
	assert_int_equal(symlink("src", "link"), 0);
	paths_are(p, "link/net", 1);
	/* From elsewhere: relative to the root, then to the folder that all sources share. */
	p->request.root = p->dir;
	assert_int_equal(chdir("/"), 0);
	paths_are(p, "src/net", 1);
	paths_are(p, "net/b.c", 1);
}

static void root_is(struct place *p, const char *root)
{
	place_read(p);
	assert_string_equal(p->in.root, path_absolute(&p->arena, p->dir, root));
	assert_string_equal(p->in.jobs.v[0].root, p->in.root);
}

static void finds_the_root(void **state)
{
	struct place *p = *state;

	database(p, "compile_commands.json");
	p->request.database = arena_printf(&p->arena, "%s/compile_commands.json", p->dir);
	root_is(p, ".");
	assert_int_equal(chdir("/"), 0);
	root_is(p, "src");
	assert_int_equal(chdir(p->dir), 0);
	assert_int_equal(chdir("src/net"), 0);
	root_is(p, "src");
	assert_string_equal(p->in.jobs.v[1].unit, "net/b.c");
	place_write(p, "stackcheck.yml", "");
	root_is(p, ".");
	place_write(p, "src/.git", "gitdir: elsewhere");
	root_is(p, "src");
	p->request.root = "..";
	root_is(p, "src");
	p->request.root = "b.c";
	place_fails(p, "the project root b.c is no folder", NULL);
}

static void advises(struct place *p, const char *file, const char *text, const char *name,
		    const char *advice)
{
	place_write(p, file, text);
	place_fails(p, name, advice);
	assert_int_equal(remove(file), 0);
}

static void advice_for_the_build_system(void **state)
{
	struct place *p = *state;

	place_write(p, "empty/x", "");
	p->request.database = "empty";
	place_fails(p, "no build system that is known", "--");
	p->request.database = NULL;
	advises(p, "CMakeLists.txt", "", "CMake", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON");
	advises(p, "meson.build", "", "Meson", "-p build");
	advises(p, "build.ninja", "", "ninja", "ninja -t compdb");
	advises(p, "Makefile", "obj-m := x.o\n", "Kbuild", "make compile_commands.json");
	advises(p, "Makefile", "all: x\n", "make", "bear -- make");
	advises(p, "drv.vcxproj", "", "MSBuild", "--target=x86_64-pc-windows-msvc");
	place_write(p, "sub/x", "");
	place_write(p, "CMakeLists.txt", "");
	assert_int_equal(chdir("sub"), 0);
	place_fails(p, "CMake", p->dir);
}

static void fixed_flags(void **state)
{
	static const char *const flags[] = {"--target=i686-w64-mingw32", "-DDBG=0", "-I", "inc",
					    "-fplugin=x.so"};
	const char *paths[] = {"drv", "drv/a.c", "one.c"};
	struct place *p = *state;

	place_write(p, "drv/z/b.c", "int x;");
	place_write(p, "drv/a.c", "int x;");
	place_write(p, "drv/a.h", "");
	place_write(p, "drv/.hidden/c.c", "");
	place_write(p, "one.c", "int x;");
	p->request.flags = flags;
	p->request.n_flags = 5;
	p->request.paths = paths;
	p->request.n_paths = 3;
	place_read(p);
	assert_int_equal(p->in.jobs.n, 3);
	assert_null(p->in.database);
	assert_string_equal(p->in.jobs.v[0].unit, "drv/a.c");
	assert_string_equal(p->in.jobs.v[1].unit, "drv/z/b.c");
	assert_string_equal(p->in.jobs.v[2].unit, "one.c");
	assert_string_equal(place_argv(p, 2), "--target=i686-w64-mingw32 -DDBG=0 -Iinc");
	assert_string_equal(p->in.jobs.v[2].directory, p->dir);
	assert_non_null(place_dropped(p, "-fplugin"));
	assert_true(p->in.windows_like);
	p->request.n_flags = 0;
	place_read(p);
	assert_int_equal(p->in.jobs.v[0].argc, 1);
}

static void fixed_flags_without_sources(void **state)
{
	static const char *const flags[] = {"-DX"};
	const char *paths[] = {"none"};
	struct place *p = *state;

	p->request.flags = flags;
	p->request.n_flags = 1;
	place_fails(p, "flags after -- need sources", NULL);
	p->request.paths = paths;
	p->request.n_paths = 1;
	place_fails(p, "none: there is no such file or folder", NULL);
	place_write(p, "none/x.h", "");
	place_fails(p, "none: there is no .c file in this folder", NULL);
}

static void many_missing_sources(void **state)
{
	struct place *p = *state;
	const char *all = "";

	for (int i = 0; i < 15; i++)
		all = arena_printf(&p->arena,
				   "%s{\"directory\":\".\",\"file\":\"x%d.c\",\"command\":\"cc\"},",
				   all, i);
	place_write(p, "compile_commands.json", all);
	place_read(p);
	assert_int_equal(p->in.jobs.n, 15);
	assert_int_equal(p->in.warnings.n, 11);
	assert_true(place_warned(p, "5 more sources are missing"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(looks_for_the_database),
		PLACE_TEST(selects_by_path),
		PLACE_TEST(finds_the_root),
		PLACE_TEST(advice_for_the_build_system),
		PLACE_TEST(fixed_flags),
		PLACE_TEST(fixed_flags_without_sources),
		PLACE_TEST(many_missing_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
