/*
 * What every subcommand is: one function in cmd_<name>.c that prints its result and gives the exit
 * status. For use by main.c and cmd_*.c.
 */
#ifndef STACKCHECK_COMMAND_H
#define STACKCHECK_COMMAND_H

#include "base/buf.h"
#include "base/error.h"
#include "options.h"

#include <stdbool.h>

/* What the process ends with; when several apply: SYSTEM, USAGE, FINDINGS, INCOMPLETE, CLEAN. */
enum exit_status {
	STATUS_CLEAN = 0,
	STATUS_FINDINGS = 1,
	STATUS_INCOMPLETE = 2,
	STATUS_USAGE = 3,
	STATUS_SYSTEM = 4,
};

/* STATUS_USAGE or STATUS_SYSTEM. */
enum exit_status error_status(const struct error *err);

/* The commands; each prints its result and gives the exit status, or sets `err` and gives its
 * error_status(). */
#define COMMAND(id, name, ...)                                                                     \
	enum exit_status cmd_##name(const struct options *o, struct error *err);
#include "commands.def"
#undef COMMAND

/* Writes a result to standard output: it is complete, or this is an error. A reader that went away
 * (EPIPE) is none. */
int print_result(const struct buf *text, struct error *err);

/* Is the text on standard output to be coloured? --color, then NO_COLOR and TERM, then whether it
 * is a terminal. */
bool want_color(const struct options *o);

#endif
