/*
 * Facts of earlier runs, by content. cache.c has the formats. For use by jobs.c.
 *
 * An entry is used only when its own bytes are whole and the source and every file that the unit read still have the
 * bytes they had; everything else is a miss. It never gives an error: a cache that fails is slow, not wrong.
 */
#ifndef STACKCHECK_JOBS_CACHE_H
#define STACKCHECK_JOBS_CACHE_H

#include "facts/facts.h"
#include "input/job.h"
#include "jobs/digest.h"

#include <time.h>

struct cache {
	const char *dir; /* NULL: no cache, every look-up is a miss */
	const char *version;
	struct digests files;
	bool warned; /* a failed write is told once */
};

/* Makes the directory; `dir` (may be NULL) and `version` must outlive the cache. */
int cache_open(struct cache *c, const char *dir, const char *version, struct error *err);

/* NULL: the facts of an earlier run are in `f`. Else why not, in the arena: "no entry", "drivers/x.h changed",
   "arguments changed", "tool changed", "entry damaged", ...; `f` holds nothing then. */
const char *cache_get(struct cache *c, const struct job *job, struct arena *a, struct facts *f);

/*
 * Keeps a measured unit's facts, whose text form is `text`. `started`: when its worker began (CLOCK_REALTIME_COARSE). A file
 * that changed since then means that nothing is kept.
 */
void cache_put(struct cache *c, const struct job *job, const struct facts *f,
	       const struct buf *text, const struct timespec *started);

/* Remembers why a unit's result was not kept, for the next look-up to tell. */
void cache_refuse(struct cache *c, const struct job *job, const char *why);

void cache_release(struct cache *c);

#endif
