/*
 * Depths against slow, obvious oracles on random graphs: callbacks that are passed and handed on against an interpreter that
 * carries the passed function along; limits of recursion against a search through every walk that they allow; edges that
 * annotations cut against the graph without them; circles without limits against all paths that enter no function twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stack/stack.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_FUNCS = 16, NOBODY = -1, OWN_PARAM = -2, CALLS_PARAM = -3 };

/* xorshift: the same graphs on every machine. */
static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

struct one_call {
	int to; /* function, or CALLS_PARAM */
	int passes; /* function, OWN_PARAM or NOBODY */
	int64_t depth;
};

struct one_func {
	int64_t frame;
	struct one_call calls[4];
	int n_calls;
	int turns; /* limit, or -1 */
};

/* A program as the oracles read it. */
struct small {
	struct one_func v[MAX_FUNCS];
	int n;
};

static const char *func_name(struct facts *f, int i)
{
	return arena_printf(&f->arena, "f%02d", i);
}

static void add_passed(struct facts *f, int func, const struct one_call *c)
{
	const char *slot = arena_printf(&f->arena, "param:%s#0", func_name(f, c->to));
	struct fact_arg *a = vec_push(&f->args);

	*a = (struct fact_arg){.call = (uint32_t)f->calls.n - 1, .kind = ARG_VALUE};
	if (c->passes >= 0) {
		a->kind = ARG_FUNCTION;
		a->text = func_name(f, c->passes);
		*vec_push(&f->binds) = (struct fact_bind){
			.symbol = a->text, .slot = slot, .within = func_name(f, func)};
	} else if (c->passes == OWN_PARAM) {
		a->kind = ARG_PARAM;
		*vec_push(&f->flows) = (struct fact_flow){
			.kind = FLOW_COPY,
			.from = arena_printf(&f->arena, "param:%s#0", func_name(f, func)),
			.to = slot,
			.within = func_name(f, func)};
	}
}

static void add_call(struct facts *f, int func, const struct one_call *c)
{
	struct fact_call *out = vec_push(&f->calls);

	*out = (struct fact_call){.func = (uint32_t)func, .depth_bytes = c->depth};
	if (c->to == CALLS_PARAM) {
		out->kind = CALL_INDIRECT;
		out->slot = arena_printf(&f->arena, "param:%s#0", func_name(f, func));
		return;
	}
	out->kind = CALL_DIRECT;
	out->callee = func_name(f, c->to);
	add_passed(f, func, c);
}

static void make_facts(const struct small *s, struct facts *f)
{
	*f = (struct facts){.unit = "u.c", .target = "x86_64-linux-gnu"};
	for (int i = 0; i < s->n; i++) {
		*vec_push(&f->funcs) = (struct fact_func){.symbol = func_name(f, i),
							  .name = func_name(f, i),
							  .frame_bytes = s->v[i].frame,
							  .entry_bytes = 8};
		for (int k = 0; k < s->v[i].n_calls; k++)
			add_call(f, i, &s->v[i].calls[k]);
	}
	facts_sort(f);
}

static void make_model(const struct small *s, struct model *m)
{
	for (int i = 0; i < s->n; i++)
		if (s->v[i].turns >= 0)
			*vec_push(&m->annotations) =
				(struct annotation){.kind = ANNOTATE_RECURSION,
						    .function = arena_printf(&m->arena, "f%02d", i),
						    .number = s->v[i].turns};
	model_index(m);
}

struct solved {
	struct facts facts;
	const struct facts *units[1];
	struct model model;
	struct program program;
	struct depths depths;
};

static void solve_small(const struct small *s, struct solved *x)
{
	struct link_options options = {.model = &x->model};
	struct error err;

	make_facts(s, &x->facts);
	x->units[0] = &x->facts;
	assert_int_equal(program_link(&x->program, x->units, 1, &options, &err), 0);
	program_check(&x->program);
	depths_solve(&x->depths, &x->program);
	stack_check(&x->program, &x->depths);
}

static void release(struct solved *x)
{
	depths_release(&x->depths);
	program_release(&x->program);
	model_release(&x->model);
	facts_release(&x->facts);
}

static struct one_call *new_call(struct one_func *f, uint32_t *seed)
{
	struct one_call *c = &f->calls[f->n_calls++];

