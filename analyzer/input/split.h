/* Command lines as strings -> arguments, by the quoting rules of a POSIX shell or of Windows. For use
   inside input/. Nothing is expanded and nothing is run. */
#ifndef STACKCHECK_INPUT_SPLIT_H
#define STACKCHECK_INPUT_SPLIT_H

#include "base/buf.h"
#include "base/vec.h"

#include <stdbool.h>

/* Arguments of one command, NUL-terminated one after the other. Zero-initialise; reuse for speed. */
struct split {
	char *text;
	size_t cap, end; /* `end`: behind the NUL of the last argument */
	VEC(size_t) starts; /* starts.n arguments; argument i is text + starts.v[i] */
};

/* Reads one simple command from `*cursor` (quotes, backslashes and line continuations as in sh; redirections
   are left out) and moves `*cursor` behind the `;`, `&`, `|` or newline that ended it. False when there was
   no argument left. Variables, globs and substitutions stay as they are spelled. */
bool split_shell(const char **cursor, struct split *out);

/* The whole string by the rules of GNU response files: no operators, a newline is a blank. */
void split_response(const char *s, struct split *out);

/* The whole string by the rules of Microsoft's C runtime; when `program` is set the first argument is a
   program name, in which a backslash is never special. */
void split_windows(const char *s, bool program, struct split *out);

const char *split_at(const struct split *s, size_t i);
size_t split_len(const struct split *s, size_t i);
void split_release(struct split *s);

#endif
