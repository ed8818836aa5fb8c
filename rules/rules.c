#include "rules/rule.h"

#include <string.h>

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

int64_t rule_limit(const struct rule_input *in, const struct rule *rule)
{
	return policy_limit(in->policy, rule->id, rule->limit);
}

static void run_rule(const struct rule *rule, const struct rule_input *in, struct findings *out)
{
	const struct rule_setting *setting = policy_rule(in->policy, rule->id);
	size_t first = out->v.n;

	if (!rule->check || (setting && setting->off))
		return;
	rule->check(in, out);
	for (size_t i = first; setting && setting->has_severity && i < out->v.n; i++)
		out->v.v[i].severity = setting->severity;
}

static void run_rules(bool last, const struct rule_input *in, struct findings *out)
{
	for (size_t i = 0; i < n_rules; i++) {
		if (rules[i]->last == last)
			run_rule(rules[i], in, out);
	}
	findings_sort(out, in->program);
	findings_fingerprint(out, in->program);
}

static void run_with_guards(const struct rule_input *in, struct findings *out)
{
	run_rules(false, in, out);
	if (!in->policy)
		return;
	policy_suppress(in->policy, in->program, out);
	run_rules(true, in, out);
}

void rules_run(const struct rule_input *in, struct findings *out)
{
	struct rule_input with = *in;
	struct guards guards = {0};

	if (!in->guards) {
		guards_find(&guards, in->program, in->depths);
		with.guards = &guards;
	}
	run_with_guards(&with, out);
	if (!in->guards)
		guards_release(&guards);
}
