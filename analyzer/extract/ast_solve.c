/*
 * The end of a unit: in, its graph of places; out, the slots of calls and arguments, and the flows that other units need.
 *
 * 1. Ties: what a pointer leads to is stored through only when something is; else the tie has one direction.
 * 2. A local that everything reaches from one place is that place (`fn = ops->read; fn();`).
 * 3. Of void * and integers, those count that may hold a function pointer (ast_carriers.c).
 * 4. Locals that lead nowhere are dropped. Every step is a worklist, linear in the edges.
 */
#include "extract/ast_solve.h"

/* 1. Nodes that something is stored into keep the way back to what they are tied to. */
static void find_written(struct solver *s)
{
	for (uint32_t i = 0; i < s->g->nodes.n; i++) {
		struct flow_node *n = solver_node(s, i);

		n->written = !n->local || n->functions || n->open;
		for (uint32_t e = n->first_in; e != NO_NODE && !n->written;
		     e = s->g->edges.v[e].next_in)
			n->written = !s->g->edges.v[e].tie;
		if (n->written)
			solver_push(s, i);
	}
	for (size_t e = 0; e < s->g->edges.n; e++)
		s->g->edges.v[e].off = s->g->edges.v[e].back;
	while (s->todo.n) {
		uint32_t from = s->todo.v[--s->todo.n];

		for (uint32_t e = solver_node(s, from)->first_out; e != NO_NODE;
		     e = s->g->edges.v[e].next_out) {
			struct flow_edge *edge = &s->g->edges.v[e];

			if (!edge->back)
				continue;
			edge->off = false;
			if (!solver_node(s, edge->to)->written) {
				solver_node(s, edge->to)->written = true;
				solver_push(s, edge->to);
			}
		}
	}
}

/* 2. Joins one more origin into a local's source. */
static void join(struct flow_node *n, uint32_t self, uint32_t origin, bool object)
{
	if (n->source == NO_NODE) {
		n->source = origin;
		n->source_object = object;
	} else if (n->source != origin || n->source_object != object) {
		n->source = self;
		n->source_object = false;
	}
}

static void find_source(struct solver *s, uint32_t i)
{
	struct flow_node *n = solver_node(s, i);

	if (n->functions || n->open || (!n->alone && n->place.n_index)) {
		n->source = i;
		return;
	}
	for (uint32_t e = n->first_in; e != NO_NODE && n->source != i;
	     e = s->g->edges.v[e].next_in) {
		const struct flow_edge *edge = &s->g->edges.v[e];
		const struct flow_node *from;

		if (edge->off || edge->from == i)
			continue;
		from = solver_node(s, edge->from);
		if (edge->kind == FLOW_ADDRESS)
			join(n, i, edge->from, true);
		else if (!from->local)
			join(n, i, edge->from, false);
		else if (from->source != NO_NODE)
			join(n, i, from->source, from->source_object);
	}
}

static void find_sources(struct solver *s)
{
	for (uint32_t i = (uint32_t)s->g->nodes.n; i-- > 0;)
		if (solver_node(s, i)->local)
			solver_push(s, i);
	while (s->todo.n) {
		uint32_t i = s->todo.v[--s->todo.n];
		struct flow_node *n = solver_node(s, i);
		uint32_t before = n->source;

		find_source(s, i);
		if (n->source == before)
			continue;
		for (uint32_t e = n->first_out; e != NO_NODE; e = s->g->edges.v[e].next_out)
			if (solver_node(s, s->g->edges.v[e].to)->local)
				solver_push(s, s->g->edges.v[e].to);
	}
}

/* The node that stands for this one; `object`: whose address it holds. */
static uint32_t origin_of(struct solver *s, uint32_t i, bool *object)
{
	const struct flow_node *n = solver_node(s, i);

	*object = false;
	if (!n->local || n->source == i)
		return i;
	*object = n->source_object;
	return n->source;
}

