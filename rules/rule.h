/*
 * The interface of a rule. A rule is one file with a head comment (what, why, how to mend), one const record and one
 * function; one line in rules.def; a paragraph in stackcheck.1; a case in tests/cases/. Rules are pure: const input,
 * findings out, no order between them. For use by rules/ and cmd_*.c.
 */
#ifndef STACKCHECK_RULES_RULE_H
#define STACKCHECK_RULES_RULE_H

#include "program/program.h"
#include "rules/finding.h"
#include "rules/platform.h"
#include "rules/policy.h"
#include "stack/guards.h"
#include "stack/stack.h"

struct rule_input {
	const struct program *program;
	const struct depths *depths;
	const struct guards *guards; /* NULL: rules_run() finds them */
	const struct platform *platform;
	int64_t budget_bytes; /* for a worst path */
	int64_t frame_limit; /* for one frame */
	int64_t large_local; /* for one variable */
	bool verifier; /* costs are those under Driver Verifier */
	struct policy *
		policy; /* of the project: rules off, severities, limits, suppressions; NULL: none */
};

struct rule {
	const char *id;
	enum severity severity; /* the worst it gives */
	int64_t limit; /* the rule's own limit unless the configuration gives another (rule_limit()); 0: it has none */
	bool last; /* runs after the others' findings were marked as suppressed */
	const char *summary; /* one line, no full stop */
	const char *
		help; /* what it means, why it matters, how to mend it: `stackcheck explain` prints it */
	void (*check)(const struct rule_input *in,
		      struct findings *out); /* NULL: it needs a base run, see growth.h */
};

#define RULE(name) extern const struct rule rule_##name;
#include "rules/rules.def"
#undef RULE

/* All rules, by id. */
extern const struct rule *const rules[];
extern const size_t n_rules;

const struct rule *rule_find(const char *id);

/* The limit of a rule that has one of its own. */
int64_t rule_limit(const struct rule_input *in, const struct rule *rule);

/* Runs every rule that is not off, gives the findings the severities that the policy asks for, their order, their fingerprints, and
   marks the suppressed ones. */
void rules_run(const struct rule_input *in, struct findings *out);

#endif
