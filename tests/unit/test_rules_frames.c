/* Rules about one frame: frame-limit, large-local, dynamic-frame, unmeasured. */
#include "rules/shared_room.h"
#include "rules_fixture.h"

static void frame_limit_warns_above_only(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};

	(void)state;
	fixture_unit(x, "a.c");
	fixture_func(x, "at_limit", "a.c", 1, 1024);
	fixture_func(x, "unknown", "a.c", 5, BYTES_UNKNOWN);
	fixture_func(x, "above", "a.c", 9, 1280);
	fixture_part(x, "buf", "char[800]", 800);
	fixture_check(x, "frame-limit", &out);
	assert_int_equal(out.v.n, 1);
	assert_int_equal(out.v.v[0].severity, SEVERITY_WARNING);
	assert_int_equal(out.v.v[0].func, 2);
	assert_int_equal(out.v.v[0].bytes, 1280);
	assert_int_equal(out.v.v[0].limit, 1024);
	assert_int_equal(out.v.v[0].loc.line, 9);
	assert_contains(out.v.v[0].message, "above uses 1,280 bytes of stack in its own frame, "
					    "256 bytes above the limit of 1,024 bytes");
	assert_contains(out.v.v[0].advice, "buf, char[800] with 800 bytes");
	findings_release(&out);
	fixture_free(x);
}

/* What is largest may have no name, or be no variable. */
static void frame_limit_names_the_largest_part(void **state)
{
	static const struct {
		enum part_kind kind;
		const char *name, *type;
		const char *words;
	} cases[] = {
		{PART_VARIABLE, "big", "struct s",
		 "Its largest variable is big, struct s with 900 bytes"},
		{PART_VARIABLE, NULL, "struct s",
		 "a temporary without a name, struct s with 900 bytes: a structure that is passed"},
		{PART_SPILL, NULL, NULL, "Its largest part, 900 bytes, is registers put aside"},
		{PART_ARGUMENTS, NULL, NULL,
		 "Its largest part, 900 bytes, is arguments of its calls"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture *x = fixture_new();
		struct findings out = {0};
		struct fact_part *part;

		fixture_unit(x, "a.c");
		fixture_func(x, "f", "a.c", 1, 2000);
		fixture_part(x, "buf", "char[800]", 800);
		part = fixture_part(x, cases[i].name, cases[i].type, 900);
		part->kind = cases[i].kind;
		part->counted = 900;
		fixture_check(x, "frame-limit", &out);
		assert_contains(out.v.v[0].advice, cases[i].words);
		findings_release(&out);
		fixture_free(x);
	}
}

/* Two variables of 300 and 200 bytes in one place, a third one beside them. */
static void variables_that_share_a_place(void **state)
{
	static const struct {
		uint32_t part;
		const char *words;
	} cases[] = {
		{0, " That alone frees 100 bytes: b of helper (200 bytes) and 1 other share the "
		    "place."},
		{1, " That alone frees nothing: a (300 bytes) and 1 other share the place."},
		{3, ""},
	};
	struct fixture *x = fixture_new();
	struct findings out = {0};
	struct fact_part *parts;

	(void)state;
	fixture_unit(x, "a.c");
	fixture_func(x, "f", "a.c", 1, 1200);
	fixture_part(x, "a", "char[300]", 300);
	fixture_part(x, "b", "char[200]", 200);
	fixture_part(x, "n", "int", 4);
	fixture_part(x, "c", "char[250]", 250);
	parts = x->units[0].parts.v;
	for (size_t i = 0; i < 4; i++) {
		parts[i].has_offset = true;
		parts[i].offset = i < 3 ? -400 : -700;
	}
	parts[1].declared_in = "helper";
	for (size_t i = 0; i < 3; i++) {
		const char *words =
			shared_room_words(&x->program, &out.arena, 0, &parts[cases[i].part]);

		assert_string_equal(words, cases[i].words);
	}
	fixture_check(x, "frame-limit", &out);
	assert_contains(out.v.v[0].advice, cases[0].words);
	findings_release(&out);
	fixture_free(x);
}

static const struct model_entry interrupt = {
	.context = "DPC routine", .stack = STACK_DEFERRED, .level = "DISPATCH_LEVEL"};
static const struct model_entry thread = {
	.context = "dispatch routine", .stack = STACK_THREAD, .level = "<= DISPATCH_LEVEL"};

static void set_entry(struct fixture *x, uint32_t func, const struct model_entry *model)
{
	x->funcs[func].is_entry = true;
	x->funcs[func].entry_model = model;
	x->funcs[func].entry_context = model->context;
}

/* dpc -> own, both -> shared; dispatch -> both: what a thread reaches too keeps the whole limit. */
static void interrupts_have_half_of_the_limits(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};

	(void)state;
	fixture_unit(x, "a.c");
	fixture_func(x, "dpc", "a.c", 1, 520);
	fixture_part(x, "a", "char[128]", 128);
	fixture_func(x, "own", "a.c", 11, 600);
	fixture_part(x, "b", "char[127]", 127);
	fixture_func(x, "shared", "a.c", 21, 700);
	fixture_part(x, "c", "char[200]", 200);
	fixture_func(x, "dispatch", "a.c", 31, 800);
	fixture_edge(x, 0, 1, CALL_DIRECT, 520);
	fixture_edge(x, 0, 2, CALL_DIRECT, 520);
	fixture_edge(x, 3, 2, CALL_DIRECT, 800);
	x->funcs[0].n_edges = 2;
	x->funcs[3].first_edge = 2;
	x->funcs[3].n_edges = 1;
	set_entry(x, 0, &interrupt);
	set_entry(x, 3, &thread);
	fixture_check(x, "frame-limit", &out);
	assert_int_equal(out.v.n, 2);
	assert_int_equal(out.v.v[0].func, 1);
	assert_int_equal(out.v.v[1].func, 0);
	assert_int_equal(out.v.v[0].limit, 512);
	assert_contains(out.v.v[0].message, "88 bytes above the limit of 512 bytes for what only "
					    "interrupts reach");
	findings_release(&out);
	memset(&out, 0, sizeof(out));
	fixture_check(x, "large-local", &out);
	assert_int_equal(out.v.n, 1);
	assert_int_equal(out.v.v[0].limit, 128);
	assert_contains(out.v.v[0].message, "on an interrupt's way");
	findings_release(&out);
	fixture_free(x);
}

