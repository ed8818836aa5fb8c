/* A folder that goes away after the test, a way to fill it, and the reading of a build described in it. */
#ifndef TESTS_UNIT_INPUT_FIXTURE_H
#define TESTS_UNIT_INPUT_FIXTURE_H

#include "base/file.h"
#include "input/input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <ftw.h>

#include <cmocka.h>

struct place {
	char dir[64], cwd[4096];
	struct arena arena;
	struct input in;
	struct input_request request;
	struct error err;
};

static inline int place_open(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	char *real;

	assert_non_null(p);
	strcpy(p->dir, "/tmp/stackcheck-input-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	real = realpath(p->dir, NULL);
	assert_non_null(real);
	assert_true(strlen(real) < sizeof(p->dir));
	strcpy(p->dir, real);
	free(real);
	assert_non_null(getcwd(p->cwd, sizeof(p->cwd)));
	assert_int_equal(chdir(p->dir), 0);
	*state = p;
	return 0;
}

static inline int place_remove(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

static inline int place_close(void **state)
{
	struct place *p = *state;

	input_release(&p->in);
	arena_release(&p->arena);
	assert_int_equal(chdir(p->cwd), 0);
	nftw(p->dir, place_remove, 16, FTW_DEPTH | FTW_PHYS);
	free(p);
	return 0;
}

/* Writes a file below the folder, with the folders it needs. */
static inline void place_write(struct place *p, const char *name, const char *text)
{
	const char *path = path_absolute(&p->arena, p->dir, name);

	if (file_make_dirs(path_dir(&p->arena, path), &p->err) ||
	    file_write_atomic(path, text, strlen(text), &p->err))
		fail_msg("%s", p->err.text);
}

/* Writes compile_commands.json with one entry. */
static inline void place_command(struct place *p, const char *file, const char *command)
{
	const char *escaped = arena_strdup(&p->arena, "");

	for (; *command; command++)
		escaped = arena_printf(&p->arena, "%s%s%c", escaped,
				       *command == '"' || *command == '\\' ? "\\" : "", *command);
	place_write(p, "compile_commands.json",
		    arena_printf(&p->arena,
				 "[{\"directory\": \"%s\", \"file\": \"%s\", \"command\": \"%s\"}]",
				 p->dir, file, escaped));
}

/* Reads the request, which must succeed. */
static inline void place_read(struct place *p)
{
	input_release(&p->in);
	if (input_read(&p->in, &p->request, &p->err))
		fail_msg("%s", p->err.text);
}

/* Reads the request, which must fail with all of the texts in its message. */
static inline void place_fails(struct place *p, const char *text, const char *more)
{
	p->err = (struct error){0};
	input_release(&p->in);
	assert_int_equal(input_read(&p->in, &p->request, &p->err), -1);
	assert_int_equal(p->err.kind, ERROR_INPUT);
	if (!strstr(p->err.text, text) || (more && !strstr(p->err.text, more)))
		fail_msg("\"%s\" lacks \"%s\" or \"%s\"", p->err.text, text, more ? more : "");
}

/* The arguments of a job, joined by blanks; those of clang's command line. */
static inline const char *place_argv(struct place *p, size_t i)
{
	const struct job *job = &p->in.jobs.v[i];
	const char *all = "";

	assert_true(i < p->in.jobs.n);
	for (size_t k = 0; k < job->argc; k++)
		all = arena_printf(&p->arena, "%s%s%s", all, k ? " " : "", job->argv[k]);
	return all;
}

/* The reason why a flag was left out; NULL when it was not. */
static inline const char *place_dropped(const struct place *p, const char *flag)
{
	for (size_t i = 0; i < p->in.dropped.n; i++) {
		if (!strcmp(p->in.dropped.v[i].flag, flag))
			return p->in.dropped.v[i].why;
	}
	return NULL;
}

static inline bool place_warned(const struct place *p, const char *text)
{
	for (size_t i = 0; i < p->in.warnings.n; i++) {
		if (strstr(p->in.warnings.v[i], text))
			return true;
	}
	return false;
}

#define PLACE_TEST(f) cmocka_unit_test_setup_teardown(f, place_open, place_close)

#endif
