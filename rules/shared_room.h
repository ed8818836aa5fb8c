/* Variables that are never alive together share one place of a frame. For use by rules/. */
#ifndef STACKCHECK_RULES_SHARED_ROOM_H
#define STACKCHECK_RULES_SHARED_ROOM_H

#include "program/program.h"

struct shared_room {
	uint32_t n; /* other variables in the same place */
	const struct fact_part *largest; /* of them; NULL: none */
	int64_t alone; /* bytes of the frame that are free when this variable alone goes */
};

/* Of a variable of the function's frame. */
struct shared_room shared_room_of(const struct program *p, uint32_t func,
				  const struct fact_part *part);

/* " That alone frees 24 bytes: x of f (280 bytes) and 2 others share the place."; "" when nothing does. In the arena. */
const char *shared_room_words(const struct program *p, struct arena *a, uint32_t func,
			      const struct fact_part *part);

#endif
