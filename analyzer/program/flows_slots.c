#include "program/flows_internal.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/*
 * Texts of slots (facts/FORMAT.md) -> numbers. Local variables, and what belongs to static functions and variables, are the
 * unit's own, even when several units have them from one header. Elements of arrays whose texts are equal but for their indices form a
 * group.
 *
 * Units are added one after the other, so the newest slot of a name tells whether the unit has it already.
 */

struct parts {
	enum slot_kind kind;
	const char *place; /* behind the kind */
	const char *callee_end; /* of "(SLOT)": the closing parenthesis; else NULL */
	const char *indices; /* "" or from the first '[' on */
	const char *file; /* "" or from '@' on */
};

static const struct {
	const char *prefix;
	enum slot_kind kind;
} prefixes[] = {
	{"field:", SLOT_FIELD}, {"var:", SLOT_VAR},	  {"local:", SLOT_LOCAL},
	{"param:", SLOT_PARAM}, {"return:", SLOT_RETURN},
};

static struct parts parse(const char *text)
{
	struct parts p = {.kind = SLOT_VAR, .place = text};
	const char *tail;

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		if (!str_starts(text, prefixes[i].prefix))
			continue;
		p.kind = prefixes[i].kind;
		p.place = text + strlen(prefixes[i].prefix);
	}
	if (*p.place == '(')
		p.callee_end = strrchr(p.place, ')');
	tail = p.callee_end ? p.callee_end : p.place;
	p.file = tail + strcspn(tail, "@");
	p.indices = tail + strcspn(tail, "[@");
	return p;
}

/* The function that a parameter, result or local variable belongs to. */
static const char *owner_of(struct flows *x, const struct parts *p)
{
	size_t n = strcspn(p->place, ".#[@");

	if (p->callee_end || p->kind == SLOT_FIELD || p->kind == SLOT_VAR)
		return NULL;
	return intern_bytes(&x->names, p->place, n);
}

static uint32_t number_of(const struct parts *p)
{
	const char *tail = p->callee_end ? p->callee_end : p->place;
	const char *hash = strchr(tail, '#');

	if (p->kind != SLOT_PARAM || !hash)
		return NO_ID;
	return hash[1] == '.' ? VARIADIC_PARAM : (uint32_t)strtoul(hash + 1, NULL, 10);
}

static bool is_units_own(const struct parts *p)
{
	if (p->kind == SLOT_FIELD)
		return false;
	return p->kind == SLOT_LOCAL || p->callee_end || *p->file;
}

/* Static variables of functions have the function's name before them. A header's records are known to units that are not
   scanned, too. */
static bool is_private(const struct parts *p)
{
	if (p->kind == SLOT_FIELD)
		return str_ends(p->file, ".c");
	return p->kind == SLOT_LOCAL || *p->file ||
	       (p->kind == SLOT_VAR && strcspn(p->place, ".") < strcspn(p->place, "[@"));
}

static const char *without_indices(struct arena *a, const char *text, const struct parts *p)
{
	char *copy = arena_strdup(a, text), *out = copy + (p->indices - text);

	for (const char *s = p->indices; *s && s < p->file; s++) {
		*out++ = *s;
		if (*s == '[')
			s += strcspn(s, "]") - 1;
	}
	memmove(out, p->file, strlen(p->file) + 1);
	return copy;
}

static uint8_t unknown_indices(const struct parts *p)
{
	unsigned dimension = 0, mask = 0;

	for (const char *s = p->indices; s < p->file && dimension < 8; s++) {
		if (*s == '[')
			dimension++;
		if (s[0] == '[' && s[1] == ']')
			mask |= 1u << (dimension - 1);
	}
	return (uint8_t)mask;
}

bool flows_slots_meet(const struct slot *x, const struct slot *y)
{
	const char *a = x->text + x->indices, *b = y->text + y->indices;

	for (; *a == '[' && *b == '['; a++, b++) {
		size_t n = strcspn(a, "]"), m = strcspn(b, "]");

		if (n > 1 && m > 1 && (n != m || memcmp(a, b, n)))
			return false;
		a += n;
		b += m;
	}
	return true;
}

static void add_to_group(struct flows *x, uint32_t id, const struct parts *p)
{
	struct slot *s = &x->slots.v[id];
	struct slot_group *g;
	bool made;
	uint64_t *place = map_put_str(&x->places, without_indices(&x->arena, s->text, p), &made);
	uint32_t *last;

	if (made) {
		*vec_push(&x->last_group) = NO_ID;
		*place = x->last_group.n;
	}
	last = &x->last_group.v[*place - 1];
	if (*last == NO_ID || x->groups.v[*last].last_unit != s->unit) {
		*last = (uint32_t)x->groups.n;
		*vec_push(&x->groups) = (struct slot_group){id, id, s->unit, false, false, false};
	}
	s->group = *last;
	g = &x->groups.v[*last];
	if (g->last != id)
		x->slots.v[g->last].next = id;
	g->split |= s->mask != x->slots.v[g->first].mask;
	g->last = id;
}

static void add_func_slot(struct flows *x, uint32_t id)
{
	const struct slot *s = &x->slots.v[id];
	struct func_key key = {s->owner, s->unit, s->kind == SLOT_PARAM ? s->number : NO_ID};
	bool made;
	uint64_t *slot;

	if (s->is_array)
		key.number = ELEMENTS_OF(key.number);
	slot = map_put(&x->func_slots, arena_memdup(&x->arena, &key, sizeof(key)), sizeof(key),
		       &made);
	if (made)
		*slot = (uint64_t)id + 1;
}

