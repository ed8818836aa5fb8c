/* The configuration file: every key, every wrong value with its place, limits against hostile texts. */
#include "base/file.h"
#include "base/text.h"
#include "config/config.h"
#include "config/print.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static int parse(struct config *c, const char *text, struct error *err)
{
	return config_parse(c, text, strlen(text), "stackcheck.yml", "/project", err);
}

static void an_empty_text_sets_nothing(void **state)
{
	static const char *const texts[] = {"", "\n", "# only a comment\n", "---\n", "{}\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct error err = {0};
		struct config c;

		if (parse(&c, texts[i], &err))
			fail_msg("%s", err.text);
		assert_int_equal(c.budget.loc.line, 0);
		assert_null(c.platform.value);
		assert_int_equal(c.model.annotations.n, 0);
		config_release(&c);
	}
}

static const char full[] =
	"platform: linux-x86_64\n"
	"budget: 40%\n"
	"frame_limit: 1K\n"
	"large_local: 300\n"
	"fail_on: warning\n"
	"new_suppressions: accept\n"
	"models: [costs.json, /abs/more.json]\n"
	"modules:\n"
	"  nvme: drivers/nvme/*\n"
	"  ext4: [fs/ext4/*, fs/jbd2/*]\n"
	"entries:\n"
	"  - {pattern: \"field:struct my_ops.*\", context: my operation}\n"
	"  - pattern: [\"param:start#1\", \"symbol:main_loop\"]\n"
	"    stack: own\n"
	"    level: process\n"
	"  - {pattern: \"param:expand#0\", stack: segment, size_argument: 2}\n"
	"externals:\n"
	"  helper: 96\n"
	"  walk: {callbacks: [1, {argument: 2, bytes: 40}], why: it walks}\n"
	"  die: {noreturn: true}\n"
	"  back: {bytes: 8, floor: true, reenters: file operation, "
	"reentry_needs: submit_*, reentry_depth: 1}\n"
	"annotations:\n"
	"  - {function: f, targets: [a, b], slot: \"field:struct s.go\", why: seen}\n"
	"  - {function: g, recursion: 3, frame: 2K}\n"
	"  - {function: h, never: i, noreturn: true, cost: 12, entry: a thing}\n"
	"rules:\n"
	"  recursion: off\n"
	"  unmeasured: {severity: note}\n"
	"  by-value: {limit: 1K}\n"
	"  growth: {severity: error, limit: 128, frames: 64}\n"
	"suppress:\n"
	"  - rule: large-local\n"
	"    function: old_*\n"
	"    until: 2027-01-31\n"
	"    because: it goes with the old hardware\n";

static void check_values(const struct config *c)
{
	const struct model *m = &c->model;

	assert_string_equal(c->platform.value, "linux-x86_64");
	assert_true(c->budget.percent && c->budget.value == 40);
	assert_int_equal(c->frame_limit.value, 1024);
	assert_int_equal(c->large_local.value, 300);
	assert_string_equal(c->fail_on.value, "warning");
	assert_string_equal(c->new_suppressions.value, "accept");
	assert_int_equal(c->models.n, 2);
	assert_true(str_ends(c->models.v[0].value, "/costs.json"));
	assert_int_equal(m->modules.n, 3);
	assert_string_equal(m->modules.v[2].name, "ext4");
	assert_string_equal(m->modules.v[2].pattern, "fs/jbd2/*");
	assert_int_equal(m->externals.n, 4);
	assert_int_equal(m->externals.v[0].bytes, 96);
	assert_int_equal(m->externals.v[1].n_callbacks, 2);
	assert_int_equal(m->externals.v[1].callbacks[0].argument, 1);
	assert_int_equal(m->externals.v[1].callbacks[0].depth_bytes, BYTES_UNKNOWN);
	assert_int_equal(m->externals.v[1].callbacks[1].depth_bytes, 40);
	assert_true(m->externals.v[2].noreturn);
	assert_int_equal(m->externals.v[3].reentry_depth, 1);
	assert_true(m->externals.v[3].floor);
	assert_int_equal(c->policy.rules.n, 4);
	assert_int_equal(c->policy.rules.v[2].frames, BYTES_UNKNOWN);
	assert_int_equal(c->policy.rules.v[3].limit, 128);
	assert_int_equal(c->policy.rules.v[3].frames, 64);
	assert_int_equal(c->policy.rules.v[3].severity, SEVERITY_ERROR);
	assert_int_equal(c->policy.rules.v[2].limit, 1024);
	assert_true(c->policy.rules.v[0].off);
	assert_true(c->policy.rules.v[1].has_severity);
	assert_int_equal(c->policy.rules.v[1].severity, SEVERITY_NOTE);
	assert_int_equal(c->policy.suppressions.n, 1);
	assert_string_equal(c->policy.suppressions.v[0].function, "old_*");
	assert_string_equal(c->policy.suppressions.v[0].until, "2027-01-31");
}

