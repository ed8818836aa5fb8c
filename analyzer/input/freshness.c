#include "input/freshness.h"

#include "base/file.h"

#include <sys/stat.h>

static bool is_newer(const struct stat *a, const struct stat *b)
{
	if (a->st_mtim.tv_sec != b->st_mtim.tv_sec)
		return a->st_mtim.tv_sec > b->st_mtim.tv_sec;
	return a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

const char *job_object_note(const struct job *job, const char *const *inputs, size_t n,
			    struct arena *a)
{
	const char *object, *newer = NULL;
	struct stat made, st;

	if (!job->object)
		return "the command does not say which object it makes";
	object = path_relative(job->root, job->object);
	if (stat(job->object, &made))
		return arena_printf(a, "%s is missing", object);
	if (!S_ISREG(made.st_mode))
		return arena_printf(a, "%s is no file", object);
	if (!stat(job->source, &st) && is_newer(&st, &made))
		newer = job->source;
	for (size_t i = 0; i < n && !newer; i++)
		if (!stat(inputs[i], &st) && is_newer(&st, &made))
			newer = inputs[i];
	if (!newer)
		return NULL;
	return arena_printf(a, "%s is older than %s", object, path_relative(job->root, newer));
}
