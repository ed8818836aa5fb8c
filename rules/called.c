#include "rules/called.h"

#include "base/text.h"

#include <string.h>

const char *called_plain(struct arena *a, const struct program *p, uint32_t func,
			 const char *symbol)
{
	const char *target = p->units[p->funcs[func].unit]->target, *end;

	if (str_starts(symbol, "__imp_"))
		symbol += strlen("__imp_");
	if (target[0] != 'i' || !(strstr(target, "windows") || strstr(target, "mingw")))
		return symbol;
	if (*symbol == '_' || *symbol == '@')
		symbol++;
	end = strchr(symbol, '@');
	return end ? arena_strndup(a, symbol, (size_t)(end - symbol)) : symbol;
}

int called_one_of(const struct program *p, const struct program_edge *e, const char *const *names)
{
	struct arena a = {0};
	const char *name;
	int found = -1;

	if (e->external == NO_ID || e->evidence != EVIDENCE_DIRECT || e->through != NO_ID)
		return -1;
	name = called_plain(&a, p, e->from, p->externals[e->external].symbol);
	for (int i = 0; names[i] && found < 0; i++)
		if (!strcmp(names[i], name))
			found = i;
	arena_release(&a);
	return found;
}

const struct fact_arg *called_arg(const struct program *p, const struct program_edge *e,
				  uint32_t position)
{
	const struct facts *f = p->units[p->funcs[e->from].unit];
	uint32_t call = (uint32_t)(e->call - f->calls.v);
	size_t low = 0, high = f->args.n;

	/* Arguments are sorted by call, then position. */
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct fact_arg *arg = &f->args.v[mid];

		if (arg->call < call || (arg->call == call && arg->position < position))
			low = mid + 1;
		else
			high = mid;
	}
	return low < f->args.n && f->args.v[low].call == call && f->args.v[low].position == position
		       ? &f->args.v[low]
		       : NULL;
}

bool called_in_module(const struct program *p, uint32_t func, const char *const *names)
{
	const char *module = p->units[p->funcs[func].unit]->module;

	for (uint32_t i = 0; i < p->n_edges; i++) {
		const struct program_edge *e = &p->edges[i];

		if (e->external != NO_ID &&
		    !str_compare(p->units[p->funcs[e->from].unit]->module, module) &&
		    called_one_of(p, e, names) >= 0)
			return true;
	}
	return false;
}