static void check_entries(const struct model *m)
{
	static const struct {
		const char *pattern;
		enum entry_stack stack;
		bool boundary;
	} expected[] = {
		/* Slots that name no file have a second pattern for those private to one. */
		{"field:struct my_ops.*", STACK_THREAD, false},
		{"param:start#1", STACK_OWN, true},
		{"param:start#1@*", STACK_OWN, true},
		{"symbol:main_loop", STACK_OWN, true},
		{"param:expand#0", STACK_SEGMENT, true},
		{"param:expand#0@*", STACK_SEGMENT, true},
	};

	assert_int_equal(m->entries.n, sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < m->entries.n; i++) {
		assert_string_equal(m->entries.v[i].pattern, expected[i].pattern);
		assert_int_equal(m->entries.v[i].stack, expected[i].stack);
		assert_int_equal(m->entries.v[i].boundary, expected[i].boundary);
	}
	assert_int_equal(m->entries.v[4].size_argument, 2);
	assert_int_equal(m->entries.v[0].size_argument, -1);
}

static void check_annotations(const struct model *m)
{
	static const struct {
		enum annotation_kind kind;
		const char *function, *other;
		int64_t number;
	} expected[] = {
		{ANNOTATE_TARGET, "f", "a", BYTES_UNKNOWN},
		{ANNOTATE_TARGET, "f", "b", BYTES_UNKNOWN},
		{ANNOTATE_RECURSION, "g", NULL, 3},
		{ANNOTATE_FRAME, "g", NULL, 2048},
		{ANNOTATE_NEVER, "h", "i", BYTES_UNKNOWN},
		{ANNOTATE_COST, "h", NULL, 12},
		{ANNOTATE_NORETURN, "h", NULL, BYTES_UNKNOWN},
		{ANNOTATE_ENTRY, "h", "a thing", BYTES_UNKNOWN},
	};

	assert_int_equal(m->annotations.n, sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < m->annotations.n; i++) {
		const struct annotation *x = &m->annotations.v[i];

		assert_int_equal(x->kind, expected[i].kind);
		assert_string_equal(x->function, expected[i].function);
		assert_int_equal(str_compare(x->other, expected[i].other), 0);
		assert_int_equal(x->number, expected[i].number);
		assert_string_equal(x->loc.file, "stackcheck.yml");
	}
	assert_string_equal(m->annotations.v[0].slot, "field:struct s.go");
	assert_string_equal(m->annotations.v[0].why, "seen");
	assert_int_equal(m->annotations.v[0].loc.line, 23);
	assert_null(m->annotations.v[4].slot);
}

static void every_key_arrives(void **state)
{
	struct error err = {0};
	struct config c;

	(void)state;
	if (parse(&c, full, &err))
		fail_msg("%s", err.text);
	check_values(&c);
	check_entries(&c.model);
	check_annotations(&c.model);
	assert_int_equal(c.frame_limit.loc.line, 3);
	assert_int_equal(c.frame_limit.loc.column, 14);
	config_release(&c);
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	while ((text = strstr(text, part))) {
		text++;
		n++;
	}
	return n;
}

