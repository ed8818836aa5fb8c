/* The intent journal: what is about to be written, so that a crash can be mended. */
#include "mirrorblk.h"

struct journal_record {
	u32 magic, checksum;
	sector_t sector;
	u32 sectors;
	char text[3 * NAME_BYTES];
	u8 bitmap[BITMAP_BYTES];
};

int journal_intent(struct mirror_dev *dev, sector_t sector, u32 sectors)
{
	struct journal_record record; /* Mistake: an on-disk structure as a local variable */

	memset(&record, 0, sizeof(record));
	record.magic = 0x4a524e4c;
	record.sector = sector;
	record.sectors = sectors;
	memcpy(record.bitmap, dev->dirty, sizeof(record.bitmap));
	snprintf(record.text, sizeof(record.text), "%s %s", dev->legs[0].path, dev->legs[1].path);
	record.checksum = crc32(0, &record, sizeof(record));
	return lower_write(dev->legs[0].disk, 0, &record, 4);
}

/* The same job done well: small locals, the caller's buffer. */
void journal_describe(struct mirror_dev *dev, char *to, size_t size)
{
	snprintf(to, size, "%s: %s (%u errors), %s (%u errors)\n", dev->ops->name,
		 dev->legs[0].path, dev->legs[0].errors, dev->legs[1].path, dev->legs[1].errors);
}
