/*
 * unresolved-call: calls through a pointer of which no target is known.
 *
 * Why: what they reach is not counted, so every depth above them is a floor. Mend: scan the code that sets the pointer, or
 * name the targets in an annotation. One answer serves all calls through one place, so a note is about the place: one a module.
 */
#include "base/text.h"
#include "rules/rule.h"
#include "rules/words.h"

#include <stdlib.h>
#include <string.h>

static const char help[] =
	"Functions call through a pointer, and no function is known that the pointer can\n"
	"hold: the code that sets it is not among the scanned sources, or it goes ways that\n"
	"the analysis does not follow. What the calls reach is not counted; every depth\n"
	"above them is a floor. There is one note for each place that such pointers are in\n"
	"(a member of a structure, a variable, a parameter) and each module, with the\n"
	"functions that call through it.\n"
	"\n"
	"Why it matters: a floor is no proof. It is a note about what the tool does not\n"
	"know, not about the driver.\n"
	"\n"
	"How to mend it:\n"
	"  - Scan the sources that set the pointer as well.\n"
	"  - Name the targets, in the source (`// stackcheck: targets f, g` in the calling\n"
	"    function) or in stackcheck.yml, under `annotations`.\n"
	"\n"
	"Before:\n"
	"    watch->changed(dev);           /* set by a module that is not scanned */\n"
	"After:\n"
	"    /* stackcheck: targets panel_changed, log_changed */\n"
	"    watch->changed(dev);\n"
	"\n"
	"Source: the flow of function pointers through the scanned sources; what has no name\n"
	"in them, or comes from outside, has no target here.\n";

enum { MAX_NAMES = 5 };

/* A function that calls through the slot; of copies from a header, the one with the most calls. */
struct caller {
	uint32_t func, n_calls;
	uint32_t last, n_last; /* the copy offered last */
};

/* One module's calls through one slot; of calls without a slot, one function's. */
struct group {
	const char *slot; /* NULL: the pointer has no name */
	const struct program_edge *first;
	VEC(struct caller) callers;
	uint64_t n_calls;
	uint32_t n_fit; /* functions that fit the call by type alone, at most */
};

struct groups {
	struct arena arena;
	struct map by_slot; /* module and slot -> index into v + 1 */
	struct map by_caller; /* group and place of a function -> index into callers + 1 */
	VEC(struct group) v;
};

static bool is_unresolved(const struct program_edge *e)
{
	return !e->call->callee && e->to == NO_ID && e->external == NO_ID && e->through == NO_ID;
}

static uint64_t *caller_index(struct groups *g, const struct program *p, uint32_t group,
			      uint32_t func)
{
	const struct fact_func *f = p->funcs[func].fact;
	const char *key = f->loc.file ? arena_printf(&g->arena, "%u:%s:%u:%s", group, f->loc.file,
						     f->loc.line, f->name)
				      : arena_printf(&g->arena, "%u:#%u", group, func);

	return map_put_str(&g->by_caller, key, NULL);
}

static uint32_t group_of(struct groups *g, const struct program *p, const struct program_edge *e)
{
	const char *module = program_module(p, p->funcs[e->from].unit), *slot = e->call->slot;
	bool made;
	uint64_t *i =
		map_put_str(&g->by_slot,
			    slot ? arena_printf(&g->arena, "%s %s", module ? module : "", slot)
				 : arena_printf(&g->arena, "#%u", e->from),
			    &made);

	if (made) {
		*vec_push(&g->v) = (struct group){.slot = slot, .first = e};
		*i = g->v.n;
	}
	return (uint32_t)*i - 1;
}

static bool same_site(const struct program_edge *a, const struct program_edge *b)
{
	return a->from == b->from && a->site == b->site;
}

/* The edges of one site stand together. */
static uint32_t count_fitting(const struct program *p, const struct program_edge *e)
{
	const struct program_edge *end = p->edges + p->n_edges, *x = e;
	uint32_t n = 0;

	while (x > p->edges && same_site(x - 1, e))
		x--;
	for (; x < end && same_site(x, e); x++)
		n += x->evidence == EVIDENCE_SIGNATURE;
	return n;
}

/* Edges come by function: calls of one through one slot are counted together, whatever stands between them. */
static void add_call(struct groups *g, const struct program *p, const struct program_edge *e)
{
	uint32_t id = group_of(g, p, e);
	uint64_t *at = caller_index(g, p, id, e->from);
	struct group *group = &g->v.v[id];
	struct caller *c;
	uint32_t n_fit;

	if (!*at) {
		*vec_push(&group->callers) = (struct caller){.func = e->from, .last = e->from};
		*at = group->callers.n;
	}
	c = &group->callers.v[*at - 1];
	n_fit = count_fitting(p, e);
	if (group->n_fit < n_fit)
		group->n_fit = n_fit;
	if (c->last != e->from)
		c->n_last = 0;
	c->last = e->from;
	if (++c->n_last <= c->n_calls)
		return;
	c->n_calls = c->n_last;
	c->func = e->from;
	group->n_calls++;
}

