/*
 * recursion: functions that call each other in a circle.
 *
 * Why: the depth of a circle is decided by data, not by the code, so no budget holds. Certain
 * circles (direct calls only) are errors. One that needs a pointer whose slot is known is a warning:
 * the slot may hold the function, but perhaps never for an object that leads back here. One that needs a
 * call of which only the type fits is a note: most of them never happen. A circle of tail calls
 * takes no stack and is a loop: a note, too. One that tests a depth or the remaining stack on every turn weighs less;
 * where the depth's limit and start are constants, or the call makes its own condition false, the turns are counted. A circle
 * through the system, which may call back into the driver, is a note, and so is one through the pointer that a
 * function saved when it took that pointer's place. Mend: write it as a loop, or bound and count the depth.
 */
#include "base/buf.h"
#include "rules/copies.h"
#include "rules/rule.h"
#include "rules/saved_pointer.h"
#include "rules/words.h"

static const char help[] =
	"Functions call each other in a circle, or one calls itself. The circle is\n"
	"listed call by call. It is certain (an error) when every call in it is direct. It\n"
	"is only possible when one of them goes through a pointer: a warning where the\n"
	"pointer's slot is known to hold the next function, a note where the function just\n"
	"has a fitting type. Look whether that call can really get there.\n"
	"\n"
	"A circle that tests something on every turn is guarded, and weighs less: a\n"
	"parameter that counts towards a constant, another counter, the remaining stack.\n"
	"Where a parameter starts from constants, the turns are counted: a note when they\n"
	"fit into the budget. So is the one turn of a call that makes its own condition\n"
	"false, as in `if (!again) f(.., true)`. A call of the system that may come back\n"
	"into the driver on the same stack is a note, once for each function of the system\n"
	"and kind of entry.\n"
	"So is a function that calls the pointer which it saved when it took its place: it\n"
	"leads back only when that place is taken twice.\n"
	"\n"
	"Why it matters: how deep a recursion goes depends on data such as a directory\n"
	"tree, a device stack or a request that re-enters the driver. The stack of a\n"
	"kernel thread holds a fixed number of turns, and whoever controls the data\n"
	"decides how many are taken.\n"
	"\n"
	"How to mend it:\n"
	"  - Write a loop with a list of what is still to do, in allocated memory.\n"
	"  - Where the depth is limited by design, pass it as an argument, check it and\n"
	"    fail above the limit.\n"
	"  - Re-entry through the operating system (a request sent to the own device):\n"
	"    queue it instead.\n"
	"  - On Windows, test IoGetRemainingStackSize() before each turn.\n"
	"\n"
	"Before:\n"
	"    void walk(struct node *n) { if (!n) return; visit(n); walk(n->next); }\n"
	"After:\n"
	"    void walk(struct node *n) { for (; n; n = n->next) visit(n); }\n"
	"Before, where it has to be a recursion:\n"
	"    int resolve(struct name *n) { ...; return resolve(n->target); }\n"
	"After:\n"
	"    int resolve(struct name *n, int depth)\n"
	"    {\n"
	"            if (depth > MAX_DEPTH)\n"
	"                    return -ELOOP;\n"
	"            ...\n"
	"            return resolve(n->target, depth + 1);\n"
	"    }\n"
	"\n"
	"Source: \"Using the Kernel Stack\" in the Windows driver documentation (limit the\n"
	"number of recursive calls); Linux bounds its own by counters and lists:\n"
	"XMIT_RECURSION_LIMIT (include/linux/netdevice.h), MAX_NESTED_LINKS\n"
	"(include/linux/namei.h), bio_list (block/blk-core.c).\n";

static const struct advice certain_advice = {
	.windows = "Write it as a loop, or count the depth and fail above a limit; "
		   "IoGetRemainingStackSize() tells "
		   "whether another turn fits.",
	.linux = "Write it as a loop over a list of what is still to do, or count the depth and "
		 "fail above a limit.",
	.other = "Write it as a loop, or count the depth and fail above a limit.",
};

/* The functions shown before "and N more": a circle of many functions must not fill the screen. */
enum { NAMES_SHOWN = 4 };

