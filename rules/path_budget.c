/*
 * path-budget: the worst path from an entry point needs more stack than the driver may take.
 *
 * Why: this is the overflow itself, as far as one driver can cause it. An error when believed edges
 * alone go above the budget; a warning when that takes calls of which only the function type is
 * known. What an adequate test of the remaining stack lets through fits whenever it runs: such a path
 * is judged on what no adequate test covers, and told as a note. Mend: shorten the path where it is thickest, or continue it on
 * another stack.
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
	"Code behind a test of the remaining stack runs only when that much is left. When\n"
	"the test is adequate (see stack-guard), what it covers is not held against the\n"
	"budget: the rest of the path is. A note then names the test. A test that is too\n"
	"low or not proven covers nothing. Interrupts and deferred work may have a smaller\n"
	"budget than threads: that of their own stacks.\n"
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
	"    fail below a threshold.\n"
	"\n"
	"Before:\n"
	"    static int parse(struct dev *d) { char line[3000]; ...; return store(d, line); }\n"
	"After:\n"
	"    static int parse(struct dev *d)\n"
	"    {\n"
	"            char *line = kmalloc(3000, GFP_KERNEL);\n"
	"            ...\n"
	"    }\n"
	"\n"
	"Source: \"Using the Kernel Stack\" in the Windows driver documentation (a flat tree\n"
	"of calls; overflow is fatal); Documentation/x86/kernel-stacks.rst of Linux (stacks\n"
	"of threads and interrupts). The reasons of each number stand in\n"
	"`stackcheck list platforms` and in rules/platforms/.\n";

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

/* When no variable on the path is worth moving. */
static const struct advice nothing_to_move = {
	.windows = "No variable on the path is large enough to help: shorten the path, or hand its "
		   "deep part to a work item that was allocated beforehand.",
	.linux = "No variable on the path is large enough to help: shorten the path, or hand its "
		 "deep part to a work queue.",
	.other = "No variable on the path is large enough to help: shorten the path, or run its "
		 "deep part on another stack.",
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
	x->limit = entry_budget(in, copy->func);
	x->advice = words_advice(in->platform, &advice);
	return x;
}

/* "the test of 4,096 bytes at read.c:184, which is adequate" */
static const char *guard_name(struct arena *a, const struct guard *g)
{
	const struct fact_loc *at = &g->fact->loc;

	if (!at->file)
		return arena_printf(a, "the test of %s, which is adequate",
				    words_bytes(a, g->threshold));
	return arena_printf(a, "the test of %s at %s:%u, which is adequate",
			    words_bytes(a, g->threshold), at->file, at->line);
}

