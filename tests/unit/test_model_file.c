/* Model files and the model part of platforms: strict reading, includes, precedence, what is written reads back. */
#include "base/file.h"
#include "rules/model_file.h"
#include "rules/model_write.h"
#include "rules/platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define FOLDER SOURCE_DIR "/rules/platforms"

/* A folder of its own for each test. */
struct place {
	char folder[64];
	struct arena a;
};

static int make_place(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	strcpy(p->folder, "/tmp/test_model.XXXXXX");
	*state = p;
	return mkdtemp(p->folder) ? 0 : -1;
}

static int remove_place(void **state)
{
	struct place *p = *state;
	static const char *const names[] = {"a.json", "b.json", "c.json", "d.json"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(arena_printf(&p->a, "%s/%s", p->folder, names[i]));
	rmdir(p->folder);
	arena_release(&p->a);
	free(p);
	return 0;
}

static const char *put(struct place *p, const char *name, const char *text)
{
	const char *path = arena_printf(&p->a, "%s/%s", p->folder, name);
	struct error err = {0};

	assert_int_equal(file_write_atomic(path, text, strlen(text), &err), 0);
	return path;
}

#define HEAD  "{\"schema\": \"stackcheck-model/1\", \"summary\": \"s\", "
#define ENTRY "\"context\": \"c\", \"stack\": \"thread\", \"why\": \"w\"}"

static const struct bad_file {
	const char *text, *message;
} bad_files[] = {
	{HEAD "\"externals\": []}", NULL},
	{HEAD "\"costs\": {\"why\": \"w\", \"exact\": {\"f\": 8}}}", NULL},
	{"[]", "not a JSON object"},
	{"{\"schema\": \"stackcheck-model/1\"}", "field \"summary\" is missing"},
	{"{\"schema\": \"stackcheck-model/9\", \"summary\": \"s\"}", "field \"schema\" is not"},
	{HEAD "\"stack\": {}}", "unknown field \"stack\""},
	{HEAD "\"include\": \"x\"}", "\"include\" is not a list"},
	{HEAD "\"include\": [\"missing.json\"]}", "missing.json"},
	{HEAD "\"externals\": [{\"symbols\": [\"f\"]}]}", "\"externals[0].why\" is missing"},
	{HEAD "\"externals\": [{\"symbols\": [\"f\"], \"why\": \"w\", \"floor\": true}]}",
	 "\"externals[0].floor\" has no \"bytes\""},
	{HEAD "\"externals\": [{\"symbols\": [\"f\"], \"why\": \"w\", \"noreturn\": 1}]}",
	 "\"externals[0].noreturn\" is neither true nor false"},
	{HEAD "\"externals\": [{\"symbols\": [\"f\"], \"why\": \"w\", \"reentry_depth\": 1}]}",
	 "has no \"reenters\""},
	{HEAD "\"externals\": [{\"symbols\": [\"f\"], \"why\": \"w\", \"reentry_needs\": \"g\"}]}",
	 "has no \"reenters\""},
	{HEAD "\"externals\": [{\"symbols\": [\"f\"], \"why\": \"w\", \"callbacks\": [1]}]}",
	 "\"externals[0].callbacks\" is not an object"},
	{HEAD "\"externals\": [{\"symbols\": [\"f\"], \"why\": \"w\", \"callbacks\": []}]}",
	 "is not a list of callbacks"},
	{HEAD "\"externals\": [{\"symbols\": [\"f\", \"f\"], \"why\": \"w\"}]}",
	 "names f, which stands there already"},
	{HEAD
	 "\"entries\": [{\"patterns\": [\"symbol:f\"], \"context\": \"c\", \"stack\": \"heap\", "
	 "\"why\": \"w\"}]}",
	 "\"entries[0].stack\" is not one of thread"},
	{HEAD "\"entries\": [{\"patterns\": [], " ENTRY "]}", "is not a list of patterns"},
	{HEAD "\"entries\": [{\"patterns\": [\"main\"], " ENTRY "]}",
	 "the pattern 'main' does not begin with field:"},
	{HEAD "\"entries\": [{\"patterns\": [\"symbol:f\"], \"size_argument\": 1, " ENTRY "]}",
	 "is for the stack \"segment\" only"},
	{HEAD "\"costs\": {\"exact\": {}}}", "\"costs.why\" is missing"},
	{HEAD "\"costs\": {\"why\": \"w\", \"exact\": {\"f\": -1}}}",
	 "\"costs.exact.f\" is not a whole"},
	{HEAD "\"costs\": {\"why\": \"w\", \"exact\": {\"f\": 1}, \"at_least\": {\"f\": 1}}}",
	 "names f, which stands there already"},
};

static void bad_files_name_file_and_field(void **state)
{
	for (size_t i = 0; i < sizeof(bad_files) / sizeof(bad_files[0]); i++) {
		const char *path = put(*state, "a.json", bad_files[i].text);
		struct error err = {0};
		struct model m = {0};
		int rc = model_file_load(&m, path, NULL, &err);

		if (rc != (bad_files[i].message ? -1 : 0))
			fail_msg("case %zu: %s", i, err.text);
		if (rc && (!strstr(err.text, bad_files[i].message) ||
			   !strstr(err.text, ((struct place *)*state)->folder)))
			fail_msg("case %zu: %s", i, err.text);
		model_release(&m);
	}
}

static void everything_arrives(void **state)
{
	const char *path = put(
		*state, "a.json",
		HEAD
		"\"externals\": [{\"symbols\": [\"walk\", \"tree_*\"], \"bytes\": 96, \"floor\": "
		"true, \"callbacks\": [{\"argument\": 1}, {\"argument\": 2, \"bytes\": 48}], "
		"\"reenters\": \"a,b\", \"reentry_needs\": \"c*\", \"reentry_depth\": 2, "
		"\"why\": \"w\"}], \"entries\": "
		"[{\"patterns\": [\"param:go#0\", \"role:DRIVER_DISPATCH\"], \"context\": "
		"\"callout\", \"stack\": \"segment\", \"size_argument\": 2, \"level\": \"low\", "
		"\"boundary\": false, \"why\": \"x\"}]}");
	const struct model_external *x;
	const struct model_entry *e;
	struct error err = {0};
	struct model m = {0};

	if (model_file_load(&m, path, NULL, &err))
		fail_msg("%s", err.text);
	model_index(&m);
	x = model_external_find(&m, "tree_walk");
	assert_ptr_not_equal(x, NULL);
	assert_int_equal(x->bytes, 96);
	assert_true(x->floor && !x->noreturn);
	assert_int_equal(x->n_callbacks, 2);
	assert_int_equal(x->callbacks[0].depth_bytes, BYTES_UNKNOWN);
	assert_int_equal(x->callbacks[1].depth_bytes, 48);
	assert_string_equal(x->reenters, "a,b");
	assert_string_equal(x->reentry_needs, "c*");
	assert_int_equal(x->reentry_depth, 2);
	assert_null(model_external_find(&m, "other"));
	e = model_entry_find(&m, "param:go#0@include/x.h");
	assert_non_null(e);
	assert_int_equal(e->stack, STACK_SEGMENT);
	assert_int_equal(e->size_argument, 2);
	assert_false(e->boundary);
	assert_string_equal(e->level, "low");
	assert_null(model_entry_find(&m, "param:go#01"));
	assert_non_null(model_entry_find(&m, "role:DRIVER_DISPATCH"));
	model_release(&m);
}

#define COST(bytes) "\"externals\": [{\"symbols\": [\"f\"], \"bytes\": " #bytes ", \"why\": \"w\"}]"
#define NAMED(c)                                                                                   \
	"\"entries\": [{\"patterns\": [\"symbol:f\"], \"context\": \"" c                           \
	"\", \"stack\": \"thread\", \"why\": \"w\"}]"

/* a includes b and c, b includes c and a: a circle that ends; a wins over b, b over c. */
static void a_file_wins_over_what_it_includes(void **state)
{
	struct error err = {0};
	struct model m = {0};
	const char *a;

	put(*state, "c.json", HEAD COST(3) ", " NAMED("c") "}");
	put(*state, "b.json",
	    HEAD "\"include\": [\"c.json\", \"a.json\"], " COST(2) ", " NAMED("b") "}");
	a = put(*state, "a.json", HEAD "\"include\": [\"b.json\", \"c.json\"], " NAMED("a") "}");
	if (model_file_load(&m, a, NULL, &err))
		fail_msg("%s", err.text);
	model_index(&m);
	assert_int_equal(m.externals.n, 2);
	assert_int_equal(model_external_find(&m, "f")->bytes, 2);
	assert_string_equal(model_entry_find(&m, "symbol:f")->context, "a");
	model_release(&m);
}

/* A file of the user's finds the shipped ones. */
static void shipped_files_can_be_included(void **state)
{
	const char *path = put(*state, "a.json", HEAD "\"include\": [\"models/linux.json\"]}");
	struct error err = {0};
	struct model m = {0};

	if (model_file_load(&m, path, FOLDER, &err))
		fail_msg("%s", err.text);
	assert_true(m.entries.n > 500);
	model_release(&m);
}

static void what_is_written_reads_back(void **state)
{
	struct costs costs = {0};
	struct buf text = {0};
	struct error err = {0};
	struct model m = {0};

	costs_add(&costs, "f", 96, false);
	costs_add(&costs, "odd\"\\\n", 8, false);
	costs_add(&costs, "g", 40, false);
	costs_add(&costs, "g", 16, true);
	model_write(&costs, "summary", "measured", &text);
	if (model_file_load(&m, put(*state, "a.json", buf_str(&text)), NULL, &err))
		fail_msg("%s", err.text);
	model_index(&m);
	assert_int_equal(m.externals.n, 3);
	assert_int_equal(model_external_find(&m, "f")->bytes, 96);
	assert_false(model_external_find(&m, "f")->floor);
	assert_int_equal(model_external_find(&m, "odd\"\\\n")->bytes, 8);
	assert_int_equal(model_external_find(&m, "g")->bytes, 40);
	assert_true(model_external_find(&m, "g")->floor);
	assert_string_equal(model_external_find(&m, "g")->why, "measured");
	model_release(&m);
	costs_release(&costs);
	buf_release(&text);
}

/* What the shipped platforms say of well-known places. */
static const struct {
	const char *platform, *text, *context;
	enum entry_stack stack;
	bool boundary;
} known_entries[] = {
	{"linux-x86_64", "field:struct file_operations.read_iter", "file operation", STACK_THREAD,
	 false},
	{"linux-x86_64", "param:request_irq#1@include/linux/interrupt.h", "interrupt handler",
	 STACK_INTERRUPT, true},
	{"linux-x86_64", "param:request_threaded_irq#2", "threaded interrupt handler", STACK_OWN,
	 true},
	{"linux-arm", "field:struct work_struct.func", "work item", STACK_WORKER, true},
	{"linux-arm64", "param:kthread_create_on_node#0", "kernel thread", STACK_OWN, true},
	{"linux-i386", "field:struct timer_list.function", "timer", STACK_DEFERRED, true},
	{"linux-riscv64", "field:struct hrtimer.function", "high-resolution timer", STACK_INTERRUPT,
	 true},
	{"linux-x86_64", "field:struct blk_mq_ops.queue_rq", "block queue operation", STACK_THREAD,
	 false},
	{"linux-x86_64", "field:struct blk_mq_ops.complete", "request completion", STACK_DEFERRED,
	 false},
	{"linux-x86_64", "param:init_task_work#1@include/linux/task_work.h", "task work",
	 STACK_THREAD, true},
	{"linux-x86_64", "symbol:init_module", "module initialisation", STACK_THREAD, false},
	{"linux-x86_64", "field:struct device_attribute.show", "attribute", STACK_THREAD, false},
	{"windows-x64", "field:struct _DRIVER_OBJECT.MajorFunction[3]", "dispatch routine",
	 STACK_THREAD, false},
	{"windows-x86", "field:struct _FAST_IO_DISPATCH.FastIoRead", "fast I/O routine",
	 STACK_THREAD, false},
	{"windows-x64", "param:IoQueueWorkItem#1", "work item", STACK_WORKER, true},
	{"windows-x64", "param:PsCreateSystemThread#5", "system thread", STACK_OWN, true},
	{"windows-x64", "param:KeInitializeDpc#1", "DPC routine", STACK_DEFERRED, true},
	{"windows-x64", "param:FsRtlPostStackOverflow#2", "overflow routine", STACK_WORKER, true},
	{"windows-x64", "param:FltQueueDeferredIoWorkItem#2", "work item", STACK_WORKER, true},
	{"windows-x64", "param:KeExpandKernelStackAndCalloutEx#0", "stack expansion callout",
	 STACK_SEGMENT, true},
	{"windows-x64", "field:struct _FLT_OPERATION_REGISTRATION.PostOperation",
	 "mini-filter completion callback", STACK_THREAD, false},
	{"windows-x64", "role:EVT_WDF_IO_QUEUE_IO_READ", "request handler", STACK_THREAD, false},
	{"windows-x64", "role:EVT_WDF_DPC", "DPC routine", STACK_DEFERRED, true},
	{"windows-x64", "role:KSERVICE_ROUTINE", "interrupt service routine", STACK_INTERRUPT,
	 true},
	{"windows-arm64", "field:struct _IO_STACK_LOCATION.CompletionRoutine", "completion routine",
	 STACK_THREAD, false},
	{"windows-x64", "symbol:DriverEntry", "driver entry", STACK_THREAD, false},
};

static void shipped_entries(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(known_entries) / sizeof(known_entries[0]); i++) {
		const struct model_entry *e;
		struct error err = {0};
		struct platform p;

		if (platform_load(&p, FOLDER, known_entries[i].platform, &err))
			fail_msg("%s", err.text);
		e = model_entry_find(&p.model, known_entries[i].text);
		if (!e)
			fail_msg("%s knows nothing of %s", p.name, known_entries[i].text);
		assert_string_equal(e->context, known_entries[i].context);
		assert_int_equal(e->stack, known_entries[i].stack);
		assert_int_equal(e->boundary, known_entries[i].boundary);
		assert_int_equal(e->size_argument, e->stack == STACK_SEGMENT ? 2 : -1);
		platform_release(&p);
	}
}