static const char *names(const struct rule_input *in, struct arena *a, const struct cycle *c)
{
	uint32_t shown = c->n_edges > NAMES_SHOWN + 1 ? NAMES_SHOWN : c->n_edges;
	struct buf b = {0};
	const char *text;

	for (uint32_t i = 0; i < shown; i++) {
		uint32_t func = in->program->edges[c->edges[i]].from;

		if (i)
			buf_puts(&b, i + 1 == c->n_edges ? " and " : ", ");
		buf_puts(&b, program_func_label(in->program, a, func));
	}
	if (shown < c->n_edges)
		buf_printf(&b, " and %s more", words_count(a, c->n_edges - shown, "function"));
	text = arena_strdup(a, buf_str(&b));
	buf_release(&b);
	return text;
}

/* Symbols in the circle's order: its identity, with no line in it. */
static const char *subject(const struct rule_input *in, struct arena *a, const struct cycle *c)
{
	struct buf b = {0};
	const char *text;

	for (uint32_t i = 0; i < c->n_edges; i++) {
		const struct program_edge *e = &in->program->edges[c->edges[i]];

		buf_printf(&b, "%s%s", i ? ">" : "", in->program->funcs[e->from].fact->symbol);
	}
	text = arena_strdup(a, buf_str(&b));
	buf_release(&b);
	return text;
}

/* The weakest evidence in the circle. */
static enum evidence weakest(const struct rule_input *in, const struct cycle *c)
{
	enum evidence worst = EVIDENCE_DIRECT;

	for (uint32_t i = 0; i < c->n_edges; i++)
		if (in->program->edges[c->edges[i]].evidence > worst)
			worst = in->program->edges[c->edges[i]].evidence;
	return worst;
}

static bool is_annotated(const struct cycle *c)
{
	return c->bounded && !c->counted;
}

/* What every turn passes; NULL: nothing. */
static const struct guard *guard_of(const struct rule_input *in, const struct cycle *c)
{
	return in->guards && !is_annotated(c) ? guards_of_cycle(in->guards, c) : NULL;
}

/* Does the number of turns that a guard allows fit? */
static bool turns_fit(const struct rule_input *in, const struct cycle *c, const struct guard *g)
{
	return g && g->turns != BYTES_UNKNOWN && c->turn_bytes != BYTES_UNKNOWN &&
	       (!c->turn_bytes || g->turns <= in->budget_bytes / c->turn_bytes);
}

/* Where the pointers that the circle takes were saved; NULL: they are not such ones. */
static const struct fact_loc *saved(const struct rule_input *in, const struct cycle *c)
{
	return c->certain ? NULL : saved_pointer_of(in->program, c);
}

static enum severity severity(const struct rule_input *in, const struct cycle *c)
{
	const struct guard *g = guard_of(in, c);

	if (!c->turn_bytes || is_annotated(c) || weakest(in, c) == EVIDENCE_SIGNATURE ||
	    saved(in, c))
		return SEVERITY_NOTE;
	if (g)
		return c->certain && !turns_fit(in, c, g) ? SEVERITY_WARNING : SEVERITY_NOTE;
	return c->certain ? SEVERITY_ERROR : SEVERITY_WARNING;
}

/* " in the inlined g": where a function calls itself that does not do so in the source. */
static const char *inlined(const struct rule_input *in, struct arena *a, const struct cycle *c)
{
	const struct fact_call *call = in->program->edges[c->edges[0]].call;

	if (c->n_edges > 1 || !call || !call->within)
		return "";
	return arena_printf(a, " in the inlined function %s", call->within);
}

/* "a, b and c call each other in a circle", "f could call itself, ..." */
static const char *what(const struct rule_input *in, struct arena *a, const struct cycle *c)
{
	bool self = c->n_edges == 1;
	const char *how = "if a function pointer leads back";

	if (c->certain)
		return arena_printf(a, "%s %s%s", names(in, a, c),
				    self ? "calls itself" : "call each other in a circle",
				    inlined(in, a, c));
	if (weakest(in, c) == EVIDENCE_SIGNATURE)
		how = "if an indirect call reaches a function that fits by its type alone";
	else if (saved(in, c))
		how = "if the pointer that was saved leads back";
	return arena_printf(a, "%s could call %s%s, %s", names(in, a, c),
			    self ? "itself" : "each other in a circle", inlined(in, a, c), how);
}

