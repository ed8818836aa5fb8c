/* Runs of the history as JSON: "stackcheck-run/1", "stackcheck-runs/1", "stackcheck-history/1". Input: snapshots. */
#include "reports/difference.h"
#include "reports/json_run.h"

static void failures(struct json_out *o, const struct snapshot_run *run)
{
	json_array(o, "failed", JSON_INLINE);
	for (size_t i = 0; i < run->n_failed; i++) {
		json_object(o, NULL, JSON_INLINE);
		json_str(o, "unit", run->failed[i].unit);
		json_str(o, "verdict", run->failed[i].verdict);
		json_str(o, "reason", run->failed[i].reason);
		json_end(o);
	}
	json_end(o);
}

/* 0 is no number of a run and no time. */
static void number_or_null(struct json_out *o, const char *key, int64_t n)
{
	if (n)
		json_int(o, key, n);
	else
		json_null(o, key);
}

void json_snapshot_run(struct json_out *o, const char *key, const struct snapshot_run *run)
{
	json_object(o, key, JSON_INLINE);
	number_or_null(o, "run", run->id);
	number_or_null(o, "time", run->time);
	json_str(o, "commit", run->commit);
	json_str(o, "branch", run->branch);
	json_bool(o, "dirty", run->dirty);
	json_bool(o, "whole", run->whole);
	json_str(o, "tool", run->tool);
	json_str(o, "llvm", run->llvm);
	json_str(o, "target", run->target);
	json_str(o, "compilers", run->compilers);
	json_str(o, "platform", run->platform);
	json_str(o, "build", run->build);
	json_str(o, "flags_digest", run->flags_digest);
	json_str(o, "config_digest", run->config_digest);
	json_bytes(o, "stack_bytes", run->stack_bytes);
	json_bytes(o, "budget_bytes", run->budget_bytes);
	json_bytes(o, "frame_limit_bytes", run->frame_limit);
	json_int(o, "units_total", run->units_total);
	json_int(o, "units_measured", run->units_measured);
	json_int(o, "units_estimated", run->units_estimated);
	json_int(o, "units_failed", run->units_failed);
	failures(o, run);
	json_end(o);
}

static void parts(struct json_out *o, const struct snapshot_function *f)
{
	json_array(o, "parts", JSON_INLINE);
	for (size_t i = 0; i < f->n_parts; i++) {
		const struct snapshot_part *p = &f->parts[i];

		json_object(o, NULL, JSON_INLINE);
		json_str(o, "kind", p->kind);
		json_bytes(o, "bytes", p->bytes);
		json_int(o, "counted_bytes", p->counted);
		if (p->name) {
			json_str(o, "name", p->name);
			json_str(o, "type", p->type);
			json_str(o, "inlined_from", p->declared_in);
			json_str(o, "file", p->file);
			json_line(o, "line", p->line);
		}
		json_end(o);
	}
	json_end(o);
}

static void strings(struct json_out *o, const char *key, const char **v, size_t n)
{
	json_array(o, key, JSON_INLINE);
	for (size_t i = 0; i < n; i++)
		json_str(o, NULL, v[i]);
	json_end(o);
}

static void reasons(struct json_out *o, uint32_t bits)
{
	json_array(o, "reasons", JSON_INLINE);
	for (unsigned i = 0; i < REASON_COUNT; i++)
		if (bits & 1u << i)
			json_str(o, NULL, reason_name((enum reason)i));
	json_end(o);
}

/* Number and name: the number is what entries and findings refer to. */
static void function(struct json_out *o, const struct snapshot_run *run,
		     const struct snapshot_function *f, uint32_t number)
{
	json_object(o, NULL, JSON_INLINE);
	json_int(o, "number", number);
	json_str(o, "label", f->label);
	json_str(o, "name", f->name);
	json_str(o, "symbol", f->symbol);
	json_str(o, "linkage", f->linkage);
	json_str(o, "unit", f->unit);
	json_str(o, "module", f->module);
	json_str(o, "file", f->file);
	json_line(o, "line", f->line);
	json_bytes(o, "frame_bytes", f->frame_bytes);
	json_str(o, "frame_kind", f->frame_kind);
	json_bytes(o, "depth_bytes", f->depth_bytes);
	json_str(o, "bound", f->bound);
	reasons(o, f->reasons);
	if (run->has_details) {
		parts(o, f);
		strings(o, "inlined", f->inlined, f->n_inlined);
	}
	if (run->has_callees)
		strings(o, "callees", f->callees, f->n_callees);
	json_end(o);
}

