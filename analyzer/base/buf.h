/* Growable byte buffer, always NUL-terminated once something was added. For use by everyone. */
#ifndef STACKCHECK_BASE_BUF_H
#define STACKCHECK_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

/* Zero-initialise to make an empty buffer. */
struct buf {
	char *data;
	size_t len, cap;
};

void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

/* The contents as a string; "" for an empty buffer. Valid until the next change. */
const char *buf_str(const struct buf *b);

/* Empties the buffer and keeps its memory / gives its memory back. */
void buf_clear(struct buf *b);
void buf_release(struct buf *b);

#endif
