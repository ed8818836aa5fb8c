#include "program/model.h"

#include "base/text.h"

#include <string.h>

/* Look-ups in what is known beside the sources. */

const char *entry_stack_name(enum entry_stack s)
{
	static const char *const names[STACK_COUNT] = {"thread", "interrupt", "deferred",
						       "worker", "own",	      "segment"};

	return names[s];
}

/* A star that fails takes one byte more and tries again; only the last one ever needs to. */
bool pattern_fits(const char *pattern, const char *text)
{
	const char *star = NULL, *taken = NULL;

	for (;;) {
		if (*pattern == '*') {
			star = pattern++;
			taken = text;
		} else if (*pattern == *text) {
			if (!*text)
				return true;
			pattern++;
			text++;
		} else if (star && *taken) {
			pattern = star + 1;
			text = ++taken;
		} else {
			return false;
		}
	}
}

void model_index(struct model *m)
{
	for (size_t i = 0; i < m->externals.n; i++) {
		const char *symbol = m->externals.v[i].symbol;

		if (strchr(symbol, '*'))
			*vec_push(&m->globs) = (uint32_t)i;
		else
			*map_put_str(&m->by_symbol, symbol, NULL) = i + 1;
	}
}

static const struct model_external *find_exact(const struct model *m, const char *symbol)
{
	uint64_t *index = map_find_str(&m->by_symbol, symbol);

	return index ? &m->externals.v[*index - 1] : NULL;
}

const char *model_plain_symbol(struct arena *a, const char *symbol)
{
	const char *s = symbol;
	size_t n, digits;

	if (str_starts(s, "__imp_"))
		s += strlen("__imp_");
	n = strlen(s);
	for (digits = 0; digits < n && s[n - 1 - digits] >= '0' && s[n - 1 - digits] <= '9';)
		digits++;
	if ((*s == '_' || *s == '@') && digits && n > digits + 2 && s[n - 1 - digits] == '@')
		return arena_strndup(a, s + 1, n - digits - 2);
	return s == symbol ? symbol : arena_strdup(a, s);
}

static const struct model_external *find_glob(const struct model *m, const char *symbol)
{
	for (size_t i = m->globs.n; i-- > 0;)
		if (pattern_fits(m->externals.v[m->globs.v[i]].symbol, symbol))
			return &m->externals.v[m->globs.v[i]];
	return NULL;
}

const struct model_external *model_external_find(const struct model *m, const char *symbol)
{
	const struct model_external *x = find_exact(m, symbol);
	struct arena scratch = {0};
	const char *plain;

	if (x)
		return x;
	plain = model_plain_symbol(&scratch, symbol);
	if (plain != symbol)
		x = find_exact(m, plain);
	if (!x)
		x = find_glob(m, symbol);
	if (!x && plain != symbol)
		x = find_glob(m, plain);
	arena_release(&scratch);
	return x;
}

const struct model_entry *model_entry_find(const struct model *m, const char *text)
{
	for (size_t i = 0; i < m->entries.n; i++)
		if (pattern_fits(m->entries.v[i].pattern, text))
			return &m->entries.v[i];
	return NULL;
}

void model_release(struct model *m)
{
	vec_release(&m->entries);
	vec_release(&m->externals);
	vec_release(&m->annotations);
	vec_release(&m->modules);
	vec_release(&m->globs);
	map_release(&m->by_symbol);
	arena_release(&m->arena);
	*m = (struct model){0};
}
