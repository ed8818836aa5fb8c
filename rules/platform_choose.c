/*
 * The platform of a run, when the user names none.
 *
 * Which kernel it is: a Windows triple means Windows, as nothing else is built for one with a
 * driver's headers. A Linux triple proves little, since it is what every compiler on a Linux host
 * targets by default; the sources must look like a kernel's. Windows sources parsed for another
 * triple are still a Windows driver. Anything else is "generic". Which machine it is: the first
 * word of the triple. A pair that no platform file describes is "generic" too.
 */
#include "rules/platform.h"
#include "base/text.h"

#include <string.h>

enum kernel { KERNEL_OTHER, KERNEL_LINUX, KERNEL_WINDOWS, KERNEL_COUNT };

static enum kernel kernel_of(const char *triple, bool linux_like, bool windows_like)
{
	if (strstr(triple, "-windows") || strstr(triple, "-mingw32") || strstr(triple, "-win32"))
		return KERNEL_WINDOWS;
	if (linux_like)
		return KERNEL_LINUX;
	return windows_like ? KERNEL_WINDOWS : KERNEL_OTHER;
}

struct machine {
	const char *prefix; /* of the triple's first word; the longest ones first */
	bool whole; /* the word must be equal */
	const char *platform[KERNEL_COUNT]; /* NULL: no file for it */
};

static const struct machine machines[] = {
	{"x86_64", true, {NULL, "linux-x86_64", "windows-x64"}},
	{"amd64", true, {NULL, "linux-x86_64", "windows-x64"}},
	{"aarch64_be", true, {NULL, "linux-arm64", NULL}},
	{"aarch64", true, {NULL, "linux-arm64", "windows-arm64"}},
	{"arm64ec", true, {NULL, NULL, "windows-arm64"}},
	{"arm64", true, {NULL, "linux-arm64", "windows-arm64"}},
	{"riscv64", true, {NULL, "linux-riscv64", NULL}},
	{"arm", false, {NULL, "linux-arm", NULL}},
	{"thumb", false, {NULL, "linux-arm", NULL}},
	{"i386", true, {NULL, "linux-i386", "windows-x86"}},
	{"i486", true, {NULL, "linux-i386", "windows-x86"}},
	{"i586", true, {NULL, "linux-i386", "windows-x86"}},
	{"i686", true, {NULL, "linux-i386", "windows-x86"}},
	{"x86", true, {NULL, "linux-i386", "windows-x86"}},
};

const char *platform_choose(const char *triple, bool linux_like, bool windows_like)
{
	enum kernel kernel = kernel_of(triple, linux_like, windows_like);
	size_t len = strcspn(triple, "-");

	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		const struct machine *m = &machines[i];

		if (!strncmp(triple, m->prefix, strlen(m->prefix)) &&
		    (!m->whole || len == strlen(m->prefix)))
			return m->platform[kernel] ? m->platform[kernel] : "generic";
	}
	return "generic";
}
