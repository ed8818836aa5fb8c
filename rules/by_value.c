/*
 * by-value: a large structure is passed or returned by value.
 *
 * Why: every call makes a copy of it on the stack, in the callee's arguments or in a temporary of the caller, and the
 * source does not show it. -Wframe-larger-than misses arguments altogether. Mend: pass a pointer to const, or let the
 * caller give the place for the result.
 */
#include "rules/copies.h"
#include "rules/rule.h"
#include "rules/words.h"

static const char help[] =
	"A function takes a large structure or union as a parameter, or returns one.\n"
	"Each call then copies it: into the argument area below the caller's frame, or\n"
	"into a temporary that the caller's frame has room for. The report's call depths\n"
	"count that copy; compilers' warnings about frames mostly do not.\n"
	"\n"
	"Why it matters: the copy is invisible in the source, is made again on every\n"
	"level that passes the structure on, and stays for as long as the call runs.\n"
	"\n"
	"How to mend it:\n"
	"  - Pass a pointer, to const where the callee only reads.\n"
	"  - Let the caller pass the place where the result goes.\n"
	"  - A function that is inlined makes no copy: this rule speaks only of code\n"
	"    that the compiler kept as a function.\n"
	"\n"
	"Before:\n"
	"    static int show(struct stats s);            /* 1,792 bytes, copied by each call */\n"
	"    show(device->stats);\n"
	"After:\n"
	"    static int show(const struct stats *s);\n"
	"    show(&device->stats);\n"
	"\n"
	"Source: the calling conventions: a structure too large for registers is copied to\n"
	"memory by the caller (System V AMD64 ABI 3.2.3; x64 calling convention of Windows).\n";

static const char advice[] =
	"Pass a pointer to const instead, or let the caller give the place for the result.";

static uint32_t n_calls_of(const struct program *p, uint32_t func)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->funcs[func].n_in; i++)
		n += p->edges[p->in_edges[p->funcs[func].first_in + i]].evidence == EVIDENCE_DIRECT;
	return n;
}

static void report(const struct rule_input *in, struct findings *out, const struct copy *copy,
		   int64_t limit)
{
	const struct program_func *f = &in->program->funcs[copy->func];
	const struct fact_value *v = &in->program->units[f->unit]->values.v[copy->part];
	struct finding *x = findings_add(out, "by-value", SEVERITY_WARNING, copy->func);
	struct arena *a = &out->arena;
	uint32_t n = n_calls_of(in->program, copy->func);
	const char *calls =
		n ? arena_printf(a, " (%s in the sources)", words_count(a, n, "call")) : "";
	const char *what = v->returned ? "returns"
			   : v->name   ? arena_printf(a, "takes %s,", v->name)
				       : "takes";

	x->loc = f->fact->loc;
	x->bytes = v->bytes;
	x->limit = limit;
	x->subject = v->returned ? "returned"
		     : v->name	 ? v->name
				 : arena_printf(a, "parameter %u", v->number);
	x->message = arena_printf(a, "%s %s %s of %s by value: each call%s %s%s",
				  program_func_label(in->program, a, copy->func), what, v->type,
				  words_bytes(a, v->bytes), calls,
				  v->returned ? "needs room for it in the caller's frame"
					      : "copies it onto the stack",
				  words_units(a, copy->n_units));
	x->advice = advice;
}

static void check(const struct rule_input *in, struct findings *out)
{
	const struct program *p = in->program;
	int64_t limit = rule_limit(in, &rule_by_value);
	struct copies copies = {0};
	uint32_t first = 0;

	for (uint32_t u = 0; u < p->n_units; first += (uint32_t)p->units[u]->funcs.n, u++) {
		const struct facts *f = p->units[u];

		for (uint32_t i = 0; i < f->values.n; i++)
			if (f->values.v[i].bytes >= limit)
				copies_add_value(&copies, p, first + f->values.v[i].func, i);
	}
	for (size_t i = 0; i < copies.v.n; i++)
		report(in, out, &copies.v.v[i], limit);
	copies_release(&copies);
}

const struct rule rule_by_value = {
	.id = "by-value",
	.severity = SEVERITY_WARNING,
	.limit = 128,
	.summary = "a large structure is passed or returned by value",
	.help = help,
	.check = check,
};
