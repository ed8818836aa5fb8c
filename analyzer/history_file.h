/* The database that a command without a scan reads, and the runs in it. For use by cmd_*.c. */
#ifndef STACKCHECK_HISTORY_FILE_H
#define STACKCHECK_HISTORY_FILE_H

#include "base/buf.h"
#include "history/history.h"
#include "command.h"

/* Opens what --db or --root name, else the database of the nearest folder upwards that has one. */
struct history *history_file_open(const struct options *o, bool read_only, struct arena *a,
				  struct error *err);

/* The run of `h` that a user names: as history_resolve() takes it, else by a name that git knows: HEAD~1, a branch, a tag. The
   error for a commit without a run says how to get one. */
int history_file_run(const struct options *o, struct history *h, const char *name, int64_t *run,
		     struct error *err);

/* What happens between opening the history and closing it, for commands that only print: fills `out` from `h`. */
typedef int history_read(const struct options *o, struct history *h, bool json, struct arena *a,
			 struct buf *out, struct error *err);

/* The whole of such a command. */
enum exit_status history_file_print(const struct options *o, history_read *read, struct error *err);

/* The one format that --format names out of "text" and "json": is it JSON? */
int history_file_wants_json(const struct options *o, bool *json, struct error *err);

#endif
