/* How function pointers, and pointers to tables of them, move between places. */
#include "ast_fixture.h"

#define OPS                                                                                        \
	"typedef int (*fn)(int); struct ops { fn a, b; };\n"                                       \
	"int x(int), y(int);\n"

static void copies_between_places(void **state)
{
	(void)state;
	expect_flows(OPS
		     "fn g; struct dev { fn cb, tab[3]; long l; } d0 = { .l = 1 };\n"
		     "fn get(void); void each(int, fn);\n"
		     "fn f(struct dev *d, fn cb, int i) {\n"
		     "	d->cb = cb; g = d->cb; d->tab[i] = g; d->tab[2] = get(); each(1, g);\n"
		     "	struct ops o = { g, .b = d->tab[1] }; static fn kept; kept = o.a;\n"
		     "	return d->cb; }\n",
		     "copy param:f#1 -> field:struct dev.cb@a.c in f\n"
		     "copy field:struct dev.cb@a.c -> var:g in f\n"
		     "copy var:g -> field:struct dev.tab[]@a.c in f\n"
		     "copy return:get -> field:struct dev.tab[2]@a.c in f\n"
		     "copy var:g -> param:each#1 in f\n"
		     "copy var:g -> field:struct ops.a@a.c in f\n"
		     "copy field:struct dev.tab[1]@a.c -> field:struct ops.b@a.c in f\n"
		     "copy field:struct ops.a@a.c -> var:f.kept in f\n"
		     "copy field:struct dev.cb@a.c -> return:f in f\n");
}

static void several_sources(void **state)
{
	(void)state;
	expect_flows(OPS "fn g, h; struct ops o; void each(fn);\n"
			 "void f(int c) { g = c ? o.a : c > 1 ? h : x; g = o.b ?: h;\n"
			 "	g = ({ fn t = o.a; t; }); g = (c++, o.b);\n"
			 "	g = __builtin_expect((long)o.a, 1) ? (fn)o.a : 0; each(h = o.a);\n"
			 "	g = __builtin_choose_expr(1, h, o.b); g = _Generic(c, int: h, "
			 "long: o.a); }\n",
		     "copy field:struct ops.a@a.c -> var:g in f\n"
		     "copy var:h -> var:g in f\n"
		     "copy field:struct ops.b@a.c -> var:g in f\n"
		     "copy field:struct ops.a@a.c -> param:each#0 in f\n"
		     "copy field:struct ops.a@a.c -> var:h in f\n");
}

/* A local with one source is that source; with several it keeps its name; one that leads nowhere is dropped. */
static void locals(void **state)
{
	(void)state;
	expect_flows(
		OPS "fn g, h; struct ops o;\n"
		    "void one(void) { fn l = o.a, m = l; g = m; }\n"
		    "void two(int c) { fn l = o.a; if (c) l = h; g = l; }\n"
		    "void none(int c) { fn l = o.a; if (c) l = h; }\n"
		    "int call(int c) { fn l = o.a; if (c) l = h; return l(1); }\n"
		    "void loop(int n) { fn l = o.a, m = 0; while (n--) { m = l; l = m; } g = m; }\n"
		    "void shadow(void) { fn l = o.a; { fn l = h; g = l; } g = l; }\n",
		"copy field:struct ops.a@a.c -> var:g in one\n"
		"copy field:struct ops.a@a.c -> local:two.l in two\n"
		"copy var:h -> local:two.l in two\n"
		"copy local:two.l -> var:g in two\n"
		"copy field:struct ops.a@a.c -> local:call.l in call\n"
		"copy var:h -> local:call.l in call\n"
		"copy field:struct ops.a@a.c -> var:g in loop\n"
		"copy var:h -> var:g in shadow\n"
		"copy field:struct ops.a@a.c -> var:g in shadow\n");
}

