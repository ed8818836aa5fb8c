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

static void escaped(struct buf *b, uint32_t code)
{
	if (code >= 0x10000) {
		buf_printf(b, "\\u%04x", (unsigned)(0xd800 + ((code - 0x10000) >> 10)));
		code = 0xdc00 + ((code - 0x10000) & 0x3ff);
	}
	buf_printf(b, "\\u%04x", (unsigned)code);
}

static bool is_plain(char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* What a terminal or an editor could take for more than a character is escaped: the value stays the same. */
static size_t add_code_point(struct buf *b, const char *s)
{
	uint32_t code;
	size_t n = text_code_point(s, &code);

	if (!n)
		buf_puts(b, "\xef\xbf\xbd");
	else if (*s == '"' || *s == '\\')
		buf_printf(b, "\\%c", *s);
	else if (*s == '\n')
		buf_puts(b, "\\n");
	else if (*s == '\t')
		buf_puts(b, "\\t");
	else if (text_is_control(code))
		escaped(b, code);
	else
		buf_add(b, s, n);
	return n ? n : 1;
}

static void add_string(struct buf *b, const char *s)
{
	buf_putc(b, '"');
	while (*s) {
		const char *p = s;

		while (is_plain(*p))
			p++;
		buf_add(b, s, (size_t)(p - s));
		s = p;
		if (*s)
			s += add_code_point(b, s);
	}
	buf_putc(b, '"');
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
		add_string(o->buf, key);
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
