/* Where the kernel enters the module: load and unload, the character device, the interrupt, the work queue. */
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "mirrorblk.h"

enum { MIRROR_MAJOR = 240, IOCTL_STATS = 1, IOCTL_RESOLVE, IOCTL_CHECKSUM, IOCTL_STATUS };

static struct mirror_dev *the_device;
static struct mirror_stats current_stats, boot_stats;
static struct alias aliases[16];

static irqreturn_t mirror_interrupt(int irq, void *dev_id)
{
	struct mirror_dev *dev = dev_id;
	/* Mistake: an interrupt handler borrows the stack of whoever was running; it has least to spend. */
	u32 events[128];
	unsigned int n = 0, i;

	while (n < ARRAY_SIZE(events) && dev->registers[0])
		events[n++] = dev->registers[1];
	for (i = 0; i < n; i++)
		printk("mirrorblk: irq %d event %u\n", irq, events[i]);
	return n ? IRQ_HANDLED : IRQ_NONE;
}

/* Runs in a worker thread, on a fresh stack: the deepest path of the module begins here. */
static void mirror_work(struct work_struct *work)
{
	struct mirror_request *rq = container_of(work, struct mirror_request, work);
	int err = mirror_handle(rq->dev, rq);

	if (err)
		printk("mirrorblk: request at %llu failed: %d\n", rq->sector, err);
	kfree(rq);
}

static long mirror_read(struct file *file, char *to, size_t size)
{
	/* Mistake: a page-sized text buffer, when kmalloc() or the caller's own buffer would do. */
	char text[2560];

	journal_describe(file->private_data, text, sizeof(text));
	if (size > strlen(text))
		size = strlen(text);
	return copy_to_user(to, text, size) ? -EINVAL : (long)size;
}

static long mirror_queue(struct mirror_dev *dev, const void *arg)
{
	struct mirror_request *rq = kzalloc(sizeof(*rq), GFP_KERNEL);

	if (!rq)
		return -ENOMEM;
	if (copy_from_user(&rq->sector, arg, sizeof(rq->sector))) {
		kfree(rq);
		return -EINVAL;
	}
	rq->dev = dev;
	INIT_WORK(&rq->work, mirror_work);
	schedule_work(&rq->work);
	return 0;
}

static long mirror_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	char name[64], answer[NAME_BYTES];

	switch (command) {
	case IOCTL_STATS:
		return stats_print(stats_sum(current_stats, boot_stats), answer, sizeof(answer));
	case IOCTL_RESOLVE:
		if (copy_from_user(name, (const void *)arg, sizeof(name)))
			return -EINVAL;
		name[sizeof(name) - 1] = '\0';
		return alias_resolve(aliases, name, answer, sizeof(answer));
	case IOCTL_CHECKSUM: return scratch_checksum((const u8 *)arg, 8);
	case IOCTL_STATUS:
		return status_report(file->private_data, (char *)arg, 2 * sizeof(answer));
	default: return mirror_queue(file->private_data, (const void *)arg);
	}
}

static const struct file_operations mirror_fops = {
	.read = mirror_read,
	.unlocked_ioctl = mirror_ioctl,
};

static int __init mirror_init(void)
{
	struct mirror_dev *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (!dev)
		return -ENOMEM;
	dev->ops = &mirrored_ops;
	dev->legs[0].ops = &disk_leg_ops;
	dev->legs[1].ops = &network_leg_ops;
	the_device = dev;
	if (request_irq(dev->irq, mirror_interrupt, 0, "mirrorblk", dev)) {
		kfree(dev);
		return -EIO;
	}
	return register_chrdev(MIRROR_MAJOR, "mirrorblk", &mirror_fops);
}

static void __exit mirror_exit(void)
{
	unregister_chrdev(MIRROR_MAJOR, "mirrorblk");
	free_irq(the_device->irq, the_device);
	the_device->ops->flush(the_device);
	status_changed(the_device, 0);
	kfree(the_device);
}

module_init(mirror_init);
module_exit(mirror_exit);
MODULE_LICENSE("MIT");
