#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum exit_status error_status(const struct error *err)
{
	return err->kind == ERROR_SYSTEM ? STATUS_SYSTEM : STATUS_USAGE;
}

int print_result(const struct buf *text, struct error *err)
{
	const char *p = text->data;
	size_t left = text->len;

	while (left) {
		ssize_t n = write(STDOUT_FILENO, p, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EPIPE)
			return 0;
		if (n < 0)
			return error_system(err, errno, "cannot write to standard output");
		p += n;
		left -= (size_t)n;
	}
	return 0;
}

bool want_color(const struct options *o)
{
	const char *when = o->v[OPT_COLOR].text, *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (strcmp(when, "auto") != 0)
		return !strcmp(when, "always");
	return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}
