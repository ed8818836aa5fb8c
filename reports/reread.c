/*
 * A JSON report read back. Input: its text (schemas/stackcheck-report-1.schema.json). Output: a struct report as writers get it.
 *
 * snapshot_read_report() reads and checks what identifies the run and all functions; their program and depths are made from
 * that. Here comes what a snapshot has no room for. The graph has one edge for each step of a path: paths are what it is there
 * for.
 */
#include "reports/reread_parts.h"

#include <string.h>

const cJSON *reread_member(const cJSON *object, const char *name)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsNull(value) ? NULL : value;
}

const char *reread_text(struct rereader *r, const cJSON *object, const char *name)
{
	const cJSON *value = reread_member(object, name);

	return cJSON_IsString(value) ? arena_strdup(&r->to->arena, value->valuestring) : NULL;
}

int64_t reread_number(const cJSON *object, const char *name, int64_t missing)
{
	const cJSON *value = reread_member(object, name);

	/* A double holds whole numbers up to 2^53. */
	if (!cJSON_IsNumber(value) ||
	    !(value->valuedouble >= -0x1p53 && value->valuedouble <= 0x1p53))
		return missing;
	return (int64_t)value->valuedouble;
}

int64_t reread_bytes(const cJSON *object, const char *name)
{
	int64_t n = reread_number(object, name, BYTES_UNKNOWN);

	return n < 0 ? BYTES_UNKNOWN : n;
}

bool reread_true(const cJSON *object, const char *name)
{
	return cJSON_IsTrue(reread_member(object, name));
}

struct fact_loc reread_place(struct rereader *r, const cJSON *object)
{
	int64_t line = reread_bytes(object, "line"), column = reread_bytes(object, "column");

	return (struct fact_loc){
		.file = reread_text(r, object, "file"),
		.line = line > 0 && line < UINT32_MAX ? (uint32_t)line : 0,
		.column = column > 0 && column < UINT32_MAX ? (uint32_t)column : 0,
	};
}

const char **reread_texts(struct rereader *r, const cJSON *object, const char *name, size_t *n)
{
	const cJSON *list = reread_member(object, name), *item;
	const char **v =
		arena_array(&r->to->arena, (size_t)cJSON_GetArraySize(list) + 1, const char *);

	*n = 0;
	cJSON_ArrayForEach(item, list) if (cJSON_IsString(item)) v[(*n)++] =
		arena_strdup(&r->to->arena, item->valuestring);
	return v;
}

static uint32_t number_in(const struct map *m, const char *key)
{
	const uint64_t *found = key ? map_find_str(m, key) : NULL;

	return found ? (uint32_t)*found - 1 : NO_ID;
}

uint32_t reread_function(const struct rereader *r, const cJSON *object, const char *name)
{
	const cJSON *value = reread_member(object, name);

	return number_in(&r->ids, cJSON_IsString(value) ? value->valuestring : NULL);
}

uint32_t reread_labelled(const struct rereader *r, const char *label)
{
	return number_in(&r->labels, label);
}

static void read_run(struct rereader *r)
{
	const cJSON *run = reread_member(r->root, "run");
	const struct snapshot_run *same = &r->to->after.run;
	struct report *out = &r->to->report;

	out->tool_version = same->tool ? same->tool : "unknown";
	out->llvm_version = same->llvm ? same->llvm : "unknown";
	out->commit = same->commit;
	out->branch = same->branch;
	out->dirty = same->dirty;
	out->build = same->build;
	out->target = same->target;
	out->compilers = reread_texts(r, run, "compilers", &out->n_compilers);
	out->paths = reread_texts(r, run, "paths", &out->n_paths);
}

static void read_platform(struct rereader *r)
{
	const cJSON *from = reread_member(r->root, "platform");
	struct platform *p = &r->to->platform;
	struct report *out = &r->to->report;

	p->name = reread_text(r, from, "name");
	p->name = p->name ? p->name : "unknown";
	p->summary = reread_text(r, from, "summary");
	p->stack_bytes = reread_bytes(from, "stack_bytes");
	out->platform = p;
	out->budget_bytes = reread_bytes(from, "budget_bytes");
	out->frame_limit = reread_bytes(from, "frame_limit_bytes");
}