	c->passes = NOBODY;
	c->depth = f->frame - 8 * (int64_t)(next_random(seed) % 3);
	return c;
}

/* Depth of a function to which `passed` is passed, by doing what the code does. */
static int64_t run(const struct small *s, int func, int passed)
{
	const struct one_func *f = &s->v[func];
	int64_t deepest = f->frame;

	for (int i = 0; i < f->n_calls; i++) {
		const struct one_call *c = &f->calls[i];
		int to = c->to == CALLS_PARAM ? passed : c->to;
		int64_t below;

		if (to == NOBODY)
			continue;
		below = run(s, to,
			    c->to == CALLS_PARAM     ? NOBODY
			    : c->passes == OWN_PARAM ? passed
						     : c->passes);
		if (c->depth + below > deepest)
			deepest = c->depth + below;
	}
	return deepest;
}

/* Calls lead forwards, to functions before the callbacks, which are the last four. */
static void random_callbacks(struct small *s, uint32_t *seed)
{
	int plain;

	*s = (struct small){.n = 6 + (int)(next_random(seed) % 10)};
	plain = s->n - 4;
	for (int i = 0; i < s->n; i++) {
		struct one_func *f = &s->v[i];

		f->turns = -1;
		f->frame = 32 + 8 * (int64_t)(next_random(seed) % 60);
		for (uint32_t k = next_random(seed) % 4; k && i + 1 < s->n; k--) {
			struct one_call *c = new_call(f, seed);
			uint32_t kind = next_random(seed) % 8;

			if (i < plain && kind < 3) {
				c->to = CALLS_PARAM;
				continue;
			}
			if (i + 1 == plain) {
				f->n_calls--;
				continue;
			}
			c->to = i + 1 +
				(int)(next_random(seed) %
				      (uint32_t)(i < plain ? plain - i - 1 : s->n - i - 1));
			if (i < plain && kind < 6)
				c->passes = plain + (int)(next_random(seed) % 4);
			else if (i < plain && kind == 6)
				c->passes = OWN_PARAM;
		}
	}
}

static void callbacks(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= 4000; n++) {
		uint32_t seed = n * 2654435761u | 1;
		struct solved x = {0};
		struct small s;

		random_callbacks(&s, &seed);
		solve_small(&s, &x);
		for (int i = 0; i < s.n; i++) {
			int64_t want = run(&s, i, NOBODY), is = x.depths.v[i].bytes;

			if (is != want)
				fail_msg("graph %u: function %d is %lld deep, not %lld", n, i,
					 (long long)want, (long long)is);
		}
		release(&x);
	}
}

/* Longest walk that visits each limited function no more than its turns and once; -1: it has no end. */
static int64_t walk(const struct small *s, int func, int *visits, bool *open)
{
	const struct one_func *f = &s->v[func];
	int64_t deepest = f->frame;

	if (f->turns >= 0 ? visits[func] > f->turns : open[func])
		return -1;
	visits[func]++;
	for (int i = 0; i < f->n_calls; i++) {
		bool below_open[MAX_FUNCS] = {false};
		int64_t below;

		/* A circle that passes a limited function is allowed: only what lies behind the last one is open. */
		if (f->turns < 0)
			memcpy(below_open, open, sizeof(below_open));
		if (f->turns < 0)
			below_open[func] = true;
		below = walk(s, f->calls[i].to, visits, below_open);
		if (below >= 0 && f->calls[i].depth + below > deepest)
			deepest = f->calls[i].depth + below;
	}
	visits[func]--;
	return deepest;
}

/* Is there a circle without any limited function? */
static bool is_endless(const struct small *s, int func, bool *open)
{
	bool endless = false;

	if (s->v[func].turns >= 0)
		return false;
	if (open[func])
		return true;
	open[func] = true;
	for (int i = 0; i < s->v[func].n_calls && !endless; i++)
		endless = is_endless(s, s->v[func].calls[i].to, open);
	open[func] = false;
	return endless;
}

static void random_limits(struct small *s, uint32_t *seed)
{
	*s = (struct small){.n = 2 + (int)(next_random(seed) % 5)};
	for (int i = 0; i < s->n; i++) {
		struct one_func *f = &s->v[i];

		f->turns = next_random(seed) % 3 ? -1 : (int)(next_random(seed) % 3);
		f->frame = 32 + 8 * (int64_t)(next_random(seed) % 60);
		for (uint32_t k = next_random(seed) % 4; k; k--)
			new_call(f, seed)->to = (int)(next_random(seed) % (uint32_t)s->n);
	}
}

