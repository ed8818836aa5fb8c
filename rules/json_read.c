#include "rules/json_read.h"
#include "base/buf.h"
#include "base/file.h"

#include <string.h>

int json_bad(const struct json_reader *r, const char *field, const char *problem)
{
	return error_set(r->err, "%s: field \"%s\" %s", r->path, field, problem);
}

static bool is_one_of(const char *const *list, const char *name)
{
	while (*list && strcmp(*list, name) != 0)
		list++;
	return *list;
}

int json_check_fields(const struct json_reader *r, const cJSON *object, const char *where,
		      const char *const *needed, const char *const *optional)
{
	const char *dot = *where ? "." : "";
	const cJSON *item;

	if (!cJSON_IsObject(object))
		return *where ? json_bad(r, where, "is not an object")
			      : error_set(r->err, "%s: not a JSON object", r->path);
	cJSON_ArrayForEach(item, object)
	{
		if (!is_one_of(needed, item->string) && !is_one_of(optional, item->string))
			return error_set(r->err, "%s: unknown field \"%s%s%s\"", r->path, where,
					 dot, item->string);
		if (cJSON_GetObjectItemCaseSensitive(object, item->string) != item)
			return error_set(r->err, "%s: field \"%s%s%s\" stands twice", r->path,
					 where, dot, item->string);
	}
	for (const char *const *k = needed; *k; k++) {
		if (!cJSON_GetObjectItemCaseSensitive(object, *k))
			return error_set(r->err, "%s: field \"%s%s%s\" is missing", r->path, where,
					 dot, *k);
	}
	return 0;
}

const char *json_string(const struct json_reader *r, const cJSON *item, const char *field)
{
	if (!cJSON_IsString(item)) {
		json_bad(r, field, "is not a string");
		return NULL;
	}
	if (!*item->valuestring) {
		json_bad(r, field, "is empty");
		return NULL;
	}
	return arena_strdup(r->a, item->valuestring);
}

int json_integer(const struct json_reader *r, const cJSON *item, const char *field, int64_t min,
		 int64_t max, int64_t *out)
{
	double value = cJSON_IsNumber(item) ? item->valuedouble : -1;

	if (!cJSON_IsNumber(item) || !(value >= (double)min && value <= (double)max) ||
	    value != (double)(int64_t)value)
		return error_set(r->err, "%s: field \"%s\" is not a whole number from %lld to %lld",
				 r->path, field, (long long)min, (long long)max);
	*out = (int64_t)value;
	return 0;
}

int json_truth(const struct json_reader *r, const cJSON *item, const char *field, bool *out)
{
	if (!cJSON_IsBool(item))
		return json_bad(r, field, "is neither true nor false");
	*out = cJSON_IsTrue(item);
	return 0;
}

cJSON *json_read_file(const struct json_reader *r, size_t max)
{
	struct buf text = {0};
	const char *end = NULL;
	cJSON *root = NULL;

	if (file_read(r->path, max, &text, r->err)) {
		buf_release(&text);
		return NULL;
	}
	root = cJSON_ParseWithLengthOpts(buf_str(&text), text.len + 1, &end, true);
	/* cJSON takes a NUL for the end of the text. */
	if (root && strlen(buf_str(&text)) != text.len) {
		end = buf_str(&text) + strlen(buf_str(&text));
		cJSON_Delete(root);
		root = NULL;
	}
	if (!root) {
		size_t line = 1;

		for (const char *s = text.data; s && s < end && s < text.data + text.len; s++)
			line += *s == '\n';
		error_set(r->err, "%s:%zu: not valid JSON", r->path, line);
	}
	buf_release(&text);
	return root;
}
