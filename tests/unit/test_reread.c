/*
 * A JSON report read back: every format written from it is, byte for byte, what the run itself gives. And several of them as one
 * document, which is left in the build folder for tests/docs/check_formats.py.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* As in report_fixture.h, but for the byte that is not UTF-8: JSON cannot give it back. */
#define HOSTILE	     "<b>\"\\\x1b]0;x\a\xe2\x80\xae\n"
#define HOSTILE_BYTE "2"

#include "golden.h"
#include "report_diff_fixture.h"
#include "reports/combine.h"
#include "reports/writer.h"

static void write_json(const struct report *r, struct buf *out)
{
	struct error err = {0};

	assert_int_equal(writer_find("json")->write(r, out, &err), 0);
}

/* A report has no columns but those of findings. */
static void drop_columns(struct fixture *f)
{
	for (size_t i = 0; i < f->funcs.n; i++)
		((struct fact_func *)(uintptr_t)f->funcs.v[i].fact)->loc.column = 0;
	for (size_t i = 0; i < f->edges.n; i++)
		((struct fact_call *)(uintptr_t)f->edges.v[i].call)->loc.column = 0;
}

static const char *line_of(const struct buf *text, unsigned number)
{
	const char *line = buf_str(text);

	while (--number)
		line = strchr(line, '\n') + 1;
	return line;
}

/* The first lines that differ. */
static void check_equal(const char *format, const struct buf *got, const struct buf *want)
{
	unsigned line = golden_difference(got, want);

	if (line)
		fail_msg("%s differs in line %u:\n%.400s\n%.400s", format, line, line_of(got, line),
			 line_of(want, line));
}

static void check_same(const struct report *r)
{
	struct reread back = {0};
	struct error err = {0};
	struct buf json = {0};

	write_json(r, &json);
	assert_int_equal(report_reread(&back, buf_str(&json), json.len, "r.json", &err), 0);
	for (size_t i = 0; i < n_writers; i++) {
		struct buf want = {0}, got = {0};

		if (!writers[i]->write_all)
			continue;
		assert_int_equal(writers[i]->write(r, &want, &err), 0);
		assert_int_equal(writers[i]->write(&back.report, &got, &err), 0);
		check_equal(writers[i]->name, &got, &want);
		buf_release(&want);
		buf_release(&got);
	}
	buf_release(&json);
	reread_release(&back);
}

static void full_run(void **state)
{
	struct fixture f;

	(void)state;
	fixture_full(&f);
	drop_columns(&f);
	check_same(&f.report);
	fixture_release(&f);
}

static void against_a_base(void **state)
{
	struct diff_fixture f;

	(void)state;
	fixture_diff(&f);
	drop_columns(&f.full);
	f.full.report.diff_limits = (struct diff_limits){.bytes = 1};
	f.diff.entries.v[0].label = program_func_label(&f.full.program, &f.full.arena, OPEN);
	check_same(&f.full.report);
	diff_fixture_release(&f);
}

static void long_path(void **state)
{
	struct fixture f;

	(void)state;
	fixture_chain(&f, 200, 1);
	drop_columns(&f);
	check_same(&f.report);
	fixture_release(&f);
}

static void nothing_known(void **state)
{
	struct fixture f = {0};

	(void)state;
	fix_start(&f);
	fix_finish(&f);
	f.report.target = NULL;
	f.report.n_compilers = 0;
	check_same(&f.report);
	fixture_release(&f);
}

static void add_build(struct combined *c, struct diff_fixture *f, const char *build)
{
	struct buf json = {0};
	char file[64];

	f->full.report.build = build;
	write_json(&f->full.report, &json);
	snprintf(file, sizeof(file), "%s.json", build);
	combine_add(c, file, buf_str(&json), NULL);
	buf_release(&json);
}

static void leave(const struct writer *w, const struct buf *out)
{
	char path[4096];
	struct error err = {0};

	assert_int_equal(file_make_dirs(BINARY_DIR "/formats-written", &err), 0);
	snprintf(path, sizeof(path), BINARY_DIR "/formats-written/combined.%s", w->name);
	assert_int_equal(file_write_atomic(path, out->data, out->len, &err), 0);
}