/* 4. */
static void mark_live(struct solver *s, uint32_t i)
{
	if (i == NO_NODE || solver_node(s, i)->live || !solver_node(s, i)->local)
		return;
	/* Elements of one array meet. */
	if (!solver_node(s, i)->place.n_index) {
		solver_node(s, i)->live = true;
		solver_push(s, i);
		return;
	}
	i = (uint32_t)*ptr_map_find(&s->g->siblings, cursor_key(solver_node(s, i)->place.decl)) - 1;
	for (; i != NO_NODE; i = solver_node(s, i)->sibling) {
		if (solver_node(s, i)->live)
			continue;
		solver_node(s, i)->live = true;
		solver_push(s, i);
	}
}

static void find_live(struct solver *s)
{
	bool object;

	for (size_t i = 0; i < s->g->uses.n; i++)
		mark_live(s, origin_of(s, s->g->uses.v[i].node, &object));
	for (size_t e = 0; e < s->g->edges.n; e++) {
		const struct flow_edge *edge = &s->g->edges.v[e];

		if (!edge->off && edge->from != NO_NODE && !solver_node(s, edge->to)->local) {
			mark_live(s, origin_of(s, edge->from, &object));
		}
	}
	while (s->todo.n) {
		uint32_t i = s->todo.v[--s->todo.n];

		if (solver_node(s, i)->source != i)
			continue;
		for (uint32_t e = solver_node(s, i)->first_in; e != NO_NODE;
		     e = s->g->edges.v[e].next_in) {
			const struct flow_edge *edge = &s->g->edges.v[e];

			if (!edge->off && edge->from != NO_NODE)
				mark_live(s, origin_of(s, edge->from, &object));
		}
	}
}

struct flow_key {
	const char *within;
	uint32_t from, to;
	uint64_t kind; /* no padding: the bytes are compared */
};

static void add_flow(struct solver *s, enum flow_kind kind, uint32_t from, uint32_t to,
		     const char *within, struct fact_loc loc)
{
	struct walk *w = s->walk;
	struct flow_key key = {within, from, to, kind};
	bool made;

	map_put(&s->seen, arena_memdup(w->arena, &key, sizeof(key)), sizeof(key), &made);
	if (!made)
		return;
	*vec_push(&w->out->flows) = (struct fact_flow){
		.kind = kind,
		.from = from == NO_NODE ? NULL : graph_slot(w, from),
		.to = graph_slot(w, to),
		.within = within,
		.loc = loc,
	};
}

/* Functions are taken out of it, and other units may put some in where they are not seen as functions. */
static void open_carrier(struct solver *s, uint32_t node, const char *within, struct fact_loc loc)
{
	const struct flow_node *n = solver_node(s, node);

	if (n->carrier && solver_is_shared(s, n))
		add_flow(s, FLOW_OPEN, NO_NODE, node, within, loc);
}

static void write_edge(struct solver *s, const struct flow_edge *edge)
{
	const struct flow_node *to = solver_node(s, edge->to);
	enum flow_kind kind = edge->kind;
	uint32_t from = edge->from;
	struct fact_loc loc;
	bool object = false;

	if (edge->off || (to->local && (!to->live || to->source != edge->to)))
		return;
	if (from != NO_NODE) {
		from = origin_of(s, from, &object);
		/* Nothing was ever stored there, or what it holds came from here. */
		if (from == NO_NODE || (from == edge->to && edge->from != edge->to))
			return;
	}
	if (object)
		kind = FLOW_ADDRESS;
	loc = walk_loc(s->walk, edge->at);
	add_flow(s, kind, from, edge->to, edge->within, loc);
	if (kind == FLOW_COPY && !to->carrier)
		open_carrier(s, from, edge->within, loc);
}

static void write_flows(struct solver *s)
{
	for (size_t e = 0; e < s->g->edges.n; e++)
		write_edge(s, &s->g->edges.v[e]);
}

/* The slot of a call. */
static void write_slot(struct solver *s, struct ast_call *call, uint32_t node, bool object)
{
	if (node == NO_NODE || object)
		return;
	call->slot = graph_slot(s->walk, node);
	open_carrier(s, node, s->walk->out->funcs.v[call->func].name, call->loc);
}

