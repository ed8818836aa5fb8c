/*
 * unresolved-call: a call through a pointer of which no target is known.
 *
 * Why: what it reaches is not counted, so every depth above it is a floor. Mend: scan the code that sets the pointer, or
 * name the targets in an annotation.
 */
#include "rules/copies.h"
#include "rules/rule.h"
#include "rules/words.h"

static const char help[] =
	"A function calls through a pointer, and no function is known that the pointer can\n"
	"hold: the code that sets it is not among the scanned sources, or it goes ways that\n"
	"the analysis does not follow. What the call reaches is not counted; every depth\n"
	"above it is a floor.\n"
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

static const char advice[] = "Scan the code that sets the pointer, or name the targets in an "
			     "annotation.";

static bool is_unresolved(const struct program_edge *e)
{
	return !e->call->callee && e->to == NO_ID && e->external == NO_ID && e->through == NO_ID;
}

static const struct program_edge *first_unresolved(const struct program *p, uint32_t func,
						   uint32_t *n)
{
	const struct program_func *f = &p->funcs[func];
	const struct program_edge *first = NULL;

	*n = 0;
	for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
		if (!is_unresolved(&p->edges[i]))
			continue;
		if (!first)
			first = &p->edges[i];
		++*n;
	}
	return first;
}

static void report(const struct rule_input *in, struct findings *out, const struct copy *copy)
{
	struct finding *x = findings_add(out, "unresolved-call", SEVERITY_NOTE, copy->func);
	struct arena *a = &out->arena;
	const struct program_edge *e;
	uint32_t n;

	e = first_unresolved(in->program, copy->func, &n);
	x->loc = e->call->loc.file ? e->call->loc : in->program->funcs[copy->func].fact->loc;
	x->subject = e->call->slot ? e->call->slot : "";
	x->bytes = BYTES_UNKNOWN;
	x->limit = BYTES_UNKNOWN;
	x->message = arena_printf(
		a, "%s makes %s through pointers without a known target%s%s%s",
		program_func_label(in->program, a, copy->func), words_count(a, n, "call"),
		e->call->slot ? n > 1 ? ", the first through " : ", through " : "",
		e->call->slot ? e->call->slot : "", words_units(a, copy->n_units));
	x->advice = advice;
}

static void check(const struct rule_input *in, struct findings *out)
{
	struct copies copies = {0};
	uint32_t n;

	for (uint32_t i = 0; i < in->program->n_funcs; i++)
		if (first_unresolved(in->program, i, &n))
			copies_add_func(&copies, in->program, i, n);
	for (size_t i = 0; i < copies.v.n; i++)
		report(in, out, &copies.v.v[i]);
	copies_release(&copies);
}

const struct rule rule_unresolved_call = {
	.id = "unresolved-call",
	.severity = SEVERITY_NOTE,
	.summary = "a call through a pointer has no known target",
	.help = help,
	.check = check,
};
