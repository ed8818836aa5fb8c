/* Phrases that several rules share. All strings live in the arena. For use by rules/. */
#ifndef STACKCHECK_RULES_WORDS_H
#define STACKCHECK_RULES_WORDS_H

#include "program/program.h"
#include "rules/platform.h"

/* "1 byte", "1,280 bytes". */
const char *words_bytes(struct arena *a, int64_t bytes);

/* "1 function", "1,280 functions": `noun` in the singular. */
const char *words_count(struct arena *a, uint64_t n, const char *noun);

/* "" for one unit, else " (in 24 units)". */
const char *words_units(struct arena *a, uint32_t n_units);

/* A slot (facts/FORMAT.md) as readers of C say it: "the member read of struct dev_ops", "parameter 2 of walk". Alternatives
   stand with "or" between them. */
const char *words_slot(struct arena *a, const char *slot);

/* ": <note>" or "". */
const char *words_note(struct arena *a, const char *note);

/* Length of the unit's name without the number of its command ("a.c" of "a.c#2"). */
size_t words_source_len(const char *unit);

/* The advice that fits the platform's family. */
struct advice {
	const char *windows, *linux, *other;
};
const char *words_advice(const struct platform *p, const struct advice *advice);

#endif
