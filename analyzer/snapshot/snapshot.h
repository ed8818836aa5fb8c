/*
 * The plain numbers of one run, cut loose from facts, program and depths: what the history keeps, what a JSON report
 * says, and what two runs are compared by. Made from a solved program (snapshot_of_run), from the database
 * (history_snapshot) or from a report (snapshot_read_report). For use by snapshot/, rules/, history/, reports/ and cmd_*.c.
 *
 * Bytes are BYTES_UNKNOWN where they are not known. All strings are valid UTF-8 and live, as the arrays do, in the
 * snapshot.
 */
#ifndef STACKCHECK_SNAPSHOT_SNAPSHOT_H
#define STACKCHECK_SNAPSHOT_SNAPSHOT_H

#include "program/program.h"
#include "stack/stack.h"

/* A unit that gave nothing. */
struct snapshot_failure {
	const char *unit;
	const char *verdict; /* "crashed (signal 11)", "timeout", ... */
	const char *reason; /* a sentence */
};

/* Which run it is, and what makes two runs comparable. */
struct snapshot_run {
	int64_t id; /* in its database; 0: none */
	int64_t time; /* seconds since 1970, UTC; 0: not known */
	const char *commit, *branch; /* NULL: not in git */
	bool dirty; /* the tree had changes that are not committed */
	const char *tool, *llvm;
	const char *target; /* triples, joined by ',' */
	const char *compilers; /* what made the measured code, joined by ", "; NULL: not known */
	const char *platform;
	const char *build; /* --build NAME, or NULL */
	const char
		*flags_digest; /* code generation flags and the part of the tree; NULL: not known */
	const char *
		config_digest; /* of platform, models, entries, limits and rules; NULL: not known */
	int64_t stack_bytes, budget_bytes, frame_limit; /* BYTES_UNKNOWN: not known */
	int64_t units_total, units_measured, units_estimated, units_failed;
	bool whole; /* no path narrowed the run down */
	bool has_details; /* functions[] have their parts (from a report: --slots) */
	bool has_callees; /* functions[] have their callees (from a report: --graph) */
	struct snapshot_failure *failed; /* by unit */
	size_t n_failed; /* may be less than units_failed in runs recorded by old versions */
	int64_t wall_ms, cpu_ms, cache_hits; /* 0: not known */
};

/* A part of a frame, as struct fact_part; parts that have no name are one for each kind. */
struct snapshot_part {
	const char *kind; /* part_kind_name() */
	const char *name, *type; /* of a variable; NULL: not known */
	const char
		*declared_in; /* source function it came from by inlining; NULL: the frame's own */
	const char *file;
	uint32_t line;
	int64_t bytes; /* its size */
	int64_t counted; /* of them in the frame, not counted by another part */
};

/* How the worst path of a function goes on. */
enum snapshot_way {
	WAY_FRAME, /* it ends in the function's own frame */
	WAY_CALL, /* into `to` */
	WAY_OUTSIDE, /* into an outside function of known cost */
};

struct snapshot_function {
	const char *label; /* unambiguous in the run */
	const char *name; /* of the source; the symbol in runs recorded by old versions */
	const char *symbol, *unit;
	const char *module, *file; /* NULL: not known */
	uint32_t line; /* 0: not known */
	const char *linkage; /* linkage_name(); NULL: not known */
	const char *frame_kind; /* frame_kind_name() */
	int64_t frame_bytes, depth_bytes;
	const char *bound; /* bound_name() */
	uint32_t reasons; /* 1u << enum reason: why the depth is not exact */
	const char *context; /* why it is an entry point; NULL: it is none */
	int64_t budget_bytes; /* of an entry point: the run's, unless it has its own */
	enum snapshot_way way;
	uint32_t to; /* WAY_CALL: the function */
	const char *outside; /* WAY_OUTSIDE: its symbol */
	int64_t outside_bytes; /* WAY_OUTSIDE: its cost */
	int64_t call_bytes; /* but for WAY_FRAME: depth of the call */
	const char *call_within; /* the inlined function that the call stands in, or NULL */
	const char *call_file;
	uint32_t call_line;
	const char *evidence; /* evidence_name() of the call */
	struct snapshot_part *parts; /* when run.has_details */
	size_t n_parts;
	const char **inlined; /* source functions known to be inlined here, sorted, unique */
	size_t n_inlined;
	const char *
		*callees; /* symbols of all believed calls, sorted, unique, when run.has_callees */
	size_t n_callees;
};

