/*
 * Compile databases. Input: a JSON array of objects, or the objects alone with a comma behind each (what
 * `clang -MJ` writes, also several such files one after the other). Output: entries.
 *
 * The tree that cJSON builds of a database of 60,000 commands takes more memory than everything else in the
 * program. So the file is read once, a scanner that knows strings and brackets finds where each object begins
 * and ends, and cJSON gets one object at a time. The scanner also refuses what cJSON would let pass: a NUL in a
 * string (it would cut it short), anything behind the end, and nesting that no entry needs.
 *
 * Format: clang's documentation, "JSON Compilation Database Format Specification".
 */
#include "input/compdb.h"
#include "base/buf.h"
#include "base/file.h"
#include "input/driver.h"
#include "input/split.h"

#include <cjson/cJSON.h>
#include <string.h>

enum { MAX_DEPTH = 16 };

struct reader {
	struct entries *out;
	const char *path;
	char *folder;
	const char *text, *end;
	size_t number; /* of the entry at hand, from 1 */
	struct split split;
	struct buf path_text;
	struct arena scratch;
	const char *spelled, *directory; /* the last directory, as spelled and absolute */
};

static size_t line_of(const struct reader *r, const char *p)
{
	size_t line = 1;

	for (const char *s = r->text; s < p && (s = memchr(s, '\n', (size_t)(p - s))); s++)
		line++;
	return line;
}

static int bad_at(const struct reader *r, const char *p, struct error *err, const char *what)
{
	return error_set(err, "%s:%zu: entry %zu: %s", r->path, line_of(r, p), r->number, what);
}

static int bad_field(const struct reader *r, const char *p, struct error *err, const char *field,
		     const char *what)
{
	return error_set(err, "%s:%zu: entry %zu: field \"%s\" %s", r->path, line_of(r, p),
			 r->number, field, what);
}

static const char *skip_blank(const struct reader *r, const char *p)
{
	while (p < r->end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		p++;
	return p;
}

/* `p` is behind the opening quote; gives the closing quote, or NULL with the error set. */
static const char *string_end(const struct reader *r, const char *p, struct error *err)
{
	const char *quote = p - 1;

	for (;;) {
		const char *escape;

		if (quote < p)
			quote = memchr(p, '"', (size_t)(r->end - p));
		if (!quote) {
			bad_at(r, p - 1, err, "a string is not closed");
			return NULL;
		}
		escape = memchr(p, '\\', (size_t)(quote - p));
		if (!escape)
			return quote;
		if (r->end - escape >= 6 && !memcmp(escape, "\\u0000", 6)) {
			bad_at(r, escape, err,
			       "a string holds \\u0000, which no path or argument can");
			return NULL;
		}
		p = escape + 2;
	}
}

/* `p` is at `{`; gives the byte behind the matching `}`, or NULL with the error set. */
static const char *object_end(const struct reader *r, const char *p, struct error *err)
{
	const char *start = p;
	int depth = 0;

	for (; p < r->end; p++) {
		if (*p == '"') {
			p = string_end(r, p + 1, err);
			if (!p)
				return NULL;
		} else if (*p == '{' || *p == '[') {
			if (++depth > MAX_DEPTH) {
				bad_at(r, p, err, "is nested too deeply for a compile command");
				return NULL;
			}
		} else if ((*p == '}' || *p == ']') && !--depth) {
			return p + 1;
		}
	}
	bad_at(r, start, err, "is not closed: the file is cut short");
	return NULL;
}

/* The string under `name`; NULL with the error set when it is missing (and needed), empty or no string. */
static const char *string_field(const struct reader *r, const char *p, const cJSON *object,
				const char *name, bool needed, struct error *err)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	if (!item) {
		if (needed)
			bad_field(r, p, err, name, "is missing");
		return NULL;
	}
	if (!cJSON_IsString(item) || !item->valuestring[0]) {
		bad_field(r, p, err, name, "must be a string that is not empty");
		return NULL;
	}
	return item->valuestring;
}

static int read_arguments(struct reader *r, const char *p, const cJSON *array, struct entry *e,
			  struct error *err)
{
	uint32_t *ids;
	size_t n = 0;
	const cJSON *item;

	if (!cJSON_IsArray(array) || !array->child)
		return bad_field(r, p, err, "arguments", "must be an array that is not empty");
	cJSON_ArrayForEach(item, array)
	{
		if (!cJSON_IsString(item))
			return bad_field(r, p, err, "arguments", "must hold strings only");
		n++;
	}
	ids = arena_array(&r->out->arena, n, uint32_t);
	n = 0;
	cJSON_ArrayForEach(item, array)
	{
		const char *s = item->valuestring;

		ids[n] = entry_word(r->out, ids, n, s, strlen(s));
		n++;
	}
	e->args = ids;
	e->n_args = n;
	e->windows = driver_is_windows(words_at(&r->out->words, ids[0]));
	return 0;
}

