/* Folders of the Windows machine that built, and where they are here. For use inside input/. */
#ifndef STACKCHECK_INPUT_PATH_MAP_H
#define STACKCHECK_INPUT_PATH_MAP_H

#include "base/arena.h"
#include "base/error.h"
#include "base/map.h"
#include "base/vec.h"

struct path_rule {
	const char *from; /* "/C:/src", without a slash at the end */
	const char *to; /* absolute */
};

/* Zero-initialise. */
struct path_map {
	struct arena arena;
	VEC(struct path_rule) v; /* the longest `from` first */
	struct map found; /* path as asked for -> as it is on disk */
};

/* Reads rules such as "C:\src=DIR". An error says what is wrong with a rule. */
int path_map_init(struct path_map *m, const char *const *rules, size_t n, struct error *err);

/* Where `path` is here: a path as entry_posix_path() gives it, relative ones to `directory`. Below a rule's folder
   files are found whatever the case of their letters; what is not there keeps its spelling. Gives `path` itself when
   no rule says anything about it, otherwise an absolute path in the map's arena. */
const char *path_map_local(struct path_map *m, const char *directory, const char *path);

void path_map_release(struct path_map *m);

#endif
