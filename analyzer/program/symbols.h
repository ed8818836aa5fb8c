/* What a symbol means in a unit. For use by program/ only. */
#ifndef STACKCHECK_PROGRAM_SYMBOLS_H
#define STACKCHECK_PROGRAM_SYMBOLS_H

#include "base/map.h"
#include "program/program.h"

/* A definition that other units can see; several of one symbol are chained. */
struct definition {
	uint32_t func, unit;
	enum linkage linkage;
	uint32_t next; /* definition, or NO_ID */
};

struct symbols {
	const struct program *program;
	uint32_t *first_func; /* by unit: its first function's id */
	VEC(struct definition) definitions;
	struct map by_symbol; /* -> first definition + 1 */
	VEC(const char *) warnings; /* in the program's arena */
};

/* Collects the definitions of program.units, whose functions must be numbered already. */
void symbols_init(struct symbols *s, struct program *p);

/* The function that `symbol` means in `unit`, or NO_ID: the unit's own, else the same module's, else another's;
   strong before weak before inline, then by unit. */
uint32_t symbols_find(const struct symbols *s, uint32_t unit, const char *symbol);

void symbols_release(struct symbols *s);

#endif
