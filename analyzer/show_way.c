/*
 * The deepest way between two functions: one depth-first walk from the first, in which every function takes the best of its
 * calls once all of them are known. A call back to a function that is still open is left out, so a circle is gone round
 * at most once.
 */
#include "show_graph.h"

#include "base/mem.h"

#include <stdlib.h>

struct way {
	int64_t bytes; /* from the function's CFA to that of the goal; valid with `leads` */
	uint32_t edge; /* that the way takes */
	bool leads, seen, open;
};

struct open_func {
	uint32_t func, next; /* next edge to look at */
};

static bool follows(const struct program_edge *e, bool by_type)
{
	return e->to != NO_ID && !e->by_caller && !e->cut && e->evidence != EVIDENCE_NONE &&
	       (by_type || e->evidence != EVIDENCE_SIGNATURE);
}

static void take(struct way *ways, const struct program *p, uint32_t edge)
{
	const struct program_edge *e = &p->edges[edge];
	struct way *own = &ways[e->from];
	int64_t bytes = (e->depth_bytes == BYTES_UNKNOWN ? 0 : e->depth_bytes) + ways[e->to].bytes;

	if (!ways[e->to].leads || ways[e->to].open || (own->leads && own->bytes >= bytes))
		return;
	own->leads = true;
	own->bytes = bytes;
	own->edge = edge;
}

static void search(const struct program *p, uint32_t from, uint32_t to, bool by_type,
		   struct way *ways)
{
	VEC(struct open_func) stack = {0};

	ways[to] = (struct way){.leads = true, .seen = true, .edge = NO_ID};
	*vec_push(&stack) = (struct open_func){from, 0};
	ways[from].seen = ways[from].open = from != to;
	while (stack.n) {
		struct open_func *top = &stack.v[stack.n - 1];
		const struct program_func *f = &p->funcs[top->func];
		uint32_t edge;

		if (top->func == to || top->next == f->n_edges) {
			ways[top->func].open = false;
			for (uint32_t i = 0; top->func != to && i < f->n_edges; i++)
				if (follows(&p->edges[f->first_edge + i], by_type))
					take(ways, p, f->first_edge + i);
			stack.n--;
			continue;
		}
		edge = f->first_edge + top->next++;
		if (!follows(&p->edges[edge], by_type) || ways[p->edges[edge].to].seen)
			continue;
		ways[p->edges[edge].to].seen = ways[p->edges[edge].to].open = true;
		*vec_push(&stack) = (struct open_func){p->edges[edge].to, 0};
	}
	vec_release(&stack);
}

static void write_way(const struct graph_view *v, const struct way *ways, uint32_t from,
		      uint32_t to, struct buf *out)
{
	const struct show *s = &v->show;
	int64_t below = s->depths->v[to].bytes;

	for (uint32_t at = from; at != to; at = s->program->edges[ways[at].edge].to) {
		const struct program_edge *e = &s->program->edges[ways[at].edge];

		buf_printf(out, "%10s  %s%s  (%s)\n", show_bytes(s, e->depth_bytes),
			   show_label(s, at), show_place(s, &e->call->loc), show_how(s, e));
	}
	buf_printf(out, "%10s  %s\n", show_bytes(s, ways[from].bytes), show_label(s, to));
	buf_printf(out, "%10s  is entered with so many bytes in use, and needs %s more\n", "",
		   below == BYTES_UNKNOWN ? "an unknown number" : show_depth(s, &s->depths->v[to]));
}

bool graph_way(const struct graph_view *v, uint32_t from, uint32_t to, struct buf *out)
{
	const struct program *p = v->show.program;
	struct way *ways = NULL;
	bool found = false;

	for (int by_type = 0; by_type < 2 && !found; by_type++) {
		free(ways);
		ways = mem_calloc(p->n_funcs, sizeof(*ways));
		search(p, from, to, by_type, ways);
		found = ways[from].leads;
	}
	if (found)
		write_way(v, ways, from, to, out);
	free(ways);
	return found;
}
