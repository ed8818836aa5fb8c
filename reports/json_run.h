/* A run, and the difference of two, in JSON. For use by json*.c and reread*.c only. */
#ifndef STACKCHECK_REPORTS_JSON_RUN_H
#define STACKCHECK_REPORTS_JSON_RUN_H

#include "reports/json_out.h"
#include "snapshot/diff.h"

/* One object under the key. */
void json_snapshot_run(struct json_out *o, const char *key, const struct snapshot_run *run);

/* "new-variable" "variable-gone" "variable-changed" "inlined" "no-longer-inlined" "other" */
const char *json_detail_kind(enum detail_kind k);

/* The members of "stackcheck-diff/1" behind its schema, into an open object. */
void json_diff_members(struct json_out *o, const struct diff *d, const struct diff_limits *limits);

#endif
