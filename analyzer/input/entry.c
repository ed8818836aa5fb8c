#include "input/entry.h"
#include "input/driver.h"
#include "input/split.h"

#include <ctype.h>
#include <string.h>

uint32_t entry_word(struct entries *all, const uint32_t *ids, size_t i, const char *s, size_t len)
{
	const struct entry *last = all->v.n ? &all->v.v[all->v.n - 1] : NULL;

	if (!i)
		return words_add(&all->words, s, len);
	return words_add_after(&all->words, ids[i - 1],
			       last && i < last->n_args ? last->args[i] : 0, s, len);
}

void entry_set_args(struct entries *all, struct entry *e, const struct split *args)
{
	size_t n = args->starts.n;
	uint32_t *ids = arena_array(&all->arena, n, uint32_t);

	for (size_t i = 0; i < n; i++)
		ids[i] = entry_word(all, ids, i, split_at(args, i), split_len(args, i));
	e->args = ids;
	e->n_args = n;
}

/* The last component by either slash. */
static const char *last_part(const char *path)
{
	const char *base = path;

	for (; *path; path++) {
		if (*path == '/' || *path == '\\')
			base = path + 1;
	}
	return base;
}

bool entry_same_name(const char *a, const char *b)
{
	return !strcmp(last_part(a), last_part(b));
}

void entry_posix_path(const char *path, struct buf *out)
{
	if (isalpha((unsigned char)path[0]) && path[1] == ':')
		buf_putc(out, '/');
	for (; *path; path++)
		buf_putc(out, *path == '\\' ? '/' : *path);
}

/* Does the simple command compile `file` (NULL: any C file that -c names)? */
static bool compiles(const struct split *args, const char *file)
{
	bool compile = false, source = false;

	for (size_t i = 1; i < args->starts.n; i++) {
		const char *s = split_at(args, i);
		size_t n = strlen(s);

		if (!strcmp(s, "-c"))
			compile = true;
		else if (file)
			source |= entry_same_name(s, file);
		else
			source |= n > 2 && s[0] != '-' && !strcmp(s + n - 2, ".c");
	}
	return source && (file || compile);
}

/* The last bytes of a word of the command, without its quotes; gives the byte behind the word. */
static const char *peek_word(const char *s, char *word, size_t size)
{
	size_t n = 0;
	bool quoted = false;

	for (s += strspn(s, " \t"); *s && (quoted || !strchr(" \t", *s)); s++) {
		if (*s == '"') {
			quoted = !quoted;
			continue;
		}
		if (n == size - 1)
			memmove(word, word + 1, --n);
		word[n++] = *s;
	}
	word[n] = '\0';
	return s;
}

/* Windows' rules hold for cl and for programs with Windows paths, also behind a launcher. */
static bool is_windows_command(const char *command)
{
	char program[512], name[DRIVER_NAME_SIZE];

	do {
		command = peek_word(command, program, sizeof(program));
		if (driver_is_windows(program))
			return true;
		driver_name(program, name);
	} while (driver_is_launcher(name));
	return strstr(command, "--driver-mode=cl") != NULL;
}

bool entry_set_command(struct entries *all, struct entry *e, const char *command, const char *file,
		       struct split *scratch)
{
	const char *cursor = command;
	bool found = false;

	e->windows = is_windows_command(command);
	if (e->windows) {
		split_windows(command, true, scratch);
		entry_set_args(all, e, scratch);
		return e->n_args > 0;
	}
	for (bool first = true; !found && split_shell(&cursor, scratch); first = false)
		found = (file && first && !*cursor) || compiles(scratch, file);
	if (!found && file) {
		/* No part names the file (it may stand in a response file): take the first. */
		cursor = command;
		found = split_shell(&cursor, scratch);
	}
	if (found)
		entry_set_args(all, e, scratch);
	return found;
}

void entries_release(struct entries *all)
{
	words_release(&all->words);
	vec_release(&all->v);
	arena_release(&all->arena);
}
