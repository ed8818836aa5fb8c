/* What a diff looks like: as text, in colour, as JSON; over every kind of change, and with hostile names. */
#include "snapshot_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "golden.h"
#include "reports/difference.h"

#define HOSTILE "<b>\"\\\x1b]0;x\a\xe2\x80\xae\n::error\xff"

/* open -> read -> leaf; lost and inner are to go, stat is to shrink. */
static void before_run(struct snapshot *s)
{
	uint32_t leaf, read, open, stat, inner, lost;

	snap_init(s, "1111111111111111111111111111111111111111");
	s->run.id = 3;
	leaf = snap_func(s, "core/io.c", "leaf", 60);
	snap_rest(s, leaf);
	read = snap_func(s, "core/io.c", "read", 120);
	snap_rest(s, read);
	snap_way(s, read, leaf);
	open = snap_func(s, "main.c", "open", 40);
	snap_way(s, open, read);
	snap_entry(s, open);
	inner = snap_func(s, "main.c", "inner", 32);
	snap_rest(s, inner);
	stat = snap_func(s, "main.c", "stat", 300);
	snap_var(s, stat, "path", "char[256]", 256, NULL);
	snap_rest(s, stat);
	snap_way(s, stat, inner);
	snap_entry(s, stat);
	lost = snap_func(s, "main.c", HOSTILE, 24);
	snap_entry(s, lost);
	snap_finding(s, stat, "00000000000000000000000000000001", "large-local", "path", 256);
	snap_finding(s, leaf, "00000000000000000000000000000002", "large-local", "x", 40);
	snapshot_finish(s);
}

/* The folder core is io now; read has a new buffer, stat gave its own up and took inner in. */
static void after_run(struct snapshot *s)
{
	uint32_t leaf, read, open, stat, fresh, tiny;

	snap_init(s, "2222222222222222222222222222222222222222");
	s->run.id = 4;
	s->run.dirty = true;
	s->run.branch = "topic/" HOSTILE;
	s->run.llvm = "20.1.0";
	leaf = snap_func(s, "io/io.c", "leaf", 60);
	snap_rest(s, leaf);
	read = snap_func(s, "io/io.c", "read", 1144);
	snap_var(s, read, "buf", "char[1024]", 1024, NULL);
	snap_rest(s, read);
	snap_way(s, read, leaf);
	open = snap_func(s, "main.c", "open", 40);
	snap_way(s, open, read);
	snap_entry(s, open);
	stat = snap_func(s, "main.c", "stat", 96);
	snap_var(s, stat, "n", "long", 16, "inner");
	snap_rest(s, stat);
	snap_entry(s, stat);
	fresh = snap_func(s, "main.c", "fresh", 16);
	snap_entry(s, fresh);
	tiny = snap_func(s, "main.c", "tiny", 4);
	snap_entry(s, tiny);
	snap_finding(s, read, "00000000000000000000000000000003", "large-local", HOSTILE, 1024);
	snap_finding(s, leaf, "00000000000000000000000000000004", "large-local", "x", 40);
	snapshot_finish(s);
}

static void with_limits(const struct diff_limits *limits, bool color, const char *text_name,
			const char *json_name)
{
	struct snapshot before, after;
	struct diff d = {0};
	struct buf text = {0}, json = {0};

	before_run(&before);
	after_run(&after);
	diff_make(&d, &before, &after);
	diff_write_text(&d, limits, color, 100, &text);
	golden_check(text_name, &text);
	if (json_name) {
		diff_write_json(&d, limits, &json);
		golden_check(json_name, &json);
	}
	buf_release(&text);
	buf_release(&json);
	diff_release(&d);
	snapshot_release(&before);
	snapshot_release(&after);
}

static void everything(void **state)
{
	const struct diff_limits all = {0};

	(void)state;
	with_limits(&all, false, "diff.txt", "diff.json");
}

static void only_the_large(void **state)
{
	const struct diff_limits few = {.bytes = 10, .top = 2};

	(void)state;
	with_limits(&few, true, "diff-top-color.txt", "diff-top.json");
}

static void nothing_changed(void **state)
{
	const struct diff_limits all = {0};
	struct snapshot s;
	struct diff d = {0};
	struct buf text = {0};

	(void)state;
	before_run(&s);
	diff_make(&d, &s, &s);
	diff_write_text(&d, &all, false, 100, &text);
	golden_check("diff-same.txt", &text);
	buf_release(&text);
	diff_release(&d);
	snapshot_release(&s);
}

static void runs_and_a_function(void **state)
{
	struct snapshot before, after;
	struct snapshot_point points[4];
	struct buf text = {0};

	(void)state;
	before_run(&before);
	after_run(&after);
	points[0] = (struct snapshot_point){&before.run, before.functions[2]};
	points[1] = (struct snapshot_point){&after.run, after.functions[2]};
	points[2] = (struct snapshot_point){&after.run, before.functions[1]};
	points[3] = points[0];
	points[3].function.depth_bytes = BYTES_UNKNOWN;
	points_write_text(points, 4, &text);
	points_write_json("open", points, 4, &text);
	runs_write_text(&after.run, 1, &text);
	runs_write_json(&after.run, 1, &text);
	golden_check("diff-history.txt", &text);
	buf_clear(&text);
	points_write_json("open", points, 3, &text);
	golden_check("history.json", &text);
	buf_clear(&text);
	runs_write_json((struct snapshot_run[]){after.run, before.run}, 2, &text);
	golden_check("runs.json", &text);
	buf_clear(&text);
	snapshot_write_json(&after, false, &text);
	golden_check("run.json", &text);
	buf_release(&text);
	snapshot_release(&before);
	snapshot_release(&after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything),
		cmocka_unit_test(only_the_large),
		cmocka_unit_test(nothing_changed),
		cmocka_unit_test(runs_and_a_function),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