static size_t count(const struct buf *text, const char *what)
{
	size_t n = 0;

	for (const char *p = buf_str(text); (p = strstr(p, what)); p++)
		n++;
	return n;
}

static void write_combined(struct combined *c, const char *name, struct buf *out)
{
	const struct writer *w = writer_find(name);
	struct error err = {0};

	buf_clear(out);
	assert_int_equal(w->write_all(combine_reports(c), c->parts.n, out, &err), 0);
	leave(w, out);
}

/* Two builds that find the same, one of them twice over, and a file that is no report. */
static void several_builds(void **state)
{
	struct diff_fixture f;
	struct combined c = {0};
	struct error err = {0};
	struct buf out = {0};
	size_t critical;

	(void)state;
	fixture_diff(&f);
	assert_int_equal(writer_find("codequality")->write(&f.full.report, &out, &err), 0);
	critical = count(&out, "\"critical\"");
	add_build(&c, &f, "debug");
	add_build(&c, &f, "release");
	add_build(&c, &f, "release");
	combine_add(&c, "none.json", NULL, "none.json does not exist");
	combine_judge(&c);
	write_combined(&c, "sarif", &out);
	assert_int_equal(count(&out, "\"automationDetails\""), 4);
	assert_int_equal(count(&out, "-debug/\""), 1);
	assert_int_equal(count(&out, "-release/\""), 1);
	assert_int_equal(count(&out, "-release~2/\""), 1);
	assert_int_equal(count(&out, "none.json does not exist"), 2);
	write_combined(&c, "junit", &out);
	assert_int_equal(count(&out, "<testsuite "), 4);
	assert_int_equal(count(&out, "<testsuites "), 1);
	write_combined(&c, "codequality", &out);
	assert_true(count(&out, "(in the builds: debug, release, release~2)") > 3);
	assert_int_equal(count(&out, "\"critical\""), critical);
	write_combined(&c, "github", &out);
	assert_true(count(&out, "%0ABuilds: debug, release, release~2") > 3);
	assert_int_equal(count(&out, "::notice title=stackcheck::"), 1);
	write_combined(&c, "openmetrics", &out);
	assert_int_equal(count(&out, "# TYPE stackcheck_entry_depth_bytes "), 1);
	assert_int_equal(count(&out, "# EOF"), 1);
	write_combined(&c, "csv", &out);
	assert_int_equal(count(&out, "kind,rule"), 1);
	assert_true(count(&out, ",debug\r\n") > 0);
	assert_int_equal(count(&out, ",release~2\r\n"), count(&out, ",debug\r\n"));
	write_combined(&c, "gcc", &out);
	assert_true(count(&out, " (build debug)\n") > 0);
	assert_int_equal(count(&out, " (build debug)\n"), count(&out, " (build release~2)\n"));
	buf_release(&out);
	combine_release(&c);
	diff_fixture_release(&f);
}

/* Damage anywhere is a message or another report, never a crash; sanitizers watch. */
static void damaged(void **state)
{
	struct fixture f;
	struct buf json = {0};
	size_t refused = 0;

	(void)state;
	fixture_full(&f);
	write_json(&f.report, &json);
	for (size_t i = 0; i < json.len; i += 7) {
		struct reread back = {0};
		struct error err = {0};
		char old = json.data[i];

		json.data[i] = old == '"' ? '0' : old >= '0' && old <= '9' ? '-' : '"';
		if (report_reread(&back, json.data, json.len, "r.json", &err))
			refused++;
		else
			reread_release(&back);
		json.data[i] = old;
	}
	assert_true(refused > 100);
	buf_release(&json);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_run),	  cmocka_unit_test(against_a_base),
		cmocka_unit_test(long_path),	  cmocka_unit_test(nothing_known),
		cmocka_unit_test(several_builds), cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
