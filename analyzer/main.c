/* The command line's two ends: arguments in, exit status out. The only place that prints errors and
 * exits. */
#include "command.h"

#include "base/log.h"
#include "base/text.h"

#include <fcntl.h>
#include <stdio.h>

static enum exit_status print_help(const struct options *o, struct error *err)
{
	struct buf text = {0};
	int rc;

	options_help(o->command, &text);
	rc = print_result(&text, err);
	buf_release(&text);
	return rc ? error_status(err) : STATUS_CLEAN;
}

static enum exit_status print_version(struct error *err)
{
	struct buf text = {0};
	int rc;

	buf_printf(&text, "stackcheck %s (LLVM %s)\n", STACKCHECK_VERSION, LLVM_VERSION);
	rc = print_result(&text, err);
	buf_release(&text);
	return rc ? error_status(err) : STATUS_CLEAN;
}

static enum exit_status run(const struct options *o, struct error *err)
{
	static enum exit_status (*const commands[COMMAND_COUNT])(const struct options *,
								 struct error *) = {
#define COMMAND(id, name, ...) [COMMAND_##id] = cmd_##name,
#include "commands.def"
#undef COMMAND
	};

	if (o->v[OPT_HELP].given)
		return print_help(o, err);
	if (o->v[OPT_VERSION].given)
		return print_version(err);
	log_verbose = o->v[OPT_VERBOSE].given;
	return commands[o->command](o, err);
}

static void print_error(const struct error *err)
{
	struct arena a = {0};

	fprintf(stderr, "stackcheck: error: %s\n", text_printable(&a, err->text));
	arena_release(&a);
}

/* A standard file that was closed would be handed out as the next file that we open, and a report
   written over it. Read-only, so that writing to it still fails. */
static void hold_standard_files(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
			return;
}

int main(int argc, char **argv)
{
	struct options options = {0};
	struct error err = {0};
	enum exit_status status = STATUS_USAGE;

	hold_standard_files();
	if (!options_parse(&options, argc, argv, &err))
		status = run(&options, &err);
	if (status >= STATUS_USAGE)
		print_error(&err);
	options_release(&options);
	return (int)status;
}