/* `path` absolute against `dir`, as a word. */
static const char *absolute(struct reader *r, const struct entry *e, const char *dir,
			    const char *path)
{
	if (e->windows && path[0] != '/') {
		buf_clear(&r->path_text);
		entry_posix_path(path, &r->path_text);
		path = buf_str(&r->path_text);
	}
	return words_text(&r->out->words, path_absolute(&r->scratch, dir, path));
}

static int read_command(struct reader *r, const char *p, const cJSON *object, struct entry *e,
			const char *file, struct error *err)
{
	const cJSON *arguments = cJSON_GetObjectItemCaseSensitive(object, "arguments");
	const char *command;

	if (arguments)
		return read_arguments(r, p, arguments, e, err);
	if (!cJSON_GetObjectItemCaseSensitive(object, "command"))
		return bad_field(r, p, err, "command",
				 "is missing, and so is \"arguments\": one of them must be there");
	command = string_field(r, p, object, "command", true, err);
	if (!command)
		return -1;
	if (!entry_set_command(r->out, e, command, file, &r->split))
		return bad_field(r, p, err, "command", "holds no command");
	return 0;
}

static int read_entry(struct reader *r, const char *p, const cJSON *object, struct error *err)
{
	const char *file, *directory, *output;
	struct entry e = {0};

	directory = string_field(r, p, object, "directory", true, err);
	file = directory ? string_field(r, p, object, "file", true, err) : NULL;
	if (!file || read_command(r, p, object, &e, file, err))
		return -1;
	output = string_field(r, p, object, "output", false, err);
	if (!output && cJSON_GetObjectItemCaseSensitive(object, "output"))
		return -1;
	if (!r->spelled || strcmp(r->spelled, directory)) {
		r->directory = absolute(r, &e, r->folder, directory);
		r->spelled = arena_strdup(&r->scratch, directory);
	}
	e.directory = r->directory;
	e.file = absolute(r, &e, e.directory, file);
	e.output = words_text(&r->out->words, output);
	*vec_push(&r->out->v) = e;
	return 0;
}

/* `p` is at `{`; gives the byte behind the object, or NULL with the error set. */
static const char *read_object(struct reader *r, const char *p, struct error *err)
{
	const char *end, *parsed = NULL;
	cJSON *object;
	int rc;

	r->number++;
	end = object_end(r, p, err);
	if (!end)
		return NULL;
	object = cJSON_ParseWithLengthOpts(p, (size_t)(end - p), &parsed, false);
	if (!object || parsed != end) {
		bad_at(r, parsed && parsed < end ? parsed : p, err, "is not valid JSON");
		cJSON_Delete(object);
		return NULL;
	}
	rc = read_entry(r, p, object, err);
	cJSON_Delete(object);
	return rc ? NULL : end;
}

/* The objects with a comma between (and, outside an array, also behind them); `close` ends them. */
static int read_objects(struct reader *r, const char *p, bool array, struct error *err)
{
	bool first = true;

	for (p = skip_blank(r, p);; p = skip_blank(r, p), first = false) {
		if (array ? (p < r->end && *p == ']' && first) : p == r->end)
			break;
		if (p == r->end || *p != '{')
			return error_set(err, "%s:%zu: entry %zu: expected an object ({...})",
					 r->path, line_of(r, p), r->number + 1);
		p = read_object(r, p, err);
		if (!p)
			return -1;
		p = skip_blank(r, p);
		if (p < r->end && *p == ',') {
			p++;
			continue;
		}
		if (array ? p < r->end && *p == ']' : true)
			break;
		return error_set(err, "%s:%zu: expected , or ] behind entry %zu", r->path,
				 line_of(r, p), r->number);
	}
	p = skip_blank(r, p + array);
	if (p < r->end)
		return error_set(err, "%s:%zu: there is something behind the end of the database",
				 r->path, line_of(r, p));
	return 0;
}

static int read_text(struct reader *r, struct error *err)
{
	const char *p = r->text;

	if (r->end - p >= 3 && !memcmp(p, "\xef\xbb\xbf", 3))
		p += 3;
	if (memchr(p, '\0', (size_t)(r->end - p)))
		return error_set(err, "%s holds a NUL byte: it is not JSON in UTF-8", r->path);
	p = skip_blank(r, p);
	if (p == r->end)
		return error_set(err, "%s is empty", r->path);
	if (*p != '[' && *p != '{')
		return error_set(
			err, "%s:%zu: a compile database is an array of objects: expected [ or {",
			r->path, line_of(r, p));
	if (read_objects(r, p + (*p == '['), *p == '[', err))
		return -1;
	if (!r->number)
		return error_set(err, "%s holds no compile commands", r->path);
	return 0;
}

int compdb_read(struct entries *out, const char *path, struct error *err)
{
	struct reader r = {.out = out, .path = path};
	struct buf text = {0};
	int rc = file_read(path, 0, &text, err);

	if (!rc) {
		r.text = buf_str(&text);
		r.end = r.text + text.len;
		r.folder = path_dir(&r.scratch, path_absolute(&r.scratch, NULL, path));
		rc = read_text(&r, err);
	}
	split_release(&r.split);
	buf_release(&r.path_text);
	arena_release(&r.scratch);
	buf_release(&text);
	return rc;
}