static void unknown_sources(void **state)
{
	(void)state;
	expect_flows(
		OPS "fn g; struct ops o; void raw(unsigned *), use(fn *); fn (*maker)(void);\n"
		    "void f(char *p, int i) { g = maker(); g = (fn)(p + i); g = (fn)0; g = (fn)1;\n"
		    "	raw((unsigned *)&o.a); use(&o.b); if (&o.a == &o.b) g = 0; }\n",
		"open -> var:g in f\n"
		"open -> field:struct ops.a@a.c in f\n"
		"copy field:struct ops.b@a.c -> param:use#0[] in f\n"
		"copy param:use#0[] -> field:struct ops.b@a.c in f\n");
}

/* What two pointers to function pointers lead to is one place; the way back is there when something is stored. */
static void pointers_to_function_pointers(void **state)
{
	(void)state;
	expect_flows(OPS "fn tab[3], *cur; struct ops o; void set(fn *), look(const fn *);\n"
			 "void f(void) { cur = tab + 1; cur = &o.a; set(tab); look(tab); }\n"
			 "int reads(int i) { fn *p = tab; return p[i](1) + (*p)(2); }\n"
			 "int both(int c) { fn *p = c ? tab : &o.b; return (*p)(1); }\n"
			 "void writes(int c) { fn *p = c ? tab : &o.b; *p = x; }\n"
			 "void deep(fn **pp) { *pp = tab; }\n",
		     "copy var:tab[] -> var:cur[] in f\n"
		     "copy var:cur[] -> var:tab[] in f\n"
		     "copy field:struct ops.a@a.c -> var:cur[] in f\n"
		     "copy var:cur[] -> field:struct ops.a@a.c in f\n"
		     "copy var:tab[] -> param:set#0[] in f\n"
		     "copy param:set#0[] -> var:tab[] in f\n"
		     "copy var:tab[] -> param:look#0[] in f\n"
		     "copy var:tab[] -> local:both.p[] in both\n"
		     "copy field:struct ops.b@a.c -> local:both.p[] in both\n"
		     "copy var:tab[] -> local:writes.p[] in writes\n"
		     "copy local:writes.p[] -> var:tab[] in writes\n"
		     "copy field:struct ops.b@a.c -> local:writes.p[] in writes\n"
		     "copy local:writes.p[] -> field:struct ops.b@a.c in writes\n"
		     "copy var:tab[] -> param:deep#0[][] in deep\n"
		     "copy param:deep#0[][] -> var:tab[] in deep\n");
}

/* What a called pointer's function is given to fill or to read: both know the place by the pointer's slot. */
static void pointers_through_calls(void **state)
{
	(void)state;
	expect_flows(OPS "struct vt { int (*find)(fn *, int); int (*look)(const fn *); };\n"
			 "fn tab[3]; int (*get(void))(fn *);\n"
			 "int f(struct vt *v) { return v->find(tab, 1) + v->look(tab); }\n"
			 "int g(void) { return get()(tab); }\n",
		     "open -> var:tab[] in f\n"
		     "copy var:tab[] -> param:(field:struct vt.find@a.c)#0[] in f\n"
		     "copy param:(field:struct vt.find@a.c)#0[] -> var:tab[] in f\n"
		     "copy var:tab[] -> param:(field:struct vt.look@a.c)#0[] in f\n"
		     "open -> var:tab[] in g\n"
		     "copy var:tab[] -> param:(return:get)#0[] in g\n"
		     "copy param:(return:get)#0[] -> var:tab[] in g\n");
}

/* Declared as a function, a parameter is a pointer to one. */
static void parameters_of_function_type(void **state)
{
	(void)state;
	expect_flows("typedef int job(int); int inner(job j), outer(int j(int));\n"
		     "job *kept;\n"
		     "int outer(int j(int)) { kept = j; return inner(j) + j(1); }\n",
		     "copy param:outer#0 -> var:kept in outer\n"
		     "copy param:outer#0 -> param:inner#0 in outer\n");
}

