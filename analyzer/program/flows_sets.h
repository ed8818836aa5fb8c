/*
 * Sets of values that spread along the edges of a graph. For use by program/flows*.c only.
 *
 * Nodes and values are dense numbers. Sets are immutable and shared: equal small ones are one, and a large one is kept as
 * its own values plus the sets that it includes, so that memory grows with the graph and not with the sum of the sets.
 */
#ifndef STACKCHECK_PROGRAM_FLOWS_SETS_H
#define STACKCHECK_PROGRAM_FLOWS_SETS_H

#include "base/map.h"
#include "base/vec.h"

/* What `from` holds is also in `to`. */
struct set_edge {
	uint32_t from, to;
};

struct set_seed {
	uint32_t node, value;
};

/* Zero-initialise. */
struct set_graph {
	VEC(uint8_t) flags; /* by node: bits that spread as the values do */
	VEC(struct set_edge) edges;
	VEC(struct set_seed) seeds;
	uint32_t n_values;
};

struct value_set {
	const uint32_t *data; /* its values, ascending; then the sets that it includes */
	uint32_t n_values, n_sets;
};

enum { EMPTY_SET = 0 };

struct sets {
	struct arena arena;
	struct map known; /* content -> set; while they are made */
	VEC(struct value_set) v;
	uint32_t *of_node;
	uint8_t *flags; /* by node: all bits that reach it */
	uint32_t n_values;
};

/* The smallest sets and flags that hold every seed and obey every edge. Time and memory are linear in the graph, but for
   sorting. Released with sets_release(). */
void sets_solve(struct sets *s, const struct set_graph *g);

void sets_release(struct sets *s);

/* Numbers that were met in the current round. Zero-initialise. */
struct marks {
	uint32_t *v;
	size_t n;
	uint32_t round;
};

void marks_begin(struct marks *m, size_t n); /* a new round; numbers are below n */
bool marks_add(struct marks *m, uint32_t i); /* not yet met? */
bool marks_has(const struct marks *m, uint32_t i);
void marks_release(struct marks *m);

/* Reads sets, several of them as one. Zero-initialise. */
struct sets_reader {
	struct marks values, sets;
	VEC(uint32_t) todo;
	VEC(uint32_t) out; /* the values met since sets_begin(), each once, in no order */
};

void sets_begin(struct sets_reader *r, const struct sets *s);
void sets_add(struct sets_reader *r, const struct sets *s, uint32_t set);
void sets_reader_release(struct sets_reader *r);

#endif
