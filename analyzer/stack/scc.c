#include "stack/scc.h"

#include "base/mem.h"

#include <stdlib.h>

bool edge_is_followed(const struct program_edge *e)
{
	return !e->cut && !e->by_caller;
}

bool edge_is_certain(const struct program_edge *e)
{
	return e->to != NO_ID && edge_is_followed(e) && (e->evidence == EVIDENCE_DIRECT || e->sure);
}

bool edge_is_possible(const struct program_edge *e)
{
	return e->to != NO_ID && edge_is_followed(e);
}

bool edge_is_believed(const struct program_edge *e)
{
	return e->to != NO_ID && edge_is_followed(e) && e->evidence != EVIDENCE_SIGNATURE;
}

struct frame {
	uint32_t func, edge; /* edge: the next one to look at */
};

struct tarjan {
	const struct program *p;
	edge_filter *filter;
	struct scc *s;
	uint32_t *index, *low; /* by function; index 0: not seen */
	bool *on_stack;
	uint32_t *stack;
	struct frame *frames;
	size_t n_stack, n_frames;
	uint32_t next, n_order;
};

static void open_func(struct tarjan *t, uint32_t func)
{
	t->index[func] = t->low[func] = ++t->next;
	t->on_stack[func] = true;
	t->stack[t->n_stack++] = func;
	t->frames[t->n_frames++] = (struct frame){func, t->p->funcs[func].first_edge};
}

static void close_component(struct tarjan *t, uint32_t root)
{
	struct scc *s = t->s;
	uint32_t func, size = 0;

	s->first[s->n] = t->n_order;
	do {
		func = t->stack[--t->n_stack];
		t->on_stack[func] = false;
		s->component[func] = s->n;
		s->order[t->n_order++] = func;
		size++;
	} while (func != root);
	s->cyclic[s->n++] = size > 1;
}

/* One step of the innermost open function: into a callee, or out of it. */
static void step(struct tarjan *t)
{
	struct frame *top = &t->frames[t->n_frames - 1];
	const struct program_func *f = &t->p->funcs[top->func];
	uint32_t func = top->func;

	while (top->edge < f->first_edge + f->n_edges) {
		const struct program_edge *e = &t->p->edges[top->edge++];

		if (!t->filter(e))
			continue;
		if (!t->index[e->to]) {
			open_func(t, e->to);
			return;
		}
		if (t->on_stack[e->to] && t->index[e->to] < t->low[func])
			t->low[func] = t->index[e->to];
	}
	t->n_frames--;
	if (t->n_frames) {
		uint32_t caller = t->frames[t->n_frames - 1].func;

		if (t->low[func] < t->low[caller])
			t->low[caller] = t->low[func];
	}
	if (t->low[func] == t->index[func])
		close_component(t, func);
}

static void mark_self_calls(struct scc *s, const struct program *p, edge_filter *filter)
{
	for (uint32_t i = 0; i < p->n_edges; i++)
		if (filter(&p->edges[i]) && p->edges[i].to == p->edges[i].from)
			s->cyclic[s->component[p->edges[i].to]] = true;
}

void scc_find(struct scc *s, const struct program *p, edge_filter *filter)
{
	size_t n = p->n_funcs;
	struct tarjan t = {.p = p, .filter = filter, .s = s};

	s->component = mem_calloc(n, sizeof(*s->component));
	s->order = mem_calloc(n, sizeof(*s->order));
	s->first = mem_calloc(n + 1, sizeof(*s->first));
	s->cyclic = mem_calloc(n, sizeof(*s->cyclic));
	s->n = 0;
	t.index = mem_calloc(n, sizeof(*t.index));
	t.low = mem_calloc(n, sizeof(*t.low));
	t.on_stack = mem_calloc(n, sizeof(*t.on_stack));
	t.stack = mem_calloc(n, sizeof(*t.stack));
	t.frames = mem_calloc(n, sizeof(*t.frames));
	for (uint32_t i = 0; i < p->n_funcs; i++) {
		if (!t.index[i])
			open_func(&t, i);
		while (t.n_frames)
			step(&t);
	}
	s->first[s->n] = t.n_order;
	mark_self_calls(s, p, filter);
	free(t.index);
	free(t.low);
	free(t.on_stack);
	free(t.stack);
	free(t.frames);
}

void scc_release(struct scc *s)
{
	free(s->component);
	free(s->order);
	free(s->first);
	free(s->cyclic);
	*s = (struct scc){0};
}
