/* The small members of the JSON report: who made it, of what, held against what, and the counts. */
#include "reports/json_parts.h"

void json_tool(struct json_report *j)
{
	json_object(&j->out, "tool", JSON_INLINE);
	json_str(&j->out, "name", "stackcheck");
	json_str(&j->out, "version", j->r->tool_version);
	json_str(&j->out, "llvm", j->r->llvm_version);
	json_end(&j->out);
}

void json_run(struct json_report *j)
{
	struct json_out *o = &j->out;
	const struct report *r = j->r;

	json_object(o, "run", JSON_LINES);
	json_str(o, "commit", r->commit);
	json_str(o, "branch", r->branch);
	if (r->commit)
		json_bool(o, "dirty", r->dirty);
	else
		json_null(o, "dirty");
	json_bool(o, "whole", !r->n_paths);
	json_array(o, "paths", JSON_INLINE);
	for (size_t i = 0; i < r->n_paths; i++)
		json_str(o, NULL, r->paths[i]);
	json_end(o);
	json_str(o, "build", r->build);
	json_str(o, "target", r->target);
	json_array(o, "compilers", JSON_INLINE);
	for (size_t i = 0; i < r->n_compilers; i++)
		json_str(o, NULL, r->compilers[i]);
	json_end(o);
	json_end(o);
}

void json_platform(struct json_report *j)
{
	struct json_out *o = &j->out;
	const struct platform *p = j->r->platform;

	json_object(o, "platform", JSON_LINES);
	json_str(o, "name", p->name);
	json_str(o, "summary", p->summary);
	json_int(o, "stack_bytes", p->stack_bytes);
	json_str(o, "stack_why", p->stack_why);
	json_int(o, "budget_bytes", j->r->budget_bytes);
	json_int(o, "default_budget_percent", p->budget_percent);
	json_str(o, "default_budget_why", p->budget_why);
	json_int(o, "frame_limit_bytes", j->r->frame_limit);
	json_int(o, "default_frame_limit_bytes", p->frame_limit);
	json_str(o, "default_frame_limit_why", p->frame_why);
	json_int(o, "large_local_bytes", p->large_local);
	json_str(o, "large_local_why", p->large_local_why);
	json_end(o);
}

static void finding_counts(struct json_report *j)
{
	struct json_out *o = &j->out;
	const struct totals *t = j->totals;

	json_object(o, "findings", JSON_LINES);
	json_int(o, "total", (int64_t)t->findings);
	json_object(o, "by_rule", JSON_INLINE);
	for (size_t i = 0; i < t->n_rules; i++)
		json_int(o, t->rules[i].rule, (int64_t)t->rules[i].n);
	json_end(o);
	json_object(o, "by_severity", JSON_INLINE);
	for (enum severity s = SEVERITY_NOTE; s <= SEVERITY_ERROR; s++)
		json_int(o, severity_name(s), (int64_t)t->severity[s]);
	json_end(o);
	json_object(o, "by_state", JSON_INLINE);
	for (enum finding_state s = STATE_UNKNOWN; s <= STATE_EXISTING; s++)
		json_int(o, finding_state_name(s), (int64_t)t->state[s]);
	json_end(o);
	json_end(o);
	json_int(o, "suppressed", (int64_t)t->suppressed);
}

void json_summary(struct json_report *j)
{
	struct json_out *o = &j->out;
	const struct totals *t = j->totals;
	const struct depths *d = j->r->depths;

	json_object(o, "summary", JSON_LINES);
	finding_counts(j);
	json_object(o, "bounds", JSON_INLINE);
	for (enum bound b = BOUND_EXACT; b <= BOUND_UNBOUNDED; b++)
		json_int(o, bound_name(b), (int64_t)t->bounds[b]);
	json_end(o);
	json_object(o, "edges", JSON_INLINE);
	for (enum evidence e = EVIDENCE_DIRECT; e < EVIDENCE_COUNT; e++)
		json_int(o, evidence_name(e), (int64_t)t->edges[e]);
	json_end(o);
	json_bytes(o, "max_depth", t->deepest == NO_ID ? BYTES_UNKNOWN : d->v[t->deepest].bytes);
	json_str(o, "max_depth_bound",
		 t->deepest == NO_ID ? NULL : bound_name(d->v[t->deepest].bound));
	if (t->has_headroom)
		json_int(o, "min_headroom", t->min_headroom);
	else
		json_null(o, "min_headroom");
	json_int(o, "entries_over", (int64_t)t->entries_over);
	json_end(o);
}

