/*
 * The interface of a report format: one file with one record and one function; one line in writers.def. A writer
 * only writes: no depth is computed, no finding filtered here. For use by reports/ and cmd_*.c.
 */
#ifndef STACKCHECK_REPORTS_WRITER_H
#define STACKCHECK_REPORTS_WRITER_H

#include "base/buf.h"
#include "base/error.h"
#include "reports/report.h"

struct writer {
	const char *name; /* for --format */
	const char *extension; /* for -o FILE: how its name ends; NULL: --format only */
	const char *also; /* another such ending, or NULL */
	const char *summary;
	int (*write)(const struct report *r, struct buf *out, struct error *err);
	/* Several runs, one a build of the same change, as one document; `write` is this with one. No two have the same build and
	   target. NULL: a format that is combined in another way. */
	int (*write_all)(const struct report *const *r, size_t n, struct buf *out,
			 struct error *err);
};

extern const struct writer *const writers[];
extern const size_t n_writers;

/* By name / by the end of a file name; NULL: unknown. */
const struct writer *writer_find(const char *name);
const struct writer *writer_for_file(const char *path);

#endif
