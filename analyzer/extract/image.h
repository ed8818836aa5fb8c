/* A unit that is an object or an image and no source. For use by extract.c only. */
#ifndef STACKCHECK_EXTRACT_IMAGE_H
#define STACKCHECK_EXTRACT_IMAGE_H

#include "base/error.h"
#include "facts/facts.h"
#include "input/job.h"

struct machine_tools;

/* Measures job->source (or the member of it that the job names) and fills `f`: functions with their frames, calls by name,
   and where the unwind tables disagree. f->unit is set already. `tools` may be NULL. */
int image_read(const struct job *job, struct machine_tools *tools, struct facts *f,
	       struct error *err);

#endif
