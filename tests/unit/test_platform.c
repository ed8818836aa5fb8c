/* Platform files: the shipped ones, strict reading, choice by triple. */
#include "base/file.h"
#include "base/text.h"
#include "rules/platform.h"
#include "rules/verifier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define FOLDER SOURCE_DIR "/rules/platforms"

static void every_shipped_platform_loads(void **state)
{
	static const char *const expected[] = {
		"generic",	"linux-arm",	 "linux-arm64", "linux-i386",  "linux-riscv64",
		"linux-x86_64", "windows-arm64", "windows-x64", "windows-x86",
	};
	const size_t n_expected = sizeof(expected) / sizeof(expected[0]);
	struct arena a = {0};
	struct error err = {0};
	const char **names;
	size_t n;

	(void)state;
	assert_int_equal(platform_list(FOLDER, &a, &names, &n, &err), 0);
	assert_int_equal(n, n_expected);
	for (size_t i = 0; i < n; i++) {
		struct platform p;

		assert_string_equal(names[i], expected[i]);
		if (platform_load(&p, FOLDER, names[i], &err))
			fail_msg("%s", err.text);
		assert_string_equal(p.name, names[i]);
		assert_true(p.large_local < p.frame_limit);
		assert_true(p.frame_limit < p.stack_bytes * p.budget_percent / 100);
		platform_release(&p);
	}
	arena_release(&a);
}

static void numbers_arrive(void **state)
{
	struct platform p;
	struct error err = {0};
	const struct model_external *cost;

	(void)state;
	assert_int_equal(platform_load(&p, FOLDER, "windows-x86", &err), 0);
	assert_int_equal(p.stack_bytes, 12288);
	assert_int_equal(p.frame_limit, 1024);
	assert_non_null(strstr(p.stack_why, "KERNEL_STACK_SIZE"));
	model_index(&p.model);
	cost = model_external_find(&p.model, "___chkstk_ms");
	assert_non_null(cost);
	assert_int_equal(cost->bytes, 12);
	assert_null(model_external_find(&p.model, "no_such_symbol"));
	platform_release(&p);
	assert_int_equal(platform_load(&p, "/nonexistent", FOLDER "/linux-arm64.json", &err), 0);
	assert_int_equal(p.stack_bytes, 16384);
	model_index(&p.model);
	assert_int_equal(model_external_find(&p.model, "memcpy")->bytes, 0);
	platform_release(&p);
}

/* What is known of a function stays: its cost is raised, what it does is not changed. */
static void the_verifier_raises_costs(void **state)
{
	struct platform p;
	struct error err = {0};
	struct model m = {0};
	const struct model_external *x;
	static const struct model_external known[] = {
		{.symbol = "Ke*", .bytes = 100, .noreturn = true, .why = "a test."},
		{.symbol = "IoQueueWorkItem", .bytes = 10, .why = "a test."},
	};

	(void)state;
	assert_int_equal(platform_load(&p, FOLDER, "windows-x64", &err), 0);
	assert_true(p.verifier.n > 10);
	assert_int_equal(verifier_bytes(&p, "ExAllocatePool2"), 96);
	assert_int_equal(verifier_bytes(&p, "no_such_symbol"), 0);
	for (size_t i = 0; i < 2; i++)
		*vec_push(&m.externals) = known[i];
	verifier_apply(&p, &m);
	model_index(&m);
	x = model_external_find(&m, "ExAllocatePool2");
	assert_int_equal(x->bytes, 96);
	assert_true(x->floor);
	x = model_external_find(&m, "KeWaitForSingleObject");
	assert_int_equal(x->bytes, 148);
	assert_true(x->floor && x->noreturn);
	assert_non_null(strstr(x->why, "a test. Under Driver Verifier: "));
	assert_int_equal(model_external_find(&m, "IoQueueWorkItem")->bytes, 58);
	assert_int_equal(model_external_find(&m, "KeOther")->bytes, 100);
	model_release(&m);
	platform_release(&p);
	assert_int_equal(platform_load(&p, FOLDER, "linux-x86_64", &err), 0);
	assert_int_equal(p.verifier.n, 0);
	assert_int_equal(p.stacks[STACK_INTERRUPT].bytes, 16384);
	assert_int_equal(p.stacks[STACK_INTERRUPT].percent, 25);
	assert_int_equal(p.stacks[STACK_THREAD].bytes, 0);
	platform_release(&p);
}

