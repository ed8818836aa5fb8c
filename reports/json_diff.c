/*
 * What changed between two runs as JSON, "stackcheck-diff/1" (schemas/stackcheck-diff-1.schema.json), and as the member
 * "diff" of a gate's report. Input: a diff and the limits of what is worth showing. Rows are in the diff's order; `left_out`
 * counts those that are not there.
 */
#include "reports/difference.h"
#include "reports/json_run.h"

const char *json_detail_kind(enum detail_kind k)
{
	static const char *const kinds[] = {"new-variable", "variable-gone",	 "variable-changed",
					    "inlined",	    "no-longer-inlined", "other"};

	return kinds[k];
}

static void details(struct json_out *o, const struct diff_detail *v, size_t n)
{
	json_array(o, "details", JSON_INLINE);
	for (size_t i = 0; i < n; i++) {
		json_object(o, NULL, JSON_INLINE);
		json_str(o, "kind", json_detail_kind(v[i].kind));
		json_str(o, "name", v[i].name);
		json_int(o, "delta", v[i].delta);
		if (v[i].type)
			json_str(o, "type", v[i].type);
		if (v[i].old_type)
			json_str(o, "old_type", v[i].old_type);
		if (v[i].declared_in)
			json_str(o, "inlined_from", v[i].declared_in);
		json_str(o, "file", v[i].file);
		json_line(o, "line", v[i].line);
		json_end(o);
	}
	json_end(o);
}

static void reason(struct json_out *o, const struct diff_reason *r)
{
	struct arena a = {0};

	json_object(o, NULL, JSON_INLINE);
	json_str(o, "cause", diff_cause_name(r->cause));
	json_str(o, "function", r->label);
	json_int(o, "delta", r->delta);
	json_bytes(o, "frame_before", r->frame_before);
	json_bytes(o, "frame_after", r->frame_after);
	json_str(o, "caller", r->caller);
	if (r->host)
		json_str(o, "host", r->host);
	json_str(o, "file", r->file);
	json_line(o, "line", r->line);
	json_str(o, "text", diff_reason_text(r, &a));
	details(o, r->details, r->n_details);
	json_end(o);
	arena_release(&a);
}

static void path(struct json_out *o, const char *key, const struct snapshot *s, uint32_t func)
{
	struct snapshot_path p = {0};
	struct arena a = {0};

	if (func != NO_ID)
		snapshot_path(s, func, &a, &p);
	json_array(o, key, JSON_INLINE);
	for (size_t i = 0; i < p.n; i++) {
		json_object(o, NULL, JSON_INLINE);
		json_str(o, "function", p.steps[i].label);
		json_bytes(o, "bytes", p.steps[i].bytes);
		json_str(o, "within", p.steps[i].within);
		json_str(o, "file", p.steps[i].file);
		json_line(o, "line", p.steps[i].line);
		json_end(o);
	}
	json_end(o);
	arena_release(&a);
}

static const char *bound_of(const struct snapshot *s, uint32_t func)
{
	return func == NO_ID ? NULL : s->functions[func].bound;
}

static void entry(struct json_out *o, const struct diff *d, const struct diff_entry *e)
{
	json_object(o, NULL, JSON_LINES);
	json_str(o, "state", diff_state_name(e->state));
	json_str(o, "function", e->label);
	json_str(o, "old_function", e->old_label);
	json_bytes(o, "before", e->bytes_before);
	json_bytes(o, "after", e->bytes_after);
	json_int(o, "delta", e->delta);
	json_bytes(o, "budget", e->budget);
	json_bool(o, "crosses_budget", e->crosses);
	json_str(o, "bound_before", bound_of(d->before, e->before));
	json_str(o, "bound_after", bound_of(d->after, e->after));
	json_array(o, "reasons", JSON_LINES);
	for (size_t i = 0; i < e->n_reasons; i++)
		reason(o, &e->reasons[i]);
	json_end(o);
	path(o, "path_before", d->before, e->before);
	path(o, "path_after", d->after, e->after);
	json_end(o);
}

static void function(struct json_out *o, const struct diff_function *f)
{
	json_object(o, NULL, JSON_INLINE);
	json_str(o, "state", diff_state_name(f->state));
	json_str(o, "function", f->label);
	json_str(o, "old_function", f->old_label);
	json_bytes(o, "before", f->bytes_before);
	json_bytes(o, "after", f->bytes_after);
	json_int(o, "delta", f->delta);
	json_int(o, "copies", f->copies);
	json_str(o, "host", f->host);
	details(o, f->details, f->n_details);
	json_end(o);
}

