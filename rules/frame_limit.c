/*
 * frame-limit: one function's own frame is larger than the limit.
 *
 * Why: a kernel stack is a few pages, fixed, and shared by everything that stands on it. The limit
 * is the one that the platform's own compiler checks use (CONFIG_FRAME_WARN, C6262), counted from
 * the real depth of the stack pointer. It warns and is no error: a large frame in a shallow path
 * overflows nothing; path-budget says when it does. Mend: take the large variables off the stack,
 * or split the rare branch that needs them into a noinline function.
 */
#include "rules/copies.h"
#include "rules/rule.h"
#include "rules/words.h"

static const char help[] =
	"A function's own stack frame is larger than the limit of the platform\n"
	"(--frame-limit changes it). The frame counts from the stack pointer before the\n"
	"call to the deepest point: return address, saved registers, variables, spills,\n"
	"alignment, and arguments pushed for calls. Functions that the compiler inlined\n"
	"are part of it.\n"
	"\n"
	"Why it matters: a kernel stack has a fixed size and is shared by all code on\n"
	"the call path. One large frame takes the room of ten ordinary ones, and every\n"
	"function called from it starts that much lower.\n"
	"\n"
	"How to mend it:\n"
	"  - Move large arrays and structures to allocated memory; large-local names\n"
	"    them.\n"
	"  - Put a rare branch with large variables into a function of its own, marked\n"
	"    noinline, so that the common path does not pay for it.\n"
	"  - If several inlined functions each bring a buffer, mark them noinline: only\n"
	"    one is live at a time.\n";

/* "uses", or how much of the number is known. */
static const char *verb(const struct fact_func *f)
{
	switch (f->frame_kind) {
	case FRAME_BOUNDED: return "uses up to";
	case FRAME_DYNAMIC:
	case FRAME_UNMEASURED: return "uses at least";
	case FRAME_ESTIMATED: return "uses an estimated";
	case FRAME_FIXED: break;
	}
	return "uses";
}

static const struct fact_part *largest_part(const struct program *p, uint32_t func)
{
	const struct program_func *f = &p->funcs[func];
	const struct facts *unit = p->units[f->unit];
	const struct fact_part *best = NULL;

	for (uint32_t i = f->first_part; i < f->first_part + f->n_parts; i++) {
		const struct fact_part *part = &unit->parts.v[i];

		if (part->kind == PART_VARIABLE && part->name &&
		    (!best || part->bytes > best->bytes))
			best = part;
	}
	return best;
}

static const char *advice(const struct program *p, struct arena *a, uint32_t func)
{
	const struct fact_part *part = largest_part(p, func);

	if (!part)
		return "Split the function, or keep the compiler from inlining large functions "
		       "into it.";
	return arena_printf(
		a,
		"Its largest variable is %s%s%s with %s: allocate it, or move the code that "
		"needs it into a noinline function.",
		part->name, part->type ? ", " : "", part->type ? part->type : "",
		words_bytes(a, part->bytes));
}

static void report(const struct rule_input *in, struct findings *out, const struct copy *copy)
{
	const struct fact_func *f = in->program->funcs[copy->func].fact;
	struct finding *x = findings_add(out, "frame-limit", SEVERITY_WARNING, copy->func);
	struct arena *a = &out->arena;

	x->loc = f->loc;
	x->bytes = f->frame_bytes;
	x->limit = in->frame_limit;
	x->message = arena_printf(
		a, "%s %s %s of stack in its own frame, %s above the limit of %s%s",
		program_func_label(in->program, a, copy->func), verb(f),
		words_bytes(a, f->frame_bytes), words_bytes(a, f->frame_bytes - in->frame_limit),
		words_bytes(a, in->frame_limit), words_units(a, copy->n_units));
	x->advice = advice(in->program, a, copy->func);
}

static void check(const struct rule_input *in, struct findings *out)
{
	struct copies copies = {0};

	for (uint32_t i = 0; i < in->program->n_funcs; i++) {
		int64_t bytes = in->program->funcs[i].fact->frame_bytes;

		if (bytes > in->frame_limit)
			copies_add_func(&copies, in->program, i, bytes);
	}
	for (size_t i = 0; i < copies.v.n; i++)
		report(in, out, &copies.v.v[i]);
	copies_release(&copies);
}

const struct rule rule_frame_limit = {
	.id = "frame-limit",
	.severity = SEVERITY_WARNING,
	.summary = "a function's own frame is larger than the limit",
	.help = help,
	.check = check,
};
