/*
 * The model part of platform and model files: functions outside the scanned sources, entry points, includes.
 *
 * Files are collected first, each once, breadth first, so that includes in a circle end. Of entries the first that
 * fits counts: they are added from the including file down. Of externals the last one counts: they are added from the
 * bottom up. So a file always wins over what it includes.
 */
#include "rules/model_read.h"
#include "base/file.h"
#include "base/map.h"
#include "rules/model_file.h"

#include <string.h>

enum { MODEL_FILE_MAX = 16 * 1024 * 1024, FILES_MAX = 64 };

struct source {
	struct json_reader r;
	const cJSON *root;
	cJSON *owned; /* to be freed; NULL for the first file */
};

struct files {
	VEC(struct source) v;
	struct map seen; /* absolute paths */
	const char *folder;
	struct model *m;
};

static const cJSON *member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* Beside the including file, else among the shipped ones. */
static const char *find_include(const struct files *x, const struct json_reader *r,
				const char *name)
{
	const char *beside =
		path_absolute(r->a, path_dir(r->a, path_absolute(r->a, NULL, r->path)), name);

	if (file_exists(beside) || !x->folder)
		return beside;
	return path_absolute(r->a, path_absolute(r->a, NULL, x->folder), name);
}

static int check_model_file(const struct json_reader *r, const cJSON *root)
{
	static const char *const needed[] = {"schema", "summary", NULL};
	static const char *const optional[] = {MODEL_FIELDS, NULL};
	const char *format;

	if (json_check_fields(r, root, "", needed, optional))
		return -1;
	format = cJSON_GetStringValue(member(root, "schema"));
	if (!format || strcmp(format, MODEL_FORMAT) != 0)
		return json_bad(r, "schema",
				"is not \"" MODEL_FORMAT "\", the only format of model files");
	return json_string(r, member(root, "summary"), "summary") ? 0 : -1;
}

static int add_file(struct files *x, const char *path, struct error *err)
{
	struct source s = {.r = {.a = &x->m->arena, .path = path, .err = err}};
	bool made;

	map_put_str(&x->seen, path, &made);
	if (!made)
		return 0;
	if (x->v.n == FILES_MAX)
		return error_set(err, "%s: more than %d files include each other", path, FILES_MAX);
	s.owned = json_read_file(&s.r, MODEL_FILE_MAX);
	if (!s.owned)
		return -1;
	s.root = s.owned;
	*vec_push(&x->v) = s;
	return check_model_file(&s.r, s.root);
}

static int add_includes(struct files *x, size_t index)
{
	const struct json_reader r = x->v.v[index].r;
	const cJSON *list = member(x->v.v[index].root, "include"), *item;

	if (!list)
		return 0;
	if (!cJSON_IsArray(list))
		return json_bad(&r, "include", "is not a list of file names");
	cJSON_ArrayForEach(item, list)
	{
		const char *name = json_string(&r, item, "include");

		if (!name)
			return -1;
		if (add_file(x, find_include(x, &r, name), r.err))
			return error_prefix(r.err, "%s includes", r.path);
	}
	return 0;
}

static int read_callbacks(const struct json_reader *r, const cJSON *list, const char *where,
			  struct model_external *x)
{
	static const char *const needed[] = {"argument", NULL}, *const optional[] = {"bytes", NULL};
	struct model_callback *callbacks;
	const cJSON *item;

	if (!cJSON_IsArray(list) || !list->child)
		return json_bad(r, where, "is not a list of callbacks");
	callbacks = arena_array(r->a, (size_t)cJSON_GetArraySize(list), struct model_callback);
	x->callbacks = callbacks;
	cJSON_ArrayForEach(item, list)
	{
		struct model_callback *c = &callbacks[x->n_callbacks++];
		const cJSON *bytes = member(item, "bytes");
		int64_t argument;

		if (json_check_fields(r, item, where, needed, optional) ||
		    json_integer(r, member(item, "argument"), where, 0, 255, &argument))
			return -1;
		c->argument = (uint32_t)argument;
		c->depth_bytes = BYTES_UNKNOWN;
		if (bytes && json_integer(r, bytes, where, 0, JSON_BYTES_MAX, &c->depth_bytes))
			return -1;
	}
	return 0;
}

/* What a group says of each of its functions. */
static int read_properties(const struct json_reader *r, const cJSON *group, const char *where,
			   struct model_external *x)
{
	const cJSON *item;
	int64_t depth = 0;

