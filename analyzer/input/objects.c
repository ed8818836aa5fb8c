#include "input/objects.h"

#include "base/file.h"
#include "base/map.h"
#include "base/text.h"
#include "input/archive.h"

#include <string.h>

struct objects {
	struct input *in;
	const char *directory;
	struct map names; /* unit name -> how many had it */
};

/* Objects don't say which kernel they are for; their names do, for the ones that matter. */
static void note_kind(struct input *in, const char *path)
{
	const char *base = path_base(path);

	in->linux_like |=
		str_ends(base, ".ko") || str_starts(base, "vmlinux") || !strcmp(base, "built-in.a");
	in->windows_like |= str_ends(base, ".sys") || str_ends(base, ".SYS");
}

static void add_job(struct objects *o, const char *name, const char *source, uint64_t offset,
		    uint64_t size)
{
	struct arena *a = &o->in->arena;
	bool made;
	uint64_t *count = map_put_str(&o->names, name, &made);
	struct job *job = vec_push(&o->in->jobs);

	*count += 1;
	job->unit = made ? name : arena_printf(a, "%s#%llu", name, (unsigned long long)*count);
	job->root = o->in->root;
	job->directory = o->directory;
	job->source = source;
	job->target = "unknown";
	job->argv = arena_array(a, 1, char *);
	job->object_only = true;
	job->member_offset = offset;
	job->member_size = size;
}

static int add_path(struct objects *o, const char *given, struct error *err)
{
	struct arena *a = &o->in->arena;
	const char *path = path_absolute(a, NULL, given), *name;
	archive_members members = {0};
	int rc;

	if (!file_exists(path))
		return error_set(err, "%s: there is no such file", given);
	if (file_is_dir(path))
		return error_set(err,
				 "%s is a folder: --objects-only takes objects, archives and "
				 "images, such as %s/*.o",
				 given, given);
	name = path_relative(o->in->root, path);
	note_kind(o->in, path);
	rc = archive_list(path, a, &members, err);
	if (!rc)
		add_job(o, name, path, 0, 0);
	for (size_t i = 0; i < members.n && rc > 0; i++) {
		const struct archive_member *m = &members.v[i];
		const char *unit = arena_printf(a, "%s(%s)", name, m->name);

		if (m->size)
			add_job(o, unit, path, m->offset, m->size);
		else
			add_job(o, unit, path_absolute(a, path_dir(a, path), m->name), 0, 0);
	}
	vec_release(&members);
	return rc < 0 ? -1 : 0;
}

int objects_read(struct input *in, const struct input_request *request, struct error *err)
{
	struct objects o = {.in = in};
	int rc = 0;

	if (!request->n_paths)
		return error_set(err, "--objects-only needs files: objects, archives or images");
	o.directory = path_absolute(&in->arena, NULL, ".");
	in->root = request->root ? path_absolute(&in->arena, NULL, request->root) : o.directory;
	for (size_t i = 0; i < request->n_paths && !rc; i++)
		rc = add_path(&o, request->paths[i], err);
	map_release(&o.names);
	if (!rc && !in->jobs.n)
		rc = error_set(err, "%s: the archive has no members", request->paths[0]);
	return rc;
}
