/* From the way a unit's process ended to a verdict and a sentence. For use by pool.c and jobs.c. */
#ifndef STACKCHECK_JOBS_OUTCOME_H
#define STACKCHECK_JOBS_OUTCOME_H

#include "jobs/jobs.h"
#include "jobs/wire.h"

#include <time.h>

struct outcome {
	struct answer answer;
	char lost[160]; /* not "": no answer came, and this is why */
	enum verdict lost_verdict; /* with `lost` */
	struct timespec started; /* CLOCK_REALTIME_COARSE, the clock of file times */
};

/*
 * Judges how a unit ended. `sentence` is the error that the unit's process left, `output` what it and its compiler
 * printed (both may be ""; neither is trusted). VERDICT_OK means that the facts are there to be read. The reason is one
 * printable line in the arena, NULL for VERDICT_OK.
 */
enum verdict outcome_judge(const struct outcome *o, const struct limits *limits,
			   const char *sentence, const char *output, struct arena *a,
			   const char **reason);

/* Did a unit that failed, or whose compiler failed, do so for a limit? VERDICT_TIMEOUT or VERDICT_OOM with its reason, or
   VERDICT_OK. A unit whose compiler was stopped by a limit gives estimates, which must not pass for parse errors. */
enum verdict outcome_starved(const struct outcome *o, const struct limits *limits,
			     const char *sentence, const char *output, struct arena *a,
			     const char **reason);

/* Text from a worker as one printable line: control characters and bad UTF-8 replaced, cut to a sane length. */
const char *outcome_line(struct arena *a, const char *text);

#endif
