/* The configuration's lists and maps as YAML. What is printed reads back as the same configuration. */
#include "config/print.h"

#include "base/text.h"

#include <string.h>

void config_print_text(const char *text, struct buf *out)
{
	struct arena a = {0};

	buf_putc(out, '"');
	for (const char *s = text_utf8(&a, text); *s;) {
		uint32_t code;
		size_t n = text_code_point(s, &code);

		if (*s == '"' || *s == '\\')
			buf_printf(out, "\\%c", *s);
		else if (text_is_control(code))
			buf_printf(out, "\\U%08x", (unsigned)code);
		else
			buf_add(out, s, n);
		s += n;
	}
	buf_putc(out, '"');
	arena_release(&a);
}

static void add_text(struct buf *out, const char *key, const char *text)
{
	if (!text)
		return;
	buf_printf(out, ", %s: ", key);
	config_print_text(text, out);
}

static void add_place(struct buf *out, const struct fact_loc *loc)
{
	struct arena a = {0};

	buf_printf(out, "}  # %s:%u\n", text_printable(&a, loc->file), loc->line);
	arena_release(&a);
}

static void print_modules(const struct config *c, struct buf *out)
{
	const char *last = NULL;

	for (size_t i = 0; i < c->model.modules.n; i++) {
		const struct model_module *m = &c->model.modules.v[i];

		if (!i)
			buf_puts(out, "modules:\n");
		if (!last || strcmp(last, m->name) != 0) {
			buf_puts(out, "  ");
			config_print_text(m->name, out);
			buf_puts(out, ":\n");
		}
		last = m->name;
		buf_puts(out, "    - ");
		config_print_text(m->pattern, out);
		buf_putc(out, '\n');
	}
}

/* The second pattern that model_add_entry() made of the one before. */
static bool is_made(const struct config *c, size_t i)
{
	const char *pattern = c->model.entries.v[i].pattern, *before;
	size_t n;

	if (!i)
		return false;
	before = c->model.entries.v[i - 1].pattern;
	n = strlen(before);
	return !strncmp(pattern, before, n) && !strcmp(pattern + n, "@*");
}

static void print_entries(const struct config *c, struct buf *out)
{
	if (c->model.entries.n)
		buf_puts(out, "entries:\n");
	for (size_t i = 0; i < c->model.entries.n; i++) {
		const struct model_entry *e = &c->model.entries.v[i];

		if (is_made(c, i))
			continue;
		buf_puts(out, "  - {pattern: ");
		config_print_text(e->pattern, out);
		add_text(out, "context", e->context);
		buf_printf(out, ", stack: %s", entry_stack_name(e->stack));
		add_text(out, "level", e->level);
		buf_printf(out, ", boundary: %s", e->boundary ? "true" : "false");
		if (e->size_argument >= 0)
			buf_printf(out, ", size_argument: %d", e->size_argument);
		add_text(out, "why", e->why);
		buf_puts(out, "}\n");
	}
}

static void print_callbacks(const struct model_external *x, struct buf *out)
{
	if (x->n_callbacks)
		buf_puts(out, ", callbacks: [");
	for (uint32_t i = 0; i < x->n_callbacks; i++) {
		buf_printf(out, "%s{argument: %u", i ? ", " : "", x->callbacks[i].argument);
		if (x->callbacks[i].depth_bytes != BYTES_UNKNOWN)
			buf_printf(out, ", bytes: %lld", (long long)x->callbacks[i].depth_bytes);
		buf_putc(out, '}');
	}
	if (x->n_callbacks)
		buf_putc(out, ']');
}

static void print_externals(const struct config *c, struct buf *out)
{
	if (c->model.externals.n)
		buf_puts(out, "externals:\n");
	for (size_t i = 0; i < c->model.externals.n; i++) {
		const struct model_external *x = &c->model.externals.v[i];

		buf_puts(out, "  ");
		config_print_text(x->symbol, out);
		buf_printf(out, ": {noreturn: %s", x->noreturn ? "true" : "false");
		if (x->bytes != BYTES_UNKNOWN)
			buf_printf(out, ", bytes: %lld, floor: %s", (long long)x->bytes,
				   x->floor ? "true" : "false");
		print_callbacks(x, out);
		add_text(out, "reenters", x->reenters);
		add_text(out, "reentry_needs", x->reentry_needs);
		if (x->reentry_depth)
			buf_printf(out, ", reentry_depth: %u", x->reentry_depth);
		add_text(out, "why", x->why);
		buf_puts(out, "}\n");
	}
}

static void print_annotation(const struct annotation *x, struct buf *out)
{
	static const char *const words[ANNOTATION_COUNT] = {"targets", "only",	    "not",
							    "never",   "recursion", "frame",
							    "cost",    "noreturn",  "entry"};

	buf_puts(out, "  - {function: ");
	config_print_text(x->function, out);
	add_text(out, "slot", x->slot);
	if (x->other)
		add_text(out, words[x->kind], x->other);
	else if (x->kind == ANNOTATE_NORETURN)
		buf_puts(out, ", noreturn: true");
	else
		buf_printf(out, ", %s: %lld", words[x->kind], (long long)x->number);
	add_text(out, "why", x->why);
	add_place(out, &x->loc);
}

static void print_rules(const struct config *c, struct buf *out)
{
	if (c->policy.rules.n)
		buf_puts(out, "rules:\n");
	for (size_t i = 0; i < c->policy.rules.n; i++) {
		const struct rule_setting *s = &c->policy.rules.v[i];
		const char *comma = "";

		buf_printf(out, "  %s: ", s->rule);
		if (s->off) {
			buf_printf(out, "off  # %s:%u\n", s->loc.file, s->loc.line);
			continue;
		}
		buf_putc(out, '{');
		if (s->has_severity) {
			buf_printf(out, "severity: %s", severity_name(s->severity));
			comma = ", ";
		}
		if (s->limit != BYTES_UNKNOWN) {
			buf_printf(out, "%slimit: %lld", comma, (long long)s->limit);
			comma = ", ";
		}
		if (s->frames != BYTES_UNKNOWN)
			buf_printf(out, "%sframes: %lld", comma, (long long)s->frames);
		add_place(out, &s->loc);
	}
}

static void print_suppressions(const struct config *c, struct buf *out)
{
	if (c->policy.suppressions.n)
		buf_puts(out, "suppress:\n");
	for (size_t i = 0; i < c->policy.suppressions.n; i++) {
		const struct suppression *s = &c->policy.suppressions.v[i];

		buf_puts(out, "  - {rule: ");
		config_print_text(s->rule, out);
		add_text(out, "function", s->function);
		add_text(out, "file", s->file);
		add_text(out, "fingerprint", s->fingerprint);
		add_text(out, "until", s->until);
		add_text(out, "because", s->because);
		add_place(out, &s->loc);
	}
}

void config_print(const struct config *c, struct buf *out)
{
	print_modules(c, out);
	print_entries(c, out);
	print_externals(c, out);
	if (c->model.annotations.n)
		buf_puts(out, "annotations:\n");
	for (size_t i = 0; i < c->model.annotations.n; i++)
		print_annotation(&c->model.annotations.v[i], out);
	print_rules(c, out);
	print_suppressions(c, out);
}
