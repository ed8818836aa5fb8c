/* The one door to libclang and LLVM. For use by the worker process only. */
#ifndef STACKCHECK_EXTRACT_EXTRACT_H
#define STACKCHECK_EXTRACT_EXTRACT_H

#include "base/error.h"
#include "facts/facts.h"
#include "input/job.h"

/*
 * Reads the job's source through libclang, compiles it with our clang into `scratch` (a private
 * directory that the caller made and removes), reads the object, and fills `f` (zeroed by the caller).
 * A source that does not compile gives status UNIT_ESTIMATED, not an error. Errors: what makes the unit failed.
 * `tools`: from extract_tools_open(), for all units of a process.
 */
int extract_unit(const struct job *job, const char *scratch, void *tools, struct facts *f,
		 struct error *err);

/* What is worth keeping from unit to unit: disassemblers and what they decoded. Made when first needed. */
void *extract_tools_open(void);
void extract_tools_close(void *tools);

/* "clang 19.1.7": what extract_unit() uses; part of every cache key. */
const char *extract_compiler_version(void);

#endif
