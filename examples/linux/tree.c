/* Three ways to make the depth depend on the data. */
#include "mirrorblk.h"

/* Mistake: direct recursion; a disk decides how deep the tree is. */
u64 extent_sum(const struct extent *node)
{
	u64 left, right;

	if (!node)
		return 0;
	left = extent_sum(node->left);
	right = extent_sum(node->right);
	return crc32((u32)left, &right, sizeof(right)) + node->length;
}

/* Mistake: mutual recursion; alias_resolve and alias_expand call each other for as long as the names point on. */
noinline int alias_resolve(struct alias *table, const char *name, char *to, size_t size)
{
	char key[128];
	int i;

	snprintf(key, sizeof(key), "%s", name);
	for (i = 0; i < 16; i++) {
		if (!table[i].name || strcmp(table[i].name, key))
			continue;
		if (table[i].is_group)
			return alias_expand(table, &table[i], to, size);
		return snprintf(to, size, "%s", table[i].target);
	}
	return -ELOOP;
}

noinline int alias_expand(struct alias *table, struct alias *group, char *to, size_t size)
{
	struct alias *member;
	int err = 0;

	for (member = group->members; member && member->name && !err; member++)
		err = alias_resolve(table, member->target, to, size);
	return err;
}

/* Mistake: a variable-length array; whoever calls says how much stack goes. */
long scratch_checksum(const u8 *data, u32 sectors)
{
	u8 scratch[sectors * 64];
	u32 i;

	for (i = 0; i < sectors; i++)
		memcpy(scratch + i * 64, data + i * SECTOR_BYTES, 64);
	return crc32(0, scratch, sectors * 64);
}
