/*
 * The allow-list of compiler options: which may reach our clang, and how many arguments each takes. What is
 * not in args.def never passes. For use inside input/.
 */
#ifndef STACKCHECK_INPUT_ARGS_H
#define STACKCHECK_INPUT_ARGS_H

#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>

enum arg_arity {
	ARG_FLAG, /* -x alone */
	ARG_PAIR, /* -fx or -fno-x (-mx or -mno-x) alone */
	ARG_JOINED, /* -xVALUE */
	ARG_SEPARATE, /* -x VALUE */
	ARG_EITHER, /* -xVALUE or -x VALUE */
};

enum arg_verdict {
	ARG_KEEP, /* passes as it is */
	ARG_NEEDED, /* part of every compile command and ours to say: left out without a word */

	/* Left out and counted, with arg_reason(). */
	ARG_WRITES,
	ARG_LOADS,
	ARG_RUNS,
	ARG_INTERNAL,
	ARG_LINKER,
	ARG_WARNING,
	ARG_DEBUG,
	ARG_MESSAGE,
	ARG_PROFILE,
	ARG_LTO,
	ARG_GCC,
	ARG_LANGUAGE,
	ARG_PLACE,
	ARG_UNKNOWN,
	ARG_EMPTY,
	ARG_INPUT,

	/* Read or translated by turn.c. */
	ARG_DEFINE,
	ARG_UNDEFINE,
	ARG_SEARCH,
	ARG_INCLUDE,
	ARG_TARGET,
	ARG_BITS,
	ARG_XLANG,
	ARG_STANDARD,
	ARG_OPTIMIZE,
	ARG_OUTPUT,
	ARG_ONLY,
	ARG_WP,
	ARG_WA,
	ARG_XPREPROCESSOR,
	ARG_XCLANG,
	ARG_PARAM,
	ARG_BOUNDARY,
	ARG_BRANCH,
	ARG_PREFIX,
	ARG_SANITIZE,
};

struct arg_row {
	const char *name;
	uint8_t arity, verdict;
	uint16_t index; /* in args.def's order */
};

/* args.def, sorted for look-up. */
struct arg_table {
	struct arg_row *rows; /* by name */
	size_t n;
};

/* Fills the table; `a` owns the rows. */
void arg_table_init(struct arg_table *t, struct arena *a);

/* The row for the spelled argument: the longest name that fits it; NULL when none does. */
const struct arg_row *arg_find(const struct arg_table *t, const char *arg);

/* Why an argument with that verdict is left out: "GCC only", ... */
const char *arg_reason(enum arg_verdict verdict);

#endif
