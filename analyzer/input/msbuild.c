/*
 * MSBuild's logs of commands. Input: text in UTF-16 with a byte order mark, two lines a compile:
 *
 *     ^C:\SRC\DRV\A.C|C:\SRC\DRV\B.C
 *     /c /IINC /D _AMD64_ /Fo"X64\RELEASE\\" C:\SRC\DRV\A.C C:\SRC\DRV\B.C
 *
 * Sources are in capitals, the compiler is not named. Output: an entry for each source, as a command of cl.exe.
 * Relative paths count from the project's folder, which the log does not name: it is the nearest one above the log, else above
 * the source, that holds a .vcxproj.
 *
 * Source: the tracking logs of Microsoft.Build.CppTasks, as Visual Studio 2015 to 2022 leave them.
 */
#include "input/msbuild.h"
#include "base/file.h"
#include "base/text.h"
#include "input/split.h"
#include "input/utf16.h"
#include "input/walk.h"

#include <dirent.h>
#include <fnmatch.h>
#include <string.h>

enum { MAX_LOG = 256 * 1024 * 1024 };

struct msbuild {
	struct entries *out;
	struct path_map *map;
	struct notes *notes;
	struct arena scratch;
	struct split split;
	const char *log; /* the one at hand */
	size_t line;
};

bool msbuild_is_log(const char *name)
{
	return !fnmatch("cl.command.*.tlog", name, FNM_CASEFOLD);
}

static bool has_project(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	bool found = false;

	while (d && !found && (e = readdir(d)))
		found = !fnmatch("*.vcxproj", e->d_name, FNM_CASEFOLD);
	if (d)
		closedir(d);
	return found;
}

static const char *project_above(struct msbuild *b, const char *file)
{
	const char *dir = path_dir(&b->scratch, file);

	while (!has_project(dir)) {
		if (!strcmp(dir, "/") || !strcmp(dir, "."))
			return NULL;
		dir = path_dir(&b->scratch, dir);
	}
	return dir;
}

static const char *directory_of(struct msbuild *b, const char *source)
{
	const char *dir = project_above(b, b->log);

	if (!dir)
		dir = project_above(b, source);
	if (!dir) {
		dir = path_dir(&b->scratch, source);
		notes_add(
			b->notes,
			"%s: no .vcxproj above it nor above %s, so relative include folders count "
			"from %s",
			b->log, source, dir);
	}
	return words_text(&b->out->words, dir);
}

/* cl.exe's folder says what it compiles for. The log has no folder; the kits' macros say the same. */
static const char *program_for(const struct split *args, const char *log)
{
	static const struct {
		const char *macro, *folder, *program;
	} targets[] = {
		{"_ARM64_", "/arm64/", "arm64\\cl.exe"}, {"_AMD64_", "/x64/", "x64\\cl.exe"},
		{"_WIN64", "/x64/", "x64\\cl.exe"},	 {"_X86_", "/win32/", "x86\\cl.exe"},
		{"i386", "/x86/", "x86\\cl.exe"},
	};
	enum { N = sizeof(targets) / sizeof(*targets) };

	for (size_t t = 0; t < N; t++)
		for (size_t i = 0; i < args->starts.n; i++) {
			const char *s = split_at(args, i);
			size_t n = strlen(targets[t].macro);

			s += (s[0] == '/' || s[0] == '-') && s[1] == 'D' ? 2 : 0;
			if (!strncmp(s, targets[t].macro, n) && (!s[n] || s[n] == '='))
				return targets[t].program;
		}
	for (size_t t = 0; t < N; t++)
		if (strcasestr(log, targets[t].folder))
			return targets[t].program;
	return "x64\\cl.exe";
}

/* The last part of a path in either spelling. */
static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/'), *back = strrchr(path, '\\');

	if (back && (!slash || back > slash))
		slash = back;
	return slash ? slash + 1 : path;
}

/* Is the argument one of the sources, which stand between bars? */
static bool is_source(const char *arg, const path_vec *sources)
{
	if (arg[0] == '/' || arg[0] == '-')
		return false;
	for (size_t i = 0; i < sources->n; i++)
		if (!strcasecmp(last_part(arg), last_part(sources->v[i])))
			return true;
	return false;
}