/* Units with problems: estimated for them, or measured from their objects all the same. */
static void units_with_problems(struct json_report *j, const char *name, enum unit_status status)
{
	struct json_out *o = &j->out;

	json_array(o, name, JSON_LINES);
	for (uint32_t u = 0; u < j->r->program->n_units; u++) {
		const struct facts *f = j->r->program->units[u];

		if (f->status != status || (status == UNIT_OK && !f->problems.n))
			continue;
		json_object(o, NULL, JSON_INLINE);
		json_str(o, "unit", f->unit);
		json_array(o, "problems", JSON_INLINE);
		for (size_t i = 0; i < f->problems.n; i++)
			json_str(o, NULL, f->problems.v[i]);
		json_end(o);
		json_end(o);
	}
	json_end(o);
}

static void recompiled_units(struct json_report *j)
{
	struct json_out *o = &j->out;

	json_array(o, "recompiled", JSON_LINES);
	for (uint32_t u = 0; u < j->r->program->n_units; u++) {
		const struct facts *f = j->r->program->units[u];

		if (!f->object_note)
			continue;
		json_object(o, NULL, JSON_INLINE);
		json_str(o, "unit", f->unit);
		json_str(o, "reason", f->object_note);
		json_end(o);
	}
	json_end(o);
}

/* Held against other sources of numbers: how much, and with how many disagreements. */
static void checked(struct json_report *j)
{
	const struct program *p = j->r->program;
	int64_t n = 0, mismatches = 0;

	for (uint32_t u = 0; u < p->n_units; u++) {
		n += p->units[u]->n_checked;
		mismatches += (int64_t)p->units[u]->mismatches.n;
	}
	json_object(&j->out, "checked", JSON_INLINE);
	json_int(&j->out, "numbers", n);
	json_int(&j->out, "mismatches", mismatches);
	json_end(&j->out);
}

void json_coverage(struct json_report *j)
{
	struct json_out *o = &j->out;
	const struct report *r = j->r;

	json_object(o, "coverage", JSON_LINES);
	json_int(o, "units_total", (int64_t)r->units_total);
	json_int(o, "units_measured", (int64_t)r->units_measured);
	json_int(o, "units_estimated", (int64_t)r->units_estimated);
	json_int(o, "units_failed", (int64_t)r->units_failed);
	json_array(o, "failed", JSON_LINES);
	for (size_t i = 0; i < r->n_failed; i++) {
		json_object(o, NULL, JSON_INLINE);
		json_str(o, "unit", r->failed[i].unit);
		json_str(o, "verdict", r->failed[i].verdict);
		json_str(o, "reason", r->failed[i].reason);
		json_end(o);
	}
	json_end(o);
	units_with_problems(j, "estimated", UNIT_ESTIMATED);
	units_with_problems(j, "partly_read", UNIT_OK);
	recompiled_units(j);
	checked(j);
	json_array(o, "warnings", JSON_LINES);
	for (uint32_t i = 0; i < r->program->n_warnings; i++)
		json_str(o, NULL, r->program->warnings[i]);
	json_end(o);
	json_end(o);
}

void json_stats(struct json_report *j)
{
	struct json_out *o = &j->out;
	const struct run_stats *s = j->r->stats;

	json_object(o, "stats", JSON_LINES);
	json_seconds(o, "wall_seconds", s->wall_seconds);
	json_seconds(o, "cpu_seconds", s->cpu_seconds);
	json_int(o, "cache_hits", (int64_t)s->cache_hits);
	json_int(o, "cache_misses", (int64_t)s->cache_misses);
	json_int(o, "peak_worker_kib", s->peak_worker_kib);
	json_int(o, "peak_parent_kib", s->peak_parent_kib);
	json_end(o);
}

static void sentences(struct json_out *o, const char *key, const char *const *v, size_t n)
{
	json_array(o, key, JSON_LINES);
	for (size_t i = 0; i < n; i++)
		json_str(o, NULL, v[i]);
	json_end(o);
}

void json_gate(struct json_report *j)
{
	struct json_out *o = &j->out;
	const struct gate_verdict *v = j->r->verdict;
	const struct snapshot_run *base = j->r->diff ? &j->r->diff->before->run : NULL;

	json_object(o, "gate", JSON_LINES);
	json_str(o, "verdict", v ? v->word : NULL);
	sentences(o, "reasons", v ? v->reasons : NULL, v ? v->n_reasons : 0);
	sentences(o, "notices", v ? v->notices : NULL, v ? v->n_notices : 0);
	json_str(o, "base", j->r->base_label);
	json_str(o, "base_commit", base ? base->commit : NULL);
	json_str(o, "base_branch", base ? base->branch : NULL);
	json_end(o);
}
