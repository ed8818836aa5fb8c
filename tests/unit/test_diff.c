/* What changed between two runs, and why: small runs built by hand, one difference each. */
#include "snapshot_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

struct pair {
	struct snapshot before, after;
	struct diff diff;
};

static int set_up(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));

	snap_init(&p->before, "1111111111111111111111111111111111111111");
	snap_init(&p->after, "2222222222222222222222222222222222222222");
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct pair *p = *state;

	diff_release(&p->diff);
	snapshot_release(&p->before);
	snapshot_release(&p->after);
	free(p);
	return 0;
}

/* Compares, and holds what must be true of every diff. */
static void compare(struct pair *p)
{
	struct diff *d = &p->diff;

	snapshot_finish(&p->before);
	snapshot_finish(&p->after);
	diff_make(d, &p->before, &p->after);
	for (uint32_t i = 0; i < p->after.n_functions; i++)
		if (d->to_before[i] != NO_ID)
			assert_int_equal(d->to_after[d->to_before[i]], i);
	for (size_t i = 0; i < d->entries.n; i++) {
		int64_t sum = 0;

		for (size_t j = 0; j < d->entries.v[i].n_reasons; j++)
			sum += d->entries.v[i].reasons[j].delta;
		if (d->entries.v[i].n_reasons)
			assert_int_equal(sum, d->entries.v[i].delta);
		if (i)
			assert_true(llabs(d->entries.v[i - 1].delta) >=
				    llabs(d->entries.v[i].delta));
	}
	for (size_t i = 0; i < d->functions.n; i++) {
		int64_t sum = 0;

		for (size_t j = 0; j < d->functions.v[i].n_details; j++)
			sum += d->functions.v[i].details[j].delta;
		if (d->functions.v[i].n_details)
			assert_int_equal(sum, d->functions.v[i].delta);
	}
}

/* main -> helper, both in a.c; returns helper. */
static uint32_t chain(struct snapshot *s, const char *unit, int64_t top, int64_t helper)
{
	uint32_t leaf = snap_func(s, unit, "helper", helper);
	uint32_t entry = snap_func(s, unit, "entry", top);

	snap_way(s, entry, leaf);
	snap_entry(s, entry);
	return leaf;
}

static void assert_reason(const struct diff_reason *r, const char *text)
{
	struct arena a = {0};

	assert_string_equal(diff_reason_text(r, &a), text);
	arena_release(&a);
}

static void nothing_changed(void **state)
{
	struct pair *p = *state;

	chain(&p->before, "a.c", 40, 60);
	chain(&p->after, "a.c", 40, 60);
	compare(p);
	assert_int_equal(p->diff.entries.n, 0);
	assert_int_equal(p->diff.functions.n, 0);
	assert_int_equal(p->diff.totals.entries_same, 1);
	assert_int_equal(p->diff.totals.functions_same, 2);
	assert_int_equal(p->diff.totals.entry_bytes_after, 100);
}

static void a_new_buffer_in_a_helper(void **state)
{
	struct pair *p = *state;
	const struct diff_entry *e;
	uint32_t x, y;

	x = chain(&p->before, "a.c", 40, 60);
	snap_rest(&p->before, x);
	y = chain(&p->after, "a.c", 40, 1084);
	snap_var(&p->after, y, "buf", "char[1024]", 1024, NULL);
	snap_rest(&p->after, y);
	compare(p);
	assert_int_equal(p->diff.entries.n, 1);
	e = &p->diff.entries.v[0];
	assert_string_equal(e->label, "entry");
	assert_int_equal(e->bytes_before, 100);
	assert_int_equal(e->bytes_after, 1124);
	assert_int_equal(e->delta, 1024);
	assert_true(e->crosses);
	assert_int_equal(e->n_reasons, 1);
	assert_int_equal(e->reasons[0].cause, CAUSE_FRAME);
	assert_string_equal(e->reasons[0].details[0].file, "a.c");
	assert_int_equal(e->reasons[0].details[0].line, 11);
	assert_reason(&e->reasons[0], "frame of helper (frame 60 -> 1084 bytes): "
				      "new variable char buf[1024] (+1024)");
	assert_int_equal(p->diff.functions.n, 1);
	assert_int_equal(p->diff.functions.v[0].n_details, 1);
	assert_int_equal(p->diff.totals.entries_deeper, 1);
	assert_int_equal(p->diff.totals.functions_grown, 1);
}

