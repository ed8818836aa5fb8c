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
	"counted and the finding is a note: after a check of the size before, or where a\n"
	"constant is its maximum. alloca() in a loop takes more on every turn, and gives\n"
	"nothing back before the function returns; an array goes with its block.\n"
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
	"    even where the size turns out to be constant.\n"
	"\n"
	"Before:\n"
	"    int send(struct link *l, size_t n) { u8 p[n]; ...; return tx(l, p); }\n"
	"After:\n"
	"    int send(struct link *l, size_t n)\n"
	"    {\n"
	"            u8 p[LINK_MTU];\n"
	"\n"
	"            if (n > sizeof(p))\n"
	"                    return -EMSGSIZE;\n"
	"            ...\n"
	"    }\n"
	"\n"
	"Source: variable-length arrays in Documentation/process/deprecated.rst of Linux;\n"
	"code analysis warnings C6255 and C6263 (_alloca, and in a loop) of Microsoft's\n"
	"compiler.\n";

/* What is sized at run time in a frame. */
struct dynamic {
	const struct fact_part *named; /* the first one with a name, or NULL */
	int64_t fixed; /* bytes of all other parts */
	const struct fact_part *in_loop; /* taken again on every turn; or NULL */
};

static struct dynamic dynamic_of(const struct program *p, uint32_t func)
{
	const struct program_func *f = &p->funcs[func];
	const struct facts *unit = p->units[f->unit];
	struct dynamic x = {0};

	for (uint32_t i = f->first_part; i < f->first_part + f->n_parts; i++) {
		const struct fact_part *part = &unit->parts.v[i];

		if (part->kind != PART_DYNAMIC) {
			x.fixed += part->counted;
			continue;
		}
		if (!x.named && part->name)
			x.named = part;
		if (part->in_loop)
			x.in_loop = part;
	}
	return x;
}

static const char *size_text(struct arena *a, const struct fact_func *f, const struct dynamic *x)
{
	if (f->frame_bytes == BYTES_UNKNOWN)
		return "its fixed part is not known";
	if (f->frame_kind != FRAME_BOUNDED)
		return arena_printf(a, "%s of it are fixed", words_bytes(a, f->frame_bytes));
	if (!x->fixed || x->fixed >= f->frame_bytes)
		return arena_printf(a, "with its limit the frame is %s",
				    words_bytes(a, f->frame_bytes));
	return arena_printf(a, "of at most %s, with which the frame is %s",
			    words_bytes(a, f->frame_bytes - x->fixed),
			    words_bytes(a, f->frame_bytes));
}

static const char *name_text(struct arena *a, const struct fact_part *part)
{
	if (!part)
		return "";
	return arena_printf(a, " (%s%s%s)", part->name, part->type ? ", " : "",
			    part->type ? part->type : "");
}

static void set_message(const struct rule_input *in, struct arena *a, const struct copy *copy,
			struct finding *x)
{
	const struct fact_func *f = in->program->funcs[copy->func].fact;
	struct dynamic d = dynamic_of(in->program, copy->func);

	x->message =
		arena_printf(a, "the frame of %s has a part sized at run time%s, %s%s%s%s",
			     program_func_label(in->program, a, copy->func), name_text(a, d.named),
			     size_text(a, f, &d),
			     d.in_loop ? ", and it is taken again on every turn of a loop" : "",
			     words_units(a, copy->n_units), words_note(a, f->frame_note));
	if (d.in_loop)
		x->advice = "Take it once before the loop, with the largest size; better use an "
			    "array of fixed size, or allocate the memory.";
	if (d.in_loop && d.in_loop->loc.file)
		x->loc = d.in_loop->loc;
	else if (d.named && d.named->loc.file)
		x->loc = d.named->loc;
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

		/* An annotation's limit is counted. */
		if (in->program->funcs[i].frame_limit_bytes)
			continue;
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
