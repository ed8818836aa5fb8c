/*
 * Platform files: JSON, checked strictly. Input: rules/platforms/NAME.json as README.md and
 * platform.schema.json describe it; what is known of outside code is read by model_read.c. A field that nobody
 * reads, or a number without its reason, is an error: a misspelt limit that is silently ignored would be believed.
 */
#include "rules/platform.h"
#include "base/file.h"
#include "base/text.h"
#include "base/vec.h"
#include "rules/model_file.h"
#include "rules/model_read.h"
#include "rules/verifier.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT "stackcheck-platform/1"

enum { FILE_MAX = 1024 * 1024 };

/* {"bytes": N, "why": "..."}, or with "percent" for "bytes". */
static int read_number(const struct json_reader *r, const cJSON *root, const char *field,
		       const char *unit, int64_t max, int64_t *out, const char **why)
{
	const cJSON *object = cJSON_GetObjectItemCaseSensitive(root, field);
	const char *const needed[] = {unit, "why", NULL}, *const optional[] = {NULL};
	const cJSON *number, *reason;

	if (json_check_fields(r, object, field, needed, optional))
		return -1;
	number = cJSON_GetObjectItemCaseSensitive(object, unit);
	reason = cJSON_GetObjectItemCaseSensitive(object, "why");
	if (json_integer(r, number, arena_printf(r->a, "%s.%s", field, unit), 1, max, out))
		return -1;
	*why = json_string(r, reason, arena_printf(r->a, "%s.why", field));
	return *why ? 0 : -1;
}

/* The same where the field may be missing. */
static int read_optional(const struct json_reader *r, const cJSON *root, const char *field,
			 int64_t *out, const char **why)
{
	if (!cJSON_HasObjectItem(root, field))
		return 0;
	return read_number(r, root, field, "bytes", JSON_BYTES_MAX, out, why);
}

/* {"bytes": N, "percent": N, "why": "..."} */
static int read_stack(const struct json_reader *r, const cJSON *object, const char *field,
		      struct platform_stack *out)
{
	static const char *const needed[] = {"bytes", "percent", "why", NULL};
	static const char *const optional[] = {NULL};
	int64_t percent;

	if (json_check_fields(r, object, field, needed, optional) ||
	    json_integer(r, cJSON_GetObjectItemCaseSensitive(object, "bytes"),
			 arena_printf(r->a, "%s.bytes", field), 1, JSON_BYTES_MAX, &out->bytes) ||
	    json_integer(r, cJSON_GetObjectItemCaseSensitive(object, "percent"),
			 arena_printf(r->a, "%s.percent", field), 1, 100, &percent))
		return -1;
	out->percent = (unsigned)percent;
	out->why = json_string(r, cJSON_GetObjectItemCaseSensitive(object, "why"),
			       arena_printf(r->a, "%s.why", field));
	return out->why ? 0 : -1;
}

/* Stacks that are not the calling thread's, by the names that entries use. */
static int read_stacks(const struct json_reader *r, const cJSON *root, struct platform *p)
{
	static const char *const needed[] = {NULL};
	static const char *const optional[] = {"interrupt", "deferred", "worker",
					       "own",	    "segment",	NULL};
	const cJSON *object = cJSON_GetObjectItemCaseSensitive(root, "stacks"), *item;

	if (!object)
		return 0;
	if (json_check_fields(r, object, "stacks", needed, optional))
		return -1;
	cJSON_ArrayForEach(item, object)
	{
		if (read_stack(r, item, arena_printf(r->a, "stacks.%s", item->string),
			       &p->stacks[entry_stack_find(item->string)]))
			return -1;
	}
	return 0;
}

static int check_format(const struct json_reader *r, const cJSON *root)
{
	const char *format = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "schema"));

	if (!format || strcmp(format, FORMAT) != 0)
		return json_bad(r, "schema",
				"is not \"" FORMAT "\", the only format of platform files");
	return 0;
}

/* The file's name without folder and extension. */
static const char *stem(struct arena *a, const char *path)
{
	const char *base = path_base(path);

	return arena_strndup(a, base, strlen(base) - (str_ends(base, ".json") ? 5 : 0));
}

