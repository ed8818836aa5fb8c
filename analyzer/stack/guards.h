/*
 * Tests of remaining stack, and of depths, in the machine code: which calls run behind them, and whether their threshold
 * covers what those need. For use by rules/, reports/ and cmd_*.c.
 *
 * The source says which code lies on either side of a test; calls are found there by their places, through inlining. A
 * call that cannot be placed is behind no guard.
 */
#ifndef STACKCHECK_STACK_GUARDS_H
#define STACKCHECK_STACK_GUARDS_H

#include "stack/stack.h"

enum guard_verdict {
	GUARD_NONE, /* it is no test of remaining stack */
	GUARD_TOO_LOW, /* it passes with less than what is behind it needs: certain */
	GUARD_PERHAPS_TOO_LOW, /* so it is, unless the measured address lies deep enough, or an estimate is too high */
	GUARD_NOT_PROVEN, /* it covers what is known, and not all is known */
	GUARD_ADEQUATE,
	GUARD_GENEROUS, /* adequate, with more than twice the need */
};

const char *
guard_verdict_name(enum guard_verdict v); /* none too-low perhaps-too-low not-proven ... */

/* A guard in one function's machine code; several where the function that tests was inlined. */
struct guard {
	const struct fact_guard *fact;
	uint32_t func; /* whose code tests */
	int64_t threshold; /* bytes, or the limit of a count; BYTES_UNKNOWN */
	uint32_t *pass, *fail; /* edges of `func`, ascending */
	uint32_t n_pass, n_fail;
	uint32_t n_both; /* calls that a macro puts on both sides at once: counted on neither */
	/* GUARD_STACK only; bytes count from the function's CFA. */
	int64_t measured; /* down to the address that stands for SP, at least */
	int64_t measured_most; /* at most; BYTES_UNKNOWN */
	int64_t behind; /* worst depth through the passing side, down to the next guards and their failing sides */
	uint32_t via; /* the edge that it takes; NO_ID: the function's own frame */
	int64_t need; /* behind - measured */
	uint32_t reasons; /* why that is not exact: 1u << enum reason */
	int64_t fail_depth; /* worst depth through the failing side; 0: it calls nothing */
	enum guard_verdict verdict;
	/* GUARD_DEPTH only. */
	bool counts; /* the parameter moves towards the limit on every turn of some circle through here */
	int64_t turns; /* of that circle, at most; BYTES_UNKNOWN */
};

/* The program without some of its edges: they are cut. */
struct guards_view {
	struct program program; /* all but its edges are the original's */
	struct depths depths;
	bool made; /* else there is no difference to the original */
};

struct guards {
	struct arena arena;
	const struct program *program;
	const struct depths *depths;
	VEC(struct guard) v; /* by unit, place in the source, function */
	uint32_t *
		behind; /* by edge: the test of remaining stack closest above it; NO_ID; NULL: there is none at all */
	struct guards_view between; /* without what passes a test of remaining stack */
	struct guards_view uncovered; /* without what passes an adequate one */
	struct guards_view unguarded; /* without what passes any test, counts that move included */
	bool *in_circle; /* by function: lies on a circle of `unguarded` that is more than a signature's */
	bool *leaks; /* by function: what passes an inadequate test lies below it; NULL: none does anywhere */
};

/* Finds and judges all guards. The program and depths must outlive them. */
void guards_find(struct guards *g, const struct program *p, const struct depths *d);
void guards_release(struct guards *g);

/*
 * Where every turn of a circle moves a parameter towards the constant that it is tested against, from constants: limits the
 * turns of the function that tests, as an annotation does. `d` is the program's; true: it is to be solved again.
 */
bool guards_limit_turns(struct program *p, const struct depths *d);

/* Does the edge run behind an adequate guard, with nothing below it that only an inadequate one lets through? What is below it
   then fits whenever it runs. */
bool guards_covers(const struct guards *g, uint32_t edge);

/* The guard of the first edge on the path that guards_covers(); NULL: there is none. */
const struct guard *guards_on_path(const struct guards *g, const struct path *path);

/* Program and depths without what adequate guards cover: paths over the budget are over it only by these. */
const struct program *guards_uncovered_program(const struct guards *g);
const struct depths *guards_uncovered_depths(const struct guards *g);

/* Marks the edges that stand in the body of a __try; `handled` is by edge. */
void guards_mark_handled(const struct guards *g, bool *handled);

/* Does every turn of the circle's component pass a guard? One that the shown circle passes; NULL: no. */
const struct guard *guards_of_cycle(const struct guards *g, const struct cycle *c);

/* The n-th re-entry through the system that no guard of remaining stack is on the way of, or NULL at the end. */
const struct reentry *guards_unguarded_reentry(const struct guards *g, uint32_t n);

/* "IoGetRemainingStackSize() >= 4096", "level < 8". */
const char *guard_text(const struct guard *guard, struct arena *a);

#endif