static void inlining_is_named(void **state)
{
	struct pair *p = *state;
	uint32_t x, y, inner;

	inner = snap_func(&p->before, "a.c", "inner", 200);
	x = snap_func(&p->before, "a.c", "entry", 40);
	snap_rest(&p->before, inner);
	snap_rest(&p->before, x);
	snap_way(&p->before, x, inner);
	snap_entry(&p->before, x);
	y = snap_func(&p->after, "a.c", "entry", 168);
	snap_var(&p->after, y, "tmp", "char[100]", 100, "inner");
	snap_var(&p->after, y, "n", "int", 28, "inner");
	snap_rest(&p->after, y);
	snap_entry(&p->after, y);
	compare(p);
	assert_int_equal(p->diff.entries.n, 1);
	assert_int_equal(p->diff.entries.v[0].delta, -72);
	assert_int_equal(p->diff.entries.v[0].n_reasons, 2);
	assert_reason(&p->diff.entries.v[0].reasons[0],
		      "frame of entry (frame 40 -> 168 bytes): inlined inner (+128)");
	assert_int_equal(p->diff.entries.v[0].reasons[1].cause, CAUSE_INLINED);
	assert_reason(&p->diff.entries.v[0].reasons[1],
		      "inner is now inlined into entry (frame 200 bytes)");
	assert_int_equal(p->diff.totals.functions_inlined, 1);
	assert_int_equal(p->diff.totals.functions_gone, 0);
}

static void outlining_is_named(void **state)
{
	struct pair *p = *state;
	uint32_t x, y, inner;

	x = snap_func(&p->before, "a.c", "entry", 168);
	snap_var(&p->before, x, "tmp", "char[128]", 128, "inner");
	snap_rest(&p->before, x);
	snap_entry(&p->before, x);
	inner = snap_func(&p->after, "a.c", "inner", 200);
	y = snap_func(&p->after, "a.c", "entry", 40);
	snap_rest(&p->after, inner);
	snap_rest(&p->after, y);
	snap_way(&p->after, y, inner);
	snap_entry(&p->after, y);
	compare(p);
	assert_int_equal(p->diff.entries.v[0].delta, 72);
	assert_int_equal(p->diff.entries.v[0].reasons[0].cause, CAUSE_FRAME);
	assert_int_equal(p->diff.entries.v[0].reasons[1].cause, CAUSE_OUTLINED);
	assert_string_equal(p->diff.entries.v[0].reasons[1].host, "entry");
	assert_int_equal(p->diff.totals.functions_outlined, 1);
	assert_int_equal(p->diff.totals.functions_new, 0);
}

/* Inside another unit's function of the same name a static function does not vanish. */
static void static_functions_stay_in_their_unit(void **state)
{
	struct pair *p = *state;
	uint32_t x = snap_func(&p->before, "a.c", "inner", 200), y;

	p->before.functions[x].linkage = "static";
	snap_func(&p->before, "b.c", "other", 40);
	y = snap_func(&p->after, "b.c", "other", 140);
	snap_var(&p->after, y, "tmp", "char[100]", 100, "inner");
	compare(p);
	assert_int_equal(p->diff.totals.functions_inlined, 0);
	assert_int_equal(p->diff.totals.functions_gone, 1);
}

static void a_new_call_and_a_deeper_way(void **state)
{
	struct pair *p = *state;
	const struct diff_entry *e;
	uint32_t small, big, entry;

	small = snap_func(&p->before, "a.c", "small", 50);
	big = snap_func(&p->before, "a.c", "big", 40);
	entry = snap_func(&p->before, "a.c", "entry", 10);
	snap_calls(&p->before, entry, big);
	snap_way(&p->before, entry, small);
	snap_entry(&p->before, entry);
	small = snap_func(&p->after, "a.c", "small", 50);
	big = snap_func(&p->after, "a.c", "big", 90);
	entry = snap_func(&p->after, "a.c", "entry", 10);
	snap_calls(&p->after, entry, small);
	snap_way(&p->after, entry, big);
	snap_entry(&p->after, entry);
	compare(p);
	e = &p->diff.entries.v[0];
	assert_int_equal(e->delta, 40);
	assert_int_equal(e->n_reasons, 2);
	assert_reason(&e->reasons[0],
		      "the deepest way is no longer through small (frame 50 bytes)");
	assert_reason(&e->reasons[1], "the deepest way is now through big (frame 40 -> 90 bytes)");
	assert_int_equal(e->reasons[1].line, 35);
}

