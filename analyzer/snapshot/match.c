/*
 * Matching the functions of two runs. Input: two snapshots. Output: pairs, one to one.
 *
 * What is certain goes first, and only what is left over is looked at again: (1) the same unit and symbol; (2) the same unit
 * and source name, where compilers append to symbols (.isra, .constprop); (3) units that vanished are paired with units that
 * appeared by the symbols that they share, and their functions matched as in (1) and (2); (4) the same module, symbol
 * and source name, and (5) the same without the module, where that is unique on both sides: a function that went to
 * another file.
 */
#include "snapshot/match.h"
#include "base/file.h"
#include "base/mem.h"

#include <stdlib.h>

enum {
	CROWD = 64
}; /* a symbol in more vanished units than this says nothing about which became which */

struct unit {
	const char *name;
	uint32_t n_functions;
	bool elsewhere; /* the other side has a unit of this name */
	uint32_t pair; /* unit of the other side, or NO_ID */
};

struct side {
	const struct snapshot *s;
	uint32_t *match; /* by function */
	uint32_t *unit_of; /* by function: index into units */
	VEC(struct unit) units;
	struct map by_name; /* -> index + 1 */
};

struct matcher {
	struct diff *d;
	struct side before, after;
	struct arena scratch;
};

static void side_init(struct side *side, const struct snapshot *s, struct arena *a)
{
	side->s = s;
	side->match = arena_array(a, (size_t)s->n_functions + 1, uint32_t);
	side->unit_of = mem_calloc((size_t)s->n_functions + 1, sizeof(uint32_t));
	for (uint32_t i = 0; i < s->n_functions; i++) {
		bool made;
		uint64_t *unit = map_put_str(&side->by_name, s->functions[i].unit, &made);

		if (made) {
			*vec_push(&side->units) =
				(struct unit){.name = s->functions[i].unit, .pair = NO_ID};
			*unit = side->units.n;
		}
		side->unit_of[i] = (uint32_t)*unit - 1;
		side->units.v[side->unit_of[i]].n_functions++;
		side->match[i] = NO_ID;
	}
}

static void side_release(struct side *side)
{
	free(side->unit_of);
	vec_release(&side->units);
	map_release(&side->by_name);
}

static void mark_elsewhere(struct side *x, const struct side *y)
{
	for (size_t i = 0; i < x->units.n; i++)
		x->units.v[i].elsewhere = map_find_str(&y->by_name, x->units.v[i].name) != NULL;
}

static void pair(struct matcher *m, uint32_t before, uint32_t after)
{
	m->before.match[before] = after;
	m->after.match[after] = before;
}

/* What a pass compares: up to three strings, written with their NULs. A unit is compared under its name on the
   before side. */
enum { KEY_UNIT = 1, KEY_MODULE = 2, KEY_SYMBOL = 4, KEY_NAME = 8 };

static const char *unit_before(const struct matcher *m, const struct side *side, uint32_t unit)
{
	const struct unit *u = &side->units.v[unit];

	if (side == &m->after && u->pair != NO_ID)
		return m->before.units.v[u->pair].name;
	return u->name;
}

static void make_key(const struct matcher *m, const struct side *side, uint32_t func,
		     unsigned parts, struct buf *key)
{
	const struct snapshot_function *f = &side->s->functions[func];
	const char *module = f->module ? f->module : "";

	buf_clear(key);
	if (parts & KEY_UNIT) {
		const char *unit = unit_before(m, side, side->unit_of[func]);

		buf_add(key, unit, strlen(unit) + 1);
	}
	if (parts & KEY_MODULE)
		buf_add(key, module, strlen(module) + 1);
	if (parts & KEY_SYMBOL)
		buf_add(key, f->symbol, strlen(f->symbol) + 1);
	if (parts & KEY_NAME)
		buf_add(key, f->name, strlen(f->name) + 1);
}

#define SEVERAL UINT64_MAX

