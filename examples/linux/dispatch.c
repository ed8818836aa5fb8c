/* Requests find their way through two tables: the mode of the device, then the kind of each leg. */
#include "mirrorblk.h"

/*
 * Mistake: no frame on this path is above the usual 2048 bytes, so no compiler warning fires, and still the path
 * mirror_work -> mirror_handle -> ops->submit -> leg_write_verified -> ops->transfer adds up to
 * more than half of the kernel's stack.
 */
int mirror_handle(struct mirror_dev *dev, struct mirror_request *rq)
{
	u8 bounce[3 * SECTOR_BYTES];
	u8 *data = rq->data;
	int err;

	if (rq->sectors <= 3) {
		memcpy(bounce, rq->data, rq->sectors * SECTOR_BYTES);
		rq->data = bounce;
	}
	err = dev->ops->submit(dev, rq); /* which function this is, only the table knows */
	rq->data = data;
	return err;
}

static int mirrored_submit(struct mirror_dev *dev, struct mirror_request *rq)
{
	u8 dirty[BITMAP_BYTES]; /* Mistake: a copy of the whole bitmap to undo one bit of it */
	char note[NAME_BYTES];
	int i, err;

	memcpy(dirty, dev->dirty, sizeof(dirty));
	err = journal_intent(dev, rq->sector, rq->sectors);
	for (i = 0; i < MAX_LEGS && !err; i++)
		err = leg_write_verified(&dev->legs[i], rq->sector, rq->data, rq->sectors);
	if (err) {
		snprintf(note, sizeof(note), "leg %d: error %d", i, err);
		printk("mirrorblk: %s\n", note);
		memcpy(dev->dirty, dirty, sizeof(dirty));
	}
	return err;
}

static int striped_submit(struct mirror_dev *dev, struct mirror_request *rq)
{
	struct mirror_leg *leg = &dev->legs[rq->sector % MAX_LEGS];

	return leg->ops->transfer(leg, rq->sector / MAX_LEGS, rq->data, rq->sectors, rq->write);
}

static int mirror_flush(struct mirror_dev *dev)
{
	int i;

	for (i = 0; i < MAX_LEGS; i++)
		dev->legs[i].errors = 0;
	return journal_intent(dev, 0, 0);
}

const struct mirror_ops mirrored_ops = {
	.name = "mirrored",
	.submit = mirrored_submit,
	.flush = mirror_flush,
};

const struct mirror_ops striped_ops = {
	.name = "striped",
	.submit = striped_submit,
	.flush = mirror_flush,
};
