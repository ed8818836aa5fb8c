/*
 * Compares output with tests/unit/golden/NAME, byte for byte. UPDATE_GOLDEN=1 in the environment writes the file
 * instead: read its diff before it is committed.
 */
#ifndef STACKCHECK_TESTS_GOLDEN_H
#define STACKCHECK_TESTS_GOLDEN_H

#include "base/buf.h"
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The number of the first line that differs; 0: equal. */
static inline unsigned golden_difference(const struct buf *got, const struct buf *want)
{
	unsigned line = 1;

	for (size_t i = 0; i < got->len && i < want->len; i++) {
		if (got->data[i] != want->data[i])
			return line;
		line += got->data[i] == '\n';
	}
	return got->len == want->len ? 0 : line;
}

static inline void golden_check(const char *name, const struct buf *got)
{
	char path[4096];
	struct buf want = {0};
	struct error err = {0};
	unsigned line;

	snprintf(path, sizeof(path), SOURCE_DIR "/tests/unit/golden/%s", name);
	if (getenv("UPDATE_GOLDEN")) {
		assert_int_equal(file_write_atomic(path, got->data, got->len, &err), 0);
		return;
	}
	if (file_read(path, 0, &want, &err))
		fail_msg("%s", err.text);
	line = golden_difference(got, &want);
	buf_release(&want);
	if (line)
		fail_msg("the output differs from %s in line %u; it is:\n%s", path, line,
			 buf_str(got));
}

#endif
