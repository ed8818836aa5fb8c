/* What a rule says about a place. For use by rules/, reports/, history/ and cmd_*.c. */
#ifndef STACKCHECK_RULES_FINDING_H
#define STACKCHECK_RULES_FINDING_H

#include "base/hash.h"
#include "base/vec.h"
#include "program/program.h"
#include "stack/what_if.h"

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

const char *severity_name(enum severity s); /* note warning error */

/* Against the last run of the same kind; set by cmd_scan.c, not by rules. */
enum finding_state { STATE_UNKNOWN, STATE_NEW, STATE_EXISTING };

/* One change of the source that makes the number smaller. */
struct finding_change {
	struct change change; /* what, where, and the bytes it saves on the path */
	uint32_t n_paths; /* paths above the budget that it makes shorter */
};

struct finding {
	const char *rule; /* id */
	enum severity severity;
	uint32_t
		func; /* where; NO_ID: it is about no function (a line of the configuration), and has a loc */
	struct fact_loc loc;
	const char *
		subject; /* line-free identity within the function: the variable, the cycle's functions; "" */
	const char *message; /* one sentence, no full stop, no path, numbers with "bytes" */
	const char *advice; /* what to do there, one or two sentences; NULL */
	int64_t bytes; /* the number it is about: frame, variable, depth; BYTES_UNKNOWN */
	int64_t limit; /* what it was held against; BYTES_UNKNOWN: none */
	uint32_t *edges; /* path or cycle, edge by edge; in the arena */
	uint32_t n_edges;
	struct finding_change
		*changes; /* together they are enough, or all that is known to help; in the arena */
	uint32_t n_changes;
	int64_t bytes_after; /* with n_changes: what is left of `bytes` then */
	char fingerprint[HASH_HEX_SIZE]; /* the first 32 hex digits: stable under line changes */
	enum finding_state state;
	bool suppressed; /* accepted by the user: listed, never counted against --fail-on */
	const char *
		suppressed_why; /* the reason that was given, with its place; NULL: not suppressed */
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

/* SHA-256 of rule, target, module (of a function in a header: the header), symbol, subject and, if several stay equal, their
   number; no lines, no sources. */
void findings_fingerprint(struct findings *f, const struct program *p);

void findings_release(struct findings *f);

#endif
