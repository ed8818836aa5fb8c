/* One function explained as text. For use by cmd_show.c. */
#ifndef STACKCHECK_SHOW_TEXT_H
#define STACKCHECK_SHOW_TEXT_H

#include "base/buf.h"
#include "stack/stack.h"

#include <stdbool.h>

struct show {
	const struct program *program;
	const struct depths *depths;
	struct arena *arena; /* for names */
	bool color;
};

/* Appends the function's frame and its parts, its worst path, its callers and its calls. */
void show_function(const struct show *s, uint32_t func, struct buf *out);

#endif
