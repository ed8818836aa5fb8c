/*
 * The JSON reports of several gates, one a build, as one answer: the worst of theirs. For use by gate_combine.c.
 */
#ifndef STACKCHECK_REPORTS_COMBINE_H
#define STACKCHECK_REPORTS_COMBINE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/vec.h"
#include "reports/reread.h"

/* One report. A file that cannot be read, or that no gate wrote, is a part without an answer. */
struct combine_part {
	const char *name; /* --build NAME, else the target; the file's name when neither is known */
	const char *file;
	const char *verdict; /* "passed" "failed" "undecided" */
	const char *commit, *base, *base_commit; /* NULL: not known */
	int64_t units, units_measured;
	int64_t deepest; /* BYTES_UNKNOWN: no entry point */
	struct reread *document; /* all of it; NULL: it cannot be read */
};

/* A sentence, and the parts that say it. */
struct combine_sentence {
	const char *text;
	VEC(size_t) parts;
};

/* Zero-initialise. */
struct combined {
	struct arena arena;
	VEC(struct combine_part) parts; /* in the order of the files */
	VEC(struct combine_sentence) reasons, notices; /* each once, in order of first appearance */
	const char *verdict; /* the worst: failed, then undecided */
};

/* Adds a report's text; with `text` NULL one that could not be read, because of `why`. Never fails: what is wrong with it is a
   reason. */
void combine_add(struct combined *c, const char *file, const char *text, const char *why);

/* Sets c->verdict. Reports of different commits are no one change: undecided. */
void combine_judge(struct combined *c);

/* The parts as reports, for the formats that several of them make a document of: c->parts.n of them, each with its own verdict and
   with what all of them were refused for. No two have the same build and target. A part that cannot be read is a unit that
   failed, so that no format takes it for one without findings. In the arena. */
const struct report *const *combine_reports(struct combined *c);

void combine_text(const struct combined *c, struct buf *out);
void combine_markdown(const struct combined *c, struct buf *out);
void combine_json(const struct combined *c, struct buf *out);

void combine_release(struct combined *c);

#endif
