#include "command.h"

enum exit_status cmd_completion(const struct options *o, struct error *err)
{
	struct buf text = {0};
	int rc = options_completion(o->operands.v[0], &text, err) || print_result(&text, err);

	buf_release(&text);
	return rc ? error_status(err) : STATUS_CLEAN;
}
