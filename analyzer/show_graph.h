/* A function's callers, its callees, and the ways between two functions, as text, DOT or folded stacks. For use by cmd_show.c. */
#ifndef STACKCHECK_SHOW_GRAPH_H
#define STACKCHECK_SHOW_GRAPH_H

#include "show_text.h"

enum graph_format { GRAPH_TEXT, GRAPH_DOT, GRAPH_FOLDED, GRAPH_FORMAT_COUNT };

/* text dot folded */
const char *graph_format_name(enum graph_format f);

struct graph_view {
	struct show show;
	bool callers; /* upwards: who reaches the function; else downwards */
	unsigned levels; /* how far; 0: as far as it goes */
	enum graph_format format;
};

/* Appends the tree below (or above) `func`. Every function is opened once, where it is first met: the output is linear in the
   edges. DOT has one node a function; folded stacks have one line a way from the root to an end, with its bytes. */
void graph_tree(const struct graph_view *v, uint32_t func, struct buf *out);

/* Appends the deepest way from `from` to `to` over believed calls, else over calls matched by type; false: there is none. */
bool graph_way(const struct graph_view *v, uint32_t from, uint32_t to, struct buf *out);

#endif
