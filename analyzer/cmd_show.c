#include "command.h"
#include "session.h"
#include "show_graph.h"
#include "base/suggest.h"

#include <string.h>

static int unknown_function(const struct session *s, const char *name, struct error *err)
{
	struct suggestion near = {.word = name};

	for (uint32_t i = 0; i < s->program.n_funcs; i++)
		suggest(&near, s->program.funcs[i].fact->name);
	if (near.best)
		return error_set(err, "no function '%s' in the scanned units; did you mean '%s'?",
				 name, near.best);
	return error_set(err,
			 "no function '%s' in the scanned units; was it inlined everywhere, or "
			 "does its unit lie outside the paths given?",
			 name);
}

/* All functions of that name; none is an error. */
static uint32_t *find(const struct session *s, const char *name, struct arena *a, size_t *n,
		      struct error *err)
{
	uint32_t *found = program_find(&s->program, a, name, n);

	if (*n)
		return found;
	unknown_function(s, name, err);
	return NULL;
}

static int read_format(const struct options *o, enum graph_format *format, struct error *err)
{
	const struct option_value *v = &o->v[OPT_FORMAT];
	const char *name = v->list.n ? v->list.v[v->list.n - 1] : "text";

	for (int i = 0; i < GRAPH_FORMAT_COUNT; i++)
		if (!strcmp(name, graph_format_name((enum graph_format)i))) {
			*format = (enum graph_format)i;
			return 0;
		}
	return error_set(err, "--format %s: show writes text, dot or folded", name);
}

/* Every way from a function of the one name to a function of the other. */
static int show_ways(struct session *s, const struct graph_view *view, const char *from_name,
		     const char *to_name, struct buf *out, struct error *err)
{
	size_t n_from, n_to, found = 0;
	uint32_t *from = find(s, from_name, &s->arena, &n_from, err);
	uint32_t *to = from ? find(s, to_name, &s->arena, &n_to, err) : NULL;

	if (!to)
		return -1;
	for (size_t i = 0; i < n_from; i++)
		for (size_t k = 0; k < n_to; k++)
			found += graph_way(view, from[i], to[k], out);
	if (!found)
		buf_printf(out, "no known call leads from %s to %s\n", from_name, to_name);
	return 0;
}

static void show_one(const struct graph_view *view, uint32_t func, bool tree, struct buf *out)
{
	if (tree)
		graph_tree(view, func, out);
	else
		show_function(&view->show, func, out);
}

static int show(struct session *s, struct buf *out, struct error *err)
{
	const struct option_value *v = s->options->v;
	const char *name = s->options->operands.v[0];
	struct graph_view view = {
		.show = {&s->program, &s->depths, &s->arena, want_color(s->options)},
		.callers = v[OPT_CALLERS].given,
		.levels = (unsigned)v[OPT_LEVELS].number,
	};
	bool tree = v[OPT_CALLERS].given || v[OPT_CALLEES].given;
	uint32_t *found;
	size_t n;

	if (read_format(s->options, &view.format, err))
		return -1;
	if (v[OPT_PATH].given)
		return show_ways(s, &view, name, s->options->operands.v[1], out, err);
	found = find(s, name, &s->arena, &n, err);
	if (!found)
		return -1;
	tree |= view.format != GRAPH_TEXT;
	if (n > 1 && view.format == GRAPH_TEXT)
		buf_printf(out, "%zu functions are called %s; 'file.c:%s' names one of them.\n\n",
			   n, name, name);
	for (size_t i = 0; i < n; i++) {
		if (i && view.format == GRAPH_TEXT)
			buf_puts(out, "\n");
		show_one(&view, found[i], tree, out);
	}
	return 0;
}

enum exit_status cmd_show(const struct options *o, struct error *err)
{
	struct session s = {.options = o};
	struct buf out = {0};
	enum exit_status status = STATUS_CLEAN;

	if (o->v[OPT_PATH].given && o->operands.n < 2) {
		error_set(err, "show --path needs two functions: FROM TO");
		return error_status(err);
	}
	if (session_input(&s, o->v[OPT_PATH].given ? 2 : 1, err) || session_units(&s, err)) {
		status = error_status(err);
		goto out;
	}
	session_tell_failures(&s);
	if (session_platform(&s, err) || session_link(&s, err)) {
		status = error_status(err);
		goto out;
	}
	session_solve(&s);
	if (show(&s, &out, err) || print_result(&out, err))
		status = error_status(err);
out:
	buf_release(&out);
	session_release(&s);
	return status;
}
