/*
 * Kbuild's saved commands. Input: a tree with .x.o.cmd files, whose first line is
 *
 *     savedcmd_drivers/x.o := gcc ... -c -o drivers/x.o /src/drivers/x.c ; ./tools/objtool/objtool ...
 *
 * ("cmd_" before Linux 6.2), escaped for make: `$` as `$$`, `#` as `$(pound)`. Output: entries.
 *
 * Paths in the command are relative to the folder in which make ran: the kernel's output tree, also for modules
 * out of tree (`make -C KERNEL M=DIR`) before Linux 6.13, and the module's folder since. The line doesn't say
 * which, so the candidates are tried: the tree and the folders above it, the folders that the command itself
 * names, those in the module's Makefile, and the running kernel's build folder. The first one where the source
 * and the first relative include folder of the command exist is taken.
 *
 * Host programs (modpost, objtool, ...) are built with the same machinery. They are told apart by -D__KERNEL__,
 * which every kernel object has, and by scripts/, whose objects only probe the compiler; a Kbuild project without
 * any kernel object keeps all of its compiles.
 *
 * Sources: scripts/Kbuild.include (make-cmd, escsq) and scripts/Makefile.lib of Linux 4.19 to 6.13.
 */
#include "input/kbuild.h"
#include "base/file.h"
#include "base/text.h"
#include "input/split.h"
#include "input/walk.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

enum { MAX_LINE = 1024 * 1024, MAX_MAKEFILE = 1024 * 1024 };

struct kbuild {
	struct entries *out;
	const char *tree;
	struct notes *notes;
	struct arena scratch;
	struct split split;
	const char *directory; /* where make ran; NULL: not yet known */
	size_t kernel, first; /* kernel commands seen; entries before ours */
	VEC(bool) is_kernel; /* by entry, from `first` */
};

static bool is_cmd(const char *name)
{
	return name[0] == '.' && str_ends(name, ".o.cmd");
}

/* The command of the file's first line, unescaped; NULL when the file holds none. */
static char *read_command(struct kbuild *k, const char *path)
{
	FILE *f = fopen(path, "re");
	char *line = NULL, *command = NULL, *to;
	size_t cap = 0;
	ssize_t n = f ? getline(&line, &cap, f) : -1;
	const char *from;

	if (f)
		fclose(f);
	if (n > MAX_LINE)
		notes_add(k->notes, "%s: the command is left out: it is longer than 1 MiB", path);
	else if (n > 0 && (str_starts(line, "cmd_") || str_starts(line, "savedcmd_")) &&
		 (from = strstr(line, ":=")))
		command = arena_strdup(&k->scratch, from + 2);
	free(line);
	if (!command)
		return NULL;
	for (from = to = command; *from;) {
		if (str_starts(from, "$(pound)")) {
			*to++ = '#';
			from += strlen("$(pound)");
		} else {
			from += from[0] == '$' && from[1] == '$';
			*to++ = *from++;
		}
	}
	*to = '\0';
	return command;
}

/* The first argument of the command that is a relative folder of includes ("-I./include"); NULL when it has none. */
static const char *relative_include(const struct kbuild *k, const struct entry *e)
{
	for (size_t i = 1; i < e->n_args; i++) {
		const char *text = words_at(&k->out->words, e->args[i]);

		if (str_starts(text, "-I") && text[2] && text[2] != '/' && strstr(text, "include"))
			return text + 2;
	}
	return NULL;
}

static const char *source_of(const struct kbuild *k, const struct entry *e)
{
	for (size_t i = e->n_args; i-- > 1;) {
		const char *text = words_at(&k->out->words, e->args[i]);

		if (text[0] != '-' && str_ends(text, ".c"))
			return text;
	}
	return NULL;
}

static bool fits(struct kbuild *k, const struct entry *e, const char *directory)
{
	const char *include = relative_include(k, e);

	return file_exists(path_absolute(&k->scratch, directory, source_of(k, e))) &&
	       (!include || file_is_dir(path_absolute(&k->scratch, directory, include)));
}

/* The tree and what lies above it. */
static const char *try_above(struct kbuild *k, const struct entry *e)
{
	const char *dir = k->tree;

	for (;; dir = path_dir(&k->scratch, dir)) {
		if (fits(k, e, dir))
			return dir;
		if (!strcmp(dir, "/"))
			return NULL;
	}
}

/* Folders that the command's own absolute paths lead to; Debian's headers are split in "-common" and "-<flavour>". */
static const char *try_command(struct kbuild *k, const struct entry *e)
{
	static const char *const below[] = {"/include", "/arch/", "/tools/", "/scripts/"};

	for (size_t i = 1; i < e->n_args; i++) {
		const char *slash = strchr(words_at(&k->out->words, e->args[i]), '/');

		for (size_t b = 0; slash && b < sizeof(below) / sizeof(below[0]); b++) {
			const char *end = strstr(slash, below[b]);
			const char *dir;
			struct utsname u;

			if (!end || end == slash)
				continue;
			dir = arena_strndup(&k->scratch, slash, (size_t)(end - slash));
			if (fits(k, e, dir))
				return dir;
			if (!str_ends(dir, "-common") || uname(&u))
				continue;
			dir = arena_printf(&k->scratch, "%s/linux-headers-%s",
					   path_dir(&k->scratch, dir), u.release);
			if (fits(k, e, dir))
				return dir;
		}
	}
	return NULL;
}