/* void * and integers count when a function gets in, or when they are called. */
static void carriers(void **state)
{
	(void)state;
	expect_flows(
		OPS
		"struct work { void *data; unsigned long n; }; void *other, *p; fn g;\n"
		"static void run(void *arg) { g = (fn)arg; }\n"
		"void f(struct work *w, void *q) { w->data = (void *)g; other = q; p = w->data;\n"
		"	w->n = (unsigned long)w->data; run((void *)w->n); other = w; }\n"
		"void unrelated(void *a, unsigned long n) { struct work w = { a, n }; other = "
		"w.data; }\n",
		"copy param:run#0@a.c -> var:g in run\n"
		"copy var:g -> field:struct work.data@a.c in f\n"
		"copy param:f#1 -> var:other in f\n"
		"copy field:struct work.data@a.c -> var:p in f\n"
		"copy field:struct work.data@a.c -> field:struct work.n@a.c in f\n"
		"copy field:struct work.n@a.c -> param:run#0@a.c in f\n"
		"copy param:unrelated#0 -> field:struct work.data@a.c in unrelated\n"
		"copy param:unrelated#1 -> field:struct work.n@a.c in unrelated\n"
		"copy field:struct work.data@a.c -> var:other in unrelated\n");
}

/* A function may come from one unit, pass through a void * in this one, and be called in a third. */
static void shared_carriers_pass_on(void **state)
{
	(void)state;
	expect_flows(
		"extern void *first, *last; extern unsigned long n, m; static void *own, *lost;\n"
		"void emit(int op, void *ptr) { void *p = ptr; last = op ? p : 0; }\n"
		"void *latest(void) { void *l = last; own = l; return l; }\n"
		"void keep(void) { lost = last; n = m; first = (void *)n; }\n"
		"void *given(void) { return own; }\n",
		"copy param:emit#1 -> var:last in emit\n"
		"copy var:last -> var:own@a.c in latest\n"
		"copy var:last -> return:latest in latest\n"
		"copy var:own@a.c -> return:given in given\n");
}

/* The file in a slot of a header's record is not the unit's own: other units include the header. */
static void records_of_headers_are_shared(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, "x86_64-unknown-linux-gnu");
	unit_write(&u, "h.h", "struct inst { void *ptr; };\n");
	unit_parse(&u, "#include \"h.h\"\nstruct own { void *ptr; };\n"
		       "void emit(struct inst *i, void *p) { i->ptr = p; }\n"
		       "int run(struct inst *i, struct own *o)\n"
		       "{ return ((int (*)(void))i->ptr)() + ((int (*)(void))o->ptr)(); }\n");
	assert_string_equal(unit_flows(&u),
			    "open -> field:struct inst.ptr@h.h in run\n"
			    "copy param:emit#1 -> field:struct inst.ptr@h.h in emit\n");
	unit_close(&u);
}

/* Other units may store into a shared void * what they don't know to be a function. */
static void shared_carriers_are_open(void **state)
{
	(void)state;
	expect_flows(OPS "void *shared; static void *own;\n"
			 "int f(void) { void *p = shared; return ((fn)p)(1) + ((fn)own)(2); }\n",
		     "open -> var:shared in f\n");
}

static void variable_arguments(void **state)
{
	(void)state;
	expect_flows(
		"#include <stdarg.h>\n" OPS
		"static fn vtake(int n, va_list ap) { return va_arg(ap, fn); }\n"
		"fn take(int n, ...) { va_list ap; fn f; va_start(ap, n); f = vtake(n, ap);\n"
		"	va_end(ap); return f; }\n"
		"static void vlog(const char *s, va_list ap) { (void)va_arg(ap, int); }\n"
		"void log_it(const char *s, ...) { va_list ap; va_start(ap, s); vlog(s, ap); }\n"
		"fn g; void f(void) { take(1, g, 2); }\n",
		"copy param:vtake#...@a.c -> return:vtake@a.c in vtake\n"
		"copy param:take#... -> param:vtake#...@a.c in take\n"
		"copy return:vtake@a.c -> return:take in take\n"
		"copy var:g -> param:take#... in f\n");
}

