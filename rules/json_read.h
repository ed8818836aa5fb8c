/* Strict reading of JSON data files: every problem names file and field. For use by rules/ only. */
#ifndef STACKCHECK_RULES_JSON_READ_H
#define STACKCHECK_RULES_JSON_READ_H

#include "base/arena.h"
#include "base/error.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

enum { JSON_BYTES_MAX = 1 << 30 };

/* What is being read, for messages. Strings are copied into the arena. */
struct json_reader {
	struct arena *a;
	const char *path;
	struct error *err;
};

/* The file's tree, freed with cJSON_Delete(); NULL after an error. Above `max` bytes it is refused. */
cJSON *json_read_file(const struct json_reader *r, size_t max);

/* Error "PATH: field "FIELD" PROBLEM"; gives -1. */
int json_bad(const struct json_reader *r, const char *field, const char *problem);

/* Every member is a `needed` or an `optional` one (lists end with NULL) and stands once; every needed one is there. `where` is the
   object's own field, or "". */
int json_check_fields(const struct json_reader *r, const cJSON *object, const char *where,
		      const char *const *needed, const char *const *optional);

/* A non-empty string; NULL after an error. */
const char *json_string(const struct json_reader *r, const cJSON *item, const char *field);

int json_integer(const struct json_reader *r, const cJSON *item, const char *field, int64_t min,
		 int64_t max, int64_t *out);

int json_truth(const struct json_reader *r, const cJSON *item, const char *field, bool *out);

#endif