static void finding(struct json_out *o, const struct diff *d, const struct diff_finding *x)
{
	const struct snapshot_finding *f = x->after == NO_ID ? &d->before->findings.v[x->before]
							     : &d->after->findings.v[x->after];

	json_object(o, NULL, JSON_INLINE);
	json_str(o, "state", x->state == DIFF_NEW ? "new" : "fixed");
	json_str(o, "fingerprint", f->fingerprint);
	json_str(o, "rule", f->rule);
	json_str(o, "severity", f->severity);
	json_bool(o, "suppressed", f->suppressed);
	json_str(o, "file", f->file);
	json_line(o, "line", f->line);
	json_str(o, "message", f->message);
	json_bytes(o, "bytes", f->bytes);
	json_end(o);
}

static void entries(struct json_out *o, const struct diff *d, const struct diff_limits *limits)
{
	size_t shown = 0;

	json_array(o, "entries", JSON_LINES);
	for (size_t i = 0; i < d->entries.n; i++) {
		if (!diff_entry_counts(&d->entries.v[i], limits) ||
		    (limits->top && shown == limits->top))
			continue;
		entry(o, d, &d->entries.v[i]);
		shown++;
	}
	json_end(o);
	json_int(o, "entries_left_out", (int64_t)(d->entries.n - shown));
}

static void functions(struct json_out *o, const struct diff *d, const struct diff_limits *limits)
{
	size_t shown = 0;

	json_array(o, "functions", JSON_LINES);
	for (size_t i = 0; i < d->functions.n; i++) {
		if (!diff_function_counts(&d->functions.v[i], limits) ||
		    (limits->top && shown == limits->top))
			continue;
		function(o, &d->functions.v[i]);
		shown++;
	}
	json_end(o);
	json_int(o, "functions_left_out", (int64_t)(d->functions.n - shown));
}

static void findings(struct json_out *o, const struct diff *d)
{
	json_array(o, "findings", JSON_LINES);
	for (size_t i = 0; i < d->findings.n; i++)
		if (d->findings.v[i].state != DIFF_CHANGED)
			finding(o, d, &d->findings.v[i]);
	json_end(o);
}

static void totals(struct json_out *o, const struct diff_totals *t)
{
	const struct {
		const char *name;
		size_t n;
	} counts[] = {
		{"entries_deeper", t->entries_deeper},
		{"entries_shallower", t->entries_shallower},
		{"entries_new", t->entries_new},
		{"entries_gone", t->entries_gone},
		{"entries_same", t->entries_same},
		{"functions_grown", t->functions_grown},
		{"functions_shrunk", t->functions_shrunk},
		{"functions_new", t->functions_new},
		{"functions_gone", t->functions_gone},
		{"functions_inlined", t->functions_inlined},
		{"functions_outlined", t->functions_outlined},
		{"functions_moved", t->functions_moved},
		{"functions_same", t->functions_same},
		{"findings_new", t->findings_new},
		{"findings_fixed", t->findings_fixed},
		{"findings_existing", t->findings_existing},
		{"suppressed_new", t->suppressed_new},
	};

	json_object(o, "totals", JSON_LINES);
	json_bytes(o, "deepest_before", t->deepest_before);
	json_bytes(o, "deepest_after", t->deepest_after);
	json_int(o, "entry_bytes_before", t->entry_bytes_before);
	json_int(o, "entry_bytes_after", t->entry_bytes_after);
	json_int(o, "frame_bytes_before", t->frame_bytes_before);
	json_int(o, "frame_bytes_after", t->frame_bytes_after);
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		json_int(o, counts[i].name, (int64_t)counts[i].n);
	json_end(o);
}

static void moves(struct json_out *o, const struct diff *d)
{
	json_array(o, "moved_units", JSON_LINES);
	for (size_t i = 0; i < d->moves.n; i++) {
		json_object(o, NULL, JSON_INLINE);
		json_str(o, "before", d->moves.v[i].before);
		json_str(o, "after", d->moves.v[i].after);
		json_end(o);
	}
	json_end(o);
}

void json_diff_members(struct json_out *o, const struct diff *d, const struct diff_limits *limits)
{
	json_snapshot_run(o, "before", &d->before->run);
	json_snapshot_run(o, "after", &d->after->run);
	json_array(o, "differences", JSON_LINES);
	for (size_t i = 0; i < d->n_differences; i++)
		json_str(o, NULL, d->differences[i]);
	json_end(o);
	totals(o, &d->totals);
	entries(o, d, limits);
	functions(o, d, limits);
	findings(o, d);
	moves(o, d);
}

void diff_write_json(const struct diff *d, const struct diff_limits *limits, struct buf *out)
{
	struct json_out o = {.buf = out};

	json_object(&o, NULL, JSON_LINES);
	json_str(&o, "schema", "stackcheck-diff/1");
	json_diff_members(&o, d, limits);
	json_end(&o);
}
