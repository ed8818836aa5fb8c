/*
 * Random programs that are run, statement by statement: every function that a call reaches must be among its targets, and no
 * call whose targets are said to be all may reach code that was not scanned.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "flows_fixture.h"

/* xorshift: the same programs on every machine. */
static uint32_t seed;

static uint32_t any(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

/*
 * Objects are tables of MEMBERS function pointers; pointers to them live in variables and in devices;
 * functions live in variables and in two arrays. Functions store their argument in a variable of their own. Code
 * outside, given some tables, puts them, or a function of its own, where it can.
 */
enum {
	OBJECTS = 5,
	MEMBERS = 2,
	POINTERS = 6, /* two locals, one static, one global, the tables of two devices */
	VARIABLES = 4,
	ELEMENTS = 3,
	STATEMENTS = 28,
	FUNCTIONS = 8,
	OUTSIDE = FUNCTIONS, /* a function that was not scanned */
	NOTHING
};

static const char *const object_texts[OBJECTS] = {"var:o0@u0.c", "var:o1@u0.c", "var:o2",
						  "local:main.o3", "var:o4@u0.c"};
static const char *const member_texts[MEMBERS] = {"field:struct%20ops.read",
						  "field:struct%20ops.write"};
static const char *const pointer_texts[POINTERS] = {
	"local:main.p", "local:main.q",		  "var:static@u0.c",
	"var:global",	"field:struct%20dev.ops", "field:struct%20dev.ops"};
static const char *const variable_texts[VARIABLES] = {"local:main.f", "var:f@u0.c", "var:g",
						      "var:h@u0.c"};

enum action {
	MEMBER_FUNCTION, /* o.m = f */
	POINTER_OBJECT, /* p = &o */
	POINTER_POINTER, /* p = q */
	POINTED_FUNCTION, /* p->m = f */
	POINTED_POINTED, /* p->m = q->n */
	OBJECT_OBJECT, /* o = n */
	POINTED_OBJECT, /* *p = o */
	OBJECT_POINTED, /* o = *p */
	VARIABLE_MEMBER, /* v = o.m */
	MEMBER_VARIABLE, /* o.m = v */
	POINTED_VARIABLE, /* p->m = v */
	ELEMENT_FUNCTION, /* a[i] = f */
	SOME_FUNCTION, /* a[?] = f */
	VARIABLE_ELEMENT, /* v = a[i] */
	VARIABLE_SOME, /* v = a[?] */
	GIVE_OBJECT, /* outside(&o) */
	CALL_MEMBER, /* o.m(f) */
	CALL_POINTED, /* p->m(v) */
	CALL_VARIABLE, /* v(f) */
	CALL_ELEMENT, /* a[i](f) */
	CALL_SOME, /* a[?](f) */
	ACTIONS
};

struct statement {
	enum action action;
	uint32_t o, n, p, q, m, k, v, i, f; /* operands, as above; w: the other variable */
	uint32_t site; /* of a call */
};

struct world {
	struct statement code[STATEMENTS];
	uint32_t n_sites;
	uint32_t member[OBJECTS][MEMBERS], pointer[POINTERS], variable[VARIABLES];
	uint32_t element[ELEMENTS], argument[FUNCTIONS];
	bool given[OBJECTS];
	bool reached[STATEMENTS][FUNCTIONS + 1];
};

static void tell_call(const struct statement *s, struct buf *out)
{
	buf_puts(out, "\tcall indirect slot=");
	switch ((int)s->action) {
	case CALL_MEMBER:
		buf_printf(out, "%s object=%s\n", member_texts[s->m], object_texts[s->o]);
		break;
	case CALL_POINTED:
		buf_printf(out, "%s via=%s\n", member_texts[s->m], pointer_texts[s->p]);
		break;
	case CALL_VARIABLE: buf_printf(out, "%s\n", variable_texts[s->v]); break;
	case CALL_ELEMENT: buf_printf(out, "var:a[%u]@u0.c\n", s->i); break;
	case CALL_SOME: buf_puts(out, "var:a[]@u0.c\n"); break;
	}
	if (s->action == CALL_POINTED)
		buf_printf(out, "\t\targ 0 slot=%s\n", variable_texts[s->v]);
	else
		buf_printf(out, "\t\targ 0 function=f%u\n", s->f);
}

/* The facts of the statement. */
static void tell(const struct statement *s, struct buf *out)
{
	switch (s->action) {
	case MEMBER_FUNCTION:
		buf_printf(out, "bind f%u slot=%s object=%s\n", s->f, member_texts[s->m],
			   object_texts[s->o]);
		break;
	case POINTER_OBJECT:
		buf_printf(out, "flow address from=%s to=%s\n", object_texts[s->o],
			   pointer_texts[s->p]);
		break;
	case POINTER_POINTER:
		buf_printf(out, "flow copy from=%s to=%s\n", pointer_texts[s->q],
			   pointer_texts[s->p]);
		break;
	case POINTED_FUNCTION:
		buf_printf(out, "bind f%u slot=%s\n", s->f, member_texts[s->m]);
		break;
	case POINTED_POINTED:
		buf_printf(out, "flow copy from=%s to=%s\n", member_texts[s->k],
			   member_texts[s->m]);
		break;
	case OBJECT_OBJECT:
		buf_printf(out, "flow copy from=%s to=%s\n", object_texts[s->n],
			   object_texts[s->o]);
		break;
	case POINTED_OBJECT:
	case OBJECT_POINTED:
		for (int m = 0; m < MEMBERS; m++)
			buf_printf(out, "flow copy from=%s to=%s\n", member_texts[m],
				   member_texts[m]);
		if (s->action == OBJECT_POINTED)
			buf_printf(out, "flow open to=%s\n", object_texts[s->o]);
		break;
	case VARIABLE_MEMBER:
		buf_printf(out, "flow copy from=%s to=%s\n", member_texts[s->m],
			   variable_texts[s->v]);
		break;
	case MEMBER_VARIABLE:
	case POINTED_VARIABLE:
		buf_printf(out, "flow copy from=%s to=%s\n", variable_texts[s->v],
			   member_texts[s->m]);
		break;
	case ELEMENT_FUNCTION: buf_printf(out, "bind f%u slot=var:a[%u]@u0.c\n", s->f, s->i); break;
	case SOME_FUNCTION: buf_printf(out, "bind f%u slot=var:a[]@u0.c\n", s->f); break;
	case VARIABLE_ELEMENT:
		buf_printf(out, "flow copy from=var:a[%u]@u0.c to=%s\n", s->i,
			   variable_texts[s->v]);
		break;
	case VARIABLE_SOME:
		buf_printf(out, "flow copy from=var:a[]@u0.c to=%s\n", variable_texts[s->v]);
		break;
	case GIVE_OBJECT:
		buf_printf(out, "flow address from=%s to=param:outside#0\n", object_texts[s->o]);
		break;
	default: break;
	}
}

static void reach(struct world *w, const struct statement *s, uint32_t callee, uint32_t argument)
{
	if (callee == NOTHING)
		return;
	w->reached[s->site][callee] = true;
	if (callee != OUTSIDE && argument != NOTHING)
		w->argument[callee] = argument;
}

/* Moves between pointers and whole objects. */
static void run_tables(struct world *w, const struct statement *s)
{
	uint32_t at = w->pointer[s->p];

	switch ((int)s->action) {
	case POINTER_OBJECT: w->pointer[s->p] = s->o; break;
	case POINTER_POINTER: w->pointer[s->p] = w->pointer[s->q]; break;
	case OBJECT_OBJECT: memmove(w->member[s->o], w->member[s->n], sizeof(w->member[0])); break;
	case POINTED_OBJECT:
		if (at != NOTHING)
			memmove(w->member[at], w->member[s->o], sizeof(w->member[0]));
		break;
	case OBJECT_POINTED:
		if (at != NOTHING)
			memmove(w->member[s->o], w->member[at], sizeof(w->member[0]));
		break;
	case GIVE_OBJECT: w->given[s->o] = true; break;
	}
}

static void run_functions(struct world *w, const struct statement *s)
{
	uint32_t at = w->pointer[s->p], from = w->pointer[s->q], some = any(ELEMENTS);

	switch ((int)s->action) {
	case MEMBER_FUNCTION: w->member[s->o][s->m] = s->f; break;
	case POINTED_FUNCTION:
		if (at != NOTHING)
			w->member[at][s->m] = s->f;
		break;
	case POINTED_POINTED:
		if (at != NOTHING && from != NOTHING)
			w->member[at][s->m] = w->member[from][s->k];
		break;
	case VARIABLE_MEMBER: w->variable[s->v] = w->member[s->o][s->m]; break;
	case MEMBER_VARIABLE: w->member[s->o][s->m] = w->variable[s->v]; break;
	case POINTED_VARIABLE:
		if (at != NOTHING)
			w->member[at][s->m] = w->variable[s->v];
		break;
	case ELEMENT_FUNCTION: w->element[s->i] = s->f; break;
	case SOME_FUNCTION: w->element[some] = s->f; break;
	case VARIABLE_ELEMENT: w->variable[s->v] = w->element[s->i]; break;
	case VARIABLE_SOME: w->variable[s->v] = w->element[some]; break;
	case CALL_MEMBER: reach(w, s, w->member[s->o][s->m], s->f); break;
	case CALL_POINTED:
		if (at != NOTHING)
			reach(w, s, w->member[at][s->m], w->variable[s->v]);
		break;
	case CALL_VARIABLE: reach(w, s, w->variable[s->v], s->f); break;
	case CALL_ELEMENT: reach(w, s, w->element[s->i], s->f); break;
	case CALL_SOME: reach(w, s, w->element[some], s->f); break;
	}
}

/* What code outside can do; and what the functions do with their arguments: function 0 stores its own in variable 3. */
static void run_others(struct world *w)
{
	uint32_t o = any(OBJECTS);

	if (w->given[o]) {
		w->pointer[3 + any(3)] = o;
		if (!any(3))
			w->member[o][any(MEMBERS)] = OUTSIDE;
	}
	if (!any(9))
		w->variable[2] = OUTSIDE;
	if (!any(9))
		w->member[2][any(MEMBERS)] = OUTSIDE;
	if (w->argument[0] != NOTHING)
		w->variable[3] = w->argument[0];
}

static void run(struct world *w)
{
	for (int step = 0; step < 1500; step++) {
		const struct statement *s = &w->code[any(STATEMENTS)];

		run_tables(w, s);
		run_functions(w, s);
		run_others(w);
	}
}

static void make_world(struct world *w, struct buf *unit)
{
	memset(w, 0, sizeof(*w));
	for (uint32_t i = 0; i < STATEMENTS; i++) {
		struct statement *s = &w->code[i];

		*s = (struct statement){
			.action = i % 3 ? (enum action)any(CALL_MEMBER)
					: (enum action)(CALL_MEMBER + any(ACTIONS - CALL_MEMBER)),
			.o = any(OBJECTS),
			.n = any(OBJECTS),
			.p = any(POINTERS),
			.q = any(POINTERS),
			.m = any(MEMBERS),
			.k = any(MEMBERS),
			.v = any(VARIABLES),
			.i = any(ELEMENTS),
			.f = any(FUNCTIONS),
		};
		tell(s, unit);
	}
	buf_puts(unit, "flow copy from=param:f0#0@u0.c to=var:h@u0.c within=f0\n");
	for (uint32_t f = 0; f < FUNCTIONS; f++)
		buf_printf(unit, "func f%u linkage=static\n", f);
	buf_puts(unit, "func main linkage=external\n");
	for (uint32_t i = 0; i < STATEMENTS; i++) {
		if (w->code[i].action < CALL_MEMBER)
			continue;
		w->code[i].site = w->n_sites++;
		tell_call(&w->code[i], unit);
	}
	for (uint32_t i = 0; i < OBJECTS * MEMBERS; i++)
		w->member[i / MEMBERS][i % MEMBERS] = NOTHING;
	for (uint32_t i = 0; i < POINTERS; i++)
		w->pointer[i] = NOTHING;
	for (uint32_t i = 0; i < VARIABLES; i++)
		w->variable[i] = NOTHING;
	for (uint32_t i = 0; i < ELEMENTS; i++)
		w->element[i] = NOTHING;
	for (uint32_t i = 0; i < FUNCTIONS; i++)
		w->argument[i] = NOTHING;
}

struct counts {
	uint32_t reached, targets, complete, sites;
};

static void check_site(struct flows_fixture *x, const struct world *w, uint32_t site,
		       const char *unit, struct counts *counts)
{
	uint32_t caller = flows_fixture_func(x, "main");
	struct targets t = {0};

	flows_targets(x->flows, caller, flows_fixture_call(x, caller, site), &t);
	for (uint32_t f = 0; f <= FUNCTIONS; f++) {
		bool found = false;

		if (!w->reached[site][f])
			continue;
		for (size_t i = 0; i < t.v.n; i++)
			found |= t.v.v[i].func == f;
		if (f == OUTSIDE ? t.complete : !found) {
			fputs(unit, stderr);
			fail_msg("site %u reaches f%u, not among: %s", site, f,
				 flows_fixture_text(x, &t));
		}
		counts->reached++;
	}
	counts->targets += (uint32_t)t.v.n;
	counts->complete += t.complete;
	counts->sites++;
	vec_release(&t.v);
}

static void test_runs(void **state)
{
	struct buf unit = {0};
	struct counts counts = {0};
	struct world w;

	(void)state;
	seed = 3;
	for (int round = 0; round < 3000; round++) {
		struct flows_fixture x = {0};

		unit.len = 0;
		make_world(&w, &unit);
		run(&w);
		flows_fixture_add(&x, buf_str(&unit));
		flows_fixture_solve(&x);
		for (uint32_t site = 0; site < w.n_sites; site++)
			check_site(&x, &w, site, buf_str(&unit), &counts);
		flows_fixture_release(&x);
	}
	/* Neither says everything of every call nor nothing for certain. */
	print_message("%u sites: %u reached, %u targets, %u complete\n", counts.sites,
		      counts.reached, counts.targets, counts.complete);
	assert_true(counts.targets < 2 * counts.reached);
	assert_true(counts.complete > counts.sites / 10);
	buf_release(&unit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_runs)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