static void atomic_stores(void **state)
{
	(void)state;
	expect_flows(
		OPS
		"struct ops o; fn g; void *InterlockedExchangePointer(void *volatile *, void *);\n"
		"fn f(void) { __atomic_store_n(&o.a, g, 5); g = __atomic_load_n(&o.b, 5);\n"
		"	return (fn)InterlockedExchangePointer((void *volatile *)&o.b, (void *)g); "
		"}\n",
		"copy var:g -> field:struct ops.a@a.c in f\n"
		"copy field:struct ops.b@a.c -> var:g in f\n"
		"copy field:struct ops.b@a.c -> return:f in f\n"
		"copy var:g -> field:struct ops.b@a.c in f\n");
	expect_binds(OPS
		     "_Atomic(fn) at; void f(void) { __c11_atomic_store(&at, x, 5); at = y; }\n",
		     "x -> var:at in f\ny -> var:at in f\n");
}

static void unions_and_casts(void **state)
{
	(void)state;
	expect_flows(OPS
		     "struct pair { int (*p)(int); void (*q)(void); };\n"
		     "union u { fn one; struct ops o; long l; };\n"
		     "fn g; void f(union u *u, struct ops *o, struct pair *p) { g = u->o.b;\n"
		     "	((struct pair *)o)->q = 0; g = u->one; p = (struct pair *)(void *)o; }\n",
		     "copy field:struct ops.b@a.c -> var:g in f\n"
		     "copy field:struct ops.a@a.c -> field:struct pair.p@a.c in f\n"
		     "copy field:struct pair.p@a.c -> field:struct ops.a@a.c in f\n"
		     "copy field:struct ops.b@a.c -> field:struct pair.q@a.c in f\n"
		     "copy field:struct pair.q@a.c -> field:struct ops.b@a.c in f\n"
		     "copy field:union u.one@a.c -> field:struct ops.a@a.c in f\n"
		     "copy field:struct ops.a@a.c -> field:union u.one@a.c in f\n"
		     "copy field:union u.one@a.c -> var:g in f\n"
		     "open -> param:f#2 in f\n");
}

/* Records that begin alike, with pointers to tables in them. */
static void tables_behind_casts(void **state)
{
	(void)state;
	expect_flows(OPS "struct base { long id; const struct ops *ops; }; struct more { long id; "
			 "const struct ops *o; int n; };\n"
			 "void f(struct more *m) { ((struct base *)m)->id = 1; }\n",
		     "copy field:struct more.o@a.c -> field:struct base.ops@a.c in f\n"
		     "copy field:struct base.ops@a.c -> field:struct more.o@a.c in f\n");
}

static void objects(void **state)
{
	(void)state;
	expect_flows(
		OPS
		"struct dev { const struct ops *ops; long id; }; struct ops arr[2], one = { x };\n"
		"static const struct ops own = { x, y };\n"
		"struct dev d0 = { &own, 1 }, d1 = { .ops = arr };\n"
		"const struct ops *pick(int c) { return c ? &arr[c] : &own; }\n"
		"void reg(const struct ops *); void *priv;\n"
		"void f(struct dev *d, struct dev *e) { d->ops = e->ops; d->ops = pick(1);\n"
		"	reg(&one); reg(d->ops); e->ops = priv; e->ops = 0;\n"
		"	const struct ops *o = &one; o = d->ops; reg(o); }\n",
		"address var:own@a.c -> field:struct dev.ops@a.c\n"
		"address var:arr -> field:struct dev.ops@a.c\n"
		"address var:arr -> return:pick in pick\n"
		"address var:own@a.c -> return:pick in pick\n"
		"copy field:struct dev.ops@a.c -> field:struct dev.ops@a.c in f\n"
		"copy return:pick -> field:struct dev.ops@a.c in f\n"
		"address var:one -> param:reg#0 in f\n"
		"copy field:struct dev.ops@a.c -> param:reg#0 in f\n"
		"open -> field:struct dev.ops@a.c in f\n"
		"address var:one -> local:f.o in f\n"
		"copy field:struct dev.ops@a.c -> local:f.o in f\n"
		"copy local:f.o -> param:reg#0 in f\n");
}

/* A record with other things in it is a table where it is const. */
static void what_is_a_table(void **state)
{
	(void)state;
	expect_flows(OPS
		     "struct mixed { int n; fn a; long l, m; }; struct thin { long l[2]; int i, j, "
		     "k; fn a; };\n"
		     "struct mixed m; struct thin t; const struct mixed *cm; struct mixed *vm;\n"
		     "const struct thin *ct; struct mixed *const *pm;\n"
		     "void f(void) { cm = &m; vm = &m; ct = &t; cm = vm; }\n",
		     "address var:m -> var:cm in f\n"
		     "open -> var:cm in f\n");
}

