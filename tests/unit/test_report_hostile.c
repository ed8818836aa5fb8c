/*
 * Hostile names in every place of a report, in every format. Here only what every format owes: no raw control byte
 * and valid UTF-8; the files left in the build folder go through strict parsers in tests/docs/check_formats.py.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/text.h"
#include "hostile_names.h"
#include "report_fixture.h"
#include "reports/writer.h"

#include <string.h>

enum { N_NAMES = sizeof(hostile_names) / sizeof(*hostile_names) };

static void hostile_functions(struct fixture *f, const char *name)
{
	struct facts *u = fix_unit(f, name, name, UNIT_OK);
	struct fact_func *g;
	struct fact_call *c;

	u->compiler = u->target = name;
	fix_func(f, name, 4096)->loc.file = name;
	g = fix_func(f, name, 64);
	g->loc.file = name;
	g->frame_kind = FRAME_DYNAMIC;
	g->frame_note = name;
	c = fix_edge(f, 0, 0, CALL_INDIRECT, 1, 4104, EVIDENCE_FIELD);
	c->within = c->slot = c->signature = c->loc.file = name;
	f->depths.v[0].bytes = 4168;
	fix_reason(f, 0, REASON_DYNAMIC_FRAME, 1);
	fix_unit(f, name, name, UNIT_ESTIMATED);
	*vec_push(&((struct facts *)f->units.v[1])->problems) = name;
}

static void hostile_findings(struct fixture *f, const char *name)
{
	struct finding *g = fix_finding(f, "path-budget", SEVERITY_ERROR, 0, 4168, 4096);

	g->message = g->advice = g->subject = name;
	fix_path(f, g, (uint32_t[]){0}, 1);
	g = fix_finding(f, "dynamic-frame", SEVERITY_NOTE, 1, 64, BYTES_UNKNOWN);
	g->message = arena_printf(&f->arena, "the frame of %s grows", name);
	g->suppressed = true;
	g->suppressed_why = name;
}

static void hostile_fixture(struct fixture *f, const char *name)
{
	const char **words = arena_array(&f->arena, 1, const char *);
	struct failed_unit *failed = arena_array(&f->arena, 1, struct failed_unit);

	words[0] = name;
	fix_start(f);
	hostile_functions(f, name);
	hostile_findings(f, name);
	fix_entry(f, 0, name, (uint32_t[]){0}, 1, 1);
	fix_entry(f, 1, name, NULL, 0, 1);
	fix_finish(f);
	*failed = (struct failed_unit){name, name, name};
	f->report.failed = failed;
	f->report.n_failed = f->report.units_failed = 1;
	f->report.units_total = 3;
	f->report.units_measured = f->report.units_estimated = 1;
	f->report.commit = f->report.branch = f->report.build = f->report.target = name;
	f->report.compilers = words;
	f->report.n_compilers = 1;
	f->program.warnings = words;
	f->program.n_warnings = 1;
	f->report.graph = true;
}

static void check_bytes(const struct writer *w, const char *name, const struct buf *out)
{
	const char *s = buf_str(out);

	assert_int_equal(strlen(s), out->len);
	while (*s) {
		uint32_t code = 0;
		size_t n = text_code_point(s, &code);
		bool is_end = *s == '\n' || (*s == '\r' && s[1] == '\n' && !strcmp(w->name, "csv"));

		if (!n || (text_is_control(code) && !is_end))
			fail_msg("%s, for the name '%s': byte 0x%02x at %zu", w->name, name,
				 (unsigned char)*s, (size_t)(s - buf_str(out)));
		s += n;
	}
}

static void every_format(void **state)
{
	struct error err = {0};

	(void)state;
	assert_true(N_NAMES >= 100);
	assert_int_equal(file_make_dirs(BINARY_DIR "/formats-written", &err), 0);
	for (size_t i = 0; i < N_NAMES; i++) {
		struct fixture f = {0};

		hostile_fixture(&f, hostile_names[i]);
		for (size_t k = 0; k < n_writers; k++) {
			struct buf out = {0};
			char path[4096];

			assert_int_equal(writers[k]->write(&f.report, &out, &err), 0);
			check_bytes(writers[k], hostile_names[i], &out);
			snprintf(path, sizeof(path), BINARY_DIR "/formats-written/hostile-%03zu.%s",
				 i, writers[k]->name);
			assert_int_equal(file_write_atomic(path, out.data, out.len, &err), 0);
			buf_release(&out);
		}
		fixture_release(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_format)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
