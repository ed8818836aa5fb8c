#include "input/words.h"

#include <string.h>

uint32_t words_add(struct words *w, const char *s, size_t len)
{
	bool made;
	uint64_t *value = map_put(&w->map, s, len, &made);
	struct word *word;

	if (!made)
		return (uint32_t)*value;
	*value = w->v.n;
	word = vec_push(&w->v);
	word->text = arena_strndup(w->arena, s, len);
	word->len = (uint32_t)len;
	/* The map keeps the key's address: let it be the copy's. */
	w->map.entries[w->map.n - 1].key = word->text;
	return (uint32_t)(w->v.n - 1);
}

static bool is_word(const struct words *w, uint32_t id, const char *s, size_t len)
{
	const struct word *word = &w->v.v[id];

	return word->len == len && !memcmp(word->text, s, len);
}

uint32_t words_add_after(struct words *w, uint32_t previous, uint32_t guess, const char *s,
			 size_t len)
{
	uint32_t id = w->v.v[previous].next;

	if (is_word(w, id, s, len))
		return id;
	id = is_word(w, guess, s, len) ? guess : words_add(w, s, len);
	w->v.v[previous].next = id;
	return id;
}

const char *words_text(struct words *w, const char *s)
{
	return s ? words_at(w, words_add(w, s, strlen(s))) : NULL;
}

const char *words_at(const struct words *w, uint32_t id)
{
	return w->v.v[id].text;
}

void words_release(struct words *w)
{
	map_release(&w->map);
	vec_release(&w->v);
}
