/*
 * Platform files: JSON, checked strictly. Input: rules/platforms/NAME.json as README.md and
 * platform.schema.json describe it. A field that nobody reads, or a number without its reason, is
 * an error: a misspelt limit that is silently ignored would be believed.
 */
#include "rules/platform.h"
#include "base/file.h"
#include "base/text.h"
#include "base/vec.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT "stackcheck-platform/1"

enum { FILE_MAX = 1024 * 1024, BYTES_MAX = 1 << 30 };

/* What is being read, for messages. */
struct reader {
	struct platform *p;
	const char *path;
	struct error *err;
};

static int bad(const struct reader *r, const char *field, const char *problem)
{
	return error_set(r->err, "%s: field \"%s\" %s", r->path, field, problem);
}

/* Every member is one of `known` (NULL at the end) and stands once; every known one is there. */
static int check_fields(const struct reader *r, const cJSON *object, const char *where,
			const char *const *known)
{
	const char *dot = *where ? "." : "";
	const cJSON *item;

	cJSON_ArrayForEach(item, object)
	{
		const char *const *k = known;

		while (*k && strcmp(*k, item->string) != 0)
			k++;
		if (!*k)
			return error_set(r->err, "%s: unknown field \"%s%s%s\"", r->path, where,
					 dot, item->string);
		if (cJSON_GetObjectItemCaseSensitive(object, item->string) != item)
			return error_set(r->err, "%s: field \"%s%s%s\" stands twice", r->path,
					 where, dot, item->string);
	}
	for (const char *const *k = known; *k; k++) {
		if (!cJSON_GetObjectItemCaseSensitive(object, *k))
			return error_set(r->err, "%s: field \"%s%s%s\" is missing", r->path, where,
					 dot, *k);
	}
	return 0;
}

/* A non-empty string, copied; NULL after an error. */
static const char *read_string(const struct reader *r, const cJSON *item, const char *field)
{
	if (!cJSON_IsString(item)) {
		bad(r, field, "is not a string");
		return NULL;
	}
	if (!*item->valuestring) {
		bad(r, field, "is empty");
		return NULL;
	}
	return arena_strdup(&r->p->arena, item->valuestring);
}

static int read_integer(const struct reader *r, const cJSON *item, const char *field, int64_t min,
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

/* {"bytes": N, "why": "..."}, or with "percent" for "bytes". */
static int read_number(const struct reader *r, const cJSON *root, const char *field,
		       const char *unit, int64_t max, int64_t *out, const char **why)
{
	const cJSON *object = cJSON_GetObjectItemCaseSensitive(root, field);
	const char *const known[] = {unit, "why", NULL};
	struct arena *a = &r->p->arena;
	const cJSON *number, *reason;

	if (!cJSON_IsObject(object))
		return bad(r, field, "is not an object");
	if (check_fields(r, object, field, known))
		return -1;
	number = cJSON_GetObjectItemCaseSensitive(object, unit);
	reason = cJSON_GetObjectItemCaseSensitive(object, "why");
	if (read_integer(r, number, arena_printf(a, "%s.%s", field, unit), 1, max, out))
		return -1;
	*why = read_string(r, reason, arena_printf(a, "%s.why", field));
	return *why ? 0 : -1;
}

static int add_cost(const struct reader *r, const char *symbol, const char *field,
		    struct external_cost cost)
{
	struct platform *p = r->p;
	bool made;
	uint64_t *index = map_put_str(&p->costs, symbol, &made);

	if (!made)
		return error_set(r->err, "%s: field \"%s\" names %s, which has a cost already",
				 r->path, field, symbol);
	p->cost[p->n_costs] = cost;
	*index = ++p->n_costs;
	return 0;
}

/* {"symbols": ["memcpy", ...], "bytes": N, "why": "..."} */
static int read_group(const struct reader *r, const cJSON *group, const char *where)
{
	static const char *const known[] = {"symbols", "bytes", "why", NULL};
	struct arena *a = &r->p->arena;
	const char *field = arena_printf(a, "%s.symbols", where);
	struct external_cost cost;
	const cJSON *symbols, *item;

	if (!cJSON_IsObject(group))
		return bad(r, where, "is not an object");
	if (check_fields(r, group, where, known) ||
	    read_integer(r, cJSON_GetObjectItemCaseSensitive(group, "bytes"),
			 arena_printf(a, "%s.bytes", where), 0, BYTES_MAX, &cost.bytes))
		return -1;
	cost.why = read_string(r, cJSON_GetObjectItemCaseSensitive(group, "why"),
			       arena_printf(a, "%s.why", where));
	if (!cost.why)
		return -1;
	symbols = cJSON_GetObjectItemCaseSensitive(group, "symbols");
	if (!cJSON_IsArray(symbols) || !symbols->child)
		return bad(r, field, "is not a list of names");
	cJSON_ArrayForEach(item, symbols)
	{
		const char *symbol = read_string(r, item, field);

		if (!symbol || add_cost(r, symbol, field, cost))
			return -1;
	}
	return 0;
}

static int read_externals(const struct reader *r, const cJSON *list)
{
	const cJSON *group, *symbols;
	size_t n = 0, i = 0;

	if (!cJSON_IsArray(list))
		return bad(r, "externals", "is not a list");
	cJSON_ArrayForEach(group, list)
	{
		symbols = cJSON_GetObjectItemCaseSensitive(group, "symbols");
		n += (size_t)cJSON_GetArraySize(symbols);
	}
	r->p->cost = arena_array(&r->p->arena, n, struct external_cost);
	cJSON_ArrayForEach(group, list)
	{
		if (read_group(r, group, arena_printf(&r->p->arena, "externals[%zu]", i++)))
			return -1;
	}
	return 0;
}

static int check_format(const struct reader *r, const cJSON *root)
{
	const char *format = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "schema"));

	if (!format || strcmp(format, FORMAT) != 0)
		return bad(r, "schema", "is not \"" FORMAT "\", the only format of platform files");
	return 0;
}