/* A context, or a slot that the entry's patterns take in. */
static bool is_entry_of(const struct model *m, const char *word)
{
	for (size_t i = 0; i < m->entries.n; i++)
		if (!strcmp(m->entries.v[i].context, word) ||
		    pattern_fits(m->entries.v[i].pattern, word))
			return true;
	return false;
}

/* Every context or slot that a function comes back into is one that an entry has. */
static void reentries_name_known_contexts(void **state)
{
	static const char *const names[] = {"linux-x86_64", "windows-x64"};
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct arena a = {0};
		struct error err = {0};
		struct platform p;

		assert_int_equal(platform_load(&p, FOLDER, names[i], &err), 0);
		for (size_t j = 0; j < p.model.externals.n; j++) {
			const struct model_external *x = &p.model.externals.v[j];
			char *list = x->reenters ? arena_strdup(&a, x->reenters) : NULL, *save;

			for (char *c = list ? strtok_r(list, ",", &save) : NULL; c;
			     c = strtok_r(NULL, ",", &save)) {
				if (!is_entry_of(&p.model, c))
					fail_msg("%s: %s comes back into '%s'", names[i], x->symbol,
						 c);
				n++;
			}
		}
		arena_release(&a);
		platform_release(&p);
	}
	assert_true(n > 50);
}

