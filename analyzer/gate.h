/*
 * A gate: the head scanned, the base found or measured, the difference judged. Each step is one call; cmd_gate.c calls them in
 * order. For use by cmd_gate.c and gate_*.c.
 */
#ifndef STACKCHECK_GATE_H
#define STACKCHECK_GATE_H

#include "base_run.h"
#include "command.h"
#include "rules/finding_snapshot.h"
#include "rules/growth.h"
#include "rules/over_budget.h"
#include "scan.h"
#include "snapshot/judge.h"

/* What --base names. */
enum gate_source {
	SOURCE_COMMIT, /* a version of the sources: its stored run if there is one, else it is measured */
	SOURCE_RUN, /* a run of the database, by its number */
	SOURCE_DATABASE, /* a file: the run of the base commit in it */
	SOURCE_REPORT, /* a file: a JSON report */
};

/* Zero-initialise, but for head.session.options. */
struct gate {
	struct options
		options; /* the command line, files of the working tree that decide taken from the base */
	struct scan head; /* the sources as they are, by the base's policy */
	struct scan base; /* measured for this gate; empty when the base was stored */
	enum gate_source source;
	struct vcs_repo *repo; /* NULL: not in git */
	struct vcs_base at; /* the base commit; `commit` may be NULL */
	struct base_tree
		tree; /* what changed since; read when `repo` is there and the commit is known */
	bool tree_known;
	struct config theirs; /* the change's own configuration, which does not hold */
	bool accepts; /* the base's policy takes the change's own suppressions */
	VEC(struct fact_loc) new_places; /* of comments that are new suppressions */
	struct reach reach;
	struct base_run measured;
	bool is_measured; /* the base's units are in base.session */
	struct snapshot before, after;
	bool has_base; /* `before` holds */
	struct diff diff; /* with it */
	struct judgement judgement;
	VEC(const char *) undecided; /* sentences: why there is no answer */
	VEC(const char *) reasons; /* failures, then those */
	struct gate_verdict verdict;
};

/* Says that there is no answer, and why; `...` as in printf. */
void gate_undecided(struct gate *g, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The same for what to know, though it decides nothing. */
void gate_notice(struct gate *g, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Opens the database of runs for reading, if there is one; with --bootstrap as a scan does. */
int gate_open_history(struct gate *g, struct error *err);

/* What --base and --base-ref mean; finds the commit and what changed since. The head's input must have been read. */
int gate_find_base(struct gate *g, struct error *err);

/* Puts the base's configuration in the place of the head's. */
int gate_policy(struct gate *g, struct error *err);

/* Which units the change reaches. The head's units must have been measured, but not linked. */
void gate_reach(struct gate *g);

/* Measures the base's units if its stored run will not do, or if comments of the change are to be compared. */
int gate_base_units(struct gate *g, struct error *err);

/* Finds the comments that are new, and takes those out that would change what is believed. Before the head is linked. */
void gate_comments(struct gate *g);

/* Marks the suppressions of new comments. After the head is linked, before its rules run. */
void gate_mark_suppressions(struct gate *g);

/* The head's numbers in g->after. Rules must have run. */
void gate_head(struct gate *g);

/* The base's numbers in g->before: a stored run that is comparable, or what was measured. */
int gate_base(struct gate *g, struct error *err);

/* Names the units without which nothing can be said. */
void gate_check_units(struct gate *g);

/* Compares and judges: fills g->verdict. */
void gate_judge(struct gate *g);

/* Fills g->head.report. */
void gate_report(struct gate *g);

void gate_release(struct gate *g);

/* The whole of --combine. */
enum exit_status gate_combine(const struct options *o, struct error *err);

/* For gate_*.c. */
bool gate_has_comments(struct gate *g);
void gate_notice_suppression(struct gate *g, const struct suppression *s);

/* A file of the head, relative to its root, by its name in the base. */
const char *gate_old_name(struct gate *g, const char *file);

#endif
