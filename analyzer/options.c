/*
 * Input: argv. Output: struct options, or one error.
 *
 * Own parser and not getopt_long(): that one accepts any unique beginning of a name, so that a
 * script breaks on the day a second option begins alike; it keeps its state in globals, and its
 * messages know no subcommands. Accepted: --name, --name=value, --name value, -x, -xvalue, -x
 * value, clusters of flags, options and operands in any order, `--` before compiler flags.
 */
#include "options.h"

#include "base/text.h"
#include "base/suggest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct command_info command_table[COMMAND_COUNT] = {
#define COMMAND(id, name, operands, fewest, most, takes_flags, summary)                            \
	[COMMAND_##id] = {#name, operands, summary, fewest, most, takes_flags},
#include "commands.def"
#undef COMMAND
};

#define ON(command) (1u << COMMAND_##command)

const struct option_info option_table[OPT_COUNT] = {
#define OPTION(id, letter, name, argument, commands, kind, fewest, most, unit, value, help)        \
	[OPT_##id] = {letter, name, argument, commands, kind, fewest, most, unit, value, help},
#include "options.def"
#undef OPTION
};

const char *choice_word(const char *words, size_t i, size_t *len)
{
	while (i && (words = strchr(words, '|'))) {
		words++;
		i--;
	}
	*len = words ? strcspn(words, "|") : 0;
	return words;
}

static int wrong_value(const struct option_info *info, const char *text, struct error *err)
{
	switch (info->kind) {
	case KIND_CHOICE:
		return error_set(err, "--%s wants one of %s, not '%s'", info->name, info->unit,
				 text);
	case KIND_BUDGET:
		return error_set(err,
				 "--%s wants bytes (12288 or 12K) or a percentage of 1 to 100 "
				 "(50%%), not '%s'",
				 info->name, text);
	default:
		return error_set(err, "--%s wants a number%s%s of %lld to %lld, not '%s'",
				 info->name, info->unit ? " of " : "", info->unit ? info->unit : "",
				 (long long)info->fewest, (long long)info->most, text);
	}
}

/* Reads a whole number with its suffix; false: it is none, or out of the option's range. */
static bool read_number(const struct option_info *info, const char *text, struct option_value *v)
{
	bool bytes = info->kind == KIND_BYTES || info->kind == KIND_BUDGET;
	int64_t most = info->most;
	char *end;
	long long n;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	n = strtoll(text, &end, 10);
	v->percent = info->kind == KIND_BUDGET && !strcmp(end, "%");
	if (v->percent)
		most = 100;
	else if (bytes && (!strcmp(end, "K") || !strcmp(end, "KiB")))
		n = n > most / 1024 ? most + 1 : n * 1024;
	else if (*end)
		return false;
	v->number = n;
	return !errno && n >= info->fewest && n <= most;
}

static int take_choice(const struct option_info *info, const char *text, struct option_value *v,
		       struct error *err)
{
	const char *word;
	size_t len;

	for (size_t i = 0; (word = choice_word(info->unit, i, &len)); i++)
		if (strlen(text) == len && !memcmp(text, word, len)) {
			v->text = text;
			return 0;
		}
	return wrong_value(info, text, err);
}

static int take_value(const struct option_info *info, const char *text, struct option_value *v,
		      struct error *err)
{
	v->given = true;
	switch (info->kind) {
	case KIND_FLAG: return 0;
	case KIND_CHOICE: return take_choice(info, text, v, err);
	case KIND_LIST: *vec_push(&v->list) = text; break;
	case KIND_TEXT: break;
	case KIND_NUMBER:
	case KIND_BYTES:
	case KIND_BUDGET:
		if (!read_number(info, text, v))
			return wrong_value(info, text, err);
		break;
	}
	if (!*text)
		return error_set(err, "--%s wants a value, and got an empty one", info->name);
	v->text = text;
	return 0;
}

static void set_defaults(struct options *o)
{
	for (size_t i = 0; i < OPT_COUNT; i++) {
		const struct option_info *info = &option_table[i];

		o->v[i].text = info->value;
		if (info->value && info->kind != KIND_TEXT && info->kind != KIND_LIST &&
		    !read_number(info, info->value, &o->v[i]))
			o->v[i].number = 0;
	}
}

static int unknown_command(const char *word, struct error *err)
{
	struct suggestion s = {.word = word};

	if (word[0] == '-')
		return error_set(err,
				 "%s stands before the subcommand; options follow it, as in "
				 "'stackcheck scan %s'",
				 word, word);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		suggest(&s, command_table[i].name);
	if (s.best)
		return error_set(err, "unknown subcommand '%s'; did you mean '%s'?", word, s.best);
	return error_set(err, "unknown subcommand '%s'; 'stackcheck --help' lists them", word);
}

static int unknown_option(const struct options *o, const char *arg, const char *name,
			  struct error *err)
{
	const char *command = command_table[o->command].name;
	struct suggestion s = {.word = name};

	for (size_t i = 0; i < OPT_COUNT; i++)
		if (option_table[i].commands & 1u << o->command)
			suggest(&s, option_table[i].name);
	if (s.best)
		return error_set(err, "unknown option %s; did you mean --%s?", arg, s.best);
	return error_set(err, "unknown option %s; 'stackcheck %s --help' lists the options", arg,
			 command);
}

static int not_of_command(const struct options *o, const struct option_info *info,
			  struct error *err)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (info->commands & 1u << i)
			return error_set(err, "--%s is an option of '%s', not of '%s'", info->name,
					 command_table[i].name, command_table[o->command].name);
	BUG("option --%s belongs to no command", info->name);
}

