/*
 * stack-switch: code that puts another stack under itself.
 *
 * Why: the system keeps a thread's stack limits; with SP outside of them exception dispatch, stack checks and debuggers
 * fail, and nothing here can count what runs on the other stack. Mend: let the system expand or change the stack.
 */
#include "rules/copies.h"
#include "rules/rule.h"
#include "rules/words.h"

static const char help[] =
	"A function loads the stack pointer with an address that comes from memory or from\n"
	"a register, and not from its own stack or frame: it goes on on another stack.\n"
	"It may be inline assembly, an intrinsic or an assembler file.\n"
	"\n"
	"Why it matters: the system knows each thread's stack limits. With SP outside of\n"
	"them exceptions are not dispatched, tests of the remaining stack give nonsense,\n"
	"and a guard page no longer protects anything. What runs there is not counted\n"
	"here either: the function's depth is unknown.\n"
	"\n"
	"How to mend it:\n"
	"  - Windows: KeExpandKernelStackAndCalloutEx() calls a routine with the stack that\n"
	"    it needs.\n"
	"  - Windows and Linux: hand the deep part to a work item, a work queue or a thread.\n"
	"\n"
	"Before:\n"
	"    asm volatile(\"mov %0, %%rsp\" : : \"r\"(other_stack));\n"
	"    Deep(context);\n"
	"After:\n"
	"    KeExpandKernelStackAndCalloutEx(Deep, context, 0x6000, TRUE, NULL);\n"
	"\n"
	"Source: Windows Driver Kit, KeExpandKernelStackAndCalloutEx(): a routine called\n"
	"with a guaranteed amount of stack. On Linux, Documentation/core-api/workqueue.rst.\n";

static const struct advice advice = {
	.windows = "Use KeExpandKernelStackAndCalloutEx(), or hand the work to a worker thread.",
	.linux =
		"Hand the work to a work queue or a kernel thread, which have stacks of their own.",
	.other = "Hand the work to a thread, which has a stack of its own.",
};

static void check(const struct rule_input *in, struct findings *out)
{
	const struct program *p = in->program;
	struct copies copies = {0};

	for (uint32_t i = 0; i < p->n_funcs; i++)
		if (p->funcs[i].fact->marks & 1u << MARK_STACK_SWITCH)
			copies_add_func(&copies, p, i, 0);
	for (size_t i = 0; i < copies.v.n; i++) {
		const struct copy *copy = &copies.v.v[i];
		struct finding *x = findings_add(out, "stack-switch", SEVERITY_WARNING, copy->func);

		x->loc = p->funcs[copy->func].fact->loc;
		x->subject = "";
		x->bytes = BYTES_UNKNOWN;
		x->limit = BYTES_UNKNOWN;
		x->message = arena_printf(
			&out->arena,
			"%s loads the stack pointer with another stack's: the system does not know "
			"that stack, and what runs there is not counted%s",
			program_func_label(p, &out->arena, copy->func),
			words_units(&out->arena, copy->n_units));
		x->advice = words_advice(in->platform, &advice);
	}
	copies_release(&copies);
}

const struct rule rule_stack_switch = {
	.id = "stack-switch",
	.severity = SEVERITY_WARNING,
	.summary = "a function puts another stack under itself",
	.help = help,
	.check = check,
};
