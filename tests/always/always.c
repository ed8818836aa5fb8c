/*
 * Two rules that always speak, for a program of tests alone: `always` of every function, `always-last` once, about no
 * function, after the suppressions. What becomes of their findings is what becomes of any rule's.
 */
#include "rules/rule.h"
#include "rules/words.h"

static const char help[] = "Every function is reported.\n"
			   "\n"
			   "Why it matters: it shows whether findings get lost.\n"
			   "\n"
			   "How to mend it: not at all.\n";

static void check_functions(const struct rule_input *in, struct findings *out)
{
	for (uint32_t i = 0; i < in->program->n_funcs; i++) {
		const struct fact_func *f = in->program->funcs[i].fact;
		struct finding *x = findings_add(out, "always", SEVERITY_WARNING, i);

		x->loc = f->loc;
		x->bytes = f->frame_bytes;
		x->limit = rule_limit(in, &rule_always);
		x->message = arena_printf(&out->arena, "%s is there, with %s",
					  program_func_label(in->program, &out->arena, i),
					  words_bytes(&out->arena, f->frame_bytes));
		x->advice = "Leave it as it is.";
	}
}

static void check_program(const struct rule_input *in, struct findings *out)
{
	struct finding *x = findings_add(out, "always-last", SEVERITY_NOTE, NO_ID);
	unsigned n = 0;

	for (size_t i = 0; i < out->v.n; i++)
		n += out->v.v[i].suppressed;
	x->loc = (struct fact_loc){"stackcheck.yml", 1, 1};
	x->message = arena_printf(&out->arena, "the last rule saw %s, %u suppressed",
				  words_count(&out->arena, in->program->n_funcs, "function"), n);
}

const struct rule rule_always = {
	.id = "always",
	.severity = SEVERITY_WARNING,
	.limit = 7,
	.summary = "a function is there",
	.help = help,
	.check = check_functions,
};

const struct rule rule_always_last = {
	.id = "always-last",
	.severity = SEVERITY_NOTE,
	.last = true,
	.summary = "the other rules are through",
	.help = help,
	.check = check_program,
};
