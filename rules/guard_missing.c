/*
 * guard-missing: a recursion on Windows, in the driver or through the system, with no test of the remaining stack.
 *
 * Why: how deep it goes is decided by others, a directory tree or a stack of filters; a test in the circle is what
 * stops it in time. Mend: test IoGetRemainingStackSize() in the circle, and post or fail below the threshold.
 */
#include "base/text.h"
#include "rules/copies.h"
#include "rules/rule.h"
#include "rules/words.h"

static const char help[] =
	"On Windows, functions call each other in a circle, or code calls the system\n"
	"where that may come back into the same driver on the same stack, and no test of\n"
	"the remaining stack or of a depth lies on the way. The circle itself is told by\n"
	"the rule recursion; re-entry through the system is told once for each entry.\n"
	"\n"
	"Why it matters: how often such a circle is taken depends on data and on other\n"
	"drivers. A test of the remaining stack stops it in time, whatever they do.\n"
	"\n"
	"How to mend it:\n"
	"  - Before each turn test IoGetRemainingStackSize() against what a turn needs, and\n"
	"    all that runs below it. Below the threshold post the request, or fail it.\n"
	"  - Where the depth is limited by design, count it in a parameter and check that.\n"
	"  - For re-entry, send the request to the next lower driver instead of to the top\n"
	"    of the device stack.\n"
	"\n"
	"Before:\n"
	"    NTSTATUS Walk(NODE *node) { ...; return Walk(node->Child); }\n"
	"After:\n"
	"    NTSTATUS Walk(NODE *node)\n"
	"    {\n"
	"            if (IoGetRemainingStackSize() < WALK_NEED)\n"
	"                    return Post(node);\n"
	"            ...\n"
	"            return Walk(node->Child);\n"
	"    }\n"
	"\n"
	"Source: \"Using the Kernel Stack\" in the Windows driver documentation: limit the\n"
	"calls of a recursive routine, ask IoGetRemainingStackSize() what is left. On Linux\n"
	"the customary limits are counters, such as XMIT_RECURSION_LIMIT of\n"
	"include/linux/netdevice.h, and lists of work, such as bio_list of block/blk-core.c:\n"
	"those are part of the rule recursion.\n";

static bool is_windows(const struct rule_input *in)
{
	return in->platform && str_starts(in->platform->name, "windows");
}

static bool is_by_signature(const struct program *p, const struct cycle *c)
{
	for (uint32_t i = 0; i < c->n_edges; i++)
		if (p->edges[c->edges[i]].evidence == EVIDENCE_SIGNATURE)
			return true;
	return false;
}

static struct finding *start(const struct rule_input *in, struct findings *out,
			     enum severity severity, uint32_t func)
{
	struct finding *x = findings_add(out, "guard-missing", severity, func);

	x->loc = in->program->funcs[func].fact->loc;
	x->bytes = BYTES_UNKNOWN;
	x->limit = BYTES_UNKNOWN;
	return x;
}

static void report_cycle(const struct rule_input *in, struct findings *out, const struct cycle *c,
			 uint32_t n_units)
{
	const struct program *p = in->program;
	uint32_t func = p->edges[c->edges[0]].from;
	struct finding *x = start(in, out, c->certain ? SEVERITY_WARNING : SEVERITY_NOTE, func);
	struct arena *a = &out->arena;

	x->bytes = c->turn_bytes;
	x->subject = arena_printf(a, "cycle %s",
				  p->funcs[p->edges[c->edges[c->n_edges - 1]].from].fact->symbol);
	x->message = arena_printf(
		a,
		"no test of the remaining stack, or of a depth, lies on every turn of the %s %s%s",
		c->n_edges == 1 ? "recursion of" : "circle through", program_func_label(p, a, func),
		words_units(a, n_units));
	x->edges = arena_memdup(a, c->edges, c->n_edges * sizeof(*c->edges));
	x->n_edges = c->n_edges;
	x->advice = "Test IoGetRemainingStackSize() before each turn, and post or fail when what a "
		    "turn needs is not there.";
}

static void check_cycles(const struct rule_input *in, struct findings *out)
{
	struct copies copies = {0};

	for (uint32_t i = 0; i < in->depths->n_cycles; i++) {
		const struct cycle *c = &in->depths->cycles[i];

		if (c->turn_bytes && !c->bounded && !is_by_signature(in->program, c) &&
		    !guards_of_cycle(in->guards, c))
			copies_add_cycle(&copies, in->program, c->edges, c->n_edges, i,
					 c->turn_bytes);
	}
	for (size_t i = 0; i < copies.v.n; i++)
		report_cycle(in, out, &in->depths->cycles[copies.v.v[i].part],
			     copies.v.v[i].n_units);
	copies_release(&copies);
}

/* Calls of the system that may come back at one entry: the first one is named, with the number of the others. */
static void report_reentries(const struct rule_input *in, struct findings *out,
			     const struct reentry *first, uint32_t n)
{
	const struct program *p = in->program;
	const struct program_edge *e = &p->edges[first->edge];
	struct finding *x = start(in, out, SEVERITY_NOTE, first->entry);
	struct arena *a = &out->arena;

	x->subject = "reentry";
	x->message = arena_printf(
		a,
		"no test of the remaining stack lies on the way from %s (%s) to %s in %s%s, which "
		"may come back into the driver on the same stack",
		program_func_label(p, a, first->entry), p->funcs[first->entry].entry_context,
		p->externals[e->external].symbol, program_func_label(p, a, e->from),
		n > 1 ? arena_printf(a, " and %s more", words_count(a, n - 1, "such call")) : "");
	x->advice = "Test IoGetRemainingStackSize() on the way, and post or fail the request below "
		    "what one pass needs.";
}

static void check_reentries(const struct rule_input *in, struct findings *out)
{
	const struct reentry *r, *other;

	for (uint32_t i = 0; (r = guards_unguarded_reentry(in->guards, i)); i++) {
		uint32_t n = 0, first = i;

		for (uint32_t k = 0; (other = guards_unguarded_reentry(in->guards, k)); k++) {
			if (other->entry != r->entry)
				continue;
			first = k < first ? k : first;
			n++;
		}
		if (first == i)
			report_reentries(in, out, r, n);
	}
}

static void check(const struct rule_input *in, struct findings *out)
{
	if (!in->guards || !is_windows(in))
		return;
	check_cycles(in, out);
	check_reentries(in, out);
}

const struct rule rule_guard_missing = {
	.id = "guard-missing",
	.severity = SEVERITY_WARNING,
	.summary = "a recursion on Windows without a test of the remaining stack",
	.help = help,
	.check = check,
};
