/* What a symbol means in a unit. For use by program/ only. */
#ifndef STACKCHECK_PROGRAM_SYMBOLS_H
#define STACKCHECK_PROGRAM_SYMBOLS_H

#include "base/map.h"
#include "program/program.h"

/* A definition that other units of the module can see. */
struct definition {
	uint32_t symbol, module; /* ids */
	uint32_t func, unit;
	enum linkage linkage;
};

/* What all modules have of one symbol. */
struct symbol {
	const char *name;
	uint32_t first, n; /* into definitions: by module, then the one to take first */
	uint32_t any; /* the function to take whatever its module, */
	uint32_t
		open; /* and when only exported ones and those of open modules can be seen; NO_ID */
};

struct symbols {
	const struct program *program;
	uint32_t *first_func; /* by unit: its first function's id */
	uint32_t *first_module; /* by unit: into module_ids; [n_units] is the end */
	VEC(uint32_t) module_ids; /* 0: the units that know no module */
	struct map modules; /* name -> id */
	bool *closed; /* by module: others see only what it exports */
	struct map ids; /* symbol -> index into symbols + 1 */
	VEC(struct symbol) symbols;
	VEC(struct definition) definitions;
	VEC(const char *) warnings; /* in the program's arena */
};

/* Collects the definitions of program.units, whose functions and modules must be set already. */
void symbols_init(struct symbols *s, struct program *p);

/*
 * The function that `symbol` means in `unit`, or NO_ID: the unit's own, else the same module's, else another's that the
 * unit's module can see; strong before weak before inline, then by unit. A weak function of the unit's own gives way
 * to a strong one of its module.
 */
uint32_t symbols_find(const struct symbols *s, uint32_t unit, const char *symbol);

/* A function of that name that exists and that the unit's module cannot see, or NO_ID. */
uint32_t symbols_hidden(const struct symbols *s, uint32_t unit, const char *symbol);

/* Do two units share a link image? */
bool symbols_same_module(const struct symbols *s, uint32_t a, uint32_t b);

void symbols_release(struct symbols *s);

#endif
