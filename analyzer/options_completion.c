/*
 * Completion scripts for bash, zsh and fish. Input: the option tables. Output: a script for each that offers the same
 * words: subcommands, the options of a subcommand, the words of a choice, and what `stackcheck list` names. Files are left
 * to the shell; fish and zsh also show the help. Sources: the manuals of bash (Programmable Completion), zsh
 * (zshcompsys, _arguments) and fish (complete).
 */
#include "options.h"

#include <string.h>

static bool takes(const struct option_info *o, size_t command)
{
	return o->commands & 1u << command;
}

/* Which list of `stackcheck list` the option's argument is a name of; NULL: none. */
static const char *option_list(size_t option)
{
	if (option == OPT_FORMAT)
		return "formats";
	return option == OPT_PLATFORM ? "platforms" : NULL;
}

/* The words that a command's operand is one of: "a|b"; NULL: it may be anything. */
static const char *operand_words(size_t command)
{
	const char *s = command_table[command].operands;

	return strchr(s, '|') && !s[strcspn(s, " [ABCDEFGHIJKLMNOPQRSTUVWXYZ")] ? s : NULL;
}

static bool names_file(const char *s)
{
	return strstr(s, "FILE") || strstr(s, "PATH") || strstr(s, "DIR");
}

/* Appends `s` with a backslash before each character of `special`; inside single quotes, where ' needs more. */
static void add_quoted(struct buf *out, const char *s, const char *special, const char *quote)
{
	for (; *s; s++) {
		if (*s == '\'') {
			buf_puts(out, quote);
			continue;
		}
		if (strchr(special, *s))
			buf_putc(out, '\\');
		buf_putc(out, *s);
	}
}

/* "a|b|c" as "a b c". */
static void add_words(struct buf *out, const char *words)
{
	const char *word;
	size_t len;

	for (size_t i = 0; (word = choice_word(words, i, &len)); i++) {
		if (i)
			buf_putc(out, ' ');
		buf_add(out, word, len);
	}
}

/* bash */

static void bash_values(struct buf *out, size_t option)
{
	const struct option_info *o = &option_table[option];
	const char *list = option_list(option);

	if (o->kind != KIND_CHOICE && !list)
		return;
	buf_printf(out, "\t--%s) COMPREPLY=($(compgen -W \"", o->name);
	if (list)
		buf_printf(out, "$(_stackcheck_list %s)", list);
	else
		add_words(out, o->unit);
	buf_puts(out, "\" -- \"$cur\")); return;;\n");
}

static void bash_command(struct buf *out, size_t command)
{
	const char *blank = "";

	buf_printf(out, "\t%s) words=\"", command_table[command].name);
	for (size_t i = 0; i < OPT_COUNT; i++)
		if (takes(&option_table[i], command)) {
			buf_printf(out, "%s--%s", blank, option_table[i].name);
			blank = " ";
		}
	if (operand_words(command)) {
		buf_putc(out, ' ');
		add_words(out, operand_words(command));
	}
	if (command == COMMAND_EXPLAIN)
		buf_puts(out, " $(_stackcheck_list rules)");
	buf_puts(out, "\";;\n");
}

