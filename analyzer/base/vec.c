#include "base/vec.h"
#include "base/mem.h"

void vec_grow(void *pv, size_t *cap, size_t size)
{
	size_t bigger = *cap ? *cap * 2 : 8;
	void *p;

	/* Copied bytewise: `pv` is a T **, not a void **. */
	memcpy(&p, pv, sizeof(p));
	p = mem_realloc(p, bigger, size);
	memcpy(pv, &p, sizeof(p));
	*cap = bigger;
}