static void write_use(struct solver *s, const struct flow_use *use)
{
	struct walk *w = s->walk;
	struct ast *out = w->out;
	bool object;
	uint32_t node = origin_of(s, use->node, &object);
	const char *slot = node == NO_NODE ? NULL : graph_slot(w, node);

	switch (use->kind) {
	case USE_SLOT: write_slot(s, &out->calls.v[use->index], node, object); break;
	case USE_VIA:
		if (object)
			out->calls.v[use->index].object = slot;
		else
			out->calls.v[use->index].via = slot;
		break;
	case USE_ARG:
		if (object)
			out->args.v[use->index].kind = ARG_OBJECT;
		out->args.v[use->index].text = slot;
		break;
	}
}

/* What is passed through a pointer whose slot is not known goes nowhere. */
static void drop_edges(struct solver *s, const struct flow_node *n)
{
	for (uint32_t e = n->first_in; e != NO_NODE; e = s->g->edges.v[e].next_in)
		s->g->edges.v[e].off = true;
	for (uint32_t e = n->first_out; e != NO_NODE; e = s->g->edges.v[e].next_out)
		s->g->edges.v[e].off = true;
}

/* After the slots of the calls: parameters of what a pointer holds are called after the pointer. */
static void name_callees(struct solver *s)
{
	for (uint32_t i = 0; i < s->g->nodes.n; i++) {
		struct flow_node *n = solver_node(s, i);

		if (n->place.kind != PLACE_CALLEE)
			continue;
		n->place.callee = s->walk->out->calls.v[n->place.call].slot;
		if (n->place.callee)
			n->slot = place_slot(s->walk, &n->place);
		else
			drop_edges(s, n);
	}
}

/* `if (++depth > MAX)`: changed there and nowhere else, what is passed behind the test is known. */
static bool moved_once(const struct solver *s, const void *param, uint64_t n_changes, int64_t *by)
{
	const uint64_t *how = ptr_map_find(&s->g->moved, param);

	if (!how || n_changes != 1)
		return false;
	*by = *how == MOVED_UP ? 1 : -1;
	return true;
}

/* A parameter that its function changes is not what the callers pass. */
static void check_params(struct solver *s)
{
	for (size_t i = 0; i < s->g->params.n; i++) {
		const struct param_use *p = &s->g->params.v[i];
		struct fact_arg *a = &s->walk->out->args.v[p->arg];

		const uint64_t *changes = ptr_map_find(&s->g->changed, p->param);
		int64_t by;

		if (!changes)
			continue;
		if (moved_once(s, p->param, *changes, &by)) {
			a->value += by;
			continue;
		}
		a->kind = ARG_SLOT;
		a->number = 0;
		a->value = 0;
		a->text = p->node == NO_NODE ? NULL : graph_slot(s->walk, p->node);
	}
}

/* Arguments that turned out to be unknown. */
static void drop_args(struct ast *out)
{
	size_t n = 0;

	for (size_t i = 0; i < out->args.n; i++) {
		const struct fact_arg *a = &out->args.v[i];

		if (a->text || a->kind == ARG_PARAM || a->kind == ARG_VALUE)
			out->args.v[n++] = *a;
	}
	out->args.n = n;
}

static const char *own_suffix(struct walk *w)
{
	CXFile main = clang_getFile(w->unit, w->job->source);
	const char *path = NULL;

	if (main)
		path = walk_file(w, clang_getLocationForOffset(w->unit, main, 0), NULL, NULL)->path;
	return path ? arena_printf(w->arena, "@%s", path) : NULL;
}

void graph_solve(struct walk *w)
{
	struct solver s = {.walk = w, .g = w->graph, .own = own_suffix(w)};

	find_written(&s);
	find_sources(&s);
	carriers_drop(&s);
	find_live(&s);
	for (size_t i = 0; i < s.g->uses.n; i++)
		write_use(&s, &s.g->uses.v[i]);
	name_callees(&s);
	check_params(&s);
	drop_args(w->out);
	write_flows(&s);
	vec_release(&s.todo);
	map_release(&s.seen);
}
