/*
 * entries[], cycles[] and findings[] of the JSON report: whatever has a path. A step is the function that the path
 * stands in and the bytes that it adds: the depth_bytes of its call, or the frame (the assumed cost, of an external
 * function) that ends the path.
 */
#include "reports/bounds.h"
#include "reports/json_parts.h"

static void step_start(struct json_out *o, const char *function, const struct fact_loc *loc,
		       int64_t bytes)
{
	json_object(o, NULL, JSON_INLINE);
	json_str(o, "function", function);
	json_str(o, "file", loc->file);
	json_line(o, "line", loc->line);
	json_bytes(o, "bytes", bytes);
}

static void call_step(struct json_report *j, const struct program_edge *e)
{
	struct json_out *o = &j->out;

	step_start(o, j->ids[e->from], &e->call->loc, e->depth_bytes);
	json_str(o, "kind", json_edge_kind(e));
	json_str(o, "evidence", evidence_name(e->evidence));
	json_tail(o, e);
	if (e->call->within)
		json_str(o, "within", e->call->within);
	if (e->sure && e->evidence != EVIDENCE_DIRECT)
		json_bool(o, "sure", true);
	json_end(o);
}

static void frame_step(struct json_report *j, uint32_t func)
{
	const struct fact_func *f = j->r->program->funcs[func].fact;

	step_start(&j->out, j->ids[func], &f->loc, program_frame_bytes(j->r->program, func));
	json_str(&j->out, "kind", "frame");
	json_null(&j->out, "evidence");
	json_end(&j->out);
}

static void cost_step(struct json_report *j, const struct program_external *x, int64_t bytes)
{
	static const struct fact_loc nowhere;

	step_start(&j->out, NULL, &nowhere, bytes);
	json_str(&j->out, "kind", "cost");
	json_null(&j->out, "evidence");
	json_str(&j->out, "symbol", x->symbol);
	json_str(&j->out, "why", x->cost_why);
	json_end(&j->out);
}

/* By the model: which stack it starts on, at which level, and how that is known. */
static void entry_model(struct json_out *o, const struct program_func *f)
{
	const struct model_entry *m = f->entry_model;

	json_str(o, "stack_kind", m ? entry_stack_name(m->stack) : NULL);
	json_str(o, "level", m ? m->level : NULL);
	json_str(o, "how", f->entry_how);
}

static void entry(struct json_report *j, const struct entry *e)
{
	struct json_out *o = &j->out;

	json_object(o, NULL, JSON_INLINE);
	json_str(o, "id", j->ids[e->func]);
	json_str(o, "context", j->r->program->funcs[e->func].entry_context);
	entry_model(o, &j->r->program->funcs[e->func]);
	json_int(o, "stack", j->r->platform->stack_bytes);
	json_int(o, "budget", bound_budget(j->r, e));
	if (e->has_headroom)
		json_int(o, "headroom", e->headroom);
	else
		json_null(o, "headroom");
	json_bool(o, "over", e->over);
	if (e->path.turns_bytes)
		json_int(o, "turns_bytes", e->path.turns_bytes);
	json_depth(j, e->func);
	json_array(o, "path", JSON_LINES);
	for (uint32_t i = 0; i < e->path.n_edges; i++)
		call_step(j, &j->r->program->edges[e->path.edges[i]]);
	if (e->path.external)
		cost_step(j, e->path.external,
			  e->path.used ? e->path.external_bytes : e->path.external->cost_bytes);
	else
		frame_step(j, e->path.last);
	json_end(o);
	json_end(o);
}

void json_entries(struct json_report *j)
{
	json_array(&j->out, "entries", JSON_LINES);
	for (size_t i = 0; i < j->r->n_entries; i++)
		entry(j, &j->r->entries[i]);
	json_end(&j->out);
}

