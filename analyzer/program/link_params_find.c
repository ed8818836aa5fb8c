#include "program/link_params.h"

#include "base/mem.h"

#include <stdlib.h>

/* Which parameters are called, handed on, and passed by whom; and the order in which that is settled. */

enum {
	MAX_HANDED_ON = 64, /* functions that one parameter hands on */
	MAX_ADDED = 4, /* edges for what is handed on, for each edge there is, */
	MIN_ADDED = 1000000, /* or so many */
};

void ids_sort(struct ids *ids)
{
	size_t kept = 0;

	if (!ids->v.n)
		return;
	qsort(ids->v.v, ids->v.n, sizeof(*ids->v.v), id_compare);
	for (size_t i = 0; i < ids->v.n; i++)
		if (!kept || ids->v.v[kept - 1] != ids->v.v[i])
			ids->v.v[kept++] = ids->v.v[i];
	ids->v.n = kept;
}

bool ids_have(const struct ids *ids, uint32_t id)
{
	return ids->v.n && bsearch(&id, ids->v.v, ids->v.n, sizeof(*ids->v.v), id_compare) != NULL;
}

static uint32_t find_node(struct params *x, uint32_t func, uint32_t param)
{
	uint32_t key[2] = {func, param};
	uint64_t *id = map_find(&x->by_param, key, sizeof(key));
	struct param_node *n;

	if (id)
		return (uint32_t)*id - 1;
	n = vec_push(&x->nodes);
	n->func = func;
	n->param = param;
	n->first_site = n->first_forward = n->first_binding = n->group = n->deepest = NO_ID;
	n->distance = UINT32_MAX;
	*map_put(&x->by_param, arena_memdup(&x->l->scratch, key, sizeof(key)), sizeof(key), NULL) =
		x->nodes.n;
	return (uint32_t)x->nodes.n - 1;
}

static bool is_by_name(const struct program_edge *e)
{
	return e->evidence == EVIDENCE_DIRECT && e->to != NO_ID;
}

/* Calls by name, grouped by callee: a counting sort. */
static void index_calls(struct params *x)
{
	const struct linker *l = x->l;
	uint32_t n = l->p->n_funcs, count = 0;

	x->first_call = mem_calloc((size_t)n + 2, sizeof(*x->first_call));
	for (size_t i = 0; i < l->edges.n; i++)
		if (is_by_name(&l->edges.v[i])) {
			x->first_call[l->edges.v[i].to + 2]++;
			count++;
		}
	for (uint32_t i = 2; i < n + 2; i++)
		x->first_call[i] += x->first_call[i - 1];
	x->calls = mem_calloc(count, sizeof(*x->calls));
	for (size_t i = 0; i < l->edges.n; i++)
		if (is_by_name(&l->edges.v[i]))
			x->calls[x->first_call[l->edges.v[i].to + 1]++] = (uint32_t)i;
}

static void add_forward(struct params *x, uint32_t to, uint32_t edge, uint32_t param)
{
	uint32_t from = find_node(x, x->l->edges.v[edge].from, param);

	*vec_push(&x->forwards) =
		(struct forward){from, to, edge, x->nodes.v[from].first_forward, NO_ID};
	x->nodes.v[from].first_forward = (uint32_t)x->forwards.n - 1;
}

static void add_binding(struct params *x, uint32_t node, uint32_t edge, const struct argument *a)
{
	struct param_node *n = &x->nodes.v[node];

	if (!a->targets.n && a->complete)
		return;
	if (a->targets.n > MAX_HANDED_ON) {
		n->plain = true;
		for (size_t i = 0; i < a->targets.n; i++)
			*vec_push(&n->passed.v) = a->targets.v[i];
		return;
	}
	*vec_push(&x->bindings) = (struct binding){.edge = edge,
						   .first_target = (uint32_t)x->targets.n,
						   .n_targets = (uint32_t)a->targets.n,
						   .complete = a->complete,
						   .constant = a->constant,
						   .next = n->first_binding};
	n->first_binding = (uint32_t)x->bindings.n - 1;
	n->open |= !a->targets.n;
	for (size_t i = 0; i < a->targets.n; i++) {
		*vec_push(&x->targets) = a->targets.v[i];
		*vec_push(&n->passed.v) = a->targets.v[i];
	}
}

