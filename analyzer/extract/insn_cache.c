#include "extract/insn_cache.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_LEN = 12, SLOT_BITS = 14, N_SLOTS = 1 << SLOT_BITS };
enum { PREFIX = 3, PREFIX_BITS = 14 };

/* An instruction's bytes and zeros behind them. */
struct key {
	uint64_t low;
	uint32_t high, len;
};

struct entry {
	struct key key;
	struct insn insn;
};

/* The last instruction that hashed to it. Small, so that the table stays in the processor's cache. */
struct slot {
	uint32_t tag; /* more bits of the hash */
	uint32_t entry; /* index + 1; 0: free */
};

struct insn_cache {
	/* A bit per length that occurs: of instructions shorter than PREFIX by their first byte, of others by the hash of that
	   many bytes, which nearly tell the length of one. */
	uint16_t short_lengths[256], lengths[1 << PREFIX_BITS];
	struct slot slots[N_SLOTS];
	VEC(struct entry) entries;
};

struct insn_cache *insn_cache_open(void)
{
	return mem_calloc(1, sizeof(struct insn_cache));
}

static struct key key_of(const uint8_t bytes[MAX_LEN], unsigned len)
{
	struct key key = {.len = len};

	memcpy(&key.low, bytes, sizeof(key.low));
	memcpy(&key.high, bytes + sizeof(key.low), sizeof(key.high));
	if (len < 8)
		key.low &= ((uint64_t)1 << (8 * len)) - 1;
	if (len <= 8)
		key.high = 0;
	else if (len < MAX_LEN)
		key.high &= ((uint32_t)1 << (8 * (len - 8))) - 1;
	return key;
}

static uint64_t hash_of(const struct key *key)
{
	uint64_t h = (key->low + key->len) * 0x9e3779b97f4a7c15u;

	return (h ^ key->high) * 0x9e3779b97f4a7c15u;
}

static struct slot *slot_of(struct insn_cache *c, uint64_t hash)
{
	return &c->slots[hash >> (64 - SLOT_BITS)];
}

static uint16_t *lengths_of(struct insn_cache *c, const uint8_t *bytes)
{
	uint32_t h = bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16;

	return &c->lengths[h * 0x9e3779b1u >> (32 - PREFIX_BITS)];
}

const struct insn *insn_cache_find(struct insn_cache *c, const uint8_t *bytes, size_t n)
{
	unsigned lengths;

	/* Near the end of the section the slow way is as good. */
	if (n < MAX_LEN)
		return NULL;
	lengths = c->short_lengths[bytes[0]] | *lengths_of(c, bytes);
	for (; lengths; lengths &= lengths - 1) {
		struct key key = key_of(bytes, (unsigned)__builtin_ctz(lengths));
		uint64_t hash = hash_of(&key);
		const struct slot *slot = slot_of(c, hash);
		const struct entry *e;

		if (!slot->entry || slot->tag != (uint32_t)hash)
			continue;
		e = &c->entries.v[slot->entry - 1];
		if (e->key.low == key.low && e->key.high == key.high && e->key.len == key.len)
			return &e->insn;
	}
	return NULL;
}

void insn_cache_add(struct insn_cache *c, const uint8_t *bytes, const struct insn *in)
{
	uint8_t padded[MAX_LEN] = {0};
	struct slot *slot;
	struct key key;

	if (!in->len || in->len > MAX_LEN)
		return;
	memcpy(padded, bytes, in->len);
	key = key_of(padded, in->len);
	slot = slot_of(c, hash_of(&key));
	if (!slot->entry) {
		(void)vec_push(&c->entries);
		slot->entry = (uint32_t)c->entries.n;
	}
	slot->tag = (uint32_t)hash_of(&key);
	c->entries.v[slot->entry - 1] = (struct entry){key, *in};
	if (in->len < PREFIX)
		c->short_lengths[bytes[0]] |= (uint16_t)(1u << in->len);
	else
		*lengths_of(c, bytes) |= (uint16_t)(1u << in->len);
}

void insn_cache_close(struct insn_cache *c)
{
	if (!c)
		return;
	vec_release(&c->entries);
	free(c);
}
