/* stackcheck-worker: turns one translation unit after another into facts, for stackcheck. */
#include "extract/extract.h"
#include "jobs/server.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int usage(FILE *out)
{
	fputs("stackcheck-worker turns C sources into facts about their stack use.\n"
	      "It is started by stackcheck and takes its orders from it; there is nothing to run "
	      "by "
	      "hand.\n"
	      "See stackcheck --help, or stackcheck-worker --version.\n",
	      out);
	return out == stderr ? 3 : 0;
}

static int serve(void)
{
	void *tools = extract_tools_open();
	int rc = worker_serve(STDIN_FILENO, STDOUT_FILENO, extract_unit, tools);

	extract_tools_close(tools);
	return rc ? 4 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--serve"))
		return serve();
	if (argc == 2 && !strcmp(argv[1], "--version")) {
		printf("stackcheck-worker %s (%s)\n", STACKCHECK_VERSION,
		       extract_compiler_version());
		return fflush(stdout) ? 4 : 0;
	}
	if (argc == 1 || (argc == 2 && !strcmp(argv[1], "--help")))
		return usage(stdout);
	return usage(stderr);
}
