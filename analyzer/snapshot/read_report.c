/*
 * A JSON report read back (reports/schemas/stackcheck-report-1.schema.json). Input: the text. Output: a snapshot.
 *
 * What a report does not carry stays unknown: flags digest and times always, parts of frames without --slots, calls without
 * --graph. The way on is known for the functions on the entries' paths only. A member that is missing reads as null, as the
 * schema grows by new members; one of another type is an error.
 */
#include "snapshot/snapshot.h"
#include "base/text.h"

#include <cjson/cJSON.h>

#define SCHEMA "stackcheck-report/1"

struct reader {
	struct snapshot *s;
	const char *file; /* for messages */
	const char *place; /* where in the report */
	struct error *err;
	struct map ids; /* function id -> index + 1 */
	struct arena scratch;
	bool failed;
};

static void fail(struct reader *r, const char *member, const char *expected)
{
	if (!r->failed)
		error_set(r->err, "%s: %s.%s is not %s; it is no report of stackcheck, or damaged",
			  r->file, r->place, member, expected);
	r->failed = true;
}

static const cJSON *member(const cJSON *object, const char *name)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsNull(value) ? NULL : value;
}

static const char *text(struct reader *r, const cJSON *object, const char *name)
{
	const cJSON *value = member(object, name);

	if (!value)
		return NULL;
	if (!cJSON_IsString(value)) {
		fail(r, name, "a string");
		return NULL;
	}
	return snapshot_str(r->s, value->valuestring);
}

/* A member that must be there. */
static const char *needed(struct reader *r, const cJSON *object, const char *name)
{
	const char *value = text(r, object, name);

	if (!value)
		fail(r, name, "a string");
	return value ? value : "";
}

static int64_t number(struct reader *r, const cJSON *object, const char *name, int64_t missing)
{
	const cJSON *value = member(object, name);

	if (!value)
		return missing;
	/* A double holds whole numbers up to 2^53. */
	if (!cJSON_IsNumber(value) ||
	    !(value->valuedouble >= -0x1p53 && value->valuedouble <= 0x1p53) ||
	    value->valuedouble != (double)(int64_t)value->valuedouble) {
		fail(r, name, "a whole number");
		return missing;
	}
	return (int64_t)value->valuedouble;
}

static int64_t bytes(struct reader *r, const cJSON *object, const char *name)
{
	int64_t n = number(r, object, name, BYTES_UNKNOWN);

	if (n < BYTES_UNKNOWN) {
		fail(r, name, "a number of bytes");
		return BYTES_UNKNOWN;
	}
	return n;
}

static uint32_t line(struct reader *r, const cJSON *object, const char *name)
{
	int64_t n = number(r, object, name, 0);

	if (n < 0 || n > UINT32_MAX) {
		fail(r, name, "a line");
		return 0;
	}
	return (uint32_t)n;
}

static const cJSON *part(struct reader *r, const cJSON *object, const char *name, bool array)
{
	const cJSON *value = member(object, name);

	if (value && !(array ? cJSON_IsArray(value) : cJSON_IsObject(value)))
		fail(r, name, array ? "an array" : "an object");
	return r->failed ? NULL : value;
}

static uint32_t function_of(struct reader *r, const cJSON *object, const char *name)
{
	const char *id = text(r, object, name);
	const uint64_t *found = id ? map_find_str(&r->ids, id) : NULL;

	if (id && !found)
		fail(r, name, "the id of a function");
	return found ? (uint32_t)*found - 1 : NO_ID;
}

static void read_compilers(struct reader *r, const cJSON *run)
{
	const cJSON *list = part(r, run, "compilers", true), *item;
	struct buf joined = {0};

	cJSON_ArrayForEach(item, list) if (cJSON_IsString(item))
		buf_printf(&joined, "%s%s", joined.len ? ", " : "", item->valuestring);
	r->s->run.compilers = joined.len ? snapshot_str(r->s, buf_str(&joined)) : NULL;
	buf_release(&joined);
}

