/* functions[] of the JSON report: frames, depths, with --slots the parts of the frames, with --graph the calls. */
#include "reports/json_parts.h"

#include <string.h>

static void frame(struct json_out *o, const struct program_func *pf)
{
	const struct fact_func *f = pf->fact;

	json_object(o, "frame", JSON_INLINE);
	json_bytes(o, "bytes", f->frame_bytes);
	json_str(o, "kind", frame_kind_name(f->frame_kind));
	json_str(o, "origin", frame_origin_name(f->frame_origin));
	json_int(o, "return_address_bytes", f->entry_bytes);
	json_str(o, "note", f->frame_note);
	if (pf->frame_limit_bytes)
		json_int(o, "limit_bytes", pf->frame_limit_bytes);
	json_end(o);
}

void json_depth(struct json_report *j, uint32_t func)
{
	struct json_out *o = &j->out;
	const struct depth *d = &j->r->depths->v[func];

	json_object(o, "depth", JSON_INLINE);
	json_bytes(o, "bytes", d->bytes);
	json_bytes(o, "possible_bytes", d->possible_bytes);
	json_str(o, "bound", bound_name(d->bound));
	json_array(o, "reasons", JSON_INLINE);
	for (unsigned i = 0; i < REASON_COUNT; i++) {
		if (!(d->reasons & 1u << i))
			continue;
		json_object(o, NULL, JSON_INLINE);
		json_str(o, "kind", reason_name((enum reason)i));
		json_str(o, "text", reason_text((enum reason)i));
		json_str(o, "function", d->witness[i] == NO_ID ? NULL : j->ids[d->witness[i]]);
		json_end(o);
	}
	json_end(o);
	json_end(o);
}

/* What a call by name passes to be called is reached by a pointer too, from further down. */
static bool is_callback(const struct program_edge *e)
{
	return e->through != NO_ID || e->evidence == EVIDENCE_PLATFORM;
}

static bool is_indirect(const struct program_edge *e)
{
	return e->kind == CALL_INDIRECT || e->kind == CALL_INDIRECT_TAIL || is_callback(e);
}

static bool is_tail(const struct program_edge *e)
{
	return !is_callback(e) && (e->kind == CALL_TAIL || e->kind == CALL_INDIRECT_TAIL);
}

const char *json_edge_kind(const struct program_edge *e)
{
	if (is_indirect(e))
		return "indirect";
	if (e->external != NO_ID)
		return "external";
	return is_tail(e) ? "tail" : "call";
}

void json_tail(struct json_out *o, const struct program_edge *e)
{
	if (is_tail(e))
		json_bool(o, "tail", true);
}

static void mark(struct json_out *o, const char *name, bool set)
{
	if (set)
		json_bool(o, name, true);
}

/* What only some calls have. */
static void call_marks(struct json_report *j, const struct program_edge *e)
{
	struct json_out *o = &j->out;

	if (is_indirect(e))
		json_bool(o, "complete", e->complete);
	mark(o, "sure", e->sure && e->evidence != EVIDENCE_DIRECT);
	mark(o, "cut", e->cut);
	mark(o, "by_caller", e->by_caller);
	mark(o, "depth_is_floor", e->floor);
	if (e->through != NO_ID)
		json_str(o, "through", j->ids[j->r->program->edges[e->through].from]);
}

static void call(struct json_report *j, const struct program_edge *e)
{
	struct json_out *o = &j->out;
	const struct fact_call *c = e->call;

	json_object(o, NULL, JSON_INLINE);
	json_int(o, "site", e->site);
	json_str(o, "to", e->to == NO_ID ? NULL : j->ids[e->to]);
	json_str(o, "kind", json_edge_kind(e));
	json_bytes(o, "depth_bytes", e->depth_bytes);
	json_str(o, "evidence", evidence_name(e->evidence));
	json_str(o, "file", c->loc.file);
	json_line(o, "line", c->loc.line);
	json_tail(o, e);
	if (e->external != NO_ID) {
		const struct program_external *x = &j->r->program->externals[e->external];

		json_str(o, "symbol", x->symbol);
		json_bytes(o, "cost_bytes", x->cost_bytes);
	}
	if (c->within)
		json_str(o, "within", c->within);
	if (is_indirect(e)) {
		json_str(o, "slot", c->slot);
		json_str(o, "signature", c->signature);
	}
	call_marks(j, e);
	json_end(o);
}

static void calls(struct json_report *j, const struct program_func *f)
{
	json_array(&j->out, "calls", JSON_LINES);
	for (uint32_t i = 0; i < f->n_edges; i++)
		call(j, &j->r->program->edges[f->first_edge + i]);
	json_end(&j->out);
}

static bool has_name(const struct fact_part *p)
{
	return p->kind == PART_VARIABLE || p->kind == PART_SPILL || p->kind == PART_DYNAMIC;
}

static void slot(struct json_out *o, const struct fact_part *p, const char *own)
{
	bool inlined = p->declared_in && strcmp(p->declared_in, own) != 0;

	json_object(o, NULL, JSON_INLINE);
	json_str(o, "kind", part_kind_name(p->kind));
	json_bytes(o, "bytes", p->bytes);
	json_int(o, "counted_bytes", p->counted);
	if (p->has_offset)
		json_int(o, "offset", p->offset);
	else
		json_null(o, "offset");
	if (has_name(p)) {
		json_str(o, "name", p->name);
		json_str(o, "type", p->type);
		json_str(o, "file", p->loc.file);
		json_line(o, "line", p->loc.line);
		json_str(o, "inlined_from", inlined ? p->declared_in : NULL);
	}
	json_end(o);
}

static void slots(struct json_report *j, const struct program_func *f)
{
	const struct fact_part *parts = j->r->program->units[f->unit]->parts.v;

	json_array(&j->out, "slots", JSON_LINES);
	for (uint32_t i = f->first_part; i < f->first_part + f->n_parts; i++)
		slot(&j->out, &parts[i], f->fact->name);
	json_end(&j->out);
}

static void function(struct json_report *j, uint32_t id)
{
	struct json_out *o = &j->out;
	const struct program_func *f = &j->r->program->funcs[id];
	const struct facts *unit = j->r->program->units[f->unit];
	const char *module = program_module(j->r->program, f->unit);

	json_object(o, NULL, JSON_INLINE);
	json_str(o, "id", j->ids[id]);
	json_str(o, "name", f->fact->name);
	json_str(o, "symbol", f->fact->symbol);
	json_str(o, "linkage", linkage_name(f->fact->linkage));
	json_str(o, "unit", unit->unit);
	json_str(o, "module", module);
	json_str(o, "file", f->fact->loc.file);
	json_line(o, "line", f->fact->loc.line);
	frame(o, f);
	json_depth(j, id);
	if (j->r->slots)
		slots(j, f);
	if (j->r->graph)
		calls(j, f);
	json_end(o);
}

void json_functions(struct json_report *j)
{
	json_array(&j->out, "functions", JSON_LINES);
	for (uint32_t f = 0; f < j->r->program->n_funcs; f++)
		function(j, f);
	json_end(&j->out);
}
