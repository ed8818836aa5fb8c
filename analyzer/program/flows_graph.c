#include "program/flows_internal.h"

#include "base/buf.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/*
 * Slots -> nodes and edges, and which of them can be written by what nobody scanned.
 *
 * A slot is one node, but for two cases. (1) Elements of one array that are named with known and with unknown
 * indices: what is written to a[2] is read by a[2] and a[], what is written to a[] by all. Then each has a node that is written and a
 * node that is read; in between stands, for each pair of sets of unknown dimensions that occur, one node for all indices
 * that are known to both: the edges stay linear in the slots. (2) Slots that members of named objects are put into: calls
 * that tell the object read `plain` and the members they want, everybody else reads `full`.
 */

static uint32_t add_node(struct flows *x)
{
	vec_push(&x->graph.flags);
	return (uint32_t)x->graph.flags.n - 1;
}

static void add_edge(struct flows *x, uint32_t from, uint32_t to)
{
	if (from != to)
		*vec_push(&x->graph.edges) = (struct set_edge){from, to};
}

static void add_seed(struct flows *x, uint32_t node, uint32_t value)
{
	*vec_push(&x->graph.seeds) = (struct set_seed){node, flows_value(x, value)};
}

static void add_nodes(struct flows *x, struct slot *s)
{
	bool split = s->group != NO_ID && x->groups.v[s->group].split;
	bool tags = s->group != NO_ID ? x->groups.v[s->group].has_tags : s->has_tags;

	s->has_tags = tags;
	s->in = add_node(x);
	s->plain = split ? add_node(x) : s->in;
	s->full = tags ? add_node(x) : s->plain;
	s->tagged = !tags ? s->in : split ? add_node(x) : s->full;
	add_edge(x, s->plain, s->full);
}

/* The indices, those of the dimensions unknown to `from` or `to` dropped; a key of the nodes between the two. */
static const char *meeting_key(struct arena *a, const struct slot *s, uint8_t from, uint8_t to)
{
	const char *at = s->text + s->indices;
	struct buf key = {0};
	const char *copy;

	buf_printf(&key, "%u,%u", from, to);
	for (unsigned dimension = 0; *at == '['; dimension++) {
		size_t n = strcspn(at, "]");

		if (!((from | to) >> dimension & 1))
			buf_printf(&key, ",%u=%.*s", dimension, (int)n, at);
		at += n + (at[n] == ']');
	}
	copy = arena_strdup(a, buf_str(&key));
	buf_release(&key);
	return copy;
}

struct meeting {
	struct flows *x;
	struct map nodes; /* key -> node + 1 */
	struct arena scratch;
	VEC(uint8_t) masks; /* that occur in the group */
	bool tagged;
};

static uint32_t meeting_node(struct meeting *m, const struct slot *s, uint8_t from, uint8_t to)
{
	uint64_t *node = map_put_str(&m->nodes, meeting_key(&m->scratch, s, from, to), NULL);

	if (!*node)
		*node = (uint64_t)add_node(m->x) + 1;
	return (uint32_t)*node - 1;
}

static void meet(struct meeting *m, const struct slot *s)
{
	uint32_t in = m->tagged ? s->tagged : s->in, out = m->tagged ? s->full : s->plain;

	for (size_t i = 0; i < m->masks.n; i++) {
		uint8_t other = m->masks.v[i];

		if (other == s->mask) {
			add_edge(m->x, in, out);
			continue;
		}
		add_edge(m->x, in, meeting_node(m, s, s->mask, other));
		add_edge(m->x, meeting_node(m, s, other, s->mask), out);
	}
}

static void collect_masks(struct meeting *m, uint32_t first)
{
	bool seen[256] = {false};

	for (uint32_t i = first; i != NO_ID; i = m->x->slots.v[i].next) {
		uint8_t mask = m->x->slots.v[i].mask;

		if (!seen[mask])
			*vec_push(&m->masks) = mask;
		seen[mask] = true;
	}
}

static void connect_group(struct flows *x, const struct slot_group *g)
{
	struct meeting m = {.x = x};

	if (!g->split)
		return;
	collect_masks(&m, g->first);
	for (int tagged = 0; tagged <= (g->has_tags ? 1 : 0); tagged++) {
		m.tagged = tagged;
		for (uint32_t i = g->first; i != NO_ID; i = x->slots.v[i].next)
			meet(&m, &x->slots.v[i]);
		map_release(&m.nodes);
	}
	arena_release(&m.scratch);
	vec_release(&m.masks);
}

/* Functions of the scanned units that a global name stands for. */
struct known_function {
	bool defined, weak, taken;
};

static struct known_function global_function(const struct flows *x, const char *name,
					     const bool *taken)
{
	const struct program *p = x->symbols->program;
	struct known_function known = {false, false, false};
	uint64_t *head = map_find_str(&p->by_name, name);

	for (uint32_t f = head ? (uint32_t)*head - 1 : NO_ID; f != NO_ID; f = p->same_name[f]) {
		const struct fact_func *fact = p->funcs[f].fact;

		if (fact->linkage == LINKAGE_STATIC)
			continue;
		known.defined = true;
		known.weak |= fact->linkage == LINKAGE_WEAK;
		known.taken |= taken[f] || fact->address_taken;
	}
	return known;
}

