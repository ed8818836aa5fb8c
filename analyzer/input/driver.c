#include "input/driver.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>

void driver_name(const char *program, char name[DRIVER_NAME_SIZE])
{
	const char *base = program;
	size_t n = 0;

	for (const char *p = program; *p; p++) {
		if (*p == '/' || *p == '\\')
			base = p + 1;
	}
	for (; base[n] && n < DRIVER_NAME_SIZE - 1; n++)
		name[n] = (char)tolower((unsigned char)base[n]);
	name[n] = '\0';
	if (n > 4 && !strcmp(name + n - 4, ".exe"))
		name[n - 4] = '\0';
}

bool driver_is_launcher(const char *name)
{
	static const char *const names[] = {"ccache", "sccache", "distcc", "icecc", "buildcache",
					    "env",    "nice",	 "time",   "gomacc"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(name, names[i]))
			return true;
	}
	return false;
}

bool driver_is_msvc(const char *name)
{
	return !strcmp(name, "cl") || str_starts(name, "clang-cl");
}

bool driver_is_windows(const char *program)
{
	char name[DRIVER_NAME_SIZE];
	size_t n = strlen(program);

	driver_name(program, name);
	if (driver_is_msvc(name))
		return true;
	if (isalpha((unsigned char)program[0]) && program[1] == ':' &&
	    (program[2] == '\\' || program[2] == '/'))
		return true;
	if (n > 4 && !strcasecmp(program + n - 4, ".exe"))
		return true;
	return strchr(program, '\\') && !strchr(program, '/');
}