/* "every turn tests level against 8, which allows at most 9 turns, 900 bytes" */
static const char *guarded(const struct rule_input *in, struct arena *a, const struct cycle *c,
			   const struct guard *g)
{
	const char *test = arena_printf(a, "every turn tests %s", guard_text(g, a));

	if (g->fact->once)
		test = arena_printf(a,
				    "the call that closes the circle passes %lld as %s, and with "
				    "that it is not made",
				    (long long)g->threshold, g->fact->measure);
	if (g->turns == BYTES_UNKNOWN || c->turn_bytes == BYTES_UNKNOWN)
		return test;
	return arena_printf(a, "%s, which allows at most %s, %s%s", test,
			    words_count(a, (uint64_t)g->turns, "turn"),
			    words_bytes(a, g->turns * c->turn_bytes),
			    turns_fit(in, c, g) ? "" : ", more than the budget");
}

/* Does a turn go through a function outside the sources that takes more than is known? */
static bool is_floor(const struct rule_input *in, const struct cycle *c)
{
	for (uint32_t i = 0; i < c->n_edges; i++)
		if (in->program->edges[c->edges[i]].floor)
			return true;
	return false;
}

static bool is_estimated(const struct rule_input *in, const struct cycle *c)
{
	for (uint32_t i = 0; i < c->n_edges; i++) {
		uint32_t func = in->program->edges[c->edges[i]].from;

		if (in->program->funcs[func].fact->frame_kind == FRAME_ESTIMATED)
			return true;
	}
	return false;
}

/* How well the bytes of a turn are known: goes in front of them. */
static const char *quantity(const struct rule_input *in, const struct cycle *c)
{
	if (is_estimated(in, c))
		return "an estimated ";
	return is_floor(in, c) ? "at least " : "";
}

/* What a turn costs, and how many of them the budget holds. */
static const char *cost(const struct rule_input *in, struct arena *a, const struct cycle *c)
{
	const struct guard *guard = guard_of(in, c);
	const char *turn;

	if (c->turn_bytes == BYTES_UNKNOWN)
		return guard ? arena_printf(a, "what a turn takes is not known; %s",
					    guarded(in, a, c, guard))
			     : "what a turn takes is not known";
	if (c->turn_bytes == 0)
		return "by tail calls, so that a turn takes no stack";
	turn = arena_printf(a, "each turn takes %s%s", quantity(in, c),
			    words_bytes(a, c->turn_bytes));
	if (is_annotated(c))
		return arena_printf(a, "%s, of which there are at most %lld by annotation", turn,
				    (long long)c->turns);
	if (guard)
		return arena_printf(a, "%s; %s", turn, guarded(in, a, c, guard));
	if (!c->certain)
		return turn;
	return arena_printf(a, "%s, so the budget of %s holds %s", turn,
			    words_bytes(a, in->budget_bytes),
			    words_count(a, (uint64_t)(in->budget_bytes / c->turn_bytes), "turn"));
}

static const char *component(struct arena *a, const struct cycle *c)
{
	if (c->n_funcs <= c->n_edges)
		return "";
	return arena_printf(a, "; this is the shortest circle among %s",
			    words_count(a, c->n_funcs, "function"));
}

static bool grows(const struct rule_input *in, const struct cycle *c)
{
	return c->certain && c->turn_bytes != 0 && !is_annotated(c) && !guard_of(in, c);
}

static const char *advice(const struct rule_input *in, struct arena *a, const struct cycle *c)
{
	const struct fact_loc *place = saved(in, c);

	if (grows(in, c))
		return words_advice(in->platform, &certain_advice);
	if (is_annotated(c))
		return "Look whether the limit of the annotation holds for every way in.";
	if (guard_of(in, c))
		return "Look whether the limit holds for every way in, and whether so many turns "
		       "fit.";
	if (!c->turn_bytes)
		return "It is a loop and needs no change; calls in between that the compiler "
		       "does not turn into jumps would make it a recursion.";
	if (place && place->file)
		return arena_printf(a,
				    "The pointer was saved at %s:%u before the function took its "
				    "place: it leads back only if that happens twice for one "
				    "object, so look whether that is ruled out.",
				    place->file, place->line);
	return "Look whether the call can get there; if it can, write it as a loop.";
}

