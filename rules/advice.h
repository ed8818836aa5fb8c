/* What to do about a variable, in words that fit its place. All strings live in the arena. For use by rules/. */
#ifndef STACKCHECK_RULES_ADVICE_H
#define STACKCHECK_RULES_ADVICE_H

#include "rules/advice_context.h"

/* Where the variable should go instead. `contexts` are the function's bits; `part` is in its frame. */
const char *advice_variable(const struct rule_input *in, struct arena *a, uint32_t func,
			    const struct fact_part *part, uint32_t contexts);

#endif
