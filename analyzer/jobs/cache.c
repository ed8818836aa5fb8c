/*
 * Two kinds of files below the cache directory, named by the hex digits of a SHA-256.
 *
 * An entry, ab/cdef..., named by all that a unit's result depends on but the bytes of files: the versions of the facts
 * format, tool and compiler, and every field of the job.
 *
 *     stackcheck-cache 1
 *     digest <SHA-256 of all that follows this line>
 *     inputs <n>
 *     <SHA-256>                      n lines: the source, then the facts' inputs in the order of the facts
 *     <text form of the facts>
 *
 * A note, units/ab/cdef..., named by project root and unit. It serves --explain-cache only: the parts of the last name, to
 * tell what changed in it, and why the last result was not kept (empty when it was).
 *
 *     stackcheck-unit 1
 *     tool <SHA-256>
 *     arguments <SHA-256>
 *     note <text>
 *
 * Files are written beside their place and renamed. They are not synced: the digest finds what a crash tore.
 * Two things are not seen: a new file that an #include would now find earlier in the search path, and a file that was
 * looked for and is now there. Estimated units, where the latter is likely, are never kept.
 */
#include "jobs/cache.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "input/freshness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char entry_magic[] = "stackcheck-cache 1\ndigest ";
static const char unit_magic[] = "stackcheck-unit 1\n";

enum { HEX = HASH_HEX_SIZE - 1, ENTRY_MAX = 512 << 20 };

struct key {
	char tool[HASH_HEX_SIZE], arguments[HASH_HEX_SIZE];
	char *entry, *unit; /* paths */
};

static char *path_of(struct cache *c, struct arena *a, const char *folder, const char *hex)
{
	return arena_printf(a, "%s/%s%.2s/%s", c->dir, folder, hex, hex + 2);
}

static void key_make(struct cache *c, const struct job *j, struct arena *a, struct key *k)
{
	char hex[HASH_HEX_SIZE];
	struct hash *h = hash_open();

	hash_add_str(h, arena_printf(a, "facts %d", FACTS_VERSION));
	hash_add_str(h, c->version);
	hash_close(h, k->tool);

	h = hash_open();
	hash_add_str(h, j->directory);
	hash_add_str(h, j->source);
	hash_add_str(h, j->object);
	hash_add_str(h, j->module);
	hash_add_str(h, j->target);
	hash_add_str(h, arena_printf(a, "%d %d %llu %llu %d", j->frames, j->object_only,
				     (unsigned long long)j->member_offset,
				     (unsigned long long)j->member_size, j->check_su));
	for (size_t i = 0; i < j->argc; i++)
		hash_add_str(h, j->argv[i]);
	hash_close(h, k->arguments);

	h = hash_open();
	hash_add_str(h, j->root);
	hash_add_str(h, j->unit);
	hash_close(h, hex);
	k->unit = path_of(c, a, "units/", hex);

	h = hash_open();
	hash_add_str(h, hex);
	hash_add_str(h, k->tool);
	hash_add_str(h, k->arguments);
	hash_close(h, hex);
	k->entry = path_of(c, a, "", hex);
}

int cache_open(struct cache *c, const char *dir, const char *version, struct error *err)
{
	*c = (struct cache){.dir = dir, .version = version};
	if (!dir || (!file_make_dirs(dir, err) && file_is_dir(dir)))
		return 0;
	if (file_exists(dir))
		error_system(err, ENOTDIR, "cannot use %s", dir);
	return error_prefix(err, "the cache cannot be used (--no-cache does without)");
}

/* Takes `word` off the front of the text; false when it does not stand there. */
static bool take(const char **p, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(*p, word, n))
		return false;
	*p += n;
	return true;
}

/* Why there is no entry under the key, from the unit's note. */
static const char *explain_absence(const struct key *k, struct arena *a)
{
	const char *why = "no entry", *p;
	struct buf b = {0};
	struct error err;

	if (file_read(k->unit, 1 << 16, &b, &err))
		goto out;
	p = buf_str(&b);
	if (!take(&p, unit_magic) || !take(&p, "tool "))
		goto out;
	if (!take(&p, k->tool) || !take(&p, "\narguments ")) {
		why = "tool changed";
		goto out;
	}
	if (!take(&p, k->arguments) || !take(&p, "\nnote ")) {
		why = "arguments changed";
		goto out;
	}
	if (*p && *p != '\n')
		why = arena_strndup(a, p, strcspn(p, "\n"));
out:
	buf_release(&b);
	return why;
}