static void calls_that_come_and_go(void **state)
{
	struct pair *p = *state;
	uint32_t x, entry;

	snap_func(&p->before, "a.c", "x", 50);
	x = snap_func(&p->before, "a.c", "y", 30);
	entry = snap_func(&p->before, "a.c", "entry", 10);
	snap_way(&p->before, entry, x);
	snap_entry(&p->before, entry);
	x = snap_func(&p->after, "a.c", "x", 50);
	snap_func(&p->after, "a.c", "y", 30);
	entry = snap_func(&p->after, "a.c", "entry", 10);
	snap_way(&p->after, entry, x);
	snap_entry(&p->after, entry);
	compare(p);
	assert_int_equal(p->diff.entries.v[0].n_reasons, 2);
	assert_reason(&p->diff.entries.v[0].reasons[0], "entry no longer calls y (frame 30 bytes)");
	assert_reason(&p->diff.entries.v[0].reasons[1], "entry now calls x (frame 50 bytes)");
}

static void a_moved_file_is_no_change(void **state)
{
	struct pair *p = *state;
	uint32_t x, y;

	x = chain(&p->before, "a/drv.c", 40, 60);
	snap_func(&p->before, "b.c", "helper2", 8);
	snap_finding(&p->before, x, "aaaa", "large-local", "buf", 60);
	y = chain(&p->after, "b/core.c", 40, 60);
	snap_func(&p->after, "b.c", "helper2", 8);
	snap_finding(&p->after, y, "bbbb", "large-local", "buf", 60);
	compare(p);
	assert_int_equal(p->diff.entries.n, 0);
	assert_int_equal(p->diff.functions.n, 0);
	assert_int_equal(p->diff.totals.functions_moved, 2);
	assert_int_equal(p->diff.totals.findings_new, 0);
	assert_int_equal(p->diff.totals.findings_fixed, 0);
	assert_int_equal(p->diff.totals.findings_existing, 1);
	assert_int_equal(p->diff.moves.n, 1);
	assert_string_equal(p->diff.moves.v[0].before, "a/drv.c");
	assert_string_equal(p->diff.moves.v[0].after, "b/core.c");
}

/* Two folders are renamed; both hold a probe.c with functions of the same names. */
static void twins_are_told_apart_by_what_they_share(void **state)
{
	static const char *const names[] = {"probe", "remove", "left_only", "right_only"};
	struct pair *p = *state;

	for (int i = 0; i < 3; i++) {
		snap_func(&p->before, "left/probe.c", names[i], 10 + i);
		snap_func(&p->after, "new-left/probe.c", names[i], 10 + i);
	}
	for (int i = 0; i < 4; i++) {
		if (i == 2)
			continue;
		snap_func(&p->before, "right/probe.c", names[i], 20 + i);
		snap_func(&p->after, "new-right/probe.c", names[i], 20 + i);
	}
	compare(p);
	assert_int_equal(p->diff.moves.n, 2);
	assert_int_equal(p->diff.functions.n, 0);
}

/* One function goes to a file that was there before. */
static void a_function_moves_alone(void **state)
{
	struct pair *p = *state;

	snap_func(&p->before, "a.c", "stays", 8);
	snap_func(&p->before, "a.c", "goes", 16);
	snap_func(&p->before, "b.c", "waits", 24);
	snap_func(&p->after, "a.c", "stays", 8);
	snap_func(&p->after, "b.c", "waits", 24);
	snap_func(&p->after, "b.c", "goes", 32);
	compare(p);
	assert_int_equal(p->diff.functions.n, 1);
	assert_int_equal(p->diff.functions.v[0].state, DIFF_CHANGED);
	assert_int_equal(p->diff.functions.v[0].delta, 16);
	assert_int_equal(p->diff.totals.functions_moved, 1);
}

