#include "input/fixed.h"
#include "base/file.h"
#include "base/text.h"
#include "input/walk.h"

#include <string.h>

static bool is_c(const char *name)
{
	return str_ends(name, ".c") && name[0] != '.';
}

static int add_sources(struct arena *a, const char *path, path_vec *sources, struct error *err)
{
	const char *absolute = path_absolute(a, NULL, path);
	size_t before = sources->n;

	if (!file_exists(absolute))
		return error_set(err, "%s: there is no such file or folder", path);
	if (!file_is_dir(absolute)) {
		*vec_push(sources) = absolute;
		return 0;
	}
	if (walk_files(a, absolute, is_c, sources, err))
		return -1;
	if (sources->n == before)
		return error_set(err, "%s: there is no .c file in this folder", path);
	return 0;
}

/* cc FLAGS SOURCE, as a build would write it. */
static void add_entry(struct entries *out, const char *directory, const char *source,
		      const struct input_request *request)
{
	struct entry *e = vec_push(&out->v);
	size_t n = 0;
	uint32_t *ids = arena_array(&out->arena, request->n_flags + 2, uint32_t);

	e->directory = directory;
	e->file = words_text(&out->words, source);
	ids[n++] = words_add(&out->words, "cc", 2);
	for (size_t i = 0; i < request->n_flags; i++) {
		const char *flag = request->flags[i];

		ids[n++] = words_add(&out->words, flag, strlen(flag));
	}
	ids[n++] = words_add(&out->words, source, strlen(source));
	e->args = ids;
	e->n_args = n;
}

int fixed_read(struct entries *out, const struct input_request *request, struct error *err)
{
	struct arena a = {0};
	struct map seen = {0};
	path_vec sources = {0};
	const char *directory = words_text(&out->words, path_absolute(&a, NULL, "."));
	int rc = 0;

	if (!request->n_paths)
		rc = error_set(err, "flags after -- need sources: name files or folders before it");
	for (size_t i = 0; i < request->n_paths && !rc; i++)
		rc = add_sources(&a, request->paths[i], &sources, err);
	for (size_t i = 0; i < sources.n && !rc; i++) {
		bool made;

		map_put_str(&seen, sources.v[i], &made);
		if (made)
			add_entry(out, directory, sources.v[i], request);
	}
	map_release(&seen);
	vec_release(&sources);
	arena_release(&a);
	return rc;
}