/* The parts of a whole entry; they point into its bytes. */
struct entry {
	const char *digests; /* n x (HEX + newline) */
	unsigned long n;
	const char *text;
	size_t text_len;
};

/* -1 when the bytes are not what was written. */
static int entry_open(const struct buf *b, struct entry *e)
{
	const char *p = buf_str(b), *end = p + b->len, *stored;
	char hex[HASH_HEX_SIZE], *after;

	if (!take(&p, entry_magic) || end - p < HEX + 1 || p[HEX] != '\n')
		return -1;
	stored = p;
	p += HEX + 1;
	hash_hex(p, (size_t)(end - p), hex);
	if (memcmp(stored, hex, HEX) || !take(&p, "inputs "))
		return -1;
	e->n = strtoul(p, &after, 10);
	if (*after != '\n')
		return -1;
	p = after + 1;
	if (e->n > (size_t)(end - p) / (HEX + 1))
		return -1;
	e->digests = p;
	e->text = p + e->n * (HEX + 1);
	e->text_len = (size_t)(end - e->text);
	return 0;
}

/* NULL when the file has the content that the n-th digest of the entry says. */
static const char *check_input(struct cache *c, const struct job *job, struct arena *a,
			       const struct entry *e, size_t n, const char *path)
{
	const struct digest *d = digests_get(&c->files, path);

	if (!d->hex[0])
		return arena_printf(a, "%s cannot be read any more",
				    path_relative(job->root, path));
	if (memcmp(d->hex, e->digests + n * (HEX + 1), HEX))
		return arena_printf(a, "%s changed", path_relative(job->root, path));
	return NULL;
}

/* The build's object is fresh, stale or missing by its time, whatever the bytes are: a cached result must say what a new
   one would. An object that was read is among the inputs, but counts as older than none of them. */
static const char *check_object(const struct job *job, struct arena *a, const struct facts *f)
{
	const char **others, *note, *before = f->object_note;
	size_t n = 0;

	if ((job->frames == FRAMES_RECOMPILE && !job->check_su) || job->object_only)
		return NULL;
	others = arena_array(a, f->inputs.n, const char *);
	for (size_t i = 0; i < f->inputs.n; i++) {
		if (job->object && !strcmp(f->inputs.v[i], job->object))
			before = NULL;
		/* What the compiler wrote beside its object is not what it was made from. */
		else if (!str_ends(f->inputs.v[i], ".su") && !str_ends(f->inputs.v[i], ".ci"))
			others[n++] = f->inputs.v[i];
	}
	note = job_object_note(job, others, n, a);
	if (!str_compare(note, before))
		return NULL;
	return note ? note : "the build's object is new";
}

static const char *check_inputs(struct cache *c, const struct job *job, struct arena *a,
				const struct entry *e, const struct facts *f)
{
	const char *why = check_input(c, job, a, e, 0, job->source);

	for (size_t i = 0; !why && i < f->inputs.n; i++)
		why = check_input(c, job, a, e, i + 1, f->inputs.v[i]);
	return why ? why : check_object(job, a, f);
}

const char *cache_get(struct cache *c, const struct job *job, struct arena *a, struct facts *f)
{
	struct buf b = {0};
	struct error err;
	struct entry e = {0};
	struct key k;
	const char *why = NULL;

	if (!c->dir)
		return "no cache";
	key_make(c, job, a, &k);
	if (file_read(k.entry, ENTRY_MAX, &b, &err))
		why = explain_absence(&k, a);
	else if (entry_open(&b, &e) || facts_read(f, e.text, e.text_len, k.entry, &err))
		why = "entry damaged";
	if (!why) {
		if (e.n != f->inputs.n + 1 || strcmp(f->unit, job->unit))
			why = "entry damaged";
		else
			why = check_inputs(c, job, a, &e, f);
		if (why) {
			facts_release(f);
			*f = (struct facts){0};
		}
	}
	buf_release(&b);
	return why;
}

