/*
 * unmeasured: frames that are not what the machine code says.
 *
 * Why: a depth through such a function is not a worst case, and the reader must know where the
 * holes are. A function whose code could not be followed is a warning each; a unit that did not
 * compile is one note, however many functions it has, naming the first thing that is missing. Mend:
 * give the tool what it misses.
 */
#include "rules/copies.h"
#include "rules/rule.h"
#include "rules/words.h"

#include <stdlib.h>
#include <string.h>

static const char help[] =
	"A frame could not be measured. Either the machine code of a function could not\n"
	"be followed (the message says where and why), or a whole unit did not compile\n"
	"and its frames are estimated from the source: the declared variables, without\n"
	"spills, saved registers and calls.\n"
	"\n"
	"Why it matters: depths through these functions are no worst cases. Nothing is\n"
	"counted as 0, but the true number may be larger than the one shown.\n"
	"\n"
	"How to mend it:\n"
	"  - A missing header: build the tree first, so that generated headers exist, or\n"
	"    add the include path.\n"
	"  - A compile database from another machine or branch: make it again.\n"
	"  - Inline assembly that changes the stack pointer in a way that cannot be\n"
	"    followed: put it into an assembler file of its own, or read the number from\n"
	"    the listing.\n"
	"\n"
	"Before:\n"
	"    driver.c: 'generated/version.h' file not found: its frames are estimated\n"
	"After:\n"
	"    make prepare, then scan again: its frames are exact\n"
	"\n"
	"Source: the unit's own compiler messages, or the instruction at which the stack\n"
	"pointer was lost.\n";

static void report_func(const struct rule_input *in, struct findings *out, const struct copy *copy)
{
	const struct fact_func *f = in->program->funcs[copy->func].fact;
	struct finding *x = findings_add(out, "unmeasured", SEVERITY_WARNING, copy->func);
	struct arena *a = &out->arena;
	const char *seen = "no byte of it is known";

	if (f->frame_bytes != BYTES_UNKNOWN)
		seen = arena_printf(a, "%s of it were seen", words_bytes(a, f->frame_bytes));
	x->loc = f->loc;
	x->bytes = f->frame_bytes;
	x->message = arena_printf(a, "the frame of %s could not be measured, %s%s%s",
				  program_func_label(in->program, a, copy->func), seen,
				  words_units(a, copy->n_units), words_note(a, f->frame_note));
}

/* Takes "file:line: " off the front of a problem, as facts.h words it; gives what follows. */
static const char *split_place(struct arena *a, const char *problem, struct fact_loc *loc)
{
	const char *end = strstr(problem, ": "), *colon = end;
	unsigned long line = 0;

	while (colon && colon > problem && colon[-1] >= '0' && colon[-1] <= '9')
		colon--;
	if (colon && colon < end && colon > problem + 1 && colon[-1] == ':')
		line = strtoul(colon, NULL, 10);
	if (!line || line > UINT32_MAX)
		return problem;
	loc->file = arena_strndup(a, problem, (size_t)(colon - 1 - problem));
	loc->line = (uint32_t)line;
	return end + 2;
}

static void report_unit(const struct rule_input *in, struct findings *out, uint32_t first,
			uint32_t n_funcs)
{
	const struct facts *unit = in->program->units[in->program->funcs[first].unit];
	struct finding *x = findings_add(out, "unmeasured", SEVERITY_NOTE, first);
	const char *problem = unit->problems.n ? unit->problems.v[0] : NULL;
	struct arena *a = &out->arena;
	const char *source = arena_strndup(a, unit->unit, words_source_len(unit->unit));

	x->loc.file = source;
	x->subject = "unit";
	if (problem)
		problem = split_place(a, problem, &x->loc);
	x->message = arena_printf(
		a, "the frames of %s in %s are estimated from the source, as it did not compile%s",
		words_count(a, n_funcs, "function"),
		strcmp(x->loc.file, source) == 0 ? "this unit" : unit->unit,
		words_note(a, problem));
	x->advice = "Build the tree first, so that generated headers exist, or add what the "
		    "message misses.";
}

/* Functions lie unit by unit. */
static void check_units(const struct rule_input *in, struct findings *out)
{
	const struct program *p = in->program;
	uint32_t first = NO_ID, n = 0;

	for (uint32_t i = 0; i < p->n_funcs; i++) {
		if (p->funcs[i].fact->frame_kind == FRAME_ESTIMATED) {
			if (!n++)
				first = i;
		}
		if (n && (i + 1 == p->n_funcs || p->funcs[i + 1].unit != p->funcs[i].unit)) {
			report_unit(in, out, first, n);
			n = 0;
		}
	}
}

static void check(const struct rule_input *in, struct findings *out)
{
	struct copies copies = {0};

	for (uint32_t i = 0; i < in->program->n_funcs; i++) {
		const struct fact_func *f = in->program->funcs[i].fact;

		if (f->frame_kind == FRAME_UNMEASURED)
			copies_add_func(&copies, in->program, i, f->frame_bytes);
	}
	for (size_t i = 0; i < copies.v.n; i++)
		report_func(in, out, &copies.v.v[i]);
	copies_release(&copies);
	check_units(in, out);
}

const struct rule rule_unmeasured = {
	.id = "unmeasured",
	.severity = SEVERITY_WARNING,
	.summary = "a frame could not be measured, or is only estimated",
	.help = help,
	.check = check,
};