static void compilers_append_to_symbols(void **state)
{
	struct pair *p = *state;
	uint32_t y;

	snap_func(&p->before, "a.c", "work", 8);
	y = snap_func(&p->after, "a.c", "work", 24);
	p->after.functions[y].symbol = "work.isra.0";
	compare(p);
	assert_int_equal(p->diff.functions.n, 1);
	assert_int_equal(p->diff.functions.v[0].state, DIFF_CHANGED);
}

static void copies_are_one_row(void **state)
{
	static const char *const units[] = {"a.c", "b.c", "c.c"};
	struct pair *p = *state;

	for (int i = 0; i < 3; i++) {
		uint32_t x = snap_func(&p->before, units[i], "copy", 8);
		uint32_t y = snap_func(&p->after, units[i], "copy", 40);

		p->before.functions[x].file = p->after.functions[y].file = "copy.h";
		p->before.functions[x].line = p->after.functions[y].line = 3;
	}
	compare(p);
	assert_int_equal(p->diff.functions.n, 1);
	assert_int_equal(p->diff.functions.v[0].copies, 3);
	assert_int_equal(p->diff.totals.functions_grown, 3);
}

static void entries_come_and_go(void **state)
{
	struct pair *p = *state;
	uint32_t x;

	snap_entry(&p->before, snap_func(&p->before, "a.c", "old", 30));
	x = snap_func(&p->before, "a.c", "both", 70);
	snap_func(&p->after, "a.c", "both", 70);
	snap_entry(&p->after, snap_func(&p->after, "a.c", "fresh", 50));
	snap_entry(&p->before, x);
	compare(p);
	assert_int_equal(p->diff.entries.n, 3);
	assert_string_equal(p->diff.entries.v[0].label, "fresh");
	assert_int_equal(p->diff.entries.v[0].state, DIFF_NEW);
	assert_int_equal(p->diff.entries.v[0].delta, 50);
	assert_string_equal(p->diff.entries.v[1].label, "old");
	assert_int_equal(p->diff.entries.v[1].state, DIFF_GONE);
	assert_int_equal(p->diff.entries.v[1].delta, -30);
	/* It is still there, with the depth it had, but something calls it now. */
	assert_string_equal(p->diff.entries.v[2].label, "both");
	assert_int_equal(p->diff.entries.v[2].state, DIFF_GONE);
	assert_int_equal(p->diff.entries.v[2].delta, 0);
}

static void outside_costs_are_steps(void **state)
{
	struct pair *p = *state;
	struct snapshot *both[] = {&p->before, &p->after};
	int64_t costs[] = {300, 450};

	for (int i = 0; i < 2; i++) {
		uint32_t e = snap_func(both[i], "a.c", "entry", 40);
		struct snapshot_function *f = &both[i]->functions[e];

		f->way = WAY_OUTSIDE;
		f->outside = snapshot_str(both[i], "printk");
		f->outside_bytes = costs[i];
		f->call_bytes = 32;
		f->depth_bytes = 32 + costs[i];
		snap_entry(both[i], e);
	}
	compare(p);
	assert_int_equal(p->diff.entries.v[0].n_reasons, 1);
	assert_int_equal(p->diff.entries.v[0].reasons[0].cause, CAUSE_COST);
	assert_reason(&p->diff.entries.v[0].reasons[0], "assumed cost of printk");
}

static void types_and_spills(void **state)
{
	struct pair *p = *state;
	const struct diff_function *f;
	uint32_t x = snap_func(&p->before, "a.c", "work", 100);
	uint32_t y = snap_func(&p->after, "a.c", "work", 150);

	snap_var(&p->before, x, "v", "int", 4, NULL);
	snap_var(&p->before, x, "w", "long", 8, NULL);
	snap_rest(&p->before, x);
	snap_var(&p->after, y, "v", "char[60]", 60, NULL);
	snap_rest(&p->after, y);
	compare(p);
	f = &p->diff.functions.v[0];
	assert_int_equal(f->n_details, 3);
	assert_int_equal(f->details[0].kind, DETAIL_CHANGED);
	assert_int_equal(f->details[0].delta, 56);
	assert_string_equal(f->details[0].old_type, "int");
	assert_int_equal(f->details[1].kind, DETAIL_GONE);
	assert_int_equal(f->details[1].delta, -8);
	assert_int_equal(f->details[2].kind, DETAIL_OTHER);
	assert_string_equal(f->details[2].name, "saved");
	assert_int_equal(f->details[2].delta, 2);
}

