/* The identity of a run in JSON. For use by json_*.c only. */
#ifndef STACKCHECK_REPORTS_JSON_RUN_H
#define STACKCHECK_REPORTS_JSON_RUN_H

#include "reports/json_out.h"
#include "snapshot/snapshot.h"

/* One object under the key. */
void json_snapshot_run(struct json_out *o, const char *key, const struct snapshot_run *run);

#endif
