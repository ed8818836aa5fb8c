/*
 * The worker process: takes orders, and runs each of them in a forked, limited and watched child. For use
 * by worker/main.c and by the stub worker of the fault tests.
 */
#ifndef STACKCHECK_JOBS_SERVER_H
#define STACKCHECK_JOBS_SERVER_H

#include "base/error.h"
#include "facts/facts.h"
#include "input/job.h"

/* What the child leaves of unit i in the order's scratch directory, "stackcheck.<i>.<kind>", and the exit statuses that go
   with it. */
#define UNIT_FACTS                                                                                 \
	"facts" /* UNIT_DONE: their text form, of the first unit of a child and of those behind it */
#define UNIT_SENTENCE "error" /* UNIT_REFUSED: why there are none */
#define UNIT_OUTPUT                                                                                \
	"output" /* of the first unit of a child: all that the child and its compiler printed */

/* In the arena. */
char *unit_file(struct arena *a, const char *scratch, size_t i, const char *kind);

enum { UNIT_DONE = 0, UNIT_REFUSED = 3, UNIT_NO_SPACE = 5 };

/*
 * As extract_unit(): fills the zeroed facts, writes nowhere but beneath `scratch`. Runs in the child. `tools` is what
 * worker_serve() was given, or what the units before this one in the same child made of it.
 */
typedef int unit_fn(const struct job *job, const char *scratch, void *tools, struct facts *f,
		    struct error *err);

/* Serves orders from `in` until it ends, answers on `out`. Gives 0 at the end of `in`, -1 when the parent does not
   speak the protocol. */
int worker_serve(int in, int out, unit_fn *unit, void *tools);

#endif
