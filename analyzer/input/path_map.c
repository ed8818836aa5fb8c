/*
 * Windows paths -> paths here. Idea: the longest rule whose folder begins the path, blind to case, gives the local
 * folder; the rest is looked up name by name, the spelling as given first, else the first by bytes that differs in case
 * only.
 */
#include "input/path_map.h"
#include "base/file.h"
#include "base/text.h"
#include "input/entry.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static int by_length(const void *a, const void *b)
{
	const struct path_rule *x = a, *y = b;
	size_t n = strlen(x->from), k = strlen(y->from);

	return n != k ? (n < k) - (n > k) : strcmp(x->from, y->from);
}

static int add_rule(struct path_map *m, const char *rule, struct error *err)
{
	const char *equals = strrchr(rule, '=');
	bool drive = isalpha((unsigned char)rule[0]) && rule[1] == ':' &&
		     (rule[2] == '\\' || rule[2] == '/');
	struct buf from = {0};
	const char *to;

	if (!equals || !equals[1] || (!drive && !str_starts(rule, "\\\\")))
		return error_set(err,
				 "--map %s: this must be a Windows folder, '=', and where it is "
				 "here, such as C:\\src=.",
				 rule);
	to = path_absolute(&m->arena, NULL, equals + 1);
	if (!file_is_dir(to))
		return error_set(err, "--map %s: %s is no folder", rule, to);
	entry_posix_path(arena_strndup(&m->arena, rule, (size_t)(equals - rule)), &from);
	*vec_push(&m->v) = (struct path_rule){path_absolute(&m->arena, "/", buf_str(&from)), to};
	buf_release(&from);
	return 0;
}

int path_map_init(struct path_map *m, const char *const *rules, size_t n, struct error *err)
{
	for (size_t i = 0; i < n; i++)
		if (add_rule(m, rules[i], err))
			return -1;
	if (m->v.n)
		qsort(m->v.v, m->v.n, sizeof(*m->v.v), by_length);
	return 0;
}

/* What of `path` lies below `dir`, without the slash, blind to case; NULL when it does not. */
static const char *rest_below(const char *dir, const char *path)
{
	size_t n = strlen(dir);

	n -= n && dir[n - 1] == '/';
	if (strncasecmp(dir, path, n) || (path[n] && path[n] != '/'))
		return NULL;
	return path + n + (path[n] == '/');
}

/* The name in `dir` that differs from `name` in case only; NULL when there is none. */
static const char *name_in(struct path_map *m, const char *dir, const char *name)
{
	DIR *d = opendir(dir);
	const char *best = NULL;
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (!strcasecmp(e->d_name, name) && (!best || strcmp(e->d_name, best) < 0))
			best = arena_strdup(&m->arena, e->d_name);
	if (d)
		closedir(d);
	return best;
}

/* `rest` below `dir`, as it is spelled on disk as far as it is there. */
static const char *look_up(struct path_map *m, const char *dir, const char *rest)
{
	bool made;
	char *key = arena_printf(&m->arena, "%s/%s", dir, rest);
	uint64_t *found = map_put_str(&m->found, key, &made);

	if (!made)
		return (const char *)(uintptr_t)*found;
	while (*rest) {
		size_t n = strcspn(rest, "/");
		const char *name = arena_strndup(&m->arena, rest, n);
		const char *path = arena_printf(&m->arena, "%s/%s", dir, name), *other;

		if (!file_exists(path) && (other = name_in(m, dir, name)))
			path = arena_printf(&m->arena, "%s/%s", dir, other);
		dir = path;
		rest += n + (rest[n] == '/');
	}
	*found = (uintptr_t)dir;
	return dir;
}

const char *path_map_local(struct path_map *m, const char *directory, const char *path)
{
	const char *full, *rest;

	if (!m->v.n || (path[0] != '/' && !directory))
		return path;
	full = path_absolute(&m->arena, directory ? directory : "/", path);
	for (size_t i = 0; i < m->v.n; i++)
		if ((rest = rest_below(m->v.v[i].from, full)))
			return look_up(m, m->v.v[i].to, rest);
	/* A relative path from a folder that was mapped. */
	for (size_t i = 0; i < m->v.n; i++)
		if (path_is_under(m->v.v[i].to, full))
			return look_up(m, m->v.v[i].to,
				       full + strlen(m->v.v[i].to) +
					       (full[strlen(m->v.v[i].to)] == '/'));
	return path;
}

void path_map_release(struct path_map *m)
{
	vec_release(&m->v);
	map_release(&m->found);
	arena_release(&m->arena);
}
