/* The parent's side: worker servers, one unit at a time each. For use by jobs.c. */
#ifndef STACKCHECK_JOBS_POOL_H
#define STACKCHECK_JOBS_POOL_H

#include "jobs/jobs.h"
#include "jobs/outcome.h"
#include "jobs/signals.h"

struct pool_request {
	const struct job *jobs;
	const size_t *queue; /* indices into jobs, in the order to start them */
	size_t n;
	const struct jobs_options *options;
	const char *scratch; /* run directory: unit i gets and owns <scratch>/<i> */
	const struct signals *signals;
	/* Called once for each queued job, as they end; the unit's scratch directory is still there. */
	void (*done)(void *ctx, size_t job, const struct outcome *o);
	void *ctx;
};

/* The limits of one unit in the form that servers take. */
struct limits pool_limits(const struct jobs_options *options);

/* <scratch>/<job>, in the arena. */
char *pool_unit_dir(struct arena *a, const char *scratch, size_t job);

/* Runs the queue. When it returns no server is left. Adds what the servers used to `stats`. */
int pool_run(const struct pool_request *request, struct jobs_stats *stats, struct error *err);

#endif