static void an_unknown_name_lists_the_known_ones(void **state)
{
	struct platform p;
	struct error err = {0};

	(void)state;
	assert_int_equal(platform_load(&p, FOLDER, "linux-vax", &err), -1);
	assert_int_equal(err.kind, ERROR_INPUT);
	assert_non_null(strstr(err.text, "linux-vax"));
	assert_non_null(strstr(err.text, "generic, linux-arm, linux-arm64"));
	assert_null(strstr(err.text, "schema"));
	assert_null(p.name);
}

#define HEAD  "{\"schema\": \"stackcheck-platform/1\", \"name\": \"test\", \"summary\": \"s\", "
#define STACK "\"stack\": {\"bytes\": 8192, \"why\": \"w\"}, "
#define REST                                                                                       \
	"\"budget\": {\"percent\": 50, \"why\": \"w\"}, \"frame_limit\": {\"bytes\": 9, \"why\": " \
	"\"w\"}, \"large_local\": {\"bytes\": 9, \"why\": \"w\"}, "
#define TAIL "\"externals\": []}"

static const struct bad_file {
	const char *text, *message;
} bad_files[] = {
	{HEAD STACK REST TAIL, NULL},
	{HEAD STACK REST "\"externals\": [{\"symbols\": [\"a\"], \"bytes\": 0, \"why\": \"w\"}]}",
	 NULL},
	{"", "test.json:1: not valid JSON"},
	{"{\n\n\"schema\": oops}", "test.json:3: not valid JSON"},
	{HEAD STACK REST TAIL " x", "not valid JSON"},
	{"[]", "not a JSON object"},
	{HEAD STACK REST "\"exernals\": []}", "unknown field \"exernals\""},
	{HEAD STACK REST "\"interrupts\": {\"bytes\": 8}}", "\"interrupts.why\" is missing"},
	{HEAD STACK REST "\"unknown_external\": {\"bytes\": 8, \"why\": \"w\"}, \"externals\": []}",
	 NULL},
	{HEAD STACK REST "\"include\": [\"nowhere.json\"]}", "nowhere.json"},
	{HEAD STACK REST
	 "\"stacks\": {\"interrupt\": {\"bytes\": 4096, \"percent\": 25, \"why\": \"w\"}}}",
	 NULL},
	{HEAD STACK REST "\"stacks\": []}", "field \"stacks\" is not an object"},
	{HEAD STACK REST "\"stacks\": {\"thread\": {}}}", "unknown field \"stacks.thread\""},
	{HEAD STACK REST "\"stacks\": {\"own\": {\"bytes\": 4096, \"why\": \"w\"}}}",
	 "\"stacks.own.percent\" is missing"},
	{HEAD STACK REST
	 "\"stacks\": {\"own\": {\"bytes\": 4096, \"percent\": 101, \"why\": \"w\"}}}",
	 "\"stacks.own.percent\" is not a whole number"},
	{HEAD STACK REST "\"verifier\": [{\"symbols\": [\"a\"], \"bytes\": 8, \"why\": \"w\"}]}",
	 NULL},
	{HEAD STACK REST "\"verifier\": {}}", "\"verifier\" is not a list"},
	{HEAD STACK REST "\"verifier\": [{\"symbols\": [\"a\"], \"bytes\": 0, \"why\": \"w\"}]}",
	 "\"verifier[0].bytes\" is not a whole number"},
	{HEAD STACK REST "\"verifier\": [{\"symbols\": [\"a\"], \"bytes\": 8}]}",
	 "\"verifier[0].why\" is missing"},
	{HEAD STACK REST "\"verifier\": [{\"symbols\": [], \"bytes\": 8, \"why\": \"w\"}]}",
	 "\"verifier[0].symbols\" is not a list"},
	{HEAD STACK REST "\"verifier\": [{\"symbols\": [\"a*\"], \"bytes\": 8, \"why\": \"w\"}]}",
	 "\"verifier[0].symbols\" holds a pattern"},
	{HEAD REST TAIL, "field \"stack\" is missing"},
	{HEAD STACK STACK REST TAIL, "field \"stack\" stands twice"},
	{HEAD "\"stack\": 8192, " REST TAIL, "field \"stack\" is not an object"},
	{HEAD "\"stack\": {\"bytes\": 8192}, " REST TAIL, "field \"stack.why\" is missing"},
	{HEAD "\"stack\": {\"bytes\": 8192, \"why\": \"\"}, " REST TAIL, "\"stack.why\" is empty"},
	{HEAD "\"stack\": {\"bytes\": 8192, \"why\": 1}, " REST TAIL,
	 "\"stack.why\" is not a string"},
	{HEAD "\"stack\": {\"bytes\": \"8192\", \"why\": \"w\"}, " REST TAIL,
	 "\"stack.bytes\" is not a whole number"},
	{HEAD "\"stack\": {\"bytes\": 0, \"why\": \"w\"}, " REST TAIL,
	 "\"stack.bytes\" is not a whole"},
	{HEAD "\"stack\": {\"bytes\": 1.5, \"why\": \"w\"}, " REST TAIL,
	 "\"stack.bytes\" is not a whole"},
	{HEAD "\"stack\": {\"bytes\": 1e300, \"why\": \"w\"}, " REST TAIL,
	 "\"stack.bytes\" is not a whole"},
	{HEAD "\"stack\": {\"bytes\": 1, \"why\": \"w\", \"note\": \"n\"}, " REST TAIL,
	 "unknown field \"stack.note\""},
	{HEAD STACK REST "\"externals\": {}}", "\"externals\" is not a list"},
	{HEAD STACK REST "\"externals\": [1]}", "\"externals[0]\" is not an object"},
	{HEAD STACK REST "\"externals\": [{\"symbols\": [\"a\"], \"bytes\": -1, \"why\": \"w\"}]}",
	 "\"externals[0].bytes\" is not a whole number"},
	{HEAD STACK REST "\"externals\": [{\"symbols\": [\"a\"], \"bytes\": 1}]}",
	 "\"externals[0].why\" is missing"},
	{HEAD STACK REST "\"externals\": [{\"symbols\": [], \"bytes\": 1, \"why\": \"w\"}]}",
	 "\"externals[0].symbols\" is not a list"},
	{HEAD STACK REST
	 "\"externals\": [{\"symbols\": [\"a\", \"a\"], \"bytes\": 1, \"why\": \"w\"}]}",
	 "names a, which stands there already"},
	{"{\"schema\": \"stackcheck-platform/2\", \"name\": \"test\", \"summary\": \"s\", " STACK
		 REST TAIL,
	 "field \"schema\" is not \"stackcheck-platform/1\""},
	{"{\"schema\": \"stackcheck-platform/1\", \"name\": \"x\", \"summary\": \"s\", " STACK REST
		 TAIL,
	 "field \"name\" is not the name of the file"},
};