static bool has_func_key(const struct slot *s)
{
	if (!s->owner)
		return false;
	if (s->kind == SLOT_RETURN)
		return !s->is_array;
	return s->number != NO_ID && !(s->is_array && s->number == VARIADIC_PARAM);
}

static uint32_t make_slot(struct flows *x, uint32_t unit, const char *text, uint32_t name,
			  const struct parts *p)
{
	uint32_t id = (uint32_t)x->slots.n;

	*vec_push(&x->slots) = (struct slot){
		.text = text,
		.owner = owner_of(x, p),
		.unit = is_units_own(p) ? unit : NO_ID,
		.number = number_of(p),
		.name = name,
		.group = NO_ID,
		.next = NO_ID,
		.callee = NO_ID,
		.kind = (uint8_t)p->kind,
		.mask = unknown_indices(p),
		.indices = (uint32_t)(p->indices - text),
		.is_private = is_private(p),
		.is_array = p->indices < p->file,
	};
	x->by_name.v[name].last = id;
	if (p->indices < p->file)
		add_to_group(x, id, p);
	if (has_func_key(&x->slots.v[id]))
		add_func_slot(x, id);
	return id;
}

/* The slot itself, whatever its callee is. */
static uint32_t add_one(struct flows *x, uint32_t unit, const char *text, struct parts *p)
{
	bool made;
	uint64_t *value = map_put_str(&x->slot_names, text, &made);
	uint32_t name, last;

	if (made) {
		*vec_push(&x->by_name) = (struct slot_name){NO_ID};
		*value = x->by_name.n;
	}
	name = (uint32_t)*value - 1;
	last = x->by_name.v[name].last;
	*p = (struct parts){0};
	if (last != NO_ID && (x->slots.v[last].unit == NO_ID || x->slots.v[last].unit == unit))
		return last;
	*p = parse(text);
	return make_slot(x, unit, text, name, p);
}

uint32_t flows_add_slot(struct flows *x, uint32_t unit, const char *text)
{
	struct parts p, inner;
	uint32_t id = add_one(x, unit, text, &p);
	const char *callee;

	if (!p.callee_end)
		return id;
	callee = arena_strndup(&x->arena, p.place + 1, (size_t)(p.callee_end - p.place - 1));
	x->slots.v[id].callee = add_one(x, unit, callee, &inner);
	return id;
}

/* An element of an array of records stands for the array. */
static const char *object_text(struct arena *a, const char *text)
{
	struct parts p = parse(text);

	if (p.indices < p.file)
		return arena_printf(a, "%.*s%s", (int)(p.indices - text), text, p.file);
	return text;
}

uint32_t flows_add_object(struct flows *x, uint32_t unit, const char *text)
{
	uint32_t id = flows_add_slot(x, unit, object_text(&x->arena, text));

	x->slots.v[id].is_object = true;
	return id;
}

/* Slots by name; those of one name were made in the order of their units and stay in it. */
void flows_index_names(struct flows *x)
{
	uint32_t *first = arena_array(&x->arena, x->by_name.n + 2, uint32_t);

	x->name_slots = arena_array(&x->arena, x->slots.n, uint32_t);
	for (size_t i = 0; i < x->slots.n; i++)
		first[x->slots.v[i].name + 2]++;
	for (size_t i = 0; i < x->by_name.n; i++)
		first[i + 2] += first[i + 1];
	for (uint32_t i = 0; i < x->slots.n; i++)
		x->name_slots[first[x->slots.v[i].name + 1]++] = i;
	x->first_of_name = first;
}

uint32_t flows_find_slot(const struct flows *x, uint32_t unit, const char *text)
{
	uint64_t *name = map_find_str(&x->slot_names, text);
	uint32_t low, high;

	if (!name)
		return NO_ID;
	low = x->first_of_name[*name - 1];
	high = x->first_of_name[*name];
	while (low < high) {
		uint32_t mid = low + (high - low) / 2, at = x->slots.v[x->name_slots[mid]].unit;

		if (at == unit || at == NO_ID)
			return x->name_slots[mid];
		if (at < unit)
			low = mid + 1;
		else
			high = mid;
	}
	return NO_ID;
}

uint32_t flows_find_object(const struct flows *x, uint32_t unit, const char *text)
{
	struct arena scratch = {0};
	uint32_t slot = flows_find_slot(x, unit, object_text(&scratch, text));

	arena_release(&scratch);
	return slot;
}

static uint32_t keyed_slot(const struct flows *x, const char *owner, uint32_t unit, uint32_t number)
{
	struct func_key key = {owner, unit, number};
	uint64_t *slot = map_find(&x->func_slots, &key, sizeof(key));

	return slot ? (uint32_t)*slot - 1 : NO_ID;
}

const char *flows_known_name(const struct flows *x, const char *name)
{
	uint64_t *known = map_find_str(&x->names.map, name);

	return known ? (const char *)(uintptr_t)*known : NULL;
}

uint32_t flows_func_slot(const struct flows *x, uint32_t unit, const char *name, uint32_t number)
{
	const char *owner = flows_known_name(x, name);
	uint32_t slot;

	if (!owner)
		return NO_ID;
	slot = keyed_slot(x, owner, unit, number);
	return slot == NO_ID ? keyed_slot(x, owner, NO_ID, number) : slot;
}

uint32_t flows_target_slot(const struct flows *x, uint32_t func, uint32_t number)
{
	const struct program_func *f = &x->symbols->program->funcs[func];
	const char *owner = flows_known_name(x, f->fact->name);
	bool own = f->fact->linkage == LINKAGE_STATIC;

	return owner ? keyed_slot(x, owner, own ? f->unit : NO_ID, number) : NO_ID;
}
