/*
 * path-budget: the worst path from an entry point needs more stack than the driver may take.
 *
 * Why: this is the overflow itself, as far as one driver can cause it. An error when believed edges
 * alone go above the budget; a warning when that takes calls of which only the function type is
 * known. Mend: shorten the path where it is thickest, or continue it on another stack.
 */
#include "rules/advice_changes.h"
#include "rules/copies.h"
#include "rules/rule.h"
#include "rules/words.h"

static const char help[] =
	"The deepest call path from an entry point needs more stack than the budget: the\n"
	"share of the kernel stack that one driver may take (--budget changes it;\n"
	"`stackcheck list platforms` says where the default comes from). The path is\n"
	"listed call by call, each with the bytes that it takes.\n"
	"\n"
	"`at least` means that the number is a floor: something on the way could not be\n"
	"counted, and the report names it. As a warning, the path goes above the budget\n"
	"only if an indirect call reaches a function of which nothing but the type is\n"
	"known to fit.\n"
	"\n"
	"Why it matters: the stack of a kernel thread does not grow. Going over its end\n"
	"hits a guard page (a double fault, bug check 0x7F on Windows) or, without one,\n"
	"overwrites other memory. The same stack carries the callers above the driver\n"
	"and the drivers and interrupts below it.\n"
	"\n"
	"How to mend it:\n"
	"  - Make the changes that the advice names: the fewest that were found to bring\n"
	"    the path below the budget, each with the bytes that it saves, those on most\n"
	"    of the paths above the budget first. What is promised is counted in whole\n"
	"    stack alignments; a moved variable's pointer may keep up to 16 bytes. To keep\n"
	"    an inlined function out of line (noinline_for_stack, DECLSPEC_NOINLINE) takes\n"
	"    its variables off the paths that lead past it.\n"
	"  - Flatten the path: do work after returning instead of from deep inside,\n"
	"    replace recursion by a loop.\n"
	"  - Continue deep work on another stack: a work item or work queue, allocated\n"
	"    beforehand.\n"
	"  - On Windows, test IoGetRemainingStackSize() before the deep part and post or\n"
	"    fail below a threshold.\n";

static const struct advice advice = {
	.windows = "Move large variables on the path to pool, or hand the deep part to a work item "
		   "that was "
		   "allocated beforehand.",
	.linux = "Move large variables on the path to kmalloc() or into a longer-lived object, or "
		 "hand the deep "
		 "part to a work queue.",
	.other = "Move large variables on the path off the stack, or run the deep part on another "
		 "stack.",
};

static const char *quantity(enum bound bound)
{
	return bound == BOUND_EXACT ? "" : "at least ";
}

static struct finding *start(const struct rule_input *in, struct findings *out,
			     const struct copy *copy, enum severity severity)
{
	struct finding *x = findings_add(out, "path-budget", severity, copy->func);

	x->loc = in->program->funcs[copy->func].fact->loc;
	x->bytes = copy->bytes;
	x->limit = in->budget_bytes;
	x->advice = words_advice(in->platform, &advice);
	return x;
}

static const char *entry_name(const struct rule_input *in, struct arena *a, uint32_t func)
{
	const char *context = in->program->funcs[func].entry_context;

	return arena_printf(a, "%s%s%s%s", program_func_label(in->program, a, func),
			    context ? " (" : "", context ? context : "", context ? ")" : "");
}

static const char *path_end(const struct rule_input *in, struct arena *a, const struct path *path)
{
	const char *calls;

	if (!path->n_edges)
		return "in its own frame";
	calls = words_count(a, path->n_edges, "call");
	return arena_printf(a, "through %s down to %s", calls,
			    path->external ? path->external->symbol
					   : program_func_label(in->program, a, path->last));
}

static void report_over(const struct rule_input *in, struct findings *out, struct what_if *w,
			const struct over_paths *over, size_t index)
{
	const struct copy *copy = &over->v.v[index].entry;
	const struct path *path = &over->v.v[index].path;
	struct finding *x = start(in, out, copy, SEVERITY_ERROR);
	struct arena *a = &out->arena;

	x->edges = arena_memdup(a, path->edges, path->n_edges * sizeof(*path->edges));
	x->n_edges = path->n_edges;
	x->message =
		arena_printf(a, "the worst path from %s needs %s%s %s, %s above the budget of %s%s",
			     entry_name(in, a, copy->func),
			     quantity(in->depths->v[copy->func].bound), words_bytes(a, copy->bytes),
			     path_end(in, a, path), words_bytes(a, copy->bytes - in->budget_bytes),
			     words_bytes(a, in->budget_bytes), words_units(a, copy->n_units));
	advice_find_changes(in, w, over, index, out, x);
	x->advice = advice_changes(in, a, x, x->advice);
}

/* No edges: the worst path of the depths follows believed calls only, so it is not the one meant
 * here. */
static void report_possible(const struct rule_input *in, struct findings *out,
			    const struct copy *copy)
{
	struct finding *x = start(in, out, copy, SEVERITY_WARNING);
	const struct depth *d = &in->depths->v[copy->func];
	struct arena *a = &out->arena;
	const char *believed =
		d->bytes == BYTES_UNKNOWN
			? "an unknown number of bytes"
			: arena_printf(a, "%s%s", quantity(d->bound), words_bytes(a, d->bytes));

	x->subject = "possible";
	x->message = arena_printf(
		a,
		"the worst path from %s may need %s, %s above the budget of %s, if indirect "
		"calls reach every function that fits by type; the known calls need %s%s",
		entry_name(in, a, copy->func), words_bytes(a, copy->bytes),
		words_bytes(a, copy->bytes - in->budget_bytes), words_bytes(a, in->budget_bytes),
		believed, words_units(a, copy->n_units));
}

static void check_over(const struct rule_input *in, struct findings *out)
{
	struct over_paths over = {0};
	struct what_if *w;

	over_paths_find(&over, in);
	if (over.v.n) {
		w = what_if_open(in->program, in->depths);
		for (size_t i = 0; i < over.v.n; i++)
			report_over(in, out, w, &over, i);
		what_if_close(w);
	}
	over_paths_release(&over);
}

static void check_possible(const struct rule_input *in, struct findings *out)
{
	struct copies possible = {0};

	for (uint32_t i = 0; i < in->program->n_funcs; i++) {
		const struct depth *d = &in->depths->v[i];

		if (in->program->funcs[i].is_entry && d->bytes <= in->budget_bytes &&
		    d->possible_bytes > in->budget_bytes)
			copies_add_func(&possible, in->program, i, d->possible_bytes);
	}
	for (size_t i = 0; i < possible.v.n; i++)
		report_possible(in, out, &possible.v.v[i]);
	copies_release(&possible);
}

static void check(const struct rule_input *in, struct findings *out)
{
	check_over(in, out);
	check_possible(in, out);
}

const struct rule rule_path_budget = {
	.id = "path-budget",
	.severity = SEVERITY_ERROR,
	.summary = "the worst path from an entry point needs more stack than the budget",
	.help = help,
	.check = check,
};
