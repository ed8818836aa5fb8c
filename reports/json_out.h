/*
 * Streaming JSON writer: valid UTF-8, integers as integers, a comma never forgotten. For use by reports/ only.
 *
 * A value has a key in an object and NULL for the key in an array. Containers are laid out one
 * element a line or on one line, so that a function or a finding is one line of a diff.
 */
#ifndef STACKCHECK_REPORTS_JSON_OUT_H
#define STACKCHECK_REPORTS_JSON_OUT_H

#include "base/arena.h"
#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

enum { JSON_MAX_DEPTH = 20 };

enum json_layout { JSON_LINES, JSON_INLINE };

struct json_level {
	char close;
	enum json_layout layout;
	bool any; /* an element has been written */
};

/* Set `buf`, zero the rest. */
struct json_out {
	struct buf *buf;
	unsigned n; /* open containers */
	unsigned indent; /* of them laid out in lines */
	struct json_level level[JSON_MAX_DEPTH];
};

void json_object(struct json_out *o, const char *key, enum json_layout layout);
void json_array(struct json_out *o, const char *key, enum json_layout layout);
/* Ends the innermost container; the outermost one with a newline. */
void json_end(struct json_out *o);

/* NULL is written as null; bytes that are not UTF-8 as U+FFFD; control, bidirectional and
   invisible characters are escaped. */
void json_str(struct json_out *o, const char *key, const char *s);
void json_int(struct json_out *o, const char *key, int64_t n);
/* BYTES_UNKNOWN is written as null. */
void json_bytes(struct json_out *o, const char *key, int64_t bytes);
/* A source line or column, from 1; 0 is written as null. */
void json_line(struct json_out *o, const char *key, uint32_t line);
void json_bool(struct json_out *o, const char *key, bool b);
void json_null(struct json_out *o, const char *key);
/* Seconds, with milliseconds. */
void json_seconds(struct json_out *o, const char *key, double seconds);

#endif
