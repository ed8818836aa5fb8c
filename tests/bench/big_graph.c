/*
 * Links and solves a generated program, and says how long that took and how much memory: how the graph half does with a
 * whole kernel. Usage: big_graph FUNCTIONS CALLS INDIRECT [CHAIN [CYCLE]]
 *
 * Facts are made in memory, in units of 1,000 functions: calls by name all over the program (9 in 10 into the same or a later
 * unit's functions, so that cycles are few but there are some), indirect calls through fields that eight functions get into on average, callbacks
 * passed to iterators and handed on. Beside them stand a chain of CHAIN calls and a cycle of CYCLE functions, whose depths are known.
 * A wrong depth, a broken invariant or a limit passed is a failure: BIG_GRAPH_SECONDS and BIG_GRAPH_MIB set limits.
 */
#include "base/mem.h"
#include "stack/stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { UNIT_FUNCS = 1000, FRAME = 64, ENTRY = 8, FIELD_FUNCS = 8 };

struct plan {
	uint32_t funcs, calls, indirect, chain, cycle;
	uint32_t units; /* of the random part; the chain and the cycle have one more each */
};

static uint32_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (uint32_t)(*seed >> 16);
}

static const char *name(struct facts *f, char kind, uint32_t i)
{
	return arena_printf(&f->arena, "%c%08u", kind, i);
}

static void add_func(struct facts *f, const char *symbol, uint32_t line)
{
	*vec_push(&f->funcs) = (struct fact_func){.symbol = symbol,
						  .name = symbol,
						  .signature = "int (void *)",
						  .loc = {f->unit, line, 1},
						  .frame_bytes = FRAME,
						  .entry_bytes = ENTRY};
}

static void add_call(struct facts *f, uint32_t func, const char *callee)
{
	*vec_push(&f->calls) = (struct fact_call){
		.func = func, .kind = CALL_DIRECT, .callee = callee, .depth_bytes = FRAME};
}

static void begin_unit(struct facts *f, uint32_t number)
{
	*f = (struct facts){0};
	f->unit = arena_printf(&f->arena, "unit%05u.c", number);
	f->target = "x86_64-linux-gnu";
}

/* An indirect call through this unit's field; now and then through the parameter of an iterator. */
static void add_indirect(struct facts *f, const struct plan *p, uint32_t unit, uint32_t func,
			 uint64_t *seed)
{
	struct fact_call *c = vec_push(&f->calls);
	struct fact_bind *b = vec_push(&f->binds);
	uint32_t fields = p->indirect / FIELD_FUNCS + 1;

	*c = (struct fact_call){.func = func,
				.kind = CALL_INDIRECT,
				.slot = arena_printf(&f->arena, "field:struct ops%u.run",
						     next_random(seed) % fields),
				.depth_bytes = FRAME};
	if (next_random(seed) % 8 == 0)
		c->slot = arena_printf(&f->arena, "param:%s#0", f->funcs.v[func].name);
	b->symbol = name(f, 'f', unit * UNIT_FUNCS + next_random(seed) % UNIT_FUNCS);
	b->slot = arena_printf(&f->arena, "field:struct ops%u.run", next_random(seed) % fields);
	b->loc = (struct fact_loc){f->unit, func + 1, 1};
}

/* A call by name, mostly of somebody further on; some pass a function or what they were passed. */
static void add_direct(struct facts *f, const struct plan *p, uint32_t unit, uint32_t func,
		       uint64_t *seed)
{
	uint32_t self = unit * UNIT_FUNCS + func;
	uint32_t ahead = p->units * UNIT_FUNCS - self;
	uint32_t to = self + 1 + next_random(seed) % ahead;
	uint32_t chance = next_random(seed) % 64;
	struct fact_arg *a;

	if (next_random(seed) % 100000 == 0)
		to = next_random(seed) % (p->units * UNIT_FUNCS);
	if (to >= p->units * UNIT_FUNCS)
		to = p->units * UNIT_FUNCS - 1;
	add_call(f, func, name(f, 'f', to));
	if (chance > 1)
		return;
	a = vec_push(&f->args);
	*a = (struct fact_arg){.call = (uint32_t)f->calls.n - 1,
			       .kind = chance ? ARG_FUNCTION : ARG_PARAM};
	if (chance)
		a->text = name(f, 'f', self);
}

static void make_unit(struct facts *f, const struct plan *p, uint32_t unit, uint64_t *seed)
{
	uint32_t direct = p->calls / p->units, indirect = p->indirect / p->units;

	begin_unit(f, unit);
	for (uint32_t i = 0; i < UNIT_FUNCS; i++)
		add_func(f, name(f, 'f', unit * UNIT_FUNCS + i), i + 1);
	for (uint32_t i = 0; i < direct; i++)
		add_direct(f, p, unit, i % UNIT_FUNCS, seed);
	for (uint32_t i = 0; i < indirect; i++)
		add_indirect(f, p, unit, next_random(seed) % UNIT_FUNCS, seed);
	facts_sort(f);
}

