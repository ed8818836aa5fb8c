#include "input/notes.h"

#include <stdarg.h>

void notes_add(struct notes *n, const char *fmt, ...)
{
	const char *text;
	va_list ap;
	bool made;

	va_start(ap, fmt);
	text = arena_vprintf(n->arena, fmt, ap);
	va_end(ap);
	map_put_str(&n->seen, text, &made);
	if (made)
		*vec_push(&n->v) = text;
}

void notes_release(struct notes *n)
{
	map_release(&n->seen);
	vec_release(&n->v);
}
