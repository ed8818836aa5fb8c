/* Printing, strings and compiler words of the bundled example. */
#ifndef EXAMPLE_LINUX_KERNEL_H
#define EXAMPLE_LINUX_KERNEL_H

#include <linux/types.h>

#define noinline		      __attribute__((noinline))
#define noinline_for_stack	      noinline
#define __always_inline		      inline __attribute__((always_inline))
#define ARRAY_SIZE(a)		      (sizeof(a) / sizeof((a)[0]))
#define container_of(p, type, member) ((type *)((char *)(p) - __builtin_offsetof(type, member)))

#define EIO    5
#define ENOMEM 12
#define EINVAL 22
#define ELOOP  40

__attribute__((format(printf, 1, 2))) int printk(const char *fmt, ...);
__attribute__((format(printf, 3, 4))) int snprintf(char *buf, size_t size, const char *fmt, ...);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
void *memcpy(void *to, const void *from, size_t n);
void *memset(void *p, int c, size_t n);
u32 crc32(u32 seed, const void *p, size_t n);

#endif
