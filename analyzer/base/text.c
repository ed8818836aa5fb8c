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

/* Length of the valid UTF-8 sequence at `s` and its code point; 0 when it is not valid (RFC 3629). */
static size_t utf8_sequence(const unsigned char *s, uint32_t *code)
{
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

/* Could trick a terminal or a reader: control characters and the bidirectional overrides. */
static bool is_unprintable(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200e && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static const char *repair(struct arena *a, const char *s, bool printable)
{
	const unsigned char *p = (const unsigned char *)s;
	struct buf out = {0};
	bool changed = false;
	const char *result = s;

	while (*p) {
		uint32_t code = 0;
		size_t n = utf8_sequence(p, &code);

		if (n && !(printable && is_unprintable(code))) {
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
				buf_printf(&out, "\\x%02x", *p++);
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
