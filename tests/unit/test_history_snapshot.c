/* The history: runs come back as they were, are found by what names them, and are forgotten. */
#include "history_fixture.h"
#include "snapshot_fixture.h"

#include "reports/difference.h"

/* Two units, a path over both, variables, an outside cost, findings, a unit that failed. */
static void full(struct snapshot *s, const char *commit, int64_t frame)
{
	struct snapshot_failure failed = {"c.c", "timeout", "it took more than 300 seconds"};
	uint32_t leaf, top, out;

	snap_init(s, commit);
	s->run.config_digest = "c1";
	s->run.failed = arena_memdup(&s->arena, &failed, sizeof(failed));
	s->run.n_failed = 1;
	leaf = snap_func(s, "b.c", "leaf", frame);
	snap_var(s, leaf, "buf", "char[32]", 32, NULL);
	snap_var(s, leaf, "in", "int", 4, "inner");
	snap_rest(s, leaf);
	s->functions[leaf].reasons = 1u << REASON_RECURSION | 1u << REASON_UNKNOWN_EXTERNAL;
	s->functions[leaf].bound = "at-least";
	top = snap_func(s, "a.c", "top", 40);
	snap_way(s, top, leaf);
	snap_entry(s, top);
	out = snap_func(s, "a.c", "out", 24);
	s->functions[out].way = WAY_OUTSIDE;
	s->functions[out].outside = snapshot_str(s, "printk");
	s->functions[out].outside_bytes = 400;
	s->functions[out].call_bytes = 24;
	s->functions[out].call_within = snapshot_str(s, "inner");
	s->functions[out].depth_bytes = 424;
	snap_entry(s, out);
	s->functions[out].budget_bytes = 2000;
	snap_finding(s, leaf, "0123456789abcdef0123456789abcdef", "large-local", "buf", 32);
	snap_finding(s, top, "fedcba9876543210fedcba9876543210", "recursion", "", BYTES_UNKNOWN);
	s->findings.v[1].suppressed = true;
	snapshot_finish(s);
}

static int64_t record_full(const char *path, const char *commit, int64_t frame, bool dirty)
{
	struct snapshot s;
	struct error err = {0};
	int64_t id;

	full(&s, commit, frame);
	s.run.dirty = dirty;
	id = record_snapshot(path, &s, &err);
	if (id < 0)
		fail_msg("%s", err.text);
	snapshot_release(&s);
	return id;
}

/* Everything that the export shows is the same. */
static void a_run_comes_back_whole(void **state)
{
	struct place *place = *state;
	struct snapshot s, back = {0};
	struct buf before = {0}, after = {0};
	struct error err = {0};
	struct history *h;
	struct diff d = {0};

	full(&s, "1111111111111111111111111111111111111111", 90);
	s.run.id = record_snapshot(place->path, &s, &err);
	h = history_open(place->path, true, &err);
	assert_int_equal(history_snapshot(h, s.run.id, &back, &err), 0);
	snapshot_write_json(&s, false, &before);
	snapshot_write_json(&back, false, &after);
	assert_string_equal(buf_str(&after), buf_str(&before));
	assert_non_null(strstr(buf_str(&after), "printk"));
	diff_make(&d, &s, &back);
	assert_int_equal(d.entries.n + d.functions.n, 0);
	assert_int_equal(d.totals.findings_existing, 2);
	assert_int_equal(back.functions[2].budget_bytes, 2000);
	assert_int_equal(back.functions[0].budget_bytes, BYTES_UNKNOWN);
	assert_string_equal(back.functions[2].call_within, "inner");
	diff_release(&d);
	snapshot_release(&back);
	assert_int_equal(history_snapshot(h, 77, &back, &err), -1);
	assert_non_null(strstr(err.text, "has no run 77"));
	history_close(h);
	snapshot_release(&s);
	buf_release(&before);
	buf_release(&after);
}

