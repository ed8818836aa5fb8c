/*
 * Units in, facts out: the cache first, then isolated worker processes. For use by cmd_*.c.
 *
 * A failed unit never stops the run and never vanishes: every job has a result. Results stand in job order, whatever
 * finished first.
 */
#ifndef STACKCHECK_JOBS_JOBS_H
#define STACKCHECK_JOBS_JOBS_H

#include "base/error.h"
#include "facts/facts.h"
#include "input/job.h"

#include <stdbool.h>

enum verdict {
	VERDICT_OK, /* facts hold, measured */
	VERDICT_PARSE_ERRORS, /* facts hold, estimated */
	VERDICT_CRASHED, /* died of a signal */
	VERDICT_TIMEOUT, /* wall clock or CPU limit */
	VERDICT_OOM, /* memory limit */
	VERDICT_FAILED, /* the worker said why (e.g. source missing) */
};

/* "ok" "parse-errors" "crashed" "timeout" "oom" "failed" */
const char *verdict_name(enum verdict v);

struct unit_result {
	enum verdict verdict;
	const char *
		reason; /* a sentence for crashed..failed: "killed by signal 11 (Segmentation fault)"; else NULL */
	bool from_cache;
	struct facts facts; /* valid for ok and parse-errors */
};

struct jobs_options {
	const char *worker; /* path of the stackcheck-worker program */
	const char *cache_dir; /* NULL: no cache */
	const char *version; /* tool and compiler, part of every cache key */
	unsigned parallel; /* at least 1 */
	unsigned timeout_seconds; /* wall clock of one unit */
	unsigned cpu_seconds; /* of one process of a unit: its reader, its compiler */
	unsigned memory_mib; /* address space of one process */
	bool explain_cache; /* say on stderr why a unit is analysed again */
	/* Called after each unit, from the parent only; may be NULL. */
	void (*progress)(void *ctx, size_t done, size_t total, const char *unit, enum verdict v);
	void *progress_ctx;
};

struct jobs_stats {
	size_t cache_hits, cache_misses;
	long peak_worker_kib; /* largest resident set of any worker or its compiler */
	double worker_cpu_seconds;
};

/*
 * Runs all jobs; `results` has room for n and is filled in job order. An error is only a failure of the machinery
 * (the worker cannot be started, the cache directory cannot be made), never of a unit. SIGINT and SIGTERM
 * stop the workers, remove scratch files and give an error.
 */
int jobs_run(const struct job *jobs, size_t n, const struct jobs_options *options,
	     struct unit_result *results, struct jobs_stats *stats, struct error *err);

void unit_results_release(struct unit_result *results, size_t n);

#endif
