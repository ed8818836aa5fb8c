/*
 * Bump allocator: everything that lives as long as a run, a unit or a pass. Nothing in it is freed
 * singly. For use by everyone.
 */
#ifndef STACKCHECK_BASE_ARENA_H
#define STACKCHECK_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_block;

/* Zero-initialise to make an empty arena: `struct arena a = {0};` */
struct arena {
	struct arena_block *head;
};

/* `size` zeroed bytes, aligned for any type; never NULL; owned by the arena. */
void *arena_alloc(struct arena *a, size_t size);

/* Array of `n` zeroed objects of type T. */
#define arena_array(a, n, T) ((T *)arena_alloc((a), (n) * sizeof(T)))

/* Copies a string, the first `len` bytes of one, or arbitrary bytes; strings get a final NUL. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t len);
void *arena_memdup(struct arena *a, const void *p, size_t size);

/* A formatted string in the arena. */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* Gives all memory back; the arena is empty and usable again. */
void arena_release(struct arena *a);

#endif
