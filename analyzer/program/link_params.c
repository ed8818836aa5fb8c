#include "program/link_params.h"

#include "base/mem.h"

#include <stdlib.h>

/*
 * iterate(list, fn) calls what its caller passes. Bound to nothing, every caller would meet every callback, and recursion would
 * appear where none is. So the calls inside iterate() are edges that are listed only (by_caller), and each call of iterate()
 * by name gets an edge of its own to what it passes, as deep as the way through iterate(). A function that hands its own
 * parameter on has by_caller edges too, which stand for those of the function it calls.
 *
 * Where that would take very many edges, and where bounded recursion hands a parameter round, calls through the parameter are
 * plain edges to everything that comes in.
 */

static int64_t deeper(const struct program *p, const struct program_edge *e)
{
	return e->depth_bytes == BYTES_UNKNOWN ? (int64_t)p->funcs[e->from].fact->entry_bytes
					       : e->depth_bytes;
}

static struct program_edge site_edge(const struct param_site *s)
{
	return (struct program_edge){.from = s->func,
				     .site = s->site,
				     .kind = s->call->kind,
				     .through = NO_ID,
				     .depth_bytes = s->depth_bytes,
				     .floor = s->floor,
				     .cut = s->cut,
				     .call = s->call};
}

static void add_sink(struct params *x, uint32_t target, uint32_t edge)
{
	*vec_push(&x->sinks) = (struct sink){target, edge};
}

/* Through a plain node, or with nobody to blame: followed like any indirect call. */
static void add_plain(struct params *x, const struct param_node *n, const struct param_site *s,
		      bool with_passed)
{
	struct linker *l = x->l;
	struct program_edge e = site_edge(s);
	struct ids all = {0};

	for (size_t i = 0; with_passed && i < n->passed.v.n; i++)
		*vec_push(&all.v) = n->passed.v.v[i];
	for (uint32_t i = 0; i < s->n_targets; i++) {
		uint32_t target = l->param_targets.v[s->first_target + i];

		if (with_passed || !ids_have(&n->passed, target))
			*vec_push(&all.v) = target;
	}
	ids_sort(&all);
	e.cut |= n->cut;
	for (size_t i = 0; i < all.v.n; i++)
		link_edge(l, &e, all.v.v[i], s->evidence);
	if (with_passed && !all.v.n)
		link_edge(l, &e, NO_ID, s->evidence);
	vec_release(&all.v);
}

/* Calls through the parameter in the function itself. */
static void add_own(struct params *x, const struct param_node *n, uint32_t site)
{
	const struct param_site *s = &x->l->param_sites.v[site];
	struct program_edge e = site_edge(s);

	if (!n->open)
		add_plain(x, n, s, false);
	e.by_caller = true;
	e.cut |= n->cut;
	e.sure = s->sole && (n->open || !n->found.v.n);
	for (size_t i = 0; i < n->passed.v.n; i++)
		add_sink(x, n->passed.v.v[i], link_edge(x->l, &e, n->passed.v.v[i], s->evidence));
	for (size_t i = 0; n->open && i < n->found.v.n; i++)
		add_sink(x, n->found.v.v[i], link_edge(x->l, &e, n->found.v.v[i], s->evidence));
	if (!n->passed.v.n && (!n->open || !n->found.v.n))
		add_sink(x, NO_ID, link_edge(x->l, &e, NO_ID, s->evidence));
}

static uint32_t find_sink(const struct params *x, const struct param_node *n, uint32_t target)
{
	uint32_t low = n->first_sink, high = n->first_sink + n->n_sinks;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (x->sinks.v[mid].target < target)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < n->first_sink + n->n_sinks && x->sinks.v[low].target == target)
		return x->sinks.v[low].edge;
	return n->deepest;
}

/* An edge for the call `call` that stands for `through`, deeper by the call. */
static uint32_t add_through(struct params *x, uint32_t call, uint32_t through, uint32_t target,
			    const struct program_edge *flags)
{
	struct linker *l = x->l;
	struct program_edge e = l->edges.v[call];
	const struct program_edge *t = &l->edges.v[through];

	e.through = through;
	e.by_caller = flags->by_caller;
	e.complete = flags->complete;
	e.sure = flags->sure && t->sure;
	e.cut |= t->cut;
	e.floor = t->floor;
	e.depth_bytes = e.depth_bytes == BYTES_UNKNOWN || t->depth_bytes == BYTES_UNKNOWN
				? BYTES_UNKNOWN
				: e.depth_bytes + t->depth_bytes;
	return link_edge(l, &e, target, t->evidence);
}

