#include "reports/ids.h"

#include "base/text.h"

/* The value stored under an id is the last number that was tried for it: many equal names stay cheap. */
static const char *unique_id(struct map *seen, struct arena *a, const char *id)
{
	bool made;
	uint64_t k = *map_put_str(seen, id, &made);
	const char *candidate = id;

	while (!made) {
		candidate = arena_printf(a, "%s~%u", id, (unsigned)++k + 1);
		map_put_str(seen, candidate, &made);
	}
	*map_find_str(seen, id) = k;
	return candidate;
}

const char *name_unique(struct map *seen, struct arena *a, const char *name)
{
	return unique_id(seen, a, text_printable(a, name));
}

const char **func_ids(const struct program *p, struct arena *a)
{
	const char **ids = arena_array(a, p->n_funcs, const char *);
	struct map seen = {0};

	for (uint32_t f = 0; f < p->n_funcs; f++) {
		const struct program_func *func = &p->funcs[f];
		const char *id =
			arena_printf(a, "%s:%s", p->units[func->unit]->unit, func->fact->symbol);

		ids[f] = unique_id(&seen, a, text_utf8(a, id));
	}
	map_release(&seen);
	return ids;
}
