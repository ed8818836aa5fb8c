/*
 * frame-limit: one function's own frame is larger than the limit.
 *
 * Why: a kernel stack is a few pages, fixed, and shared by everything that stands on it. The limit
 * is the one that the platform's own compiler checks use (CONFIG_FRAME_WARN, C6262), counted from
 * the real depth of the stack pointer. It warns and is no error: a large frame in a shallow path
 * overflows nothing; path-budget says when it does. Mend: take the large variables off the stack,
 * or split the rare branch that needs them into a noinline function.
 */
#include "rules/advice_context.h"
#include "rules/copies.h"
#include "rules/shared_room.h"
#include "rules/words.h"

#include <string.h>

static const char help[] =
	"A function's own stack frame is larger than the limit of the platform\n"
	"(--frame-limit changes it). The frame counts from the stack pointer before the\n"
	"call to the deepest point: return address, saved registers, variables, spills,\n"
	"alignment, and arguments pushed for calls. Functions that the compiler inlined\n"
	"are part of it. For functions that only interrupts and deferred work reach, half\n"
	"of the limit holds: they come on top of whatever runs.\n"
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
	"    one is live at a time.\n"
	"\n"
	"Before:\n"
	"    int probe(void) { char log[3000]; ...; if (failed) print(log); deep(); }\n"
	"After:\n"
	"    noinline int explain(void) { char log[3000]; ...; return print(log); }\n"
	"    int probe(void) { ...; if (failed) explain(); deep(); }\n"
	"\n"
	"Source: CONFIG_FRAME_WARN (lib/Kconfig.debug) of Linux; code analysis warning C6262\n"
	"of Microsoft's compiler. `stackcheck list platforms` names the limit's reason.\n";

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

/* The largest parts of a frame. */
struct largest {
	const struct fact_part *variable; /* or temporary; NULL: none */
	int64_t spills; /* bytes of all registers put aside */
	int64_t arguments; /* of calls: all of them */
};

static struct largest largest_of(const struct program *p, uint32_t func)
{
	const struct program_func *f = &p->funcs[func];
	const struct facts *unit = p->units[f->unit];
	struct largest x = {0};

	for (uint32_t i = f->first_part; i < f->first_part + f->n_parts; i++) {
		const struct fact_part *part = &unit->parts.v[i];

		if (part->kind == PART_VARIABLE && (!x.variable || part->bytes > x.variable->bytes))
			x.variable = part;
		x.spills += part->kind == PART_SPILL ? part->counted : 0;
		x.arguments += part->kind == PART_ARGUMENTS ? part->counted : 0;
	}
	return x;
}

static const char *inlined_from(const struct program *p, struct arena *a, uint32_t func,
				const struct fact_part *part)
{
	if (!part->declared_in || !strcmp(part->declared_in, p->funcs[func].fact->name))
		return "";
	return arena_printf(a, " of the inlined function %s,", part->declared_in);
}

static const char *advice_for_variable(const struct program *p, struct arena *a, uint32_t func,
				       const struct fact_part *part)
{
	const char *bytes = words_bytes(a, part->bytes);

	if (!part->name)
		return arena_printf(
			a,
			"Its largest part is a temporary without a name, %s%s%s: a structure that "
			"is passed, returned or copied by value; use a pointer to it.",
			part->type ? part->type : "", part->type ? " with " : "", bytes);
	return arena_printf(a,
			    "Its largest variable is %s%s%s%s with %s: allocate it, or move the "
			    "code that needs it into a noinline function.%s",
			    part->name, part->type ? ", " : "", part->type ? part->type : "",
			    inlined_from(p, a, func, part), bytes,
			    shared_room_words(p, a, func, part));
}

static const char *advice(const struct program *p, struct arena *a, uint32_t func)
{
	struct largest x = largest_of(p, func);
	int64_t variable = x.variable ? x.variable->bytes : 0;

	if (x.spills > variable && x.spills >= x.arguments)
		return arena_printf(
			a,
			"Its largest part, %s, is registers put aside: split the function, "
			"or keep the compiler from inlining large functions into it.",
			words_bytes(a, x.spills));
	if (x.arguments > variable)
		return arena_printf(
			a,
			"Its largest part, %s, is arguments of its calls: split the calls with "
			"many arguments, and pass pointers instead of structures.",
			words_bytes(a, x.arguments));
	if (variable)
		return advice_for_variable(p, a, func, x.variable);
	return "Split the function, or keep the compiler from inlining large functions into it.";
}

static int64_t limit_of(const struct rule_input *in, const struct contexts *c, uint32_t func)
{
	return in->frame_limit / (contexts_is_interrupt(c, func) ? 2 : 1);
}

static void report(const struct rule_input *in, const struct contexts *c, struct findings *out,
		   const struct copy *copy)
{
	const struct fact_func *f = in->program->funcs[copy->func].fact;
	struct finding *x = findings_add(out, "frame-limit", SEVERITY_WARNING, copy->func);
	struct arena *a = &out->arena;

	x->loc = f->loc;
	x->bytes = f->frame_bytes;
	x->limit = limit_of(in, c, copy->func);
	x->message = arena_printf(
		a, "%s %s %s of stack in its own frame, %s above the limit of %s%s%s",
		program_func_label(in->program, a, copy->func), verb(f),
		words_bytes(a, f->frame_bytes), words_bytes(a, f->frame_bytes - x->limit),
		words_bytes(a, x->limit),
		contexts_is_interrupt(c, copy->func) ? " for what only interrupts reach" : "",
		words_units(a, copy->n_units));
	x->advice = advice(in->program, a, copy->func);
}

static void check(const struct rule_input *in, struct findings *out)
{
	struct contexts contexts = {0};
	struct copies copies = {0};

	contexts_find(&contexts, in->program);
	for (uint32_t i = 0; i < in->program->n_funcs; i++) {
		int64_t bytes = in->program->funcs[i].fact->frame_bytes;

		if (bytes > limit_of(in, &contexts, i))
			copies_add_func(&copies, in->program, i, bytes);
	}
	for (size_t i = 0; i < copies.v.n; i++)
		report(in, &contexts, out, &copies.v.v[i]);
	contexts_release(&contexts);
	copies_release(&copies);
}

const struct rule rule_frame_limit = {
	.id = "frame-limit",
	.severity = SEVERITY_WARNING,
	.summary = "a function's own frame is larger than the limit",
	.help = help,
	.check = check,
};