/* Every call by name of the node's function passes it something. */
static void see_callers(struct params *x, uint32_t node)
{
	struct linker *l = x->l;
	uint32_t func = x->nodes.v[node].func, param = x->nodes.v[node].param;
	const char *slot = link_param_slot(l, func, param);

	x->nodes.v[node].cut = link_is_boundary(l, slot);
	for (uint32_t i = x->first_call[func]; i < x->first_call[func + 1]; i++) {
		uint32_t edge = x->calls[i];
		const struct program_edge *e = &l->edges.v[edge];
		struct argument a;

		link_argument(l, e->from, e->call, param, slot, &a);
		add_binding(x, node, edge, &a);
		for (size_t k = 0; k < a.params.n; k++)
			add_forward(x, node, edge, a.params.v[k]);
		vec_release(&a.targets);
		vec_release(&a.params);
	}
}

void params_collect(struct params *x)
{
	const struct linker *l = x->l;

	x->next_site = mem_calloc(l->param_sites.n, sizeof(*x->next_site));
	for (uint32_t i = (uint32_t)l->param_sites.n; i-- > 0;) {
		const struct param_site *s = &l->param_sites.v[i];
		uint32_t node = find_node(x, s->func, s->param);
		struct param_node *n = &x->nodes.v[node];

		x->next_site[i] = n->first_site;
		n->first_site = i;
		n->distance = 0;
	}
	index_calls(x);
	for (uint32_t i = 0; i < x->nodes.n; i++)
		see_callers(x, i);
}

static void index_forwards(struct params *x)
{
	x->first_in = mem_calloc(x->nodes.n, sizeof(*x->first_in));
	for (size_t i = 0; i < x->nodes.n; i++)
		x->first_in[i] = NO_ID;
	for (uint32_t i = 0; i < x->forwards.n; i++) {
		struct forward *f = &x->forwards.v[i];

		f->next_in = x->first_in[f->to];
		x->first_in[f->to] = i;
		x->nodes.v[f->to].n_in++;
		x->nodes.v[f->from].n_out++;
	}
}

/* How many forwards away the nearest call through the parameter is: breadth first, backwards. */
static void measure(struct params *x)
{
	uint32_t *queue = mem_calloc(x->nodes.n, sizeof(*queue));
	size_t head = 0, tail = 0;

	for (uint32_t i = 0; i < x->nodes.n; i++)
		if (!x->nodes.v[i].distance)
			queue[tail++] = i;
	while (head < tail) {
		uint32_t to = queue[head++];

		for (uint32_t f = x->first_in[to]; f != NO_ID; f = x->forwards.v[f].next_in) {
			struct param_node *n = &x->nodes.v[x->forwards.v[f].from];

			if (n->distance != UINT32_MAX)
				continue;
			n->distance = x->nodes.v[to].distance + 1;
			queue[tail++] = x->forwards.v[f].from;
		}
	}
	free(queue);
}

struct placing {
	struct params *x;
	bool *placed;
	uint32_t *queue;
	uint32_t first, last; /* free places at both ends of the order */
};

static void place(struct placing *p, uint32_t node, uint32_t position)
{
	p->x->order[position] = node;
	p->x->nodes.v[node].position = position;
	p->placed[node] = true;
}

/* What nothing hands to, again and again. */
static void place_from_top(struct placing *p)
{
	struct params *x = p->x;
	size_t head = 0, tail = 0;

	for (uint32_t i = 0; i < x->nodes.n; i++)
		if (!x->nodes.v[i].n_in)
			p->queue[tail++] = i;
	while (head < tail) {
		uint32_t node = p->queue[head++];

		place(p, node, p->first++);
		for (uint32_t f = x->nodes.v[node].first_forward; f != NO_ID;
		     f = x->forwards.v[f].next)
			if (!--x->nodes.v[x->forwards.v[f].to].n_in)
				p->queue[tail++] = x->forwards.v[f].to;
	}
}

