/*
 * What a project decides about rules and findings: rules switched off, other severities and limits, findings that are
 * accepted. Plain data, made by config/ from stackcheck.yml and from comments in the source. For use by rules/, config/, reports/
 * and cmd_*.c.
 */
#ifndef STACKCHECK_RULES_POLICY_H
#define STACKCHECK_RULES_POLICY_H

#include "rules/finding.h"

/* What the configuration says about one rule. */
struct rule_setting {
	const char *rule; /* id */
	bool off;
	bool has_severity;
	enum severity severity; /* of every finding of the rule */
	int64_t limit; /* the rule's own limit; BYTES_UNKNOWN: not given */
	int64_t frames; /* growth only: what one frame may grow by; BYTES_UNKNOWN: not given */
	struct fact_loc loc;
};

/* Findings that somebody accepted, and why. At least one of function, file, fingerprint is given. */
struct suppression {
	const char *rule; /* id, or a pattern with '*' */
	const char *function; /* pattern of a source name or symbol; NULL: any */
	const char *file; /* pattern of the finding's file; NULL: any */
	const char *fingerprint; /* beginning of one; NULL: any */
	const char *until; /* "2027-01-01", the last day on which it holds; NULL: no end */
	const char *because; /* never NULL */
	bool in_source; /* a comment: function is where it stands, file is its file */
	struct fact_loc loc; /* of the suppression itself */
	bool is_new; /* a gate says: the base does not have it, so it accepts nothing */
	bool expired; /* set by policy_suppress(): `until` is over, so it accepts nothing */
	uint32_t
		n_used; /* findings that fit, also where it is new or expired; set by policy_suppress() */
};

/* Zero-initialise. Strings live in the arena. */
struct policy {
	struct arena arena;
	VEC(struct rule_setting) rules;
	VEC(struct suppression) suppressions;
	char today[16]; /* "2026-05-31" (UTC), for `until`; "": nothing expires */
};

/* What is said about a rule, or NULL. */
const struct rule_setting *policy_rule(const struct policy *p, const char *rule);

/* The limit that the configuration gives a rule, else `otherwise`. p may be NULL. */
int64_t policy_limit(const struct policy *p, const char *rule, int64_t otherwise);

/* Marks the findings that a suppression fits (the first one that holds gives the reason) and counts its uses. */
void policy_suppress(struct policy *p, const struct program *program, struct findings *findings);

/* Do the two accept the same thing: rule, scope and place, whatever line they stand in? */
bool suppression_equal(const struct suppression *a, const struct suppression *b);

void policy_release(struct policy *p);

#endif
