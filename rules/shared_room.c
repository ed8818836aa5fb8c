/*
 * The compiler puts variables of scopes that do not overlap into one place, as large as the largest of them. To move one off the
 * stack frees what it has beyond the others.
 */
#include "rules/shared_room.h"

#include "rules/words.h"

#include <string.h>

static int64_t overlap(const struct fact_part *a, const struct fact_part *b)
{
	int64_t from = a->offset > b->offset ? a->offset : b->offset;
	int64_t end_a = a->offset + a->bytes, end_b = b->offset + b->bytes;

	return (end_a < end_b ? end_a : end_b) - from;
}

struct shared_room shared_room_of(const struct program *p, uint32_t func,
				  const struct fact_part *part)
{
	const struct program_func *f = &p->funcs[func];
	const struct fact_part *parts = p->units[f->unit]->parts.v + f->first_part;
	struct shared_room room = {0};
	int64_t most = 0;

	for (uint32_t i = 0; i < f->n_parts && part->has_offset; i++) {
		const struct fact_part *x = &parts[i];
		int64_t bytes;

		if (x == part || x->kind != PART_VARIABLE || !x->has_offset || x->bytes <= 0)
			continue;
		bytes = overlap(part, x);
		if (bytes <= 0)
			continue;
		room.n++;
		if (bytes <= most)
			continue;
		most = bytes;
		room.largest = x;
	}
	room.alone = part->bytes - most;
	return room;
}

/* "config (304 bytes)", "msg of send (104 bytes)" */
static const char *neighbour(const struct program *p, struct arena *a, uint32_t func,
			     const struct fact_part *x)
{
	const char *name = x->name ? x->name : "a temporary without a name", *of = "", *in = "";

	if (x->declared_in && strcmp(x->declared_in, p->funcs[func].fact->name)) {
		of = " of ";
		in = x->declared_in;
	}
	return arena_printf(a, "%s%s%s (%s)", name, of, in, words_bytes(a, x->bytes));
}

const char *shared_room_words(const struct program *p, struct arena *a, uint32_t func,
			      const struct fact_part *part)
{
	struct shared_room room = shared_room_of(p, func, part);
	const char *more = "";

	if (!room.n)
		return "";
	if (room.n > 1)
		more = arena_printf(a, " and %s", words_count(a, room.n - 1, "other"));
	return arena_printf(a, " That alone frees %s: %s%s %s the place.",
			    room.alone ? words_bytes(a, room.alone) : "nothing",
			    neighbour(p, a, func, room.largest), more,
			    room.n > 1 ? "share" : "shares");
}
