/* The parts of reading a report back, and what they take members of JSON with. For use by reread*.c only. */
#ifndef STACKCHECK_REPORTS_REREAD_PARTS_H
#define STACKCHECK_REPORTS_REREAD_PARTS_H

#include "reports/reread.h"

#include <cjson/cJSON.h>

struct rereader {
	struct reread *to;
	const cJSON *root;
	struct map ids; /* of functions -> number + 1 */
	struct map labels; /* the same by label */
};

/* A member, NULL for null or none; as a string in the arena, a number (or `missing`), bytes (or BYTES_UNKNOWN), a place. What has
   another type than it should is missing. */
const cJSON *reread_member(const cJSON *object, const char *name);
const char *reread_text(struct rereader *r, const cJSON *object, const char *name);
int64_t reread_number(const cJSON *object, const char *name, int64_t missing);
int64_t reread_bytes(const cJSON *object, const char *name);
bool reread_true(const cJSON *object, const char *name);
struct fact_loc reread_place(struct rereader *r, const cJSON *object);

/* The function that a member names by its id, or by its label; NO_ID. */
uint32_t reread_function(const struct rereader *r, const cJSON *object, const char *name);
uint32_t reread_labelled(const struct rereader *r, const char *label);

/* An array of text in the arena; *n of them. */
const char **reread_texts(struct rereader *r, const cJSON *object, const char *name, size_t *n);

/* reread_paths.c: entry points and findings, with their paths. */
void reread_entries(struct rereader *r);
void reread_findings(struct rereader *r);

/* reread_diff.c: what changed since the base run, and the verdict. */
void reread_diff(struct rereader *r);

#endif