static int read_limits(const struct json_reader *r, const cJSON *root, struct platform *p)
{
	int64_t percent;

	if (read_number(r, root, "stack", "bytes", JSON_BYTES_MAX, &p->stack_bytes,
			&p->stack_why) ||
	    read_number(r, root, "budget", "percent", 100, &percent, &p->budget_why) ||
	    read_number(r, root, "frame_limit", "bytes", JSON_BYTES_MAX, &p->frame_limit,
			&p->frame_why) ||
	    read_number(r, root, "large_local", "bytes", JSON_BYTES_MAX, &p->large_local,
			&p->large_local_why))
		return -1;
	p->budget_percent = (unsigned)percent;
	if (read_stacks(r, root, p) ||
	    read_optional(r, root, "interrupts", &p->interrupt_bytes, &p->interrupt_why))
		return -1;
	return read_optional(r, root, "unknown_external", &p->model.unknown_external,
			     &p->unknown_why);
}

static int read_platform(const struct json_reader *r, const cJSON *root, const char *folder,
			 struct platform *p)
{
	static const char *const needed[] = {"schema", "name",	      "summary",     "stack",
					     "budget", "frame_limit", "large_local", NULL};
	static const char *const optional[] = {"interrupts",	   "stacks",	 "verifier",
					       "unknown_external", MODEL_FIELDS, NULL};
	struct json_reader model = *r;

	if (json_check_fields(r, root, "", needed, optional) || check_format(r, root))
		return -1;
	p->name = json_string(r, cJSON_GetObjectItemCaseSensitive(root, "name"), "name");
	if (!p->name)
		return -1;
	if (strcmp(p->name, stem(&p->arena, r->path)) != 0)
		return json_bad(r, "name", "is not the name of the file without .json");
	p->summary = json_string(r, cJSON_GetObjectItemCaseSensitive(root, "summary"), "summary");
	if (!p->summary || read_limits(r, root, p))
		return -1;
	model.a = &p->model.arena;
	if (verifier_read(r, root, p))
		return -1;
	return model_read(&model, root, folder, &p->model);
}

static bool is_path(const char *name)
{
	return strchr(name, '/') || str_ends(name, ".json");
}

static int unknown_name(const char *folder, const char *name, struct error *err)
{
	struct arena a = {0};
	struct buf known = {0};
	const char **names;
	size_t n;
	int rc = platform_list(folder, &a, &names, &n, err);

	if (!rc) {
		for (size_t i = 0; i < n; i++)
			buf_printf(&known, "%s%s", i ? ", " : "", names[i]);
		rc = error_set(
			err,
			"unknown platform \"%s\"; known are %s, or give the path of a .json file",
			name, buf_str(&known));
	}
	buf_release(&known);
	arena_release(&a);
	return rc;
}

int platform_load(struct platform *p, const char *folder, const char *name, struct error *err)
{
	struct json_reader r = {.a = &p->arena, .path = name, .err = err};
	cJSON *root = NULL;
	int rc = -1;

	memset(p, 0, sizeof(*p));
	if (!is_path(name))
		r.path = arena_printf(&p->arena, "%s/%s.json", folder, name);
	if (!is_path(name) && !file_exists(r.path))
		unknown_name(folder, name, err);
	else
		root = json_read_file(&r, FILE_MAX);
	if (root)
		rc = read_platform(&r, root, folder, p);
	cJSON_Delete(root);
	if (rc)
		platform_release(p);
	return rc;
}

void platform_release(struct platform *p)
{
	vec_release(&p->verifier);
	model_release(&p->model);
	arena_release(&p->arena);
	memset(p, 0, sizeof(*p));
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int platform_list(const char *folder, struct arena *a, const char ***names, size_t *n,
		  struct error *err)
{
	DIR *dir = opendir(folder);
	VEC(const char *) found = {0};
	struct dirent *entry;

	if (!dir)
		return error_system(err, errno, "cannot open the folder of platforms %s", folder);
	while ((entry = readdir(dir))) {
		if (str_ends(entry->d_name, ".json") && entry->d_name[0] != '.' &&
		    !str_ends(entry->d_name, ".schema.json"))
			*vec_push(&found) = stem(a, entry->d_name);
	}
	closedir(dir);
	*n = found.n;
	*names = arena_memdup(a, found.v, found.n * sizeof(*found.v));
	vec_release(&found);
	if (*n)
		qsort(*names, *n, sizeof(**names), compare_names);
	return 0;
}
