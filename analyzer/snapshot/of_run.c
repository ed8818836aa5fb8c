/* A solved program as a snapshot. */
#include "snapshot/snapshot.h"
#include "base/text.h"

struct maker {
	struct snapshot *s;
	const struct program *p;
	const struct depths *d;
	struct arena scratch;
};

static void copy_compilers(struct maker *m)
{
	const char **names = arena_array(&m->scratch, m->p->n_units + 1, const char *);
	struct buf joined = {0};
	size_t n = 0;

	for (uint32_t i = 0; i < m->p->n_units; i++)
		if (m->p->units[i]->compiler)
			names[n++] = snapshot_str(m->s, m->p->units[i]->compiler);
	n = snapshot_sort_unique(names, n);
	for (size_t i = 0; i < n; i++)
		buf_printf(&joined, "%s%s", i ? ", " : "", names[i]);
	m->s->run.compilers = n ? snapshot_str(m->s, buf_str(&joined)) : NULL;
	buf_release(&joined);
}

static bool is_named(const struct fact_part *p)
{
	return p->name && (p->kind == PART_VARIABLE || p->kind == PART_DYNAMIC);
}

static const char *inlined_from(const struct fact_func *f, const char *source)
{
	return source && strcmp(source, f->name) != 0 ? source : NULL;
}

static void copy_named_part(struct maker *m, struct snapshot_function *out,
			    const struct fact_func *f, const struct fact_part *p)
{
	out->parts[out->n_parts++] = (struct snapshot_part){
		.kind = part_kind_name(p->kind),
		.name = snapshot_str(m->s, p->name),
		.type = snapshot_str(m->s, p->type),
		.declared_in = snapshot_str(m->s, inlined_from(f, p->declared_in)),
		.file = snapshot_str(m->s, p->loc.file),
		.line = p->loc.line,
		.bytes = p->bytes,
		.counted = p->counted,
	};
}

/* Parts without a name are summed up by kind: which register was saved where is of no interest later. */
static void copy_sums(struct snapshot_function *out, const struct fact_part *parts, uint32_t n)
{
	int64_t bytes[PART_UNKNOWN + 1] = {0}, counted[PART_UNKNOWN + 1] = {0};
	bool any[PART_UNKNOWN + 1] = {false};

	for (uint32_t i = 0; i < n; i++) {
		if (is_named(&parts[i]))
			continue;
		any[parts[i].kind] = true;
		counted[parts[i].kind] += parts[i].counted;
		if (parts[i].bytes > 0)
			bytes[parts[i].kind] += parts[i].bytes;
	}
	for (unsigned k = 0; k <= PART_UNKNOWN; k++)
		if (any[k])
			out->parts[out->n_parts++] = (struct snapshot_part){
				.kind = part_kind_name((enum part_kind)k),
				.bytes = bytes[k],
				.counted = counted[k],
			};
}

static void copy_parts(struct maker *m, struct snapshot_function *out, uint32_t func)
{
	const struct program_func *f = &m->p->funcs[func];
	const struct fact_part *parts = m->p->units[f->unit]->parts.v;

	if (!f->n_parts)
		return;
	parts += f->first_part;
	out->parts = arena_array(&m->s->arena, f->n_parts, struct snapshot_part);
	for (uint32_t i = 0; i < f->n_parts; i++)
		if (is_named(&parts[i]))
			copy_named_part(m, out, f->fact, &parts[i]);
	copy_sums(out, parts, f->n_parts);
}

/* Where a variable came from, or a call stands. */
static void copy_inlined(struct maker *m, struct snapshot_function *out, uint32_t func)
{
	const struct program_func *f = &m->p->funcs[func];
	const char **v = arena_array(&m->scratch, f->n_edges + f->n_parts + 1, const char *);
	const char *source;
	size_t n = 0;

	for (uint32_t i = 0; i < f->n_edges; i++) {
		source = inlined_from(f->fact, m->p->edges[f->first_edge + i].call->within);
		if (source)
			v[n++] = snapshot_str(m->s, source);
	}
	for (size_t i = 0; i < out->n_parts; i++)
		if (out->parts[i].declared_in)
			v[n++] = out->parts[i].declared_in;
	out->n_inlined = snapshot_sort_unique(v, n);
	out->inlined = arena_memdup(&m->s->arena, v, out->n_inlined * sizeof(*v));
}

