/*
 * stack-guard: a test of the remaining stack, held against what runs behind it.
 *
 * Why: a threshold is a guess that was right on the day it was written. When the code behind it grows, the test passes
 * with too little stack and the driver overflows exactly where it was thought to be safe. Mend: raise the threshold, or
 * make what is behind it smaller.
 */
#include "base/buf.h"
#include "base/map.h"
#include "rules/rule.h"
#include "rules/words.h"

#include <string.h>

static const char help[] =
	"The code tests how much stack remains (IoGetRemainingStackSize() or the limits of\n"
	"IoGetStackLimits()) and goes on when it is enough. The threshold is compared with\n"
	"the worst depth of what runs then, down to the next such test. It counts from the\n"
	"variable whose address is measured; where that is not known, from the beginning\n"
	"of the function's frame.\n"
	"\n"
	"  too low      The code behind the test needs more than the threshold: an error,\n"
	"               with the missing bytes. A warning where the measured address, or\n"
	"               an estimated frame, leaves a doubt.\n"
	"  not proven   The threshold covers all that is known, but not all is known: the\n"
	"               message says what is missing.\n"
	"  adequate     The need is known exactly, and the threshold covers it: not told.\n"
	"  generous     It is more than twice the need: requests are posted that had room.\n"
	"\n"
	"A call that cannot be placed on the passing side counts as unguarded. Assertions,\n"
	"and comparisons that only ask whether a pointer lies on the stack, are no guards.\n"
	"\n"
	"Why it matters: a threshold that is too low lets the driver overflow exactly where\n"
	"it was thought to be safe.\n"
	"\n"
	"How to mend it:\n"
	"  - Raise the threshold to the need and some room for what is not known.\n"
	"  - Make what is behind the test smaller: allocate its large variables.\n"
	"  - Below the threshold, post the request to a worker where callers cannot cope\n"
	"    with a failure; not while holding locks that the worker needs; with a work\n"
	"    item that was allocated early. One overflow thread of one's own is enough.\n"
	"\n"
	"Before:\n"
	"    if (IoGetRemainingStackSize() < 0x400)\n"
	"            return Post(request);\n"
	"    return Deep(request);          /* needs 3,000 bytes */\n"
	"After:\n"
	"    if (IoGetRemainingStackSize() < 0x1000)\n"
	"            return Post(request);\n"
	"    return Deep(request);\n"
	"\n"
	"Source: Windows Driver Kit, IoGetRemainingStackSize(), and\n"
	"FsRtlPostStackOverflow(), which names a threshold for each operation of a file\n"
	"system as the customary test.\n";

static const char *named_reasons(struct arena *a, uint32_t reasons)
{
	struct buf b = {0};
	const char *text;

	for (unsigned r = 0; r < REASON_COUNT; r++)
		if (reasons & 1u << r)
			buf_printf(&b, "%s%s", buf_str(&b)[0] ? "; " : "",
				   reason_text((enum reason)r));
	text = arena_strdup(a, buf_str(&b));
	buf_release(&b);
	return text;
}

static const char *threshold(struct arena *a, const struct guard *g)
{
	if (g->threshold == BYTES_UNKNOWN)
		return "a threshold that is not a known constant";
	return words_bytes(a, g->threshold);
}

static const char *bound(const struct guard *g)
{
	if (g->reasons & 1u << REASON_RECURSION)
		return "without limit, at least ";
	return g->reasons ? "at least " : "";
}

static const char *deepest(const struct rule_input *in, struct arena *a, const struct guard *g)
{
	const struct program *p = in->program;
	const struct program_edge *e = g->via == NO_ID ? NULL : &p->edges[g->via];

	if (!e)
		return "its own frame";
	if (e->to != NO_ID)
		return program_func_label(p, a, e->to);
	return e->external != NO_ID ? p->externals[e->external].symbol : "a call";
}

/* What holds for all verdicts: the need and where it comes from. */
static const char *need(const struct rule_input *in, struct arena *a, const struct guard *g)
{
	if (!g->n_pass)
		return "no call behind it was found";
	if (!g->need)
		return "what is known of the code behind it stays within the function's own frame";
	return arena_printf(a, "what runs behind it needs %s%s (%s)", bound(g),
			    words_bytes(a, g->need), deepest(in, a, g));
}

static const char *failing(struct arena *a, const struct guard *g)
{
	int64_t bytes = g->fail_depth - g->measured;

	if (!g->n_fail || bytes <= 0)
		return "";
	return arena_printf(
		a, "; the failing side takes up to %s more before it hands over or returns",
		words_bytes(a, bytes));
}

