/*
 * Every string of a build description, stored once. A database of 60,000 commands has six million
 * arguments and some hundred thousand different ones: commands are kept as arrays of word numbers, and
 * what is known about an argument is worked out once. For use inside input/.
 */
#ifndef STACKCHECK_INPUT_WORDS_H
#define STACKCHECK_INPUT_WORDS_H

#include "base/map.h"
#include "base/vec.h"

struct word {
	const char *text;
	uint32_t len;
	uint32_t next; /* the word that followed it last time in a command */
	uint16_t verdict; /* args.h: 0 not looked up yet, else index + 1 into the allow-list */
	uint32_t dropped; /* clean.h: 0, or index + 1 of its record of dropped flags */
};

/* Zero-initialise, then set `arena`, which owns the texts. */
struct words {
	struct arena *arena;
	struct map map;
	VEC(struct word) v;
};

/* The number of the string: equal strings, equal numbers. */
uint32_t words_add(struct words *w, const char *s, size_t len);

/* The same for an argument that follows `previous` in a command. Commands of one build are much alike: the word
   that followed last time is tried first, then `guess` (any number), which spares most of the hashing. */
uint32_t words_add_after(struct words *w, uint32_t previous, uint32_t guess, const char *s,
			 size_t len);

/* The one copy of the string; lives as long as the arena. words_text(w, NULL) is NULL. */
const char *words_text(struct words *w, const char *s);

/* Text of a number. Valid as long as the arena. */
const char *words_at(const struct words *w, uint32_t id);

void words_release(struct words *w);

#endif
