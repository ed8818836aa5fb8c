/*
 * Calls by name and what is passed: for rules that know the functions of a kernel. All strings live in the arena or the
 * program. For use by rules/.
 */
#ifndef STACKCHECK_RULES_CALLED_H
#define STACKCHECK_RULES_CALLED_H

#include "program/program.h"

/* The name that the source calls a linker symbol by: without "__imp_", and without what 32-bit Windows adds ("_f@12"). */
const char *called_plain(struct arena *a, const struct program *p, uint32_t func,
			 const char *symbol);

/* Does any unit call one of these? Rules ask this first: most programs have none of their functions. */
bool called_any(const struct program *p, const char *const *names);

/* Is the edge a call, by its name, of a function outside the scanned sources called one of `names` (NULL at the end)? Gives
   which one, or -1. */
int called_one_of(const struct program *p, const struct program_edge *e, const char *const *names);

/* What is known of an argument of the edge's call; NULL: nothing. */
const struct fact_arg *called_arg(const struct program *p, const struct program_edge *e,
				  uint32_t position);

/* A value that a call passes, and the call that names it: the one in question, or one further up when it hands on a parameter. */
struct called_value {
	const struct program_edge *edge;
	int64_t value;
};

/* The integer constants that the edge's call may pass. `values` has room for `max`; gives their number. */
uint32_t called_values(const struct program *p, const struct program_edge *e, uint32_t position,
		       struct called_value *values, uint32_t max);

/* Does a unit of the same module as `func`'s (of the whole program where modules are not known) call one of these? */
bool called_in_module(const struct program *p, uint32_t func, const char *const *names);

#endif
