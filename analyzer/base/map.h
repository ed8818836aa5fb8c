/*
 * Hash map from byte strings to 64-bit values, and an interner built on it. Keys are not copied
 * by the map (the interner copies). Iteration order is insertion order, so that output made
 * from a walk is deterministic. For use by everyone.
 */
#ifndef STACKCHECK_BASE_MAP_H
#define STACKCHECK_BASE_MAP_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_entry {
	const void *key;
	size_t len;
	uint64_t value;
	uint64_t hash;
};

/* Zero-initialise. `entries[0..n)` may be walked; don't change keys. */
struct map {
	struct map_entry *entries;
	uint32_t *slots; /* index + 1 into entries; 0 is free */
	size_t n, cap, n_slots;
};

/* The value stored under the key, or NULL. Valid until the next insertion. */
uint64_t *map_find(const struct map *m, const void *key, size_t len);

/* The value under the key, made (as 0) when missing; `*made` (may be NULL) says which. The key's bytes
   must outlive the map. */
uint64_t *map_put(struct map *m, const void *key, size_t len, bool *made);

/* The same for NUL-terminated strings. */
uint64_t *map_find_str(const struct map *m, const char *key);
uint64_t *map_put_str(struct map *m, const char *key, bool *made);

void map_release(struct map *m);

/* Interned strings: equal strings are one pointer. Zero-initialise. */
struct intern {
	struct arena arena;
	struct map map;
};

/* The one copy of the string; lives as long as the interner. intern_str(NULL) is NULL. */
const char *intern_bytes(struct intern *in, const char *s, size_t len);
const char *intern_str(struct intern *in, const char *s);
void intern_release(struct intern *in);

/* FNV-1a with a final mix: for tables in memory only, never for keys that an attacker may aim at. */
uint64_t hash_bytes(const void *p, size_t len);

#endif
