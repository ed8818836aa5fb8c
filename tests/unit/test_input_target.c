/* The target of a command, and cl.exe's command language. */
#include "input_fixture.h"
#include "input/target.h"

#include <sys/utsname.h>

static void target_is(struct place *p, const char *command, const char *target)
{
	const char *first;

	place_write(p, "a.c", "int x;");
	place_command(p, "a.c", command);
	place_read(p);
	first = p->in.jobs.v[0].argv[0];
	assert_string_equal(p->in.jobs.v[0].target, target);
	assert_string_equal(first, arena_printf(&p->arena, "--target=%s", target));
}

static void from_the_command(void **state)
{
	struct place *p = *state;

	target_is(p, "gcc --target=riscv64-linux-gnu a.c", "riscv64-linux-gnu");
	target_is(p, "clang -target arm-none-eabi a.c", "arm-none-eabi");
	target_is(p, "arm-linux-gnueabihf-gcc-12 a.c", "arm-linux-gnueabihf");
	target_is(p, "/opt/x/bin/aarch64-linux-gnu-gcc a.c", "aarch64-linux-gnu");
	target_is(p, "i686-w64-mingw32-gcc-12-win32 a.c", "i686-w64-mingw32");
	target_is(p, "x86_64-w64-mingw32-gcc-posix a.c", "x86_64-w64-mingw32");
	target_is(p, "i686-w64-mingw32-gcc --target=x86_64-linux-gnu a.c", "x86_64-linux-gnu");
	target_is(p, "x86_64-linux-gnu-gcc -m32 a.c", "i386-linux-gnu");
	target_is(p, "clang --target=x86_64-linux-gnu -m32 -m64 a.c", "x86_64-linux-gnu");
	target_is(p, "clang --target=x86_64-pc-windows-msvc -m32 a.c", "i686-pc-windows-msvc");
	target_is(p, "clang --target=i386-linux-gnu -m64 a.c", "x86_64-linux-gnu");
	target_is(p, "clang --target=x86_64-linux-gnu -m16 a.c", "i386-linux-code16");
	target_is(p, "clang --target=x86_64-linux-gnu -mx32 a.c", "x86_64-linux-gnux32");
	target_is(p, "clang --target=aarch64-linux-gnu -m32 a.c", "aarch64-linux-gnu");
	p->request.target = "s390x-linux-gnu";
	target_is(p, "i686-w64-mingw32-gcc -m64 a.c", "s390x-linux-gnu");
}

static void of_this_machine(void **state)
{
	struct place *p = *state;
	struct utsname u;

	uname(&u);
	target_is(p, "afl-gcc a.c", arena_printf(&p->arena, "%s-linux-gnu", u.machine));
	target_is(p, "ccache /usr/bin/cc a.c", arena_printf(&p->arena, "%s-linux-gnu", u.machine));
}

static void kinds_of_system(void **state)
{
	struct place *p = *state;

	target_is(p, "x86_64-linux-gnu-gcc a.c", "x86_64-linux-gnu");
	assert_false(p->in.linux_like || p->in.windows_like);
	target_is(p, "x86_64-linux-gnu-gcc -D__KERNEL__ a.c", "x86_64-linux-gnu");
	assert_true(p->in.linux_like && !p->in.windows_like);
	target_is(p, "x86_64-linux-gnu-gcc -I/opt/mingw/include/ddk a.c", "x86_64-linux-gnu");
	assert_true(!p->in.linux_like && p->in.windows_like);
	target_is(p, "x86_64-w64-mingw32-gcc a.c", "x86_64-w64-mingw32");
	assert_true(!p->in.linux_like && p->in.windows_like);
}

static void modules(void **state)
{
	static const char *const spelled[] = {
		"-DKBUILD_MODNAME='\"nvme_core\"'",
		"-DKBUILD_MODNAME=nvme_core",
		"-D KBUILD_MODNAME='\"nvme_core\"'",
		"-D\"KBUILD_MODNAME=KBUILD_STR(nvme_core)\"",
	};
	struct place *p = *state;

	for (size_t i = 0; i < sizeof(spelled) / sizeof(spelled[0]); i++) {
		target_is(p, arena_printf(&p->arena, "x86_64-linux-gnu-gcc %s a.c", spelled[i]),
			  "x86_64-linux-gnu");
		assert_string_equal(p->in.jobs.v[0].module, "nvme_core");
	}
}