static void frame_mismatch_weighs_who_is_lower(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};
	uint32_t unit;

	(void)state;
	fixture_unit(x, "a.c");
	fixture_func(x, "first", "a.c", 1, 100);
	unit = fixture_unit(x, "b.c");
	fixture_func(x, "f", "b.c", 3, 64);
	fixture_func(x, "g", "b.c", 7, 64);
	*vec_push(&x->units[unit].mismatches) = (struct fact_mismatch){0, CHECK_SU, 72, NULL};
	*vec_push(&x->units[unit].mismatches) = (struct fact_mismatch){1, CHECK_UNWIND, 56, NULL};
	*vec_push(&x->units[unit].mismatches) =
		(struct fact_mismatch){1, CHECK_CI, BYTES_UNKNOWN, "sink"};
	fixture_check(x, "frame-mismatch", &out);
	assert_int_equal(out.v.n, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct finding *f = &out.v.v[i];

		assert_int_equal(f->severity, f->limit == 56 ? SEVERITY_NOTE : SEVERITY_WARNING);
		assert_int_equal(f->func, f->limit == 72 ? 1 : 2);
		assert_contains(f->message, f->limit == 72 ? "the compiler's .su file says 72 bytes"
					    : f->limit == 56 ? "the unwind table says 56 bytes"
							     : "g calls sink according to");
	}
	findings_release(&out);
	fixture_free(x);
}

static void frame_limit_says_how_sure_it_is(void **state)
{
	static const struct {
		enum frame_kind kind;
		const char *words;
	} cases[] = {
		{FRAME_BOUNDED, "uses up to"},
		{FRAME_DYNAMIC, "uses at least"},
		{FRAME_UNMEASURED, "uses at least"},
		{FRAME_ESTIMATED, "uses an estimated"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture *x = fixture_new();
		struct findings out = {0};

		fixture_unit(x, "a.c");
		fixture_func(x, "f", "a.c", 1, 2000);
		x->facts[0].frame_kind = cases[i].kind;
		fixture_check(x, "frame-limit", &out);
		assert_int_equal(out.v.n, 1);
		assert_contains(out.v.v[0].message, cases[i].words);
		findings_release(&out);
		fixture_free(x);
	}
}

static void copies_from_a_header_are_one_finding(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};

	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		fixture_unit(x, i == 0 ? "a.c" : i == 1 ? "b.c" : "c.c");
		fixture_func(x, "helper", "h.h", 7, 1100 + (i == 1 ? 100 : 0));
		x->facts[i].linkage = LINKAGE_STATIC;
	}
	fixture_func(x, "helper", "c.c", 7, 1100);
	fixture_check(x, "frame-limit", &out);
	assert_int_equal(out.v.n, 2);
	assert_int_equal(out.v.v[0].bytes, 1200);
	assert_int_equal(out.v.v[0].func, 1);
	assert_contains(out.v.v[0].message, "(in 3 units)");
	assert_null(strstr(out.v.v[1].message, "units"));
	findings_release(&out);
	fixture_free(x);
}

