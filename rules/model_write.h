/* Measured costs as a model file. For use by cmd_model.c. */
#ifndef STACKCHECK_RULES_MODEL_WRITE_H
#define STACKCHECK_RULES_MODEL_WRITE_H

#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"

#include <stdint.h>

struct cost {
	const char *symbol;
	int64_t bytes;
	bool floor;
};

/* Zero-initialise. Symbols must outlive it. */
struct costs {
	VEC(struct cost) v;
	struct map seen; /* symbol -> index + 1 */
};

/* Of equal symbols the larger one counts, and it is a floor when one of them is. */
void costs_add(struct costs *c, const char *symbol, int64_t bytes, bool floor);

/* Appends the file, symbols sorted. */
void model_write(struct costs *c, const char *summary, const char *why, struct buf *out);

void costs_release(struct costs *c);

#endif