	x->bytes = BYTES_UNKNOWN;
#define FIELD(name) (item = member(group, name))
#define AT(name)    arena_printf(r->a, "%s." name, where)
	if (FIELD("bytes") && json_integer(r, item, AT("bytes"), 0, JSON_BYTES_MAX, &x->bytes))
		return -1;
	if (FIELD("floor") && json_truth(r, item, AT("floor"), &x->floor))
		return -1;
	if (FIELD("noreturn") && json_truth(r, item, AT("noreturn"), &x->noreturn))
		return -1;
	if (FIELD("callbacks") && read_callbacks(r, item, AT("callbacks"), x))
		return -1;
	if (FIELD("reenters") && !(x->reenters = json_string(r, item, AT("reenters"))))
		return -1;
	if (FIELD("reentry_needs") &&
	    !(x->reentry_needs = json_string(r, item, AT("reentry_needs"))))
		return -1;
	if (FIELD("reentry_depth") && json_integer(r, item, AT("reentry_depth"), 0, 64, &depth))
		return -1;
	x->reentry_depth = (uint32_t)depth;
	x->why = json_string(r, member(group, "why"), AT("why"));
#undef FIELD
	if (!x->why)
		return -1;
	if (x->floor && x->bytes == BYTES_UNKNOWN)
		return json_bad(r, AT("floor"), "has no \"bytes\" beside it");
	if (depth && !x->reenters)
		return json_bad(r, AT("reentry_depth"), "has no \"reenters\" beside it");
	if (x->reentry_needs && !x->reenters)
		return json_bad(r, AT("reentry_needs"), "has no \"reenters\" beside it");
#undef AT
	return 0;
}

/* {"symbols": ["memcpy", ...], "bytes": N, ..., "why": "..."} */
static int read_group(const struct json_reader *r, const cJSON *group, const char *where,
		      struct map *known, struct model *m)
{
	static const char *const needed[] = {"symbols", "why", NULL};
	static const char *const optional[] = {"bytes",		"floor",    "noreturn",
					       "callbacks",	"reenters", "reentry_needs",
					       "reentry_depth", NULL};
	const char *field = arena_printf(r->a, "%s.symbols", where);
	struct model_external x = {0};
	const cJSON *symbols, *item;
	bool made;

	if (json_check_fields(r, group, where, needed, optional) ||
	    read_properties(r, group, where, &x))
		return -1;
	symbols = member(group, "symbols");
	if (!cJSON_IsArray(symbols) || !symbols->child)
		return json_bad(r, field, "is not a list of names");
	cJSON_ArrayForEach(item, symbols)
	{
		x.symbol = json_string(r, item, field);
		if (!x.symbol)
			return -1;
		map_put_str(known, x.symbol, &made);
		if (!made)
			return error_set(r->err,
					 "%s: field \"%s\" names %s, which stands there already",
					 r->path, field, x.symbol);
		*vec_push(&m->externals) = x;
	}
	return 0;
}

static int read_externals(const struct json_reader *r, const cJSON *list, struct map *known,
			  struct model *m)
{
	const cJSON *group;
	size_t i = 0;

	if (!list)
		return 0;
	if (!cJSON_IsArray(list))
		return json_bad(r, "externals", "is not a list");
	cJSON_ArrayForEach(group, list)
	{
		if (read_group(r, group, arena_printf(r->a, "externals[%zu]", i++), known, m))
			return -1;
	}
	return 0;
}

/* {"why": "...", "exact": {"kfree": 96, ...}, "at_least": {...}} */
static int read_cost_list(const struct json_reader *r, const cJSON *list, const char *where,
			  struct model_external x, struct map *known, struct model *m)
{
	const cJSON *item;
	bool made;

	if (!list)
		return 0;
	if (!cJSON_IsObject(list))
		return json_bad(r, where, "is not an object of symbols and bytes");
	cJSON_ArrayForEach(item, list)
	{
		x.symbol = arena_strdup(r->a, item->string);
		map_put_str(known, x.symbol, &made);
		if (!made || !*x.symbol)
			return error_set(r->err,
					 "%s: field \"%s\" names %s, which stands there already",
					 r->path, where, x.symbol);
		if (json_integer(r, item, arena_printf(r->a, "%s.%s", where, x.symbol), 0,
				 JSON_BYTES_MAX, &x.bytes))
			return -1;
		*vec_push(&m->externals) = x;
	}
	return 0;
}

static int read_costs(const struct json_reader *r, const cJSON *costs, struct map *known,
		      struct model *m)
{
	static const char *const needed[] = {"why", NULL};
	static const char *const optional[] = {"exact", "at_least", NULL};
	struct model_external x = {0};

	if (!costs)
		return 0;
	if (json_check_fields(r, costs, "costs", needed, optional))
		return -1;
	x.why = json_string(r, member(costs, "why"), "costs.why");
	if (!x.why || read_cost_list(r, member(costs, "exact"), "costs.exact", x, known, m))
		return -1;
	x.floor = true;
	return read_cost_list(r, member(costs, "at_least"), "costs.at_least", x, known, m);
}