static bool is_followed_up(const struct params *x, const struct forward *f)
{
	const struct param_node *to = &x->nodes.v[f->to];

	return x->nodes.v[f->from].position < to->position && !to->plain && to->deepest != NO_ID;
}

static void add_forward(struct params *x, const struct param_node *n, const struct forward *f)
{
	static const struct program_edge flags = {.by_caller = true, .sure = true};
	const struct param_node *to = &x->nodes.v[f->to];

	if (!is_followed_up(x, f))
		return;
	for (size_t i = 0; i < n->passed.v.n; i++) {
		uint32_t target = n->passed.v.v[i];

		add_sink(x, target,
			 add_through(x, f->edge, find_sink(x, to, target), target, &flags));
	}
	if (!n->passed.v.n)
		add_sink(x, NO_ID, add_through(x, f->edge, to->deepest, NO_ID, &flags));
}

static int compare_sinks(const void *pa, const void *pb)
{
	const struct sink *a = pa, *b = pb;

	if (a->target != b->target)
		return a->target < b->target ? -1 : 1;
	return (a->edge > b->edge) - (a->edge < b->edge);
}

/* Is `a` to be taken instead of `b`? Cut ones count for nothing. */
static bool is_deeper(const struct linker *l, uint32_t a, uint32_t b)
{
	const struct program_edge *x = &l->edges.v[a], *y = &l->edges.v[b];

	if (x->cut != y->cut)
		return y->cut;
	return deeper(l->p, x) > deeper(l->p, y);
}

/* One sink a target: the deepest. */
static void sort_sinks(struct params *x, struct param_node *n)
{
	struct sink *s = x->sinks.v ? x->sinks.v + n->first_sink : NULL;
	size_t count = x->sinks.n - n->first_sink, kept = 0;

	if (count)
		qsort(s, count, sizeof(*s), compare_sinks);
	for (size_t i = 0; i < count; i++) {
		if (!kept || s[kept - 1].target != s[i].target)
			s[kept++] = s[i];
		else if (is_deeper(x->l, s[i].edge, s[kept - 1].edge))
			s[kept - 1] = s[i];
		if (n->deepest == NO_ID || is_deeper(x->l, s[kept - 1].edge, n->deepest))
			n->deepest = s[kept - 1].edge;
	}
	n->n_sinks = (uint32_t)kept;
	x->sinks.n = n->first_sink + kept;
}

static void add_binding(struct params *x, const struct param_node *n, const struct binding *b)
{
	struct program_edge flags = {.complete = b->complete, .sure = b->constant};

	for (uint32_t i = 0; i < b->n_targets; i++) {
		uint32_t target = x->targets.v[b->first_target + i];

		add_through(x, b->edge, find_sink(x, n, target), target, &flags);
	}
	if (b->n_targets || b->complete)
		return;
	for (size_t i = 0; i < n->found.v.n; i++)
		add_through(x, b->edge, find_sink(x, n, n->found.v.v[i]), n->found.v.v[i], &flags);
	add_through(x, b->edge, n->deepest, NO_ID, &flags);
}

static void add_node(struct params *x, struct param_node *n)
{
	const struct linker *l = x->l;

	n->first_sink = (uint32_t)x->sinks.n;
	for (uint32_t s = n->first_site; s != NO_ID; s = x->next_site[s]) {
		if (n->plain)
			add_plain(x, n, &l->param_sites.v[s], true);
		else
			add_own(x, n, s);
	}
	if (n->plain)
		return;
	for (uint32_t f = n->first_forward; f != NO_ID; f = x->forwards.v[f].next)
		add_forward(x, n, &x->forwards.v[f]);
	sort_sinks(x, n);
	if (n->deepest == NO_ID)
		return;
	for (uint32_t b = n->first_binding; b != NO_ID; b = x->bindings.v[b].next)
		add_binding(x, n, &x->bindings.v[b]);
}

static void release(struct params *x)
{
	for (size_t i = 0; i < x->nodes.n; i++) {
		vec_release(&x->nodes.v[i].passed.v);
		vec_release(&x->nodes.v[i].found.v);
	}
	vec_release(&x->nodes);
	map_release(&x->by_param);
	vec_release(&x->forwards);
	vec_release(&x->bindings);
	vec_release(&x->targets);
	vec_release(&x->sinks);
	free(x->next_site);
	free(x->first_call);
	free(x->calls);
	free(x->order);
	free(x->first_in);
}

void link_params(struct linker *l)
{
	struct params x = {.l = l};

	if (!l->param_sites.n)
		return;
	params_collect(&x);
	params_order(&x);
	/* What is handed to comes before what hands on. */
	for (size_t i = x.nodes.n; i-- > 0;)
		add_node(&x, &x.nodes.v[x.order[i]]);
	release(&x);
}
