/* One line of a facts file, split into fields. For use by facts/ only. */
#ifndef STACKCHECK_FACTS_FIELDS_H
#define STACKCHECK_FACTS_FIELDS_H

#include "facts/facts.h"

enum { MAX_FIELDS = 24 };

struct field {
	const char *key; /* NULL for a positional word */
	const char *value;
	bool used;
};

struct fields_reader {
	struct facts *f;
	const char *name; /* for messages */
	size_t line;
	struct field fields[MAX_FIELDS];
	size_t n_fields;
	struct error *err;
};

/* Sets the error with file and line; gives -1. `detail` may be NULL. */
int fields_fail(struct fields_reader *r, const char *what, const char *detail);

/* Splits a line into r->fields: the record's name, its subject, KEY=VALUE fields. */
int fields_split(struct fields_reader *r, const char *s, const char *end);

/* The value of a key, which counts as used then; NULL: not given. */
const char *fields_take(struct fields_reader *r, const char *key);

/* Is the key there? Doesn't use it. */
bool fields_has(const struct fields_reader *r, const char *key);

/* The word behind the record's name, or NULL. */
const char *fields_subject(struct fields_reader *r);

/* A decimal number of at least `min`; `missing` when the key is not given. */
int fields_number(struct fields_reader *r, const char *key, int64_t missing, int64_t min,
		  int64_t *out);
int fields_flag(struct fields_reader *r, const char *key, bool *out);

/* The number in `text`, of at least `min`; `name` is for the message. */
int fields_parse(struct fields_reader *r, const char *name, const char *text, int64_t min,
		 int64_t *out);

/* The place in at=; left alone when not given. */
int fields_loc(struct fields_reader *r, struct fact_loc *loc);

/* Index of `word` among the names of an enum of `n` values; -1: none, or no word. */
int fields_word(const char *word, const char *(*name)(unsigned), unsigned n);

/* The function that an indented record belongs to. */
int fields_owner(struct fields_reader *r, uint32_t *func);

/* Records of what the source says: facts_read_source.c. */
int fields_read_arg(struct fields_reader *r);
int fields_read_value(struct fields_reader *r);
int fields_read_bind(struct fields_reader *r);
int fields_read_flow(struct fields_reader *r);
int fields_read_guard(struct fields_reader *r);
int fields_read_annotation(struct fields_reader *r);
int fields_read_alias(struct fields_reader *r);

#endif
