/*
 * Build description -> jobs. Four steps: read the entries as the build wrote them (compdb.c, kbuild.c, msbuild.c, fixed.c),
 * find the project root, choose the units, clean each command and give it a name.
 */
#include "input/input.h"
#include "base/file.h"
#include "base/text.h"
#include "input/clean.h"
#include "input/compdb.h"
#include "input/fixed.h"
#include "input/kbuild.h"
#include "input/locate.h"
#include "input/msbuild.h"
#include "input/objects.h"
#include "input/respond.h"
#include "input/root.h"
#include "input/target.h"

#include <string.h>

enum { MAX_MISSING = 10 };

struct reading {
	struct input *in;
	const struct input_request *request;
	struct entries entries;
	struct notes notes;
	struct cleaner cleaner;
	struct path_map paths;
	struct responder responder;
	struct command command;
	uint32_vec expanded;
	struct map jobs; /* hash of a job's words -> its index */
	struct map names; /* unit name -> commands that had it */
	struct map saved; /* header -> does a saved AST lie beside it? */
	struct arena scratch;
	struct buf text;
	VEC(const char *) key; /* of the job at hand, its argv at the end */
	const char *host;
	const char *target, *target_arg; /* the last triple, and its argument */
	size_t missing;
};

static int read_database(struct reading *r, struct error *err)
{
	const char *path = locate_database(&r->in->arena, r->request, err);

	if (!path)
		return -1;
	r->in->database = path;
	if (msbuild_is_log(path_base(path)))
		return msbuild_read(&r->entries, path, &r->paths, &r->notes, err);
	if (!file_is_dir(path))
		return compdb_read(&r->entries, path, err);
	if (kbuild_read(&r->entries, path, &r->notes, err))
		return -1;
	if (!r->entries.v.n && msbuild_read(&r->entries, path, &r->paths, &r->notes, err))
		return -1;
	if (!r->entries.v.n)
		return locate_advise(
			arena_printf(&r->entries.arena,
				     "in %s, and no .cmd file of a Kbuild build, nor a "
				     "CL.command.1.tlog of MSBuild's",
				     path),
			path, err);
	return 0;
}

/* May the entry compile C? By the name of its source, or because its command says so. */
static bool may_be_c(const struct reading *r, const struct entry *e)
{
	if (str_ends(e->file, ".c") || str_ends(e->file, ".i"))
		return true;
	for (size_t i = 1; i < e->n_args; i++) {
		const char *text = words_at(&r->entries.words, e->args[i]);

		if (!strcmp(text, "-x") || !strcmp(text, "-xc") || !strcmp(text, "--language=c") ||
		    ((text[0] == '/' || text[0] == '-') && text[1] == 'T' && text[2] == 'c') ||
		    !strcmp(text, "/TC") || !strcmp(text, "-TC"))
			return true;
	}
	return false;
}

/* The entry's arguments, cleaned, in r->command; false when it compiles no C. */
static bool clean_entry(struct reading *r, const struct entry *e)
{
	struct command *cmd = &r->command;
	bool by_name = str_ends(e->file, ".c") || str_ends(e->file, ".i");

	r->cleaner.directory = e->directory;
	if (respond_needed(&r->responder, e)) {
		respond_expand(&r->responder, e, &r->expanded);
		clean_command(&r->cleaner, e->file, r->expanded.v, r->expanded.n, cmd);
	} else {
		clean_command(&r->cleaner, e->file, e->args, e->n_args, cmd);
	}
	if (cmd->only || cmd->language == LANGUAGE_OTHER)
		return false;
	return by_name || cmd->language == LANGUAGE_C;
}

static const char *target_of(struct reading *r)
{
	struct words *words = &r->entries.words;
	const struct command *cmd = &r->command;
	const char *triple = cmd->target;

	if (r->request->target)
		return words_text(words, r->request->target);
	if (!triple && cmd->msvc)
		triple = target_from_cl(words, cmd->program);
	if (!triple && cmd->program)
		triple = target_from_program(words, cmd->program);
	return target_with_bits(words, triple ? triple : r->host, cmd->bits);
}

static const char *object_of(struct reading *r, const struct entry *e)
{
	const char *output = r->command.output ? r->command.output : e->output;

	if (!output)
		return NULL;
	if (e->windows) {
		buf_clear(&r->text);
		entry_posix_path(output, &r->text);
		output = buf_str(&r->text);
	}
	return words_text(&r->entries.words, path_absolute(&r->scratch, e->directory, output));
}

