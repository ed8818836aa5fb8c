#include "extract/unwind.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *pa, const void *pb)
{
	const struct unwind_func *a = pa, *b = pb;

	if (a->section != b->section)
		return a->section < b->section ? -1 : 1;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->size != b->size)
		return a->size > b->size ? -1 : 1;
	return (a->bytes < b->bytes) - (a->bytes > b->bytes);
}

void unwind_read(struct object *o, struct unwind *u)
{
	bool cfi = o->arch != ARCH_RISCV64 || o->linked;

	for (uint32_t i = 0; i < o->n_sections; i++) {
		const struct object_section *s = &o->sections[i];

		if (!s->data)
			continue;
		if (cfi && !strcmp(s->name, ".eh_frame"))
			unwind_read_cfi(o, i, true, u);
		else if (cfi && !strcmp(s->name, ".debug_frame"))
			unwind_read_cfi(o, i, false, u);
		else if (o->coff && !strncmp(s->name, ".pdata", 6))
			unwind_read_pdata(o, i, u);
	}
	if (u->funcs.n)
		qsort(u->funcs.v, u->funcs.n, sizeof(*u->funcs.v), compare);
}

const struct unwind_func *unwind_at(const struct unwind *u, uint32_t section, uint64_t start)
{
	size_t low = 0, high = u->funcs.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct unwind_func *f = &u->funcs.v[mid];

		if (f->section < section || (f->section == section && f->start < start))
			low = mid + 1;
		else
			high = mid;
	}
	if (low == u->funcs.n || u->funcs.v[low].section != section ||
	    u->funcs.v[low].start != start)
		return NULL;
	return &u->funcs.v[low];
}

void unwind_release(struct unwind *u)
{
	vec_release(&u->funcs);
}