static void read_failures(struct reader *r, const cJSON *coverage)
{
	struct snapshot_run *run = &r->s->run;
	const cJSON *list = part(r, coverage, "failed", true), *item;

	run->failed = arena_array(&r->s->arena, (size_t)cJSON_GetArraySize(list) + 1,
				  struct snapshot_failure);
	r->place = "coverage.failed[]";
	cJSON_ArrayForEach(item, list) run->failed[run->n_failed++] = (struct snapshot_failure){
		.unit = needed(r, item, "unit"),
		.verdict = needed(r, item, "verdict"),
		.reason = text(r, item, "reason"),
	};
}

static void read_run(struct reader *r, const cJSON *root)
{
	const cJSON *tool = part(r, root, "tool", false), *run = part(r, root, "run", false);
	const cJSON *platform = part(r, root, "platform", false);
	const cJSON *coverage = part(r, root, "coverage", false);

	r->place = "tool";
	r->s->run.tool = text(r, tool, "version");
	r->s->run.llvm = text(r, tool, "llvm");
	r->place = "run";
	r->s->run.commit = text(r, run, "commit");
	r->s->run.branch = text(r, run, "branch");
	r->s->run.dirty = cJSON_IsTrue(member(run, "dirty"));
	/* Reports of old versions don't say it: such a run may be a part. */
	r->s->run.whole = cJSON_IsTrue(member(run, "whole"));
	r->s->run.build = text(r, run, "build");
	r->s->run.target = text(r, run, "target");
	read_compilers(r, run);
	r->place = "platform";
	r->s->run.platform = text(r, platform, "name");
	r->s->run.stack_bytes = bytes(r, platform, "stack_bytes");
	r->s->run.budget_bytes = bytes(r, platform, "budget_bytes");
	r->s->run.frame_limit = bytes(r, platform, "frame_limit_bytes");
	r->place = "coverage";
	r->s->run.units_total = number(r, coverage, "units_total", 0);
	r->s->run.units_measured = number(r, coverage, "units_measured", 0);
	r->s->run.units_estimated = number(r, coverage, "units_estimated", 0);
	r->s->run.units_failed = number(r, coverage, "units_failed", 0);
	read_failures(r, coverage);
}

static uint32_t reasons(struct reader *r, const cJSON *depth)
{
	const cJSON *list = part(r, depth, "reasons", true), *item;
	uint32_t bits = 0;

	cJSON_ArrayForEach(item, list)
	{
		const char *kind = text(r, item, "kind");

		for (unsigned i = 0; kind && i < REASON_COUNT; i++)
			if (!strcmp(kind, reason_name((enum reason)i)))
				bits |= 1u << i;
	}
	return bits;
}

static void read_parts(struct reader *r, struct snapshot_function *f, const cJSON *list)
{
	const char **inlined =
		arena_array(&r->s->arena, (size_t)cJSON_GetArraySize(list) + 1, const char *);
	const cJSON *item;

	f->parts = arena_array(&r->s->arena, (size_t)cJSON_GetArraySize(list) + 1,
			       struct snapshot_part);
	r->place = "functions[].slots[]";
	cJSON_ArrayForEach(item, list)
	{
		const char *kind = needed(r, item, "kind");
		bool named = !strcmp(kind, "variable") || !strcmp(kind, "dynamic");

		f->parts[f->n_parts++] = (struct snapshot_part){
			.kind = kind,
			.name = named ? text(r, item, "name") : NULL,
			.type = named ? text(r, item, "type") : NULL,
			.declared_in = named ? text(r, item, "inlined_from") : NULL,
			.file = named ? text(r, item, "file") : NULL,
			.line = named ? line(r, item, "line") : 0,
			.bytes = bytes(r, item, "bytes"),
			.counted = bytes(r, item, "counted_bytes"),
		};
		if (f->parts[f->n_parts - 1].declared_in)
			inlined[f->n_inlined++] = f->parts[f->n_parts - 1].declared_in;
	}
	f->inlined = inlined;
	f->n_inlined = snapshot_sort_unique(inlined, f->n_inlined);
}

