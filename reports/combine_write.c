/* Combined answers as text, as a comment on a pull request, as JSON. Input: the parts and what they say. */
#include "base/text.h"
#include "facts/facts.h"
#include "reports/bounds.h"
#include "reports/combine.h"
#include "reports/escape.h"
#include "reports/json_out.h"
#include "rules/words.h"

#include <stdio.h>

enum { COMMIT = 12, MAX_SENTENCES = 60 };

#define COMBINE_SCHEMA "stackcheck-combined-gate/1"

/* Who says it: nothing when all do. */
static bool by_all(const struct combined *c, const struct combine_sentence *s)
{
	return c->parts.n == 1 || s->parts.n == c->parts.n;
}

/* The entry point's depth that p->deepest is; NULL: there is none. */
static const struct depth *deepest(const struct combine_part *p)
{
	const struct report *r = p->document ? &p->document->report : NULL;

	for (size_t i = 0; r && p->deepest != BYTES_UNKNOWN && i < r->n_entries; i++)
		if (r->depths->v[r->entries[i].func].bytes == p->deepest)
			return &r->depths->v[r->entries[i].func];
	return NULL;
}

static const char *deepest_text(struct arena *a, const struct combine_part *p)
{
	const struct depth *d = deepest(p);

	return d ? bound_bytes(d, a) : "unknown";
}

static void text_sentences(const struct combined *c, const char *head,
			   const struct combine_sentence *v, size_t n, struct buf *out)
{
	if (n)
		buf_printf(out, "%s\n", head);
	for (size_t i = 0; i < n; i++) {
		buf_puts(out, "  - ");
		escape_line(out, v[i].text);
		for (size_t j = 0; j < v[i].parts.n && !by_all(c, &v[i]); j++) {
			buf_puts(out, j ? ", " : " [");
			escape_line(out, c->parts.v[v[i].parts.v[j]].name);
		}
		buf_puts(out, by_all(c, &v[i]) ? "\n" : "]\n");
	}
}

void combine_text(const struct combined *c, struct buf *out)
{
	struct arena a = {0};

	buf_printf(out, "gate %s, %s\n", c->verdict, words_count(&a, c->parts.n, "build"));
	for (size_t i = 0; i < c->parts.n; i++) {
		const struct combine_part *p = &c->parts.v[i];

		buf_printf(out, "  %-9s  ", p->verdict);
		escape_line(out, p->name);
		buf_printf(out, ", deepest path %s\n", deepest_text(&a, p));
	}
	text_sentences(c, "because", c->reasons.v, c->reasons.n, out);
	text_sentences(c, "to know", c->notices.v, c->notices.n, out);
	arena_release(&a);
}

static void markdown_sentences(const struct combined *c, const struct combine_sentence *v, size_t n,
			       struct buf *out)
{
	for (size_t i = 0; i < n && i < MAX_SENTENCES; i++) {
		buf_puts(out, "- ");
		escape_markdown(out, v[i].text);
		for (size_t j = 0; j < v[i].parts.n && !by_all(c, &v[i]); j++) {
			buf_puts(out, j ? ", " : " (");
			escape_markdown_code(out, c->parts.v[v[i].parts.v[j]].name);
		}
		buf_puts(out, by_all(c, &v[i]) ? "\n" : ")\n");
	}
	if (n > MAX_SENTENCES)
		buf_printf(out, "- and %zu more\n", n - MAX_SENTENCES);
	if (n)
		buf_putc(out, '\n');
}

static void markdown_commit(struct buf *out, const char *commit)
{
	char text[COMMIT + 1];

	snprintf(text, sizeof(text), "%s", commit ? commit : "?");
	escape_markdown_code(out, text);
}

void combine_markdown(const struct combined *c, struct buf *out)
{
	struct arena a = {0};

	/* A script finds its old comment by this line. */
	buf_printf(out,
		   "<!-- stackcheck combined -->\n## stackcheck: gate %s, %s\n\n"
		   "| build | gate | head | base | units measured | deepest path |\n"
		   "|---|---|---|---|--:|--:|\n",
		   c->verdict, words_count(&a, c->parts.n, "build"));
	for (size_t i = 0; i < c->parts.n; i++) {
		const struct combine_part *p = &c->parts.v[i];

		buf_puts(out, "| ");
		escape_markdown_code(out, p->name);
		buf_printf(out, " | %s | ", p->verdict);
		markdown_commit(out, p->commit);
		buf_puts(out, " | ");
		markdown_commit(out, p->base_commit);
		if (p->units == BYTES_UNKNOWN)
			buf_puts(out, " | ?");
		else
			buf_printf(out, " | %lld of %lld", (long long)p->units_measured,
				   (long long)p->units);
		buf_printf(out, " | %s |\n", deepest_text(&a, p));
	}
	buf_putc(out, '\n');
	markdown_sentences(c, c->reasons.v, c->reasons.n, out);
	if (c->notices.n)
		buf_puts(out, "To know:\n\n");
	markdown_sentences(c, c->notices.v, c->notices.n, out);
	arena_release(&a);
}

static void json_sentences(const struct combined *c, const char *key,
			   const struct combine_sentence *v, size_t n, struct json_out *o)
{
	json_array(o, key, JSON_LINES);
	for (size_t i = 0; i < n; i++) {
		json_object(o, NULL, JSON_INLINE);
		json_str(o, "text", v[i].text);
		json_array(o, "builds", JSON_INLINE);
		for (size_t j = 0; j < v[i].parts.n; j++)
			json_str(o, NULL, c->parts.v[v[i].parts.v[j]].name);
		json_end(o);
		json_end(o);
	}
	json_end(o);
}

void combine_json(const struct combined *c, struct buf *out)
{
	struct json_out o = {.buf = out};

	json_object(&o, NULL, JSON_LINES);
	json_str(&o, "schema", COMBINE_SCHEMA);
	json_str(&o, "verdict", c->verdict);
	json_array(&o, "builds", JSON_LINES);
	for (size_t i = 0; i < c->parts.n; i++) {
		const struct combine_part *p = &c->parts.v[i];

		json_object(&o, NULL, JSON_INLINE);
		json_str(&o, "name", p->name);
		json_str(&o, "verdict", p->verdict);
		json_str(&o, "commit", p->commit);
		json_str(&o, "base", p->base);
		json_str(&o, "base_commit", p->base_commit);
		json_bytes(&o, "units_total", p->units);
		json_bytes(&o, "units_measured", p->units_measured);
		json_bytes(&o, "deepest_bytes", p->deepest);
		json_str(&o, "deepest_bound", deepest(p) ? bound_name(deepest(p)->bound) : NULL);
		json_end(&o);
	}
	json_end(&o);
	json_sentences(c, "reasons", c->reasons.v, c->reasons.n, &o);
	json_sentences(c, "notices", c->notices.v, c->notices.n, &o);
	json_end(&o);
}