static void whole_records(void **state)
{
	(void)state;
	expect_flows(OPS "struct ops one, two; struct ops make(void); void *memcpy(void *, const "
			 "void *, unsigned long);\n"
			 "void f(struct ops *p) { one = two; two = *p; struct ops l = make();\n"
			 "	memcpy(&one, &two, sizeof one); memcpy(&one, p, 8); one = (struct "
			 "ops){ x }; }\n"
			 "void g(struct ops *p) { *p = one; }\n",
		     "copy var:two -> var:one in f\n"
		     "open -> var:two in f\n"
		     "open -> local:f.l in f\n"
		     "open -> var:one in f\n"
		     "copy field:struct ops.a@a.c -> field:struct ops.a@a.c in g\n"
		     "copy field:struct ops.b@a.c -> field:struct ops.b@a.c in g\n");
}

static void compound_literals(void **state)
{
	(void)state;
	expect_binds(OPS "fn *cur; void take(fn *, int); struct ops one;\n"
			 "void f(void) { cur = (fn[]){ x, [2] = y }; take((fn[]){ y }, 1);\n"
			 "	one.b = (fn){ x }; one = (struct ops){ .a = y }; }\n",
		     "x -> var:cur[0] in f\n"
		     "y -> var:cur[2] in f\n"
		     "y -> param:take#0[0] in f\n"
		     "x -> field:struct ops.b@a.c in f\n"
		     "y -> field:struct ops.a@a.c in f\n");
}

static void names_in_objects(void **state)
{
	struct unit u;

	(void)state;
	unit_read(&u,
		  OPS "struct dev { int id; struct ops o[2]; } d = { 1, { { x }, { .b = y } } };\n"
		      "static struct ops own; void f(struct ops *p) { own.a = x; (&own)->b = y;\n"
		      "	p->a = x; d.o[1].a = y; struct ops l = { y }; ((struct dev *)&own)->o[0].a "
		      "= x; }\n");
	assert_string_equal(unit_bind_objects(&u),
			    "x var:d\ny var:d\nx var:own@a.c\ny var:own@a.c\n"
			    "x -\ny var:d\ny local:f.l\nx -\n");
	unit_close(&u);
}

/* Thousands of copies in one function take linear time, and a cycle of them ends. */
static void long_chains(void **state)
{
	struct buf b = {0};
	struct unit u;

	(void)state;
	buf_puts(&b, OPS "struct ops o; int f(int n) { fn l0 = o.a;\n");
	for (int i = 1; i < 3000; i++)
		buf_printf(&b, "fn l%d = l%d;\n", i, i - 1);
	buf_puts(&b, "if (n) l1 = l2999; return l2999(n); }\n");
	unit_read(&u, buf_str(&b));
	assert_string_equal(unit_calls(&u), "f => field:struct ops.a@a.c\n");
	assert_string_equal(unit_flows(&u), "");
	unit_close(&u);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_between_places),
		cmocka_unit_test(several_sources),
		cmocka_unit_test(locals),
		cmocka_unit_test(unknown_sources),
		cmocka_unit_test(pointers_to_function_pointers),
		cmocka_unit_test(pointers_through_calls),
		cmocka_unit_test(parameters_of_function_type),
		cmocka_unit_test(carriers),
		cmocka_unit_test(shared_carriers_pass_on),
		cmocka_unit_test(records_of_headers_are_shared),
		cmocka_unit_test(shared_carriers_are_open),
		cmocka_unit_test(variable_arguments),
		cmocka_unit_test(atomic_stores),
		cmocka_unit_test(unions_and_casts),
		cmocka_unit_test(tables_behind_casts),
		cmocka_unit_test(objects),
		cmocka_unit_test(what_is_a_table),
		cmocka_unit_test(whole_records),
		cmocka_unit_test(compound_literals),
		cmocka_unit_test(names_in_objects),
		cmocka_unit_test(long_chains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
