/*
 * Identifiers and comments of a piece of C source, as its author wrote them: what macros hide and the syntax tree
 * does not keep. For use by extract/ only.
 */
#ifndef STACKCHECK_EXTRACT_SOURCE_TEXT_H
#define STACKCHECK_EXTRACT_SOURCE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source_text {
	const char *text;
	size_t at, end; /* what is left to read */
	uint32_t line; /* of `at`; counts on from the value it starts with */
};

enum source_word { WORD_IDENTIFIER, WORD_COMMENT };

/* The next identifier, or comment without its marks, up to the end; strings and everything else is left out. False: there is
   none left. `line` is the word's first one. */
bool source_text_next(struct source_text *s, enum source_word *kind, const char **word, size_t *len,
		      uint32_t *line);

#endif
