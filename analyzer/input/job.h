/* One unit of work: a source file and how our clang shall read it. For use by input/ (which makes
   it), jobs/ and extract/. */
#ifndef STACKCHECK_INPUT_JOB_H
#define STACKCHECK_INPUT_JOB_H

#include <stdbool.h>
#include <stddef.h>

struct job {
	const char *
		unit; /* unique name in the run: source relative to `root`; "#2" etc. for further commands */
	const char *root; /* project root, absolute */
	const char *directory; /* working directory of the command, absolute */
	const char *source; /* absolute, clean */
	const char *object; /* what the build's command writes, absolute; NULL: not said */
	const char *module; /* KBUILD_MODNAME or NULL */
	const char *target; /* triple, never NULL */
	char **argv; /* clean clang arguments: no program, no source, no output; "--target=..." first;
	                          "--driver-mode=cl" is never in it (cl options were translated) */
	size_t argc;
};

#endif
