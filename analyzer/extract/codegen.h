/* Our own clang makes the unit's object. For use by extract/ only. */
#ifndef STACKCHECK_EXTRACT_CODEGEN_H
#define STACKCHECK_EXTRACT_CODEGEN_H

#include "base/arena.h"
#include "base/error.h"
#include "input/job.h"

struct codegen {
	const char *object; /* path of the object file; NULL: it did not compile */
	const char *log; /* what clang printed: diagnostics and stack-frame-layout remarks */
	const char *usage; /* what -fstack-usage writes; "" when it wrote nothing */
	const char *
		failure; /* when object is NULL: "clang gave errors", "clang crashed (signal 11)" */
};

/*
 * Compiles the job's source in a process of its own: clang at its fixed path, the job's clean arguments, the job's
 * directory; object and log go to `scratch`. Source code, never a saved AST: code from a saved AST lacks aliases and
 * sections. An error is only a failure to run clang at all.
 */
int codegen_run(const struct job *job, const char *scratch, struct arena *a, struct codegen *out,
		struct error *err);

#endif
