#include "config/config.h"

#include <string.h>

/* The first entry that fits counts, so the stronger ones go to the front. */
static void add_entries(struct model *to, const struct model *from)
{
	size_t old = to->entries.n, added = from->entries.n;

	for (size_t i = 0; i < added; i++)
		*vec_push(&to->entries) = from->entries.v[i];
	if (!added)
		return;
	memmove(to->entries.v + added, to->entries.v, old * sizeof(*to->entries.v));
	memcpy(to->entries.v, from->entries.v, added * sizeof(*to->entries.v));
}

void config_add_model(struct model *to, const struct model *from)
{
	add_entries(to, from);
	for (size_t i = 0; i < from->externals.n; i++)
		*vec_push(&to->externals) = from->externals.v[i];
	for (size_t i = 0; i < from->annotations.n; i++)
		*vec_push(&to->annotations) = from->annotations.v[i];
	for (size_t i = 0; i < from->modules.n; i++)
		*vec_push(&to->modules) = from->modules.v[i];
	if (from->unknown_external)
		to->unknown_external = from->unknown_external;
}
