/* The compiler's own numbers, beside its object, as a second opinion. For use by extract.c only. */
#ifndef STACKCHECK_EXTRACT_CHECK_SU_H
#define STACKCHECK_EXTRACT_CHECK_SU_H

#include "facts/facts.h"
#include "input/job.h"

/*
 * Holds the facts against X.su and X.ci beside job->object X.o, as far as they are there and the object is fresh. Adds what
 * disagrees to f->mismatches, what was compared to f->n_checked, and the files to f->inputs.
 */
void check_su(const struct job *job, struct facts *f);

#endif
