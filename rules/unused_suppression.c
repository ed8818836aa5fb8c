/*
 * unused-suppression: a finding was accepted that is not there, or not any more.
 *
 * Why: a suppression that outlives its finding accepts the next one that happens to fit, unseen. One whose day is over accepts
 * nothing, and should be decided again. Mend: take it away, or give it a new day and a reason that still holds.
 */
#include "rules/rule.h"
#include "rules/words.h"

static const char help[] =
	"A suppression, in stackcheck.yml or in a comment, fits no finding, or its last day\n"
	"is over.\n"
	"\n"
	"Why it matters: a suppression that outlives its finding lies in wait. The next\n"
	"finding that fits is accepted by it, although nobody has looked at that one. A\n"
	"suppression whose `until` is over accepts nothing any more: its findings count\n"
	"again.\n"
	"\n"
	"How to mend it:\n"
	"  - Nothing fits: take it away, or correct the function, file or rule.\n"
	"  - Its day is over: mend the finding, or decide again and write a new day.\n"
	"  - A scan of a part of the tree does not see the rest: it is no mistake there.\n"
	"\n"
	"Before:\n"
	"    /* stackcheck: allow large-local because it runs once at boot */\n"
	"    static int table_setup(void) { static const u8 table[4096] = ...; }\n"
	"After:\n"
	"    static int table_setup(void) { static const u8 table[4096] = ...; }\n"
	"\n"
	"Source: the suppression itself, and the findings of this run.\n";

/* "large-local in f", "* in drivers/x.c" */
static const char *scope(struct arena *a, const struct suppression *s)
{
	const char *text = s->rule;

	if (s->fingerprint)
		text = arena_printf(a, "%s with fingerprint %s", text, s->fingerprint);
	if (s->function)
		text = arena_printf(a, "%s in %s", text, s->function);
	if (s->file && !s->in_source)
		text = arena_printf(a, "%s in %s", text, s->file);
	return text;
}

/* Its identity is that of the function, where there is one: files move. */
static uint32_t function_of(const struct rule_input *in, struct arena *a,
			    const struct suppression *s)
{
	size_t n = 0;
	const uint32_t *found = s->function ? program_find(in->program, a, s->function, &n) : NULL;

	return n == 1 ? found[0] : NO_ID;
}

static void report(const struct rule_input *in, struct findings *out, const struct suppression *s)
{
	struct arena *a = &out->arena;
	struct finding *f =
		findings_add(out, "unused-suppression", SEVERITY_NOTE, function_of(in, a, s));

	f->loc = s->loc;
	f->subject = scope(a, s);
	if (s->n_used) {
		f->message = arena_printf(
			a, "the suppression of %s held until %s: %s again", f->subject, s->until,
			s->n_used == 1 ? "its finding counts"
				       : arena_printf(a, "its %u findings count", s->n_used));
		f->advice = "Mend the finding, or decide again and write a new day.";
	} else {
		f->message = arena_printf(a, "the suppression of %s fits no finding", f->subject);
		f->advice = "Take it away, or correct its rule, function or file.";
	}
}

static void check(const struct rule_input *in, struct findings *out)
{
	for (size_t i = 0; in->policy && i < in->policy->suppressions.n; i++) {
		const struct suppression *s = &in->policy->suppressions.v[i];
		const struct rule *rule = rule_find(s->rule);

		/* What a rule finds against a base is not there yet. */
		if (rule && !rule->check && !s->expired)
			continue;
		if (!s->n_used || s->expired)
			report(in, out, s);
	}
}

const struct rule rule_unused_suppression = {
	.id = "unused-suppression",
	.severity = SEVERITY_NOTE,
	.last = true,
	.summary = "an accepted finding is not there, or its day is over",
	.help = help,
	.check = check,
};