static void read_coverage(struct rereader *r)
{
	const struct snapshot_run *run = &r->to->after.run;
	struct report *out = &r->to->report;
	struct failed_unit *failed =
		arena_array(&r->to->arena, run->n_failed + 1, struct failed_unit);

	for (size_t i = 0; i < run->n_failed; i++)
		failed[i] = (struct failed_unit){run->failed[i].unit, run->failed[i].verdict,
						 run->failed[i].reason ? run->failed[i].reason
								       : "unknown"};
	out->failed = failed;
	out->n_failed = run->n_failed;
	out->units_total = (size_t)run->units_total;
	out->units_measured = (size_t)run->units_measured;
	out->units_estimated = (size_t)run->units_estimated;
	out->units_failed = (size_t)run->units_failed;
}

static enum frame_kind frame_kind_of(const char *word)
{
	for (enum frame_kind k = FRAME_FIXED; k < FRAME_UNMEASURED; k++)
		if (!strcmp(word, frame_kind_name(k)))
			return k;
	return FRAME_UNMEASURED;
}

static enum bound bound_of(const char *word)
{
	for (enum bound b = BOUND_EXACT; b <= BOUND_UNBOUNDED; b++)
		if (!strcmp(word, bound_name(b)))
			return b;
	return BOUND_AT_LEAST;
}

static void read_fact(struct rereader *r, const struct snapshot_function *from, const cJSON *item,
		      struct program_func *f)
{
	struct fact_func *fact = arena_alloc(&r->to->arena, sizeof(*fact));
	const cJSON *frame = reread_member(item, "frame");
	const char *origin = reread_text(r, frame, "origin");
	bool shipped = origin && !strcmp(origin, frame_origin_name(ORIGIN_SHIPPED));
	int64_t limit = reread_bytes(frame, "limit_bytes");

	*fact = (struct fact_func){
		.symbol = from->symbol,
		.name = from->name,
		.loc = {.file = from->file, .line = from->line},
		.frame_kind = frame_kind_of(from->frame_kind),
		.frame_origin = shipped ? ORIGIN_SHIPPED : ORIGIN_RECOMPILED,
		.frame_bytes = from->frame_bytes,
		.frame_note = reread_text(r, frame, "note"),
	};
	f->fact = fact;
	f->frame_limit_bytes = limit > 0 ? limit : 0;
}

static void read_depth(struct rereader *r, const struct snapshot_function *from, const cJSON *item,
		       struct depth *d)
{
	const cJSON *depth = reread_member(item, "depth"), *reason;

	*d = (struct depth){
		.bytes = from->depth_bytes,
		.possible_bytes = reread_bytes(depth, "possible_bytes"),
		.bound = bound_of(from->bound),
		.reasons = from->reasons,
		.via = NO_ID,
	};
	for (unsigned i = 0; i < REASON_COUNT; i++)
		d->witness[i] = NO_ID;
	cJSON_ArrayForEach(reason, reread_member(depth, "reasons"))
	{
		const char *kind = cJSON_GetStringValue(reread_member(reason, "kind"));

		for (unsigned i = 0; kind && i < REASON_COUNT; i++)
			if (!strcmp(kind, reason_name((enum reason)i)))
				d->witness[i] = reread_function(r, reason, "function");
	}
}

/* The unit of that name, made where there is none yet; its number. */
static uint32_t unit_of(struct rereader *r, struct map *units, const char *name, const char *module)
{
	bool made;
	uint64_t *number = map_put_str(units, name, &made);

	if (made) {
		struct facts *f = arena_alloc(&r->to->arena, sizeof(*f));

		f->unit = name;
		f->module = module;
		*number = r->to->units.n;
		*vec_push(&r->to->units) = f;
	}
	return (uint32_t)*number;
}