static void copy_callees(struct maker *m, struct snapshot_function *out, uint32_t func)
{
	const struct program_func *f = &m->p->funcs[func];
	const char **v = arena_array(&m->scratch, f->n_edges + 1, const char *);
	size_t n = 0;

	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
		const struct program_edge *e = &m->p->edges[i];

		if (e->evidence == EVIDENCE_SIGNATURE || e->evidence == EVIDENCE_NONE ||
		    e->by_caller || e->cut || (e->to == NO_ID && e->external == NO_ID))
			continue;
		v[n++] = snapshot_str(m->s, e->to != NO_ID ? m->p->funcs[e->to].fact->symbol
							   : m->p->externals[e->external].symbol);
	}
	out->n_callees = snapshot_sort_unique(v, n);
	out->callees = arena_memdup(&m->s->arena, v, out->n_callees * sizeof(*v));
}

static void copy_way(struct maker *m, struct snapshot_function *out, uint32_t func)
{
	uint32_t via = m->d->v[func].via;
	const struct program_edge *e;

	out->to = NO_ID;
	out->outside_bytes = BYTES_UNKNOWN;
	out->call_bytes = BYTES_UNKNOWN;
	out->way = WAY_FRAME;
	if (via == NO_ID)
		return;
	e = &m->p->edges[via];
	out->call_bytes = e->depth_bytes;
	out->call_within = snapshot_str(m->s, e->call->within);
	out->call_file = snapshot_str(m->s, e->call->loc.file);
	out->call_line = e->call->loc.line;
	out->evidence = evidence_name(e->evidence);
	if (e->to != NO_ID) {
		out->way = WAY_CALL;
		out->to = e->to;
	} else {
		out->way = WAY_OUTSIDE;
		out->outside = snapshot_str(m->s, m->p->externals[e->external].symbol);
		out->outside_bytes = m->p->externals[e->external].cost_bytes;
	}
}

static void copy_function(struct maker *m, uint32_t func)
{
	const struct program_func *f = &m->p->funcs[func];
	const struct facts *unit = m->p->units[f->unit];
	const struct depth *depth = &m->d->v[func];
	struct snapshot_function *out = &m->s->functions[func];

	*out = (struct snapshot_function){
		.label = snapshot_str(m->s, program_func_label(m->p, &m->scratch, func)),
		.name = snapshot_str(m->s, f->fact->name),
		.symbol = snapshot_str(m->s, f->fact->symbol),
		.unit = snapshot_str(m->s, unit->unit),
		.module = snapshot_str(m->s, program_module(m->p, f->unit)),
		.file = snapshot_str(m->s, f->fact->loc.file),
		.line = f->fact->loc.line,
		.linkage = linkage_name(f->fact->linkage),
		.frame_kind = frame_kind_name(f->fact->frame_kind),
		.frame_bytes = program_frame_bytes(m->p, func),
		.depth_bytes = depth->bytes,
		.bound = bound_name(depth->bound),
		.reasons = depth->reasons,
		.context = f->is_entry ? snapshot_str(m->s, f->entry_context ? f->entry_context
									     : "entry point")
				       : NULL,
		.budget_bytes = f->is_entry ? m->s->run.budget_bytes : BYTES_UNKNOWN,
	};
	copy_way(m, out, func);
	copy_parts(m, out, func);
	copy_inlined(m, out, func);
	copy_callees(m, out, func);
}

void snapshot_of_run(struct snapshot *s, const struct snapshot_run *run, const struct program *p,
		     const struct depths *d)
{
	struct maker m = {.s = s, .p = p, .d = d};

	snapshot_copy_run(s, run);
	s->run.has_details = true;
	s->run.has_callees = true;
	copy_compilers(&m);
	s->n_functions = p->n_funcs;
	s->functions = arena_array(&s->arena, (size_t)p->n_funcs + 1, struct snapshot_function);
	for (uint32_t i = 0; i < p->n_funcs; i++)
		copy_function(&m, i);
	snapshot_finish(s);
	arena_release(&m.scratch);
}
