/*
 * dynamic-frame: a frame whose size is decided at run time (variable-length array, alloca).
 *
 * Why: no static number can be given for it, and often a caller's data decides. A dynamic part with
 * a known limit is counted with that limit and is only a note. Mend: an array of fixed size, or
 * allocated memory.
 */
#include "rules/copies.h"
#include "rules/rule.h"
#include "rules/words.h"

static const char help[] =
	"A function takes a part of its frame whose size is known only at run time: a\n"
	"variable-length array, or alloca(). Its depth, and that of every path through\n"
	"it, is only a floor. When the compiler shows a limit for the size, the limit is\n"
	"counted and the finding is a note.\n"
	"\n"
	"Why it matters: the size often comes from a caller, a device or a packet. One\n"
	"large value moves the stack pointer past the end of the stack, and past the\n"
	"guard page in one step.\n"
	"\n"
	"How to mend it:\n"
	"  - Use an array with the largest size that the interface allows, if that is\n"
	"    small; check the value.\n"
	"  - Otherwise allocate the memory, and check the result.\n"
	"  - In Linux, -Wvla finds what the C standard calls a variable-length array\n"
	"    even where the size turns out to be constant.\n";

static const struct fact_part *dynamic_part(const struct program *p, uint32_t func)
{
	const struct program_func *f = &p->funcs[func];
	const struct facts *unit = p->units[f->unit];

	for (uint32_t i = f->first_part; i < f->first_part + f->n_parts; i++) {
		if (unit->parts.v[i].kind == PART_DYNAMIC && unit->parts.v[i].name)
			return &unit->parts.v[i];
	}
	return NULL;
}

static void set_message(const struct rule_input *in, struct arena *a, const struct copy *copy,
			struct finding *x)
{
	const struct fact_func *f = in->program->funcs[copy->func].fact;
	const struct fact_part *part = dynamic_part(in->program, copy->func);
	const char *label = program_func_label(in->program, a, copy->func);
	const char *which = part ? arena_printf(a, " (%s)", part->name) : "";
	const char *units = words_units(a, copy->n_units);
	const char *note = words_note(a, f->frame_note);
	const char *bytes;

	if (f->frame_bytes == BYTES_UNKNOWN)
		bytes = "its fixed part is not known";
	else if (f->frame_kind == FRAME_BOUNDED)
		bytes = arena_printf(a, "with its limit the frame is %s",
				     words_bytes(a, f->frame_bytes));
	else
		bytes = arena_printf(a, "%s of it are fixed", words_bytes(a, f->frame_bytes));
	x->message = arena_printf(a, "the frame of %s has a part sized at run time%s, %s%s%s",
				  label, which, bytes, units, note);
	if (part && part->loc.file)
		x->loc = part->loc;
}

static void report(const struct rule_input *in, struct findings *out, const struct copy *copy)
{
	const struct fact_func *f = in->program->funcs[copy->func].fact;
	bool bounded = f->frame_kind == FRAME_BOUNDED;
	struct finding *x = findings_add(out, "dynamic-frame",
					 bounded ? SEVERITY_NOTE : SEVERITY_WARNING, copy->func);

	x->loc = f->loc;
	x->bytes = f->frame_bytes;
	x->advice = "Use an array of fixed size, or allocate the memory.";
	set_message(in, &out->arena, copy, x);
}

/* A frame is bounded too when SP is just rounded down: then nothing in it is sized at run time. */
static bool has_sized_part(const struct program *p, uint32_t func)
{
	const struct program_func *f = &p->funcs[func];
	const struct facts *unit = p->units[f->unit];

	for (uint32_t i = f->first_part; i < f->first_part + f->n_parts; i++)
		if (unit->parts.v[i].kind == PART_DYNAMIC)
			return true;
	return false;
}

/* One place may be dynamic in one unit and bounded in another: they are reported apart. */
static void check_kind(const struct rule_input *in, struct findings *out, enum frame_kind kind)
{
	struct copies copies = {0};

	for (uint32_t i = 0; i < in->program->n_funcs; i++) {
		const struct fact_func *f = in->program->funcs[i].fact;

		if (f->frame_kind == kind &&
		    (kind != FRAME_BOUNDED || has_sized_part(in->program, i)))
			copies_add_func(&copies, in->program, i, f->frame_bytes);
	}
	for (size_t i = 0; i < copies.v.n; i++)
		report(in, out, &copies.v.v[i]);
	copies_release(&copies);
}

static void check(const struct rule_input *in, struct findings *out)
{
	check_kind(in, out, FRAME_DYNAMIC);
	check_kind(in, out, FRAME_BOUNDED);
}

const struct rule rule_dynamic_frame = {
	.id = "dynamic-frame",
	.severity = SEVERITY_WARNING,
	.summary = "a frame has a part that is sized at run time",
	.help = help,
	.check = check,
};
