/*
 * Driver Verifier: the functions that it checks run below a routine of its own, with what that calls. Input: the platform's
 * list, a number and its reason for a class of functions. Output: raised costs, all of them floors, as no complete number is
 * public; whoever has measured more gives it in a platform file or as `externals`.
 */
#include "rules/verifier.h"

#include <string.h>

static int read_class(const struct json_reader *r, const cJSON *item, const char *field,
		      struct platform *p)
{
	static const char *const needed[] = {"symbols", "bytes", "why", NULL};
	static const char *const optional[] = {NULL};
	struct platform_verifier x;
	const cJSON *symbols, *symbol;

	if (json_check_fields(r, item, field, needed, optional) ||
	    json_integer(r, cJSON_GetObjectItemCaseSensitive(item, "bytes"),
			 arena_printf(r->a, "%s.bytes", field), 1, JSON_BYTES_MAX, &x.bytes))
		return -1;
	x.why = json_string(r, cJSON_GetObjectItemCaseSensitive(item, "why"),
			    arena_printf(r->a, "%s.why", field));
	symbols = cJSON_GetObjectItemCaseSensitive(item, "symbols");
	field = arena_printf(r->a, "%s.symbols", field);
	if (!x.why)
		return -1;
	if (!cJSON_IsArray(symbols) || !cJSON_GetArraySize(symbols))
		return json_bad(r, field, "is not a list of function names");
	cJSON_ArrayForEach(symbol, symbols)
	{
		x.symbol = json_string(r, symbol, field);
		if (!x.symbol)
			return -1;
		if (strchr(x.symbol, '*'))
			return json_bad(r, field,
					"holds a pattern: only whole names can be raised");
		*vec_push(&p->verifier) = x;
	}
	return 0;
}

int verifier_read(const struct json_reader *r, const cJSON *root, struct platform *p)
{
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "verifier"), *item;
	int i = 0;

	if (!list)
		return 0;
	if (!cJSON_IsArray(list))
		return json_bad(r, "verifier", "is not a list");
	cJSON_ArrayForEach(item, list)
	{
		if (read_class(r, item, arena_printf(r->a, "verifier[%d]", i++), p))
			return -1;
	}
	return 0;
}

/* What holds for the function so far: exact names win over patterns, later ones over earlier ones. */
static const struct model_external *known(const struct model *m, const char *symbol)
{
	for (int exact = 1; exact >= 0; exact--) {
		for (size_t i = m->externals.n; i-- > 0;) {
			const struct model_external *x = &m->externals.v[i];

			if (exact ? !strcmp(x->symbol, symbol) : pattern_fits(x->symbol, symbol))
				return x;
		}
	}
	return NULL;
}

void verifier_apply(const struct platform *p, struct model *m)
{
	for (size_t i = 0; i < p->verifier.n; i++) {
		const struct platform_verifier *v = &p->verifier.v[i];
		const struct model_external *old = known(m, v->symbol);
		struct model_external x = {.bytes = BYTES_UNKNOWN};

		if (old)
			x = *old;
		x.symbol = v->symbol;
		x.bytes = (x.bytes == BYTES_UNKNOWN ? 0 : x.bytes) + v->bytes;
		x.floor = true;
		x.why = arena_printf(&m->arena, "%s%sUnder Driver Verifier: %s", x.why ? x.why : "",
				     x.why ? " " : "", v->why);
		*vec_push(&m->externals) = x;
	}
}

int64_t verifier_bytes(const struct platform *p, const char *symbol)
{
	for (size_t i = 0; p && i < p->verifier.n; i++)
		if (!strcmp(p->verifier.v[i].symbol, symbol))
			return p->verifier.v[i].bytes;
	return 0;
}
