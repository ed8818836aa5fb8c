/* Bringing older files up to date. For use by history/ only. */
#ifndef STACKCHECK_HISTORY_MIGRATE_H
#define STACKCHECK_HISTORY_MIGRATE_H

#include "history/sql.h"

enum { OLDEST_SCHEMA = 1, SCHEMA_VERSION = 2 /* user_version of schema.sql */ };

/* From `version` to SCHEMA_VERSION, inside a transaction that is open. */
int migrate(struct history *h, int64_t version, struct error *err);

#endif
