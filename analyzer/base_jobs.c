/*
 * Input: a job of the head. Output: the same command for the base's folder. Relative paths mean the command's folder, which may be
 * the build's and stay where it is, while what they name moves: they become absolute there.
 */
#include "base_jobs.h"

#include "base/file.h"
#include "base/text.h"

#include <string.h>

/* Arguments with a path: joined to it, or in front of it. */
static const char *const before_path[] = {
	"-I",
	"-isystem",
	"-iquote",
	"-idirafter",
	"-isysroot",
	"--sysroot=",
	"--sysroot",
	"-Xmicrosoft-visualc-tools-root",
	"-include",
	"-imacros",
	"-Xmicrosoft-windows-sdk-root",
	"-Xmicrosoft-windows-sys-root",
	"-fmacro-prefix-map=",
};

enum { N_BEFORE = sizeof(before_path) / sizeof(*before_path) };

/* The longest option that the argument begins with, or NULL. */
static const char *option_of(const char *argument)
{
	const char *best = NULL;

	for (size_t i = 0; i < N_BEFORE; i++)
		if (str_starts(argument, before_path[i]) &&
		    (!best || strlen(before_path[i]) > strlen(best)))
			best = before_path[i];
	return best;
}

static const char *turn_path(struct base_tree *b, const struct job *head, const char *path)
{
	const char *from = path_absolute(&b->arena, head->directory, path);
	const char *to = base_tree_map(b, from);

	if (strcmp(from, to) != 0 || *path == '/')
		return to;
	/* "-include config.h": it is looked for in the search path. */
	if (!file_exists(from))
		return path;
	/* It stays where it is; the folder that it is relative to may not. */
	return strcmp(base_tree_map(b, head->directory), head->directory) ? from : path;
}

/* "-fmacro-prefix-map=OLD=NEW": OLD is the path. */
static char *turn_prefix_map(struct base_tree *b, const struct job *head, const char *option,
			     const char *value)
{
	size_t n = strcspn(value, "=");
	const char *old = arena_strndup(&b->arena, value, n), *turned = turn_path(b, head, old);

	return arena_printf(&b->arena, "%s%s%s%s", option, turned,
			    n && value[n - 1] == '/' && !str_ends(turned, "/") ? "/" : "",
			    value + n);
}

static char *turn_argument(struct base_tree *b, const struct job *head, char *argument)
{
	const char *option = option_of(argument),
		   *value = option ? argument + strlen(option) : NULL;

	if (!value || !*value)
		return argument;
	if (!strcmp(option, "-fmacro-prefix-map="))
		return turn_prefix_map(b, head, option, value);
	/* "-include-pch" and its like are other options. */
	if (*value == '-')
		return argument;
	return arena_printf(&b->arena, "%s%s", option, turn_path(b, head, value));
}

static void turn_arguments(struct base_tree *b, const struct job *head, struct job *out)
{
	out->argv = arena_array(&b->arena, head->argc + 1, char *);
	for (size_t i = 0; i < head->argc; i++) {
		const char *option = i ? option_of(head->argv[i - 1]) : NULL;

		if (option && !strcmp(option, head->argv[i - 1]) && !str_ends(option, "="))
			out->argv[i] = arena_strdup(&b->arena, turn_path(b, head, head->argv[i]));
		else
			out->argv[i] = turn_argument(b, head, head->argv[i]);
	}
}

/* The name of the unit when its source is called `from` instead: with what tells several commands of one source apart. */
static const char *name_moved(struct base_tree *b, const struct job *head, const char *from)
{
	const char *source = path_relative(head->root, head->source);
	const char *before =
		path_relative(head->root, arena_printf(&b->arena, "%s/%s", b->top, from));

	return arena_printf(&b->arena, "%s%s", before,
			    str_starts(head->unit, source) ? head->unit + strlen(source) : "");
}

bool base_job(struct base_tree *b, const struct job *head, struct job *out)
{
	const char *below = base_tree_below(b, head->source);
	const uint64_t *moved = below ? map_find_str(&b->files.moved, below) : NULL;

	*out = *head;
	if (moved) {
		const char *from = b->files.files.v[*moved].path;

		out->source = arena_printf(&b->arena, "%s/%s", b->dir, from);
		out->unit = name_moved(b, head, from);
	} else if (below && base_tree_is_fresh(b, below)) {
		return false;
	} else {
		out->source = base_tree_map(b, head->source);
	}
	out->root = base_tree_map(b, head->root);
	out->directory = base_tree_map(b, head->directory);
	out->object = NULL;
	turn_arguments(b, head, out);
	return true;
}