/* Most calls first, then in the program's order. */
static int compare_callers(const void *pa, const void *pb)
{
	const struct caller *a = pa, *b = pb;

	if (a->n_calls != b->n_calls)
		return a->n_calls > b->n_calls ? -1 : 1;
	return (a->func > b->func) - (a->func < b->func);
}

static const char *names(const struct program *p, struct arena *a, const struct group *g)
{
	const char *text = "";

	for (size_t i = 0; i < g->callers.n && i < MAX_NAMES; i++)
		text = arena_printf(a, "%s%s%s (%s)", text, i ? ", " : "",
				    program_func_label(p, a, g->callers.v[i].func),
				    words_count(a, g->callers.v[i].n_calls, "call"));
	if (g->callers.n <= MAX_NAMES)
		return text;
	return arena_printf(a, "%s and %s more", text,
			    text_thousands(a, (long long)(g->callers.n - MAX_NAMES)));
}

static const char *message(const struct program *p, struct arena *a, const struct group *g)
{
	const char *where = g->slot ? words_slot(a, g->slot) : "a pointer that has no name";
	const char *calls = words_count(a, g->n_calls, "call");
	const char *fit = "";
	size_t n = g->callers.n;

	if (g->n_fit)
		fit = arena_printf(a, " (%s fit%s by type alone)",
				   words_count(a, g->n_fit, "function"), g->n_fit == 1 ? "s" : "");
	if (n == 1)
		return arena_printf(a,
				    "%s makes %s through %s, and no function is known that it can "
				    "hold%s",
				    program_func_label(p, a, g->callers.v[0].func), calls, where,
				    fit);
	return arena_printf(
		a, "%s make %s through %s, and no function is known that it can hold%s: %s",
		words_count(a, n, "function"), calls, where, fit, names(p, a, g));
}

/* The line in the function's own file, where the code that calls may have been inlined from a header. */
static struct fact_loc place_of(const struct program *p, const struct program_edge *e)
{
	const struct fact_func *f = p->funcs[e->from].fact;
	const char *chain = e->call->chain, *outer = chain ? strrchr(chain, '<') : NULL;
	struct fact_loc loc = e->call->loc;
	char *at;

	if (chain && f->loc.file) {
		at = strchr(outer ? outer : chain, ':');
		loc = (struct fact_loc){.file = f->loc.file};
		loc.line = at ? (uint32_t)strtoul(at + 1, &at, 10) : 0;
		loc.column = at && *at == ':' ? (uint32_t)strtoul(at + 1, NULL, 10) : 0;
	}
	return loc.file && loc.line ? loc : f->loc;
}

static const char *advice(struct arena *a, const struct group *g)
{
	if (!g->slot)
		return "Name the targets in an annotation: `// stackcheck: targets NAMES` in the "
		       "calling "
		       "function, or under `annotations` in stackcheck.yml.";
	return arena_printf(
		a,
		"Scan the code that sets it, or name its targets, in the calling function: "
		"`// stackcheck: targets NAMES through %s`, or under `annotations` in "
		"stackcheck.yml.",
		g->slot);
}

static void report(const struct rule_input *in, struct findings *out, struct group *g)
{
	struct arena *a = &out->arena;
	struct finding *x = findings_add(out, "unresolved-call", SEVERITY_NOTE, g->first->from);

	qsort(g->callers.v, g->callers.n, sizeof(*g->callers.v), compare_callers);
	x->loc = place_of(in->program, g->first);
	x->subject = g->slot ? g->slot : "";
	x->message = message(in->program, a, g);
	x->advice = advice(a, g);
}

static void check(const struct rule_input *in, struct findings *out)
{
	const struct program *p = in->program;
	struct groups groups = {0};

	for (uint32_t i = 0; i < p->n_edges; i++)
		if (is_unresolved(&p->edges[i]))
			add_call(&groups, p, &p->edges[i]);
	for (size_t i = 0; i < groups.v.n; i++) {
		report(in, out, &groups.v.v[i]);
		vec_release(&groups.v.v[i].callers);
	}
	vec_release(&groups.v);
	map_release(&groups.by_slot);
	map_release(&groups.by_caller);
	arena_release(&groups.arena);
}

const struct rule rule_unresolved_call = {
	.id = "unresolved-call",
	.severity = SEVERITY_NOTE,
	.summary = "a call through a pointer has no known target",
	.help = help,
	.check = check,
};