/* Is there a X.pch or X.gch beside the header X? Remembered by path. */
static bool has_saved_ast(struct reading *r, const struct entry *e, const char *header)
{
	const char *path = header;
	uint64_t *known;
	bool made;

	if (header[0] != '/')
		path = words_text(&r->entries.words,
				  path_absolute(&r->scratch, e->directory, header));
	known = map_put_str(&r->saved, path, &made);
	if (made)
		*known = file_exists(arena_printf(&r->scratch, "%s.pch", path)) ||
			 file_exists(arena_printf(&r->scratch, "%s.gch", path));
	return *known;
}

/*
 * For `-include X` clang's driver looks for X.pch or X.gch and loads it instead: a saved AST, which is code to the
 * compiler. It does so for the first -include only, so an empty one goes first where such a file exists.
 */
static bool finds_saved_ast(struct reading *r, const struct entry *e)
{
	for (size_t i = 0; r->command.includes && i + 1 < r->command.argv.n; i++) {
		if (!strcmp(r->command.argv.v[i], "-include") &&
		    has_saved_ast(r, e, r->command.argv.v[i + 1]))
			return true;
	}
	return false;
}

/* x.c, x.c#2, x.c#3, ... */
static const char *unit_name(struct reading *r, const char *source)
{
	const char *first = path_relative(r->in->root, source);
	const char *name = first;
	uint64_t count;
	bool made;

	map_put_str(&r->names, name, &made);
	if (made)
		return name;
	count = *map_find_str(&r->names, first);
	while (!made) {
		name = arena_printf(&r->in->arena, "%s#%llu", first,
				    (unsigned long long)++count + 1);
		map_put_str(&r->names, name, &made);
	}
	*map_find_str(&r->names, first) = count;
	return name;
}

enum { KEY_SOURCE, KEY_DIRECTORY, KEY_OBJECT, KEY_ARGV };

static void add_key(struct reading *r, const char *text)
{
	*vec_push(&r->key) = text;
}

/* The job's words in one array, which is its identity and holds its argv. */
static void make_key(struct reading *r, const struct entry *e, const char *target)
{
	struct words *words = &r->entries.words;

	r->key.n = 0;
	add_key(r, e->file);
	add_key(r, e->directory);
	add_key(r, object_of(r, e));
	if (target != r->target) {
		r->target = target;
		r->target_arg = words_text(words, arena_printf(&r->scratch, "--target=%s", target));
	}
	add_key(r, r->target_arg);
	if (finds_saved_ast(r, e)) {
		add_key(r, words_text(words, "-include"));
		add_key(r, words_text(words, "/dev/null"));
	}
	for (size_t i = 0; i < r->command.argv.n; i++)
		add_key(r, r->command.argv.v[i]);
}

static void warn_missing(struct reading *r, const struct entry *e)
{
	if (!file_exists(e->file) && r->missing++ < MAX_MISSING)
		notes_add(&r->notes, "%s: the source is missing", e->file);
}

/* Words are one pointer each, so the pointers identify the job: what they hash to. */
static uint64_t hash_key(const struct reading *r)
{
	uint64_t h = r->key.n;

	for (size_t i = 0; i < r->key.n; i++) {
		h = (h ^ (uintptr_t)r->key.v[i]) * 0x9e3779b97f4a7c15u;
		h ^= h >> 29;
	}
	return h;
}

/* Is there a job of just these words? Remembers them for the next question when there is none. */
static bool is_repeated(struct reading *r, const char **words)
{
	uint64_t *hash = arena_alloc(&r->scratch, sizeof(*hash));
	bool made;
	uint64_t *index;
	const struct job *job;

	*hash = hash_key(r);
	index = map_put(&r->jobs, hash, sizeof(*hash), &made);
	if (made) {
		*index = r->in->jobs.n;
		return false;
	}
	job = &r->in->jobs.v[*index];
	return job->argc == r->key.n - KEY_ARGV &&
	       !memcmp((const char **)job->argv - KEY_ARGV, words, r->key.n * sizeof(*words));
}

static void add_job(struct reading *r, const struct entry *e)
{
	const char *target = target_of(r);
	const char **words;
	struct job *job;

	make_key(r, e, target);
	if (is_repeated(r, r->key.v))
		return;
	words = arena_memdup(&r->in->arena, r->key.v, r->key.n * sizeof(*r->key.v));
	warn_missing(r, e);
	job = vec_push(&r->in->jobs);
	job->unit = unit_name(r, e->file);
	job->root = r->in->root;
	job->directory = words[KEY_DIRECTORY];
	job->source = words[KEY_SOURCE];
	job->object = words[KEY_OBJECT];
	job->module = r->command.module;
	job->target = target;
	job->argv = (char **)(words + KEY_ARGV);
	job->argc = r->key.n - KEY_ARGV;
	if (strstr(target, "windows") || strstr(target, "mingw"))
		r->cleaner.windows_like = true;
}

