/*
 * Where the program's own parts and the user's folders are. For use by session.c and cmd_*.c.
 * In a build tree the parts stand beside the running program; installed, where CMake put them.
 */
#ifndef STACKCHECK_PLACES_H
#define STACKCHECK_PLACES_H

#include "base/arena.h"
#include "base/error.h"

/* The worker program. The error names the places that were tried. */
const char *place_worker(struct arena *a, struct error *err);

/* The folder of platform files. */
const char *place_platforms(struct arena *a);

/* "$XDG_CACHE_HOME/stackcheck", "$HOME/.cache/stackcheck", or NULL when neither variable helps. */
const char *place_cache(struct arena *a);

/* "<root>/.stackcheck/history.db". */
const char *place_history(struct arena *a, const char *root);

/* Makes "<root>/.stackcheck" with a .gitignore of its own, so that it never shows up in the tree's
 * status. */
int place_make_folder(const char *root, struct error *err);

#endif
