/* What a gate makes of the run, for people: what changed since the base, then the verdict and why. Last in the report, so that it is
   what stands above the shell's prompt. */
#include "reports/difference.h"
#include "reports/text_parts.h"

#include <string.h>

static void sentences(struct text_report *t, const char *head, const char *const *v, size_t n)
{
	if (n)
		buf_printf(t->buf, "%s\n", head);
	for (size_t i = 0; i < n; i++) {
		buf_puts(t->buf, "  - ");
		text_wrapped_rest(t, 4, v[i]);
	}
}

static enum style style_of(const char *verdict)
{
	if (!strcmp(verdict, "passed"))
		return STYLE_GOOD;
	return strcmp(verdict, "failed") ? STYLE_WARNING : STYLE_ERROR;
}

void text_gate(struct text_report *t)
{
	const struct report *r = t->r;
	const struct gate_verdict *v = r->verdict;

	if (!v)
		return;
	buf_puts(t->buf, "\n");
	if (r->diff) {
		text_styled(t, STYLE_HEADING, "Changes since %s",
			    text_fit(t, r->base_label ? r->base_label : "the base", 0));
		buf_puts(t->buf, "\n\n");
		diff_write_text(r->diff, &r->diff_limits, r->color, r->width, t->buf);
		buf_puts(t->buf, "\n");
	}
	text_styled(t, style_of(v->word), "gate %s", v->word);
	buf_puts(t->buf, "\n");
	sentences(t, "because", v->reasons, v->n_reasons);
	sentences(t, "to know", v->notices, v->n_notices);
}
