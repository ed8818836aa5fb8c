#include "rules/copies.h"

#include "base/buf.h"

static void add(struct copies *c, const struct program *p, const char *key, struct copy copy)
{
	uint32_t unit = p->funcs[copy.func].unit;
	bool made;
	uint64_t *index = map_put_str(&c->places, key, &made);
	struct copy *known;

	if (made) {
		*index = c->v.n;
		known = vec_push(&c->v);
		*known = copy;
		known->last_unit = NO_ID;
		known->last_func = NO_ID;
	}
	known = &c->v.v[*index];
	if (copy.bytes > known->bytes) {
		known->func = copy.func;
		known->part = copy.part;
		known->bytes = copy.bytes;
	}
	known->n_units += known->last_unit != unit;
	known->n_funcs += known->last_func != copy.func;
	known->last_unit = unit;
	known->last_func = copy.func;
}

/* Without a file nothing says that two functions are copies. */
static const char *func_key(struct copies *c, const struct program *p, uint32_t func)
{
	const struct fact_func *f = p->funcs[func].fact;

	if (!f->loc.file)
		return arena_printf(&c->arena, "#%u", func);
	return arena_printf(&c->arena, "%s:%u:%s", f->loc.file, f->loc.line, f->name);
}

void copies_add_func(struct copies *c, const struct program *p, uint32_t func, int64_t bytes)
{
	add(c, p, func_key(c, p, func), (struct copy){.func = func, .part = NO_ID, .bytes = bytes});
}

void copies_add_part(struct copies *c, const struct program *p, uint32_t func, uint32_t part)
{
	const struct fact_part *v = &p->units[p->funcs[func].unit]->parts.v[part];
	const char *key;

	if (v->loc.file && v->name)
		key = arena_printf(&c->arena, "%s:%u:%u:%s", v->loc.file, v->loc.line,
				   v->loc.column, v->name);
	else
		key = arena_printf(&c->arena, "%s:%s:%u", func_key(c, p, func),
				   v->name ? v->name : "", v->name ? 0 : part);
	add(c, p, key, (struct copy){.func = func, .part = part, .bytes = v->bytes});
}

void copies_add_value(struct copies *c, const struct program *p, uint32_t func, uint32_t value)
{
	const struct fact_value *v = &p->units[p->funcs[func].unit]->values.v[value];

	add(c, p, arena_printf(&c->arena, "%s:%d:%u", func_key(c, p, func), v->returned, v->number),
	    (struct copy){.func = func, .part = value, .bytes = v->bytes});
}

void copies_add_cycle(struct copies *c, const struct program *p, const uint32_t *edges, uint32_t n,
		      uint32_t index, int64_t bytes)
{
	uint32_t func = p->edges[edges[0]].from;
	struct buf key = {0};

	for (uint32_t i = 0; i < n; i++)
		buf_printf(&key, "%s>", func_key(c, p, p->edges[edges[i]].from));
	add(c, p, arena_strdup(&c->arena, buf_str(&key)),
	    (struct copy){.func = func, .part = index, .bytes = bytes});
	buf_release(&key);
}

void copies_release(struct copies *c)
{
	vec_release(&c->v);
	map_release(&c->places);
	arena_release(&c->arena);
}