static void index_taken_statics(struct flows *x, const bool *taken)
{
	const struct program *p = x->symbols->program;

	for (uint32_t i = 0; i < p->n_funcs; i++) {
		const struct fact_func *fact = p->funcs[i].fact;
		struct func_key key = {NULL, p->funcs[i].unit, 0};

		if (fact->linkage != LINKAGE_STATIC || !(taken[i] || fact->address_taken))
			continue;
		key.owner = intern_str(&x->names, fact->name);
		map_put(&x->taken_statics, arena_memdup(&x->arena, &key, sizeof(key)), sizeof(key),
			NULL);
	}
}

static bool is_taken_static(const struct flows *x, const struct slot *s)
{
	struct func_key key = {s->owner, s->unit, 0};

	return map_find(&x->taken_statics, &key, sizeof(key)) != NULL;
}

/* Who calls the function passes what it likes: known callers only where it is static and nobody has its address. */
static uint8_t param_flags(struct flows *x, struct slot *s, const bool *taken)
{
	struct known_function f;

	if (s->is_private)
		return is_taken_static(x, s) ? SLOT_OPEN : 0;
	f = global_function(x, s->owner, taken);
	/* A function outside: what it gets is in other hands. */
	if (!f.defined)
		s->escapes = true;
	return f.taken ? SLOT_OPEN | SLOT_OUTSIDE : SLOT_OUTSIDE;
}

static uint8_t return_flags(const struct flows *x, const struct slot *s, const bool *taken)
{
	struct known_function f;

	if (s->is_private)
		return 0;
	f = global_function(x, s->owner, taken);
	return !f.defined ? SLOT_OPEN : f.weak ? SLOT_OUTSIDE : 0;
}

static uint8_t own_flags(struct flows *x, struct slot *s, const bool *taken)
{
	if (s->callee != NO_ID)
		return 0;
	switch ((enum slot_kind)s->kind) {
	case SLOT_PARAM: return param_flags(x, s, taken);
	case SLOT_RETURN: return return_flags(x, s, taken);
	case SLOT_FIELD:
	case SLOT_VAR: return s->is_private || s->is_object ? 0 : SLOT_OUTSIDE;
	case SLOT_LOCAL: break;
	}
	return 0;
}

void flows_build_graph(struct flows *x, const bool *taken)
{
	const struct program *p = x->symbols->program;

	if (p->n_funcs && !p->by_name.n)
		BUG("flows are solved before the program's functions have names");
	index_taken_statics(x, taken);
	x->graph.n_values = p->n_funcs + (uint32_t)(x->slots.n + x->externals.n);
	for (size_t i = 0; i < x->slots.n; i++)
		add_nodes(x, &x->slots.v[i]);
	for (size_t i = 0; i < x->groups.n; i++)
		connect_group(x, &x->groups.v[i]);
	for (uint32_t i = 0; i < x->slots.n; i++) {
		struct slot *s = &x->slots.v[i];

		x->graph.flags.v[s->in] |= s->flags;
		x->graph.flags.v[s->full] |= own_flags(x, s, taken);
		if (s->is_object)
			add_seed(x, s->in, VALUE_OBJECT | i);
	}
	for (size_t i = 0; i < x->copies.n; i++)
		add_edge(x, x->slots.v[x->copies.v[i].from].full, x->slots.v[x->copies.v[i].to].in);
	for (size_t i = 0; i < x->held.n; i++) {
		const struct held *h = &x->held.v[i];
		const struct slot *s = &x->slots.v[h->slot];

		add_seed(x, h->object == NO_ID ? s->in : s->tagged, h->value);
	}
}

struct objects {
	VEC(uint32_t) v; /* slots */
};

/* Does code outside take what is put there? It may, where nothing that was scanned reads it. */
static bool is_read_outside(const struct flows *x, const struct slot *s)
{
	bool read = s->group == NO_ID ? s->is_read : x->groups.v[s->group].is_read;

	if (s->escapes)
		return true;
	return !read && !s->is_private && !s->is_object && s->kind != SLOT_PARAM;
}

/* The objects among the values that were read. */
static void collect_objects(const struct flows *x, const struct sets_reader *reader,
			    struct objects *out)
{
	uint32_t n_funcs = x->symbols->program->n_funcs;

	for (size_t i = 0; i < reader->out.n; i++) {
		uint32_t value = reader->out.v[i];

		if (value >= n_funcs && value - n_funcs < x->slots.n)
			*vec_push(&out->v) = value - n_funcs;
	}
}

void flows_mark_escapes(struct flows *x)
{
	struct sets_reader reader = {0};
	struct objects found = {{0}};

	sets_begin(&reader, &x->sets);
	for (uint32_t i = 0; i < x->slots.n; i++) {
		struct slot *s = &x->slots.v[i];

		if (is_read_outside(x, s))
			sets_add(&reader, &x->sets, flows_set(x, s->full));
		if (s->is_object && x->sets.flags[s->full] & SLOT_OPEN)
			*vec_push(&found.v) = i;
	}
	collect_objects(x, &reader, &found);
	sets_begin(&reader, &x->sets);
	for (size_t i = 0; i < found.v.n; i++) {
		struct slot *s = &x->slots.v[found.v.v[i]];

		s->escapes = true;
		sets_add(&reader, &x->sets, flows_set(x, s->full));
	}
	found.v.n = 0;
	collect_objects(x, &reader, &found);
	for (size_t i = 0; i < found.v.n; i++)
		x->slots.v[found.v.v[i]].contents_escape = true;
	vec_release(&found.v);
	sets_reader_release(&reader);
}
