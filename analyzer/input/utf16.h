/* Texts that Visual Studio writes. For use inside input/. */
#ifndef STACKCHECK_INPUT_UTF16_H
#define STACKCHECK_INPUT_UTF16_H

#include "base/buf.h"

/* Turns UTF-16 with a little-endian byte order mark into UTF-8, and the mark of UTF-8 into blanks; leaves other texts. */
void utf16_to_utf8(struct buf *text);

#endif
