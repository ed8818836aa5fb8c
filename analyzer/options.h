/*
 * The command line: subcommands and options as two tables (commands.def, options.def), the parser
 * over them, and what else is made from them: help and completion. For use by main.c, session.c and
 * cmd_*.c.
 */
#ifndef STACKCHECK_OPTIONS_H
#define STACKCHECK_OPTIONS_H

#include "base/buf.h"
#include "base/error.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

enum command_id {
#define COMMAND(id, ...) COMMAND_##id,
#include "commands.def"
#undef COMMAND
	COMMAND_COUNT
};

enum option_id {
#define OPTION(id, ...) OPT_##id,
#include "options.def"
#undef OPTION
	OPT_COUNT
};

enum option_kind {
	KIND_FLAG,
	KIND_TEXT,
	KIND_LIST, /* a text, any number of times */
	KIND_CHOICE, /* one of the words in `unit`: "a|b|c" */
	KIND_NUMBER,
	KIND_BYTES, /* a number, "K" or "KiB" behind it: times 1024 */
	KIND_BUDGET, /* bytes, or a number and '%' */
};

struct command_info {
	const char *name, *operands, *summary;
	int fewest, most; /* operands; -1: any number */
	bool takes_flags;
};

struct option_info {
	char letter; /* 0: none */
	const char *name;
	const char *argument; /* NULL: a flag */
	unsigned commands; /* 1u << enum command_id */
	enum option_kind kind;
	int64_t fewest, most;
	const char *unit; /* "bytes", or the words of a choice, or NULL */
	const char *value; /* the default, or a description of it, or NULL */
	const char *help;
};

extern const struct command_info command_table[COMMAND_COUNT];
extern const struct option_info option_table[OPT_COUNT];

struct option_value {
	bool given;
	const char *text; /* the last one given, else the default; for a choice one of its words */
	int64_t number; /* of a number, bytes or a budget; 0 when neither given nor a default number
			 */
	bool percent; /* the budget's number is a percentage */
	VEC(const char *) list;
};

/* One parsed command line. Strings point into argv and the tables. */
struct options {
	enum command_id command; /* COMMAND_COUNT: none was given (--help, --version) */
	struct option_value v[OPT_COUNT];
	VEC(const char *) operands;
	const char *const *flags; /* behind `--`; NULL: there was no `--` */
	size_t n_flags;
};

/* Parses the whole command line into `o` (zeroed by the caller). Option names are never
   abbreviated. Errors name what was meant when a name is nearly right. Values hold their defaults
   when not given. */
int options_parse(struct options *o, int argc, char **argv, struct error *err);

void options_release(struct options *o);

/* Appends the help of one command, or of the program for COMMAND_COUNT. */
void options_help(enum command_id command, struct buf *out);

/* Appends the completion script for a shell: bash, zsh or fish. Another shell is an error. */
int options_completion(const char *shell, struct buf *out, struct error *err);

/* The i-th of the words in "a|b|c": its start, and its length in *len; NULL: there are no more. */
const char *choice_word(const char *words, size_t i, size_t *len);

#endif
