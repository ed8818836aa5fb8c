/* Kbuild's .cmd files: a kernel's tree, a part of it, modules out of tree, other projects. */
#include "input_fixture.h"

#define KERNEL_FLAGS                                                                               \
	"-Wp,-MMD,d/.x.o.d -nostdinc -I./include -I/none/include -D__KERNEL__ -O2 "                \
	"-DKBUILD_MODNAME='\"my\"' -D'N(a)=$$x$(pound)'"

static void kernel_tree(struct place *p)
{
	place_write(p, "k/include/x.h", "");
	place_write(p, "k/d/b.c", "int b;");
	place_write(p, "k/d/a.c", "int a;");
	place_write(p, "k/d/.a.o.cmd",
		    "savedcmd_d/a.o := x86_64-linux-gnu-gcc " KERNEL_FLAGS
		    " -c -o d/a.o d/a.c ; ./tools/objtool/objtool --orc d/a.o\n\nsource_d/a.o := "
		    "d/a.c\n");
	place_write(p, "k/d/.b.o.cmd",
		    "cmd_d/b.o := x86_64-linux-gnu-gcc " KERNEL_FLAGS " -c -o d/b.o d/b.c\n");
	place_write(p, "k/d/.my.o.cmd", "cmd_d/my.o := ld -r -o d/my.o d/a.o d/b.o\n");
	place_write(p, "k/d/.e.o.cmd",
		    "cmd_d/e.o := gcc " KERNEL_FLAGS " -D__ASSEMBLY__ -c -o d/e.o d/e.S\n");
	place_write(p, "k/d/.a.s.cmd", "cmd_d/a.s := gcc -D__KERNEL__ -S -o d/a.s d/a.c\n");
	place_write(p, "k/scripts/mod/.modpost.o.cmd",
		    "cmd_scripts/mod/modpost.o := gcc -O2 -c -o scripts/mod/modpost.o "
		    "scripts/mod/modpost.c\n");
	place_write(p, "k/scripts/mod/.empty.o.cmd",
		    "cmd_scripts/mod/empty.o := gcc -D__KERNEL__ -c -o e.o scripts/mod/empty.c\n");
}

static void check_kernel(struct place *p)
{
	const struct job *job = p->in.jobs.v;

	place_read(p);
	job = p->in.jobs.v;
	assert_int_equal(p->in.jobs.n, 2);
	assert_int_equal(p->in.warnings.n, 0);
	assert_true(p->in.linux_like);
	assert_string_equal(job->source, arena_printf(&p->arena, "%s/k/d/a.c", p->dir));
	assert_string_equal(job->object, arena_printf(&p->arena, "%s/k/d/a.o", p->dir));
	assert_string_equal(job->directory, arena_printf(&p->arena, "%s/k", p->dir));
	assert_string_equal(job->module, "my");
	assert_string_equal(place_argv(p, 0),
			    "--target=x86_64-linux-gnu -nostdinc -I./include -I/none/include "
			    "-D__KERNEL__ -O2 -DKBUILD_MODNAME=\"my\" -DN(a)=$x#");
	assert_string_equal(path_base(job[1].source), "b.c");
}

static void in_tree(void **state)
{
	struct place *p = *state;

	kernel_tree(p);
	p->request.database = "k";
	check_kernel(p);
	assert_int_equal(p->in.skipped, 2);
	p->request.database = "k/d";
	check_kernel(p);
	assert_int_equal(p->in.skipped, 0);
}

static void database_wins(void **state)
{
	struct place *p = *state;

	kernel_tree(p);
	place_write(p, "k/compile_commands.json",
		    "[{\"directory\":\".\",\"file\":\"d/a.c\",\"command\":\"cc d/a.c\"}]");
	p->request.database = "k";
	place_read(p);
	assert_int_equal(p->in.jobs.n, 1);
}

static const char *module_command(struct place *p, const char *include)
{
	return arena_printf(&p->arena,
			    "cmd_%s/m/drv.o := gcc -nostdinc -I./include %s -D__KERNEL__ "
			    "-c -o %s/m/drv.o %s/m/drv.c\n",
			    p->dir, include, p->dir, p->dir);
}

/* Before Linux 6.13 make runs in the kernel's tree, which the command or the Makefile names. */
static void out_of_tree(void **state)
{
	struct place *p = *state;

	kernel_tree(p);
	place_write(p, "m/drv.c", "int x;");
	p->request.database = "m";
	place_write(p, "m/.drv.o.cmd",
		    module_command(p, arena_printf(&p->arena, "-I%s/k/include/uapi", p->dir)));
	place_read(p);
	assert_string_equal(p->in.jobs.v[0].directory, arena_printf(&p->arena, "%s/k", p->dir));
	place_write(p, "m/.drv.o.cmd", module_command(p, ""));
	place_write(p, "m/Makefile",
		    arena_printf(&p->arena,
				 "obj-m := drv.o\nKDIR ?= %s/k\nall:\n\tmake -C $(KDIR)\n",
				 p->dir));
	place_read(p);
	assert_string_equal(p->in.jobs.v[0].directory, arena_printf(&p->arena, "%s/k", p->dir));
	assert_int_equal(p->in.warnings.n, 0);
}

static void kernel_is_gone(void **state)
{
	struct place *p = *state;

	place_write(p, "m/drv.c", "int x;");
	place_write(p, "m/.drv.o.cmd", module_command(p, "-I./include/no-such-folder"));
	p->request.database = "m";
	place_write(p, "m/Makefile", "obj-m := drv.o\n");
	place_read(p);
	assert_string_equal(p->in.jobs.v[0].directory, arena_printf(&p->arena, "%s/m", p->dir));
	assert_true(place_warned(p, "cannot find the kernel tree in which make ran"));
}

/* Since Linux 6.13 make runs in the module's folder. */
static void out_of_tree_since_6_13(void **state)
{
	struct place *p = *state;

	kernel_tree(p);
	place_write(p, "m/drv.c", "int x;");
	place_write(p, "m/.drv.o.cmd",
		    arena_printf(
			    &p->arena,
			    "savedcmd_drv.o := gcc -I%s/k/include -D__KERNEL__ -c -o drv.o drv.c\n",
			    p->dir));
	p->request.database = "m";
	place_read(p);
	assert_string_equal(p->in.jobs.v[0].source, arena_printf(&p->arena, "%s/m/drv.c", p->dir));
	assert_string_equal(p->in.jobs.v[0].directory, arena_printf(&p->arena, "%s/m", p->dir));
}

static void no_kernel_objects(void **state)
{
	struct place *p = *state;

	place_write(p, "bb/x.c", "int x;");
	place_write(p, "bb/.x.o.cmd", "cmd_x.o := gcc -Os -c -o x.o x.c\n");
	place_write(p, "bb/.broken.o.cmd", "cmd_broken.o\n");
	place_write(p, "bb/.empty.o.cmd", "");
	p->request.database = "bb";
	place_read(p);
	assert_int_equal(p->in.jobs.n, 1);
	assert_int_equal(remove("bb/.x.o.cmd"), 0);
	place_fails(p, "there is no compile database in", "no .cmd file of a Kbuild build");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(in_tree),
		PLACE_TEST(database_wins),
		PLACE_TEST(out_of_tree),
		PLACE_TEST(kernel_is_gone),
		PLACE_TEST(out_of_tree_since_6_13),
		PLACE_TEST(no_kernel_objects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
