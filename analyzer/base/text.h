/* Strings: UTF-8 repair and terminal-safe printing. For use by everyone. */
#ifndef STACKCHECK_BASE_TEXT_H
#define STACKCHECK_BASE_TEXT_H

#include "base/arena.h"

#include <stdbool.h>

bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
/* strcmp() that sorts NULL first. */
int str_compare(const char *a, const char *b);

/* `s` as valid UTF-8: each bad byte becomes U+FFFD. Gives `s` itself when it is valid. */
const char *text_utf8(struct arena *a, const char *s);

/* `s` fit for a terminal: valid UTF-8, and control characters (C0, C1, bidi overrides) as \xNN. Gives `s`
   itself when there is nothing to change. */
const char *text_printable(struct arena *a, const char *s);

/* 1234567 as "1,234,567", in the arena. */
const char *text_thousands(struct arena *a, long long n);

#endif
