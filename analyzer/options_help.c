/* The help texts, made from the option tables: 80 columns wide. */
#include "options.h"

#include <string.h>

enum { HELP_COLUMN = 30, HELP_WIDTH = 80 };

/* Appends `text`, broken at spaces so that no line is wider than HELP_WIDTH, from HELP_COLUMN on.
 */
static void add_wrapped(struct buf *out, const char *text)
{
	size_t column = HELP_COLUMN;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (column > HELP_COLUMN && column + 1 + len > HELP_WIDTH) {
			buf_printf(out, "\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		} else if (column > HELP_COLUMN) {
			buf_putc(out, ' ');
			column++;
		}
		buf_add(out, text, len);
		column += len;
		text += len + strspn(text + len, " ");
	}
	buf_putc(out, '\n');
}

static void add_term(struct buf *out, const char *term)
{
	if (strlen(term) > HELP_COLUMN - 2)
		buf_printf(out, "%s\n%*s", term, HELP_COLUMN, "");
	else
		buf_printf(out, "%-*s", HELP_COLUMN, term);
}

static void add_option(struct buf *out, const struct option_info *o)
{
	struct buf term = {0}, text = {0};

	buf_printf(&term, o->letter ? "  -%c, " : "      ", o->letter);
	buf_printf(&term, o->argument ? "--%s %s" : "--%s", o->name, o->argument);
	buf_puts(&text, o->help);
	if (o->kind == KIND_CHOICE)
		buf_printf(&text, ": %s", o->unit);
	if (o->value) {
		buf_printf(&text, " (default: %s", o->value);
		if (o->unit && o->kind == KIND_NUMBER)
			buf_printf(&text, " %s", o->unit);
		buf_putc(&text, ')');
	}
	add_term(out, buf_str(&term));
	add_wrapped(out, buf_str(&text));
	buf_release(&term);
	buf_release(&text);
}

static void help_command(enum command_id command, struct buf *out)
{
	const struct command_info *c = &command_table[command];

	buf_printf(out, "usage: stackcheck %s [OPTION...] %s\n\n%s\n\noptions:\n", c->name,
		   c->operands, c->summary);
	for (size_t i = 0; i < OPT_COUNT; i++)
		if (option_table[i].commands & 1u << command)
			add_option(out, &option_table[i]);
}

static void help_program(struct buf *out)
{
	buf_puts(out, "usage: stackcheck COMMAND [OPTION...] [OPERAND...]\n"
		      "       stackcheck COMMAND --help\n\n"
		      "How much kernel stack driver code can use: frames, call paths, findings.\n\n"
		      "commands:\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		buf_printf(out, "  %-12s%s\n", command_table[i].name, command_table[i].summary);
	buf_puts(out, "\noptions:\n");
	add_option(out, &option_table[OPT_HELP]);
	add_option(out, &option_table[OPT_VERSION]);
	buf_puts(out,
		 "\nexit status:\n"
		 "  0  clean\n"
		 "  1  findings at or above --fail-on\n"
		 "  2  incomplete: a unit failed or was estimated, with --strict; or nothing\n"
		 "     was measured at all\n"
		 "  3  bad arguments or input\n"
		 "  4  system error\n"
		 "When several apply: 4, then 3, 1, 2, 0. More in the manual, stackcheck(1).\n");
}

void options_help(enum command_id command, struct buf *out)
{
	if (command == COMMAND_COUNT)
		help_program(out);
	else
		help_command(command, out);
}
