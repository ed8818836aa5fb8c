/* What calls pass, and the tables that calls through pointers read from. */
#include "ast_fixture.h"

#define OPS                                                                                        \
	"typedef int (*fn)(int); struct ops { fn a, b; };\n"                                       \
	"int x(int), y(int);\n"

static void print_arg(struct buf *b, const struct fact_arg *a)
{
	buf_printf(b, "%u:", a->position);
	switch (a->kind) {
	case ARG_FUNCTION: buf_printf(b, "function=%s", a->text); break;
	case ARG_PARAM: buf_printf(b, "param=%u%+d", a->number, (int)a->value); break;
	case ARG_VALUE: buf_printf(b, "value=%d", (int)a->value); break;
	case ARG_SLOT: buf_printf(b, "slot=%s", a->text); break;
	case ARG_OBJECT: buf_printf(b, "object=%s", a->text); break;
	}
}

/* A line a call: what is called, then what is known of its arguments. */
static void expect_args(const char *source, const char *expected)
{
	struct buf b = {0};
	struct unit u;

	unit_read(&u, source);
	for (size_t i = 0; i < u.ast.calls.n; i++) {
		const struct ast_call *c = &u.ast.calls.v[i];

		buf_puts(&b, c->callee ? c->callee : c->slot ? c->slot : "?");
		for (size_t k = 0; k < u.ast.args.n; k++) {
			if (u.ast.args.v[k].call != i)
				continue;
			buf_putc(&b, ' ');
			print_arg(&b, &u.ast.args.v[k]);
		}
		buf_putc(&b, '\n');
	}
	assert_string_equal(buf_str(&b), expected);
	buf_release(&b);
	unit_close(&u);
}

/* A line an indirect call: slot, table's slot, object. */
static void expect_tables(const char *source, const char *expected)
{
	struct buf b = {0};
	struct unit u;

	unit_read(&u, source);
	for (size_t i = 0; i < u.ast.calls.n; i++) {
		const struct ast_call *c = &u.ast.calls.v[i];

		if (!c->callee)
			buf_printf(&b, "%s via %s of %s\n", c->slot ? c->slot : "?",
				   c->via ? c->via : "-", c->object ? c->object : "-");
	}
	assert_string_equal(buf_str(&b), expected);
	buf_release(&b);
	unit_close(&u);
}

static void values(void **state)
{
	(void)state;
	expect_args(OPS "enum { TEN = 10 }; void h(long, unsigned, char); void each(fn, void *);\n"
			"void f(int depth, unsigned n, fn cb, struct ops *o) {\n"
			"	h(depth + 1, TEN, 'a'); h(n - 2, sizeof(int) * 2, (char)-1); "
			"h(depth * 2, o != 0, n);\n"
			"	each(x, (void *)y); each(cb, o); each(o->a, 0); each(depth ? x : "
			"y, &o); }\n",
		    "h 0:param=0+1 1:value=10 2:value=97\n"
		    "h 0:param=1-2 1:value=8 2:value=-1\n"
		    "h 2:param=1+0\n"
		    "each 0:function=x 1:function=y\n"
		    "each 0:param=2+0 1:slot=param:f#3\n"
		    "each 0:slot=field:struct ops.a@a.c\n"
		    "each\n");
}

/* A parameter that is changed anywhere in its function is not what the caller gave. */
static void changed_parameters(void **state)
{
	(void)state;
	expect_args(OPS "void h(int), each(fn), by(int *);\n"
			"void f(int a, int b, int c, int d, int e, fn cb) { h(a); h(b); h(c); "
			"h(d); h(e); each(cb);\n"
			"	a = 1; b++; c += 2; by(&d); cb = cb ? cb : x; }\n",
		    "h\nh\nh\nh\nh 0:param=4+0\neach 0:slot=param:f#5\nby\n");
}

static void objects(void **state)
{
	(void)state;
	expect_args(OPS "struct work { long a, b, c, d; fn run; }; struct work w, ws[2]; static "
			"struct ops own;\n"
			"void queue(int, struct work *), reg(const struct ops *); struct plain { "
			"int i; } p;\n"
			"void see(struct plain *);\n"
			"void f(struct work *q) { struct work l; queue(1, &w); queue(2, ws); "
			"queue(3, &ws[1]);\n"
			"	queue(4, &l); queue(5, q); reg(&own); see(&p); }\n",
		    "queue 0:value=1 1:object=var:w\n"
		    "queue 0:value=2 1:object=var:ws\n"
		    "queue 0:value=3 1:object=var:ws\n"
		    "queue 0:value=4 1:object=local:f.l\n"
		    "queue 0:value=5\n"
		    "reg 0:object=var:own@a.c\n"
		    "see\n");
}

