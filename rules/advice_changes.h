/* The changes that bring a path below the budget. For use by rules/. */
#ifndef STACKCHECK_RULES_ADVICE_CHANGES_H
#define STACKCHECK_RULES_ADVICE_CHANGES_H

#include "rules/over_budget.h"

/* Finds the changes that bring path number `index` down to the finding's limit and puts them into it, those on most paths
   first. `w` is of what no adequate guard covers. */
void advice_find_changes(struct what_if *w, const struct over_paths *over, size_t index,
			 struct findings *out, struct finding *x);

/* What to do: the changes with their places and savings, and what they leave; `otherwise` when there are none. */
const char *advice_changes(const struct rule_input *in, struct arena *a, const struct finding *x,
			   const char *otherwise);

#endif
