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

/* By any spelling: with what 32-bit Windows puts around it. */
bool called_any(const struct program *p, const char *const *names)
{
	for (uint32_t i = 0; i < p->n_externals; i++)
		for (size_t k = 0; names[k]; k++)
			if (strstr(p->externals[i].symbol, names[k]))
				return true;
	return false;
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
	return program_call_arg(p, e, position);
}

/* A parameter that is handed on, and the function whose it is. */
struct handed {
	uint32_t func, position;
	int64_t plus;
};

/* Takes one argument: a constant is an answer, a parameter is to be looked for at the callers. */
static void take(const struct program *p, const struct program_edge *e, struct handed at,
		 struct handed *todo, uint32_t *n_todo, struct called_value *values,
		 uint32_t *n_values, uint32_t max)
{
	const struct fact_arg *arg = called_arg(p, e, at.position);

	if (!arg || *n_values == max || *n_todo == max)
		return;
	if (arg->kind == ARG_VALUE)
		values[(*n_values)++] = (struct called_value){e, arg->value + at.plus};
	else if (arg->kind == ARG_PARAM && !e->call->within)
		todo[(*n_todo)++] = (struct handed){e->from, arg->number, arg->value + at.plus};
}

uint32_t called_values(const struct program *p, const struct program_edge *e, uint32_t position,
		       struct called_value *values, uint32_t max)
{
	enum { MAX_HANDED = 32 }; /* ends it in recursive code, too */
	struct handed todo[MAX_HANDED];
	uint32_t n_todo = 0, n = 0;

	if (max > MAX_HANDED)
		max = MAX_HANDED;
	take(p, e, (struct handed){e->from, position, 0}, todo, &n_todo, values, &n, max);
	for (uint32_t i = 0; i < n_todo; i++) {
		const struct program_func *f = &p->funcs[todo[i].func];

		for (uint32_t k = 0; k < f->n_in; k++) {
			const struct program_edge *in = &p->edges[p->in_edges[f->first_in + k]];

			if (in->evidence == EVIDENCE_DIRECT)
				take(p, in, todo[i], todo, &n_todo, values, &n, max);
		}
	}
	return n;
}

bool called_in_module(const struct program *p, uint32_t func, const char *const *names)
{
	const char *module = program_module(p, p->funcs[func].unit);

	for (uint32_t i = 0; i < p->n_edges; i++) {
		const struct program_edge *e = &p->edges[i];

		if (e->external != NO_ID &&
		    !str_compare(program_module(p, p->funcs[e->from].unit), module) &&
		    called_one_of(p, e, names) >= 0)
			return true;
	}
	return false;
}