/* What hands on to nothing, again and again. */
static void place_from_bottom(struct placing *p)
{
	struct params *x = p->x;
	size_t head = 0, tail = 0;

	for (uint32_t i = 0; i < x->nodes.n; i++)
		if (!p->placed[i] && !x->nodes.v[i].n_out)
			p->queue[tail++] = i;
	while (head < tail) {
		uint32_t node = p->queue[head++];

		place(p, node, --p->last);
		for (uint32_t f = x->first_in[node]; f != NO_ID; f = x->forwards.v[f].next_in) {
			uint32_t from = x->forwards.v[f].from;

			if (!--x->nodes.v[from].n_out && !p->placed[from])
				p->queue[tail++] = from;
		}
	}
}

struct circled {
	uint32_t distance, node;
};

static int compare_circled(const void *pa, const void *pb)
{
	const struct circled *a = pa, *b = pb;

	if (a->distance != b->distance)
		return a->distance > b->distance ? -1 : 1;
	return (a->node > b->node) - (a->node < b->node);
}

/* What is left hands on in circles: by distance, so that each has a way to a call that goes onwards only. */
static void place_circles(struct placing *p)
{
	struct params *x = p->x;
	struct circled *left = mem_calloc(x->nodes.n, sizeof(*left));
	size_t n = 0;

	for (uint32_t i = 0; i < x->nodes.n; i++)
		if (!p->placed[i])
			left[n++] = (struct circled){x->nodes.v[i].distance, i};
	qsort(left, n, sizeof(*left), compare_circled);
	for (size_t i = 0; i < n; i++) {
		x->nodes.v[left[i].node].group = left[i].node;
		place(p, left[i].node, p->first++);
	}
	free(left);
}

static uint32_t group_of(struct params *x, uint32_t node)
{
	while (x->nodes.v[node].group != node) {
		x->nodes.v[node].group = x->nodes.v[x->nodes.v[node].group].group;
		node = x->nodes.v[node].group;
	}
	return node;
}

static bool in_circle(const struct params *x, const struct forward *f)
{
	return x->nodes.v[f->from].group != NO_ID && x->nodes.v[f->to].group != NO_ID;
}

/* A circle hands the same functions to all its members. The group's first member collects them. */
static void join_circles(struct params *x)
{
	for (size_t i = 0; i < x->forwards.n; i++) {
		const struct forward *f = &x->forwards.v[i];

		if (in_circle(x, f))
			x->nodes.v[group_of(x, f->from)].group = group_of(x, f->to);
	}
}

/* A limit of turns says how deep the circle goes, which no edge that stands for one turn can. */
static bool has_limit(const struct params *x, const struct param_node *n)
{
	return x->l->p->funcs[n->func].has_turns;
}

static void spread_in_circles(struct params *x, uint32_t first, uint32_t last)
{
	for (uint32_t i = first; i < last; i++) {
		struct param_node *n = &x->nodes.v[x->order[i]];
		struct param_node *head = &x->nodes.v[group_of(x, x->order[i])];

		head->plain |= n->plain || has_limit(x, n);
		for (size_t k = 0; n != head && k < n->passed.v.n; k++)
			*vec_push(&head->passed.v) = n->passed.v.v[k];
	}
	for (uint32_t i = first; i < last; i++) {
		struct param_node *n = &x->nodes.v[x->order[i]];
		struct param_node *head = &x->nodes.v[group_of(x, x->order[i])];

		if (n == head) {
			ids_sort(&n->passed);
			continue;
		}
		n->plain |= head->plain;
	}
	for (uint32_t i = first; i < last; i++) {
		struct param_node *n = &x->nodes.v[x->order[i]];
		struct param_node *head = &x->nodes.v[group_of(x, x->order[i])];

		n->plain |= n != head && head->passed.v.n > MAX_HANDED_ON;
		head->plain |= n != head && head->passed.v.n > MAX_HANDED_ON;
		for (size_t k = 0; n != head && !n->plain && k < head->passed.v.n; k++)
			*vec_push(&n->passed.v) = head->passed.v.v[k];
	}
}

