/*
 * variadic-format-buffer: a local character array that only holds formatted text.
 *
 * Why: sprintf(buffer), then printk("%s", buffer): the text could have been printed at once, or in parts. Mend: format
 * straight into its destination.
 */
#include "rules/copies.h"
#include "rules/rule.h"
#include "rules/words.h"

static const char help[] =
	"Every use of a local character array is an argument of a printf-style call: text\n"
	"is formatted into it and then formatted again from it.\n"
	"\n"
	"Why it matters: such buffers are sized for the longest text that anybody could\n"
	"think of, they stand in error paths that run on deep stacks, and they are not\n"
	"needed.\n"
	"\n"
	"How to mend it:\n"
	"  - Linux: print the parts directly; pass a struct va_format with %pV; use\n"
	"    seq_printf(), dev_err_probe() or kasprintf().\n"
	"  - Windows: print the parts directly or by WPP tracing; where the text is\n"
	"    needed, format it into pool memory.\n"
	"\n"
	"Before:\n"
	"    char text[256];\n"
	"    snprintf(text, sizeof(text), \"port %d: error %d\", port, err);\n"
	"    dev_err(dev, \"%s\\n\", text);\n"
	"After:\n"
	"    dev_err(dev, \"port %d: error %d\\n\", port, err);\n"
	"\n"
	"Source: Documentation/core-api/printk-formats.rst of Linux (struct va_format, %pV);\n"
	"WPP software tracing in the Windows Driver Kit.\n";

static const struct advice advice = {
	.windows = "Print the parts directly or by WPP tracing, or format into pool memory.",
	.linux = "Print the parts directly, with %pV for a nested format, or use kasprintf().",
	.other = "Print the parts directly, or format into allocated memory.",
};

static void report(const struct rule_input *in, struct findings *out, const struct copy *copy,
		   int64_t limit)
{
	const struct program_func *f = &in->program->funcs[copy->func];
	const struct fact_part *part = &in->program->units[f->unit]->parts.v[copy->part];
	struct finding *x = findings_add(out, "variadic-format-buffer", SEVERITY_NOTE, copy->func);
	struct arena *a = &out->arena;

	x->loc = part->loc.file ? part->loc : f->fact->loc;
	x->bytes = part->bytes;
	x->limit = limit;
	x->subject = part->declared_in ? arena_printf(a, "%s:%s", part->declared_in, part->name)
				       : part->name;
	x->message = arena_printf(a,
				  "%s, %s of %s, only holds text on its way from one "
				  "printf-style call to another%s",
				  part->name, part->type ? part->type : "an array",
				  words_bytes(a, part->bytes), words_units(a, copy->n_units));
	x->advice = words_advice(in->platform, &advice);
}

static void check(const struct rule_input *in, struct findings *out)
{
	const struct program *p = in->program;
	int64_t limit = rule_limit(in, &rule_variadic_format_buffer);
	struct copies copies = {0};

	for (uint32_t i = 0; i < p->n_funcs; i++) {
		const struct program_func *f = &p->funcs[i];
		const struct fact_part *parts = p->units[f->unit]->parts.v;

		for (uint32_t n = f->first_part; n < f->first_part + f->n_parts; n++)
			if (parts[n].format_only && parts[n].name && parts[n].bytes >= limit)
				copies_add_part(&copies, p, i, n);
	}
	for (size_t i = 0; i < copies.v.n; i++)
		report(in, out, &copies.v.v[i], limit);
	copies_release(&copies);
}

const struct rule rule_variadic_format_buffer = {
	.id = "variadic-format-buffer",
	.severity = SEVERITY_NOTE,
	.limit = 64,
	.summary = "a local buffer only holds text between two printf-style calls",
	.help = help,
	.check = check,
};
