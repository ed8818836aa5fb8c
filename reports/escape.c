#include "reports/escape.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { CODE_COLUMNS = 120, ELLIPSIS = 3 };

/* Appends the string with every character of `special` replaced by what `with` holds at its place. */
static void replace(struct buf *b, const char *s, const char *special, const char *const *with)
{
	struct arena a = {0};

	if (!s)
		return;
	s = text_printable(&a, s);
	while (*s) {
		size_t n = strcspn(s, special);

		buf_add(b, s, n);
		s += n;
		if (*s)
			buf_puts(b, with[strchr(special, *s++) - special]);
	}
	arena_release(&a);
}

void escape_line(struct buf *b, const char *s)
{
	replace(b, s, "", NULL);
}

void escape_xml(struct buf *b, const char *s)
{
	static const char *const with[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};

	replace(b, s, "&<>\"'", with);
}

/* Spreadsheets take the wide forms of the signs as well. */
static bool is_formula(const char *s)
{
	return strchr("=+-@\t\r", *s) || str_starts(s, "\xef\xbc\x9d") ||
	       str_starts(s, "\xef\xbc\x8b") || str_starts(s, "\xef\xbc\x8d") ||
	       str_starts(s, "\xef\xbc\xa0");
}

void escape_csv(struct buf *b, const char *s)
{
	static const char *const with[] = {"\"\""};
	bool formula, quoted;

	if (!s || !*s)
		return;
	formula = is_formula(s);
	quoted = formula || s[strcspn(s, ",\"\r\n ")] || *s == '\'';
	if (quoted)
		buf_putc(b, '"');
	if (formula)
		buf_putc(b, '\'');
	replace(b, s, "\"", with);
	if (quoted)
		buf_putc(b, '"');
}

void escape_command_data(struct buf *b, const char *s)
{
	static const char *const with[] = {"%25"};

	replace(b, s, "%", with);
}

void escape_command_property(struct buf *b, const char *s)
{
	static const char *const with[] = {"%25", "%3A", "%2C"};

	replace(b, s, "%:,", with);
}

static bool is_www(const char *start, const char *s)
{
	return *s == '.' && s - start >= 3 && !strncasecmp(s - 3, "www", 3);
}

/* Does what begins in front of this character, or with it, become a mention, a reference, a link or an emoji? */
static bool is_reference(const char *start, const char *s)
{
	switch (*s) {
	case '@':
	case '#': return true;
	case ':': return s[1] == '/' || s[1] == '+' || s[1] == '-' || isalnum((unsigned char)s[1]);
	case '-': return s - start >= 2 && !strncasecmp(s - 2, "gh", 2);
	case '.': return s - start >= 3 && !strncasecmp(s - 3, "www", 3);
	default: return false;
	}
}

/* References ("@user", "#1", "GH-1") are looked for when escapes are gone: an empty comment parts them. A dollar sign
   would begin a formula even behind a backslash. */
void escape_markdown(struct buf *b, const char *s)
{
	struct arena a = {0};
	const char *start;

	if (!s)
		return;
	s = start = text_printable(&a, s);
	for (; *s; s++) {
		if (*s == '$') {
			buf_puts(b, "<span>$</span>");
			continue;
		}
		if (strchr("\\`*_{}[]<>!|~&^", *s) || is_www(start, s))
			buf_putc(b, '\\');
		buf_putc(b, *s);
		if (is_reference(start, s))
			buf_puts(b, "<!-- -->");
	}
	arena_release(&a);
}

void escape_markdown_code(struct buf *b, const char *s)
{
	static const char *const with[] = {"\\x60", "\\x7c"};
	struct arena a = {0};

	if (!s || !*s)
		return;
	s = escape_fit(&a, text_printable(&a, s), CODE_COLUMNS);
	buf_putc(b, '`');
	/* Spaces at both ends would be taken off. */
	if (*s == ' ')
		buf_putc(b, ' ');
	replace(b, s, "`|", with);
	if (*s == ' ')
		buf_putc(b, ' ');
	buf_putc(b, '`');
	arena_release(&a);
}

void escape_label(struct buf *b, const char *s)
{
	static const char *const with[] = {"\\\\", "\\\""};

	replace(b, s, "\\\"", with);
}

static bool is_plain_in_path(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("/-._~", c));
}

const char *escape_uri(struct arena *a, const char *path)
{
	struct buf b = {0};
	const char *result;

	if (path[0] == '/')
		buf_puts(&b, "file://");
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;

		if (is_plain_in_path(c))
			buf_putc(&b, (char)c);
		else
			buf_printf(&b, "%%%02X", c);
	}
	result = arena_strdup(a, buf_str(&b));
	buf_release(&b);
	return result;
}

const char *escape_sarif(struct arena *a, const char *s)
{
	struct buf b = {0};
	const char *result;

	s = text_printable(a, s);
	if (!strpbrk(s, "{}[]"))
		return s;
	for (; *s; s++) {
		buf_putc(&b, *s);
		if (*s == '{' || *s == '}')
			buf_putc(&b, *s);
		else if (*s == ']' && s[1] == '(')
			buf_putc(&b, ' ');
	}
	result = arena_strdup(a, buf_str(&b));
	buf_release(&b);
	return result;
}

static bool continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static const char *skip(const char *s, size_t n)
{
	while (*s && n--)
		for (s++; continues(*s);)
			s++;
	return s;
}

const char *escape_fit(struct arena *a, const char *s, size_t columns)
{
	size_t n = 0, room = columns > ELLIPSIS ? columns - ELLIPSIS : 0;

	for (const char *p = s; *p; p++)
		n += !continues(*p);
	if (n <= columns)
		return s;
	return arena_printf(a, "%.*s...%s", (int)(skip(s, (room + 1) / 2) - s), s,
			    skip(s, n - room / 2));
}
