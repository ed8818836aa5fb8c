/*
 * large-local: an array, structure or union that takes a large part of the stack.
 *
 * Why: large character arrays and structures are the first cause of kernel stack overflows, and the
 * easiest to mend. A variable may come from an inlined function; it is reported once, where it is
 * declared, however many frames have it. Mend: allocate it, or make it part of an object that lives
 * longer.
 */
#include "base/text.h"
#include "rules/advice.h"
#include "rules/copies.h"
#include "rules/over_budget.h"
#include "rules/words.h"

#include <string.h>

static const char help[] =
	"A local array, structure or union takes many bytes of a stack frame. The\n"
	"message names its type, its size, its share of the frame, and the inlined\n"
	"function that declares it when it is not the frame's own, and its share of the\n"
	"deepest path above the budget that it lies on. For functions that only interrupts\n"
	"and deferred work reach, half of the limit holds: they come on top of whatever\n"
	"runs.\n"
	"\n"
	"Why it matters: large buffers on the stack are the first cause of kernel stack\n"
	"overflows. They cost their full size on every path through the function, even\n"
	"on those that never touch them.\n"
	"\n"
	"How to mend it:\n"
	"  - Windows: take it from pool; paged pool in pageable code, non-paged pool at\n"
	"    DISPATCH_LEVEL and above and in the paging path; a lookaside list for a\n"
	"    fixed size that is needed often. Check the result and return\n"
	"    STATUS_INSUFFICIENT_RESOURCES when there is none.\n"
	"  - Linux: kmalloc() with the flags of the context, a mempool or kmem_cache for\n"
	"    what is needed often, or a member of an object that exists anyway. Check\n"
	"    for NULL and return -ENOMEM.\n"
	"  - A constant table: make it static const.\n"
	"  - Several large variables: one allocated structure that holds them all.\n"
	"\n"
	"Before:\n"
	"    int show(struct dev *d) { char t[2048]; format(d, t); return emit(t); }\n"
	"After:\n"
	"    int show(struct dev *d)\n"
	"    {\n"
	"            char *t = kmalloc(2048, GFP_KERNEL);\n"
	"            int err;\n"
	"\n"
	"            if (!t)\n"
	"                    return -ENOMEM;\n"
	"            format(d, t);\n"
	"            err = emit(t);\n"
	"            kfree(t);\n"
	"            return err;\n"
	"    }\n"
	"\n"
	"Source: \"Using the Kernel Stack\" in the Windows driver documentation (allocate\n"
	"rather than run out of stack); scripts/checkstack.pl of Linux, which lists frames\n"
	"from 512 bytes on. `stackcheck list platforms` names the limit's reason.\n";

/* What one run of the rule needs beside its input. */
struct look {
	const struct rule_input *in;
	struct contexts contexts;
	struct over_paths over;
	struct what_if *what_if; /* with paths above the budget only */
};

/* "40 % of the frame of foo, 1,280 bytes" */
static const char *frame_share(const struct program *p, struct arena *a, const struct copy *copy)
{
	const struct fact_func *f = p->funcs[copy->func].fact;
	const char *label = program_func_label(p, a, copy->func);

	if (f->frame_kind == FRAME_ESTIMATED)
		return arena_printf(
			a, "in %s, estimated from the source as its unit did not compile", label);
	if (f->frame_bytes <= 0 || f->frame_bytes < copy->bytes)
		return arena_printf(a, "in %s, whose frame is not measured", label);
	return arena_printf(a, "%lld %% of the %s-byte frame of %s",
			    (long long)(copy->bytes * 100 / f->frame_bytes),
			    text_thousands(a, (long long)f->frame_bytes), label);
}

/* Where a variable stands that is seen in more than one frame. */
static const char *spread(struct arena *a, const struct copy *copy)
{
	if (copy->n_units > 1)
		return words_units(a, copy->n_units);
	if (copy->n_funcs > 1)
		return arena_printf(a, " (and in %s)",
				    words_count(a, copy->n_funcs - 1, "other function"));
	return "";
}

static const char *inlined_from(const struct program *p, struct arena *a, const struct copy *copy,
				const struct fact_part *part)
{
	if (!part->declared_in || !strcmp(part->declared_in, p->funcs[copy->func].fact->name))
		return "";
	return arena_printf(a, " of the inlined function %s", part->declared_in);
}

