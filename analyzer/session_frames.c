/* Which machine code the units' frames are read from: --frames, --objects. */
#include "session.h"

#include "base/file.h"
#include "base/text.h"

#include <string.h>

static enum job_frames frames_of(const struct options *o)
{
	const char *word = o->v[OPT_FRAMES].text;

	/* A tree of objects that is named is to be read. */
	if (!o->v[OPT_FRAMES].given && o->v[OPT_OBJECTS].given)
		return FRAMES_OBJECTS;
	if (!strcmp(word, "objects"))
		return FRAMES_OBJECTS;
	return strcmp(word, "auto") ? FRAMES_RECOMPILE : FRAMES_AUTO;
}

/* What a compiler writes that is not told where: the source's name in the command's folder. */
static const char *default_object(struct session *s, const struct job *job)
{
	const char *base = path_base(job->source), *dot = strrchr(base, '.');
	size_t n = dot ? (size_t)(dot - base) : strlen(base);
	const char *suffix = strstr(job->target, "msvc") ? "obj" : "o";

	return path_absolute(&s->arena, job->directory,
			     arena_printf(&s->arena, "%.*s.%s", (int)n, base, suffix));
}

/* The object's place in another tree: the same path below it as below the command's folder or the project's root. */
static const char *mapped(struct session *s, const struct job *job, const char *dir)
{
	const char *object = job->object, *below = path_relative(job->directory, object);

	if (below == object)
		below = path_relative(job->root, object);
	if (below == object)
		below = path_base(object);
	return path_absolute(&s->arena, dir, below);
}

int session_frames(struct session *s, struct error *err)
{
	const struct options *o = s->options;
	enum job_frames frames = frames_of(o);
	const char *dir = NULL;

	if (o->v[OPT_OBJECTS].given) {
		dir = path_absolute(&s->arena, NULL, o->v[OPT_OBJECTS].text);
		if (frames == FRAMES_RECOMPILE)
			return error_set(err, "--objects names objects to read, and --frames "
					      "recompile says not to read any");
		if (!file_is_dir(dir))
			return error_set(err, "--objects %s: there is no such folder",
					 o->v[OPT_OBJECTS].text);
	}
	for (size_t i = 0; i < s->input.jobs.n && !s->input.jobs.v[i].object_only; i++) {
		struct job *job = &s->input.jobs.v[i];

		job->frames = frames;
		job->check_su = o->v[OPT_CHECK_SU].given;
		if (frames == FRAMES_RECOMPILE && !job->check_su)
			continue;
		if (!job->object)
			job->object = default_object(s, job);
		if (dir)
			job->object = mapped(s, job, dir);
	}
	return 0;
}
