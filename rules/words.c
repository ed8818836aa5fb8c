#include "rules/words.h"
#include "base/text.h"

#include <stdlib.h>
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

/* "RECORD.MEMBER": the record's name holds no point, but it may have a tag's keyword before it. */
static const char *member_words(struct arena *a, const char *place, int n)
{
	int record = (int)strcspn(place, ".");

	if (record >= n)
		return arena_printf(a, "%.*s", n, place);
	if (memchr(place, '<', (size_t)record))
		return arena_printf(a, "the member %.*s of a structure without a name",
				    n - record - 1, place + record + 1);
	return arena_printf(a, "the member %.*s of %.*s", n - record - 1, place + record + 1,
			    record, place);
}

static const char *variable_words(struct arena *a, const char *place, int n, const char *kind)
{
	int owner = (int)strcspn(place, ".");

	if (owner >= n)
		return arena_printf(a, "the variable %.*s", n, place);
	if (place[owner + 1] == '<')
		return arena_printf(a, "a pointer chosen in %.*s", owner, place);
	return arena_printf(a, "the %s variable %.*s of %.*s", kind, n - owner - 1,
			    place + owner + 1, owner, place);
}

/* People count from 1. */
static const char *parameter_words(struct arena *a, const char *place, int n)
{
	const char *hash = memrchr(place, '#', (size_t)n);
	int owner = hash ? (int)(hash - place) : n;

	if (!hash || hash[1] == '.')
		return arena_printf(a, "the variable arguments of %.*s", owner, place);
	if (*place == '(')
		return arena_printf(a, "parameter %lu of the functions in %.*s",
				    strtoul(hash + 1, NULL, 10) + 1, owner - 2, place + 1);
	return arena_printf(a, "parameter %lu of %.*s", strtoul(hash + 1, NULL, 10) + 1, owner,
			    place);
}

static const char *one_slot(struct arena *a, const char *slot, int n)
{
	const char *place = memchr(slot, ':', (size_t)n), *file;
	int kind = place ? (int)(place++ - slot) : 0;

	if (!place)
		return arena_printf(a, "%.*s", n, slot);
	file = *place == '(' ? NULL : memchr(place, '@', (size_t)(slot + n - place));
	n = (int)((file ? file : slot + n) - place);
	if (!strncmp(slot, "field", (size_t)kind))
		return member_words(a, place, n);
	if (!strncmp(slot, "param", (size_t)kind))
		return parameter_words(a, place, n);
	if (!strncmp(slot, "return", (size_t)kind))
		return arena_printf(a, "the result of %.*s", n, place);
	return variable_words(a, place, n, strncmp(slot, "var", (size_t)kind) ? "local" : "static");
}

const char *words_slot(struct arena *a, const char *slot)
{
	const char *text = "";

	for (size_t n; *slot; slot += n + (slot[n] == '|')) {
		n = strcspn(slot, "|");
		text = arena_printf(a, "%s%s%s", text, *text ? " or " : "",
				    one_slot(a, slot, (int)n));
	}
	return text;
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
