#include "base/text.h"
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

bool str_starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

bool str_ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && !memcmp(s + n - m, suffix, m);
}

int str_compare(const char *a, const char *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

/* By RFC 3629. */
size_t text_code_point(const char *text, uint32_t *code)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n = s[0] < 0x80			 ? 1
		   : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
		   : (s[0] & 0xf0) == 0xe0	 ? 3
						 : 4;
	uint32_t c = n == 1 ? s[0] : s[0] & (0xffu >> (n + 1));

	if (s[0] >= 0x80 && (s[0] < 0xc2 || s[0] > 0xf4))
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if ((n == 3 && (c < 0x800 || (c >= 0xd800 && c < 0xe000))) ||
	    (n == 4 && (c < 0x10000 || c > 0x10ffff)))
		return 0;
	*code = c;
	return n;
}

bool text_is_control(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{0x00, 0x1f},	    {0x7f, 0x9f},     {0xad, 0xad},	{0x61c, 0x61c},
		{0x180e, 0x180e},   {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
		{0xfdd0, 0xfdef},   {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xfffe, 0xffff},
		{0xe0000, 0xe007f},
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return (c & 0xfffe) == 0xfffe;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "::word" where a line may begin; "##[" and "##word[" anywhere. */
static bool is_ci_command(const char *start, const char *s)
{
	if (s[0] == ':')
		return (s == start || s[-1] == ' ') && s[1] == ':' && is_letter(s[2]);
	if (s[0] != '#' || s[1] != '#')
		return false;
	for (s += 2; is_letter(*s);)
		s++;
	return *s == '[';
}

static const char *repair(struct arena *a, const char *s, bool printable)
{
	const char *p = s;
	struct buf out = {0};
	bool changed = false;
	const char *result = s;

	while (*p) {
		uint32_t code = 0;
		size_t n = text_code_point(p, &code);
		bool keep = !printable || (!text_is_control(code) && !is_ci_command(s, p));

		if (n && keep) {
			buf_add(&out, p, n);
			p += n;
			continue;
		}
		changed = true;
		if (!printable) {
			buf_puts(&out, "\xef\xbf\xbd");
			p++;
		} else {
			for (size_t i = 0; i < (n ? n : 1); i++)
				buf_printf(&out, "\\x%02x", (unsigned char)*p++);
		}
	}
	if (changed)
		result = arena_strdup(a, buf_str(&out));
	buf_release(&out);
	return result;
}

const char *text_utf8(struct arena *a, const char *s)
{
	return repair(a, s, false);
}

const char *text_printable(struct arena *a, const char *s)
{
	return repair(a, s, true);
}

const char *text_thousands(struct arena *a, long long n)
{
	char digits[32], out[48];
	int len = snprintf(digits, sizeof(digits), "%lld", n);
	int k = 0;

	for (int i = 0; i < len; i++) {
		if (i && digits[i - 1] != '-' && (len - i) % 3 == 0)
			out[k++] = ',';
		out[k++] = digits[i];
	}
	out[k] = '\0';
	return arena_strdup(a, out);
}
