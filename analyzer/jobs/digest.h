/*
 * Content digests of the files that units read, each file hashed once a run: hundreds of units share their headers.
 * For use by cache.c.
 */
#ifndef STACKCHECK_JOBS_DIGEST_H
#define STACKCHECK_JOBS_DIGEST_H

#include "base/buf.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/vec.h"

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

struct digest {
	char hex[HASH_HEX_SIZE]; /* "" when the file cannot be read */
	dev_t device;
	ino_t inode;
	struct timespec when; /* just before it was read, CLOCK_REALTIME_COARSE as file times are */
};

/* Zero-initialise. */
struct digests {
	struct arena arena;
	struct map by_path; /* path -> index into v */
	VEC(struct digest) v;
	struct buf content; /* of the file being hashed */
};

/* The digest of the file's content as it was at the first call. Valid until the next call. */
const struct digest *digests_get(struct digests *d, const char *path);

/* Is the file still the one that was hashed, and was its last change before both the hashing and `started`? Then the
   digest is of what a unit read that was started at `started`. */
bool digests_held(struct digests *d, const char *path, const struct timespec *started);

void digests_release(struct digests *d);

#endif
