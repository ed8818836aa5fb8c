/*
 * The clean-up of one command. Input: the arguments of a build's compiler, which may be hostile. Output:
 * arguments that our clang understands and that can neither write, load nor run anything. Idea: nothing is
 * passed on that args.def does not name, each with the number of arguments that clang takes for it, so that
 * no value can become an option; values that stand alone get a "./" when they would read as an option or as a
 * response file.
 */
#include "input/clean.h"
#include "input/driver.h"
#include "input/target.h"

#include <stdio.h>
#include <string.h>

void cleaner_init(struct cleaner *c, struct words *words, struct notes *notes)
{
	*c = (struct cleaner){.words = words, .notes = notes};
	arg_table_init(&c->table, &c->arena);
}

void cleaner_release(struct cleaner *c)
{
	vec_release(&c->dropped);
	map_release(&c->by_flag);
	arena_release(&c->arena);
	buf_release(&c->text);
}

void command_release(struct command *out)
{
	vec_release(&out->argv);
}

static uint32_t dropped_index(struct cleaner *c, const char *flag, const char *why)
{
	bool made;
	const char *name = words_text(c->words, flag);
	uint64_t *index = map_put_str(&c->by_flag, name, &made);

	if (made) {
		struct dropped *d;

		*index = c->dropped.n;
		d = vec_push(&c->dropped);
		d->flag = name;
		d->why = why;
	}
	return (uint32_t)*index;
}

static void count_dropped(struct cleaner *c, uint32_t index)
{
	struct dropped *d = &c->dropped.v[index];

	if (d->last == c->number)
		return;
	d->last = c->number;
	d->units++;
}

void clean_drop(struct cleaner *c, const char *flag, const char *why)
{
	count_dropped(c, dropped_index(c, flag, why));
}

void clean_push(struct cleaner *c, struct command *out, const char *arg)
{
	*vec_push(&out->argv) = words_text(c->words, arg);
}

void clean_printf(struct cleaner *c, struct command *out, const char *fmt, ...)
{
	va_list ap;

	buf_clear(&c->text);
	va_start(ap, fmt);
	buf_vprintf(&c->text, fmt, ap);
	va_end(ap);
	clean_push(c, out, buf_str(&c->text));
}

void clean_see_path(struct cleaner *c, const char *path)
{
	if (!c->linux_like && (strstr(path, "/include/linux/") || strstr(path, "linux-headers-")))
		c->linux_like = true;
	if (!c->windows_like &&
	    (strcasestr(path, "/ddk") || strcasestr(path, "\\ddk") || strcasestr(path, "/wdk") ||
	     strcasestr(path, "\\wdk") || strcasestr(path, "Windows Kits")))
		c->windows_like = true;
}

/* The row of a word; looked up once. NULL when it is not on the list. */
static const struct arg_row *row_of(struct cleaner *c, uint32_t id)
{
	struct word *w = &c->words->v.v[id];
	const struct arg_row *row;

	if (w->verdict)
		return w->verdict == UINT16_MAX ? NULL : &c->table.rows[w->verdict - 1];
	row = arg_find(&c->table, w->text);
	w->verdict = row ? (uint16_t)(row->index + 1) : UINT16_MAX;
	if (row && (row->verdict == ARG_SEARCH || row->verdict == ARG_INCLUDE))
		clean_see_path(c, w->text);
	return row;
}

/* Counts a word as left out, under the name of its row or its own up to the "=". */
static void drop_word(struct cleaner *c, uint32_t id, const struct arg_row *row,
		      enum arg_verdict verdict)
{
	const char *text = words_at(c->words, id);
	uint32_t index;

	if (!c->words->v.v[id].dropped) {
		char name[256];
		bool whole = row && (row->arity == ARG_FLAG || row->arity == ARG_PAIR);

		if (row && !whole)
			snprintf(name, sizeof(name), "%s", row->name);
		else
			snprintf(name, sizeof(name), "%.*s",
				 whole ? 255
				       : (int)strcspn(text, "=") + (strchr(text, '=') != NULL),
				 text);
		index = dropped_index(c, name, arg_reason(verdict));
		c->words->v.v[id].dropped = index + 1;
	}
	count_dropped(c, c->words->v.v[id].dropped - 1);
}

/* What the argument takes: the rest of it, or the next one; NULL when there is none. */
static const char *value_of(struct cleaner *c, const struct arg_row *row, const char *text,
			    struct stream *in)
{
	size_t n = strlen(row->name);

