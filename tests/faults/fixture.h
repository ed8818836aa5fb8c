/* Runs jobs against the stub worker in a private directory. For use by the tests of this folder. */
#ifndef STACKCHECK_TESTS_FAULTS_FIXTURE_H
#define STACKCHECK_TESTS_FAULTS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "jobs/jobs.h"
#include "jobs/scratch.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIXTURE_JOBS = 32 };

struct fixture {
	struct arena arena;
	char *dir; /* holds everything below */
	const char *root; /* the "project": <dir>/tree, with a.c, b.c, common.h */
	const char *tmp; /* TMPDIR of the run: <dir>/tmp, must be empty after it */
	struct job jobs[FIXTURE_JOBS];
	struct unit_result results[FIXTURE_JOBS];
	size_t n;
	struct jobs_options options;
	struct jobs_stats stats;
	struct error err;
};

static inline void fixture_write(struct fixture *x, const char *name, const char *text)
{
	FILE *f = fopen(arena_printf(&x->arena, "%s/%s", x->dir, name), "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static inline int fixture_set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));

	unsetenv("TMPDIR");
	if (scratch_make(&x->arena, &x->dir, &x->err))
		return -1;
	x->root = arena_printf(&x->arena, "%s/tree", x->dir);
	x->tmp = arena_printf(&x->arena, "%s/tmp", x->dir);
	if (mkdir(x->root, 0700) || mkdir(x->tmp, 0700))
		return -1;
	fixture_write(x, "tree/a.c", "int a;\n");
	fixture_write(x, "tree/b.c", "int b;\n");
	fixture_write(x, "tree/common.h", "int c;\n");
	setenv("TMPDIR", x->tmp, 1);
	x->options = (struct jobs_options){.worker = STUB_WORKER,
					   .version = "test 1",
					   .parallel = 2,
					   .timeout_seconds = 60,
					   .cpu_seconds = 50,
					   .memory_mib = 512};
	*state = x;
	return 0;
}

/* Adds a unit that reads tree/<source> and tree/common.h. */
static inline struct job *fixture_add(struct fixture *x, const char *unit, const char *source)
{
	struct job *j = &x->jobs[x->n++];

	assert_true(x->n <= FIXTURE_JOBS);
	j->unit = unit;
	j->root = j->directory = x->root;
	j->source = arena_printf(&x->arena, "%s/%s", x->root, source);
	j->target = "x86_64-linux-gnu";
	j->argc = 2;
	j->argv = arena_array(&x->arena, 4, char *);
	j->argv[0] = arena_strdup(&x->arena, "--target=x86_64-linux-gnu");
	j->argv[1] = arena_printf(&x->arena, "%s/common.h", x->root);
	return j;
}

static inline int fixture_run(struct fixture *x)
{
	x->err = (struct error){0};
	return jobs_run(x->jobs, x->n, &x->options, x->results, &x->stats, &x->err);
}

static inline bool fixture_dir_is_empty(const char *path)
{
	DIR *d = opendir(path);
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n == 2;
}

/* Drops the results and the jobs; nothing of the run may be left in its TMPDIR. */
static inline void fixture_clear(struct fixture *x)
{
	unit_results_release(x->results, x->n);
	x->n = 0;
	assert_true(fixture_dir_is_empty(x->tmp));
}

static inline int fixture_tear_down(void **state)
{
	struct fixture *x = *state;

	unit_results_release(x->results, x->n);
	scratch_remove(x->dir);
	unsetenv("TMPDIR");
	arena_release(&x->arena);
	free(x);
	return 0;
}

#define FAULT_TEST(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)

#endif
