/* A model file with measured costs, as model_read.c reads it. Equal costs are equal bytes. */
#include "rules/model_write.h"
#include "base/text.h"

#include <string.h>

void costs_add(struct costs *c, const char *symbol, int64_t bytes, bool floor)
{
	uint64_t *index = map_put_str(&c->seen, symbol, NULL);
	struct cost *x;

	if (!*index) {
		*vec_push(&c->v) = (struct cost){symbol, bytes, floor};
		*index = c->v.n;
		return;
	}
	x = &c->v.v[*index - 1];
	if (bytes > x->bytes)
		x->bytes = bytes;
	x->floor = x->floor || floor;
}

void costs_release(struct costs *c)
{
	vec_release(&c->v);
	map_release(&c->seen);
}

static int compare_costs(const void *a, const void *b)
{
	return strcmp(((const struct cost *)a)->symbol, ((const struct cost *)b)->symbol);
}

static void add_string(struct buf *out, const char *text)
{
	struct arena a = {0};

	buf_putc(out, '"');
	for (const char *s = text_utf8(&a, text); *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_printf(out, "\\%c", *s);
		else if ((unsigned char)*s < 0x20 || *s == 0x7f)
			buf_printf(out, "\\u%04x", (unsigned char)*s);
		else
			buf_putc(out, *s);
	}
	buf_putc(out, '"');
	arena_release(&a);
}

static void add_list(const struct costs *c, const char *name, bool floor, struct buf *out)
{
	const char *between = "";

	buf_printf(out, ",\n\t\t\"%s\": {", name);
	for (size_t i = 0; i < c->v.n; i++) {
		const struct cost *x = &c->v.v[i];

		if (x->floor != floor)
			continue;
		buf_printf(out, "%s\n\t\t\t", between);
		add_string(out, x->symbol);
		buf_printf(out, ": %lld", (long long)x->bytes);
		between = ",";
	}
	buf_printf(out, "%s}", *between ? "\n\t\t" : "");
}

void model_write(struct costs *c, const char *summary, const char *why, struct buf *out)
{
	qsort(c->v.v, c->v.n, sizeof(*c->v.v), compare_costs);
	buf_puts(out, "{\n\t\"schema\": \"stackcheck-model/1\",\n\t\"summary\": ");
	add_string(out, summary);
	buf_puts(out, ",\n\t\"costs\": {\n\t\t\"why\": ");
	add_string(out, why);
	add_list(c, "exact", false, out);
	add_list(c, "at_least", true, out);
	buf_puts(out, "\n\t}\n}\n");
}
