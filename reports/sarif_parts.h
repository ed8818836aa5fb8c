/* The parts of the SARIF log. For use by sarif*.c only. */
#ifndef STACKCHECK_REPORTS_SARIF_PARTS_H
#define STACKCHECK_REPORTS_SARIF_PARTS_H

#include "reports/issues.h"
#include "reports/json_out.h"

/* What GitHub's code scanning keeps of a log; it drops the rest silently or refuses the file. */
enum {
	SARIF_RESULTS = 5000,
	SARIF_PATH = 1000, /* steps of one path */
	SARIF_STEPS = 100000, /* steps of all paths: keeps the file within 10 MB, compressed */
};

struct sarif {
	struct json_out out;
	const struct report *r;
	struct arena arena;
	struct issues issues;
	bool has_baseline, has_suppressions; /* of the results: all have the member, or none */
	bool *is_used; /* by rule: has results */
	size_t n_steps; /* written */
	size_t results_left_out, paths_left_out, paths_shortened;
};

/* {"text": ...} under a key; the text is made harmless and ends with a full stop. */
void sarif_message(struct sarif *s, const char *key, const char *text);

/* A location under a key (NULL: an array's element), with a message unless it is NULL. */
void sarif_location(struct sarif *s, const char *key, const struct fact_loc *loc,
		    const char *message);

/* sarif_tool.c: the member "tool" with the rules that have results; the place of a rule in it, or -1. */
void sarif_tool(struct sarif *s);
int sarif_rule_index(const struct sarif *s, const char *id);

/* sarif_results.c: the member "results"; counts what it leaves out. */
void sarif_results(struct sarif *s);

/* Descriptors of notifications, in the order of their list. */
enum sarif_notice { NOTICE_INCOMPLETE, NOTICE_LEFT_OUT, NOTICE_ORIGIN, NOTICE_GATE, NOTICE_COUNT };
const char *sarif_notice_id(enum sarif_notice n);

#endif
