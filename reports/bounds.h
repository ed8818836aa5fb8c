/*
 * What a depth is worth, in the same words in every format: a floor never looks like a worst case. Strings hold names
 * as they are and live in the arena. For use by reports/ only.
 */
#ifndef STACKCHECK_REPORTS_BOUNDS_H
#define STACKCHECK_REPORTS_BOUNDS_H

#include "reports/report.h"

/* "2,096 bytes"; ">= 2,096 bytes" for a floor; "~ 2,096 bytes" when estimates are in it, as they can be too high as
   well; "unbounded, one turn 2,096 bytes"; "unknown". */
const char *bound_bytes(const struct depth *d, struct arena *a);

/* Why the depth is not exact: "calls to functions outside the scanned sources (in foo); ..."; NULL: it is. */
const char *bound_why(const struct report *r, uint32_t func, struct arena *a);

/* The same in words alone, as many as fit a table: "recursion, dynamic-frame"; NULL: it is exact. */
const char *bound_reasons(const struct report *r, uint32_t func, struct arena *a);

/* The same of a function's own frame: "has a part sized at run time: at 0x80: alloca". */
const char *bound_frame_why(const struct fact_func *f, struct arena *a);

/* What an entry point's depth is held against. */
int64_t bound_budget(const struct report *r, const struct entry *e);

/* Which compiler's code the frames are true for: "by clang 19.1.7, recompiled: ..."; one sentence. */
const char *bound_origin(const struct report *r, struct arena *a);

#endif
