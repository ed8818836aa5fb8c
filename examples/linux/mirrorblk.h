/*
 * mirrorblk: an example of a block driver that keeps every sector on two lower disks ("legs"). It is written to show what
 * stackcheck finds: each place with a mistake says so in a comment that starts with "Mistake:". Nobody should run it.
 */
#ifndef MIRRORBLK_H
#define MIRRORBLK_H

#include <linux/kernel.h>
#include <linux/types.h>
#include <linux/workqueue.h>

enum { SECTOR_BYTES = 512, NAME_BYTES = 256, MAX_LEGS = 2, BITMAP_BYTES = 1536 };

struct mirror_dev;
struct mirror_leg;

struct mirror_request {
	struct work_struct work;
	struct mirror_dev *dev;
	sector_t sector;
	u32 sectors;
	bool write;
	u8 *data;
};

/* How one mode of operation (mirrored, striped) serves a request. */
struct mirror_ops {
	const char *name;
	int (*submit)(struct mirror_dev *dev, struct mirror_request *rq);
	int (*flush)(struct mirror_dev *dev);
};

/* How one kind of lower disk moves data. */
struct leg_ops {
	int (*transfer)(struct mirror_leg *leg, sector_t sector, u8 *data, u32 sectors, bool write);
};

struct mirror_leg {
	const struct leg_ops *ops;
	void *disk;
	char path[NAME_BYTES];
	u32 errors;
};

struct mirror_dev {
	const struct mirror_ops *ops;
	struct mirror_leg legs[MAX_LEGS];
	u8 dirty[BITMAP_BYTES];
	struct work_struct resync;
	volatile u32 *registers;
	unsigned int irq;
};

/* What a watching module wants to hear. */
struct mirror_watch {
	void (*changed)(struct mirror_dev *dev, sector_t sector);
};

/* A snapshot of counters, far too large to travel by value. */
struct mirror_stats {
	u64 reads[64];
	u64 writes[64];
	u64 latency_us[64];
	char last_error[NAME_BYTES];
};

/* A node of the on-disk extent tree. */
struct extent {
	sector_t start, length;
	u32 checksum;
	struct extent *left, *right;
};

/* A name that stands for another name. */
struct alias {
	const char *name, *target;
	bool is_group;
	struct alias *members;
};

/* dispatch.c */
extern const struct mirror_ops mirrored_ops, striped_ops;
int mirror_handle(struct mirror_dev *dev, struct mirror_request *rq);

/* leg.c */
extern const struct leg_ops disk_leg_ops, network_leg_ops;
int leg_write_verified(struct mirror_leg *leg, sector_t sector, u8 *data, u32 sectors);

/* journal.c */
int journal_intent(struct mirror_dev *dev, sector_t sector, u32 sectors);
void journal_describe(struct mirror_dev *dev, char *to, size_t size);

/* tree.c */
u64 extent_sum(const struct extent *node);
int alias_resolve(struct alias *table, const char *name, char *to, size_t size);
int alias_expand(struct alias *table, struct alias *group, char *to, size_t size);
long scratch_checksum(const u8 *data, u32 sectors);

/* stats.c */
int stats_print(struct mirror_stats stats, char *to, size_t size);
struct mirror_stats stats_sum(struct mirror_stats a, struct mirror_stats b);

/* status.c */
void status_changed(struct mirror_dev *dev, sector_t sector);
long status_report(struct mirror_dev *dev, char *to, size_t size);

/* What the block layer below offers; not part of this module. */
int lower_read(void *disk, sector_t sector, void *data, u32 sectors);
int lower_write(void *disk, sector_t sector, const void *data, u32 sectors);

#endif
