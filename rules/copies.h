/*
 * One place in the source, one finding. A static function of a header is compiled into every unit
 * that includes it, an inlined variable appears in every caller's frame, a source may be compiled
 * twice: a rule offers every copy here, and gets each place once, with its largest copy and the
 * number of units. For use by rules/.
 */
#ifndef STACKCHECK_RULES_COPIES_H
#define STACKCHECK_RULES_COPIES_H

#include "base/map.h"
#include "base/vec.h"
#include "program/program.h"

struct copy {
	uint32_t func; /* of the largest copy; of equal ones the first offered */
	uint32_t part; /* whatever the rule gave along with it */
	int64_t bytes;
	uint32_t n_units, n_funcs; /* that have a copy */
	uint32_t last_unit, last_func; /* offered last */
};

/* Zero-initialise. */
struct copies {
	struct arena arena;
	struct map places; /* key -> index + 1 */
	VEC(struct copy) v; /* in the order of each place's first copy */
};

/* Offers the function itself; `bytes` orders the copies, `part` is kept. Offer in program order. */
void copies_add_func(struct copies *c, const struct program *p, uint32_t func, int64_t bytes);

/* Offers a variable in the function's frame; copies are those of the same declaration. `part`
   indexes the parts of the function's unit. */
void copies_add_part(struct copies *c, const struct program *p, uint32_t func, uint32_t part);

/* Offers a structure that the function takes or gives by value; `value` indexes the values of its unit. */
void copies_add_value(struct copies *c, const struct program *p, uint32_t func, uint32_t value);

/* Offers a cycle, edge by edge; copies go through the same functions. `index` is kept as the part.
 */
void copies_add_cycle(struct copies *c, const struct program *p, const uint32_t *edges, uint32_t n,
		      uint32_t index, int64_t bytes);

void copies_release(struct copies *c);

#endif
