/* Compile databases: forms that are read, forms that are refused, names of units. */
#include "input_fixture.h"

static void expect_jobs(struct place *p, const char *text, size_t jobs)
{
	place_write(p, "compile_commands.json", text);
	place_read(p);
	assert_int_equal(p->in.jobs.n, jobs);
}

static void refused(struct place *p, const char *text, const char *message)
{
	place_write(p, "compile_commands.json", text);
	place_fails(p, message, "compile_commands.json");
}

static void reads_the_forms(void **state)
{
	struct place *p = *state;
	const struct job *job;

	place_write(p, "src/a.c", "int x;");
	expect_jobs(p,
		    "[{\"directory\": \"src\", \"file\": \"a.c\", \"command\": \"cc -DA='1 2' -c "
		    "a.c\"}]",
		    1);
	job = &p->in.jobs.v[0];
	assert_string_equal(job->unit, "src/a.c");
	assert_string_equal(job->source, arena_printf(&p->arena, "%s/src/a.c", p->dir));
	assert_string_equal(job->directory, arena_printf(&p->arena, "%s/src", p->dir));
	assert_string_equal(p->in.root, p->dir);
	assert_null(job->object);
	assert_null(job->module);
	assert_non_null(strstr(place_argv(p, 0), "-DA=1 2"));
	assert_int_equal(p->in.warnings.n, 0);
	expect_jobs(p,
		    "\xef\xbb\xbf[{\"directory\":\".\",\"file\":\"src/a.c\",\"output\":\"o/a.o\","
		    "\"arguments\":[\"cc\",\"-DA='1\",\"-c\",\"src/a.c\"],\"more\":{\"x\":[1]}}]",
		    1);
	assert_string_equal(p->in.jobs.v[0].object, arena_printf(&p->arena, "%s/o/a.o", p->dir));
	assert_non_null(strstr(place_argv(p, 0), "-DA='1"));
}

static void reads_fragments(void **state)
{
	struct place *p = *state;

	expect_jobs(p,
		    "{\"directory\":\"/s\",\"file\":\"a.c\",\"arguments\":[\"cc\",\"a.c\"]},\n"
		    "{\"directory\":\"/s\",\"file\":\"b.c\",\"arguments\":[\"cc\",\"b.c\"]},\n",
		    2);
	expect_jobs(p, "{\"directory\":\"/s\",\"file\":\"a.c\",\"arguments\":[\"cc\",\"a.c\"]}", 1);
	assert_true(place_warned(p, "/s/a.c: the source is missing"));
}

static void refuses_bad_json(void **state)
{
	struct place *p = *state;
	const char *good = "{\"directory\":\"/s\",\"file\":\"a.c\",\"command\":\"cc a.c\"}";

	refused(p, "", "empty");
	refused(p, "[]", "no compile commands");
	refused(p, "\"x\"", "array of objects");
	refused(p, "[1]", "expected an object");
	refused(p, arena_printf(&p->arena, "[%s", good), "expected , or ]");
	refused(p, arena_printf(&p->arena, "[%s]x", good), "behind the end");
	refused(p, arena_printf(&p->arena, "[%s] [%s]", good, good), "behind the end");
	refused(p, arena_printf(&p->arena, "[%s,]", good), "expected an object");
	refused(p, arena_printf(&p->arena, "%s%s", good, good), "behind the end");
	refused(p, "[{\"directory\":\"/s\",", "entry 1: is not closed");
	refused(p, "[{\"directory\":\"/s", "entry 1: a string is not closed");
	refused(p, "[{\"directory\":nil}]", "entry 1: is not valid JSON");
	refused(p,
		arena_printf(&p->arena, "[%s,\n\n{\"directory\":\"/s\",\"file\":\"a\\u0000.c\"}]",
			     good),
		":3: entry 2: a string holds \\u0000");
	refused(p, "[{\"a\":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}]", "nested too deeply");
}

