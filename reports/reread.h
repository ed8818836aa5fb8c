/*
 * A JSON report read back as the report that it was written from, so that every other format can be written from it. For use by
 * gate_combine.c.
 *
 * What a report does not carry is not there: calls that lie on no path, parts of frames, signatures, columns of functions,
 * guards, the model. Text and JSON need more than that and are not to be written from it.
 */
#ifndef STACKCHECK_REPORTS_REREAD_H
#define STACKCHECK_REPORTS_REREAD_H

#include "reports/report.h"

/* Zero-initialise. */
struct reread {
	struct arena arena;
	struct report
		report; /* what writers get; points into this structure, which must not move */
	struct snapshot after; /* its strings are those of the report */
	struct snapshot before; /* the run that a gate compared with; only what identifies it */
	struct program program;
	struct depths depths;
	struct platform platform;
	struct diff diff;
	struct gate_verdict verdict;
	struct entry *entries; /* of the report, in the arena */
	VEC(struct facts *) units; /* of the program, in the arena */
	VEC(struct program_edge) edges; /* one a step of a path */
	VEC(struct program_external) externals;
};

/* Reads a report of schema stackcheck-report-1. `name` is for messages. On failure there is nothing to release. */
int report_reread(struct reread *r, const char *text, size_t len, const char *name,
		  struct error *err);

void reread_release(struct reread *r);

#endif
