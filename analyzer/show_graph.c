/*
 * Trees are walked depth first with an explicit stack: a call graph can be as deep as it has functions. Callees are opened
 * deepest first, so that the worst path comes first.
 */
#include "show_graph.h"

#include "base/mem.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const format_names[] = {"text", "dot", "folded"};

const char *graph_format_name(enum graph_format f)
{
	return format_names[f];
}

/* A step of the tree: an edge and the function that it leads to on the way of the walk. */
struct step {
	const struct program_edge *edge; /* NULL: the root */
	uint32_t func; /* NO_ID: outside the scanned sources, or unknown */
	uint32_t level;
	int64_t bytes; /* in use when the function is entered, from the root's CFA; BYTES_UNKNOWN */
	bool last; /* of its siblings */
	bool leaf; /* not opened */
};

struct walker {
	const struct graph_view *view;
	const struct program *program;
	struct buf *out;
	bool *opened; /* by function */
	VEC(struct step) stack;
	VEC(bool) open_levels; /* text: has the level further siblings to come? */
	VEC(const char *) names; /* folded: the way down to the current step */
};

static const char *name_of(const struct walker *x, const struct step *s)
{
	const struct show *show = &x->view->show;

	if (s->func != NO_ID)
		return show_label(show, s->func);
	return show_target(show, s->edge);
}

/* What an edge adds to the bytes in use; the callers of a function stand above it, so their bytes don't add up. */
static int64_t bytes_behind(const struct walker *x, const struct step *from,
			    const struct program_edge *e)
{
	if (x->view->callers || from->bytes == BYTES_UNKNOWN || e->depth_bytes == BYTES_UNKNOWN)
		return BYTES_UNKNOWN;
	return from->bytes + e->depth_bytes;
}

static bool opens(const struct walker *x, const struct step *s)
{
	if (s->func == NO_ID || x->opened[s->func])
		return false;
	if (s->edge && (s->edge->cut || s->edge->by_caller))
		return false;
	return !x->view->levels || s->level < x->view->levels;
}

static int64_t depth_below(const struct walker *x, const struct program_edge *e)
{
	return e->to == NO_ID ? -1 : x->view->show.depths->v[e->to].bytes;
}

struct ordered {
	const struct program_edge *edge;
	int64_t depth;
};

/* Deepest first, then in the order of the program. */
static int compare_ordered(const void *pa, const void *pb)
{
	const struct ordered *a = pa, *b = pb;

	if (a->depth != b->depth)
		return a->depth > b->depth ? -1 : 1;
	return (a->edge > b->edge) - (a->edge < b->edge);
}

static bool same_end(const struct program_edge *a, const struct program_edge *b, bool callers)
{
	if (callers)
		return a->from == b->from;
	return a->to == b->to && a->external == b->external &&
	       (a->to != NO_ID || a->external != NO_ID);
}

/* Pushes the next steps, the last one first, each end once (by its deepest edge). */
static void push_children(struct walker *x, const struct step *s)
{
	const struct program_func *f = &x->program->funcs[s->func];
	uint32_t n = x->view->callers ? f->n_in : f->n_edges, kept = 0;
	struct ordered *edges = mem_calloc(n, sizeof(*edges));

	for (uint32_t i = 0; i < n; i++) {
		const struct program_edge *e =
			&x->program->edges[x->view->callers ? x->program->in_edges[f->first_in + i]
							    : f->first_edge + i];

		edges[i] = (struct ordered){e, e->depth_bytes +
						       (x->view->callers ? 0 : depth_below(x, e))};
	}
	qsort(edges, n, sizeof(*edges), compare_ordered);
	for (uint32_t i = 0; i < n; i++) {
		bool known = false;

		for (uint32_t k = 0; k < kept && !known; k++)
			known = same_end(edges[k].edge, edges[i].edge, x->view->callers);
		if (!known)
			edges[kept++] = edges[i];
	}
	for (uint32_t i = kept; i-- > 0;) {
		const struct program_edge *e = edges[i].edge;

		*vec_push(&x->stack) = (struct step){
			.edge = e,
			.func = x->view->callers ? e->from : e->to,
			.level = s->level + 1,
			.bytes = bytes_behind(x, s, e),
			.last = i + 1 == kept,
		};
	}
	free(edges);
}

static void text_line(struct walker *x, const struct step *s, bool again)
{
	const struct show *show = &x->view->show;

	buf_printf(x->out, "%10s  ",
		   s->edge ? show_bytes(show, s->edge->depth_bytes)
			   : show_bytes(show, show->depths->v[s->func].bytes));
	for (uint32_t i = 1; i < s->level; i++)
		buf_puts(x->out, x->open_levels.v[i] ? "│  " : "   ");
	if (s->level)
		buf_puts(x->out, s->last ? "└─ " : "├─ ");
	buf_puts(x->out, name_of(x, s));
	if (s->edge)
		buf_printf(x->out, "  (%s)", show_how(show, s->edge));
	buf_puts(x->out, again ? "  see above\n" : "\n");
}