/* Absolute paths in the module's Makefile: `KDIR ?= /lib/modules/$(shell uname -r)/build`. */
static const char *try_makefile(struct kbuild *k, const struct entry *e)
{
	static const char *const names[] = {"GNUmakefile", "makefile", "Makefile"};
	const char *found = NULL;
	struct utsname u;

	for (size_t i = 0; !found && i < sizeof(names) / sizeof(names[0]) && !uname(&u); i++) {
		struct buf text = {0};
		struct error ignored = {0};
		const char *p;

		if (file_read(path_absolute(&k->scratch, k->tree, names[i]), MAX_MAKEFILE, &text,
			      &ignored)) {
			buf_release(&text);
			continue;
		}
		for (p = buf_str(&text); !found && (p = strchr(p, '/'));) {
			static const char shell[] = "$(shell uname -r)", ticks[] = "`uname -r`";
			struct buf dir = {0};

			while (*p && !strchr(" \t\n\"';", *p)) {
				size_t skip = str_starts(p, shell)   ? sizeof(shell) - 1
					      : str_starts(p, ticks) ? sizeof(ticks) - 1
								     : 0;

				if (skip)
					buf_puts(&dir, u.release);
				else
					buf_putc(&dir, *p);
				p += skip ? skip : 1;
			}
			if (fits(k, e, buf_str(&dir)))
				found = arena_strdup(&k->scratch, buf_str(&dir));
			buf_release(&dir);
		}
		buf_release(&text);
	}
	return found;
}

static const char *try_running(struct kbuild *k, const struct entry *e)
{
	struct utsname u;
	const char *dir;

	if (uname(&u))
		return NULL;
	dir = arena_printf(&k->scratch, "/lib/modules/%s/build", u.release);
	return fits(k, e, dir) ? dir : NULL;
}

static void find_directory(struct kbuild *k, const struct entry *e)
{
	const char *dir = try_above(k, e);

	if (!dir)
		dir = try_command(k, e);
	if (!dir)
		dir = try_makefile(k, e);
	if (!dir)
		dir = try_running(k, e);
	if (!dir) {
		notes_add(k->notes,
			  "%s: cannot find the kernel tree in which make ran, so relative include "
			  "paths "
			  "will not be found; run `make -C KERNEL M=%s compile_commands.json` and "
			  "give "
			  "that file with -p",
			  k->tree, k->tree);
		dir = k->tree;
	}
	k->directory = words_text(&k->out->words, path_absolute(&k->scratch, NULL, dir));
}

static bool is_kernel_command(const struct kbuild *k, const struct entry *e)
{
	const char *source = source_of(k, e);

	if (str_starts(source, "scripts/") || strstr(source, "/scripts/mod/"))
		return false;
	for (size_t i = 1; i < e->n_args; i++) {
		if (!strcmp(words_at(&k->out->words, e->args[i]), "-D__KERNEL__"))
			return true;
	}
	return false;
}

static void read_cmd(struct kbuild *k, const char *path)
{
	char *command = read_command(k, path);
	struct entry e = {0};
	bool kernel;

	if (!command || !entry_set_command(k->out, &e, command, NULL, &k->split))
		return;
	kernel = is_kernel_command(k, &e);
	/* Host programs may be built elsewhere; they say nothing about where the kernel's make ran. */
	if (kernel && !k->kernel++)
		find_directory(k, &e);
	*vec_push(&k->is_kernel) = kernel;
	*vec_push(&k->out->v) = e;
}

/* Drops host programs where there are kernel objects, and makes paths absolute. */
static void finish(struct kbuild *k)
{
	struct entries *out = k->out;
	size_t to = k->first;

	for (size_t i = k->first; i < out->v.n; i++) {
		struct entry *e = &out->v.v[i];

		if (k->kernel && !k->is_kernel.v[i - k->first]) {
			out->skipped++;
			continue;
		}
		if (!k->directory)
			find_directory(k, e);
		e->directory = k->directory;
		e->file = words_text(&out->words,
				     path_absolute(&k->scratch, e->directory, source_of(k, e)));
		out->v.v[to++] = *e;
	}
	out->v.n = to;
}

int kbuild_read(struct entries *out, const char *tree, struct notes *notes, struct error *err)
{
	struct kbuild k = {.out = out, .tree = tree, .notes = notes, .first = out->v.n};
	path_vec files = {0};
	int rc = walk_files(&k.scratch, tree, is_cmd, &files, err);

	for (size_t i = 0; i < files.n && !rc; i++)
		read_cmd(&k, files.v[i]);
	if (!rc)
		finish(&k);
	vec_release(&files);
	vec_release(&k.is_kernel);
	split_release(&k.split);
	arena_release(&k.scratch);
	return rc;
}
