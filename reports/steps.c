#include "reports/steps.h"

#include "base/buf.h"

static const char *join(const char *mark, const char *more, struct arena *a)
{
	return *mark ? arena_printf(a, "%s, %s", mark, more) : more;
}

static const char *edge_mark(const struct program_edge *e, struct arena *a)
{
	const char *mark = "";

	if (e->call->within)
		mark = arena_printf(a, "in inlined %s", e->call->within);
	if (e->kind == CALL_TAIL || e->kind == CALL_INDIRECT_TAIL)
		mark = join(mark, "tail call", a);
	if (e->evidence != EVIDENCE_DIRECT)
		mark = join(mark, arena_printf(a, "through %s", evidence_name(e->evidence)), a);
	return mark;
}

static void add(struct steps *s, struct step step)
{
	int64_t before = s->n ? s->v[s->n - 1].depth : 0;

	if (step.loc.file && !*step.loc.file)
		step.loc.file = NULL;
	step.depth = before == BYTES_UNKNOWN || step.bytes == BYTES_UNKNOWN ? BYTES_UNKNOWN
									    : before + step.bytes;
	s->v[s->n++] = step;
}

static void add_calls(struct steps *s, const struct report *r, const uint32_t *edges, uint32_t n,
		      struct arena *a)
{
	s->v = arena_array(a, n + 1, struct step);
	for (uint32_t i = 0; i < n; i++) {
		const struct program_edge *e = &r->program->edges[edges[i]];

		add(s, (struct step){.name = program_func_label(r->program, a, e->from),
				     .loc = e->call->loc,
				     .bytes = e->depth_bytes,
				     .mark = edge_mark(e, a)});
	}
}

static void end_in_cost(struct steps *s, const struct program_external *x, int64_t bytes)
{
	add(s, (struct step){.name = x->symbol,
			     .bytes = bytes,
			     .mark = "assumed by the platform",
			     .is_end = true});
}

static void end_in_frame(struct steps *s, const struct report *r, uint32_t func, struct arena *a)
{
	const struct fact_func *f = r->program->funcs[func].fact;

	add(s, (struct step){.name = program_func_label(r->program, a, func),
			     .loc = f->loc,
			     .bytes = program_frame_bytes(r->program, func),
			     .mark = "",
			     .is_end = true});
}

/* What a call takes includes the turns of a recursion with limited turns: path.used has them. */
static void count_turns(struct steps *s, const struct path *path)
{
	int64_t before = 0;

	for (uint32_t i = 0; path->used && i < path->n_edges; i++) {
		s->v[i].bytes = path->used[i] - before;
		s->v[i].depth = before = path->used[i];
	}
}

struct steps steps_of_path(const struct report *r, const struct path *path, struct arena *a)
{
	struct steps s = {0};

	add_calls(&s, r, path->edges, path->n_edges, a);
	count_turns(&s, path);
	if (path->external)
		end_in_cost(&s, path->external,
			    path->used ? path->external_bytes : path->external->cost_bytes);
	else
		end_in_frame(&s, r, path->last, a);
	return s;
}

struct steps steps_of_finding(const struct report *r, const struct finding *f, struct arena *a)
{
	const struct program *p = r->program;
	const struct program_edge *last;
	struct steps s = {0};

	if (!f->n_edges)
		return s;
	add_calls(&s, r, f->edges, f->n_edges, a);
	last = &p->edges[f->edges[f->n_edges - 1]];
	if (last->to == NO_ID && last->external != NO_ID)
		end_in_cost(&s, &p->externals[last->external],
			    p->externals[last->external].cost_bytes);
	else if (last->to != NO_ID && last->to != p->edges[f->edges[0]].from)
		end_in_frame(&s, r, last->to, a);
	return s;
}

const char *steps_names(const struct steps *s, size_t max, struct arena *a)
{
	struct buf b = {0};
	const char *text;

	for (size_t i = 0; i < s->n; i++) {
		if (s->n > max && i == max / 2) {
			buf_printf(&b, " > ... %zu more ...", s->n - max);
			i += s->n - max;
		}
		buf_printf(&b, "%s%s", i ? " > " : "", s->v[i].name);
	}
	text = arena_strdup(a, buf_str(&b));
	buf_release(&b);
	return text;
}