static void equal_units_are_stored_once(void **state)
{
	struct place *place = *state;

	for (int i = 0; i < 10; i++)
		record_full(place->path, "1111", 90, false);
	assert_counts(place->path, "10 30 20");
	assert_answer(place->path, "SELECT count(*) FROM unit", "2");
	assert_answer(place->path, "SELECT count(*) FROM finding", "2");
	/* The leaf's frame changes its own unit, and with its depth the caller's. */
	record_full(place->path, "2222", 98, false);
	assert_answer(place->path, "SELECT count(*) FROM unit", "4");
	assert_answer(place->path, "SELECT count(*) FROM failures", "11");
}

static void assert_base(struct history *h, const struct snapshot_run *like, int64_t expected)
{
	struct error err = {0};
	int64_t run;

	assert_int_equal(history_find_base(h, like, &run, &err), 0);
	assert_int_equal(run, expected);
}

static void only_what_is_comparable_is_a_base(void **state)
{
	struct place *place = *state;
	struct error err = {0};
	struct snapshot s;
	struct snapshot_run like;
	struct history *h;

	record_full(place->path, "1111", 90, false);
	record_full(place->path, "1111", 90, false);
	record_full(place->path, "1111", 90, true);
	full(&s, "1111", 90);
	s.run.whole = false;
	record_snapshot(place->path, &s, &err);
	snapshot_release(&s);
	full(&s, "1111", 90);
	h = history_open(place->path, true, &err);
	assert_base(h, &s.run, 2);
	like = s.run;
	like.commit = "2222";
	assert_base(h, &like, 0);
	like = s.run;
	like.build = "debug";
	assert_base(h, &like, 0);
	like = s.run;
	like.llvm = "20.1.0";
	assert_base(h, &like, 0);
	like = s.run;
	like.tool = "0.2.0";
	assert_base(h, &like, 0);
	like = s.run;
	like.compilers = "gcc 12.2.0";
	assert_base(h, &like, 0);
	like = s.run;
	like.flags_digest = "d2";
	assert_base(h, &like, 0);
	like = s.run;
	like.target = "aarch64-linux-gnu";
	assert_base(h, &like, 0);
	/* What a run does not know is not held against it; the fixture knows its configuration. */
	like = s.run;
	like.config_digest = NULL;
	assert_base(h, &like, 2);
	like.config_digest = "another";
	assert_base(h, &like, 0);
	snapshot_release(&s);
	history_close(h);
}

static void runs_have_names(void **state)
{
	struct place *place = *state;
	struct error err = {0};
	struct history *h;
	int64_t run;

	record_full(place->path, "abcd1111", 90, false);
	record_full(place->path, "abcd1111", 90, true);
	record_full(place->path, "abcd2222", 90, false);
	h = history_open(place->path, true, &err);
	assert_int_equal(history_resolve(h, "2", NULL, &run, &err), 0);
	assert_int_equal(run, 2);
	assert_int_equal(history_resolve(h, "ABCD1", NULL, &run, &err), 0);
	assert_int_equal(run, 1);
	assert_int_equal(history_resolve(h, "abcd", NULL, &run, &err), -1);
	assert_non_null(strstr(err.text, "2 commits"));
	assert_int_equal(history_resolve(h, "abcd2", "debug", &run, &err), -1);
	assert_non_null(strstr(err.text, "of build debug"));
	assert_int_equal(history_resolve(h, "abc", NULL, &run, &err), -1);
	assert_int_equal(history_resolve(h, "999999999999999999999999", NULL, &run, &err), -1);
	assert_int_equal(history_resolve(h, "%", NULL, &run, &err), -1);
	history_close(h);
}

static void a_function_over_the_runs(void **state)
{
	struct place *place = *state;
	struct snapshot_point *points;
	struct error err = {0};
	struct arena a = {0};
	struct history *h;
	size_t n;

	for (int i = 0; i < 3; i++)
		record_full(place->path, "1111", 90 + 8 * i, false);
	h = history_open(place->path, true, &err);
	assert_int_equal(history_function(h, "top", &a, &points, &n, &err), 0);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(points[i].run->id, i + 1);
		assert_int_equal(points[i].function.frame_bytes, 40);
		assert_int_equal(points[i].function.depth_bytes, 40 + 90 + 8 * (int64_t)i);
		assert_int_equal(points[i].function.budget_bytes, 1000);
	}
	assert_int_equal(history_function(h, "a.c:top", &a, &points, &n, &err), 0);
	assert_int_equal(n, 3);
	assert_int_equal(history_function(h, "b.c:top", &a, &points, &n, &err), 0);
	assert_int_equal(n, 0);
	assert_int_equal(history_function(h, "none", &a, &points, &n, &err), 0);
	assert_int_equal(n, 0);
	history_close(h);
	arena_release(&a);
}

