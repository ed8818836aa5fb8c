/* A bar on a terminal's standard error while units are measured. For use by session.c. */
#ifndef STACKCHECK_PROGRESS_H
#define STACKCHECK_PROGRESS_H

#include "jobs/jobs.h"

#include <stdbool.h>

struct progress {
	bool on;
	unsigned width; /* columns of the terminal */
	double start, last; /* seconds of the monotonic clock */
	size_t failed;
};

/* `quiet` or no terminal on standard error: nothing is ever drawn. */
void progress_init(struct progress *p, bool quiet);

/* For jobs_options.progress; `ctx` is a struct progress. Draws at most ten times a second. */
void progress_unit(void *ctx, size_t done, size_t total, const char *unit, enum verdict v);

/* Wipes the bar. */
void progress_end(struct progress *p);

/* Seconds of the monotonic clock. */
double clock_seconds(void);

/* Columns of the terminal behind `fd`; `otherwise` when it is none. */
unsigned terminal_width(int fd, unsigned otherwise);

#endif
