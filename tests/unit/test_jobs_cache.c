/* The cache by itself: every part of the key counts, and no damaged entry is believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "jobs/cache.h"
#include "jobs/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
	struct arena arena;
	char *dir;
	struct job job;
	struct facts facts;
	struct buf text;
};

static void put(const char *path, const void *data, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static int set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));
	struct fact_func *f;
	struct error err;

	if (scratch_make(&x->arena, &x->dir, &err))
		return -1;
	x->job = (struct job){.unit = "a.c", .target = "x86_64-linux-gnu"};
	x->job.root = x->job.directory = x->dir;
	x->job.source = arena_printf(&x->arena, "%s/a.c", x->dir);
	x->job.argv = arena_array(&x->arena, 4, char *);
	x->job.argv[x->job.argc++] = arena_strdup(&x->arena, "-DA=1");
	put(x->job.source, "int a;\n", 7);
	x->facts.unit = "a.c";
	x->facts.target = "x86_64-linux-gnu";
	x->facts.compiler = "clang 19";
	*vec_push(&x->facts.inputs) = x->job.source;
	f = vec_push(&x->facts.funcs);
	f->symbol = f->name = "main";
	f->frame_bytes = 24;
	facts_write(&x->facts, &x->text);
	*state = x;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *x = *state;

	scratch_remove(x->dir);
	facts_release(&x->facts);
	buf_release(&x->text);
	arena_release(&x->arena);
	free(x);
	return 0;
}

static void open_cache(struct fixture *x, struct cache *c, const char *version)
{
	struct error err;

	assert_int_equal(cache_open(c, arena_printf(&x->arena, "%s/cache", x->dir), version, &err),
			 0);
}

static void keep(struct fixture *x, const char *version)
{
	struct timespec now;
	struct cache c;

	usleep(30000); /* the source must be older by a tick of the clock */
	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	open_cache(x, &c, version);
	cache_put(&c, &x->job, &x->facts, &x->text, &now);
	cache_release(&c);
}

/* NULL for a hit, whose facts are then checked. */
static const char *look(struct fixture *x, const char *version)
{
	struct facts f = {0};
	const char *why;
	struct cache c;

	open_cache(x, &c, version);
	why = cache_get(&c, &x->job, &x->arena, &f);
	if (!why) {
		struct buf again = {0};

		facts_write(&f, &again);
		assert_string_equal(buf_str(&again), buf_str(&x->text));
		buf_release(&again);
	}
	facts_release(&f);
	cache_release(&c);
	return why;
}

static void test_hit_and_miss(void **state)
{
	struct fixture *x = *state;

	assert_string_equal(look(x, "v1"), "no entry");
	keep(x, "v1");
	assert_null(look(x, "v1"));
	assert_string_equal(look(x, "v2"), "tool changed");
	put(x->job.source, "int b;\n", 7);
	assert_string_equal(look(x, "v1"), "a.c changed");
}

static void test_every_field_counts(void **state)
{
	struct fixture *x = *state;
	const char **fields[] = {&x->job.root,	 &x->job.directory, &x->job.source, &x->job.object,
				 &x->job.module, &x->job.target,    &x->job.unit};

	keep(x, "v1");
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const char *before = *fields[i];

		*fields[i] = "/other";
		assert_non_null(look(x, "v1"));
		*fields[i] = before;
		assert_null(look(x, "v1"));
	}
	/* Words do not run into each other. */
	x->job.argv[0] = arena_strdup(&x->arena, "-DA=");
	x->job.argv[x->job.argc++] = arena_strdup(&x->arena, "1");
	assert_string_equal(look(x, "v1"), "arguments changed");
}

static int find_entry(struct fixture *x, char **path)
{
	FILE *f = popen(
		arena_printf(&x->arena, "find %s/cache -type f -not -path '*/units/*'", x->dir),
		"r");
	char line[4096];
	int n = 0;

	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		*path = arena_strdup(&x->arena, line);
		n++;
	}
	pclose(f);
	return n;
}

static void test_every_byte_counts(void **state)
{
	struct fixture *x = *state;
	struct buf entry = {0};
	struct error err;
	char *path = NULL;

	keep(x, "v1");
	assert_int_equal(find_entry(x, &path), 1);
	assert_int_equal(file_read(path, 0, &entry, &err), 0);
	for (size_t i = 0; i < entry.len; i++) {
		for (int bit = 0; bit < 8; bit += 7) {
			entry.data[i] = (char)(entry.data[i] ^ 1 << bit);
			put(path, entry.data, entry.len);
			assert_string_equal(look(x, "v1"), "entry damaged");
			entry.data[i] = (char)(entry.data[i] ^ 1 << bit);
		}
		put(path, entry.data, i);
		assert_string_equal(look(x, "v1"), "entry damaged");
	}
	put(path, entry.data, entry.len);
	assert_null(look(x, "v1"));
	buf_release(&entry);
}

static void test_changed_while_analysed(void **state)
{
	struct fixture *x = *state;
	struct timespec started;
	struct cache c;

	clock_gettime(CLOCK_REALTIME_COARSE, &started);
	usleep(30000);
	put(x->job.source, "int c;\n", 7);
	usleep(30000);
	open_cache(x, &c, "v1");
	cache_put(&c, &x->job, &x->facts, &x->text, &started);
	cache_release(&c);
	assert_string_equal(look(x, "v1"), "a.c changed during the last analysis");
}

/* A file that was hashed for one unit and replaced before the next one read it. */
static void test_changed_after_hashing(void **state)
{
	struct fixture *x = *state;
	struct timespec started;
	struct cache c;

	usleep(30000);
	open_cache(x, &c, "v1");
	assert_true(digests_get(&c.files, x->job.source)->hex[0]);
	usleep(30000);
	put(x->job.source, "int d;\n", 7);
	usleep(30000);
	clock_gettime(CLOCK_REALTIME_COARSE, &started);
	cache_put(&c, &x->job, &x->facts, &x->text, &started);
	cache_release(&c);
	assert_string_equal(look(x, "v1"), "a.c changed during the last analysis");
}

static void test_unreadable_input(void **state)
{
	struct fixture *x = *state;

	*vec_push(&x->facts.inputs) = "/dev/null";
	keep(x, "v1");
	assert_string_equal(look(x, "v1"), "/dev/null could not be hashed after the last analysis");
}

static void test_no_cache(void **state)
{
	struct fixture *x = *state;
	struct timespec now = {0};
	struct facts f = {0};
	struct error err;
	struct cache c;

	assert_int_equal(cache_open(&c, NULL, "v1", &err), 0);
	cache_put(&c, &x->job, &x->facts, &x->text, &now);
	cache_refuse(&c, &x->job, "x");
	assert_non_null(cache_get(&c, &x->job, &x->arena, &f));
	cache_release(&c);
}

#define CACHE_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CACHE_TEST(test_hit_and_miss),
		CACHE_TEST(test_every_field_counts),
		CACHE_TEST(test_every_byte_counts),
		CACHE_TEST(test_changed_while_analysed),
		CACHE_TEST(test_changed_after_hashing),
		CACHE_TEST(test_unreadable_input),
		CACHE_TEST(test_no_cache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