static void large_local_names_type_and_share(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};
	struct fact_part *part;

	(void)state;
	fixture_unit(x, "a.c");
	fixture_func(x, "f", "a.c", 1, 640);
	fixture_part(x, "buf", "char[256]", 256);
	fixture_part(x, "small", "char[255]", 255);
	part = fixture_part(x, "scalar", "__int128", 512);
	part->aggregate = false;
	part = fixture_part(x, NULL, NULL, 512);
	part->kind = PART_SPILL;
	fixture_check(x, "large-local", &out);
	assert_int_equal(out.v.n, 1);
	assert_string_equal(
		out.v.v[0].message,
		"variable buf, char[256] takes 256 bytes, 40 % of the 640-byte frame of f");
	assert_int_equal(out.v.v[0].loc.line, 2);
	assert_int_equal(out.v.v[0].limit, 256);
	assert_string_equal(out.v.v[0].subject, "f:buf");
	assert_contains(out.v.v[0].advice, "STATUS_INSUFFICIENT_RESOURCES");
	findings_release(&out);
	fixture_free(x);
}

static const struct model_entry device = {
	.context = "interrupt service routine", .stack = STACK_INTERRUPT, .level = "DIRQL"};
static const struct model_entry passive = {
	.context = "driver unload", .stack = STACK_THREAD, .level = "PASSIVE_LEVEL"};
static const struct model_entry hardirq = {
	.context = "interrupt handler", .stack = STACK_INTERRUPT, .level = "hardirq"};
static const struct model_entry softirq = {
	.context = "timer", .stack = STACK_DEFERRED, .level = "softirq"};
static const struct model_entry process = {
	.context = "attribute", .stack = STACK_THREAD, .level = "process"};
static const struct model_entry block = {
	.context = "block device operation", .stack = STACK_THREAD, .level = "process"};

