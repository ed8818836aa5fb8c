#include "extract/layout.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/*
 * The remark of one function:
 *
 *	a.c:3:1: remark:
 *	Function: f
 *	Offset: [SP-72], Type: Variable, Align: 16, Size: 64
 *	    buf @ a.c:3
 *	Offset: [SP-16], Type: VariableSized, Align: 1, Size: 0 [-Rpass-analysis=stack-frame-layout]
 *
 * With scalable vectors an offset reads [SP-16-8 x vscale]: only its fixed part is taken.
 */

static const char *line_end(const char *s)
{
	const char *end = strchr(s, '\n');

	return end ? end : s + strlen(s);
}

/* "Variable" etc. up to the comma; false for incoming arguments and unknown words. */
static bool parse_kind(const char *s, enum part_kind *kind)
{
	static const struct {
		const char *word;
		enum part_kind kind;
	} words[] = {{"VariableSized", PART_DYNAMIC},
		     {"Variable", PART_VARIABLE},
		     {"Spill", PART_SPILL},
		     {"Protector", PART_PROTECTOR}};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!str_starts(s, words[i].word))
			continue;
		*kind = words[i].kind;
		return true;
	}
	return false;
}

/* "Offset: [SP-72], Type: Variable, Align: 16, Size: 64" */
static bool parse_slot(const char *s, struct layout_slot *slot)
{
	const char *end = line_end(s), *offset = strstr(s, "[SP"), *kind = strstr(s, "Type: "),
		   *size = strstr(s, "Size: ");

	if (!offset || !kind || !size || offset > end || kind > end || size > end ||
	    !parse_kind(kind + strlen("Type: "), &slot->kind))
		return false;
	slot->offset = strtoll(offset + strlen("[SP"), NULL, 10);
	slot->bytes = strtoll(size + strlen("Size: "), NULL, 10);
	return slot->offset < 0;
}

/* "    buf @ a.c:3": the first variable names the slot (colouring may put several into one). */
static void parse_name(struct arena *a, const char *s, struct layout_slot *slot)
{
	const char *end = line_end(s), *at = strstr(s, " @ "), *colon;

	if (!at || at > end || slot->name)
		return;
	s += strspn(s, " ");
	slot->name = arena_strndup(a, s, (size_t)(at - s));
	at += strlen(" @ ");
	colon = memrchr(at, ':', (size_t)(end - at));
	if (!colon)
		return;
	slot->file = arena_strndup(a, at, (size_t)(colon - at));
	slot->line = (uint32_t)strtoul(colon + 1, NULL, 10);
}

void layout_read(struct layout *l, struct arena *a, const char *log)
{
	const char *function = NULL;
	bool in_slot = false;

	for (const char *s = log; *s;) {
		const char *end = line_end(s);
		struct layout_slot slot = {0};

		if (str_starts(s, "Function: ")) {
			s += strlen("Function: ");
			s += *s == '\1';
			function = arena_strndup(a, s, strcspn(s, " \n"));
			in_slot = false;
		} else if (function && str_starts(s, "Offset: ")) {
			in_slot = parse_slot(s, &slot);
			slot.function = function;
			if (in_slot)
				*vec_push(&l->slots) = slot;
		} else if (in_slot && str_starts(s, "    ")) {
			parse_name(a, s, &l->slots.v[l->slots.n - 1]);
		} else {
			in_slot = false;
		}
		s = *end ? end + 1 : end;
	}
}

void layout_release(struct layout *l)
{
	vec_release(&l->slots);
}
