/* The parent's side: worker servers, one order at a time each. For use by jobs.c. */
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
	const char *scratch; /* run directory: orders get directories beneath it */
	const struct signals *signals;
	/* Called once for each queued job, as they end. What unit `i` of its order left is in `dir`: see server.h. */
	void (*done)(void *ctx, size_t job, const char *dir, size_t i, const struct outcome *o);
	void *ctx;
};

/* The limits of one unit in the form that servers take. */
struct limits pool_limits(const struct jobs_options *options);

/* Runs the queue. When it returns no server is left. Adds what the servers used to `stats`. */
int pool_run(const struct pool_request *request, struct jobs_stats *stats, struct error *err);

#endif