/* {"patterns": ["field:struct file_operations.*"], "context": "...", "stack": "thread", ..., "why": "..."} */
static int read_entry(const struct json_reader *r, const cJSON *entry, const char *where,
		      struct model_entry *x)
{
	static const char *const needed[] = {"patterns", "context", "stack", "why", NULL};
	static const char *const optional[] = {"level", "boundary", "size_argument", NULL};
	const char *stack = cJSON_GetStringValue(member(entry, "stack"));
	const cJSON *item;
	int64_t argument = -1;

#define FIELD(name) (item = member(entry, name))
#define AT(name)    arena_printf(r->a, "%s." name, where)
	if (json_check_fields(r, entry, where, needed, optional))
		return -1;
	x->context = json_string(r, member(entry, "context"), AT("context"));
	x->why = json_string(r, member(entry, "why"), AT("why"));
	if (!x->context || !x->why)
		return -1;
	x->stack = stack ? entry_stack_find(stack) : STACK_COUNT;
	if (x->stack == STACK_COUNT)
		return json_bad(r, AT("stack"),
				"is not one of thread, interrupt, deferred, worker, own, segment");
	x->boundary = x->stack != STACK_THREAD;
	if (FIELD("level") && !(x->level = json_string(r, item, AT("level"))))
		return -1;
	if (FIELD("boundary") && json_truth(r, item, AT("boundary"), &x->boundary))
		return -1;
	if (FIELD("size_argument") && json_integer(r, item, AT("size_argument"), 0, 255, &argument))
		return -1;
#undef FIELD
	x->size_argument = (int)argument;
	if (argument >= 0 && x->stack != STACK_SEGMENT)
		return json_bad(r, AT("size_argument"), "is for the stack \"segment\" only");
#undef AT
	return 0;
}

static int add_patterns(const struct json_reader *r, const cJSON *patterns, const char *where,
			struct model_entry x, struct model *m)
{
	const char *field = arena_printf(r->a, "%s.patterns", where), *problem;
	const cJSON *item;

	if (!cJSON_IsArray(patterns) || !patterns->child)
		return json_bad(r, field, "is not a list of patterns");
	cJSON_ArrayForEach(item, patterns)
	{
		x.pattern = json_string(r, item, field);
		if (!x.pattern)
			return -1;
		problem = model_pattern_problem(x.pattern);
		if (problem)
			return error_set(r->err, "%s: field \"%s\": the pattern '%s' %s", r->path,
					 field, x.pattern, problem);
		model_add_entry(m, &x);
	}
	return 0;
}

static int read_entries(const struct json_reader *r, const cJSON *list, struct model *m)
{
	const cJSON *entry;
	size_t i = 0;

	if (!list)
		return 0;
	if (!cJSON_IsArray(list))
		return json_bad(r, "entries", "is not a list");
	cJSON_ArrayForEach(entry, list)
	{
		const char *where = arena_printf(r->a, "entries[%zu]", i++);
		struct model_entry x = {0};

		if (read_entry(r, entry, where, &x) ||
		    add_patterns(r, member(entry, "patterns"), where, x, m))
			return -1;
	}
	return 0;
}

static int read_all(struct files *x)
{
	for (size_t i = 0; i < x->v.n; i++) {
		if (add_includes(x, i))
			return -1;
	}
	for (size_t i = 0; i < x->v.n; i++) {
		if (read_entries(&x->v.v[i].r, member(x->v.v[i].root, "entries"), x->m))
			return -1;
	}
	for (size_t i = x->v.n; i-- > 0;) {
		const struct source *s = &x->v.v[i];
		struct map known = {0};
		int rc = read_externals(&s->r, member(s->root, "externals"), &known, x->m);

		if (!rc)
			rc = read_costs(&s->r, member(s->root, "costs"), &known, x->m);
		map_release(&known);
		if (rc)
			return rc;
	}
	return 0;
}

static void release(struct files *x)
{
	for (size_t i = 0; i < x->v.n; i++)
		cJSON_Delete(x->v.v[i].owned);
	vec_release(&x->v);
	map_release(&x->seen);
}

int model_read(const struct json_reader *r, const cJSON *root, const char *folder, struct model *m)
{
	struct files x = {.folder = folder, .m = m};
	int rc;

	*vec_push(&x.v) = (struct source){.r = *r, .root = root};
	map_put_str(&x.seen, path_absolute(r->a, NULL, r->path), NULL);
	rc = read_all(&x);
	release(&x);
	return rc;
}

int model_file_load(struct model *m, const char *path, const char *folder, struct error *err)
{
	struct files x = {.folder = folder, .m = m};
	/* Errors read better with the name that the user gave: only includes become absolute. */
	int rc = add_file(&x, arena_strdup(&m->arena, path), err);

	if (!rc)
		rc = read_all(&x);
	release(&x);
	return rc;
}
