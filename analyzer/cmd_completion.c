#include "command.h"

#include <string.h>

enum exit_status cmd_completion(const struct options *o, struct error *err)
{
	struct buf text = {0};
	int rc;

	if (strcmp(o->operands.v[0], "bash") != 0) {
		error_set(err, "no completion for '%s'; there is one for bash", o->operands.v[0]);
		return error_status(err);
	}
	options_completion(&text);
	rc = print_result(&text, err);
	buf_release(&text);
	return rc ? error_status(err) : STATUS_CLEAN;
}
