/*
 * The places of a unit that function pointers and tables move between, as nodes and edges. Local variables are nodes
 * by their declaration (two of one name are two), everything else by the text of its slot, which is what other units
 * see.
 */
#include "extract/ast_flow.h"

struct local_key {
	const void *decl;
	int64_t index[MAX_INDEX];
	uint32_t n;
	uint32_t zero; /* no padding: the bytes are compared */
};

static bool is_automatic(const struct place *p)
{
	if (p->kind == PLACE_CHOICE)
		return true;
	return p->kind == PLACE_DECL && p->decl.kind == CXCursor_VarDecl &&
	       clang_getCursorLinkage(p->decl) == CXLinkage_NoLinkage &&
	       clang_Cursor_getStorageClass(p->decl) != CX_SC_Static;
}

static uint32_t add_node(struct walk *w, const struct place *p, const char *slot, bool carrier)
{
	struct flow_graph *g = w->graph;

	*vec_push(&g->nodes) = (struct flow_node){
		.place = *p,
		.slot = slot,
		.local = !slot,
		.carrier = carrier,
		.source = NO_NODE,
		.first_in = NO_NODE,
		.first_out = NO_NODE,
		.sibling = NO_NODE,
	};
	return (uint32_t)g->nodes.n - 1;
}

static uint32_t local_node(struct walk *w, struct place p, bool carrier)
{
	struct flow_graph *g = w->graph;
	struct local_key key = {.decl = cursor_key(p.decl), .n = p.n_index};
	uint64_t *value, *latest;
	bool made;

	/* A pointer may have moved: its element 2 is any element of what it was given. */
	if (p.n_index && !type_is_array(clang_getCursorType(p.decl)))
		p.index[0] = ANY_INDEX;
	memcpy(key.index, p.index, p.n_index * sizeof(*p.index));
	value = map_put(&g->by_local, arena_memdup(w->arena, &key, sizeof(key)), sizeof(key),
			&made);
	if (!made)
		return (uint32_t)*value - 1;
	*value = add_node(w, &p, NULL, carrier) + 1;
	latest = ptr_map_put(&g->siblings, key.decl, &made);
	g->nodes.v[g->nodes.n - 1].alone = made;
	if (!made) {
		g->nodes.v[*latest - 1].alone = false;
		g->nodes.v[g->nodes.n - 1].sibling = (uint32_t)*latest - 1;
	}
	*latest = g->nodes.n;
	return (uint32_t)g->nodes.n - 1;
}

uint32_t graph_node(struct walk *w, const struct place *p, bool carrier)
{
	const char *slot;
	uint64_t *value;
	bool made;

	if (is_automatic(p))
		return local_node(w, *p, carrier);
	/* Anything may stand behind the named arguments. */
	carrier |= p->kind == PLACE_PARAM && p->number == VARIADIC;
	slot = place_slot(w, p);
	if (!slot)
		return NO_NODE;
	value = map_put_str(&w->graph->by_slot, slot, &made);
	if (made)
		*value = add_node(w, p, slot, carrier) + 1;
	return (uint32_t)*value - 1;
}

uint32_t graph_object(struct walk *w, CXCursor var)
{
	struct place p = {.kind = PLACE_DECL, .decl = var};
	uint32_t node;

	if (clang_Cursor_isNull(var))
		return NO_NODE;
	node = graph_node(w, &p, false);
	/* An object is told by its name, however it is filled. */
	if (node != NO_NODE) {
		w->graph->nodes.v[node].functions = true;
		w->graph->nodes.v[node].live = true;
	}
	return node;
}

const char *graph_slot(struct walk *w, uint32_t node)
{
	struct flow_node *n = &w->graph->nodes.v[node];

	if (!n->slot)
		n->slot = place_slot(w, &n->place);
	return n->slot;
}

static void add_edge(struct walk *w, const struct flow_edge *e)
{
	struct flow_graph *g = w->graph;
	uint32_t i = (uint32_t)g->edges.n;
	struct flow_edge *copy = vec_push(&g->edges);

	*copy = *e;
	copy->within = w->func ? w->func->name : NULL;
	copy->next_in = g->nodes.v[e->to].first_in;
	g->nodes.v[e->to].first_in = i;
	copy->next_out = NO_NODE;
	if (e->from == NO_NODE)
		return;
	copy->next_out = g->nodes.v[e->from].first_out;
	g->nodes.v[e->from].first_out = i;
}

void graph_edge(struct walk *w, enum flow_kind kind, uint32_t from, uint32_t to, CXCursor at)
{
	if (to == NO_NODE || (from == NO_NODE && kind != FLOW_OPEN))
		return;
	if (kind == FLOW_OPEN)
		w->graph->nodes.v[to].open = true;
	add_edge(w,
		 &(struct flow_edge){
			 .from = from, .to = to, .kind = kind, .at = clang_getCursorLocation(at)});
}

void graph_tie(struct walk *w, uint32_t from, uint32_t to, bool both, CXCursor at)
{
	struct flow_edge e = {.from = from,
			      .to = to,
			      .kind = FLOW_COPY,
			      .tie = true,
			      .at = clang_getCursorLocation(at)};

	if (from == NO_NODE || to == NO_NODE || from == to)
		return;
	add_edge(w, &e);
	if (!both)
		return;
	e.from = to;
	e.to = from;
	e.back = true;
	add_edge(w, &e);
}

void graph_release(struct flow_graph *g)
{
	vec_release(&g->nodes);
	vec_release(&g->edges);
	vec_release(&g->uses);
	vec_release(&g->params);
	map_release(&g->by_slot);
	map_release(&g->by_local);
	map_release(&g->tied_pairs);
	ptr_map_release(&g->siblings);
	ptr_map_release(&g->types);
	ptr_map_release(&g->counts);
	ptr_map_release(&g->bound);
	ptr_map_release(&g->literals);
	ptr_map_release(&g->changed);
	ptr_map_release(&g->moved);
	ptr_map_release(&g->tied);
	ptr_map_release(&g->mixed);
}