/* One long option; `next` is the argument behind it or NULL. Gives how many arguments it took, or
 * -1. */
static int take_long(struct options *o, const char *arg, const char *next, struct error *err)
{
	size_t len = strcspn(arg + 2, "=");
	char name[64] = {0};
	size_t i = 0;

	memcpy(name, arg + 2, len < sizeof(name) ? len : sizeof(name) - 1);
	while (i < OPT_COUNT && strcmp(option_table[i].name, name) != 0)
		i++;
	if (i == OPT_COUNT || len >= sizeof(name))
		return unknown_option(o, arg, name, err);

	const struct option_info *info = &option_table[i];
	const char *value = arg[2 + len] ? arg + 2 + len + 1 : NULL;

	if (!(info->commands & 1u << o->command))
		return not_of_command(o, info, err);
	if (!info->argument && value)
		return error_set(err, "--%s takes no value", name);
	if (info->argument && !value && !next)
		return error_set(err, "--%s wants a value: %s", name, info->argument);
	if (take_value(info, value ? value : next, &o->v[i], err))
		return -1;
	return info->argument && !value ? 2 : 1;
}

/* A cluster of one-letter options. Gives how many arguments it took, or -1. */
static int take_letters(struct options *o, const char *arg, const char *next, struct error *err)
{
	for (const char *p = arg + 1; *p; p++) {
		size_t i = 0;

		while (i < OPT_COUNT && option_table[i].letter != *p)
			i++;
		if (i == OPT_COUNT)
			return unknown_option(o, arg, arg + 1, err);
		if (!(option_table[i].commands & 1u << o->command))
			return not_of_command(o, &option_table[i], err);
		if (option_table[i].argument) {
			const char *value = p[1] ? p + 1 : next;

			if (!value)
				return error_set(err, "-%c wants a value: %s", *p,
						 option_table[i].argument);
			if (take_value(&option_table[i], value, &o->v[i], err))
				return -1;
			return p[1] ? 1 : 2;
		}
		o->v[i].given = true;
	}
	return 1;
}

static int take_arguments(struct options *o, int argc, char **argv, struct error *err)
{
	for (int i = 2; i < argc;) {
		const char *arg = argv[i], *next = i + 1 < argc ? argv[i + 1] : NULL;
		int used = 1;

		if (!strcmp(arg, "--")) {
			o->flags = (const char *const *)&argv[i + 1];
			o->n_flags = (size_t)(argc - i - 1);
			return 0;
		}
		if (str_starts(arg, "--"))
			used = take_long(o, arg, next, err);
		else if (arg[0] == '-' && arg[1])
			used = take_letters(o, arg, next, err);
		else
			*vec_push(&o->operands) = arg;
		if (used < 0)
			return -1;
		i += used;
	}
	return 0;
}

static int check_operands(const struct options *o, struct error *err)
{
	const struct command_info *c = &command_table[o->command];
	int n = (int)o->operands.n;

	if (o->v[OPT_HELP].given || o->v[OPT_VERSION].given)
		return 0;
	if (o->flags && !c->takes_flags)
		return error_set(err, "'%s' takes no compiler flags behind --", c->name);
	if (n < c->fewest)
		return error_set(err, "'%s' wants an operand: stackcheck %s %s", c->name, c->name,
				 c->operands);
	if (c->most >= 0 && n > c->most)
		return error_set(err, "'%s' takes no operand '%s': stackcheck %s %s", c->name,
				 o->operands.v[c->most], c->name, c->operands);
	return 0;
}

int options_parse(struct options *o, int argc, char **argv, struct error *err)
{
	const char *first = argc > 1 ? argv[1] : NULL;

	set_defaults(o);
	o->command = COMMAND_COUNT;
	if (!first)
		return error_set(err, "a subcommand is missing; 'stackcheck --help' lists them");
	if (!strcmp(first, "--help") || !strcmp(first, "-h"))
		o->v[OPT_HELP].given = true;
	else if (!strcmp(first, "--version"))
		o->v[OPT_VERSION].given = true;
	if (o->v[OPT_HELP].given || o->v[OPT_VERSION].given)
		return 0;
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (!strcmp(first, command_table[i].name))
			o->command = (enum command_id)i;
	if (o->command == COMMAND_COUNT)
		return unknown_command(first, err);
	if (take_arguments(o, argc, argv, err))
		return -1;
	return check_operands(o, err);
}

void options_release(struct options *o)
{
	for (size_t i = 0; i < OPT_COUNT; i++)
		vec_release(&o->v[i].list);
	vec_release(&o->operands);
}