/* What the advice says for one variable in one place. */
static void advice_fits_the_place(void **state)
{
	static const struct {
		const char *platform;
		const struct model_entry *entry;
		const char *how, *section, *type, *declared_in;
		const char *words, *not;
	} cases[] = {
		{"windows-x64", &passive, NULL, "PAGE", "UCHAR[300]", NULL, "POOL_FLAG_PAGED",
		 "lookaside"},
		{"windows-x64", &thread, "field:struct _DRIVER_OBJECT.MajorFunction[4]", "PAGE",
		 "WCHAR[300]", NULL,
		 "POOL_FLAG_NON_PAGED) (the code is pageable, but may run to "
		 "write pages out)",
		 "lookaside"},
		{"windows-x64", &thread, NULL, NULL, "UCHAR[300]", NULL,
		 "lookaside list in non-paged pool", "ExAllocatePool2"},
		{"windows-x64", &thread, NULL, "PAGEFOO", "UCHAR[300]", NULL,
		 "lookaside list in paged pool", NULL},
		{"windows-x64", &passive, NULL, NULL, "UCHAR[300]", NULL,
		 "POOL_FLAG_NON_PAGED) (or paged pool if it runs below DISPATCH_LEVEL only",
		 "lookaside"},
		{"windows-x64", &device, NULL, NULL, "UCHAR[300]", NULL,
		 "member of the device extension", "ExAllocate"},
		{"windows-x64", &passive, NULL, NULL, "WCHAR[260]", NULL,
		 "Keep a buffer of the common length", NULL},
		{"windows-x64", &passive, NULL, NULL, "UCHAR[300]", "helper",
		 "Or mark helper DECLSPEC_NOINLINE: then the bytes are taken only while it runs",
		 NULL},
		{"windows-x64", &passive, NULL, NULL, "const ULONG[75]", NULL, "static const",
		 "pool"},
		{"linux-x86_64", &process, NULL, NULL, "u8[300]", NULL,
		 "kmalloc(GFP_KERNEL) (GFP_ATOMIC under a spinlock)", "devm"},
		{"linux-x86_64", &process, "field:struct pci_driver.probe", NULL, "u8[300]", NULL,
		 "devm_kzalloc()", "GFP_ATOMIC"},
		{"linux-x86_64", &softirq, NULL, NULL, "u8[300]", NULL, "kmalloc(GFP_ATOMIC)",
		 "GFP_KERNEL"},
		{"linux-x86_64", &hardirq, NULL, NULL, "u8[300]", NULL,
		 "member of the device's structure", "GFP_KERNEL"},
		{"linux-x86_64", &process, "field:struct address_space_operations.writepages", NULL,
		 "u8[300]", NULL, "kmalloc(GFP_NOFS)", "GFP_KERNEL"},
		{"linux-x86_64", &process, "field:struct blk_mq_ops.queue_rq", NULL, "u8[300]",
		 NULL, "kmalloc(GFP_NOIO)", "GFP_KERNEL"},
		{"linux-x86_64", &process, NULL, NULL, "char[4096]", NULL, "__getname()", NULL},
		{"linux-x86_64", &softirq, NULL, NULL, "char[4096]", NULL,
		 "kmalloc(GFP_ATOMIC) longer ones", "__getname()"},
		{"linux-x86_64", &block, "field:struct block_device_operations.submit_bio", NULL,
		 "u8[300]", NULL, "kmem_cache or mempool with GFP_NOIO", NULL},
		{"linux-x86_64", &block, "field:struct block_device_operations.ioctl", NULL,
		 "u8[300]", NULL, "kmalloc(GFP_KERNEL)", "often"},
		{"linux-x86_64", &process, NULL, NULL, "u8[300]", "helper", "noinline_for_stack",
		 NULL},
		{"linux-x86_64", &process, NULL, NULL, "const char *[75]", NULL, "kmalloc",
		 "static const"},
		{"linux-x86_64", &process, NULL, NULL, "const char *const[75]", NULL,
		 "static const", "kmalloc"},
		{"generic", NULL, NULL, NULL, "u8[300]", NULL, "Allocate it, check the result",
		 "kmalloc"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct platform platform = {.name = cases[i].platform};
		struct fixture *x = fixture_new();
		struct rule_input in = fixture_input(x);
		struct findings out = {0};
		struct fact_part *part;

		in.platform = &platform;
		fixture_unit(x, "a.c");
		fixture_func(x, "f", "a.c", 1, 700);
		part = fixture_part(x, "v", cases[i].type, 300);
		if (cases[i].declared_in)
			part->declared_in = cases[i].declared_in;
		x->facts[0].section = cases[i].section;
		if (cases[i].entry)
			set_entry(x, 0, cases[i].entry);
		x->funcs[0].entry_how = cases[i].how;
		rule_find("large-local")->check(&in, &out);
		assert_int_equal(out.v.n, 1);
		assert_contains(out.v.v[0].advice, cases[i].words);
		if (cases[i].not&&strstr(out.v.v[0].advice, cases[i].not))
			fail_msg("\"%s\" is in \"%s\"", cases[i].not, out.v.v[0].advice);
		findings_release(&out);
		fixture_free(x);
	}
}

/* A driver that allocates the old way is built for a target that may lack the new one. */
static void advice_knows_old_pool(void **state)
{
	struct program_external externals[] = {{.symbol = "ExAllocatePoolWithTag"},
					       {.symbol = "__imp_ExAllocatePool2"}};
	struct fixture *x = fixture_new();
	struct findings out = {0};

	(void)state;
	fixture_unit(x, "a.c");
	fixture_func(x, "f", "a.c", 1, 700);
	fixture_part(x, "v", "UCHAR[300]", 300);
	x->facts[0].marks = 1u << MARK_PAGED;
	x->program.externals = externals;
	x->program.n_externals = 1;
	fixture_check(x, "large-local", &out);
	assert_contains(out.v.v[0].advice, "ExAllocatePoolWithTag(PagedPool)");
	findings_release(&out);
	memset(&out, 0, sizeof(out));
	x->program.n_externals = 2;
	fixture_check(x, "large-local", &out);
	assert_contains(out.v.v[0].advice, "ExAllocatePool2(POOL_FLAG_PAGED)");
	findings_release(&out);
	fixture_free(x);
}

static void large_local_tells_its_share_of_paths(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};

	(void)state;
	fixture_unit(x, "a.c");
	fixture_func(x, "top", "a.c", 1, 3000);
	fixture_part(x, "v", "UCHAR[800]", 800);
	fixture_func(x, "leaf", "a.c", 9, 1000);
	fixture_edge(x, 0, 1, CALL_DIRECT, 3000);
	x->funcs[0].n_edges = 1;
	x->funcs[0].is_entry = true;
	x->depth[0] = (struct depth){.bytes = 4000, .possible_bytes = 4000, .via = 0};
	fixture_check(x, "large-local", &out);
	assert_int_equal(out.v.n, 1);
	assert_contains(out.v.v[0].message,
			"; 20 % of the 4,000-byte path from top, which is above the budget");
	findings_release(&out);
	fixture_free(x);
}