static void make_line(struct facts *f, uint32_t number, char kind, uint32_t n, bool closed)
{
	begin_unit(f, number);
	for (uint32_t i = 0; i < n; i++)
		add_func(f, name(f, kind, i), i + 1);
	for (uint32_t i = 0; i < n; i++)
		if (closed || i + 1 < n)
			add_call(f, i, name(f, kind, (i + 1) % n));
	facts_sort(f);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long peak_mib(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss / 1024;
}

static int expect(const char *what, int64_t is, int64_t want)
{
	if (is == want)
		return 0;
	fprintf(stderr, "%s is %lld, not %lld\n", what, (long long)is, (long long)want);
	return 1;
}

/* The chain and the cycle come last, and nothing else calls them. */
static int check_lines(const struct program *prog, const struct depths *d, const struct plan *p)
{
	uint32_t chain = prog->n_funcs - p->cycle - p->chain;
	struct path path;
	struct arena a = {0};
	int wrong = 0;

	if (p->chain) {
		path_worst(prog, d, chain, &a, &path);
		wrong |= expect("depth of the chain", d->v[chain].bytes, (int64_t)p->chain * FRAME);
		wrong |= expect("bound of the chain", d->v[chain].bound, BOUND_EXACT);
		wrong |= expect("length of its path", path.n_edges, p->chain - 1);
	}
	if (p->cycle) {
		wrong |= expect("depth of the cycle", d->v[chain + p->chain].bytes,
				(int64_t)p->cycle * FRAME);
		wrong |=
			expect("bound of the cycle", d->v[chain + p->chain].bound, BOUND_UNBOUNDED);
		wrong |= expect("cycle is certain", d->cycles[0].certain, true);
	}
	arena_release(&a);
	return wrong;
}

static long limit(const char *variable)
{
	const char *text = getenv(variable);

	return text ? atol(text) : 0;
}

static int over(const char *what, double is, long most)
{
	if (!most || is <= (double)most)
		return 0;
	fprintf(stderr, "%s: %.1f, %ld at most\n", what, is, most);
	return 1;
}

static int run(const struct plan *p, const struct facts *const *units, size_t n_units)
{
	struct link_options options = {0};
	struct program prog;
	struct depths d;
	struct error err;
	long facts_mib = peak_mib();
	double start = seconds(), linked, solved;
	int wrong;

	if (program_link(&prog, units, n_units, &options, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	linked = seconds();
	depths_solve(&d, &prog);
	solved = seconds();
	program_check(&prog);
	stack_check(&prog, &d);
	printf("%u functions, %u edges, %u cycles: linked in %.2f CPU s, solved in %.2f; "
	       "%ld MiB at most, %ld of them facts\n",
	       prog.n_funcs, prog.n_edges, d.n_cycles, linked - start, solved - linked, peak_mib(),
	       facts_mib);
	wrong = check_lines(&prog, &d, p);
	wrong |= over("seconds", solved - start, limit("BIG_GRAPH_SECONDS"));
	wrong |= over("MiB", (double)peak_mib(), limit("BIG_GRAPH_MIB"));
	depths_release(&d);
	program_release(&prog);
	return wrong;
}

static uint32_t argument(int argc, char **argv, int i)
{
	return i < argc ? (uint32_t)strtoul(argv[i], NULL, 10) : 0;
}

int main(int argc, char **argv)
{
	struct plan p = {argument(argc, argv, 1), argument(argc, argv, 2), argument(argc, argv, 3),
			 argument(argc, argv, 4), argument(argc, argv, 5), 0};
	uint64_t seed = 88172645463325252u;
	struct facts *units;
	const struct facts **pointers;
	size_t n = 0;
	int wrong;

	p.units = p.funcs / UNIT_FUNCS;
	if (!p.units) {
		fprintf(stderr, "usage: big_graph FUNCTIONS CALLS INDIRECT [CHAIN [CYCLE]]\n");
		return 2;
	}
	units = mem_calloc((size_t)p.units + 2, sizeof(*units));
	pointers = mem_calloc((size_t)p.units + 2, sizeof(const struct facts *));
	for (; n < p.units; n++)
		make_unit(&units[n], &p, (uint32_t)n, &seed);
	make_line(&units[n], (uint32_t)n, 'x', p.chain, false);
	n++;
	make_line(&units[n], (uint32_t)n, 'y', p.cycle, true);
	n++;
	for (size_t i = 0; i < n; i++)
		pointers[i] = &units[i];
	wrong = run(&p, pointers, n);
	for (size_t i = 0; i < n; i++)
		facts_release(&units[i]);
	free(units);
	free(pointers);
	return wrong;
}
