#include "reports/text_out.h"

#include "base/text.h"

#include <string.h>

enum { ELLIPSIS = 3 };

void text_styled(struct text_report *t, enum style style, const char *fmt, ...)
{
	static const char *const codes[] = {
		[STYLE_HEADING] = "\033[1m",  [STYLE_ERROR] = "\033[1;31m",
		[STYLE_WARNING] = "\033[33m", [STYLE_NOTE] = "\033[36m",
		[STYLE_GOOD] = "\033[32m",    [STYLE_DIM] = "\033[2m",
	};
	va_list ap;

	if (t->r->color)
		buf_puts(t->buf, codes[style]);
	va_start(ap, fmt);
	buf_vprintf(t->buf, fmt, ap);
	va_end(ap);
	if (t->r->color)
		buf_puts(t->buf, "\033[0m");
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

size_t text_columns(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += !is_continuation(*s);
	return n;
}

/* Where the string's code point number `n` begins. */
static const char *skip_columns(const char *s, size_t n)
{
	while (*s && n--) {
		s++;
		while (is_continuation(*s))
			s++;
	}
	return s;
}

/* Keeps `head` columns from the front and `tail` from the end. */
static const char *shorten(struct arena *a, const char *s, size_t head, size_t tail)
{
	const char *cut = skip_columns(s, head);

	return arena_printf(a, "%.*s...%s", (int)(cut - s), s,
			    skip_columns(s, text_columns(s) - tail));
}

const char *text_fit(struct text_report *t, const char *s, size_t columns)
{
	size_t room;

	s = text_printable(&t->arena, s);
	if (!columns || text_columns(s) <= columns)
		return s;
	room = columns > ELLIPSIS ? columns - ELLIPSIS : 0;
	return shorten(&t->arena, s, (room + 1) / 2, room / 2);
}

const char *text_fit_end(struct text_report *t, const char *s, size_t columns)
{
	s = text_printable(&t->arena, s);
	if (!columns || text_columns(s) <= columns)
		return s;
	return shorten(&t->arena, s, 0, columns > ELLIPSIS ? columns - ELLIPSIS : 0);
}

static void spaces(struct text_report *t, const char *s, size_t columns)
{
	for (size_t n = text_columns(s); n < columns; n++)
		buf_putc(t->buf, ' ');
}

void text_pad(struct text_report *t, const char *s, size_t columns)
{
	buf_puts(t->buf, s);
	spaces(t, s, columns);
}

void text_pad_left(struct text_report *t, const char *s, size_t columns)
{
	spaces(t, s, columns);
	buf_puts(t->buf, s);
}

void text_wrapped(struct text_report *t, size_t indent, const char *s)
{
	spaces(t, "", indent);
	text_wrapped_rest(t, indent, s);
}

void text_wrapped_rest(struct text_report *t, size_t indent, const char *s)
{
	size_t column = 0;

	s = text_printable(&t->arena, s);
	while (*s) {
		size_t len = strcspn(s, " ");
		size_t columns = text_columns(arena_strndup(&t->arena, s, len));

		if (column && t->r->width && indent + column + 1 + columns > t->r->width) {
			buf_putc(t->buf, '\n');
			spaces(t, "", indent);
			column = 0;
		}
		if (column) {
			buf_putc(t->buf, ' ');
			column++;
		}
		buf_add(t->buf, s, len);
		column += columns;
		s += len;
		s += strspn(s, " ");
	}
	buf_putc(t->buf, '\n');
}

const char *text_count(struct text_report *t, size_t n, const char *one, const char *many)
{
	return arena_printf(&t->arena, "%s %s", text_thousands(&t->arena, (long long)n),
			    n == 1 ? one : many);
}

const char *text_number(struct text_report *t, int64_t bytes)
{
	return bytes == BYTES_UNKNOWN ? "?" : text_thousands(&t->arena, bytes);
}

const char *text_bytes(struct text_report *t, int64_t bytes)
{
	if (bytes == BYTES_UNKNOWN)
		return "unknown";
	return arena_printf(&t->arena, "%s %s", text_number(t, bytes),
			    bytes == 1 ? "byte" : "bytes");
}

const char *text_depth(struct text_report *t, const struct depth *d)
{
	const char *about = "";

	if (d->bytes == BYTES_UNKNOWN)
		return "unknown depth";
	if (d->reasons & 1u << REASON_ESTIMATED_FRAME)
		about = "~ ";
	else if (d->bound == BOUND_AT_LEAST)
		about = ">= ";
	return arena_printf(&t->arena, "%s%s%s",
			    d->bound == BOUND_UNBOUNDED ? "unbounded, one turn " : "", about,
			    text_bytes(t, d->bytes));
}

const char *text_func(struct text_report *t, uint32_t func)
{
	return text_printable(&t->arena, program_func_label(t->r->program, &t->arena, func));
}
