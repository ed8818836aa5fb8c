/* What a rule says about a place. For use by rules/, reports/, history/ and cmd_*.c. */
#ifndef STACKCHECK_RULES_FINDING_H
#define STACKCHECK_RULES_FINDING_H

#include "base/hash.h"
#include "base/vec.h"
#include "program/program.h"

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

const char *severity_name(enum severity s); /* note warning error */

/* Against the last run of the same kind; set by cmd_scan.c, not by rules. */
enum finding_state { STATE_UNKNOWN, STATE_NEW, STATE_EXISTING };

struct finding {
	const char *rule; /* id */
	enum severity severity;
	uint32_t func; /* where */
	struct fact_loc loc;
	const char *
		subject; /* line-free identity within the function: the variable, the cycle's functions; "" */
	const char *message; /* one sentence, no full stop, no path, numbers with "bytes" */
	const char *advice; /* what to do there, one or two sentences; NULL */
	int64_t bytes; /* the number it is about: frame, variable, depth; BYTES_UNKNOWN */
	int64_t limit; /* what it was held against; BYTES_UNKNOWN: none */
	uint32_t *edges; /* path or cycle, edge by edge; in the arena */
	uint32_t n_edges;
	char fingerprint[HASH_HEX_SIZE]; /* the first 32 hex digits: stable under line changes */
	enum finding_state state;
	bool suppressed; /* accepted by the user: listed, never counted against --fail-on */
};

/* Zero-initialise. */
struct findings {
	struct arena arena;
	VEC(struct finding) v;
};

/* Appends a finding with the rule's id and severity set. */
struct finding *findings_add(struct findings *f, const char *rule, enum severity severity,
			     uint32_t func);

/* Worst first: severity, bytes, then file, line, rule, symbol, subject. */
void findings_sort(struct findings *f, const struct program *p);

/* SHA-256 of rule, target, unit, symbol, subject and, if several stay equal, their number; no lines. */
void findings_fingerprint(struct findings *f, const struct program *p);

void findings_release(struct findings *f);

#endif
