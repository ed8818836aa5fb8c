/* Files and paths. For use by everyone. Paths are byte strings without NULs. */
#ifndef STACKCHECK_BASE_FILE_H
#define STACKCHECK_BASE_FILE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>

/* Appends the whole regular file to `out`; files above `max` bytes (0: no limit), FIFOs and devices are errors
   that name the path. */
int file_read(const char *path, size_t max, struct buf *out, struct error *err);

/* Writes to "<path>.tmp.<pid>" beside it, syncs, renames: readers see the old or the new file, never
   a part. On failure the old file is untouched. */
int file_write_atomic(const char *path, const void *data, size_t len, struct error *err);

/* mkdir -p. */
int file_make_dirs(const char *path, struct error *err);

bool file_exists(const char *path);
bool file_is_dir(const char *path);

/* `path` made absolute against `dir` (or the current directory when NULL) and cleaned of `.`, `..` and
   double slashes, by its letters only: symbolic links are not followed. */
char *path_absolute(struct arena *a, const char *dir, const char *path);

/* `path` relative to `root` when it lies below it, else `path` itself. Both absolute and clean. */
const char *path_relative(const char *root, const char *path);

/* Is `path` equal to `dir` or below it? Both absolute and clean. */
bool path_is_under(const char *dir, const char *path);

/* The last component. Points into `path`. */
const char *path_base(const char *path);

/* Everything before the last slash ("." when there is none, "/" for the root). */
char *path_dir(struct arena *a, const char *path);

#endif
