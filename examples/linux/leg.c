/* The two kinds of lower disks. */
#include "mirrorblk.h"

/* Writes, reads back, compares. */
int leg_write_verified(struct mirror_leg *leg, sector_t sector, u8 *data, u32 sectors)
{
	u8 again[3 * SECTOR_BYTES]; /* Mistake: data buffers belong in the heap */
	int err = leg->ops->transfer(leg, sector, data, sectors, true);

	if (err || sectors > 3)
		return err;
	err = leg->ops->transfer(leg, sector, again, sectors, false);
	if (err)
		return err;
	return crc32(0, again, sectors * SECTOR_BYTES) == crc32(0, data, sectors * SECTOR_BYTES)
		       ? 0
		       : -EIO;
}

static int disk_transfer(struct mirror_leg *leg, sector_t sector, u8 *data, u32 sectors, bool write)
{
	return write ? lower_write(leg->disk, sector, data, sectors)
		     : lower_read(leg->disk, sector, data, sectors);
}

/*
 * Mistake: a helper that looks harmless in the source, but the compiler inlines it, and its buffer becomes part of
 * each caller's frame.
 */
static __always_inline u32 sign_packet(const struct mirror_leg *leg, const u8 *data, u32 bytes)
{
	char header[1792];
	int n = snprintf(header, sizeof(header), "%s %u", leg->path, bytes);

	return crc32(crc32(0, header, (size_t)n), data, bytes);
}

static noinline int network_send(struct mirror_leg *leg, sector_t sector, const u8 *data,
				 u32 sectors)
{
	u8 packet[3 * SECTOR_BYTES + 64];
	u32 bytes = sectors * SECTOR_BYTES;

	memcpy(packet, &sector, sizeof(sector));
	memcpy(packet + 64, data, bytes);
	return lower_write(leg->disk, sector, packet, sectors);
}

static int network_transfer(struct mirror_leg *leg, sector_t sector, u8 *data, u32 sectors,
			    bool write)
{
	if (sectors > 3)
		return -EINVAL;
	leg->errors ^= sign_packet(leg, data, sectors * SECTOR_BYTES);
	if (write)
		return network_send(leg, sector, data, sectors) ? -EIO : 0;
	return lower_read(leg->disk, sector, data, sectors);
}

const struct leg_ops disk_leg_ops = {.transfer = disk_transfer};
const struct leg_ops network_leg_ops = {.transfer = network_transfer};
