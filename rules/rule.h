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
#include "stack/stack.h"

struct rule_input {
	const struct program *program;
	const struct depths *depths;
	const struct platform *platform;
	int64_t budget_bytes; /* for a worst path */
	int64_t frame_limit; /* for one frame */
	int64_t large_local; /* for one variable */
};

struct rule {
	const char *id;
	enum severity severity; /* the worst it gives */
	const char *summary; /* one line, no full stop */
	const char *
		help; /* what it means, why it matters, how to mend it: `stackcheck explain` prints it */
	void (*check)(const struct rule_input *in, struct findings *out);
};

/* All rules, by id. */
extern const struct rule *const rules[];
extern const size_t n_rules;

const struct rule *rule_find(const char *id);

/* Runs every rule, then sorts the findings and gives them their fingerprints. */
void rules_run(const struct rule_input *in, struct findings *out);

#endif