static void read_estimated(struct rereader *r, struct map *units, const cJSON *list)
{
	const cJSON *item, *problem;

	cJSON_ArrayForEach(item, list)
	{
		const char *name = reread_text(r, item, "unit");
		struct facts *f;

		if (!name)
			continue;
		f = r->to->units.v[unit_of(r, units, name, NULL)];
		f->status = UNIT_ESTIMATED;
		cJSON_ArrayForEach(problem,
				   reread_member(item, "problems")) if (cJSON_IsString(problem)) *
			vec_push(&f->problems) = arena_strdup(&r->to->arena, problem->valuestring);
	}
}

/* As program_link() chains them: functions of one source name. */
static void chain_names(struct rereader *r)
{
	struct program *p = &r->to->program;

	p->same_name = arena_array(&r->to->arena, p->n_funcs + 1, uint32_t);
	for (uint32_t i = p->n_funcs; i-- > 0;) {
		uint64_t *first = map_put_str(&p->by_name, p->funcs[i].fact->name, NULL);

		p->same_name[i] = *first ? (uint32_t)*first - 1 : NO_ID;
		*first = i + 1;
	}
}

static void read_functions(struct rereader *r)
{
	const cJSON *estimated = reread_member(reread_member(r->root, "coverage"), "estimated");
	const cJSON *list = reread_member(r->root, "functions"), *item;
	const struct snapshot *s = &r->to->after;
	struct program *p = &r->to->program;
	struct map units = {0};
	uint32_t i = 0;

	p->n_funcs = s->n_functions;
	p->funcs = arena_array(&r->to->arena, p->n_funcs + 1, struct program_func);
	r->to->depths.v = arena_array(&r->to->arena, p->n_funcs + 1, struct depth);
	cJSON_ArrayForEach(item, list) * map_put_str(&r->ids, reread_text(r, item, "id"), NULL) =
		++i;
	i = 0;
	cJSON_ArrayForEach(item, list)
	{
		const struct snapshot_function *from = &s->functions[i];

		read_fact(r, from, item, &p->funcs[i]);
		read_depth(r, from, item, &r->to->depths.v[i]);
		p->funcs[i].unit = unit_of(r, &units, from->unit, from->module);
		*map_put_str(&r->labels, from->label, NULL) = i + 1;
		i++;
	}
	read_estimated(r, &units, estimated);
	p->units = (const struct facts *const *)r->to->units.v;
	p->n_units = (uint32_t)r->to->units.n;
	chain_names(r);
	map_release(&units);
}

static void read_all(struct rereader *r)
{
	struct report *out = &r->to->report;

	read_run(r);
	read_platform(r);
	read_coverage(r);
	read_functions(r);
	reread_entries(r);
	reread_findings(r);
	r->to->program.edges = r->to->edges.v;
	r->to->program.n_edges = (uint32_t)r->to->edges.n;
	r->to->program.externals = r->to->externals.v;
	r->to->program.n_externals = (uint32_t)r->to->externals.n;
	reread_diff(r);
	out->program = &r->to->program;
	out->depths = &r->to->depths;
}

int report_reread(struct reread *to, const char *text, size_t len, const char *name,
		  struct error *err)
{
	struct rereader r = {.to = to};
	cJSON *root;

	if (snapshot_read_report(&to->after, text, len, name, err))
		return -1;
	root = cJSON_ParseWithLength(text, len);
	r.root = root;
	read_all(&r);
	cJSON_Delete(root);
	map_release(&r.ids);
	map_release(&r.labels);
	return 0;
}

void reread_release(struct reread *r)
{
	for (size_t i = 0; i < r->units.n; i++)
		vec_release(&r->units.v[i]->problems);
	vec_release(&r->units);
	map_release(&r->program.by_name);
	vec_release(&r->edges);
	vec_release(&r->externals);
	vec_release(&r->diff.entries);
	vec_release(&r->diff.functions);
	snapshot_release(&r->after);
	snapshot_release(&r->before);
	arena_release(&r->arena);
	*r = (struct reread){0};
}