/* "; 12 % of the path from f, above the budget": of the deepest one that the variable lies on. */
static const char *path_share(const struct look *l, struct arena *a, const struct copy *copy)
{
	const struct program_func *f = &l->in->program->funcs[copy->func];
	struct change c = {
		.kind = CHANGE_MOVE, .func = copy->func, .part = copy->part - f->first_part};
	const struct over_path *deepest = NULL;
	int64_t bytes = 0;
	uint32_t n = 0;

	for (size_t i = 0; i < l->over.v.n; i++) {
		const struct over_path *x = &l->over.v.v[i];
		int64_t saved = what_if_saves(l->what_if, &x->path, c);

		if (saved <= 0)
			continue;
		n++;
		if (deepest && deepest->path.bytes >= x->path.bytes)
			continue;
		deepest = x;
		bytes = saved;
	}
	if (!n)
		return "";
	return arena_printf(a, "; %lld %% of the %s-byte path from %s%s",
			    (long long)(bytes * 100 / deepest->path.bytes),
			    text_thousands(a, (long long)deepest->path.bytes),
			    program_func_label(l->in->program, a, deepest->entry.func),
			    n == 1 ? ", which is above the budget"
				   : arena_printf(a, ", and on %u more above the budget", n - 1));
}

static int64_t limit_of(const struct look *l, uint32_t func)
{
	return l->in->large_local / (contexts_is_interrupt(&l->contexts, func) ? 2 : 1);
}

static void report(const struct look *l, struct findings *out, const struct copy *copy)
{
	const struct program *p = l->in->program;
	const struct program_func *f = &p->funcs[copy->func];
	const struct fact_part *part = &p->units[f->unit]->parts.v[copy->part];
	struct finding *x = findings_add(out, "large-local", SEVERITY_WARNING, copy->func);
	struct arena *a = &out->arena;

	x->loc = part->loc.file ? part->loc : f->fact->loc;
	x->bytes = part->bytes;
	x->limit = limit_of(l, copy->func);
	x->subject = part->declared_in && part->name
			     ? arena_printf(a, "%s:%s", part->declared_in, part->name)
			     : arena_strdup(a, part->name ? part->name : "");
	x->message = arena_printf(
		a, "%s%s%s%s takes %s, %s%s%s%s",
		part->name ? arena_printf(a, "variable %s", part->name) : "an unnamed temporary",
		part->type ? ", " : "", part->type ? part->type : "",
		inlined_from(p, a, copy, part), words_bytes(a, part->bytes),
		frame_share(p, a, copy), spread(a, copy),
		contexts_is_interrupt(&l->contexts, copy->func) ? ", on an interrupt's way" : "",
		path_share(l, a, copy));
	x->advice = advice_variable(l->in, a, copy->func, part, l->contexts.v[copy->func]);
}

static void collect(const struct look *l, struct copies *copies)
{
	const struct program *p = l->in->program;

	for (uint32_t i = 0; i < p->n_funcs; i++) {
		const struct program_func *f = &p->funcs[i];
		const struct fact_part *parts = p->units[f->unit]->parts.v;

		for (uint32_t n = f->first_part; n < f->first_part + f->n_parts; n++) {
			if (parts[n].kind == PART_VARIABLE && parts[n].aggregate &&
			    parts[n].bytes >= limit_of(l, i))
				copies_add_part(copies, p, i, n);
		}
	}
}

static void check(const struct rule_input *in, struct findings *out)
{
	struct look l = {.in = in};
	struct copies copies = {0};

	contexts_find(&l.contexts, in->program);
	over_paths_find(&l.over, in);
	if (l.over.v.n)
		l.what_if = what_if_open(in->program, in->depths);
	collect(&l, &copies);
	for (size_t i = 0; i < copies.v.n; i++)
		report(&l, out, &copies.v.v[i]);
	if (l.what_if)
		what_if_close(l.what_if);
	over_paths_release(&l.over);
	contexts_release(&l.contexts);
	copies_release(&copies);
}

const struct rule rule_large_local = {
	.id = "large-local",
	.severity = SEVERITY_WARNING,
	.summary = "a local array, structure or union takes a large part of the stack",
	.help = help,
	.check = check,
};
