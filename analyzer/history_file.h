/* The database that a command without a scan reads. For use by cmd_*.c. */
#ifndef STACKCHECK_HISTORY_FILE_H
#define STACKCHECK_HISTORY_FILE_H

#include "base/buf.h"
#include "history/history.h"
#include "options.h"

/* Opens what --db or --root name, else the database of the nearest folder upwards that has one. */
struct history *history_file_open(const struct options *o, bool read_only, struct arena *a,
				  struct error *err);

/* The one format that --format names out of "text" and "json": is it JSON? */
int history_file_wants_json(const struct options *o, bool *json, struct error *err);

#endif