/* Key -> function + 1 of those that have no match yet; SEVERAL when there are more than one. */
static void index_side(struct matcher *m, const struct side *side, unsigned parts, struct map *out)
{
	struct buf key = {0};

	for (uint32_t i = 0; i < side->s->n_functions; i++) {
		uint64_t *value;
		bool made;

		if (side->match[i] != NO_ID)
			continue;
		make_key(m, side, i, parts, &key);
		value = map_find(out, key.data, key.len);
		made = !value;
		if (made)
			value = map_put(out, arena_memdup(&m->scratch, key.data, key.len), key.len,
					NULL);
		*value = made ? (uint64_t)i + 1 : SEVERAL;
	}
	buf_release(&key);
}

/* Pairs what has the same key and is alone with it on both sides. */
static void pass(struct matcher *m, unsigned parts)
{
	struct map before = {0}, after = {0};

	index_side(m, &m->before, parts, &before);
	index_side(m, &m->after, parts, &after);
	for (size_t i = 0; i < before.n; i++) {
		const struct map_entry *e = &before.entries[i];
		const uint64_t *other = map_find(&after, e->key, e->len);

		if (other && *other != SEVERAL && e->value != SEVERAL)
			pair(m, (uint32_t)e->value - 1, (uint32_t)*other - 1);
	}
	map_release(&before);
	map_release(&after);
}

/* Two local functions of one symbol in one unit (a source that is compiled in parts): in their order. */
static void pass_in_order(struct matcher *m)
{
	uint32_t *next = mem_calloc((size_t)m->before.s->n_functions + 1, sizeof(*next));
	struct map first = {0};
	struct buf key = {0};

	for (uint32_t i = m->before.s->n_functions; i-- > 0;) {
		uint64_t *value;

		make_key(m, &m->before, i, KEY_UNIT | KEY_SYMBOL, &key);
		value = map_find(&first, key.data, key.len);
		if (!value)
			value = map_put(&first, arena_memdup(&m->scratch, key.data, key.len),
					key.len, NULL);
		next[i] = (uint32_t)*value;
		*value = (uint64_t)i + 1;
	}
	for (uint32_t i = 0; i < m->after.s->n_functions; i++) {
		uint64_t *value;

		make_key(m, &m->after, i, KEY_UNIT | KEY_SYMBOL, &key);
		value = map_find(&first, key.data, key.len);
		if (!value || !*value)
			continue;
		pair(m, (uint32_t)*value - 1, i);
		*value = next[*value - 1];
	}
	map_release(&first);
	buf_release(&key);
	free(next);
}

/* Two units that may be one: how many symbols they share. */
struct candidate {
	uint32_t before, after, shared;
	uint32_t percent; /* of all functions of both */
	bool same_base;
	const char *before_name, *after_name;
};

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int c;

	if (x->percent != y->percent)
		return x->percent > y->percent ? -1 : 1;
	if (x->same_base != y->same_base)
		return x->same_base ? -1 : 1;
	if (x->shared != y->shared)
		return x->shared > y->shared ? -1 : 1;
	c = strcmp(x->before_name, y->before_name);
	return c ? c : strcmp(x->after_name, y->after_name);
}

static bool is_lone(const struct side *side, uint32_t func)
{
	return side->match[func] == NO_ID && !side->units.v[side->unit_of[func]].elsewhere;
}

/* Functions of lone units, chained by symbol. */
struct holder {
	uint32_t func;
	uint32_t next; /* index + 1 */
	uint32_t n; /* in the chain from here on */
};

struct holders {
	VEC(struct holder) v;
	struct map by_symbol; /* -> index + 1 */
};

static void add_holder(struct holders *h, const char *symbol, uint32_t func)
{
	uint64_t *first = map_put_str(&h->by_symbol, symbol, NULL);
	uint32_t old = (uint32_t)*first;
	uint32_t n = old ? h->v.v[old - 1].n + 1 : 1;

	*vec_push(&h->v) = (struct holder){.func = func, .next = old, .n = n};
	*first = h->v.n;
}

static void vote(struct matcher *m, struct map *votes, uint32_t before, uint32_t after)
{
	uint32_t key[2] = {before, after};
	uint64_t *n = map_find(votes, key, sizeof(key));

	if (!n)
		n = map_put(votes, arena_memdup(&m->scratch, key, sizeof(key)), sizeof(key), NULL);
	++*n;
}