static const char *judgement(struct arena *a, const struct guard *g)
{
	switch (g->verdict) {
	case GUARD_NONE: break;
	case GUARD_TOO_LOW:
		return arena_printf(a, "too low by %s", words_bytes(a, g->need - g->threshold));
	case GUARD_PERHAPS_TOO_LOW:
		return arena_printf(a, "too low by up to %s",
				    words_bytes(a, g->need - g->threshold));
	case GUARD_NOT_PROVEN:
		if (g->threshold == BYTES_UNKNOWN)
			return "not proven";
		return arena_printf(a, "not proven, because of %s%s%s",
				    named_reasons(a, g->reasons),
				    g->reasons && g->n_both ? "; " : "",
				    g->n_both ? "calls that a macro puts on both sides" : "");
	case GUARD_ADEQUATE: return "adequate";
	case GUARD_GENEROUS: return "generous, more than twice the need";
	}
	return "";
}

static const char *advice(const struct guard *g)
{
	switch (g->verdict) {
	case GUARD_TOO_LOW:
	case GUARD_PERHAPS_TOO_LOW:
		return "Raise the threshold to at least the need, or allocate the large variables "
		       "behind it.";
	case GUARD_NOT_PROVEN:
		return "Give costs for what is outside (--model, annotations), or keep the "
		       "threshold well above the need.";
	case GUARD_GENEROUS:
		return "A lower threshold would post or fail fewer requests that had room.";
	case GUARD_NONE:
	case GUARD_ADEQUATE: break;
	}
	return NULL;
}

static enum severity severity(const struct guard *g)
{
	if (g->verdict == GUARD_TOO_LOW)
		return SEVERITY_ERROR;
	return g->verdict == GUARD_PERHAPS_TOO_LOW ? SEVERITY_WARNING : SEVERITY_NOTE;
}

/* One function may have several guards with one measure: numbered, in the order of the source. */
static const char *subject(struct arena *a, const struct guards *guards, size_t i)
{
	const struct guard *g = &guards->v.v[i];
	unsigned n = 1;

	for (size_t k = 0; k < i; k++)
		n += guards->v.v[k].func == g->func && guards->v.v[k].fact->kind == GUARD_STACK &&
		     !strcmp(guards->v.v[k].fact->measure, g->fact->measure);
	return n == 1 ? g->fact->measure : arena_printf(a, "%s %u", g->fact->measure, n);
}

static void report(const struct rule_input *in, struct findings *out, size_t i, uint32_t n_copies)
{
	const struct guard *g = &in->guards->v.v[i];
	struct finding *x = findings_add(out, "stack-guard", severity(g), g->func);
	struct arena *a = &out->arena;

	x->loc = g->fact->loc;
	x->subject = subject(a, in->guards, i);
	x->bytes = g->n_pass ? g->need : BYTES_UNKNOWN;
	x->limit = g->threshold;
	if (g->via != NO_ID) {
		x->edges = arena_memdup(a, &g->via, sizeof(g->via));
		x->n_edges = 1;
	}
	x->message = arena_printf(a, "%s goes on while %s() leaves %s: %s; %s%s%s",
				  program_func_label(in->program, a, g->func), g->fact->measure,
				  threshold(a, g), judgement(a, g), need(in, a, g), failing(a, g),
				  n_copies > 1 ? arena_printf(a, " (the worst of %s)",
							      words_count(a, n_copies, "place"))
					       : "");
	x->advice = advice(g);
}

static bool is_worse(const struct guard *a, const struct guard *b)
{
	if (severity(a) != severity(b))
		return severity(a) > severity(b);
	if (a->verdict != b->verdict)
		return a->verdict < b->verdict;
	return a->need > b->need;
}

/* One guard of the source may be in the code of several functions and units: the worst is told. */
struct place {
	size_t worst;
	uint32_t n;
};

static void check(const struct rule_input *in, struct findings *out)
{
	struct map places = {0};
	VEC(struct place) worst = {0};
	struct arena keys = {0};

	for (size_t i = 0; in->guards && i < in->guards->v.n; i++) {
		const struct guard *g = &in->guards->v.v[i];
		bool made;
		uint64_t *id;

		if (g->fact->kind != GUARD_STACK)
			continue;
		id = map_put_str(&places,
				 arena_printf(&keys, "%s\n%u:%u %lld",
					      g->fact->loc.file ? g->fact->loc.file : "",
					      g->fact->loc.line, g->fact->loc.column,
					      (long long)g->threshold),
				 &made);
		if (made) {
			*vec_push(&worst) = (struct place){i, 0};
			*id = worst.n;
		}
		worst.v[*id - 1].n++;
		if (is_worse(g, &in->guards->v.v[worst.v[*id - 1].worst]))
			worst.v[*id - 1].worst = i;
	}
	for (size_t i = 0; i < worst.n; i++)
		if (in->guards->v.v[worst.v[i].worst].verdict != GUARD_ADEQUATE)
			report(in, out, worst.v[i].worst, worst.v[i].n);
	vec_release(&worst);
	map_release(&places);
	arena_release(&keys);
}

const struct rule rule_stack_guard = {
	.id = "stack-guard",
	.severity = SEVERITY_ERROR,
	.summary = "a test of the remaining stack, held against what runs behind it",
	.help = help,
	.check = check,
};
