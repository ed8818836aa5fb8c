#include "extract/insn_cache.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_LEN = 8, N_SLOTS = 1 << 14 };

/* Zero bytes beyond the instruction's own. */
struct entry {
	uint64_t bytes;
	uint8_t len; /* 0: free */
	struct insn insn;
};

struct insn_cache {
	uint16_t lengths[256]; /* by first byte: bit per length that occurs */
	uint32_t
		slots[N_SLOTS]; /* entry + 1; a slot holds the last instruction that hashed to it */
	VEC(struct entry) entries;
};

struct insn_cache *insn_cache_open(void)
{
	return mem_calloc(1, sizeof(struct insn_cache));
}

static uint64_t first_bytes(uint64_t bytes, unsigned len)
{
	return len < MAX_LEN ? bytes & (((uint64_t)1 << (8 * len)) - 1) : bytes;
}

static size_t slot_of(uint64_t bytes, unsigned len)
{
	uint64_t h = (bytes + len) * 0x9e3779b97f4a7c15u;

	return h >> 50;
}

const struct insn *insn_cache_find(const struct insn_cache *c, const uint8_t *bytes, size_t n)
{
	unsigned lengths = c->lengths[bytes[0]];
	uint64_t all;

	/* Near the end of the section the slow way is as good. */
	if (n < MAX_LEN)
		return NULL;
	memcpy(&all, bytes, sizeof(all));
	for (; lengths; lengths &= lengths - 1) {
		unsigned len = (unsigned)__builtin_ctz(lengths);
		uint64_t key = first_bytes(all, len);
		uint32_t slot = c->slots[slot_of(key, len)];
		const struct entry *e = slot ? &c->entries.v[slot - 1] : NULL;

		if (e && e->len == len && e->bytes == key)
			return &e->insn;
	}
	return NULL;
}

void insn_cache_add(struct insn_cache *c, const uint8_t *bytes, const struct insn *in)
{
	uint64_t key = 0;
	uint32_t *slot;

	if (!in->len || in->len > MAX_LEN)
		return;
	memcpy(&key, bytes, in->len);
	slot = &c->slots[slot_of(key, in->len)];
	if (!*slot) {
		(void)vec_push(&c->entries);
		*slot = (uint32_t)c->entries.n;
	}
	c->entries.v[*slot - 1] = (struct entry){key, in->len, *in};
	c->lengths[bytes[0]] |= (uint16_t)(1u << in->len);
}

void insn_cache_close(struct insn_cache *c)
{
	if (!c)
		return;
	vec_release(&c->entries);
	free(c);
}
