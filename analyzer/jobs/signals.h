/* Interruptions of a run: held back, and asked for at safe points. For use by jobs.c and pool.c. */
#ifndef STACKCHECK_JOBS_SIGNALS_H
#define STACKCHECK_JOBS_SIGNALS_H

#include "base/error.h"

#include <signal.h>

struct signals {
	int fd; /* readable when a signal came */
	sigset_t before;
};

/* Holds SIGINT, SIGTERM and SIGHUP (those that are not ignored) back until signals_release(). */
int signals_hold(struct signals *s, struct error *err);

/* Gives -1 and "interrupted" when one came, 0 otherwise. */
int signals_check(const struct signals *s, struct error *err);

void signals_release(struct signals *s);

#endif