static void bash(struct buf *out)
{
	buf_puts(out,
		 "# bash completion for stackcheck: . <(stackcheck completion bash)\n"
		 "_stackcheck_list()\n{\n\tstackcheck list \"$1\" 2>/dev/null | cut -d' ' -f1\n}\n"
		 "_stackcheck()\n{\n"
		 "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words\n"
		 "\tcase $prev in\n");
	for (size_t i = 0; i < OPT_COUNT; i++)
		bash_values(out, i);
	buf_puts(out, "\tesac\n\tcase ${COMP_WORDS[1]} in\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		bash_command(out, i);
	buf_puts(out, "\tesac\n\tif [ \"$COMP_CWORD\" = 1 ]; then\n\t\twords=\"");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		buf_printf(out, "%s ", command_table[i].name);
	buf_puts(out, "--help --version\"\n\tfi\n"
		      "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
		      "complete -o default -F _stackcheck stackcheck\n");
}

/* zsh */

static void zsh_text(struct buf *out, const char *text)
{
	add_quoted(out, text, "[]:\\", "'\\''");
}

/* What stands behind an option's name: ":ARGUMENT:how to complete it". */
static void zsh_argument(struct buf *out, size_t option)
{
	const struct option_info *o = &option_table[option];

	if (!o->argument)
		return;
	buf_putc(out, ':');
	zsh_text(out, o->argument);
	buf_putc(out, ':');
	if (option_list(option)) {
		/* The blank keeps _arguments from putting options of compadd first. */
		buf_printf(out, " _stackcheck_list %s%s", option_list(option),
			   option == OPT_PLATFORM ? " files" : "");
	} else if (o->kind == KIND_CHOICE) {
		buf_putc(out, '(');
		add_words(out, o->unit);
		buf_putc(out, ')');
	} else if (names_file(o->argument)) {
		buf_puts(out, strcmp(o->argument, "DIR") ? "_files" : "_files -/");
	}
}

/* '(-p --database)'{-p+,--database=}'[help]:PATH:_files', with a star before it when it may be repeated. */
static void zsh_option(struct buf *out, size_t option)
{
	const struct option_info *o = &option_table[option];
	const char *plus = o->argument ? "+" : "", *equals = o->argument ? "=" : "";

	buf_puts(out, "\t\t\t");
	if (o->kind == KIND_LIST)
		buf_puts(out, "'*'");
	else if (o->letter)
		buf_printf(out, "'(-%c --%s)'", o->letter, o->name);
	if (o->letter)
		buf_printf(out, "{-%c%s,--%s%s}", o->letter, plus, o->name, equals);
	else
		buf_printf(out, "--%s%s", o->name, equals);
	buf_puts(out, "'[");
	zsh_text(out, o->help);
	buf_putc(out, ']');
	zsh_argument(out, option);
	buf_puts(out, "' \\\n");
}

static void zsh_command(struct buf *out, size_t command)
{
	const struct command_info *c = &command_table[command];

	buf_printf(out, "\t%s)\n\t\t_arguments -s -S \\\n", c->name);
	for (size_t i = 0; i < OPT_COUNT; i++)
		if (takes(&option_table[i], command))
			zsh_option(out, i);
	if (operand_words(command)) {
		buf_puts(out, "\t\t\t'1:word:(");
		add_words(out, operand_words(command));
		buf_puts(out, ")';;\n");
	} else if (command == COMMAND_EXPLAIN) {
		buf_puts(out, "\t\t\t'1:rule: _stackcheck_list rules';;\n");
	} else {
		buf_puts(out, c->most ? "\t\t\t'*:operand:_files';;\n" : "\t\t\t&& return;;\n");
	}
}

static void zsh(struct buf *out)
{
	buf_puts(out,
		 "#compdef stackcheck\n"
		 "# zsh completion for stackcheck: save it as _stackcheck in a folder of $fpath\n"
		 "_stackcheck_list() {\n"
		 "\tlocal -a names\n"
		 "\tnames=(${${(f)\"$(stackcheck list $1 2>/dev/null)\"}%% *})\n"
		 "\tcompadd -a names\n\t[[ -z $2 ]] || _files\n}\n"
		 "_stackcheck() {\n"
		 "\tlocal -a commands\n\tcommands=(\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		buf_printf(out, "\t\t'%s:", command_table[i].name);
		zsh_text(out, command_table[i].summary);
		buf_puts(out, "'\n");
	}
	buf_puts(out, "\t)\n"
		      "\tif (( CURRENT == 2 )); then\n"
		      "\t\t_describe -t commands command commands\n"
		      "\t\tcompadd -- --help --version\n"
		      "\t\treturn\n\tfi\n"
		      "\tshift words\n\t(( CURRENT-- ))\n"
		      "\tcase $words[1] in\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		zsh_command(out, i);
	buf_puts(out, "\tesac\n}\n"
		      "if [[ $funcstack[1] == _stackcheck ]]; then\n\t_stackcheck \"$@\"\n"
		      "else\n\tcompdef _stackcheck stackcheck\nfi\n");
}

/* fish */

static void fish_text(struct buf *out, const char *flag, const char *text)
{
	buf_printf(out, " %s '", flag);
	add_quoted(out, text, "\\", "\\'");
	buf_putc(out, '\'');
}

static void fish_option(struct buf *out, size_t option)
{
	const struct option_info *o = &option_table[option];

	buf_puts(out, "complete -c stackcheck -n '__stackcheck_is");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (takes(o, i))
			buf_printf(out, " %s", command_table[i].name);
	buf_printf(out, "' -l %s", o->name);
	if (o->letter)
		buf_printf(out, " -s %c", o->letter);
	if (option_list(option)) {
		/* A platform may be a file, too. */
		buf_printf(out, " %s -a '(__stackcheck_list %s)'",
			   option == OPT_PLATFORM ? "-r -F" : "-x", option_list(option));
	} else if (o->kind == KIND_CHOICE) {
		buf_puts(out, " -x -a '");
		add_words(out, o->unit);
		buf_putc(out, '\'');
	} else if (o->argument) {
		buf_puts(out, names_file(o->argument) ? " -r -F" : " -x");
	}
	fish_text(out, "-d", o->help);
	buf_putc(out, '\n');
}

static void fish_command(struct buf *out, size_t command)
{
	const struct command_info *c = &command_table[command];
	const char *words = operand_words(command);

	buf_printf(out, "complete -c stackcheck -f -n __stackcheck_first -a %s", c->name);
	fish_text(out, "-d", c->summary);
	buf_putc(out, '\n');
	if (!words && c->most && command != COMMAND_EXPLAIN)
		return;
	buf_printf(out, "complete -c stackcheck -f -n '__stackcheck_is %s'", c->name);
	if (words) {
		buf_puts(out, " -a '");
		add_words(out, words);
		buf_putc(out, '\'');
	} else if (command == COMMAND_EXPLAIN) {
		buf_puts(out, " -a '(__stackcheck_list rules)'");
	}
	buf_putc(out, '\n');
}

static void fish(struct buf *out)
{
	buf_puts(out, "# fish completion for stackcheck: stackcheck completion fish | source\n"
		      "function __stackcheck_first\n"
		      "\ttest (count (commandline -opc)) -eq 1\nend\n"
		      "function __stackcheck_is\n"
		      "\tset -l words (commandline -opc)\n"
		      "\ttest (count $words) -ge 2; and contains -- $words[2] $argv\nend\n"
		      "function __stackcheck_list\n"
		      "\tstackcheck list $argv[1] 2>/dev/null | string replace -r ' .*' ''\nend\n"
		      "complete -c stackcheck -f -n __stackcheck_first -l help -l version\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fish_command(out, i);
	for (size_t i = 0; i < OPT_COUNT; i++)
		fish_option(out, i);
}

int options_completion(const char *shell, struct buf *out, struct error *err)
{
	static const struct {
		const char *name;
		void (*write)(struct buf *out);
	} shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

	for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++)
		if (!strcmp(shell, shells[i].name)) {
			shells[i].write(out);
			return 0;
		}
	return error_set(err, "no completion for '%s', only for bash, zsh and fish", shell);
}