/* One declaration, inlined into two frames of one unit, is one thing to mend. */
static void large_local_knows_inlined_functions(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};

	(void)state;
	fixture_unit(x, "a.c");
	for (uint32_t i = 0; i < 2; i++) {
		struct fact_part *part;

		fixture_func(x, i ? "g" : "f", "a.c", 10 + 10 * i, 600);
		part = fixture_part(x, "name", "char[300]", 300);
		part->declared_in = "helper";
		part->loc = (struct fact_loc){"h.h", 3, 7};
	}
	fixture_check(x, "large-local", &out);
	assert_int_equal(out.v.n, 1);
	assert_contains(out.v.v[0].message, "char[300] of the inlined function helper takes");
	assert_contains(out.v.v[0].message, "(and in 1 other function)");
	assert_string_equal(out.v.v[0].loc.file, "h.h");
	findings_release(&out);
	fixture_free(x);
}

static void large_local_says_estimated(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};

	(void)state;
	fixture_unit(x, "a.c");
	fixture_func(x, "f", "a.c", 1, 600);
	x->facts[0].frame_kind = FRAME_ESTIMATED;
	fixture_part(x, "buf", "char[500]", 500);
	fixture_func(x, "g", "a.c", 20, BYTES_UNKNOWN);
	x->facts[1].frame_kind = FRAME_UNMEASURED;
	fixture_part(x, "buf", "char[400]", 400);
	fixture_check(x, "large-local", &out);
	assert_int_equal(out.v.n, 2);
	assert_contains(out.v.v[0].message, "500 bytes, in f, estimated from the source");
	assert_contains(out.v.v[1].message, "400 bytes, in g, whose frame is not measured");
	findings_release(&out);
	fixture_free(x);
}

static void dynamic_frame_tells_bounded_from_unlimited(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};
	struct fact_part *part;

	(void)state;
	fixture_unit(x, "a.c");
	fixture_func(x, "vla", "a.c", 1, 80);
	x->facts[0].frame_kind = FRAME_DYNAMIC;
	x->facts[0].frame_note = "SP is lowered by a register at 0x12";
	part = fixture_part(x, "data", NULL, 0);
	part->kind = PART_DYNAMIC;
	fixture_func(x, "limited", "a.c", 9, 336);
	x->facts[1].frame_kind = FRAME_BOUNDED;
	part = fixture_part(x, NULL, NULL, 0);
	part->kind = PART_DYNAMIC;
	part->in_loop = true;
	fixture_part(x, "fixed", "char[80]", 80)->counted = 80;
	/* Rounded down only: nothing in it is sized at run time. */
	fixture_func(x, "realigned", "a.c", 15, 336);
	x->facts[2].frame_kind = FRAME_BOUNDED;
	fixture_func(x, "fixed", "a.c", 19, 336);
	fixture_check(x, "dynamic-frame", &out);
	assert_int_equal(out.v.n, 2);
	assert_int_equal(out.v.v[0].severity, SEVERITY_WARNING);
	assert_string_equal(
		out.v.v[0].message,
		"the frame of vla has a part sized at run time (data), 80 bytes of it are "
		"fixed: SP is lowered by a register at 0x12");
	assert_int_equal(out.v.v[0].loc.line, 2);
	assert_int_equal(out.v.v[1].severity, SEVERITY_NOTE);
	assert_contains(out.v.v[1].message, "of at most 256 bytes, with which the frame is 336 "
					    "bytes, and it is taken again on every turn of a loop");
	assert_contains(out.v.v[1].advice, "once before the loop");
	findings_release(&out);
	fixture_free(x);
}

