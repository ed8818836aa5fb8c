/*
 * Depths against a slow, obvious oracle on random graphs, and graphs that would overflow a recursive solver: a chain of
 * 200,000 calls and a cycle of 50,000 functions, under a 256 KiB stack.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stack/stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* xorshift: the same graphs on every machine. */
static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static const char *func_name(struct facts *f, uint32_t i)
{
	return arena_printf(&f->arena, "f%06u", i);
}

static void add_func(struct facts *f, uint32_t i, int64_t frame)
{
	*vec_push(&f->funcs) = (struct fact_func){.symbol = func_name(f, i),
						  .name = func_name(f, i),
						  .frame_bytes = frame,
						  .entry_bytes = 8};
}

static void add_call(struct facts *f, uint32_t from, uint32_t to, int64_t depth)
{
	*vec_push(&f->calls) = (struct fact_call){.func = from,
						  .kind = depth ? CALL_DIRECT : CALL_TAIL,
						  .callee = func_name(f, to),
						  .depth_bytes = depth};
}

static void solve_facts(struct facts *f, struct program *p, struct depths *d)
{
	static const struct facts *units[1];
	struct link_options options = {0};
	struct error err;

	f->unit = "u";
	f->target = "x86_64-linux-gnu";
	facts_sort(f);
	units[0] = f;
	assert_int_equal(program_link(p, units, 1, &options, &err), 0);
	program_check(p);
	depths_solve(d, p);
	stack_check(p, d);
}

static void release(struct facts *f, struct program *p, struct depths *d)
{
	depths_release(d);
	program_release(p);
	facts_release(f);
}

/* Can `from` reach `to` by at least one edge? By trying every edge, n times. */
static bool reaches(const struct program *p, uint32_t from, uint32_t to)
{
	bool seen[64] = {false};
	bool changed = true;

	for (uint32_t i = 0; i < p->n_edges; i++)
		seen[p->edges[i].to] |= p->edges[i].from == from;
	while (changed) {
		changed = false;
		for (uint32_t i = 0; i < p->n_edges; i++) {
			if (!seen[p->edges[i].from] || seen[p->edges[i].to])
				continue;
			seen[p->edges[i].to] = true;
			changed = true;
		}
	}
	return seen[to];
}

/* Growing cycles: some function on a cycle through an edge that takes stack. */
static bool recursive(const struct program *p, uint32_t func)
{
	for (uint32_t i = 0; i < p->n_edges; i++) {
		uint32_t a = p->edges[i].from, b = p->edges[i].to;

		if (p->edges[i].depth_bytes && (a == func || reaches(p, func, a)) &&
		    (b == a || reaches(p, b, a)))
			return true;
	}
	return false;
}

/* Longest path by relaxing every edge as often as there are functions; right where nothing grows for ever. */
static int64_t longest(const struct program *p, uint32_t func)
{
	int64_t best[64];

	for (uint32_t i = 0; i < p->n_funcs; i++)
		best[i] = p->funcs[i].fact->frame_bytes;
	for (uint32_t round = 0; round < p->n_funcs; round++)
		for (uint32_t i = 0; i < p->n_edges; i++) {
			const struct program_edge *e = &p->edges[i];

			if (e->depth_bytes + best[e->to] > best[e->from])
				best[e->from] = e->depth_bytes + best[e->to];
		}
	return best[func];
}

static void random_graph(uint32_t seed)
{
	struct facts f = {0};
	struct program p;
	struct depths d;
	uint32_t n = 2 + next_random(&seed) % 14;
	uint32_t edges = next_random(&seed) % (2 * n);

	for (uint32_t i = 0; i < n; i++)
		add_func(&f, i, 8 + 8 * (next_random(&seed) % 40));
	for (uint32_t i = 0; i < edges; i++) {
		uint32_t from = next_random(&seed) % n, to = next_random(&seed) % n;
		int64_t frame = f.funcs.v[from].frame_bytes;

		/* Mostly forward, now and then a tail call, now and then back. */
		if (from > to && next_random(&seed) % 4)
			continue;
		add_call(&f, from, to, next_random(&seed) % 5 ? frame - frame / 16 * 8 : 0);
	}
	solve_facts(&f, &p, &d);
	for (uint32_t i = 0; i < n; i++) {
		bool unbounded = recursive(&p, i);

		if (unbounded != (d.v[i].bound == BOUND_UNBOUNDED))
			fail_msg("seed %u: function %u is %s", seed, i, bound_name(d.v[i].bound));
		if (!unbounded && d.v[i].bytes != longest(&p, i))
			fail_msg("seed %u: function %u is %lld deep, not %lld", seed, i,
				 (long long)longest(&p, i), (long long)d.v[i].bytes);
	}
	release(&f, &p, &d);
}

static void random_graphs(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= 3000; seed++)
		random_graph(seed * 2654435761u | 1);
}

static void long_chain(void **state)
{
	enum { N = 200000 };
	struct facts f = {0};
	struct program p;
	struct depths d;
	struct arena a = {0};
	struct path path;

	(void)state;
	for (uint32_t i = 0; i < N; i++) {
		add_func(&f, i, 24);
		if (i + 1 < N)
			add_call(&f, i, i + 1, 16);
	}
	solve_facts(&f, &p, &d);
	assert_int_equal(d.v[0].bytes, (int64_t)(N - 1) * 16 + 24);
	path_worst(&p, &d, 0, &a, &path);
	assert_int_equal(path.n_edges, N - 1);
	assert_int_equal(d.v[0].bound, BOUND_EXACT);
	arena_release(&a);
	release(&f, &p, &d);
}

static void large_cycle(void **state)
{
	enum { N = 50000 };
	struct facts f = {0};
	struct program p;
	struct depths d;

	(void)state;
	for (uint32_t i = 0; i < N; i++) {
		add_func(&f, i, 24);
		add_call(&f, i, (i + 1) % N, 16);
	}
	solve_facts(&f, &p, &d);
	assert_int_equal(d.n_cycles, 1);
	assert_true(d.cycles[0].certain);
	assert_int_equal(d.cycles[0].n_edges, N);
	assert_int_equal(d.cycles[0].turn_bytes, (int64_t)N * 16);
	assert_int_equal(d.v[0].bound, BOUND_UNBOUNDED);
	/* Entered at its first function, one whole turn counts. */
	assert_int_equal(d.v[0].bytes, (int64_t)(N - 1) * 16 + 24);
	release(&f, &p, &d);
}

/* A stack limit takes hold in a new program only. */
static void use_small_stack(char **argv)
{
	struct rlimit limit = {256 * 1024, 256 * 1024};

	if (getenv("SMALL_STACK"))
		return;
	setenv("SMALL_STACK", "1", 1);
	if (!setrlimit(RLIMIT_STACK, &limit))
		execv("/proc/self/exe", argv);
	perror("cannot restart with a small stack");
	exit(1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_graphs),
		cmocka_unit_test(long_chain),
		cmocka_unit_test(large_cycle),
	};

	(void)argc;
	use_small_stack(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