/* The guard that the worst path of all goes through. */
static const struct guard *guard_of(const struct rule_input *in, struct arena *a, uint32_t func,
				    struct path *path)
{
	path_worst(in->program, in->depths, func, a, path);
	return in->guards ? guards_on_path(in->guards, path) : NULL;
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

/* What is not in the calls that are listed. */
static const char *turns(struct arena *a, const struct path *path)
{
	if (!path->turns_bytes)
		return "";
	return arena_printf(a, " (%s of it in further turns of a limited recursion)",
			    words_bytes(a, path->turns_bytes));
}

/* When nothing on the path is worth moving. */
static const char *without_changes(const struct rule_input *in, const struct path *path,
				   const struct finding *x)
{
	if (path->turns_bytes >= x->bytes - x->limit)
		return "Fewer turns are enough: lower the limit of the recursion, or write it as a "
		       "loop.";
	return words_advice(in->platform, &nothing_to_move);
}

/* "": no deeper path lies behind a guard. */
static const char *deeper(const struct rule_input *in, struct arena *a, const struct over_path *x)
{
	const struct guard *g;
	struct path path;

	if (x->judged.whole <= x->judged.bytes)
		return "";
	g = guard_of(in, a, x->entry.func, &path);
	return arena_printf(a, "; what goes down to %s lies behind %s",
			    words_bytes(a, x->judged.whole),
			    g ? guard_name(a, g) : "adequate tests");
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
	x->message = arena_printf(
		a, "the worst path from %s needs %s%s %s%s, %s above the budget of %s%s%s",
		entry_name(in, a, copy->func), quantity(uncovered_depths(in)->v[copy->func].bound),
		words_bytes(a, copy->bytes), path_end(in, a, path), turns(a, path),
		words_bytes(a, copy->bytes - x->limit), words_bytes(a, x->limit),
		deeper(in, a, &over->v.v[index]), words_units(a, copy->n_units));
	advice_find_changes(w, over, index, out, x);
	x->advice = advice_changes(in, a, x, without_changes(in, path, x));
}

/* Above the budget only behind adequate guards. */
static void report_covered(const struct rule_input *in, struct findings *out,
			   const struct copy *copy)
{
	struct finding *x = start(in, out, copy, SEVERITY_NOTE);
	struct judged judged = entry_judge(in, copy->func);
	struct arena *a = &out->arena;
	struct path path;
	const struct guard *g = guard_of(in, a, copy->func, &path);

	x->subject = "guarded";
	x->edges = path.edges;
	x->n_edges = path.n_edges;
	x->advice = "Nothing to mend while the test stays adequate: stack-guard tells when it does "
		    "not.";
	x->message = arena_printf(
		a,
		"the worst path from %s needs %s%s, above the budget of %s, but behind %s; what no "
		"such test covers needs %s%s%s",
		entry_name(in, a, copy->func), quantity(in->depths->v[copy->func].bound),
		words_bytes(a, copy->bytes), words_bytes(a, x->limit),
		g ? guard_name(a, g) : "adequate tests of the remaining stack",
		quantity(uncovered_depths(in)->v[copy->func].bound), words_bytes(a, judged.bytes),
		words_units(a, copy->n_units));
}

/* No edges: the worst path of the depths follows believed calls only, so it is not the one meant
 * here. */
static void report_possible(const struct rule_input *in, struct findings *out,
			    const struct copy *copy)
{
	struct finding *x = start(in, out, copy, SEVERITY_WARNING);
	const struct depth *d = &uncovered_depths(in)->v[copy->func];
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
		words_bytes(a, copy->bytes - x->limit), words_bytes(a, x->limit), believed,
		words_units(a, copy->n_units));
}

static void check_over(const struct rule_input *in, struct findings *out)
{
	struct over_paths over = {0};
	struct what_if *w;

	over_paths_find(&over, in);
	if (over.v.n) {
		w = what_if_open(uncovered_program(in), uncovered_depths(in));
		for (size_t i = 0; i < over.v.n; i++)
			report_over(in, out, w, &over, i);
		what_if_close(w);
	}
	over_paths_release(&over);
}

static void check_covered(const struct rule_input *in, struct findings *out)
{
	struct copies covered = {0};

	for (uint32_t i = 0; i < in->program->n_funcs; i++) {
		struct judged x = {0};

		if (in->program->funcs[i].is_entry)
			x = entry_judge(in, i);
		if (x.whole > x.budget && !x.over)
			copies_add_func(&covered, in->program, i, x.whole);
	}
	for (size_t i = 0; i < covered.v.n; i++)
		report_covered(in, out, &covered.v.v[i]);
	copies_release(&covered);
}

static void check_possible(const struct rule_input *in, struct findings *out)
{
	struct copies possible = {0};

	for (uint32_t i = 0; i < in->program->n_funcs; i++) {
		const struct depth *d = &uncovered_depths(in)->v[i];
		int64_t budget;

		if (!in->program->funcs[i].is_entry)
			continue;
		budget = entry_budget(in, i);
		if (d->bytes <= budget && d->possible_bytes > budget)
			copies_add_func(&possible, in->program, i, d->possible_bytes);
	}
	for (size_t i = 0; i < possible.v.n; i++)
		report_possible(in, out, &possible.v.v[i]);
	copies_release(&possible);
}

static void check(const struct rule_input *in, struct findings *out)
{
	check_over(in, out);
	check_covered(in, out);
	check_possible(in, out);
}

const struct rule rule_path_budget = {
	.id = "path-budget",
	.severity = SEVERITY_ERROR,
	.summary = "the worst path from an entry point needs more stack than the budget",
	.help = help,
	.check = check,
};