/* What is printed reads back as the same lists, and prints the same. */
static void the_print_reads_back(void **state)
{
	struct buf first = {0}, second = {0};
	struct error err = {0};
	struct config c;

	(void)state;
	assert_int_equal(parse(&c, full, &err), 0);
	c.model.entries.v[0].context = "quote \" backslash \\ newline \n bell \a bidi \xe2\x80\xae";
	config_print(&c, &first);
	config_release(&c);
	if (parse(&c, buf_str(&first), &err))
		fail_msg("%s\n%s", err.text, buf_str(&first));
	assert_string_equal(c.model.entries.v[0].context,
			    "quote \" backslash \\ newline \n bell \a bidi \xe2\x80\xae");
	assert_int_equal(c.model.annotations.n, 8);
	config_print(&c, &second);
	/* The places differ: items stand elsewhere now. */
	assert_int_equal(count(buf_str(&first), "\n"), count(buf_str(&second), "\n"));
	assert_int_equal(strchr(buf_str(&first), '#') - buf_str(&first),
			 strchr(buf_str(&second), '#') - buf_str(&second));
	config_release(&c);
	buf_release(&first);
	buf_release(&second);
}

static const struct wrong {
	const char *text, *message;
} wrong_texts[] = {
	{"- a\n", "stackcheck.yml:1:1: the configuration must be a map"},
	{"just words\n", "stackcheck.yml:1:1: the configuration must be a map"},
	{"budgt: 5\n",
	 "stackcheck.yml:1:1: the configuration has no key 'budgt'; did you mean 'budget'?"},
	{"a: 1\nbudget: 5\n",
	 "stackcheck.yml:1:1: the configuration has no key 'a', only platform, budget"},
	{"budget: 5\nbudget: 6\n", "stackcheck.yml:2:1: the key 'budget' stands here twice"},
	{"budget: [1]\n", "stackcheck.yml:1:9: budget must be a number of bytes"},
	{"budget: -5\n", "budget must be a number of bytes"},
	{"budget: 101%\n", "budget must be from 1% to 100%"},
	{"budget: 99999999999999999999\n", "budget must be a number of bytes"},
	{"budget:\n", "budget must be a number of bytes"},
	{"frame_limit: 0\n", "stackcheck.yml:1:14: frame_limit must be at least 1 byte"},
	{"frame_limit: 50%\n", "frame_limit must be a number of bytes"},
	{"frame_limit: \"512\"\n", "frame_limit must be a number of bytes"},
	{"platform: {a: b}\n", "stackcheck.yml:1:11: platform must be a text, not a map"},
	{"platform: \"\"\n", "platform is empty"},
	{"fail_on: sometimes\n",
	 "fail_on is 'sometimes', but must be one of note|warning|error|never"},
	{"fail_on: \"note|warning\"\n", "fail_on is 'note|warning'"},
	{"new_suppressions: yes\n", "new_suppressions is 'yes', but must be one of list|accept"},
	{"models: []\n", "models is an empty list"},
	{"models: [[a]]\n", "stackcheck.yml:1:10: models must be a text, not a list"},
	{"modules: [a]\n", "modules must be a map"},
	{"entries: {}\n", "entries must be a list"},
	{"entries:\n  - {context: x}\n", "stackcheck.yml:2:5: entries needs a 'pattern'"},
	{"entries:\n  - {pattern: main}\n",
	 "pattern has the pattern 'main', which does not begin with field:"},
	{"entries:\n  - {pattern: \"param:f\"}\n", "names no parameter"},
	{"entries:\n  - {pattern: \"field:x\"}\n", "names no member"},
	{"entries:\n  - {pattern: \"symbol:f\", stack: heap}\n",
	 "stack is 'heap', but must be one of thread|interrupt"},
	{"entries:\n  - {pattern: \"symbol:f\", size_argument: 1}\n", "with 'stack: segment' only"},
	{"entries:\n  - {pattern: \"symbol:f\", boundary: maybe}\n", "boundary is 'maybe'"},
	{"externals:\n  f: {byts: 4}\n", "an external has no key 'byts'; did you mean 'bytes'?"},
	{"externals:\n  f: lots\n", "stackcheck.yml:2:6: f must be a number of bytes"},
	{"externals:\n  f: {floor: true}\n", "has a 'floor' without 'bytes'"},
	{"externals:\n  f: {reentry_depth: 1}\n", "without 'reenters'"},
	{"externals:\n  f: {reentry_needs: g}\n", "'reentry_needs' without 'reenters'"},
	{"externals:\n  f: {callbacks: [x]}\n", "callbacks must be a whole number"},
	{"externals:\n  f: {callbacks: [{bytes: 4}]}\n", "needs the callback's 'argument'"},
	{"annotations:\n  - {targets: [a]}\n", "annotations needs a 'function'"},
	{"annotations:\n  - {function: f}\n", "says nothing of f"},
	{"annotations:\n  - {function: f, noreturn: false}\n", "says nothing of f"},
	{"annotations:\n  - {function: f, recursion: 0}\n", "recursion 0"},
	{"annotations:\n  - {function: f, frame: 9, slot: x}\n", "takes a 'slot' with targets"},
	{"annotations:\n  - {function: f, only: []}\n", "only is an empty list"},
	{"rules:\n  large-locl: off\n",
	 "stackcheck.yml:2:3: there is no rule 'large-locl'; did you mean 'large-local'?"},
	{"rules:\n  recursion: on\n", "recursion must be off, or a map"},
	{"rules:\n  recursion: \"off\"\n", "recursion must be off, or a map"},
	{"rules:\n  recursion: {severity: fatal}\n", "severity is 'fatal'"},
	{"rules:\n  growth: {severity: none}\n", "stackcheck.yml:2:22: severity is 'none'"},
	{"rules:\n  recursion: {frames: 4}\n",
	 "stackcheck.yml:2:23: frames does not exist for recursion"},
	{"rules:\n  growth: {frames: much}\n", "stackcheck.yml:2:20: frames must be a number"},
	{"rules:\n  recursion: {limit: 4}\n", "limit does not exist for recursion"},
	{"rules:\n  frame-limit: {limit: 4}\n", "write 'frame_limit:' at the top"},
	{"suppress:\n  - {function: f, because: b}\n", "suppress needs a 'rule'"},
	{"suppress:\n  - {rule: recursion, function: f}\n", "suppress needs a 'because'"},
	{"suppress:\n  - {rule: recursion, function: f, because: \"\"}\n", "because is empty"},
	{"suppress:\n  - {rule: recursion, because: b}\n", "write 'recursion: off' under 'rules'"},
	{"suppress:\n  - {rule: recursin, function: f, because: b}\n",
	 "stackcheck.yml:2:12: there is no rule 'recursin'"},
	{"suppress:\n  - {rule: recursion, function: f, because: b, until: soon}\n",
	 "until is not a day"},
	{"suppress:\n  - {rule: recursion, function: f, because: b, until: 2027-13-01}\n",
	 "until is not a day"},
	{"suppress:\n  - {rule: recursion, fingerprint: abc, because: b}\n",
	 "fingerprint must be at least 8"},
	{"suppress:\n  - {rule: recursion, fingerprint: ABCDEF0123, because: b}\n",
	 "fingerprint must be"},
	/* Hostile texts. */
	{"a: &x 1\nb: *x\n", "stackcheck.yml:1:4: anchors are not taken"},
	{"a: &x [1]\n", "anchors are not taken"},
	{"a: &x {b: 1}\n", "anchors are not taken"},
	{"a: *x\n", "stackcheck.yml:1:4: aliases (*name) are not taken"},
	{"platform: !!python/object x\n", "tags (!...) are not taken"},
	{"budget: 1\n---\nbudget: 2\n", "stackcheck.yml:2:1: a second document begins here"},
	{"platform: [[[[[[[[[[[[a]]]]]]]]]]]]\n", "nested too deeply"},
	{"? [a]\n: b\n", "a key must be a plain word"},
	{"platform: \"a\\0b\"\n", "must not hold NUL characters"},
	{"budget: {\n", "not a YAML text"},
	{"a: 'b\n", "stackcheck.yml:"},
	{"\xff\xfe\x00x", "not a YAML text"},
	{"platform: \"a\xc3\x28\"\n", "not a YAML text"},
};

