#include "progress.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

double clock_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

unsigned terminal_width(int fd, unsigned otherwise)
{
	struct winsize size = {0};

	if (ioctl(fd, TIOCGWINSZ, &size) || size.ws_col < 20)
		return otherwise;
	return size.ws_col;
}

void progress_init(struct progress *p, bool quiet)
{
	const char *term = getenv("TERM");

	*p = (struct progress){0};
	p->on = !quiet && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
	p->width = terminal_width(STDERR_FILENO, 80);
	p->start = clock_seconds();
}

static void draw(const struct progress *p, size_t done, size_t total, const char *unit)
{
	struct arena a = {0};
	double left = (clock_seconds() - p->start) / (double)done * (double)(total - done);
	int bar = 20, full = (int)((size_t)bar * done / total);
	char *head = arena_printf(&a, "[%.*s%.*s] %zu/%zu, %d:%02d left", full,
				  "####################", bar - full, "--------------------", done,
				  total, (int)left / 60, (int)left % 60);
	const char *failed = p->failed ? arena_printf(&a, ", %zu failed", p->failed) : "";
	const char *name = text_printable(&a, unit);
	size_t used = strlen(head) + strlen(failed) + 3, n = strlen(name);
	size_t room = p->width > used ? p->width - used : 0;

	if (n > room) /* the end of a path says more than its beginning */
		name += n - room;
	fprintf(stderr, "\r%s%s  %s\033[K", head, failed, name);
	fflush(stderr);
	arena_release(&a);
}

void progress_unit(void *ctx, size_t done, size_t total, const char *unit, enum verdict v)
{
	struct progress *p = ctx;
	double now = clock_seconds();

	if (v != VERDICT_OK && v != VERDICT_PARSE_ERRORS)
		p->failed++;
	if (!p->on || !done || now - p->last < 0.1)
		return;
	p->last = now;
	draw(p, done, total, unit);
}

void progress_end(struct progress *p)
{
	if (p->on && p->last > 0)
		fputs("\r\033[K", stderr);
	p->on = false;
}
