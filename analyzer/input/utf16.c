#include "input/utf16.h"

#include <string.h>

static void put_utf8(struct buf *out, unsigned c)
{
	if (c < 0x80) {
		buf_putc(out, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_putc(out, (char)(0xc0 | c >> 6));
	} else if (c < 0x10000) {
		buf_putc(out, (char)(0xe0 | c >> 12));
		buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
	} else {
		buf_putc(out, (char)(0xf0 | c >> 18));
		buf_putc(out, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_putc(out, (char)(0x80 | (c & 0x3f)));
}

void utf16_to_utf8(struct buf *text)
{
	const unsigned char *s = (const unsigned char *)text->data;
	struct buf out = {0};

	if (text->len >= 3 && !memcmp(text->data, "\xef\xbb\xbf", 3))
		memset(text->data, ' ', 3);
	if (text->len < 2 || s[0] != 0xff || s[1] != 0xfe)
		return;
	for (size_t i = 2; i + 1 < text->len; i += 2) {
		unsigned c = s[i] | (unsigned)s[i + 1] << 8;
		unsigned low = i + 3 < text->len ? s[i + 2] | (unsigned)s[i + 3] << 8 : 0;

		if (c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			i += 2;
		}
		put_utf8(&out, c);
	}
	buf_release(text);
	*text = out;
}