static void wrong_texts_are_named_with_their_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrong_texts) / sizeof(wrong_texts[0]); i++) {
		const struct wrong *w = &wrong_texts[i];
		struct error err = {0};
		struct config c;

		if (!parse(&c, w->text, &err))
			fail_msg("taken: %s", w->text);
		assert_int_equal(err.kind, ERROR_INPUT);
		if (!strstr(err.text, w->message) || !str_starts(err.text, "stackcheck.yml:"))
			fail_msg("%s\nfor: %s", err.text, w->text);
		assert_null(c.arena.head);
	}
}

/* A bomb of aliases, and texts beyond the limit of size, cost nothing. */
static void bombs_are_refused(void **state)
{
	static const char bomb[] =
		"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n"
		"c: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]\n";
	struct error err = {0};
	struct buf large = {0};
	struct config c;

	(void)state;
	assert_int_equal(parse(&c, bomb, &err), -1);
	while (large.len < 300 * 1024)
		buf_puts(&large, "# nothing\n");
	assert_int_equal(parse(&c, buf_str(&large), &err), -1);
	assert_non_null(strstr(err.text, "is larger than"));
	buf_clear(&large);
	/* Many keys of one map take no quadratic time: a second would be far too much. */
	buf_puts(&large, "externals:\n");
	for (int i = 0; large.len < 250 * 1024; i++)
		buf_printf(&large, "  f%d: 1\n", i);
	assert_int_equal(parse(&c, buf_str(&large), &err), 0);
	assert_true(c.model.externals.n > 15000);
	config_release(&c);
	buf_release(&large);
}