static void shipped_externals(void **state)
{
	const struct model_external *x;
	struct error err = {0};
	struct platform p;

	(void)state;
	assert_int_equal(platform_load(&p, FOLDER, "linux-x86_64", &err), 0);
	model_index(&p.model);
	assert_true(model_external_find(&p.model, "panic")->noreturn);
	x = model_external_find(&p.model, "__stack_chk_fail");
	assert_true(x->noreturn && x->bytes == 0);
	x = model_external_find(&p.model, "sort");
	assert_int_equal(x->n_callbacks, 2);
	assert_int_equal(x->callbacks[0].argument, 3);
	/* The more special pattern counts. */
	assert_true(model_external_find(&p.model, "__SCT__tp_func_ext4_error")->floor);
	assert_int_equal(model_external_find(&p.model, "__SCT__cond_resched")->bytes,
			 BYTES_UNKNOWN);
	assert_int_equal(p.interrupt_bytes, 168);
	platform_release(&p);
	assert_int_equal(platform_load(&p, FOLDER, "windows-x64", &err), 0);
	model_index(&p.model);
	x = model_external_find(&p.model, "IofCallDriver");
	assert_string_equal(x->reenters, "completion routine");
	assert_int_equal(x->reentry_depth, 1);
	assert_null(model_external_find(&p.model, "FltReadFile")->reenters);
	assert_int_equal(model_external_find(&p.model, "ExRaiseStatus")->bytes, 1384);
	assert_int_equal(p.interrupt_bytes, 0);
	platform_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bad_files_name_file_and_field, make_place,
						remove_place),
		cmocka_unit_test_setup_teardown(everything_arrives, make_place, remove_place),
		cmocka_unit_test_setup_teardown(a_file_wins_over_what_it_includes, make_place,
						remove_place),
		cmocka_unit_test_setup_teardown(shipped_files_can_be_included, make_place,
						remove_place),
		cmocka_unit_test_setup_teardown(what_is_written_reads_back, make_place,
						remove_place),
		cmocka_unit_test(shipped_entries),
		cmocka_unit_test(reentries_name_known_contexts),
		cmocka_unit_test(shipped_externals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
