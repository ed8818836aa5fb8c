/* What the device tells user space and other modules about itself. */
#include <linux/fs.h>

#include "mirrorblk.h"

/* Set by a module that watches mirrors; it is built elsewhere. */
extern const struct mirror_watch *mirror_watch;

/*
 * Mistake: the operation is somebody else's, and so is its stack. Whoever measures this module alone cannot count it, and
 * has to be told: by the watcher's sources, or by an annotation.
 */
void status_changed(struct mirror_dev *dev, sector_t sector)
{
	if (mirror_watch)
		mirror_watch->changed(dev, sector);
}

/* The last name of a path, as it is shown. */
static noinline void short_name(const char *path, char *to, size_t size)
{
	size_t i, start = 0;

	for (i = 0; path[i]; i++)
		if (path[i] == '/')
			start = i + 1;
	for (i = 0; i + 1 < size && path[start + i]; i++)
		to[i] = path[start + i];
	to[i] = '\0';
}

/* Mistake: none of these is large, and together they take a quarter of a page; one allocated structure would do. */
long status_report(struct mirror_dev *dev, char *to, size_t size)
{
	char mode[192], first[NAME_BYTES], second[NAME_BYTES];
	u64 errors[32];
	u32 i;

	short_name(dev->ops->name, mode, sizeof(mode));
	short_name(dev->legs[0].path, first, sizeof(first));
	short_name(dev->legs[1].path, second, sizeof(second));
	for (i = 0; i < ARRAY_SIZE(errors); i++)
		errors[i] = dev->legs[i % MAX_LEGS].errors >> i;
	if (size < sizeof(errors) || copy_to_user(to, errors, sizeof(errors)))
		return -EINVAL;
	return snprintf(to + sizeof(errors), size - sizeof(errors), "%s: %s, %s\n", mode, first,
			second);
}