static int count_limited(const struct small *s)
{
	int n = 0;

	for (int i = 0; i < s->n; i++)
		n += s->v[i].turns >= 0;
	return n;
}

static bool is_endless_anywhere(const struct small *s)
{
	for (int i = 0; i < s->n; i++)
		if (is_endless(s, i, (bool[MAX_FUNCS]){false}))
			return true;
	return false;
}

static void check_limits(const struct small *s, const struct solved *x, uint32_t graph)
{
	for (int i = 0; i < s->n; i++) {
		int64_t want = walk(s, i, (int[MAX_FUNCS]){0}, (bool[MAX_FUNCS]){false});
		const struct depth *d = &x->depths.v[i];

		if (d->bound != BOUND_EXACT)
			fail_msg("graph %u: function %d is %s", graph, i, bound_name(d->bound));
		/* With several limits in one circle it is a bound from above. */
		if (count_limited(s) == 1 ? d->bytes != want : d->bytes < want)
			fail_msg("graph %u: function %d is %lld deep, not %lld", graph, i,
				 (long long)want, (long long)d->bytes);
	}
}

static void limits(void **state)
{
	uint32_t checked = 0;

	(void)state;
	for (uint32_t n = 1; n <= 20000; n++) {
		uint32_t seed = n * 2654435761u | 1;
		struct solved x = {0};
		struct small s;

		random_limits(&s, &seed);
		if (is_endless_anywhere(&s))
			continue;
		make_model(&s, &x.model);
		solve_small(&s, &x);
		check_limits(&s, &x, n);
		checked += count_limited(&s) == 1;
		release(&x);
	}
	assert_true(checked > 500);
}

/* The same graph with some calls forbidden, and without these calls. */
static void cuts(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= 2000; n++) {
		uint32_t seed = n * 2654435761u | 1;
		struct solved with = {0}, without = {0};
		struct small s, less;

		random_callbacks(&s, &seed);
		less = s;
		for (int i = 0; i < s.n; i++) {
			struct one_func *f = &less.v[i];
			int to = f->n_calls ? f->calls[0].to : CALLS_PARAM, kept = 0;

			/* What is passed as well would be forbidden there too. */
			if (to == CALLS_PARAM || (i < s.n - 4 && to >= s.n - 4) ||
			    next_random(&seed) % 2)
				continue;
			*vec_push(&with.model.annotations) = (struct annotation){
				.kind = ANNOTATE_NEVER,
				.function = arena_printf(&with.model.arena, "f%02d", i),
				.other = arena_printf(&with.model.arena, "f%02d", to)};
			for (int k = 0; k < f->n_calls; k++)
				if (f->calls[k].to != to)
					f->calls[kept++] = f->calls[k];
			f->n_calls = kept;
		}
		model_index(&with.model);
		solve_small(&s, &with);
		solve_small(&less, &without);
		for (int i = 0; i < s.n; i++)
			if (with.depths.v[i].bytes != without.depths.v[i].bytes)
				fail_msg("graph %u: function %d is %lld deep, not %lld", n, i,
					 (long long)without.depths.v[i].bytes,
					 (long long)with.depths.v[i].bytes);
		release(&with);
		release(&without);
	}
}

enum { CALLBACKS = 100 };

static void pass(struct facts *f, uint32_t func, const char *callee, const char *passed)
{
	*vec_push(&f->calls) = (struct fact_call){
		.func = func, .kind = CALL_DIRECT, .callee = callee, .depth_bytes = 16};
	*vec_push(&f->args) = (struct fact_arg){.call = (uint32_t)f->calls.n - 1,
						.kind = passed ? ARG_FUNCTION : ARG_PARAM,
						.text = passed};
	*vec_push(&f->flows) = (struct fact_flow){.kind = FLOW_COPY,
						  .from = "param:outer#0",
						  .to = "param:inner#0",
						  .within = "outer"};
}

static void add_plain_func(struct facts *f, const char *name)
{
	*vec_push(&f->funcs) = (struct fact_func){
		.symbol = name, .name = name, .frame_bytes = 32, .entry_bytes = 8};
}

