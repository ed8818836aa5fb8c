/*
 * The worker process: takes orders, and runs each unit in a forked, limited and watched child. For use
 * by worker/main.c and by the stub worker of the fault tests.
 */
#ifndef STACKCHECK_JOBS_SERVER_H
#define STACKCHECK_JOBS_SERVER_H

#include "base/error.h"
#include "facts/facts.h"
#include "input/job.h"

/* What the child leaves in the unit's scratch directory, and the exit statuses that go with it. */
#define UNIT_FACTS    "stackcheck.facts" /* UNIT_DONE: the text form of the facts */
#define UNIT_SENTENCE "stackcheck.error" /* UNIT_REFUSED: why there are none */
#define UNIT_OUTPUT   "stackcheck.output" /* always: what was printed on the way */

enum { UNIT_DONE = 0, UNIT_REFUSED = 3, UNIT_NO_SPACE = 5 };

/* As extract_unit(): fills the zeroed facts, writes nowhere but beneath `scratch`. Runs in the child. */
typedef int unit_fn(const struct job *job, const char *scratch, struct facts *f, struct error *err);

/* Serves orders from `in` until it ends, answers on `out`. Gives 0 at the end of `in`, -1 when the parent does not
   speak the protocol. */
int worker_serve(int in, int out, unit_fn *unit);

#endif