static void the_nearest_file_upwards_is_found(void **state)
{
	char folder[] = "/tmp/test_config.XXXXXX";
	struct error err = {0};
	struct arena a = {0};
	const char *deep, *top;
	struct config c;

	(void)state;
	assert_non_null(mkdtemp(folder));
	deep = arena_printf(&a, "%s/a/b", folder);
	top = arena_printf(&a, "%s/" CONFIG_NAME, folder);
	assert_int_equal(file_make_dirs(deep, &err), 0);
	assert_null(config_find(&a, deep, folder));
	assert_int_equal(file_write_atomic(top, "models: m.json\n", 15, &err), 0);
	assert_string_equal(config_find(&a, deep, folder), top);
	assert_string_equal(config_find(&a, deep, NULL), top);
	/* Not above the root; from the root, when the path lies elsewhere. */
	assert_null(config_find(&a, deep, arena_printf(&a, "%s/a", folder)));
	assert_string_equal(config_find(&a, "/", folder), top);
	assert_int_equal(config_load(&c, top, NULL, &err), 0);
	assert_string_equal(c.models.v[0].value, arena_printf(&a, "%s/m.json", folder));
	assert_string_equal(c.path, top);
	config_release(&c);
	assert_int_equal(config_load(&c, deep, NULL, &err), -1);
	unlink(top);
	rmdir(deep);
	rmdir(arena_printf(&a, "%s/a", folder));
	rmdir(folder);
	arena_release(&a);
}

static void the_stronger_model_wins(void **state)
{
	struct model weak = {0}, strong = {0}, all = {0};

	(void)state;
	*vec_push(&weak.externals) = (struct model_external){.symbol = "f", .bytes = 8, .why = "w"};
	*vec_push(&strong.externals) =
		(struct model_external){.symbol = "f", .bytes = 16, .why = "s"};
	*vec_push(&weak.entries) = (struct model_entry){.pattern = "symbol:*", .context = "weak"};
	*vec_push(&weak.entries) = (struct model_entry){.pattern = "symbol:z", .context = "z"};
	*vec_push(&strong.entries) =
		(struct model_entry){.pattern = "symbol:a", .context = "strong"};
	weak.unknown_external = 5;
	config_add_model(&all, &weak);
	config_add_model(&all, &strong);
	model_index(&all);
	assert_int_equal(model_external_find(&all, "f")->bytes, 16);
	assert_string_equal(model_entry_find(&all, "symbol:a")->context, "strong");
	assert_string_equal(model_entry_find(&all, "symbol:b")->context, "weak");
	assert_int_equal(all.unknown_external, 5);
	model_release(&all);
	model_release(&weak);
	model_release(&strong);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_text_sets_nothing),
		cmocka_unit_test(every_key_arrives),
		cmocka_unit_test(the_print_reads_back),
		cmocka_unit_test(wrong_texts_are_named_with_their_place),
		cmocka_unit_test(bombs_are_refused),
		cmocka_unit_test(the_nearest_file_upwards_is_found),
		cmocka_unit_test(the_stronger_model_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
