#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int error_set(struct error *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	err->kind = ERROR_INPUT;
	return -1;
}

int error_system(struct error *err, int errnum, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	n = strlen(err->text);
	if (errnum)
		snprintf(err->text + n, sizeof(err->text) - n, ": %s", strerror(errnum));
	err->kind = ERROR_SYSTEM;
	return -1;
}

int error_prefix(struct error *err, const char *fmt, ...)
{
	struct error before = *err;
	va_list ap;
	size_t n, room, len;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text) - 2, fmt, ap);
	va_end(ap);
	n = strlen(err->text);
	memcpy(err->text + n, ": ", 2);
	n += 2;
	room = sizeof(err->text) - 1 - n;
	len = strlen(before.text);
	/* A text that does not fit loses its end. */
	if (len > room)
		len = room;
	memcpy(err->text + n, before.text, len);
	err->text[n + len] = '\0';
	return -1;
}

void bug_at(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "stackcheck: BUG at %s:%d: ", file, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}
