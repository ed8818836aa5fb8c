/* Response files (@file) of commands. For use inside input/. */
#ifndef STACKCHECK_INPUT_RESPOND_H
#define STACKCHECK_INPUT_RESPOND_H

#include "input/clean.h"
#include "input/split.h"

struct responder {
	struct words *words;
	struct notes *notes;
	const char *root; /* project root, absolute */
	size_t total; /* bytes read for all commands so far */
	struct split split;
};

/* Do any of the arguments name a response file? */
bool respond_needed(const struct responder *r, const struct entry *e);

/* The entry's arguments with each @file replaced by what is in it, nested files included. A file outside
   the project root and the entry's directory, deeper than 8 levels, above 1 MiB or missing stays
   "@file", which clean-up never lets through as an option; a warning says so. `out` is emptied first. */
void respond_expand(struct responder *r, const struct entry *e, uint32_vec *out);

void responder_release(struct responder *r);

#endif
