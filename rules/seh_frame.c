/*
 * seh-frame: structured exception handling on a path that is over the budget.
 *
 * Why: __try costs stack in the frame, and its handlers run as functions of their own on top of it. Told only where it matters. Mend:
 * move the __try out of the deep part.
 */
#include "base/mem.h"
#include "rules/over_budget.h"
#include "rules/words.h"

#include <stdlib.h>
#include <string.h>

static const char help[] =
	"A function on a path above the budget has a __try with __except or __finally.\n"
	"\n"
	"Why it matters: a frame with a handler keeps variables in memory that could have\n"
	"lived in registers, 32-bit code also keeps a registration record in it, and on\n"
	"x64 the handlers and __finally blocks are functions (funclets) with frames of\n"
	"their own that run on top of it. While an exception is dispatched, the system's\n"
	"own frames and a CONTEXT record of about 1,200 bytes come on top.\n"
	"\n"
	"How to mend it:\n"
	"  - Move the __try to a function near the top of the path, or to a leaf that only\n"
	"    does the dangerous access.\n"
	"  - Replace __finally by one exit that cleans up.\n"
	"\n"
	"Before:\n"
	"    NTSTATUS Deep(...) { UCHAR b[900]; __try { Read(b); Next(b); } __except (...) }\n"
	"After:\n"
	"    static NTSTATUS Copy(...) { __try { RtlCopyMemory(b, user, n); } __except (...) }\n"
	"    NTSTATUS Deep(...) { UCHAR b[900]; Copy(b, user, n); Next(b); }\n"
	"\n"
	"Source: the x64 exception handling of Microsoft's ABI (handlers are functions with\n"
	"unwind data of their own); CONTEXT and EXCEPTION_RECORD of winnt.h for the sizes.\n";

/* The largest frame of the functions that its handlers became, and their number. */
static int64_t funclets_of(const struct program *p, uint32_t func, uint32_t *n)
{
	const struct facts *f = p->units[p->funcs[func].unit];
	int64_t largest = 0;

	*n = 0;
	for (size_t i = 0; i < f->funcs.n; i++) {
		const struct fact_func *fn = &f->funcs.v[i];

		if (!fn->parent || strcmp(fn->parent, p->funcs[func].fact->symbol))
			continue;
		++*n;
		if (fn->frame_bytes > largest)
			largest = fn->frame_bytes;
	}
	return largest;
}

static void report(const struct rule_input *in, struct findings *out, uint32_t func, uint32_t entry)
{
	const struct program *p = in->program;
	struct finding *x = findings_add(out, "seh-frame", SEVERITY_NOTE, func);
	struct arena *a = &out->arena;
	uint32_t n;
	int64_t largest = funclets_of(p, func, &n);
	bool finally = p->funcs[func].fact->marks & 1u << MARK_SEH_FINALLY;

	x->loc = p->funcs[func].fact->loc;
	x->subject = "seh";
	x->bytes = n ? largest : BYTES_UNKNOWN;
	x->limit = BYTES_UNKNOWN;
	x->message = arena_printf(
		a, "%s, on the path from %s that is over the budget, has a __try with %s%s%s",
		program_func_label(p, a, func), program_func_label(p, a, entry),
		finally ? "__finally" : "__except",
		n ? ": its handlers are functions that take up to " : "",
		n ? arena_printf(a, "%s more", words_bytes(a, largest)) : "");
	x->advice =
		"Move the __try out of the deep part: near the top of the path, or into a leaf.";
}

static void check(const struct rule_input *in, struct findings *out)
{
	const uint32_t seh = 1u << MARK_SEH_TRY | 1u << MARK_SEH_FINALLY;
	const struct program *p = in->program;
	bool *told = mem_calloc(p->n_funcs, sizeof(*told));
	struct over_paths over = {0};

	over_paths_find(&over, in);
	for (size_t i = 0; i < over.v.n; i++) {
		const struct path *path = &over.v.v[i].path;

		for (uint32_t k = 0; k <= path->n_edges; k++) {
			uint32_t func =
				k < path->n_edges ? p->edges[path->edges[k]].from : path->last;

			if (!(p->funcs[func].fact->marks & seh) || told[func])
				continue;
			told[func] = true;
			report(in, out, func, over.v.v[i].entry.func);
		}
	}
	over_paths_release(&over);
	free(told);
}

const struct rule rule_seh_frame = {
	.id = "seh-frame",
	.severity = SEVERITY_NOTE,
	.summary = "exception handling on a path that is over the budget",
	.help = help,
	.check = check,
};
