/* One unit of work: a source file and how our clang shall read it. For use by input/ (which makes
   it), jobs/ and extract/. */
#ifndef STACKCHECK_INPUT_JOB_H
#define STACKCHECK_INPUT_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whose machine code a unit's frames are read from. */
enum job_frames {
	FRAMES_RECOMPILE, /* our clang's, at the build's flags */
	FRAMES_AUTO, /* the build's own object where it is there and fresh, else recompiled */
	FRAMES_OBJECTS, /* the same, but a unit whose object cannot be used counts as incomplete */
};

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
	enum job_frames frames;
	/* The unit is an object or a linked image without a source: `source` is that file, argv is empty. With a size it
	   is a member of an archive, whose bytes begin at the offset. */
	bool object_only;
	uint64_t member_offset, member_size;
	bool check_su; /* read the compiler's own figures beside the object, too */
};

#endif
