#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void out_of_memory(size_t count, size_t size)
{
	fprintf(stderr, "stackcheck: out of memory (%zu x %zu bytes)\n", count, size);
	_exit(4);
}

void *mem_calloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (!p)
		out_of_memory(count, size);
	return p;
}

void *mem_realloc(void *p, size_t count, size_t size)
{
	void *q = NULL;

	if (!size || count <= SIZE_MAX / size)
		q = realloc(p, count && size ? count * size : 1);
	if (!q)
		out_of_memory(count, size);
	return q;
}