/* One part for each kind of what has no name, as in every snapshot. */
static void sum_parts(struct snapshot_function *f)
{
	size_t kept = 0, same;

	for (size_t i = 0; i < f->n_parts; i++) {
		struct snapshot_part p = f->parts[i];

		for (same = 0; same < kept; same++)
			if (!p.name && !f->parts[same].name && f->parts[same].kind == p.kind)
				break;
		if (same == kept) {
			f->parts[kept++] = p;
			continue;
		}
		f->parts[same].counted += p.counted;
		f->parts[same].bytes += p.bytes;
	}
	f->n_parts = kept;
}

static void read_callees(struct reader *r, struct snapshot_function *f, const cJSON *list)
{
	const char **v =
		arena_array(&r->s->arena, (size_t)cJSON_GetArraySize(list) + 1, const char *);
	const cJSON *item;
	size_t n = 0;

	r->place = "functions[].calls[]";
	cJSON_ArrayForEach(item, list)
	{
		const char *evidence = needed(r, item, "evidence"), *symbol;
		uint32_t to = function_of(r, item, "to");

		if (!strcmp(evidence, "signature") || !strcmp(evidence, "none"))
			continue;
		symbol = to != NO_ID ? r->s->functions[to].symbol : text(r, item, "symbol");
		if (symbol)
			v[n++] = symbol;
	}
	f->callees = v;
	f->n_callees = snapshot_sort_unique(v, n);
}

static void read_function(struct reader *r, struct snapshot_function *f, const cJSON *item)
{
	const cJSON *frame = part(r, item, "frame", false), *depth = part(r, item, "depth", false);

	f->name = needed(r, item, "name");
	f->symbol = needed(r, item, "symbol");
	f->unit = needed(r, item, "unit");
	f->module = text(r, item, "module");
	f->linkage = text(r, item, "linkage");
	f->file = text(r, item, "file");
	f->line = line(r, item, "line");
	r->place = "functions[].frame";
	f->frame_kind = needed(r, frame, "kind");
	f->frame_bytes = bytes(r, frame, "bytes");
	r->place = "functions[].depth";
	f->depth_bytes = bytes(r, depth, "bytes");
	f->bound = needed(r, depth, "bound");
	f->reasons = reasons(r, depth);
	f->budget_bytes = BYTES_UNKNOWN;
	f->outside_bytes = BYTES_UNKNOWN;
	f->call_bytes = BYTES_UNKNOWN;
	f->to = NO_ID;
}

/* As program_func_label(): the name where it is the only one, else "unit:symbol". */
static void make_labels(struct reader *r)
{
	struct snapshot *s = r->s;
	struct map seen = {0};

	for (uint32_t i = 0; i < s->n_functions; i++)
		++*map_put_str(&seen, s->functions[i].name, NULL);
	for (uint32_t i = 0; i < s->n_functions; i++) {
		struct snapshot_function *f = &s->functions[i];

		f->label = *map_find_str(&seen, f->name) == 1
				   ? f->name
				   : arena_printf(&s->arena, "%s:%s", f->unit, f->symbol);
	}
	map_release(&seen);
}

static void read_functions(struct reader *r, const cJSON *root)
{
	const cJSON *list = part(r, root, "functions", true), *item;
	struct snapshot *s = r->s;

	if (!list)
		fail(r, "functions", "an array");
	s->functions = arena_array(&s->arena, (size_t)cJSON_GetArraySize(list) + 1,
				   struct snapshot_function);
	cJSON_ArrayForEach(item, list)
	{
		r->place = "functions[]";
		*map_put_str(&r->ids, needed(r, item, "id"), NULL) = s->n_functions + 1;
		read_function(r, &s->functions[s->n_functions++], item);
		if (r->failed)
			return;
	}
	make_labels(r);
	s->run.has_details = s->run.has_callees = s->n_functions > 0;
	item = list ? list->child : NULL;
	for (uint32_t i = 0; i < s->n_functions && !r->failed; i++, item = item->next) {
		const cJSON *slots = part(r, item, "slots", true);
		const cJSON *calls = part(r, item, "calls", true);

		s->run.has_details &= slots != NULL;
		s->run.has_callees &= calls != NULL;
		read_parts(r, &s->functions[i], slots);
		sum_parts(&s->functions[i]);
		read_callees(r, &s->functions[i], calls);
	}
}

