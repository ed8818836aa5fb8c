/* Strings: UTF-8 repair and terminal-safe printing. For use by everyone. */
#ifndef STACKCHECK_BASE_TEXT_H
#define STACKCHECK_BASE_TEXT_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
/* strcmp() that sorts NULL first. */
int str_compare(const char *a, const char *b);

/* `s` as valid UTF-8: each bad byte becomes U+FFFD. Gives `s` itself when it is valid. */
const char *text_utf8(struct arena *a, const char *s);

/* Length of the UTF-8 sequence at `s`, which is not at its end, and its code point; 0 when it is not valid. */
size_t text_code_point(const char *s, uint32_t *code);

/* Could the code point trick a terminal or a reader: control characters, bidirectional and invisible ones? */
bool text_is_control(uint32_t code);

/* `s` fit for a terminal and for the log of a CI service: valid UTF-8, with text_is_control() characters, and the
   beginnings of what such services take for commands ("::error", "##[group]"), as \xNN. Gives `s` itself when there is
   nothing to change. */
const char *text_printable(struct arena *a, const char *s);

/* 1234567 as "1,234,567", in the arena. */
const char *text_thousands(struct arena *a, long long n);

#endif
