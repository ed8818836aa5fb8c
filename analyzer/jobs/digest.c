#include "jobs/digest.h"
#include "base/error.h"
#include "base/file.h"

#include <sys/stat.h>

/* No source file is that long; without a limit a path from a hostile unit could fill the memory. */
enum { CONTENT_MAX = 256 << 20 };

static void read_digest(struct digests *d, const char *path, struct digest *out)
{
	struct error err;
	struct stat st;

	clock_gettime(CLOCK_REALTIME_COARSE, &out->when);
	buf_clear(&d->content);
	if (stat(path, &st) || file_read(path, CONTENT_MAX, &d->content, &err))
		return;
	out->device = st.st_dev;
	out->inode = st.st_ino;
	hash_hex(buf_str(&d->content), d->content.len, out->hex);
}

const struct digest *digests_get(struct digests *d, const char *path)
{
	uint64_t *at = map_find_str(&d->by_path, path);
	struct digest *new;

	if (at)
		return &d->v.v[*at];
	*map_put_str(&d->by_path, arena_strdup(&d->arena, path), NULL) = d->v.n;
	new = vec_push(&d->v);
	read_digest(d, path, new);
	return new;
}

static bool is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

bool digests_held(struct digests *d, const char *path, const struct timespec *started)
{
	const struct digest *known = digests_get(d, path);
	struct stat st;

	/* The change time cannot be set back, unlike the modification time. */
	return known->hex[0] && !stat(path, &st) && st.st_dev == known->device &&
	       st.st_ino == known->inode && is_before(&st.st_ctim, &known->when) &&
	       is_before(&st.st_ctim, started);
}

void digests_release(struct digests *d)
{
	vec_release(&d->v);
	map_release(&d->by_path);
	buf_release(&d->content);
	arena_release(&d->arena);
}
