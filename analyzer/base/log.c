#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

bool log_verbose;

static void line(const char *kind, const char *fmt, va_list ap)
{
	fprintf(stderr, "stackcheck: %s: ", kind);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void log_note(const char *fmt, ...)
{
	va_list ap;

	if (!log_verbose)
		return;
	va_start(ap, fmt);
	line("note", fmt, ap);
	va_end(ap);
}

void log_warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line("warning", fmt, ap);
	va_end(ap);
}