static void report(const struct rule_input *in, struct findings *out, const struct cycle *c,
		   uint32_t n_units)
{
	uint32_t func = in->program->edges[c->edges[0]].from;
	struct finding *x = findings_add(out, "recursion", severity(in, c), func);
	struct arena *a = &out->arena;

	x->loc = in->program->funcs[func].fact->loc;
	x->subject = subject(in, a, c);
	x->bytes = c->turn_bytes;
	x->limit = grows(in, c) ? in->budget_bytes : BYTES_UNKNOWN;
	x->edges = arena_memdup(a, c->edges, c->n_edges * sizeof(*c->edges));
	x->n_edges = c->n_edges;
	x->message = arena_printf(a, "%s; %s%s%s", what(in, a, c), cost(in, a, c), component(a, c),
				  words_units(a, n_units));
	x->advice = advice(in, a, c);
}

/* ": each time takes at least 96 bytes, so the budget of 8,192 bytes holds 85 turns" */
static const char *pass_cost(const struct rule_input *in, struct arena *a, int64_t pass)
{
	int64_t turns = pass > 0 ? in->budget_bytes / pass : 0;
	const char *held = "not one turn";

	if (pass <= 0)
		return "";
	if (turns)
		held = words_count(a, (uint64_t)turns, "turn");
	return arena_printf(a, ": each time takes at least %s, so the budget of %s holds %s",
			    words_bytes(a, pass), words_bytes(a, in->budget_bytes), held);
}

static const struct advice reentry_advice = {
	.windows = "Look whether the request can get there again; if it can, queue it, or send it "
		   "to the next lower driver.",
	.linux = "Look whether it can get there again for an object of this driver; if it can, do "
		 "it in a work item, or put it on a list that the first turn works off.",
	.other = "Look whether the call can get there again; if it can, do it later, on another "
		 "stack.",
};

/* The driver's call, the system, the driver's entry: how deep one pass is, as far as it is known. */
static void report_reentry(const struct rule_input *in, struct findings *out,
			   const struct reentry *r)
{
	const struct program *p = in->program;
	const struct program_edge *e = &p->edges[r->edge];
	struct finding *x = findings_add(out, "recursion", SEVERITY_NOTE, e->from);
	struct arena *a = &out->arena;
	const char *symbol = p->externals[e->external].symbol;
	int64_t pass = in->depths->v[r->entry].bytes;

	x->loc = e->call->loc.file ? e->call->loc : p->funcs[e->from].fact->loc;
	x->subject = arena_printf(a, "reentry %s %s", symbol, p->funcs[r->entry].entry_context);
	x->bytes = pass;
	x->limit = BYTES_UNKNOWN;
	x->message = arena_printf(
		a,
		"%s calls %s, which may come back into the driver on the same stack at %s (%s)%s",
		program_func_label(p, a, e->from), symbol, program_func_label(p, a, r->entry),
		p->funcs[r->entry].entry_context, pass_cost(in, a, pass));
	x->advice = words_advice(in->platform, &reentry_advice);
}

/* A recursive function of a header makes one cycle a unit; cycles of one place and one certainty
 * are copies. */
static void check(const struct rule_input *in, struct findings *out)
{
	for (int certain = 1; certain >= 0; certain--) {
		struct copies copies = {0};

		for (uint32_t i = 0; i < in->depths->n_cycles; i++) {
			const struct cycle *c = &in->depths->cycles[i];

			if (c->certain == certain)
				copies_add_cycle(&copies, in->program, c->edges, c->n_edges, i,
						 c->turn_bytes);
		}
		for (size_t i = 0; i < copies.v.n; i++)
			report(in, out, &in->depths->cycles[copies.v.v[i].part],
			       copies.v.v[i].n_units);
		copies_release(&copies);
	}
	for (uint32_t i = 0; i < in->depths->n_reentries; i++)
		report_reentry(in, out, &in->depths->reentries[i]);
}

const struct rule rule_recursion = {
	.id = "recursion",
	.severity = SEVERITY_ERROR,
	.summary = "functions call each other in a circle",
	.help = help,
	.check = check,
};
