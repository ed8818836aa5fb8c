/*
 * What only the source's text says: PAGED_CODE(), which may expand to nothing; names that hint at a counter; comments
 * "stackcheck: ..." that annotate a function or a line.
 */
#include "extract/ast_internal.h"
#include "extract/source_text.h"
#include "base/text.h"

#include <string.h>

static const char annotation_mark[] = "stackcheck:";

/* Text of the file that an extent lies in, by expansion: from its first byte to its last one. */
static bool text_of(struct walk *w, CXSourceRange extent, struct source_text *out, CXFile *file)
{
	CXFile last;
	unsigned line, start, end;
	size_t size;

	clang_getExpansionLocation(clang_getRangeStart(extent), file, &line, NULL, &start);
	clang_getExpansionLocation(clang_getRangeEnd(extent), &last, NULL, NULL, &end);
	if (!*file || *file != last)
		return false;
	out->text = clang_getFileContents(w->unit, *file, &size);
	if (!out->text || end > size || start > end)
		return false;
	out->at = start;
	out->end = end;
	out->line = line;
	return true;
}

static bool is_word(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && !memcmp(word, name, len);
}

bool source_hints_at_counter(const char *word, size_t len)
{
	static const char *const hints[] = {"recurs", "RECURS", "Recurs", "nest",  "NEST", "Nest",
					    "depth",  "DEPTH",	"Depth",  "level", "Level"};

	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++)
		if (memmem(word, len, hints[i], strlen(hints[i])))
			return true;
	return false;
}

/* Files with bodies that were walked, and the unit's own: what other headers say is about code that is not here. Headers
   outside the project have nothing to say to its tools. */
static void add_file(struct walk *w, CXFile file)
{
	bool made;

	ptr_map_put(&w->sources, file, &made);
	if (made)
		*vec_push(&w->source_files) = file;
}

void source_function(struct walk *w, const struct func_info *f, struct ast_func *out)
{
	struct source_text text;
	enum source_word kind;
	const char *word;
	size_t len;
	uint32_t line;
	CXFile file;

	if (!text_of(w, clang_getCursorExtent(f->definition), &text, &file))
		return;
	add_file(w, file);
	out->first_line = text.line;
	while (source_text_next(&text, &kind, &word, &len, &line)) {
		if (kind != WORD_IDENTIFIER)
			continue;
		if (is_word(word, len, "PAGED_CODE") || is_word(word, len, "PAGED_CODE_LOCKED"))
			out->marks |= 1u << MARK_PAGED;
		out->may_count |= source_hints_at_counter(word, len);
	}
	out->last_line = text.line;
}

/* The function whose body holds the line, or that begins within the few lines behind it that attributes and a
   return type may take. */
static const char *function_at(const struct walk *w, const char *path, uint32_t line)
{
	enum { LINES_BETWEEN = 3 };
	const struct ast_func *next = NULL;

	for (size_t i = 0; i < w->out->funcs.n; i++) {
		const struct ast_func *f = &w->out->funcs.v[i];

		if (!f->first_line || str_compare(f->loc.file, path))
			continue;
		if (f->first_line <= line && line <= f->last_line)
			return f->name;
		if (f->first_line > line && f->first_line - line <= LINES_BETWEEN &&
		    (!next || f->first_line < next->first_line))
			next = f;
	}
	return next ? next->name : NULL;
}

static void add_annotation(struct walk *w, const char *path, const char *word, size_t len,
			   uint32_t line)
{
	const char *at = memmem(word, len, annotation_mark, sizeof(annotation_mark) - 1), *end;

	if (!at)
		return;
	for (const char *c = word; c < at; c++)
		line += *c == '\n';
	at += sizeof(annotation_mark) - 1;
	end = memchr(at, '\n', (size_t)(word + len - at));
	if (!end)
		end = word + len;
	while (at < end && strchr(" \t*", *at))
		at++;
	while (end > at && strchr(" \t\r", end[-1]))
		end--;
	*vec_push(&w->out->annotations) = (struct fact_annotation){
		.text = text_utf8(w->arena, arena_strndup(w->arena, at, (size_t)(end - at))),
		.within = function_at(w, path, line),
		.loc = {.file = path, .line = line, .column = 1},
	};
}

static void read_comments(struct walk *w, CXFile file, const char *path)
{
	struct source_text text = {.line = 1};
	enum source_word kind;
	const char *word;
	size_t len;
	uint32_t line;

	text.text = clang_getFileContents(w->unit, file, &text.end);
	if (!text.text ||
	    !memmem(text.text, text.end, annotation_mark, sizeof(annotation_mark) - 1))
		return;
	while (source_text_next(&text, &kind, &word, &len, &line))
		if (kind == WORD_COMMENT)
			add_annotation(w, path, word, len, line);
}

void source_annotations(struct walk *w)
{
	CXFile main = clang_getFile(w->unit, w->job->source);

	if (main)
		add_file(w, main);
	for (size_t i = 0; i < w->source_files.n; i++) {
		const char *name = cx_string(w->arena, clang_getFileName(w->source_files.v[i]));
		const char *path = ast_path(w->arena, w->job, name);

		if (path[0] != '/')
			read_comments(w, w->source_files.v[i], path);
	}
	ptr_map_release(&w->sources);
	vec_release(&w->source_files);
}