/* Settles what a node has, and hands it on. */
static void settle(struct params *x, struct param_node *n, uint64_t *budget)
{
	uint64_t handed_on = 0;

	ids_sort(&n->passed);
	for (uint32_t f = n->first_forward; f != NO_ID; f = x->forwards.v[f].next)
		handed_on += n->position < x->nodes.v[x->forwards.v[f].to].position;
	if (handed_on && n->passed.v.n > MAX_HANDED_ON)
		n->plain = true;
	handed_on *= n->passed.v.n;
	if (handed_on > *budget)
		n->plain = true;
	else if (!n->plain)
		*budget -= handed_on;
	for (uint32_t f = n->first_forward; f != NO_ID; f = x->forwards.v[f].next) {
		struct param_node *to = &x->nodes.v[x->forwards.v[f].to];

		for (size_t i = 0; !n->plain && n->position < to->position && i < n->passed.v.n;
		     i++)
			*vec_push(&to->passed.v) = n->passed.v.v[i];
	}
}

/* What a plain parameter hands on to is plain too: nobody stands for what comes that way. */
static void spread_plain(struct params *x, uint32_t *queue)
{
	size_t head = 0, tail = 0;

	for (uint32_t i = 0; i < x->nodes.n; i++)
		if (x->nodes.v[i].plain)
			queue[tail++] = i;
	while (head < tail) {
		uint32_t node = queue[head++];

		for (uint32_t f = x->nodes.v[node].first_forward; f != NO_ID;
		     f = x->forwards.v[f].next) {
			struct param_node *to = &x->nodes.v[x->forwards.v[f].to];

			if (!to->plain)
				queue[tail++] = x->forwards.v[f].to;
			to->plain = true;
		}
	}
}

/* What flows in by name, and none of the callers is known to pass. */
static void find_rest(struct params *x, struct param_node *n)
{
	const struct linker *l = x->l;

	for (uint32_t s = n->first_site; s != NO_ID; s = x->next_site[s])
		for (uint32_t i = 0; i < l->param_sites.v[s].n_targets; i++) {
			uint32_t target = l->param_targets.v[l->param_sites.v[s].first_target + i];

			if (!ids_have(&n->passed, target))
				*vec_push(&n->found.v) = target;
		}
	ids_sort(&n->found);
}

void params_order(struct params *x)
{
	struct placing p = {.x = x, .last = (uint32_t)x->nodes.n};
	uint64_t budget = MAX_ADDED * (uint64_t)x->l->edges.n + MIN_ADDED;
	uint32_t first_circled, end_circled;

	index_forwards(x);
	measure(x);
	x->order = mem_calloc(x->nodes.n, sizeof(*x->order));
	p.placed = mem_calloc(x->nodes.n, sizeof(*p.placed));
	p.queue = mem_calloc(x->nodes.n, sizeof(*p.queue));
	place_from_top(&p);
	first_circled = p.first;
	place_from_bottom(&p);
	place_circles(&p);
	end_circled = p.first;
	join_circles(x);
	for (uint32_t i = 0; i < x->nodes.n; i++) {
		if (i == first_circled && i < end_circled)
			spread_in_circles(x, first_circled, end_circled);
		settle(x, &x->nodes.v[x->order[i]], &budget);
	}
	spread_plain(x, p.queue);
	for (size_t i = 0; i < x->nodes.n; i++)
		find_rest(x, &x->nodes.v[i]);
	free(p.placed);
	free(p.queue);
}