/* One step of a path says how its function goes on; the next one says where to. */
static void read_step(struct reader *r, const cJSON *item)
{
	uint32_t func = function_of(r, item, "function");
	struct snapshot_function *f = func == NO_ID ? NULL : &r->s->functions[func];
	const cJSON *next = item->next;

	if (!f || !next || f->way != WAY_FRAME)
		return;
	f->call_bytes = bytes(r, item, "bytes");
	f->call_within = text(r, item, "within");
	f->call_file = text(r, item, "file");
	f->call_line = line(r, item, "line");
	f->evidence = text(r, item, "evidence");
	f->to = function_of(r, next, "function");
	f->way = f->to == NO_ID ? WAY_OUTSIDE : WAY_CALL;
	if (f->way == WAY_OUTSIDE) {
		f->outside = needed(r, next, "symbol");
		f->outside_bytes = bytes(r, next, "bytes");
	}
}

static void read_entries(struct reader *r, const cJSON *root)
{
	const cJSON *list = part(r, root, "entries", true), *item, *step;

	cJSON_ArrayForEach(item, list)
	{
		struct snapshot_function *f;
		uint32_t func;

		r->place = "entries[]";
		func = function_of(r, item, "id");
		if (func == NO_ID)
			fail(r, "id", "the id of a function");
		if (r->failed)
			return;
		f = &r->s->functions[func];
		f->context = text(r, item, "context");
		if (!f->context)
			f->context = "entry point";
		f->budget_bytes = bytes(r, item, "budget");
		r->place = "entries[].path[]";
		cJSON_ArrayForEach(step, part(r, item, "path", true)) read_step(r, step);
	}
}

static void read_findings(struct reader *r, const cJSON *root)
{
	const cJSON *list = part(r, root, "findings", true), *item;

	r->place = "findings[]";
	cJSON_ArrayForEach(item, list)
	{
		*vec_push(&r->s->findings) = (struct snapshot_finding){
			.fingerprint = needed(r, item, "fingerprint"),
			.rule = needed(r, item, "rule"),
			.severity = needed(r, item, "severity"),
			.func = function_of(r, item, "function"),
			.file = text(r, item, "file"),
			.line = line(r, item, "line"),
			.column = line(r, item, "column"),
			.subject = needed(r, item, "subject"),
			.message = needed(r, item, "message"),
			.bytes = bytes(r, item, "bytes"),
			.limit = bytes(r, item, "limit"),
			.suppressed = cJSON_IsTrue(member(item, "suppressed")),
		};
		if (r->failed)
			return;
	}
}

static void read_root(struct reader *r, const cJSON *root)
{
	const cJSON *schema = member(root, "schema");

	r->place = "report";
	if (!cJSON_IsString(schema) || strcmp(schema->valuestring, SCHEMA) != 0) {
		fail(r, "schema", "\"" SCHEMA "\"");
		return;
	}
	read_run(r, root);
	read_functions(r, root);
	read_entries(r, root);
	read_findings(r, root);
	if (!r->failed)
		snapshot_finish(r->s);
}

int snapshot_read_report(struct snapshot *s, const char *json, size_t len, const char *name,
			 struct error *err)
{
	struct reader r = {.s = s, .file = name, .err = err};
	const char *end = json;
	cJSON *root = cJSON_ParseWithLengthOpts(json, len, &end, false);

	while (root && end < json + len && strchr(" \t\r\n", *end))
		end++;
	if (root && end == json + len) {
		read_root(&r, root);
	} else {
		error_set(err, "%s is not JSON, cut off, or has something behind it", name);
		r.failed = true;
	}
	cJSON_Delete(root);
	map_release(&r.ids);
	arena_release(&r.scratch);
	if (r.failed)
		snapshot_release(s);
	return r.failed ? -1 : 0;
}
