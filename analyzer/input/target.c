#include "input/target.h"
#include "base/text.h"
#include "input/driver.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

enum { TRIPLE_SIZE = 160 };

/* Architectures that begin the name of a cross compiler, and their 32-bit and 64-bit twins. */
static const struct arch {
	const char *name, *narrow, *wide;
} archs[] = {
	{"x86_64", "i386", "x86_64"},
	{"i386", "i386", "x86_64"},
	{"i486", "i486", "x86_64"},
	{"i586", "i586", "x86_64"},
	{"i686", "i686", "x86_64"},
	{"aarch64", NULL, NULL},
	{"aarch64_be", NULL, NULL},
	{"arm64", NULL, NULL},
	{"arm", NULL, NULL},
	{"armeb", NULL, NULL},
	{"armv5", NULL, NULL},
	{"armv6", NULL, NULL},
	{"armv7", NULL, NULL},
	{"armv7a", NULL, NULL},
	{"armv7l", NULL, NULL},
	{"armv8l", NULL, NULL},
	{"thumbv7", NULL, NULL},
	{"riscv32", "riscv32", "riscv64"},
	{"riscv64", "riscv32", "riscv64"},
	{"powerpc", "powerpc", "powerpc64"},
	{"powerpc64", "powerpc", "powerpc64"},
	{"powerpc64le", "powerpcle", "powerpc64le"},
	{"ppc64le", "ppcle", "ppc64le"},
	{"mips", "mips", "mips64"},
	{"mipsel", "mipsel", "mips64el"},
	{"mips64", "mips", "mips64"},
	{"mips64el", "mipsel", "mips64el"},
	{"s390x", NULL, NULL},
	{"sparc", "sparc", "sparcv9"},
	{"sparc64", "sparc", "sparcv9"},
	{"loongarch64", NULL, NULL},
	{"m68k", NULL, NULL},
	{"hexagon", NULL, NULL},
	{"avr", NULL, NULL},
	{"msp430", NULL, NULL},
};

static const struct arch *find_arch(const char *triple)
{
	size_t n = strcspn(triple, "-");

	for (size_t i = 0; i < sizeof(archs) / sizeof(archs[0]); i++) {
		if (strlen(archs[i].name) == n && !strncmp(archs[i].name, triple, n))
			return &archs[i];
	}
	return NULL;
}

/* Cuts "-12", "-12.3" or "-win32", "-posix" (Debian's mingw) off a program's name. */
static void cut_version(char *name)
{
	for (char *dash; (dash = strrchr(name, '-'));) {
		bool number = dash[1] && !dash[1 + strspn(dash + 1, "0123456789.")];

		if (!number && strcmp(dash, "-win32") && strcmp(dash, "-posix"))
			break;
		*dash = '\0';
	}
}

const char *target_from_program(struct words *w, const char *program)
{
	static const char *const compilers[] = {"-gcc",	    "-cc",	 "-clang", "-g++", "-c++",
						"-clang++", "-clang-cl", "-tcc",   "-icx"};
	char name[DRIVER_NAME_SIZE];

	driver_name(program, name);
	cut_version(name);
	for (size_t i = 0; i < sizeof(compilers) / sizeof(compilers[0]); i++) {
		if (!str_ends(name, compilers[i]))
			continue;
		name[strlen(name) - strlen(compilers[i])] = '\0';
		return strchr(name, '-') && find_arch(name) ? words_text(w, name) : NULL;
	}
	return NULL;
}

static bool is_slash(char c)
{
	return c == '/' || c == '\\';
}

/* The folder of cl.exe is its target's name, before Visual Studio 2017 <host>_<target>. */
const char *target_from_cl(struct words *w, const char *program)
{
	const char *end = program + strlen(program), *begin;
	const char *prefixed = target_from_program(w, program);
	char folder[16];
	size_t n = 0;

	if (prefixed)
		return prefixed;
	while (end > program && !is_slash(end[-1]))
		end--;
	while (end > program && is_slash(end[-1]))
		end--;
	for (begin = end; begin > program && !is_slash(begin[-1]) && begin[-1] != '_';)
		begin--;
	for (; begin + n < end && n < sizeof(folder) - 1; n++)
		folder[n] = (char)tolower((unsigned char)begin[n]);
	folder[n] = '\0';
	if (!strcmp(folder, "x86"))
		return words_text(w, "i686-pc-windows-msvc");
	if (!strcmp(folder, "arm64"))
		return words_text(w, "aarch64-pc-windows-msvc");
	if (!strcmp(folder, "arm"))
		return words_text(w, "thumbv7-pc-windows-msvc");
	return words_text(w, "x86_64-pc-windows-msvc");
}

/* -m16 is i386 with the "code16" environment; -mx32 is x86_64 with "gnux32". */
static const char *with_environment(struct words *w, const char *arch, const char *rest,
				    const char *environment)
{
	const char *dash = strrchr(rest, '-');
	char triple[TRIPLE_SIZE];

	snprintf(triple, sizeof(triple), "%s%.*s-%s", arch, (int)(dash ? dash - rest : 0), rest,
		 environment);
	return words_text(w, triple);
}

const char *target_with_bits(struct words *w, const char *triple, int bits)
{
	const struct arch *arch = find_arch(triple);
	const char *rest = triple + strcspn(triple, "-");
	const char *name;
	char changed[TRIPLE_SIZE];

	if (!bits || !arch || !arch->narrow)
		return triple;
	if ((bits == 16 || bits == 33) && strcmp(arch->wide, "x86_64"))
		return triple;
	if (bits == 16)
		return with_environment(w, "i386", rest, "code16");
	if (bits == 33)
		return with_environment(w, "x86_64", rest, "gnux32");
	name = bits == 32 ? arch->narrow : arch->wide;
	if (bits == 32 && !strcmp(arch->name, "x86_64") &&
	    (strstr(rest, "windows") || strstr(rest, "mingw")))
		name = "i686";
	snprintf(changed, sizeof(changed), "%s%s", name, rest);
	return words_text(w, changed);
}

const char *target_host(struct words *w)
{
	char triple[TRIPLE_SIZE];
	struct utsname u;

	if (uname(&u))
		return words_text(w, "x86_64-linux-gnu");
	if (u.machine[0] == 'i' && !strcmp(u.machine + 2, "86"))
		return words_text(w, "i386-linux-gnu");
	if (!strncmp(u.machine, "armv", 4))
		return words_text(w, "arm-linux-gnueabihf");
	if (!strcmp(u.machine, "ppc64le"))
		return words_text(w, "powerpc64le-linux-gnu");
	snprintf(triple, sizeof(triple), "%s-linux-gnu", u.machine);
	return words_text(w, triple);
}

bool target_cl_is_x86_32(struct words *w, const char *program, const uint32_t *ids, size_t n)
{
	const char *triple = target_from_cl(w, program);
	int bits = 0;

	for (size_t i = 0; i < n; i++) {
		const char *text = words_at(w, ids[i]);

		if (str_starts(text, "--target="))
			triple = text + strlen("--target=");
		else if (!strcmp(text, "-m32"))
			bits = 32;
		else if (!strcmp(text, "-m64"))
			bits = 64;
	}
	triple = target_with_bits(w, triple, bits);
	return triple[0] == 'i' && triple[2] == '8';
}
