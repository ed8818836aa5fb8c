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

/*
 * "Variable" etc. up to the comma; false for unknown words. "Fixed" are incoming arguments; those below SP at entry are
 * registers that a function with variable arguments stores.
 */
static bool parse_kind(const char *s, enum part_kind *kind)
{
	static const struct {
		const char *word;
		enum part_kind kind;
	} words[] = {{"VariableSized", PART_DYNAMIC},
		     {"Variable", PART_VARIABLE},
		     {"Spill", PART_SPILL},
		     {"Protector", PART_PROTECTOR},
		     {"Fixed", PART_VARIABLE}};

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

/* "    buf @ a.c:3" names the newest slot; of a variable slot that has a name already, another variable. */
static void parse_name(struct layout *l, struct arena *a, const char *s)
{
	const char *end = line_end(s), *at = strstr(s, " @ "), *colon;
	struct layout_slot *slot = &l->slots.v[l->slots.n - 1];

	if (!at || at > end || (slot->name && slot->kind != PART_VARIABLE))
		return;
	if (slot->name) {
		slot->shared = true;
		vec_push(&l->slots);
		slot = &l->slots.v[l->slots.n - 1];
		*slot = slot[-1];
		slot->file = NULL;
		slot->line = 0;
	}
	s += strspn(s, " ");
	slot->name = arena_strndup(a, s, (size_t)(at - s));
	at += strlen(" @ ");
	colon = memrchr(at, ':', (size_t)(end - at));
	if (!colon)
		return;
	slot->file = arena_strndup(a, at, (size_t)(colon - at));
	slot->line = (uint32_t)strtoul(colon + 1, NULL, 10);
}

/* Behind LLVM's mark of a name that is decorated already; clang prints it so in diagnostics. */
static const char *plain_symbol(const char *s)
{
	static const char mark[] = "<U+0001>";

	if (str_starts(s, mark))
		return s + strlen(mark);
	return s + (*s == '\1');
}

void layout_read(struct layout *l, struct arena *a, const char *log)
{
	const char *function = NULL;
	bool in_slot = false;

	for (const char *s = log; *s;) {
		const char *end = line_end(s);
		struct layout_slot slot = {0};

		if (str_starts(s, "Function: ")) {
			s = plain_symbol(s + strlen("Function: "));
			function = arena_strndup(a, s, strcspn(s, " \n"));
			*vec_push(&l->functions) = function;
			in_slot = false;
		} else if (function && str_starts(s, "Offset: ")) {
			in_slot = parse_slot(s, &slot);
			slot.function = function;
			if (in_slot)
				*vec_push(&l->slots) = slot;
		} else if (in_slot && str_starts(s, "    ")) {
			parse_name(l, a, s);
		} else {
			in_slot = false;
		}
		s = *end ? end + 1 : end;
	}
}

/* "a.c:3:f\t72\tstatic", where the file's name may hold colons; a symbol cannot. */
void layout_read_usage(struct layout *l, struct arena *a, const char *text)
{
	for (const char *s = text, *end; *s; s = *end ? end + 1 : end) {
		const char *tab, *name;
		char *number;
		int64_t bytes;

		end = line_end(s);
		tab = memchr(s, '\t', (size_t)(end - s));
		name = tab ? memrchr(s, ':', (size_t)(tab - s)) : NULL;
		if (!name)
			continue;
		name = plain_symbol(name + 1);
		bytes = strtoll(tab + 1, &number, 10);
		if (name < tab && number > tab + 1 && *number == '\t')
			*vec_push(&l->usages) = (struct layout_usage){
				arena_strndup(a, name, (size_t)(tab - name)), bytes};
	}
}

void layout_release(struct layout *l)
{
	vec_release(&l->slots);
	vec_release(&l->functions);
	vec_release(&l->usages);
}
