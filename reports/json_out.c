#include "reports/json_out.h"

#include "base/error.h"
#include "base/text.h"
#include "facts/facts.h"

#include <inttypes.h>

static void new_line(struct json_out *o)
{
	buf_putc(o->buf, '\n');
	for (unsigned i = 0; i < o->indent; i++)
		buf_puts(o->buf, "  ");
}

/* One pass over valid UTF-8: only quotes, backslashes and control characters need an escape. */
static void quote(struct buf *b, const char *s)
{
	buf_putc(b, '"');
	while (*s) {
		const char *p = s;

		while ((unsigned char)*p >= 0x20 && *p != '"' && *p != '\\')
			p++;
		buf_add(b, s, (size_t)(p - s));
		s = p;
		if (!*s)
			break;
		if (*s == '"' || *s == '\\')
			buf_printf(b, "\\%c", *s);
		else if (*s == '\n')
			buf_puts(b, "\\n");
		else if (*s == '\t')
			buf_puts(b, "\\t");
		else
			buf_printf(b, "\\u%04x", (unsigned)(unsigned char)*s);
		s++;
	}
	buf_putc(b, '"');
}

static bool is_ascii(const char *s)
{
	while (*s)
		if ((unsigned char)*s++ >= 0x80)
			return false;
	return true;
}

static void add_string(struct buf *b, const char *s)
{
	struct arena scratch = {0};

	quote(b, is_ascii(s) ? s : text_utf8(&scratch, s));
	arena_release(&scratch);
}

/* Everything in front of a value: comma, place, key. */
static void before_value(struct json_out *o, const char *key)
{
	struct json_level *l = o->n ? &o->level[o->n - 1] : NULL;

	if (!l)
		return;
	if (l->any)
		buf_puts(o->buf, l->layout == JSON_LINES ? "," : ", ");
	if (l->layout == JSON_LINES)
		new_line(o);
	l->any = true;
	if ((key != NULL) != (l->close == '}'))
		BUG("a JSON %s", key ? "array element has a key" : "object member has no key");
	if (key) {
		quote(o->buf, key);
		buf_puts(o->buf, ": ");
	}
}

static void begin(struct json_out *o, const char *key, enum json_layout layout, char open,
		  char close)
{
	before_value(o, key);
	if (o->n == JSON_MAX_DEPTH)
		BUG("JSON nested deeper than %d", JSON_MAX_DEPTH);
	buf_putc(o->buf, open);
	o->level[o->n++] = (struct json_level){.close = close, .layout = layout};
	if (layout == JSON_LINES)
		o->indent++;
}

void json_object(struct json_out *o, const char *key, enum json_layout layout)
{
	begin(o, key, layout, '{', '}');
}

void json_array(struct json_out *o, const char *key, enum json_layout layout)
{
	begin(o, key, layout, '[', ']');
}

void json_end(struct json_out *o)
{
	struct json_level *l;

	if (!o->n)
		BUG("no JSON container is open");
	l = &o->level[--o->n];
	if (l->layout == JSON_LINES) {
		o->indent--;
		if (l->any)
			new_line(o);
	}
	buf_putc(o->buf, l->close);
	if (!o->n)
		buf_putc(o->buf, '\n');
}

void json_str(struct json_out *o, const char *key, const char *s)
{
	before_value(o, key);
	if (s)
		add_string(o->buf, s);
	else
		buf_puts(o->buf, "null");
}

void json_int(struct json_out *o, const char *key, int64_t n)
{
	before_value(o, key);
	buf_printf(o->buf, "%" PRId64, n);
}

void json_bytes(struct json_out *o, const char *key, int64_t bytes)
{
	if (bytes == BYTES_UNKNOWN)
		json_null(o, key);
	else
		json_int(o, key, bytes);
}

void json_line(struct json_out *o, const char *key, uint32_t line)
{
	if (line)
		json_int(o, key, line);
	else
		json_null(o, key);
}

void json_bool(struct json_out *o, const char *key, bool b)
{
	before_value(o, key);
	buf_puts(o->buf, b ? "true" : "false");
}

void json_null(struct json_out *o, const char *key)
{
	before_value(o, key);
	buf_puts(o->buf, "null");
}

void json_seconds(struct json_out *o, const char *key, double seconds)
{
	before_value(o, key);
	buf_printf(o->buf, "%.3f", seconds);
}