static void suppressed_findings_are_counted_apart(void **state)
{
	struct pair *p = *state;
	uint32_t x = chain(&p->before, "a.c", 40, 60), y = chain(&p->after, "a.c", 40, 60);

	snap_finding(&p->before, x, "aaaa", "large-local", "buf", 60);
	snap_finding(&p->before, x, "cccc", "large-local", "old", 60);
	snap_finding(&p->after, y, "aaaa", "large-local", "buf", 64);
	p->after.findings.v[0].suppressed = true;
	snap_finding(&p->after, y, "dddd", "recursion", "", BYTES_UNKNOWN);
	compare(p);
	assert_int_equal(p->diff.totals.findings_new, 1);
	assert_int_equal(p->diff.totals.findings_fixed, 1);
	assert_int_equal(p->diff.totals.findings_existing, 1);
	assert_int_equal(p->diff.totals.suppressed_new, 1);
	assert_int_equal(p->diff.findings.v[2].delta, 4);
}

static void limits_hide_small_changes(void **state)
{
	struct pair *p = *state;
	const struct diff_limits bytes = {.bytes = 65}, percent = {.percent = 70};
	const struct diff_limits low = {.bytes = 64, .percent = 60};
	const struct diff_entry *e;

	chain(&p->before, "a.c", 40, 60);
	chain(&p->after, "a.c", 40, 124);
	compare(p);
	e = &p->diff.entries.v[0];
	assert_false(diff_entry_counts(e, &bytes));
	assert_false(diff_entry_counts(e, &percent));
	assert_true(diff_entry_counts(e, &low));
	assert_true(diff_function_counts(&p->diff.functions.v[0], &low));
}

static void differences_of_the_runs_are_named(void **state)
{
	struct pair *p = *state;

	p->after.run.llvm = "20.1.0";
	p->after.run.build = "debug";
	p->after.run.compilers = NULL;
	compare(p);
	assert_int_equal(p->diff.n_differences, 2);
	assert_string_equal(p->diff.differences[0], "LLVM 19.1.7 and 20.1.0");
	assert_string_equal(p->diff.differences[1], "build (none) and debug");
}

/* Paths that a damaged file closes to a circle end somewhere. */
static void circles_are_broken(void **state)
{
	struct pair *p = *state;
	struct snapshot_path path;
	struct arena a = {0};

	for (uint32_t i = 0; i < 3; i++)
		snap_func(&p->before, "a.c", "f", 8);
	for (uint32_t i = 0; i < 3; i++) {
		p->before.functions[i].way = WAY_CALL;
		p->before.functions[i].to = (i + 1) % 3;
	}
	compare(p);
	for (uint32_t i = 0; i < 3; i++) {
		snapshot_path(&p->before, i, &a, &path);
		assert_true(path.n <= 3);
	}
	arena_release(&a);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_changed),
		TEST(a_new_buffer_in_a_helper),
		TEST(inlining_is_named),
		TEST(outlining_is_named),
		TEST(static_functions_stay_in_their_unit),
		TEST(a_new_call_and_a_deeper_way),
		TEST(calls_that_come_and_go),
		TEST(a_moved_file_is_no_change),
		TEST(twins_are_told_apart_by_what_they_share),
		TEST(a_function_moves_alone),
		TEST(compilers_append_to_symbols),
		TEST(copies_are_one_row),
		TEST(entries_come_and_go),
		TEST(outside_costs_are_steps),
		TEST(types_and_spills),
		TEST(suppressed_findings_are_counted_apart),
		TEST(limits_hide_small_changes),
		TEST(differences_of_the_runs_are_named),
		TEST(circles_are_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