/* The file's name without folder and extension. */
static const char *stem(struct arena *a, const char *path)
{
	const char *base = path_base(path);

	return arena_strndup(a, base, strlen(base) - (str_ends(base, ".json") ? 5 : 0));
}

static int read_platform(const struct reader *r, const cJSON *root)
{
	static const char *const known[] = {"schema",	   "name",	"summary",
					    "stack",	   "budget",	"frame_limit",
					    "large_local", "externals", NULL};
	struct platform *p = r->p;
	int64_t percent;

	if (!cJSON_IsObject(root))
		return error_set(r->err, "%s: not a JSON object", r->path);
	if (check_fields(r, root, "", known) || check_format(r, root))
		return -1;
	p->name = read_string(r, cJSON_GetObjectItemCaseSensitive(root, "name"), "name");
	if (!p->name)
		return -1;
	if (strcmp(p->name, stem(&p->arena, r->path)) != 0)
		return bad(r, "name", "is not the name of the file without .json");
	p->summary = read_string(r, cJSON_GetObjectItemCaseSensitive(root, "summary"), "summary");
	if (!p->summary ||
	    read_number(r, root, "stack", "bytes", BYTES_MAX, &p->stack_bytes, &p->stack_why) ||
	    read_number(r, root, "budget", "percent", 100, &percent, &p->budget_why) ||
	    read_number(r, root, "frame_limit", "bytes", BYTES_MAX, &p->frame_limit,
			&p->frame_why) ||
	    read_number(r, root, "large_local", "bytes", BYTES_MAX, &p->large_local,
			&p->large_local_why))
		return -1;
	p->budget_percent = (unsigned)percent;
	return read_externals(r, cJSON_GetObjectItemCaseSensitive(root, "externals"));
}

static int parse(const struct reader *r, const struct buf *text)
{
	const char *end = NULL;
	cJSON *root = cJSON_ParseWithLengthOpts(buf_str(text), text->len + 1, &end, true);
	int rc;

	/* cJSON takes a NUL for the end of the text. */
	if (root && strlen(buf_str(text)) != text->len) {
		end = buf_str(text) + strlen(buf_str(text));
		cJSON_Delete(root);
		root = NULL;
	}
	if (!root) {
		size_t line = 1;

		for (const char *s = text->data; s && s < end && s < text->data + text->len; s++)
			line += *s == '\n';
		return error_set(r->err, "%s:%zu: not valid JSON", r->path, line);
	}
	rc = read_platform(r, root);
	cJSON_Delete(root);
	return rc;
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
	struct reader r = {.p = p, .path = name, .err = err};
	struct buf text = {0};
	int rc;

	memset(p, 0, sizeof(*p));
	if (!is_path(name)) {
		r.path = arena_printf(&p->arena, "%s/%s.json", folder, name);
		if (!file_exists(r.path)) {
			rc = unknown_name(folder, name, err);
			platform_release(p);
			return rc;
		}
	}
	rc = file_read(r.path, FILE_MAX, &text, err);
	if (!rc)
		rc = parse(&r, &text);
	buf_release(&text);
	if (rc)
		platform_release(p);
	return rc;
}

void platform_release(struct platform *p)
{
	map_release(&p->costs);
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

const struct external_cost *platform_cost(const void *platform, const char *symbol)
{
	const struct platform *p = platform;
	const uint64_t *index = map_find_str(&p->costs, symbol);

	return index ? &p->cost[*index - 1] : NULL;
}