static int make_jobs(struct reading *r, struct error *err)
{
	struct entries *all = &r->entries;
	struct arena a = {0};
	bool *unit = arena_array(&a, all->v.n, bool);
	bool *keep = arena_array(&a, all->v.n, bool);
	const char *common = root_common(&a, all);
	const char *root = root_find(&a, r->request, common, err);
	int rc = root ? 0 : -1;

	for (size_t i = 0; i < all->v.n; i++)
		unit[i] = may_be_c(r, &all->v.v[i]);
	if (!rc)
		rc = root_select(r->request, all, root, common, unit, keep, err);
	if (!rc) {
		r->in->root = arena_strdup(&r->in->arena, root);
		r->responder.root = r->in->root;
		r->in->skipped = all->skipped;
	}
	for (size_t i = 0; i < all->v.n && !rc; i++) {
		const struct entry *e = &all->v.v[i];

		if (keep[i] && unit[i] && clean_entry(r, e))
			add_job(r, e);
		else if (keep[i])
			r->in->skipped++;
	}
	arena_release(&a);
	return rc;
}

static int by_flag(const void *a, const void *b)
{
	const struct dropped_flag *x = a, *y = b;

	return strcmp(x->flag, y->flag);
}

static void report_rest(struct reading *r)
{
	struct input *in = r->in;

	if (r->missing > MAX_MISSING)
		notes_add(&r->notes, "%zu more sources are missing", r->missing - MAX_MISSING);
	for (size_t i = 0; i < r->notes.v.n; i++)
		*vec_push(&in->warnings) = r->notes.v.v[i];
	for (size_t i = 0; i < r->cleaner.dropped.n; i++) {
		const struct dropped *d = &r->cleaner.dropped.v[i];

		*vec_push(&in->dropped) =
			(struct dropped_flag){.flag = d->flag, .units = d->units, .why = d->why};
	}
	if (in->dropped.n)
		qsort(in->dropped.v, in->dropped.n, sizeof(*in->dropped.v), by_flag);
	in->linux_like = r->cleaner.linux_like;
	in->windows_like = r->cleaner.windows_like;
}

/* Sources and folders of a Windows machine, where they are here. */
static void map_entries(struct reading *r)
{
	struct words *words = &r->entries.words;

	for (size_t i = 0; i < r->entries.v.n && r->paths.v.n; i++) {
		struct entry *e = &r->entries.v.v[i];

		e->directory = words_text(words, path_map_local(&r->paths, NULL, e->directory));
		e->file = words_text(words, path_map_local(&r->paths, NULL, e->file));
	}
}

static int read_all(struct reading *r, struct error *err)
{
	int rc = path_map_init(&r->paths, r->request->maps, r->request->n_maps, err);

	if (rc)
		return rc;
	rc = r->request->flags ? fixed_read(&r->entries, r->request, err) : read_database(r, err);

	if (!rc)
		map_entries(r);
	if (!rc)
		rc = make_jobs(r, err);
	if (rc)
		return rc;
	report_rest(r);
	if (!r->in->jobs.n)
		return error_set(err, "%s: none of its %zu commands compiles C",
				 r->in->database ? r->in->database : "the command line",
				 r->in->skipped);
	return 0;
}

int input_read(struct input *in, const struct input_request *request, struct error *err)
{
	struct reading r = {.in = in, .request = request};
	int rc;

	*in = (struct input){0};
	if (request->objects_only) {
		rc = objects_read(in, request, err);
		if (rc)
			input_release(in);
		return rc;
	}
	r.entries.words.arena = &in->arena;
	r.notes.arena = &in->arena;
	cleaner_init(&r.cleaner, &r.entries.words, &r.notes);
	r.cleaner.paths = &r.paths;
	r.responder.words = &r.entries.words;
	r.responder.notes = &r.notes;
	r.host = target_host(&r.entries.words);
	rc = read_all(&r, err);
	vec_release(&r.key);
	vec_release(&r.expanded);
	map_release(&r.jobs);
	map_release(&r.names);
	map_release(&r.saved);
	arena_release(&r.scratch);
	buf_release(&r.text);
	command_release(&r.command);
	responder_release(&r.responder);
	cleaner_release(&r.cleaner);
	path_map_release(&r.paths);
	notes_release(&r.notes);
	entries_release(&r.entries);
	if (rc)
		input_release(in);
	return rc;
}

void input_release(struct input *in)
{
	vec_release(&in->jobs);
	vec_release(&in->dropped);
	vec_release(&in->warnings);
	arena_release(&in->arena);
	*in = (struct input){0};
}
