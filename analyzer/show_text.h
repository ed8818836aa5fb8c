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

/* Texts in the arena, printable whatever the names hold. */
const char *show_label(const struct show *s, uint32_t func);
const char *show_place(const struct show *s, const struct fact_loc *loc); /* "  FILE:LINE" or "" */
const char *show_bytes(const struct show *s, int64_t bytes); /* "1,280"; "?": not known */
const char *show_depth(const struct show *s, const struct depth *d); /* ">= 272 bytes" */
const char *show_target(const struct show *s, const struct program_edge *e);
const char *show_how(const struct show *s,
		     const struct program_edge *e); /* evidence, kind of call */

/* Appends the function's frame and its parts, its worst path, its callers and its calls. */
void show_function(const struct show *s, uint32_t func, struct buf *out);

#endif
