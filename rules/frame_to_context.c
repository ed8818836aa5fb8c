/*
 * frame-to-context: many middling variables that together make a large frame.
 *
 * Why: no single one is worth an allocation, all of them in one allocated structure are. Mend: a context structure, allocated once.
 */
#include "base/text.h"
#include "rules/copies.h"
#include "rules/rule.h"
#include "rules/shared_room.h"
#include "rules/words.h"

#include <string.h>

static const char help[] =
	"A frame has several arrays or structures, each below the limit for one variable,\n"
	"that together take a large part of the stack.\n"
	"\n"
	"Why it matters: moving one of them hardly helps, and an allocation for each costs\n"
	"more than it gives. One structure that holds them all needs one allocation, one\n"
	"check and one free.\n"
	"\n"
	"How to mend it:\n"
	"  - Declare a structure with these variables as members and allocate it at the\n"
	"    beginning of the function; check the result; free it on every exit.\n"
	"  - When the function has a request or device object at hand, put the members\n"
	"    there.\n"
	"  - When most of them come from inlined helpers, keep one helper out of line\n"
	"    (noinline_for_stack, DECLSPEC_NOINLINE): its frame is gone when it returns.\n"
	"\n"
	"Before:\n"
	"    char name[200], value[200], error[200];\n"
	"After:\n"
	"    struct parse { char name[200], value[200], error[200]; };\n"
	"    struct parse *p = kmalloc(sizeof(*p), GFP_KERNEL);\n"
	"    if (!p)\n"
	"            return -ENOMEM;\n"
	"    ...\n"
	"    kfree(p);\n"
	"\n"
	"Source: arithmetic: what is in the heap is not in the frame. The message has the\n"
	"bytes of this very frame.\n";

enum { FEWEST = 3, SMALLEST = 24, NAMES_SHOWN = 4 }; /* variables; bytes of one; names in a text */

struct sum {
	int64_t bytes; /* that moving them all would free */
	uint32_t n;
	uint32_t n_inlined; /* of them, declared in inlined functions */
	uint32_t n_sharing; /* others in the same places, which would have to go, too */
};

static bool is_inlined(const struct program *p, uint32_t func, const struct fact_part *part)
{
	return part->declared_in && strcmp(part->declared_in, p->funcs[func].fact->name) != 0;
}

static bool is_middling(const struct rule_input *in, const struct fact_part *part)
{
	return part->kind == PART_VARIABLE && part->aggregate && part->name &&
	       part->counted >= SMALLEST && part->bytes < in->large_local;
}

static struct sum sum_of(const struct rule_input *in, uint32_t func)
{
	const struct program *p = in->program;
	const struct program_func *f = &p->funcs[func];
	const struct fact_part *parts = p->units[f->unit]->parts.v + f->first_part;
	struct sum sum = {0};

	for (uint32_t i = 0; i < f->n_parts; i++) {
		if (!is_middling(in, &parts[i]))
			continue;
		sum.n++;
		sum.bytes += parts[i].counted;
		sum.n_inlined += is_inlined(p, func, &parts[i]);
		sum.n_sharing += shared_room_of(p, func, &parts[i]).n;
	}
	return sum;
}

/* Names of the variables, or of the inlined functions that declare them, each once: "a, b, c and 2 more". */
static const char *names(const struct rule_input *in, struct arena *a, uint32_t func,
			 bool of_functions)
{
	const struct program_func *f = &in->program->funcs[func];
	const struct fact_part *parts = in->program->units[f->unit]->parts.v + f->first_part;
	const char *shown[NAMES_SHOWN];
	uint32_t n = 0, more = 0;
	const char *text = "";

	for (uint32_t i = 0; i < f->n_parts; i++) {
		const char *name = of_functions ? parts[i].declared_in : parts[i].name;
		bool known = false;

		if (!is_middling(in, &parts[i]) ||
		    (of_functions && !is_inlined(in->program, func, &parts[i])))
			continue;
		for (uint32_t k = 0; k < n; k++)
			known |= of_functions && !strcmp(shown[k], name);
		if (!known && n < NAMES_SHOWN)
			shown[n++] = name;
		else
			more += !known;
	}
	for (uint32_t k = 0; k < n; k++)
		text = arena_printf(a, "%s%s%s", text,
				    !k			  ? ""
				    : k + 1 == n && !more ? " and "
							  : ", ",
				    shown[k]);
	return more ? arena_printf(a, "%s and %u more", text, more) : text;
}

static bool applies(const struct rule_input *in, uint32_t func, int64_t limit)
{
	const struct fact_func *f = in->program->funcs[func].fact;
	struct sum sum = sum_of(in, func);

	/* An estimated frame keeps what the compiler would remove. */
	return f->frame_kind != FRAME_ESTIMATED && sum.n >= FEWEST && sum.bytes >= limit &&
	       sum.bytes * 2 >= f->frame_bytes;
}

static const struct advice outline = {
	.windows = "DECLSPEC_NOINLINE", .linux = "noinline_for_stack", .other = "noinline"};

static const char *advice(const struct rule_input *in, struct arena *a, uint32_t func,
			  const struct sum *sum)
{
	const char *variables = names(in, a, func, false);

	if (sum->n_inlined * 2 > sum->n)
		return arena_printf(a,
				    "Keep the helpers that bring them (%s) out of line with %s, or "
				    "put %s into one allocated structure.",
				    names(in, a, func, true), words_advice(in->platform, &outline),
				    variables);
	return arena_printf(a,
			    "Put %s into one structure that is allocated once, checked and freed "
			    "on every exit.",
			    variables);
}

static void report(const struct rule_input *in, struct findings *out, const struct copy *copy,
		   int64_t limit)
{
	const struct fact_func *f = in->program->funcs[copy->func].fact;
	struct sum sum = sum_of(in, copy->func);
	struct finding *x = findings_add(out, "frame-to-context", SEVERITY_NOTE, copy->func);
	struct arena *a = &out->arena;

	x->loc = f->loc;
	x->subject = "frame";
	x->bytes = sum.bytes;
	x->limit = limit;
	x->message = arena_printf(
		a,
		"%s of %s%s together take %s of its %s-byte frame%s: one allocated structure would "
		"free them%s",
		words_count(a, sum.n, "variable"), program_func_label(in->program, a, copy->func),
		sum.n_sharing ? arena_printf(a, ", with %u more in the same places,", sum.n_sharing)
			      : "",
		words_bytes(a, sum.bytes), text_thousands(a, (long long)f->frame_bytes),
		sum.n_inlined ? arena_printf(a, ", %u by inlining", sum.n_inlined) : "",
		words_units(a, copy->n_units));
	x->advice = advice(in, a, copy->func, &sum);
}

static void check(const struct rule_input *in, struct findings *out)
{
	int64_t limit = rule_limit(in, &rule_frame_to_context);
	struct copies copies = {0};

	for (uint32_t i = 0; i < in->program->n_funcs; i++)
		if (applies(in, i, limit))
			copies_add_func(&copies, in->program, i,
					in->program->funcs[i].fact->frame_bytes);
	for (size_t i = 0; i < copies.v.n; i++)
		report(in, out, &copies.v.v[i], limit);
	copies_release(&copies);
}

const struct rule rule_frame_to_context = {
	.id = "frame-to-context",
	.severity = SEVERITY_NOTE,
	.limit = 512,
	.summary = "many middling variables make a large frame",
	.help = help,
	.check = check,
};
