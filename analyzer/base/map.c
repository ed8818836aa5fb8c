#include "base/map.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

uint64_t hash_bytes(const void *p, size_t len)
{
	const unsigned char *s = p;
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ s[i]) * 0x100000001b3u;
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93u;
	return h ^ (h >> 32);
}

static size_t probe(const struct map *m, const void *key, size_t len, uint64_t hash)
{
	size_t i = hash & (m->n_slots - 1);

	for (;; i = (i + 1) & (m->n_slots - 1)) {
		uint32_t slot = m->slots[i];
		const struct map_entry *e;

		if (!slot)
			return i;
		e = &m->entries[slot - 1];
		if (e->hash == hash && e->len == len && (!len || !memcmp(e->key, key, len)))
			return i;
	}
}

static void rehash(struct map *m)
{
	size_t n_slots = m->n_slots ? m->n_slots * 2 : 64;

	free(m->slots);
	m->slots = mem_calloc(n_slots, sizeof(*m->slots));
	m->n_slots = n_slots;
	for (size_t k = 0; k < m->n; k++) {
		size_t i = m->entries[k].hash & (n_slots - 1);

		while (m->slots[i])
			i = (i + 1) & (n_slots - 1);
		m->slots[i] = (uint32_t)k + 1;
	}
}

uint64_t *map_find(const struct map *m, const void *key, size_t len)
{
	size_t i;

	if (!m->n)
		return NULL;
	i = probe(m, key, len, hash_bytes(key, len));
	return m->slots[i] ? &m->entries[m->slots[i] - 1].value : NULL;
}

uint64_t *map_put(struct map *m, const void *key, size_t len, bool *made)
{
	uint64_t hash = hash_bytes(key, len);
	size_t i;

	if (2 * (m->n + 1) > m->n_slots)
		rehash(m);
	i = probe(m, key, len, hash);
	if (made)
		*made = !m->slots[i];
	if (!m->slots[i]) {
		if (m->n == m->cap) {
			m->cap = m->cap ? m->cap * 2 : 32;
			m->entries = mem_realloc(m->entries, m->cap, sizeof(*m->entries));
		}
		m->entries[m->n++] = (struct map_entry){.key = key, .len = len, .hash = hash};
		m->slots[i] = (uint32_t)m->n;
	}
	return &m->entries[m->slots[i] - 1].value;
}

uint64_t *map_find_str(const struct map *m, const char *key)
{
	return map_find(m, key, strlen(key));
}

uint64_t *map_put_str(struct map *m, const char *key, bool *made)
{
	return map_put(m, key, strlen(key), made);
}

void map_release(struct map *m)
{
	free(m->entries);
	free(m->slots);
	*m = (struct map){0};
}

const char *intern_bytes(struct intern *in, const char *s, size_t len)
{
	uint64_t *value = map_find(&in->map, s, len);
	char *copy;

	if (value)
		return (const char *)(uintptr_t)*value;
	copy = arena_strndup(&in->arena, s, len);
	*map_put(&in->map, copy, len, NULL) = (uintptr_t)copy;
	return copy;
}

const char *intern_str(struct intern *in, const char *s)
{
	return s ? intern_bytes(in, s, strlen(s)) : NULL;
}

void intern_release(struct intern *in)
{
	map_release(&in->map);
	arena_release(&in->arena);
}
