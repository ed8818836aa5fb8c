/* Calls of real machine code with what the source says of them: inlining chains, slots, arguments. */
#include "ast_fixture.h"

#include "extract/extract.h"

#include <dirent.h>

struct measured {
	struct unit unit;
	struct facts facts;
};

static void remove_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char name[2048];

		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (entry->d_name[0] != '.')
			unlink(name);
	}
	closedir(dir);
	rmdir(path);
}

static void measure(struct measured *m, const char *source)
{
	char scratch[] = BINARY_DIR "/scratch-XXXXXX";
	void *tools = extract_tools_open();

	*m = (struct measured){0};
	unit_open(&m->unit, "x86_64-linux-gnu");
	unit_write(&m->unit, "a.c", source);
	m->unit.argv[m->unit.job.argc++] = "-O2";
	assert_non_null(mkdtemp(scratch));
	if (extract_unit(&m->unit.job, scratch, tools, &m->facts, &m->unit.err))
		fail_msg("%s", m->unit.err.text);
	assert_int_equal(m->facts.status, UNIT_OK);
	facts_sort(&m->facts);
	extract_tools_close(tools);
	remove_folder(scratch);
}

static void finish(struct measured *m)
{
	facts_release(&m->facts);
	unit_close(&m->unit);
}

static void print_args(const struct facts *f, size_t call, struct buf *b)
{
	for (size_t i = 0; i < f->args.n; i++) {
		const struct fact_arg *a = &f->args.v[i];

		if (a->call != call)
			continue;
		buf_printf(b, " %u:", a->position);
		if (a->text)
			buf_puts(b, a->text);
		else if (a->kind == ARG_PARAM)
			buf_printf(b, "#%u%+d", a->number, (int)a->value);
		else
			buf_printf(b, "%d", (int)a->value);
	}
}

/* A line a call: function, callee or slot, chain, arguments. */
static void expect_measured(const char *source, const char *expected)
{
	struct buf b = {0};
	struct measured m;

	measure(&m, source);
	for (size_t i = 0; i < m.facts.calls.n; i++) {
		const struct fact_call *c = &m.facts.calls.v[i];

		buf_printf(&b, "%s %s", m.facts.funcs.v[c->func].symbol,
			   c->callee ? c->callee
			   : c->slot ? c->slot
				     : "?");
		if (c->chain)
			buf_printf(&b, " {%s in %s}", c->within, c->chain);
		print_args(&m.facts, i, &b);
		buf_putc(&b, '\n');
	}
	assert_string_equal(buf_str(&b), expected);
	buf_release(&b);
	finish(&m);
}

static void chains(void **state)
{
	(void)state;
	expect_measured("void ext(int);\n"
			"static inline void inner(int a) { ext(a); }\n"
			"static inline void middle(int a)\n"
			"{\n"
			"	inner(a + 1);\n"
			"}\n"
			"void outer(int a) {\n"
			"	middle(a); ext(a); inner(7);\n"
			"}\n",
			"outer ext {inner in middle:5:2<outer:8:2} 0:#0+0\n"
			"outer ext 0:#0+0\n"
			"outer ext {inner in outer:8:21} 0:7\n");
}

static void arguments_by_place_and_callee(void **state)
{
	(void)state;
	expect_measured("void one(int), two(int);\n"
			"#define BOTH(n) do { one(n); two((n) + 1); } while (0)\n"
			"#define TWICE(n, m) do { one(n); one(m); } while (0)\n"
			"void f(void) {\n"
			"	BOTH(1);\n"
			"	TWICE(3, 4);\n"
			"}\n",
			"f one 0:1\nf two 0:2\nf one 0:3\nf one 0:4\n");
}

/* Unrolled, a call stands there several times, and all of them are the one in the source. */
static void copies_of_one_call(void **state)
{
	(void)state;
	expect_measured("void one(int, int);\n"
			"void f(int a) {\n"
			"	for (int i = 0; i < 3; i++)\n"
			"		one(5, a);\n"
			"}\n",
			"f one 0:5 1:#0+0\nf one 0:5 1:#0+0\nf one 0:5 1:#0+0\n");
}

static void several_pointers_at_one_place(void **state)
{
	(void)state;
	expect_measured("struct ops { void (*a)(int), (*b)(int); };\n"
			"#define BOTH(o) do { (o)->a(1); (o)->b(2); } while (0)\n"
			"void f(struct ops *o) {\n"
			"	BOTH(o); o->b(3); o->a(4);\n"
			"}\n",
			"f field:struct ops.a@a.c|field:struct ops.b@a.c\n"
			"f field:struct ops.a@a.c|field:struct ops.b@a.c\n"
			"f field:struct ops.b@a.c 0:3\n"
			"f field:struct ops.a@a.c 0:4\n");
}

/* Merged calls of two functions of which nothing else is left have no line; both slots are possible. */
static void merged_calls(void **state)
{
	(void)state;
	expect_measured("struct ops { int (*rd)(void *), (*wr)(void *); };\n"
			"static inline int rd(struct ops *o, void *p) { return o->rd(p); }\n"
			"static inline int wr(struct ops *o, void *p) { return o->wr(p); }\n"
			"int f(struct ops *o, void *p, int c) {\n"
			"	int r;\n"
			"	if (c)\n"
			"		r = wr(o, p);\n"
			"	else\n"
			"		r = rd(o, p);\n"
			"	return r + 1;\n"
			"}\n",
			"f field:struct ops.wr@a.c|field:struct ops.rd@a.c\n");
}

/* `call *sink@GOTPCREL(%rip)`, and a register that holds the address: the source says whom they call. */
static void pointers_of_the_code_alone(void **state)
{
	(void)state;
	expect_measured("__attribute__((noplt)) void sink(int);\n"
			"void f(int a) {\n"
			"	sink(a);\n"
			"	sink(2);\n"
			"}\n",
			"f sink 0:#0+0\nf sink 0:2\n");
}

/* What a function does with a pointer counts when the compiler has put its result where it was called and nothing of it is
   left: another one may read the place. */
static void flows_of_bodies_that_are_gone(void **state)
{
	struct measured m;

	(void)state;
	measure(&m, "typedef void (*fn)(void); fn g; void x(void);\n"
		    "static fn choose(fn f) { return f; }\n"
		    "void f(void) { g = choose(x); }\n");
	assert_int_equal(m.facts.funcs.n, 1);
	assert_int_equal(m.facts.flows.n, 2);
	assert_string_equal(m.facts.flows.v[0].from, "param:choose#0@a.c");
	assert_string_equal(m.facts.flows.v[1].to, "var:g");
	finish(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains),
		cmocka_unit_test(arguments_by_place_and_callee),
		cmocka_unit_test(copies_of_one_call),
		cmocka_unit_test(several_pointers_at_one_place),
		cmocka_unit_test(merged_calls),
		cmocka_unit_test(pointers_of_the_code_alone),
		cmocka_unit_test(flows_of_bodies_that_are_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