/* One step of a worst path. */
struct snapshot_step {
	uint32_t func; /* NO_ID: the outside function that ends the path */
	enum snapshot_way way; /* how the path leaves it; WAY_FRAME: it ends here */
	const char *label, *symbol, *name; /* of the function; of an outside one all its symbol */
	const char *within, *file; /* of the call, or of the function that ends the path */
	uint32_t line;
	int64_t bytes; /* as reported: of the call, of the last frame, of the outside cost */
	int64_t share; /* what it adds to the depth of the path's start; shares add up to it */
};

struct snapshot_path {
	struct snapshot_step *steps;
	size_t n;
};

struct snapshot_finding {
	const char *fingerprint, *rule, *severity;
	uint32_t func; /* into functions[]; NO_ID: not known */
	const char *file;
	uint32_t line, column;
	const char *subject, *message;
	int64_t bytes, limit;
	bool suppressed;
};

/* A function in one of many runs. */
struct snapshot_point {
	const struct snapshot_run *run;
	struct snapshot_function function; /* without parts, inlined, callees and its way on */
};

/* Zero-initialise. */
struct snapshot {
	struct arena arena;
	struct intern strings;
	struct snapshot_run run;
	struct snapshot_function *functions; /* in the order of the run */
	uint32_t n_functions;
	uint32_t *entries; /* functions with a context: deepest first, then by label */
	uint32_t n_entries;
	VEC(struct snapshot_finding) findings; /* worst first */
};

/* Fills functions and entries (not findings: rules/finding_snapshot.h adds them) from a solved program. `run` is copied,
   strings too; its has_details, has_callees and compilers are set here. */
void snapshot_of_run(struct snapshot *s, const struct snapshot_run *run, const struct program *p,
		     const struct depths *d);

/* Reads a JSON report (schema stackcheck-report-1). `name` is for messages. On failure the snapshot is empty. */
int snapshot_read_report(struct snapshot *s, const char *text, size_t len, const char *name,
			 struct error *err);

/* The worst path from a function of the snapshot; steps in the arena. */
void snapshot_path(const struct snapshot *s, uint32_t func, struct arena *a,
		   struct snapshot_path *out);

/* Is it meant by `name`, as snapshot_find() takes it? */
bool snapshot_is_called(const struct snapshot_function *f, const char *name);

/* Functions called `name`: by symbol, source name or label, "file.c:name" narrows by the end of the unit's path; ids
   in the arena, ascending. */
uint32_t *snapshot_find(const struct snapshot *s, struct arena *a, const char *name, size_t *n);

/* The function of that unit and symbol (the first of several), or NO_ID; linear. */
uint32_t snapshot_function(const struct snapshot *s, const char *unit, const char *symbol);

/* Names what makes the two runs' numbers incomparable: "LLVM 19.1.7 and 20.1.0"; in the arena, *n of them. Empty: a
   gate may compare them. What either run does not know is not held against the other. */
const char **snapshot_differences(const struct snapshot_run *x, const struct snapshot_run *y,
				  struct arena *a, size_t *n);

/* For whoever fills a snapshot: the one copy of a string, as valid UTF-8 (NULL stays NULL); a copy of the run; what
   follows from the functions once they are all there: entries in order, and `to` without circles, whatever the source
   said. */
const char *snapshot_str(struct snapshot *s, const char *text);
void snapshot_copy_run(struct snapshot *s, const struct snapshot_run *run);
void snapshot_finish(struct snapshot *s);

/* Sorts `n` strings of one snapshot in place and drops the doubles; gives how many stay. */
size_t snapshot_sort_unique(const char **v, size_t n);

void snapshot_release(struct snapshot *s);

#endif
