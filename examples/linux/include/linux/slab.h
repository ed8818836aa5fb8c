/* Memory that does not come from the stack. */
#ifndef EXAMPLE_LINUX_SLAB_H
#define EXAMPLE_LINUX_SLAB_H

#include <linux/types.h>

#define GFP_KERNEL 0u
#define GFP_NOIO   1u

void *kmalloc(size_t size, gfp_t flags);
void *kzalloc(size_t size, gfp_t flags);
void kfree(const void *p);

#endif