static void unmeasured_gives_one_note_a_unit(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};

	(void)state;
	fixture_unit(x, "a.c#2");
	*vec_push(&x->units[0].problems) = "a.c:3: 'x.h' file not found";
	for (uint32_t i = 0; i < 3; i++) {
		fixture_func(x, i == 0 ? "f" : i == 1 ? "g" : "h", "a.c", 10 * i + 1, 64);
		x->facts[i].frame_kind = FRAME_ESTIMATED;
	}
	fixture_unit(x, "b.c");
	fixture_func(x, "odd", "b.c", 5, BYTES_UNKNOWN);
	x->facts[3].frame_kind = FRAME_UNMEASURED;
	x->facts[3].frame_note = "SP is loaded from memory at 0x40";
	fixture_func(x, "fine", "b.c", 15, 64);
	fixture_check(x, "unmeasured", &out);
	assert_int_equal(out.v.n, 2);
	assert_int_equal(out.v.v[0].severity, SEVERITY_WARNING);
	assert_contains(out.v.v[0].message,
			"frame of odd could not be measured, no byte of it is known: "
			"SP is loaded from memory at 0x40");
	assert_int_equal(out.v.v[1].severity, SEVERITY_NOTE);
	assert_int_equal(out.v.v[1].func, 0);
	assert_string_equal(out.v.v[1].loc.file, "a.c");
	assert_int_equal(out.v.v[1].loc.line, 3);
	assert_string_equal(
		out.v.v[1].message,
		"the frames of 3 functions in this unit are estimated from the source, as it "
		"did not compile: 'x.h' file not found");
	findings_release(&out);
	fixture_free(x);
}

static void unmeasured_points_at_the_problem(void **state)
{
	static const struct {
		const char *problem, *file;
		uint32_t line;
		const char *message;
	} cases[] = {
		{"b/h.h:12: unknown type name 'foo'", "b/h.h", 12,
		 "functions in b/a.c are estimated from the source, as it did not compile: unknown "
		 "type"},
		{"code generation failed", "b/a.c", 0, "did not compile: code generation failed"},
		{"C: no number", "b/a.c", 0, "did not compile: C: no number"},
		{":3: no file", "b/a.c", 0, "did not compile: :3: no file"},
		{"a.c:99999999999: far", "b/a.c", 0, "did not compile: a.c:99999999999: far"},
		{NULL, "b/a.c", 0, "as it did not compile"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture *x = fixture_new();
		struct findings out = {0};

		fixture_unit(x, "b/a.c");
		if (cases[i].problem)
			*vec_push(&x->units[0].problems) = cases[i].problem;
		fixture_func(x, "f", "b/a.c", 1, 64);
		fixture_func(x, "g", "b/a.c", 5, 64);
		x->facts[0].frame_kind = FRAME_ESTIMATED;
		x->facts[1].frame_kind = FRAME_ESTIMATED;
		fixture_check(x, "unmeasured", &out);
		assert_int_equal(out.v.n, 1);
		assert_string_equal(out.v.v[0].loc.file, cases[i].file);
		assert_int_equal(out.v.v[0].loc.line, cases[i].line);
		assert_contains(out.v.v[0].message, cases[i].message);
		findings_release(&out);
		fixture_free(x);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frame_limit_warns_above_only),
		cmocka_unit_test(frame_limit_says_how_sure_it_is),
		cmocka_unit_test(frame_limit_names_the_largest_part),
		cmocka_unit_test(variables_that_share_a_place),
		cmocka_unit_test(interrupts_have_half_of_the_limits),
		cmocka_unit_test(frame_mismatch_weighs_who_is_lower),
		cmocka_unit_test(copies_from_a_header_are_one_finding),
		cmocka_unit_test(large_local_names_type_and_share),
		cmocka_unit_test(advice_fits_the_place),
		cmocka_unit_test(advice_knows_old_pool),
		cmocka_unit_test(large_local_tells_its_share_of_paths),
		cmocka_unit_test(large_local_knows_inlined_functions),
		cmocka_unit_test(large_local_says_estimated),
		cmocka_unit_test(dynamic_frame_tells_bounded_from_unlimited),
		cmocka_unit_test(unmeasured_gives_one_note_a_unit),
		cmocka_unit_test(unmeasured_points_at_the_problem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
