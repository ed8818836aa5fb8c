#include "rules/words.h"
#include "base/text.h"

#include <string.h>

const char *words_count(struct arena *a, uint64_t n, const char *noun)
{
	return arena_printf(a, "%s %s%s", text_thousands(a, (long long)n), noun, n == 1 ? "" : "s");
}

const char *words_bytes(struct arena *a, int64_t bytes)
{
	return words_count(a, (uint64_t)bytes, "byte");
}

const char *words_units(struct arena *a, uint32_t n_units)
{
	return n_units > 1 ? arena_printf(a, " (in %s)", words_count(a, n_units, "unit")) : "";
}

const char *words_note(struct arena *a, const char *note)
{
	return note && *note ? arena_printf(a, ": %s", note) : "";
}

size_t words_source_len(const char *unit)
{
	size_t len = strlen(unit), end = len;

	while (end && unit[end - 1] >= '0' && unit[end - 1] <= '9')
		end--;
	return end && end < len && unit[end - 1] == '#' ? end - 1 : len;
}

const char *words_advice(const struct platform *p, const struct advice *advice)
{
	if (str_starts(p->name, "windows"))
		return advice->windows;
	if (str_starts(p->name, "linux"))
		return advice->linux;
	return advice->other;
}