static void prune(const char *path, struct history_prune what, size_t expected)
{
	struct error err = {0};
	struct arena a = {0};
	struct history *h = history_open(path, false, &err);
	int64_t *runs;
	size_t n;

	assert_non_null(h);
	if (history_prune(h, &what, &a, &runs, &n, &err))
		fail_msg("%s", err.text);
	assert_int_equal(n, expected);
	history_close(h);
	arena_release(&a);
}

static void old_runs_are_forgotten(void **state)
{
	struct place *place = *state;

	for (int i = 0; i < 6; i++)
		record_full(place->path, "1111", 90 + 8 * i, false);
	prune(place->path, (struct history_prune){.keep = 2, .before = INT64_MAX, .dry = true}, 4);
	assert_counts(place->path, "6 18 12");
	prune(place->path, (struct history_prune){.keep = 2, .before = INT64_MAX}, 4);
	assert_counts(place->path, "2 6 4");
	assert_answer(place->path, "SELECT group_concat(id) FROM runs", "5,6");
	assert_answer(place->path, "SELECT count(*) FROM unit", "4");
	assert_answer(place->path,
		      "SELECT count(*) FROM part WHERE unit NOT IN (SELECT id FROM unit)", "0");
	/* Older than every run: none. */
	prune(place->path, (struct history_prune){.before = 1600000000}, 0);
	/* All are older, and the last one stays. */
	prune(place->path, (struct history_prune){.before = 1800000000}, 1);
	assert_answer(place->path, "SELECT group_concat(id) FROM runs", "6");
}

/* What was the base of comparisons stays behind newer runs that cannot be one. */
static void the_last_base_stays(void **state)
{
	struct place *place = *state;
	struct error err = {0};
	struct snapshot s;

	record_full(place->path, "1111", 90, false);
	record_full(place->path, "1111", 90, false);
	record_full(place->path, "1111", 90, true);
	record_full(place->path, "1111", 90, true);
	full(&s, "3333", 90);
	s.run.branch = "topic";
	record_snapshot(place->path, &s, &err);
	snapshot_release(&s);
	prune(place->path, (struct history_prune){.keep = 1, .before = INT64_MAX}, 2);
	assert_answer(place->path, "SELECT group_concat(id) FROM runs", "2,4,5");
	assert_counts(place->path, "3 9 6");
}

/* No name is left that nothing uses, and none is gone that something does. */
static void names_go_with_their_runs(void **state)
{
	struct place *place = *state;
	struct error err = {0};
	struct snapshot s;

	full(&s, "1111", 90);
	s.functions[0].label = snapshot_str(&s, "only_here");
	record_snapshot(place->path, &s, &err);
	snapshot_release(&s);
	record_full(place->path, "1111", 90, false);
	assert_answer(place->path, "SELECT count(*) FROM name WHERE text = 'only_here'", "1");
	prune(place->path, (struct history_prune){.keep = 1, .before = INT64_MAX}, 1);
	assert_answer(place->path, "SELECT count(*) FROM name WHERE text = 'only_here'", "0");
	assert_answer(place->path, "SELECT count(*) FROM name WHERE text = 'printk'", "1");
	assert_counts(place->path, "1 3 2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_run_comes_back_whole),
		TEST(equal_units_are_stored_once),
		TEST(only_what_is_comparable_is_a_base),
		TEST(runs_have_names),
		TEST(a_function_over_the_runs),
		TEST(old_runs_are_forgotten),
		TEST(the_last_base_stays),
		TEST(names_go_with_their_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