/* `callers` functions pass one callback each to outer(), which hands it on to inner(), which calls it. */
static void hand_on(struct facts *f, int callers)
{
	*f = (struct facts){.unit = "u.c", .target = "x86_64-linux-gnu"};
	add_plain_func(f, "inner");
	*vec_push(&f->calls) = (struct fact_call){
		.kind = CALL_INDIRECT, .slot = "param:inner#0", .depth_bytes = 32};
	add_plain_func(f, "outer");
	pass(f, 1, "inner", NULL);
	for (int i = 0; i < callers; i++) {
		const char *callback = arena_printf(&f->arena, "x%03d", i);
		const char *caller = arena_printf(&f->arena, "y%03d", i);

		add_plain_func(f, callback);
		add_plain_func(f, caller);
		pass(f, (uint32_t)f->funcs.n - 1, "outer", callback);
		*vec_push(&f->binds) = (struct fact_bind){
			.symbol = callback, .slot = "param:outer#0", .within = caller};
	}
	facts_sort(f);
}

/* What is handed on by very many is not told apart any more, and nothing is lost by that. */
static void too_many(void **state)
{
	static const int counts[] = {3, CALLBACKS};

	(void)state;
	for (size_t n = 0; n < sizeof(counts) / sizeof(*counts); n++) {
		struct solved x = {.units = {&x.facts}};
		struct link_options options = {0};
		struct error err;
		uint32_t *inner, *caller, through = 0, plain = 0;
		size_t found;

		hand_on(&x.facts, counts[n]);
		assert_int_equal(program_link(&x.program, x.units, 1, &options, &err), 0);
		program_check(&x.program);
		depths_solve(&x.depths, &x.program);
		stack_check(&x.program, &x.depths);
		inner = program_find(&x.program, &x.model.arena, "inner", &found);
		caller = program_find(&x.program, &x.model.arena, "y001", &found);
		for (uint32_t i = 0; i < x.program.n_edges; i++) {
			through += x.program.edges[i].through != NO_ID;
			plain += x.program.edges[i].from == *inner && !x.program.edges[i].by_caller;
		}
		assert_int_equal(through, counts[n] < CALLBACKS ? 2 * counts[n] : 0);
		assert_int_equal(plain, counts[n] < CALLBACKS ? 0 : counts[n]);
		assert_int_equal(x.depths.v[*caller].bytes, 16 + 16 + 32 + 32);
		release(&x);
	}
}

/* Longest path that enters no function twice, by trying all. */
static int64_t longest(const struct small *s, int func, bool *open)
{
	const struct one_func *f = &s->v[func];
	int64_t deepest = f->frame;

	open[func] = true;
	for (int i = 0; i < f->n_calls; i++) {
		const struct one_call *c = &f->calls[i];
		int64_t below;

		if (open[c->to])
			continue;
		below = c->depth + longest(s, c->to, open);
		if (below > deepest)
			deepest = below;
	}
	open[func] = false;
	return deepest;
}

static void random_circles(struct small *s, uint32_t *seed)
{
	*s = (struct small){.n = 3 + (int)(next_random(seed) % 9)};
	for (int i = 0; i < s->n; i++) {
		struct one_func *f = &s->v[i];

		f->turns = -1;
		f->frame = 32 + 8 * (int64_t)(next_random(seed) % 60);
		for (uint32_t k = next_random(seed) % 4; k; k--)
			new_call(f, seed)->to = (int)(next_random(seed) % (uint32_t)s->n);
	}
}

/* In small components the longest way is found. */
static void circles(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= 4000; n++) {
		uint32_t seed = n * 2654435761u | 1;
		struct solved x = {0};
		struct small s;

		random_circles(&s, &seed);
		solve_small(&s, &x);
		for (int i = 0; i < s.n; i++) {
			int64_t want = longest(&s, i, (bool[MAX_FUNCS]){false});
			int64_t is = x.depths.v[i].bytes;

			if (is != want)
				fail_msg("graph %u: function %d is %lld deep, not %lld", n, i,
					 (long long)want, (long long)is);
		}
		release(&x);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(callbacks), cmocka_unit_test(limits),	 cmocka_unit_test(circles),
		cmocka_unit_test(cuts),	     cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
