/* Parts of a model that more than one reader needs. */
#include "rules/model_file.h"
#include "base/text.h"

#include <string.h>

static const char *const slot_kinds[] = {"field:", "var:", "local:", "param:", "return:"};
static const char *const function_kinds[] = {"symbol:", "role:", "section:"};

static bool begins_with(const char *pattern, const char *const *kinds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_starts(pattern, kinds[i]) && pattern[strlen(kinds[i])])
			return true;
	}
	return false;
}

static bool is_slot(const char *pattern)
{
	return begins_with(pattern, slot_kinds, sizeof(slot_kinds) / sizeof(slot_kinds[0]));
}

const char *model_pattern_problem(const char *pattern)
{
	const char *dot = strchr(pattern, '.');

	if (!is_slot(pattern) && !begins_with(pattern, function_kinds,
					      sizeof(function_kinds) / sizeof(function_kinds[0])))
		return "does not begin with field:, var:, local:, param:, return:, symbol:, role: "
		       "or "
		       "section: and a name";
	if (str_starts(pattern, "field:") && !dot && !strchr(pattern, '*'))
		return "names no member: write field:struct TAG.MEMBER, or .* for all";
	if (str_starts(pattern, "param:") && !strchr(pattern, '#'))
		return "names no parameter: write param:FUNCTION#NUMBER, from 0";
	return NULL;
}

void model_add_entry(struct model *m, const struct model_entry *entry)
{
	struct model_entry *x = vec_push(&m->entries);

	*x = *entry;
	if (!is_slot(entry->pattern) || strchr(entry->pattern, '@') ||
	    str_ends(entry->pattern, "*"))
		return;
	x = vec_push(&m->entries);
	*x = *entry;
	x->pattern = arena_printf(&m->arena, "%s@*", entry->pattern);
}

enum entry_stack entry_stack_find(const char *name)
{
	for (int i = 0; i < STACK_COUNT; i++) {
		if (!strcmp(entry_stack_name((enum entry_stack)i), name))
			return (enum entry_stack)i;
	}
	return STACK_COUNT;
}
