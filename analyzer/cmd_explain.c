#include "command.h"
#include "base/suggest.h"

#include "base/text.h"
#include "rules/rule.h"

static int unknown_rule(const char *id, struct error *err)
{
	struct suggestion near = {.word = id};

	for (size_t i = 0; i < n_rules; i++)
		suggest(&near, rules[i]->id);
	if (near.best)
		return error_set(err, "unknown rule '%s'; did you mean '%s'?", id, near.best);
	return error_set(err, "unknown rule '%s'; 'stackcheck list rules' names them", id);
}

enum exit_status cmd_explain(const struct options *o, struct error *err)
{
	const struct rule *rule = rule_find(o->operands.v[0]);
	struct buf text = {0};
	int rc;

	if (!rule) {
		unknown_rule(o->operands.v[0], err);
		return error_status(err);
	}
	buf_printf(&text, "%s (%s): %s\n\n%s%s", rule->id, severity_name(rule->severity),
		   rule->summary, rule->help, str_ends(rule->help, "\n") ? "" : "\n");
	rc = print_result(&text, err);
	buf_release(&text);
	return rc ? error_status(err) : STATUS_CLEAN;
}