static void folded_line(struct walker *x, const struct step *s)
{
	int64_t end = s->func == NO_ID ? 0 : x->program->funcs[s->func].fact->frame_bytes;

	if (s->func == NO_ID && s->edge->external != NO_ID)
		end = x->program->externals[s->edge->external].cost_bytes;
	if (s->bytes == BYTES_UNKNOWN)
		return;
	for (uint32_t i = 0; i <= s->level; i++)
		buf_printf(x->out, "%s%s", i ? ";" : "", x->names.v[i]);
	buf_printf(x->out, " %" PRId64 "\n", s->bytes + (end == BYTES_UNKNOWN ? 0 : end));
}

/* ';' separates the frames of a folded stack and a blank its value. */
static const char *folded_name(const struct walker *x, const struct step *s)
{
	char *name = arena_strdup(x->view->show.arena, name_of(x, s));

	for (char *c = name; *c; c++)
		if (*c == ';' || *c == ' ')
			*c = '_';
	return name;
}

static void set_level(struct walker *x, const struct step *s)
{
	while (x->open_levels.n <= s->level)
		*vec_push(&x->open_levels) = false;
	x->open_levels.v[s->level] = !s->last;
	while (x->names.n <= s->level)
		*vec_push(&x->names) = NULL;
	x->names.v[s->level] = folded_name(x, s);
}

static void walk(struct walker *x, uint32_t func)
{
	*vec_push(&x->stack) = (struct step){.func = func, .last = true};
	while (x->stack.n) {
		struct step s = x->stack.v[--x->stack.n];
		bool open = opens(x, &s);
		size_t before = x->stack.n;

		set_level(x, &s);
		if (x->view->format == GRAPH_TEXT)
			text_line(x, &s, !open && s.func != NO_ID && x->opened[s.func]);
		if (open) {
			x->opened[s.func] = true;
			push_children(x, &s);
		}
		if (x->view->format == GRAPH_FOLDED && x->stack.n == before)
			folded_line(x, &s);
	}
}

static void dot_string(const struct walker *x, const char *text)
{
	buf_putc(x->out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_putc(x->out, '\\');
		buf_putc(x->out, *text);
	}
	buf_putc(x->out, '"');
}

static const char *dot_node(const struct walker *x, const struct step *s)
{
	if (s->func != NO_ID)
		return arena_printf(x->view->show.arena, "f%" PRIu32, s->func);
	if (s->edge->external != NO_ID)
		return arena_printf(x->view->show.arena, "x%" PRIu32, s->edge->external);
	return arena_printf(x->view->show.arena, "u%td", s->edge - x->program->edges);
}

static void dot_step(struct walker *x, const struct step *s, uint32_t parent, bool named)
{
	const struct show *show = &x->view->show;
	const char *node = dot_node(x, s);
	const char *style;

	if (!named) {
		buf_printf(x->out, "\t%s [label=", node);
		dot_string(x, s->func == NO_ID
				      ? name_of(x, s)
				      : arena_printf(show->arena, "%s\nframe %s, depth %s",
						     name_of(x, s),
						     show_bytes(show, x->program->funcs[s->func]
									      .fact->frame_bytes),
						     show_depth(show, &show->depths->v[s->func])));
		buf_puts(x->out, s->func == NO_ID ? ", style=dashed];\n" : "];\n");
	}
	if (!s->edge)
		return;
	style = s->edge->evidence == EVIDENCE_DIRECT	  ? "solid"
		: s->edge->evidence == EVIDENCE_SIGNATURE ? "dotted"
							  : "dashed";
	if (x->view->callers)
		buf_printf(x->out, "\t%s -> f%" PRIu32, node, parent);
	else
		buf_printf(x->out, "\tf%" PRIu32 " -> %s", parent, node);
	buf_printf(x->out, " [label=\"%s\", style=%s];\n", show_bytes(show, s->edge->depth_bytes),
		   style);
}

/* Each node and each pair once. */
static void walk_dot(struct walker *x, uint32_t func)
{
	struct map named = {0};

	buf_puts(x->out, "digraph calls {\n\trankdir=LR;\n\tnode [shape=box];\n");
	*vec_push(&x->stack) = (struct step){.func = func};
	while (x->stack.n) {
		struct step s = x->stack.v[--x->stack.n];
		uint32_t parent = !s.edge ? NO_ID : x->view->callers ? s.edge->to : s.edge->from;
		bool made;

		map_put_str(&named, dot_node(x, &s), &made);
		dot_step(x, &s, parent, !made);
		if (!opens(x, &s))
			continue;
		x->opened[s.func] = true;
		push_children(x, &s);
	}
	buf_puts(x->out, "}\n");
	map_release(&named);
}

void graph_tree(const struct graph_view *v, uint32_t func, struct buf *out)
{
	struct walker x = {.view = v, .program = v->show.program, .out = out};

	x.opened = mem_calloc(x.program->n_funcs, sizeof(*x.opened));
	if (v->format == GRAPH_DOT)
		walk_dot(&x, func);
	else
		walk(&x, func);
	free(x.opened);
	vec_release(&x.stack);
	vec_release(&x.open_levels);
	vec_release(&x.names);
}