static void bad_files_name_file_and_field(void **state)
{
	char folder[] = "/tmp/test_platform.XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/test.json", folder);
	for (size_t i = 0; i < sizeof(bad_files) / sizeof(bad_files[0]); i++) {
		const struct bad_file *bad = &bad_files[i];
		struct error err = {0};
		struct platform p;
		int rc;

		assert_int_equal(file_write_atomic(path, bad->text, strlen(bad->text), &err), 0);
		rc = platform_load(&p, folder, "test", &err);
		if (rc != (bad->message ? -1 : 0))
			fail_msg("case %zu: %s", i, err.text);
		if (bad->message && (!strstr(err.text, bad->message) || !strstr(err.text, path)))
			fail_msg("case %zu: %s", i, err.text);
		if (!rc)
			platform_release(&p);
	}
	unlink(path);
	rmdir(folder);
}

static void the_schema_agrees(void **state)
{
	/* Debian's own interpreter has the validator. */
	static const char command[] = "/usr/bin/python3 -c \"\n"
				      "import json, glob, jsonschema\n"
				      "d = '" FOLDER "/'\n"
				      "s = json.load(open(d + 'platform.schema.json'))\n"
				      "jsonschema.Draft202012Validator.check_schema(s)\n"
				      "n = 0\n"
				      "for f in glob.glob(d + '*.json'):\n"
				      "    if not f.endswith('.schema.json'):\n"
				      "        jsonschema.validate(json.load(open(f)), s); n += 1\n"
				      "s = json.load(open(d + 'models/model.schema.json'))\n"
				      "jsonschema.Draft202012Validator.check_schema(s)\n"
				      "for f in glob.glob(d + 'models/*.json'):\n"
				      "    if not f.endswith('.schema.json'):\n"
				      "        jsonschema.validate(json.load(open(f)), s); n += 1\n"
				      "assert n >= 11\n\"";
	int status;

	(void)state;
	if (system("/usr/bin/python3 -c 'import jsonschema' 2>/dev/null") != 0)
		skip();
	status = system(command);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void the_choice(void **state)
{
	static const struct {
		const char *triple;
		bool linux_like, windows_like;
		const char *platform;
	} cases[] = {
		{"i686-w64-mingw32", false, false, "windows-x86"},
		{"i686-w64-windows-gnu", false, false, "windows-x86"},
		{"i386-pc-windows-msvc", false, true, "windows-x86"},
		{"i686-pc-windows-msvc19.40.0", true, false, "windows-x86"},
		{"x86_64-w64-mingw32", false, true, "windows-x64"},
		{"x86_64-pc-windows-msvc", false, false, "windows-x64"},
		{"aarch64-pc-windows-msvc", false, false, "windows-arm64"},
		{"arm64ec-pc-windows-msvc", false, false, "windows-arm64"},
		{"thumbv7-pc-windows-msvc", false, true, "generic"},
		{"x86_64-linux-gnu", true, false, "linux-x86_64"},
		{"x86_64-pc-linux-gnu", true, false, "linux-x86_64"},
		{"i386-linux-gnu", true, false, "linux-i386"},
		{"i686-pc-linux-gnu", true, false, "linux-i386"},
		{"arm-linux-gnueabi", true, false, "linux-arm"},
		{"armv7-unknown-linux-gnueabihf", true, false, "linux-arm"},
		{"aarch64-linux-gnu", true, false, "linux-arm64"},
		{"aarch64_be-linux-gnu", true, false, "linux-arm64"},
		{"riscv64-unknown-linux-gnu", true, false, "linux-riscv64"},
		{"riscv32-unknown-linux-gnu", true, false, "generic"},
		{"s390x-linux-gnu", true, false, "generic"},
		{"x86_64-pc-linux-gnu", false, false, "generic"},
		{"x86_64-pc-linux-gnu", false, true, "windows-x64"},
		{"x86_64-pc-linux-gnu", true, true, "linux-x86_64"},
		{"aarch64-none-elf", false, false, "generic"},
		{"", false, false, "generic"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = platform_choose(cases[i].triple, cases[i].linux_like,
						  cases[i].windows_like);

		if (strcmp(got, cases[i].platform) != 0)
			fail_msg("%s: %s", cases[i].triple, got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shipped_platform_loads),
		cmocka_unit_test(numbers_arrive),
		cmocka_unit_test(the_verifier_raises_costs),
		cmocka_unit_test(an_unknown_name_lists_the_known_ones),
		cmocka_unit_test(bad_files_name_file_and_field),
		cmocka_unit_test(the_schema_agrees),
		cmocka_unit_test(the_choice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