static void entry(struct json_out *o, const struct snapshot *s, uint32_t func)
{
	const struct snapshot_function *f = &s->functions[func];
	struct snapshot_path path;
	struct arena a = {0};

	snapshot_path(s, func, &a, &path);
	json_object(o, NULL, JSON_INLINE);
	json_int(o, "function", func);
	json_str(o, "label", f->label);
	json_str(o, "context", f->context);
	json_bytes(o, "depth_bytes", f->depth_bytes);
	json_str(o, "bound", f->bound);
	json_bytes(o, "budget_bytes", f->budget_bytes);
	json_array(o, "path", JSON_INLINE);
	for (size_t i = 0; i < path.n; i++) {
		const struct snapshot_step *step = &path.steps[i];

		json_object(o, NULL, JSON_INLINE);
		json_str(o, "label", step->label);
		json_bytes(o, "bytes", step->bytes);
		json_str(o, "within", step->within);
		json_str(o, "file", step->file);
		json_line(o, "line", step->line);
		json_end(o);
	}
	json_end(o);
	json_end(o);
	arena_release(&a);
}

static void finding(struct json_out *o, const struct snapshot_finding *f)
{
	json_object(o, NULL, JSON_INLINE);
	json_str(o, "fingerprint", f->fingerprint);
	json_str(o, "rule", f->rule);
	json_str(o, "severity", f->severity);
	json_bool(o, "suppressed", f->suppressed);
	if (f->func == NO_ID)
		json_null(o, "function");
	else
		json_int(o, "function", f->func);
	json_str(o, "file", f->file);
	json_line(o, "line", f->line);
	json_str(o, "subject", f->subject);
	json_str(o, "message", f->message);
	json_bytes(o, "bytes", f->bytes);
	json_bytes(o, "limit", f->limit);
	json_end(o);
}

void snapshot_write_json(const struct snapshot *s, bool one_line, struct buf *out)
{
	enum json_layout layout = one_line ? JSON_INLINE : JSON_LINES;
	struct json_out o = {.buf = out};

	json_object(&o, NULL, layout);
	json_str(&o, "schema", "stackcheck-run/1");
	json_snapshot_run(&o, "run", &s->run);
	json_array(&o, "findings", layout);
	for (size_t i = 0; i < s->findings.n; i++)
		finding(&o, &s->findings.v[i]);
	json_end(&o);
	json_array(&o, "entries", layout);
	for (uint32_t i = 0; i < s->n_entries; i++)
		entry(&o, s, s->entries[i]);
	json_end(&o);
	json_array(&o, "functions", layout);
	for (uint32_t i = 0; i < s->n_functions; i++)
		function(&o, &s->run, &s->functions[i], i);
	json_end(&o);
	json_end(&o);
}

void runs_write_json(const struct snapshot_run *runs, size_t n, struct buf *out)
{
	struct json_out o = {.buf = out};

	json_object(&o, NULL, JSON_LINES);
	json_str(&o, "schema", "stackcheck-runs/1");
	json_array(&o, "runs", JSON_LINES);
	for (size_t i = 0; i < n; i++)
		json_snapshot_run(&o, NULL, &runs[i]);
	json_end(&o);
	json_end(&o);
}

void points_write_json(const char *name, const struct snapshot_point *points, size_t n,
		       struct buf *out)
{
	struct json_out o = {.buf = out};

	json_object(&o, NULL, JSON_LINES);
	json_str(&o, "schema", "stackcheck-history/1");
	json_str(&o, "function", name);
	json_array(&o, "points", JSON_LINES);
	for (size_t i = 0; i < n; i++) {
		const struct snapshot_run *run = points[i].run;
		const struct snapshot_function *f = &points[i].function;

		json_object(&o, NULL, JSON_INLINE);
		json_int(&o, "run", run->id);
		json_int(&o, "time", run->time);
		json_str(&o, "commit", run->commit);
		json_str(&o, "branch", run->branch);
		json_bool(&o, "dirty", run->dirty);
		json_str(&o, "target", run->target);
		json_str(&o, "build", run->build);
		json_str(&o, "label", f->label);
		json_str(&o, "unit", f->unit);
		json_str(&o, "symbol", f->symbol);
		json_bytes(&o, "frame_bytes", f->frame_bytes);
		json_bytes(&o, "depth_bytes", f->depth_bytes);
		json_str(&o, "bound", f->bound);
		json_bytes(&o, "budget_bytes", f->budget_bytes);
		json_end(&o);
	}
	json_end(&o);
	json_end(&o);
}
