/*
 * Checked malloc. For use by base/ and by the few owners of memory that is not in an arena.
 * Out of memory is a system error that no caller could mend: it ends the process with status 4
 * (the one place outside main.c that does), saying how many bytes were asked for.
 */
#ifndef STACKCHECK_BASE_MEM_H
#define STACKCHECK_BASE_MEM_H

#include <stddef.h>

/* `count` x `size` zeroed bytes; never NULL. Freed with free(). */
void *mem_calloc(size_t count, size_t size);

/* Resizes `p` to `count` x `size` bytes, new bytes undefined; never NULL. Freed with free(). */
void *mem_realloc(void *p, size_t count, size_t size);

#endif
