/*
 * What changed between two snapshots, and why. For use by snapshot/, rules/, reports/ and cmd_*.c.
 *
 * Functions are matched first (match.c); entry points, findings and frames then follow the match, so that code that only
 * moved is no change. Every list holds all changes, largest absolute change first, then by label; whoever writes them
 * leaves out what is below the limits and counts it. Function numbers named `before` index before->functions, those named
 * `after` index after->functions; NO_ID: there is none. The snapshots must outlive the diff.
 */
#ifndef STACKCHECK_SNAPSHOT_DIFF_H
#define STACKCHECK_SNAPSHOT_DIFF_H

#include "snapshot/snapshot.h"

/* What in a frame is not as it was. */
enum detail_kind {
	DETAIL_NEW, /* a variable */
	DETAIL_GONE,
	DETAIL_CHANGED, /* its type, its size or its share */
	DETAIL_INLINED, /* a function is inlined now, with all its variables */
	DETAIL_NOT_INLINED, /* and no more */
	DETAIL_OTHER, /* a part without a name: `name` is its kind */
};

struct diff_detail {
	enum detail_kind kind;
	const char *name; /* of the variable, the inlined function, or the kind of part */
	const char *type, *old_type; /* of a variable; old_type when it changed */
	const char *declared_in; /* NULL: the frame's own function */
	const char *file; /* of the declaration, of the after side if there is one */
	uint32_t line;
	int64_t delta; /* of counted bytes; all details of a frame add up to its change */
};

/* Why a step of a path is another one. Order as in diff_cause_name(). */
enum diff_cause {
	CAUSE_FRAME, /* on both paths: its frame changed */
	CAUSE_CALL, /* on both paths, frame as before: the depth at its call changed */
	CAUSE_COST, /* an outside function's cost changed */
	CAUSE_NEW_CALL, /* on the new path only: its caller did not call it before */
	CAUSE_NEW_FUNCTION, /* was not there before */
	CAUSE_OUTLINED, /* was inlined into others before */
	CAUSE_NOW_DEEPEST, /* was called before, but another way was deeper */
	CAUSE_CALL_GONE, /* on the old path only: its caller calls it no more */
	CAUSE_FUNCTION_GONE,
	CAUSE_INLINED, /* is inlined into another one now */
	CAUSE_NOT_DEEPEST, /* is still called, but another way is deeper */
};

const char *diff_cause_name(enum diff_cause c); /* "frame" "call" "cost" "new-call" ... */

/* One step of an entry's path that changes its depth; a change's reasons add up to its delta. */
struct diff_reason {
	enum diff_cause cause;
	uint32_t before, after; /* the function; both NO_ID: an outside one */
	const char *label; /* its name */
	const char *caller; /* label of the step before it on its path; NULL: the entry itself */
	const char *host; /* CAUSE_INLINED, _OUTLINED: the function that it is, or was, part of */
	int64_t delta; /* of the path's depth */
	int64_t frame_before, frame_after; /* its frame; BYTES_UNKNOWN: not there, or not known */
	const char *file; /* of the call that leads to it, else of the function itself */
	uint32_t line;
	const struct diff_detail *details; /* of the frame; none when either side has no parts */
	size_t n_details;
};

enum diff_state {
	DIFF_CHANGED,
	DIFF_NEW,
	DIFF_GONE,
	DIFF_INLINED, /* functions only: gone, as `host` has it inside now */
	DIFF_OUTLINED, /* functions only: new, as it was inside `host` before */
};

const char *diff_state_name(enum diff_state s); /* "changed" "new" "gone" "inlined" "outlined" */

/* An entry point whose depth, or the certainty of it, changed; or that is new or gone. */
struct diff_entry {
	enum diff_state state;
	uint32_t before, after;
	const char *label; /* of the after side if there is one */
	const char *old_label; /* when it is another one, else NULL */
	int64_t bytes_before, bytes_after; /* BYTES_UNKNOWN: not there, or not known */
	int64_t delta; /* after - before; an unknown side counts 0 */
	int64_t budget; /* of the after side, else the before side; BYTES_UNKNOWN */
	bool crosses; /* is above its budget now, and was not before */
	bool bound_changed; /* exact, at-least, unbounded: another word than before */
	struct diff_reason
		*reasons; /* in path order, what left the path before what took its place */
	size_t n_reasons;
};

/* A function whose frame changed, or that is new or gone. Equal copies in many units are one. */
struct diff_function {
	enum diff_state state;
	uint32_t before, after;
	const char *label;
	const char *old_label; /* when it moved under another label, else NULL */
	const char *host; /* see enum diff_state; label */
	int64_t bytes_before, bytes_after, delta; /* frames; as in diff_entry */
	uint32_t
		copies; /* functions of the same source place and frames that this row stands for */
	const struct diff_detail *details;
	size_t n_details;
};

/* A finding by its fingerprint, or by rule, subject and matched function when code moved. */
struct diff_finding {
	enum diff_state
		state; /* DIFF_NEW, DIFF_GONE (fixed), DIFF_CHANGED (existing; delta may be 0) */
	uint32_t before, after; /* into findings.v; NO_ID */
	int64_t delta; /* of its bytes */
};

struct diff_totals {
	int64_t deepest_before, deepest_after; /* of all entry points; BYTES_UNKNOWN: none */
	int64_t entry_bytes_before, entry_bytes_after; /* sums over all entry points */
	int64_t frame_bytes_before, frame_bytes_after; /* sums over all functions */
	size_t entries_deeper, entries_shallower, entries_new, entries_gone, entries_same;
	size_t functions_grown, functions_shrunk, functions_new, functions_gone, functions_same;
	size_t functions_inlined, functions_outlined, functions_moved; /* moved: to another unit */
	size_t findings_new, findings_fixed, findings_existing; /* new, fixed: not the suppressed */
	size_t suppressed_new; /* suppressed now, and not there or not suppressed before */
};

/* A unit that is another one now; both paths as in the snapshots. */
struct diff_move {
	const char *before, *after;
};

/* Zero-initialise. */
struct diff {
	struct arena arena;
	const struct snapshot *before, *after;
	uint32_t *to_after; /* by before function: its match, or NO_ID */
	uint32_t *to_before; /* by after function */
	VEC(struct diff_move) moves; /* by `after` */
	VEC(struct diff_entry) entries;
	VEC(struct diff_function) functions;
	VEC(struct diff_finding) findings; /* new, fixed, existing; each in the order of its run */
	struct diff_totals totals;
	const char **differences; /* snapshot_differences() of the two runs */
	size_t n_differences;
};

/* Compares; never fails. About linear in the functions of both. */
void diff_make(struct diff *d, const struct snapshot *before, const struct snapshot *after);

/* What is worth showing: changes of at least `bytes` and at least `percent` of what was there before. What is new, gone
   or crosses its budget counts with all its bytes. */
struct diff_limits {
	int64_t bytes;
	unsigned percent;
	size_t top; /* rows of each list; 0: all */
};

bool diff_entry_counts(const struct diff_entry *e, const struct diff_limits *limits);
bool diff_function_counts(const struct diff_function *f, const struct diff_limits *limits);

/* A reason as a phrase without a full stop: "frame of fill 120 -> 504 bytes: new variable char buf[256] (+256), inlined
   foo (+128)". Names as they are: the writer escapes them. In the arena. */
const char *diff_reason_text(const struct diff_reason *r, struct arena *a);

/* The details of a frame as such a phrase; "" when there are none. */
const char *diff_details_text(const struct diff_detail *details, size_t n, struct arena *a);

void diff_release(struct diff *d);

#endif