static const char *local_source(struct msbuild *b, const char *source)
{
	struct buf path = {0};
	const char *local;

	entry_posix_path(source, &path);
	/* ".C" would be C++. */
	if (str_ends(buf_str(&path), ".C"))
		path.data[path.len - 1] = 'c';
	local = path_map_local(b->map, NULL, arena_strdup(&b->scratch, buf_str(&path)));
	buf_release(&path);
	if (!file_exists(local))
		notes_add(b->notes,
			  "%s: its sources are not here; say where their folder is, such as --map "
			  "'%.*s=DIR'",
			  b->log, (int)(last_part(source) - source), source);
	return words_text(&b->out->words, local);
}

/* One entry a source; b->split has the command. */
static void add_entries(struct msbuild *b, const path_vec *sources)
{
	const char *program = program_for(&b->split, b->log);
	uint32_t *ids = arena_array(&b->out->arena, b->split.starts.n + 1, uint32_t);
	size_t n = 0;

	ids[n++] = words_add(&b->out->words, program, strlen(program));
	for (size_t i = 0; i < b->split.starts.n; i++)
		if (!is_source(split_at(&b->split, i), sources)) {
			ids[n] = entry_word(b->out, ids, n, split_at(&b->split, i),
					    split_len(&b->split, i));
			n++;
		}
	for (size_t i = 0; i < sources->n; i++) {
		const char *file = local_source(b, sources->v[i]);
		struct entry e = {.file = file, .args = ids, .n_args = n, .windows = true};

		e.directory = directory_of(b, file);
		*vec_push(&b->out->v) = e;
	}
}

/* Splits "^A|B|C" in place. */
static void read_sources(char *line, path_vec *sources)
{
	char *rest = line + 1, *source;

	sources->n = 0;
	while ((source = strsep(&rest, "|")))
		if (*source)
			*vec_push(sources) = source;
}

static int read_lines(struct msbuild *b, char *text, struct error *err)
{
	path_vec sources = {0};
	char *line;
	int rc = 0;

	for (b->line = 1; !rc && (line = strsep(&text, "\n")); b->line++) {
		line[strcspn(line, "\r")] = '\0';
		line += strspn(line, " \t");
		if (!*line)
			continue;
		if (*line == '^') {
			read_sources(line, &sources);
		} else if (!sources.n) {
			rc = error_set(err,
				       "%s:%zu: no line with the sources (\"^C:\\...\") stands "
				       "before this command: "
				       "this is no log of MSBuild's, or it is damaged",
				       b->log, b->line);
		} else {
			split_windows(line, false, &b->split);
			add_entries(b, &sources);
			sources.n = 0;
		}
	}
	vec_release(&sources);
	return rc;
}

static int read_log(struct msbuild *b, const char *path, struct error *err)
{
	struct buf text = {0};
	int rc = file_read(path, MAX_LOG, &text, err);

	b->log = path;
	if (!rc && text.len) {
		utf16_to_utf8(&text);
		if (strlen(buf_str(&text)) != text.len)
			rc = error_set(err,
				       "%s: there are NUL bytes in it: this is no log of MSBuild's",
				       path);
	}
	if (!rc && text.len)
		rc = read_lines(b, text.data, err);
	buf_release(&text);
	return rc;
}

int msbuild_read(struct entries *out, const char *path, struct path_map *map, struct notes *notes,
		 struct error *err)
{
	struct msbuild b = {.out = out, .map = map, .notes = notes};
	path_vec logs = {0};
	int rc = 0;

	if (file_is_dir(path))
		rc = walk_files(&b.scratch, path, msbuild_is_log, &logs, err);
	else
		*vec_push(&logs) = path;
	for (size_t i = 0; i < logs.n && !rc; i++)
		rc = read_log(&b, logs.v[i], err);
	vec_release(&logs);
	split_release(&b.split);
	arena_release(&b.scratch);
	return rc;
}
