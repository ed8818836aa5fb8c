/*
 * frame-to-context: many middling variables that together make a large frame.
 *
 * Why: no single one is worth an allocation, all of them in one allocated structure are. Mend: a context structure, allocated once.
 */
#include "base/text.h"
#include "rules/copies.h"
#include "rules/rule.h"
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

enum { FEWEST = 3, SMALLEST = 24 }; /* variables; bytes of one */

struct sum {
	int64_t bytes; /* that moving them all would free */
	uint32_t n;
	uint32_t n_inlined; /* of them, declared in inlined functions */
};

static struct sum sum_of(const struct rule_input *in, uint32_t func)
{
	const struct program *p = in->program;
	const struct program_func *f = &p->funcs[func];
	const struct fact_part *parts = p->units[f->unit]->parts.v + f->first_part;
	struct sum sum = {0};

	for (uint32_t i = 0; i < f->n_parts; i++) {
		const struct fact_part *part = &parts[i];

		if (part->kind != PART_VARIABLE || !part->aggregate || !part->name ||
		    part->counted < SMALLEST || part->bytes >= in->large_local)
			continue;
		sum.n++;
		sum.bytes += part->counted;
		sum.n_inlined += part->declared_in && strcmp(part->declared_in, f->fact->name);
	}
	return sum;
}

static bool applies(const struct rule_input *in, uint32_t func, int64_t limit)
{
	const struct fact_func *f = in->program->funcs[func].fact;
	struct sum sum = sum_of(in, func);

	/* An estimated frame keeps what the compiler would remove. */
	return f->frame_kind != FRAME_ESTIMATED && sum.n >= FEWEST && sum.bytes >= limit &&
	       sum.bytes * 2 >= f->frame_bytes;
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
		"%s of %s together take %s of its %s-byte frame%s: one allocated structure would "
		"free them%s",
		words_count(a, sum.n, "variable"), program_func_label(in->program, a, copy->func),
		words_bytes(a, sum.bytes), text_thousands(a, (long long)f->frame_bytes),
		sum.n_inlined ? arena_printf(a, ", %u by inlining", sum.n_inlined) : "",
		words_units(a, copy->n_units));
	x->advice =
		sum.n_inlined * 2 > sum.n
			? "Keep the helpers that bring them out of line, or put them into one "
			  "allocated structure."
			: "Put them into one structure that is allocated once, checked and freed "
			  "on every exit.";
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