/* Counts, for every pair of lone units, the symbols that both have. Key: the two units. */
static void count_shared(struct matcher *m, struct map *votes)
{
	struct holders h = {0};

	for (uint32_t i = 0; i < m->before.s->n_functions; i++)
		if (is_lone(&m->before, i))
			add_holder(&h, m->before.s->functions[i].symbol, i);
	for (uint32_t i = 0; i < m->after.s->n_functions; i++) {
		const uint64_t *first = map_find_str(&h.by_symbol, m->after.s->functions[i].symbol);

		if (!first || !is_lone(&m->after, i) || h.v.v[*first - 1].n > CROWD)
			continue;
		for (uint32_t l = (uint32_t)*first; l; l = h.v.v[l - 1].next)
			vote(m, votes, m->before.unit_of[h.v.v[l - 1].func], m->after.unit_of[i]);
	}
	map_release(&h.by_symbol);
	vec_release(&h.v);
}

static struct candidate make_candidate(const struct matcher *m, const struct map_entry *vote)
{
	struct candidate c = {.shared = (uint32_t)vote->value};
	const struct unit *x, *y;

	memcpy(&c.before, vote->key, sizeof(uint32_t));
	memcpy(&c.after, (const char *)vote->key + sizeof(uint32_t), sizeof(uint32_t));
	x = &m->before.units.v[c.before];
	y = &m->after.units.v[c.after];
	c.percent = (uint32_t)(UINT64_C(200) * c.shared / (x->n_functions + y->n_functions));
	c.before_name = x->name;
	c.after_name = y->name;
	c.same_base = !strcmp(path_base(x->name), path_base(y->name));
	return c;
}

/* Best pairs first; half of their symbols in common, or the same file name in another folder. */
static void pair_units(struct matcher *m)
{
	VEC(struct candidate) all = {0};
	struct map votes = {0};

	count_shared(m, &votes);
	for (size_t i = 0; i < votes.n; i++)
		*vec_push(&all) = make_candidate(m, &votes.entries[i]);
	if (all.n)
		qsort(all.v, all.n, sizeof(*all.v), compare_candidates);
	for (size_t i = 0; i < all.n; i++) {
		struct unit *x = &m->before.units.v[all.v[i].before];
		struct unit *y = &m->after.units.v[all.v[i].after];

		if (x->pair != NO_ID || y->pair != NO_ID ||
		    (all.v[i].percent < 50 && !all.v[i].same_base))
			continue;
		x->pair = all.v[i].after;
		y->pair = all.v[i].before;
	}
	map_release(&votes);
	vec_release(&all);
}

static int compare_moves(const void *a, const void *b)
{
	return strcmp(((const struct diff_move *)a)->after, ((const struct diff_move *)b)->after);
}

static void list_moves(struct matcher *m)
{
	struct diff *d = m->d;

	for (size_t i = 0; i < m->after.units.n; i++) {
		const struct unit *u = &m->after.units.v[i];

		if (u->pair != NO_ID)
			*vec_push(&d->moves) =
				(struct diff_move){m->before.units.v[u->pair].name, u->name};
	}
	if (d->moves.n)
		qsort(d->moves.v, d->moves.n, sizeof(*d->moves.v), compare_moves);
}

void match_functions(struct diff *d)
{
	struct matcher m = {.d = d};

	side_init(&m.before, d->before, &d->arena);
	side_init(&m.after, d->after, &d->arena);
	mark_elsewhere(&m.before, &m.after);
	mark_elsewhere(&m.after, &m.before);
	pass_in_order(&m);
	pass(&m, KEY_UNIT | KEY_NAME);
	pair_units(&m);
	pass(&m, KEY_UNIT | KEY_SYMBOL);
	pass(&m, KEY_UNIT | KEY_NAME);
	pass(&m, KEY_MODULE | KEY_SYMBOL | KEY_NAME);
	pass(&m, KEY_SYMBOL | KEY_NAME);
	d->to_after = m.before.match;
	d->to_before = m.after.match;
	list_moves(&m);
	side_release(&m.before);
	side_release(&m.after);
	arena_release(&m.scratch);
}
