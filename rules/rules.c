#include "rules/rule.h"

#include <string.h>

#define RULE(name) extern const struct rule rule_##name;
#include "rules/rules.def"
#undef RULE

const struct rule *const rules[] = {
#define RULE(name) &rule_##name,
#include "rules/rules.def"
#undef RULE
};

const size_t n_rules = sizeof(rules) / sizeof(rules[0]);

const struct rule *rule_find(const char *id)
{
	for (size_t i = 0; i < n_rules; i++) {
		if (!strcmp(rules[i]->id, id))
			return rules[i];
	}
	return NULL;
}

void rules_run(const struct rule_input *in, struct findings *out)
{
	for (size_t i = 0; i < n_rules; i++)
		rules[i]->check(in, out);
	findings_sort(out, in->program);
	findings_fingerprint(out, in->program);
}
