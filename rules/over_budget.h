/* The worst paths that are above the budget. For use by rules/. */
#ifndef STACKCHECK_RULES_OVER_BUDGET_H
#define STACKCHECK_RULES_OVER_BUDGET_H

#include "rules/copies.h"
#include "rules/rule.h"

struct over_path {
	struct copy entry; /* an entry point, with its copies in other units */
	struct path path;
};

/* Zero-initialise. */
struct over_paths {
	struct arena arena;
	VEC(struct over_path) v; /* in program order */
};

void over_paths_find(struct over_paths *o, const struct rule_input *in);
void over_paths_release(struct over_paths *o);

#endif
