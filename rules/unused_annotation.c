/*
 * unused-annotation: what somebody wrote down about the code, and the code does not have.
 *
 * Why: an annotation that matches nothing is a misspelt name, or the code that it was written for has changed. Either
 * way the numbers are not what its author believes. Mend: correct the name, or take the annotation away.
 */
#include "rules/rule.h"
#include "rules/words.h"

static const char help[] =
	"An annotation, in stackcheck.yml or in a comment, matches nothing: no function of\n"
	"that name was scanned, or the function has no such call, cycle or frame.\n"
	"\n"
	"Why it matters: an annotation changes numbers. One that changes nothing is\n"
	"misspelt, or was written for code that is gone; the depth that its author had in\n"
	"mind is not the one that is reported.\n"
	"\n"
	"How to mend it:\n"
	"  - Correct the name: that of the source, the linker's, or \"file.c:name\".\n"
	"  - `stackcheck show FUNCTION` lists the calls of a function and the slots that\n"
	"    they go through.\n"
	"  - Take the annotation away when the code it speaks of is gone.\n"
	"  - A scan of a part of the tree does not see the rest: it is no mistake there.\n"
	"\n"
	"Before:\n"
	"    /* stackcheck: targets read_dsik */\n"
	"After:\n"
	"    /* stackcheck: targets read_disk */\n"
	"\n"
	"Source: the annotation itself, and the calls and names of the scanned units.\n";

/* What the annotation says, as it is written. */
static const char *text_of(struct arena *a, const struct annotation *x)
{
	static const char *const words[ANNOTATION_COUNT] = {
		[ANNOTATE_TARGET] = "targets",
		[ANNOTATE_ONLY] = "only",
		[ANNOTATE_NOT] = "not",
		[ANNOTATE_NEVER] = "never",
		[ANNOTATE_RECURSION] = "recursion",
		[ANNOTATE_FRAME] = "frame",
		[ANNOTATE_COST] = "cost",
		[ANNOTATE_NORETURN] = "noreturn",
		[ANNOTATE_ENTRY] = "entry",
	};

	if (x->kind == ANNOTATE_RECURSION || x->kind == ANNOTATE_FRAME || x->kind == ANNOTATE_COST)
		return arena_printf(a, "%s %lld", words[x->kind], (long long)x->number);
	if (x->other && x->kind != ANNOTATE_ENTRY)
		return arena_printf(a, "%s %s", words[x->kind], x->other);
	return words[x->kind];
}

static const char *problem(struct arena *a, const struct annotation *x, size_t n_found)
{
	if (x->kind == ANNOTATE_COST)
		return arena_printf(a, "no function outside the scanned sources is called %s",
				    x->function);
	if (!n_found)
		return arena_printf(a, "there is no function %s in the scanned sources",
				    x->function);
	if (x->kind == ANNOTATE_RECURSION)
		return arena_printf(a, "%s is in no cycle", x->function);
	if (x->kind == ANNOTATE_FRAME)
		return arena_printf(a, "the frame of %s has no part that is sized at run time",
				    x->function);
	if (x->slot)
		return arena_printf(a, "%s has no such call through %s", x->function, x->slot);
	return arena_printf(a, "%s has no such call", x->function);
}

static void report(const struct rule_input *in, struct findings *out, const struct annotation *x)
{
	struct arena *a = &out->arena;
	size_t n;
	const uint32_t *found = program_find(in->program, a, x->function, &n);
	struct finding *f =
		findings_add(out, "unused-annotation", SEVERITY_NOTE, n == 1 ? found[0] : NO_ID);
	const char *text = text_of(a, x);

	f->loc = x->loc;
	/* A comment's annotation names the file too, which may move. */
	f->subject = arena_printf(a, "%s: %s",
				  n == 1 ? in->program->funcs[found[0]].fact->symbol : x->function,
				  text);
	f->message = arena_printf(a, "the annotation '%s' of %s matches nothing: %s", text,
				  x->function, problem(a, x, n));
	f->advice = "Correct the name, or take the annotation away.";
}

static void check(const struct rule_input *in, struct findings *out)
{
	const struct program *p = in->program;

	for (size_t i = 0; p->model && i < p->model->annotations.n; i++) {
		if (!p->annotation_used[i])
			report(in, out, &p->model->annotations.v[i]);
	}
}

const struct rule rule_unused_annotation = {
	.id = "unused-annotation",
	.severity = SEVERITY_NOTE,
	.summary = "an annotation matches nothing",
	.help = help,
	.check = check,
};
