/*
 * Links and solves a generated program in memory, and says what each step took: by default 1,000,000 functions,
 * 5,000,000 direct calls, 100,000 calls through pointers.
 *
 *	whole_program [FUNCTIONS]
 *
 * Each unit has 100 functions and two tables of their addresses, which go into fields of devices, into local variables, and through
 * parameters. Calls go to other functions of the unit or to visible ones of any unit, one in a thousand backwards.
 * Status 1: more than 15 s or 3 GB (of the whole process, the facts included).
 */
#include "base/mem.h"
#include "program/flows.h"
#include "stack/stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum {
	PER_UNIT = 100,
	CALLS = 5, /* of each function */
	VISIBLE = 20, /* functions of a unit, the first ones */
	TABLES = 2,
	MEMBERS = 5,
	INDIRECT = 10, /* functions with a call through a pointer */
	RECORDS = 1000,
	MAX_SECONDS = 15,
	MAX_MEGABYTES = 3072
};

static uint32_t seed = 1;

static uint32_t any(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

static const char *func_name(struct facts *f, uint32_t unit, uint32_t i)
{
	return arena_printf(&f->arena, i < VISIBLE ? "u%u_f%02u" : "s%.0u_f%02u",
			    i < VISIBLE ? unit : 0, i);
}

static void add_functions(struct facts *f, uint32_t unit)
{
	for (uint32_t i = 0; i < PER_UNIT; i++) {
		const char *name = func_name(f, unit, i);

		*vec_push(&f->funcs) = (struct fact_func){
			.symbol = name,
			.name = name,
			.signature = "int (struct device *)",
			.loc = {f->unit, 10 * i + 1, 1},
			.linkage = i < VISIBLE ? LINKAGE_EXTERNAL : LINKAGE_STATIC,
			.frame_bytes = 16 + 8 * any(20),
			.entry_bytes = 8,
		};
	}
}

static const char *callee_of(struct facts *f, uint32_t unit, uint32_t caller)
{
	bool near = any(4);

	if (near && caller + 1 < PER_UNIT)
		return func_name(f, unit, caller + 1 + any(PER_UNIT - caller - 1));
	if (unit && any(1000))
		return func_name(f, any(unit), any(VISIBLE));
	return func_name(f, unit, any(PER_UNIT));
}

static void add_pointer_call(struct facts *f, uint32_t unit, uint32_t func)
{
	struct fact_call c = {.func = func,
			      .kind = CALL_INDIRECT,
			      .depth_bytes = 24,
			      .signature = "int (struct device *)"};
	uint32_t record = (unit * TABLES + func % TABLES) % RECORDS, member = any(MEMBERS);

	switch (any(10)) {
	default:
		c.slot = arena_printf(&f->arena, "field:struct ops%u.m%u", record, member);
		c.via = arena_printf(&f->arena, "field:struct dev%u.ops", record);
		break;
	case 0:
	case 1:
		c.slot = arena_printf(&f->arena, "field:struct ops%u.m%u", record, member);
		c.object = arena_printf(&f->arena, "var:table%u@%s", func % TABLES, f->unit);
		break;
	case 2:
		c.slot = arena_printf(&f->arena, "param:%s#1@%s", f->funcs.v[func].name, f->unit);
		break;
	case 3:
	case 4:
		c.slot = arena_printf(&f->arena, "local:%s.p@%s", f->funcs.v[func].name, f->unit);
		break;
	}
	*vec_push(&f->calls) = c;
}

static void add_calls(struct facts *f, uint32_t unit)
{
	for (uint32_t i = 0; i < PER_UNIT; i++) {
		for (uint32_t k = 0; k < CALLS; k++)
			*vec_push(&f->calls) = (struct fact_call){.func = i,
								  .kind = CALL_DIRECT,
								  .callee = callee_of(f, unit, i),
								  .depth_bytes = 32 + 8 * k};
		if (i >= PER_UNIT - INDIRECT)
			add_pointer_call(f, unit, i);
	}
}

static void add_flow(struct facts *f, enum flow_kind kind, const char *from, const char *to,
		     uint32_t within)
{
	*vec_push(&f->flows) = (struct fact_flow){
		kind, from, to, f->funcs.v[within].name, {f->unit, 10 * within + 3, 5}};
}

static void add_tables(struct facts *f, uint32_t unit)
{
	for (uint32_t t = 0; t < TABLES; t++) {
		uint32_t record = (unit * TABLES + t) % RECORDS;
		const char *object = arena_printf(&f->arena, "var:table%u@%s", t, f->unit);

		for (uint32_t m = 0; m < MEMBERS; m++)
			*vec_push(&f->binds) = (struct fact_bind){
				.symbol = func_name(f, unit, VISIBLE + t * MEMBERS + m),
				.slot = arena_printf(&f->arena, "field:struct ops%u.m%u", record,
						     m),
				.object = object,
				.loc = {f->unit, 5 + t, 1 + m},
			};
		add_flow(f, FLOW_ADDRESS, object,
			 arena_printf(&f->arena, "field:struct dev%u.ops", record), t);
	}
}

/* 150 moves a unit: from fields into variables of functions, from there into parameters, up to five functions on. */
static void add_moves(struct facts *f, uint32_t unit)
{
	for (uint32_t i = 0; i < PER_UNIT; i++) {
		const char *name = f->funcs.v[i].name;
		const char *local = arena_printf(&f->arena, "local:%s.p@%s", name, f->unit);
		const char *next = f->funcs.v[(i + 1) % PER_UNIT].name;
		uint32_t record = (unit * TABLES + any(TABLES)) % RECORDS;

		if (i % 10 == 0)
			add_flow(f, FLOW_COPY,
				 arena_printf(&f->arena, "field:struct ops%u.m%u", record,
					      any(MEMBERS)),
				 local, i);
		else
			add_flow(f, FLOW_COPY,
				 arena_printf(&f->arena, "param:%s#1@%s", name, f->unit), local, i);
		if (i % 10 > 4)
			continue;
		add_flow(f, FLOW_COPY, local,
			 arena_printf(&f->arena, "param:%s#1@%s", next, f->unit), i);
	}
}

static struct facts *make_units(uint32_t n, const struct facts **pointers)
{
	struct facts *units = mem_calloc(n, sizeof(*units));

	for (uint32_t u = 0; u < n; u++) {
		struct facts *f = &units[u];

		f->unit = arena_printf(&f->arena, "u%06u.c", u);
		f->target = "x86_64-linux-gnu";
		add_functions(f, u);
		add_calls(f, u);
		add_tables(f, u);
		add_moves(f, u);
		facts_sort(f);
		pointers[u] = f;
	}
	return units;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static long megabytes(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss / 1024;
}

static double tell(const char *what, double since)
{
	printf("%-28s %6.2f s CPU, %5ld MB at most so far\n", what, now() - since, megabytes());
	return now();
}

/* The flows of a linked program once more, alone. */
static void solve_flows(struct program *p)
{
	struct symbols symbols;
	bool *taken = mem_calloc(p->n_funcs, sizeof(*taken));
	double since = now();
	struct flows *x;
	size_t targets = 0, complete = 0, sites = 0;

	symbols_init(&symbols, p);
	since = tell("  symbols", since);
	x = flows_solve(&symbols, taken);
	since = tell("  flows solved", since);
	for (uint32_t u = 0; u < p->n_units; u++) {
		const struct facts *f = p->units[u];

		for (size_t c = 0; c < f->calls.n; c++) {
			struct targets t = {0};

			if (f->calls.v[c].callee)
				continue;
			flows_targets(x, symbols.first_func[u] + f->calls.v[c].func, &f->calls.v[c],
				      &t);
			targets += t.v.n;
			complete += t.complete;
			sites++;
			vec_release(&t.v);
		}
	}
	tell("  targets asked for", since);
	printf("  %zu sites, %zu targets, %zu complete\n", sites, targets, complete);
	flows_release(x);
	symbols_release(&symbols);
	free(taken);
}

int main(int argc, char **argv)
{
	uint32_t n_funcs = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000000;
	uint32_t n_units = n_funcs / PER_UNIT;
	const struct facts **pointers = mem_calloc(n_units, sizeof(struct facts *));
	const struct link_options options = {0};
	double start = now(), since = start, linked;
	struct facts *units = make_units(n_units, pointers);
	struct program p;
	struct depths d;
	struct error err = {0};

	since = linked = tell("facts generated", since);
	if (program_link(&p, pointers, n_units, &options, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 2;
	}
	since = tell("linked", since);
	program_check(&p);
	since = tell("checked", since);
	depths_solve(&d, &p);
	tell("depths solved", since);
	linked = now() - linked;
	printf("%u functions, %u edges, %u externals\n", p.n_funcs, p.n_edges, p.n_externals);
	printf("linking and solving: %.2f s CPU, %ld MB with the facts\n", linked, megabytes());
	solve_flows(&p);
	depths_release(&d);
	program_release(&p);
	for (uint32_t u = 0; u < n_units; u++)
		facts_release(&units[u]);
	free(units);
	free(pointers);
	return linked > (double)MAX_SECONDS || megabytes() > MAX_MEGABYTES;
}