/* Writes beside the place and renames; makes the folder when it is missing. */
static int put_file(struct arena *a, const char *path, const struct buf *b, struct error *err)
{
	char *tmp = arena_printf(a, "%s.tmp.%ld", path, (long)getpid());
	FILE *f;
	bool ok;

	if (file_make_dirs(path_dir(a, path), err))
		return -1;
	f = fopen(tmp, "we");
	if (!f)
		return error_system(err, errno, "cannot create %s", tmp);
	ok = fwrite(b->data, 1, b->len, f) == b->len;
	if (fclose(f) || !ok) {
		error_system(err, errno, "cannot write %s", tmp);
		unlink(tmp);
		return -1;
	}
	if (rename(tmp, path)) {
		error_system(err, errno, "cannot rename %s to %s", tmp, path);
		unlink(tmp);
		return -1;
	}
	return 0;
}

static void put_or_warn(struct cache *c, struct arena *a, const char *path, const struct buf *b)
{
	struct error err = {0};

	if (put_file(a, path, b, &err) && !c->warned) {
		log_warning("the cache is not kept up to date: %s", text_printable(a, err.text));
		c->warned = true;
	}
}

static void put_note(struct cache *c, struct arena *a, const struct key *k, const char *note)
{
	struct buf b = {0};

	buf_printf(&b, "%stool %s\narguments %s\nnote %s\n", unit_magic, k->tool, k->arguments,
		   note);
	put_or_warn(c, a, k->unit, &b);
	buf_release(&b);
}

/* The path of a file whose bytes may not be those that the unit read; NULL: none. */
static const char *find_changed(struct cache *c, const struct job *job, const struct facts *f,
				const struct timespec *started)
{
	if (!digests_held(&c->files, job->source, started))
		return job->source;
	for (size_t i = 0; i < f->inputs.n; i++) {
		if (!digests_held(&c->files, f->inputs.v[i], started))
			return f->inputs.v[i];
	}
	return NULL;
}

static void put_entry(struct cache *c, const struct job *job, struct arena *a, const struct key *k,
		      const struct facts *f, const struct buf *text)
{
	struct buf body = {0}, b = {0};
	char hex[HASH_HEX_SIZE];

	buf_printf(&body, "inputs %zu\n%s\n", f->inputs.n + 1,
		   digests_get(&c->files, job->source)->hex);
	for (size_t i = 0; i < f->inputs.n; i++) {
		buf_add(&body, digests_get(&c->files, f->inputs.v[i])->hex, HEX);
		buf_putc(&body, '\n');
	}
	buf_add(&body, text->data, text->len);
	hash_hex(body.data, body.len, hex);
	buf_printf(&b, "%s%s\n", entry_magic, hex);
	buf_add(&b, body.data, body.len);
	put_or_warn(c, a, k->entry, &b);
	buf_release(&b);
	buf_release(&body);
}

static void note_change(struct cache *c, const struct job *job, struct arena *a,
			const struct key *k, const char *path)
{
	bool readable = digests_get(&c->files, path)->hex[0];

	path = text_printable(a, path_relative(job->root, path));
	put_note(c, a, k,
		 arena_printf(a, "%s %s", path,
			      readable ? "changed during the last analysis"
				       : "could not be hashed after the last analysis"));
}

void cache_put(struct cache *c, const struct job *job, const struct facts *f,
	       const struct buf *text, const struct timespec *started)
{
	struct arena a = {0};
	const char *changed;
	struct key k;

	if (!c->dir)
		return;
	key_make(c, job, &a, &k);
	changed = find_changed(c, job, f, started);
	if (changed) {
		note_change(c, job, &a, &k, changed);
	} else {
		put_entry(c, job, &a, &k, f, text);
		put_note(c, &a, &k, "");
	}
	arena_release(&a);
}

void cache_refuse(struct cache *c, const struct job *job, const char *why)
{
	struct arena a = {0};
	struct key k;

	if (c->dir) {
		key_make(c, job, &a, &k);
		put_note(c, &a, &k, text_printable(&a, why));
	}
	arena_release(&a);
}

void cache_release(struct cache *c)
{
	digests_release(&c->files);
}
