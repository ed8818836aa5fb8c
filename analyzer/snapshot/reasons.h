/* Why a frame or a path is not what it was. For use by snapshot/ only. */
#ifndef STACKCHECK_SNAPSHOT_REASONS_H
#define STACKCHECK_SNAPSHOT_REASONS_H

#include "snapshot/match.h"

/* What differs between two frames, largest change first, in the diff's arena; *n of them, which add up to the change of what
   the parts count. NO_ID for one of the functions: then all parts of the other one are new, or gone. None when a run does not
   know its parts. */
struct diff_detail *frame_details(struct diff *d, uint32_t before, uint32_t after, size_t *n);

/* Why the worst path from `before` became the one from `after` (both are functions); sets reasons and n_reasons of `e`. */
void path_reasons(struct diff *d, const struct inlining *in, uint32_t before, uint32_t after,
		  struct diff_entry *e);

#endif
