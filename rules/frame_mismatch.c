/*
 * frame-mismatch: another source of numbers says something else than the machine code as we read it.
 *
 * Why: two independent ways to know the same number agree, or one of them is wrong; the reader must not find out later.
 * Compared are the unwind tables of objects that are measured without a source, and with --check-su the compiler's own
 * files. A warning where the other number is larger, or knows a call that we don't: ours may be too low. A note where
 * it is smaller. Mend: look at the code; report it.
 */
#include "rules/rule.h"
#include "rules/words.h"

static const char help[] =
	"Another source of numbers disagrees with this tool about a function: the unwind\n"
	"tables of an object or image (--objects-only), or the files that the compiler\n"
	"wrote beside its objects (--check-su): .su for frames, GCC's .ci for calls.\n"
	"\n"
	"Why it matters: two independent ways to know one number should agree. Where they\n"
	"do not, one of them is wrong. It is a finding about the tool, or about the other\n"
	"source, and not about the driver.\n"
	"\n"
	"Known reasons that are no mistake:\n"
	"  - Code in assembler whose unwind annotations are missing or wrong.\n"
	"  - A function that aligns the stack: the worst case of the loss is counted here,\n"
	"    and not by the compiler.\n"
	"  - Inline assembly that pushes or calls: the compiler does not see it.\n"
	"\n"
	"How to mend it: compare both with the disassembly of the function. When this tool\n"
	"is wrong, please report it with the object.\n"
	"\n"
	"Before:\n"
	"    a.su says 504 bytes of a function, the report says 496.\n"
	"After:\n"
	"    objdump -d a.o shows which of the two counted a push too few, and that one is\n"
	"    mended.\n"
	"\n"
	"Source: GCC's -fstack-usage and -fcallgraph-info, and the unwind tables (DWARF CFI,\n"
	".pdata): each is written by another part of the compiler than the code is.\n";

static const char *source_words(enum check_source s)
{
	switch (s) {
	case CHECK_SU: return "the compiler's .su file";
	case CHECK_CI: return "the compiler's .ci file";
	case CHECK_UNWIND: return "the unwind table";
	}
	return "another source";
}

static const char *message(const struct program *p, uint32_t func, const struct fact_mismatch *m,
			   struct arena *a)
{
	const struct fact_func *f = p->funcs[func].fact;
	const char *label = program_func_label(p, a, func), *who = source_words(m->source);

	if (m->source == CHECK_CI)
		return arena_printf(a, "%s calls %s according to %s, and no such call was found",
				    label, m->what, who);
	if (m->what)
		return arena_printf(a, "%s has a frame of %s for %s, which was not found", who,
				    words_bytes(a, m->bytes), m->what);
	return arena_printf(a, "the frame of %s takes %s, but %s says %s", label,
			    words_bytes(a, f->frame_bytes), who, words_bytes(a, m->bytes));
}

static void report(const struct rule_input *in, struct findings *out, uint32_t func,
		   const struct fact_mismatch *m)
{
	const struct fact_func *f = in->program->funcs[func].fact;
	bool low = m->what || m->bytes > f->frame_bytes;
	struct finding *x =
		findings_add(out, "frame-mismatch", low ? SEVERITY_WARNING : SEVERITY_NOTE, func);

	x->loc = f->loc;
	x->bytes = f->frame_bytes;
	x->limit = m->bytes;
	x->subject = arena_printf(&out->arena, "%s %s", check_source_name(m->source),
				  m->what ? m->what : "");
	x->message = message(in->program, func, m, &out->arena);
	x->advice = "One of the two is wrong: compare them with the disassembly of the function.";
}

/* Functions lie unit by unit. */
static void check(const struct rule_input *in, struct findings *out)
{
	const struct program *p = in->program;

	for (uint32_t first = 0; first < p->n_funcs;) {
		uint32_t unit = p->funcs[first].unit;
		const struct facts *f = p->units[unit];

		for (size_t i = 0; i < f->mismatches.n; i++)
			report(in, out, first + f->mismatches.v[i].func, &f->mismatches.v[i]);
		while (first < p->n_funcs && p->funcs[first].unit == unit)
			first++;
	}
}

const struct rule rule_frame_mismatch = {
	.id = "frame-mismatch",
	.severity = SEVERITY_WARNING,
	.summary = "the compiler or the unwind tables disagree with a measured number",
	.help = help,
	.check = check,
};