static void cycle(struct json_report *j, const struct cycle *c)
{
	struct json_out *o = &j->out;

	json_object(o, NULL, JSON_INLINE);
	json_bool(o, "certain", c->certain);
	if (c->bounded)
		json_int(o, "turns", c->turns);
	json_bytes(o, "turn_bytes", c->turn_bytes);
	json_array(o, "functions", JSON_INLINE);
	for (uint32_t i = 0; i < c->n_funcs; i++)
		json_str(o, NULL, j->ids[c->funcs[i]]);
	json_end(o);
	json_array(o, "path", JSON_LINES);
	for (uint32_t i = 0; i < c->n_edges; i++)
		call_step(j, &j->r->program->edges[c->edges[i]]);
	json_end(o);
	json_end(o);
}

void json_cycles(struct json_report *j)
{
	json_array(&j->out, "cycles", JSON_LINES);
	for (uint32_t i = 0; i < j->r->depths->n_cycles; i++)
		cycle(j, &j->r->depths->cycles[i]);
	json_end(&j->out);
}

/* A path that comes back to where it began has no frame that ends it. */
static void finding_path(struct json_report *j, const struct finding *f)
{
	const struct program *p = j->r->program;
	const struct program_edge *last = NULL;

	json_array(&j->out, "path", JSON_LINES);
	for (uint32_t i = 0; i < f->n_edges; i++) {
		last = &p->edges[f->edges[i]];
		call_step(j, last);
	}
	if (last && last->to == NO_ID && last->external != NO_ID)
		cost_step(j, &p->externals[last->external],
			  depths_external_bytes(p, j->r->depths, f->edges[f->n_edges - 1]));
	else if (last && last->to != NO_ID && last->to != p->edges[f->edges[0]].from)
		frame_step(j, last->to);
	json_end(&j->out);
}

static void change(struct json_report *j, const struct finding_change *c)
{
	const struct program *p = j->r->program;
	const struct fact_part *part = change_part(p, c->change);
	bool move = c->change.kind == CHANGE_MOVE;
	struct json_out *o = &j->out;

	json_object(o, NULL, JSON_INLINE);
	json_str(o, "kind", move ? "move" : "outline");
	json_str(o, "function", j->ids[c->change.func]);
	json_str(o, "declared_in",
		 part->declared_in ? part->declared_in : p->funcs[c->change.func].fact->name);
	json_str(o, "variable", move ? part->name : NULL);
	json_str(o, "type", move ? part->type : NULL);
	json_str(o, "file", part->loc.file);
	json_line(o, "line", part->loc.line);
	json_bytes(o, "bytes", c->change.bytes);
	json_int(o, "paths", c->n_paths);
	json_end(o);
}

/* Only of findings that have some. */
static void finding_changes(struct json_report *j, const struct finding *f)
{
	if (!f->n_changes)
		return;
	json_bytes(&j->out, "bytes_after", f->bytes_after);
	json_array(&j->out, "changes", JSON_LINES);
	for (uint32_t i = 0; i < f->n_changes; i++)
		change(j, &f->changes[i]);
	json_end(&j->out);
}

static void finding(struct json_report *j, const struct finding *f)
{
	struct json_out *o = &j->out;

	json_object(o, NULL, JSON_INLINE);
	json_str(o, "rule", f->rule);
	json_str(o, "severity", severity_name(f->severity));
	json_str(o, "fingerprint", f->fingerprint);
	json_str(o, "state", finding_state_name(f->state));
	json_bool(o, "suppressed", f->suppressed);
	if (f->suppressed_why)
		json_str(o, "suppressed_why", f->suppressed_why);
	json_bytes(o, "bytes", f->bytes);
	json_bytes(o, "limit", f->limit);
	json_str(o, "function", f->func == NO_ID ? NULL : j->ids[f->func]);
	json_str(o, "file", f->loc.file);
	json_line(o, "line", f->loc.line);
	json_line(o, "column", f->loc.column);
	json_str(o, "subject", f->subject);
	json_str(o, "message", f->message);
	json_str(o, "advice", f->advice);
	finding_path(j, f);
	finding_changes(j, f);
	json_end(o);
}

void json_findings(struct json_report *j)
{
	json_array(&j->out, "findings", JSON_LINES);
	for (size_t i = 0; i < j->r->n_findings; i++)
		finding(j, &j->r->findings[i]);
	json_end(&j->out);
}
