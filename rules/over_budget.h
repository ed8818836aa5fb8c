/* Entry points held against what their stacks have for them. For use by rules/, scan_*.c and gate*.c. */
#ifndef STACKCHECK_RULES_OVER_BUDGET_H
#define STACKCHECK_RULES_OVER_BUDGET_H

#include "rules/copies.h"
#include "rules/rule.h"
#include "snapshot/snapshot.h"

/*
 * What an adequate test of the remaining stack lets through fits whenever it runs: the budget is for the rest. Bytes; `bytes`
 * and `whole` are BYTES_UNKNOWN where the depth is.
 */
struct judged {
	int64_t budget; /* for a worst path on the stack that the entry starts on */
	int64_t whole; /* its worst depth */
	int64_t bytes; /* its worst depth without what adequate guards cover; equal to `whole` within the budget */
	int64_t limit; /* what `whole` may be: the budget, and what is covered */
	bool over; /* whole > limit, which is bytes > budget */
};

struct judged entry_judge(const struct rule_input *in, uint32_t func);

/* Program and depths without what adequate guards cover; the input's own where nobody looked for guards. */
const struct program *uncovered_program(const struct rule_input *in);
const struct depths *uncovered_depths(const struct rule_input *in);

/* The budget of an entry point: of its own stack where the platform gives that one, else of a thread's; a smaller one that
   was asked for holds everywhere. */
int64_t entry_budget(const struct rule_input *in, uint32_t func);

/* Sets the budgets of the entry points in the snapshot, which must be of the same program. */
void entry_budgets(struct snapshot *s, const struct rule_input *in);

struct over_path {
	struct copy entry; /* an entry point above its budget, with its copies in other units */
	struct path path; /* the worst one that no adequate guard covers */
	struct judged judged;
};

/* Zero-initialise. */
struct over_paths {
	struct arena arena;
	VEC(struct over_path) v; /* in program order */
};

void over_paths_find(struct over_paths *o, const struct rule_input *in);
void over_paths_release(struct over_paths *o);

#endif