	if (row->arity == ARG_FLAG || row->arity == ARG_PAIR)
		return "";
	if (row->arity == ARG_JOINED || (row->arity == ARG_EITHER && text[n]))
		return text + n;
	return in->i < in->n ? words_at(c->words, in->ids[in->i++]) : NULL;
}

static void keep(struct cleaner *c, struct command *out, uint32_t id, const struct arg_row *row,
		 const char *value)
{
	if (row->arity != ARG_EITHER)
		*vec_push(&out->argv) = words_at(c->words, id);
	else if (value[strspn(value, "0123456789")] == '\0')
		clean_printf(c, out, "%s%s", row->name, value);
	else
		drop_word(c, id, row, ARG_UNKNOWN);
}

/* Joined to nothing, -D and its like would swallow the next argument. */
static bool needs_value(const struct arg_row *row)
{
	return row->arity == ARG_SEPARATE || row->arity == ARG_EITHER ||
	       (row->verdict >= ARG_DEFINE && row->verdict <= ARG_TARGET);
}

static void clean_arg(struct cleaner *c, struct command *out, struct stream *in, uint32_t id)
{
	const struct arg_row *row = row_of(c, id);
	const char *text = words_at(c->words, id);
	const char *value;

	if (!row) {
		drop_word(c, id, NULL, ARG_UNKNOWN);
		return;
	}
	value = value_of(c, row, text, in);
	if (row->verdict == ARG_NEEDED)
		return;
	if (row->verdict > ARG_NEEDED && row->verdict <= ARG_INPUT)
		drop_word(c, id, row, row->verdict);
	else if (!value || (!*value && needs_value(row)))
		drop_word(c, id, row, ARG_EMPTY);
	else if (row->verdict == ARG_KEEP)
		keep(c, out, id, row, value);
	else
		turn_arg(c, out, in, row, text, value);
}

static void clean_stream(struct cleaner *c, const char *file, struct stream *in,
			 struct command *out)
{
	bool options = true;

	while (in->i < in->n) {
		uint32_t id = in->ids[in->i++];
		const char *text = words_at(c->words, id);

		if (options && text[0] == '-' && text[1]) {
			options = strcmp(text, "--") != 0;
			clean_arg(c, out, in, id);
		} else if (!entry_same_name(text, file)) {
			clean_drop(c, "(other input files)", arg_reason(ARG_INPUT));
		}
	}
}

/* Index of the compiler: behind launchers, their options and assignments to the environment. */
static size_t find_program(struct cleaner *c, const uint32_t *ids, size_t n)
{
	char name[DRIVER_NAME_SIZE];
	bool launched = false;
	size_t i = 0;

	for (; i + 1 < n; i++) {
		const char *text = words_at(c->words, ids[i]);
		const char *equals = strchr(text, '=');

		if (equals && !memchr(text, '/', (size_t)(equals - text)) && text[0] != '-')
			continue;
		if (launched && text[0] == '-')
			continue;
		driver_name(text, name);
		if (!driver_is_launcher(name))
			break;
		launched = true;
	}
	return i;
}

static bool has_word(struct cleaner *c, const uint32_t *ids, size_t n, const char *text)
{
	uint64_t *id = map_find_str(&c->words->map, text);

	for (size_t i = 0; id && i < n; i++) {
		if (ids[i] == *id)
			return true;
	}
	return false;
}

static void clean_msvc(struct cleaner *c, const char *file, const uint32_t *ids, size_t n,
		       struct command *out)
{
	uint32_vec gnu = {0};
	struct stream in;

	msvc_translate(c, out->program, file, ids, n,
		       target_cl_is_x86_32(c->words, out->program, ids, n), &gnu);
	in = (struct stream){.ids = gnu.v, .n = gnu.n};
	clean_stream(c, file, &in, out);
	vec_release(&gnu);
}

void clean_command(struct cleaner *c, const char *file, const uint32_t *ids, size_t n,
		   struct command *out)
{
	char name[DRIVER_NAME_SIZE];
	struct stream in;
	size_t program;

	out->argv.n = 0;
	*out = (struct command){.argv = {out->argv.v, 0, out->argv.cap}};
	c->number++;
	if (!n)
		return;
	program = find_program(c, ids, n);
	out->program = words_at(c->words, ids[program]);
	driver_name(out->program, name);
	out->msvc = driver_is_msvc(name) || has_word(c, ids, n, "--driver-mode=cl");
	if (strstr(name, "++"))
		out->language = LANGUAGE_OTHER;
	if (out->msvc) {
		clean_msvc(c, file, ids + program + 1, n - program - 1, out);
		return;
	}
	in = (struct stream){.ids = ids, .n = n, .i = program + 1};
	clean_stream(c, file, &in, out);
}