static void refuses_bad_fields(void **state)
{
	struct place *p = *state;

	refused(p, "[{\"file\":\"a.c\",\"command\":\"cc a.c\"}]", "\"directory\" is missing");
	refused(p, "[{\"directory\":\"/s\",\"Command\":\"cc a.c\"}]", "\"file\" is missing");
	refused(p, "[{\"directory\":\"/s\",\"file\":\"a.c\"}]", "\"command\" is missing");
	refused(p, "[{\"directory\":1,\"file\":\"a.c\",\"command\":\"cc a.c\"}]",
		"entry 1: field \"directory\" must be a string");
	refused(p, "[{\"directory\":\"/s\",\"file\":null,\"command\":\"cc a.c\"}]",
		"\"file\" must");
	refused(p, "[{\"directory\":\"/s\",\"file\":\"\",\"command\":\"cc a.c\"}]",
		"\"file\" must");
	refused(p, "[{\"directory\":\"/s\",\"file\":\"a.c\",\"command\":[]}]", "\"command\" must");
	refused(p, "[{\"directory\":\"/s\",\"file\":\"a.c\",\"command\":\" \"}]",
		"\"command\" holds no command");
	refused(p, "[{\"directory\":\"/s\",\"file\":\"a.c\",\"arguments\":[]}]",
		"\"arguments\" must");
	refused(p, "[{\"directory\":\"/s\",\"file\":\"a.c\",\"arguments\":\"cc\"}]",
		"\"arguments\" must");
	refused(p, "[{\"directory\":\"/s\",\"file\":\"a.c\",\"arguments\":[\"cc\",1]}]",
		"\"arguments\" must hold strings");
	refused(p, "[{\"directory\":\"/s\",\"file\":\"a.c\",\"output\":7,\"command\":\"cc a.c\"}]",
		"\"output\" must");
}

static void escaped_backslash_is_no_nul(void **state)
{
	struct place *p = *state;

	expect_jobs(p,
		    "[{\"directory\":\"/s\",\"file\":\"a.c\","
		    "\"arguments\":[\"cc\",\"-DX=\\\\u0000\",\"-DY=\\\"\\\\\"]}]",
		    1);
	assert_non_null(strstr(place_argv(p, 0), "-DX=\\u0000 -DY=\"\\"));
}

/* Several commands for one file are several units; the same command twice is one. */
static void names_of_units(void **state)
{
	struct place *p = *state;
	const char *entry =
		"{\"directory\":\"/s\",\"file\":\"d/a.c\",\"command\":\"cc -c d/a.c %s\"}";
	const char *a =
		arena_printf(&p->arena, "[%s,%s,%s,%s,%s]", entry, entry, entry, entry, entry);

	expect_jobs(p, arena_printf(&p->arena, a, "-DA", "-DB", "-DA", "-DA -o a2.o", "-DA -Wall"),
		    3);
	assert_string_equal(p->in.jobs.v[0].unit, "a.c");
	assert_string_equal(p->in.jobs.v[1].unit, "a.c#2");
	assert_string_equal(p->in.jobs.v[2].unit, "a.c#3");
	assert_string_equal(p->in.jobs.v[2].object, "/s/a2.o");
	assert_int_equal(p->in.skipped, 0);
}

static void other_languages_are_skipped(void **state)
{
	struct place *p = *state;
	const char *entry = "{\"directory\":\"/s\",\"file\":\"%s\",\"command\":\"%s\"}";
	const char *a = arena_printf(&p->arena, "[%s,%s,%s,%s,%s,%s]", entry, entry, entry, entry,
				     entry, entry);

	expect_jobs(p,
		    arena_printf(&p->arena, a, "a.S", "cc -c a.S", "b.cpp", "c++ -c b.cpp", "c.c",
				 "cc -E c.c", "d.c", "g++-12 -c d.c", "e.inc", "cc -x c -c e.inc",
				 "f.c", "cc -M f.c"),
		    1);
	assert_string_equal(p->in.jobs.v[0].unit, "e.inc");
	assert_int_equal(p->in.skipped, 5);
	refused(p, "[{\"directory\":\"/s\",\"file\":\"a.S\",\"command\":\"cc a.S\"}]",
		"none of its 1 commands compiles C");
}

/* The command among several that names the file; a launcher and assignments before the compiler. */
static void compound_commands(void **state)
{
	struct place *p = *state;

	place_command(p, "a.c", "cd /s && X=1 ccache aarch64-linux-gnu-gcc -DA -c a.c ; strip a.o");
	place_read(p);
	assert_string_equal(place_argv(p, 0), "--target=aarch64-linux-gnu -DA");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE_TEST(reads_the_forms),
		PLACE_TEST(reads_fragments),
		PLACE_TEST(refuses_bad_json),
		PLACE_TEST(refuses_bad_fields),
		PLACE_TEST(escaped_backslash_is_no_nul),
		PLACE_TEST(names_of_units),
		PLACE_TEST(other_languages_are_skipped),
		PLACE_TEST(compound_commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
