/*
 * Input: the files that each unit of the head read, and what changed. Output: the units whose base can differ.
 *
 * A unit is not reached when its source and all files that it read are as they were. Then the compiler met the same bytes in
 * the same order at the base, with one exception: a file that is gone now, which an #include found earlier or which
 * __has_include saw. Some file that the unit reads must name it, so a unit also counts as reached when any of its texts or
 * arguments has the name of a removed file, without its extension, as a word.
 */
#include "base_reach.h"

#include "base/file.h"

#include <ctype.h>
#include <string.h>

/* Beyond that many removed files the whole base is measured: reading every header for their names pays no more. */
enum { MANY_REMOVED = 256, TEXT_MAX = 64 << 20 };

struct finder {
	const struct session *head;
	struct base_tree *tree;
	struct map known; /* path of a file read -> index into `whys` */
	VEC(const char *) whys; /* by file: what makes it a changed one, or NULL */
	struct map
		words; /* names of removed files -> index into files.files; the keys have a length */
	const char *anything; /* some changed file */
	bool everything; /* the names of the removed files say nothing */
};

static bool is_word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

static void add_word(struct finder *f, size_t file)
{
	const char *path = f->tree->files.files.v[file].path, *base = path_base(path);
	size_t n = strcspn(base, "."), i = 0;

	while (i < n && is_word_char(base[i]))
		i++;
	if (n && i == n)
		*map_put(&f->words, base, n, NULL) = file;
	else
		f->everything = true;
}

static void read_changes(struct finder *f)
{
	const struct vcs_tree *t = &f->tree->files;

	for (size_t i = 0; i < t->fresh.n && !f->anything; i++)
		if (base_tree_is_fresh(f->tree, t->fresh.entries[i].key))
			f->anything = t->fresh.entries[i].key;
	for (size_t i = 0; i < t->files.n; i++) {
		if (t->files.v[i].same)
			continue;
		f->anything = t->files.v[i].path;
		if (t->files.v[i].removed)
			add_word(f, i);
	}
}

/* The path of a removed file that the text names, or NULL. */
static const char *removed_in(const struct finder *f, const char *text, size_t len)
{
	size_t i = 0;

	while (f->words.n && i < len) {
		size_t start = i;
		const uint64_t *file;

		while (i < len && is_word_char(text[i]))
			i++;
		if (i > start && (file = map_find(&f->words, text + start, i - start)))
			return f->tree->files.files.v[*file].path;
		i += i == start;
	}
	return NULL;
}

static const char *changed_in_place(const struct finder *f, const char *path)
{
	const char *below = base_tree_below(f->tree, path);
	const struct vcs_file *file = below ? base_tree_file(f->tree, below) : NULL;

	if (file && !file->same)
		return file->path;
	return below && base_tree_is_fresh(f->tree, below) ? below : NULL;
}

/* The same for the file that the path leads to: the path may lead through links. */
static const char *why_file(const struct finder *f, const char *path)
{
	struct buf text = {0};
	struct error ignored;
	const char *why = changed_in_place(f, path);
	char *real = why ? NULL : realpath(path, NULL);

	if (real && strcmp(real, path) != 0)
		why = changed_in_place(f, real);
	free(real);
	/* What cannot be read any more can name anything. */
	if (!why && f->words.n) {
		if (file_read(path, TEXT_MAX, &text, &ignored))
			why = f->anything;
		else
			why = removed_in(f, buf_str(&text), text.len);
	}
	buf_release(&text);
	return why;
}

static const char *why_known(struct finder *f, const char *path)
{
	bool made;
	uint64_t *at = map_put_str(&f->known, path, &made);

	if (made) {
		const char *why = why_file(f, path);

		*at = f->whys.n;
		*vec_push(&f->whys) = why;
		return why;
	}
	return f->whys.v[*at];
}

static const char *why_unit(struct finder *f, size_t i)
{
	const struct job *job = &f->head->input.jobs.v[i];
	const struct facts *facts = &f->head->results[i].facts;
	const char *why = why_known(f, job->source);

	if (!why && session_failed(f->head, i, NULL))
		return f->anything;
	/* What it does not find is not among what it read. */
	if (!why && f->head->results[i].verdict != VERDICT_OK && f->words.n)
		return f->anything;
	for (size_t j = 0; j < facts->inputs.n && !why; j++)
		why = why_known(f, facts->inputs.v[j]);
	for (size_t j = 0; j < job->argc && !why; j++)
		why = removed_in(f, job->argv[j], strlen(job->argv[j]));
	return why;
}

void reach_find(struct reach *r, const struct session *head, struct base_tree *b)
{
	struct finder f = {.head = head, .tree = b};

	read_changes(&f);
	r->why = arena_array(&r->arena, head->input.jobs.n + 1, const char *);
	for (size_t i = 0; i < head->input.jobs.n && f.anything; i++) {
		const char *why = f.words.n > MANY_REMOVED ? f.anything : why_unit(&f, i);

		r->why[i] = why ? arena_strdup(&r->arena, why) : NULL;
		r->n += why != NULL;
	}
	map_release(&f.words);
	vec_release(&f.whys);
	map_release(&f.known);
}

void reach_release(struct reach *r)
{
	arena_release(&r->arena);
	*r = (struct reach){0};
}