static void indirect_and_variable_arguments(void **state)
{
	(void)state;
	expect_args(
		OPS
		"struct ops one; void (*via)(fn, int, const struct ops *); void more(int, ...);\n"
		"void f(int n) { via(x, n, &one); more(1, y, 2); }\n",
		"var:via 0:function=x 1:param=0+0 2:object=var:one\n"
		"more 0:value=1 1:function=y 2:value=2\n");
}

static void not_evaluated(void **state)
{
	(void)state;
	expect_args(OPS "int h(fn); int f(void) { return sizeof(h(x)) + (int)(typeof(h(y)))0; }\n",
		    "");
}

static void tables(void **state)
{
	(void)state;
	expect_tables(
		OPS "struct dev { const struct ops *ops, *list[2]; struct ops own; long id[9]; };\n"
		    "struct dev d; static struct ops arr[3]; struct ops one; const struct ops "
		    "*get(struct dev *);\n"
		    "void f(struct dev *p, const struct ops *o, int i) {\n"
		    "	p->ops->a(1); p->list[i]->a(1); o->b(1); get(p)->a(1); (*p->ops).b(1);\n"
		    "	one.a(1); (&one)->b(1); arr[i].a(1); arr->b(1); (arr + 1)->a(1); "
		    "d.own.a(1);\n"
		    "	p->own.a(1); const struct ops *l = p->ops; l->a(1); l = &one; l->b(1);\n"
		    "	const struct ops *m = &one; m->a(1); struct ops s = one; s.a(1);\n"
		    "	const struct ops *n = (void *)p; n->a(1); (i ? o : p->ops)->b(1); }\n"
		    "int g(struct ops by_value) { return by_value.a(1); }\n",
		"field:struct ops.a@a.c via field:struct dev.ops@a.c of -\n"
		"field:struct ops.a@a.c via field:struct dev.list[]@a.c of -\n"
		"field:struct ops.b@a.c via param:f#1 of -\n"
		"field:struct ops.a@a.c via return:get of -\n"
		"field:struct ops.b@a.c via field:struct dev.ops@a.c of -\n"
		"field:struct ops.a@a.c via - of var:one\n"
		"field:struct ops.b@a.c via - of var:one\n"
		"field:struct ops.a@a.c via - of var:arr@a.c\n"
		"field:struct ops.b@a.c via - of var:arr@a.c\n"
		"field:struct ops.a@a.c via - of -\n"
		"field:struct ops.a@a.c via - of var:d\n"
		"field:struct ops.a@a.c via - of -\n"
		"field:struct ops.a@a.c via local:f.l of -\n"
		"field:struct ops.b@a.c via local:f.l of -\n"
		"field:struct ops.a@a.c via - of var:one\n"
		"field:struct ops.a@a.c via - of local:f.s\n"
		"field:struct ops.a@a.c via local:f.n of -\n"
		"field:struct ops.b@a.c via - of -\n"
		"field:struct ops.a@a.c via - of -\n");
}

/* A table of another type than the member's: neither tells which function it is. */
static void tables_seen_through_casts(void **state)
{
	(void)state;
	expect_tables(OPS
		      "struct two { int (*p)(int), (*q)(int); } t; struct dev { const struct ops "
		      "*ops; } d;\n"
		      "void f(struct ops *o) { ((struct two *)o)->p(1); ((struct ops *)&t)->a(1);\n"
		      "	((struct ops *)d.ops)->b(1); }\n",
		      "field:struct two.p@a.c via - of -\n"
		      "field:struct ops.a@a.c via - of -\n"
		      "field:struct ops.b@a.c via field:struct dev.ops@a.c of -\n");
}

static void calls_of_one_of_several(void **state)
{
	(void)state;
	expect_tables(
		OPS
		"struct ops one; fn g; fn (*maker)(void);\n"
		"void f(int c) { (c ? x : one.a)(1); (c ? 0 : g)(2); maker()(3); (g ?: y)(4); }\n",
		"local:f.<4:17> via - of -\n"
		"var:g via - of -\n"
		"? via - of -\n"
		"var:maker via - of -\n"
		"local:f.<4:65> via - of -\n");
}

/* A pointer that an asm statement reads from memory may be called by it. */
static void calls_in_asm(void **state)
{
	(void)state;
	expect_tables(
		OPS "struct pv { struct { fn delay; } cpu; } pv_ops; fn g;\n"
		    "void f(int i) { asm volatile(\"call *%P0\" :: \"m\"(pv_ops.cpu.delay), "
		    "\"r\"(i)); }\n"
		    "fn h(void) { fn l; asm(\"mov %1, %0\" : \"=r\"(l) : \"m\"(g)); return l; }\n",
		"field:struct pv.cpu.delay@a.c via - of -\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(changed_parameters),
		cmocka_unit_test(objects),
		cmocka_unit_test(indirect_and_variable_arguments),
		cmocka_unit_test(not_evaluated),
		cmocka_unit_test(tables),
		cmocka_unit_test(tables_seen_through_casts),
		cmocka_unit_test(calls_of_one_of_several),
		cmocka_unit_test(calls_in_asm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