#define CL "--target=%s -fms-extensions -fms-compatibility -fms-compatibility-version=19.%s -D_MT"

static void cl_is(struct place *p, const char *command, const char *target, const char *version,
		  const char *rest)
{
	const char *expected =
		arena_printf(&p->arena, CL "%s%s", target, version, *rest ? " " : "", rest);
	const char *got;

	target_is(p, command, target);
	got = place_argv(p, 0);
	if (strcmp(got, expected))
		fail_msg("%s: got \"%s\", expected \"%s\"", command, got, expected);
}

static void cl_commands(void **state)
{
	struct place *p = *state;
	const char *x86 = "i686-pc-windows-msvc", *x64 = "x86_64-pc-windows-msvc";

	cl_is(p,
	      "\"C:\\VS\\VC\\Tools\\MSVC\\14.29.30133\\bin\\HostX64\\x86\\cl.exe\" /nologo /c /W4 "
	      "/wd4100 "
	      "/DN=\\\"v\\\" /D M=1 /Iinc\\x /FIpre.h /O2 /Gz /Zp8 /std:c17 /kernel /Zi /Fdx.pdb "
	      "/Foobj\\ a.c /link x.lib",
	      x86, "29",
	      "-DN=\"v\" -DM=1 -Iinc/x -include pre.h -O3 -ffunction-sections -fomit-frame-pointer "
	      "-mrtd -fpack-struct=8 -std=c17 -D_KERNEL_MODE=1 -fstack-protector-strong");
	assert_string_equal(p->in.jobs.v[0].object,
			    arena_printf(&p->arena, "%s/obj/a.obj", p->dir));
	assert_string_equal(place_dropped(p, "/Fd"), "writes files");
	assert_string_equal(place_dropped(p, "/wd"), "warnings do not change code");
	assert_true(p->in.windows_like);
	cl_is(p, "cl /c /O2 /Oy- /GS- /Gz a.c", x64, "33", "-O3 -ffunction-sections");
	cl_is(p, "cl.exe /MDd /GS- /J /X /Ob0 /Oi- /Od /external:I e /I i /Tca.c", x64, "33",
	      "-funsigned-char -nostdlibinc -fno-inline -fno-builtin -O0 -isystem e -Ii -x c "
	      "-D_DLL "
	      "-D_DEBUG");
	cl_is(p, "clang-cl --target=i686-pc-windows-msvc /O1 /Oy- /GS- /arch:SSE2 /clang:-O2 a.c",
	      x86, "33",
	      "-Os -ffunction-sections -fomit-frame-pointer -fno-omit-frame-pointer "
	      "-march=pentium4 -O2");
	cl_is(p,
	      "clang --driver-mode=cl -m32 /GS- -Xclang -load -Xclang x.so -mllvm -x -isystem /s "
	      "a.c",
	      x86, "33", "-isystem /s");
	cl_is(p, "\"D:\\vc\\bin\\amd64_x86\\CL.EXE\" /GS- /U X /Fpx.pch /Yupch.h a.c", x86, "33",
	      "-UX");
	cl_is(p, "\"D:\\vc\\bin\\Hostx64\\arm64\\cl.exe\" /GS- /clang:-fplugin=x.so /clang:-o a.c",
	      "aarch64-pc-windows-msvc", "33", "");
}

static void cl_other_files(void **state)
{
	struct place *p = *state;

	place_command(p, "a.c", "cl /c /TP a.c");
	place_fails(p, "none of its 1 commands compiles C", NULL);
	place_command(p, "a.c", "cl /E a.c");
	place_fails(p, "none of its 1 commands compiles C", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(from_the_command), PLACE_TEST(of_this_machine),
		PLACE_TEST(kinds_of_system),  PLACE_TEST(modules),
		PLACE_TEST(cl_commands),      PLACE_TEST(cl_other_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
