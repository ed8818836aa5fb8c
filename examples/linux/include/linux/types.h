/* Fixed-width types: just enough for the bundled example, declared here and nowhere else. */
#ifndef EXAMPLE_LINUX_TYPES_H
#define EXAMPLE_LINUX_TYPES_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef u64 sector_t;
typedef unsigned int gfp_t;
typedef __SIZE_TYPE__ size_t;
typedef _Bool bool;

#define true  1
#define false 0
#define NULL  ((void *)0)

#endif
