/*
 * Response files. Input: arguments, some of them "@file". Output: arguments without. Idea: a stack of argument
 * lists instead of recursion; its height is the nesting. A database is not trusted to name files: only those of
 * the project are read, and what they may add up to is bounded for one command and for all.
 */
#include "input/respond.h"
#include "base/file.h"
#include "input/utf16.h"

#include <stdlib.h>
#include <string.h>

enum {
	MAX_LEVELS = 8,
	MAX_FILE = 1024 * 1024,
	MAX_COMMAND = 16 * 1024 * 1024,
	MAX_TOTAL = 1024 * 1024 * 1024,
};

#define TOO_DEEP "%s: response file %s is left out: more than %d inside each other"

struct level {
	uint32_t *ids;
	size_t n, i;
};

bool respond_needed(const struct responder *r, const struct entry *e)
{
	for (size_t i = 1; i < e->n_args; i++) {
		const char *text = words_at(r->words, e->args[i]);

		if (text[0] == '@' && text[1])
			return true;
	}
	return false;
}

/* Symbolic links are followed first: a link out of the tree is outside. "/" is no project. */
static bool is_inside(const char *dir, const char *real)
{
	char *real_dir = realpath(dir, NULL);
	bool inside = real_dir && strcmp(real_dir, "/") != 0 && path_is_under(real_dir, real);

	free(real_dir);
	return inside;
}

/* Appends the text of a file that may be read; otherwise -1 with the reason. */
static int read_inside(struct responder *r, const struct entry *e, const char *path,
		       struct buf *text, struct error *err)
{
	char *real = realpath(path, NULL);
	int rc;

	if (!real)
		return error_set(err, "cannot open it");
	if (is_inside(r->root, real) || is_inside(e->directory, real))
		rc = file_read(real, MAX_FILE, text, err);
	else
		rc = error_set(err, "it lies outside the project and the command's directory");
	free(real);
	return rc;
}

/* The arguments in the file as a new level; false (with a warning) when it may not be read: to the compilers, too,
   the name of a file that cannot be read is an argument. */
static bool open_file(struct responder *r, const struct entry *e, const char *name, size_t depth,
		      size_t *budget, struct arena *a, struct level *out)
{
	const char *path;
	struct buf text = {0};
	struct error err = {0};
	int rc;

	if (e->windows)
		entry_posix_path(name, &text);
	else
		buf_puts(&text, name);
	path = path_absolute(a, e->directory, buf_str(&text));
	buf_clear(&text);
	if (depth > MAX_LEVELS)
		rc = error_set(&err, "more than %d are inside each other", MAX_LEVELS);
	else
		rc = read_inside(r, e, path, &text, &err);
	if (!rc && (text.len > *budget || text.len > MAX_TOTAL - r->total))
		rc = error_set(&err, "there is too much in the response files");
	if (rc) {
		notes_add(r->notes, "%s: response file %s is left out: %s", e->file, path,
			  err.text);
		buf_release(&text);
		return false;
	}
	*budget -= text.len;
	r->total += text.len;
	utf16_to_utf8(&text);
	if (e->windows)
		split_windows(buf_str(&text), false, &r->split);
	else
		split_response(buf_str(&text), &r->split);
	*out = (struct level){.n = r->split.starts.n};
	out->ids = arena_array(a, out->n, uint32_t);
	for (size_t i = 0; i < out->n; i++) {
		const char *s = split_at(&r->split, i);

		out->ids[i] = words_add(r->words, s, strlen(s));
	}
	buf_release(&text);
	return true;
}

void respond_expand(struct responder *r, const struct entry *e, uint32_vec *out)
{
	struct level levels[MAX_LEVELS + 2] = {{.ids = (uint32_t *)e->args, .n = e->n_args}};
	size_t depth = 1, budget = MAX_COMMAND;
	struct arena a = {0};

	out->n = 0;
	while (depth) {
		struct level *top = &levels[depth - 1];
		const char *text;
		uint32_t id;

		if (top->i == top->n) {
			depth--;
			continue;
		}
		id = top->ids[top->i++];
		text = words_at(r->words, id);
		if (text[0] == '@' && text[1] && out->n &&
		    open_file(r, e, text + 1, depth, &budget, &a, &levels[depth]))
			depth++;
		else
			*vec_push(out) = id;
	}
	arena_release(&a);
}

void responder_release(struct responder *r)
{
	split_release(&r->split);
}
