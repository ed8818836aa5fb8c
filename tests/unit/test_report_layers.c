/*
 * Reports over the real layers: random units are linked, solved and judged, and the reports are left in the build
 * folder, where tests/docs/validate_json.py adds up every path and count anew, and check_formats.py parses them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "reports/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNITS = 5, BUDGET = 4096 };

struct random {
	uint64_t state;
};

/* 0..n-1 (a linear congruential generator: the same numbers everywhere). */
static uint32_t below(struct random *r, uint32_t n)
{
	r->state = r->state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(r->state >> 33) % n;
}

static bool one_in(struct random *r, uint32_t n)
{
	return !below(r, n);
}

static void add_call(struct random *r, struct facts *u, uint32_t unit, uint32_t func, uint32_t n)
{
	struct fact_call *c = vec_push(&u->calls);
	struct arena *a = &u->arena;

	c->func = func;
	c->kind = (enum call_kind)below(r, 4);
	c->loc = (struct fact_loc){u->unit, 1000 + func, 1};
	if (c->kind == CALL_DIRECT || c->kind == CALL_INDIRECT)
		c->depth_bytes = one_in(r, 15) ? BYTES_UNKNOWN : 16 + 8 * below(r, 40);
	if (c->kind == CALL_INDIRECT || c->kind == CALL_INDIRECT_TAIL) {
		c->signature = one_in(r, 8) ? "long (long)" : "int (void)";
		c->slot = one_in(r, 2) ? "field:struct s.f" : NULL;
	} else if (one_in(r, 6)) {
		c->callee = one_in(r, 2) ? "kmalloc" : "memcpy";
	} else {
		c->callee =
			arena_printf(a, "f%u_%u", one_in(r, 10) ? below(r, UNITS) : unit,
				     one_in(r, 20) ? below(r, n) : (func + 1 + below(r, 9)) % n);
	}
}

static void add_func(struct random *r, struct facts *u, uint32_t unit, uint32_t number)
{
	struct fact_func *f = vec_push(&u->funcs);

	f->symbol = arena_printf(&u->arena, "f%u_%u", unit, number);
	f->name = one_in(r, 10) ? "same" : f->symbol;
	f->signature = one_in(r, 3) ? "long (long)" : "int (void)";
	f->loc = (struct fact_loc){u->unit, number + 1, 1};
	f->linkage = (enum linkage)below(r, 4);
	f->address_taken = one_in(r, 8);
	f->entry_bytes = 8;
	f->frame_bytes = 8 + 8 * below(r, 60);
	f->frame_kind = u->status == UNIT_ESTIMATED ? FRAME_ESTIMATED
			: one_in(r, 12)		    ? FRAME_UNMEASURED
						    : (enum frame_kind)below(r, 3);
	if (f->frame_kind == FRAME_UNMEASURED && one_in(r, 2))
		f->frame_bytes = BYTES_UNKNOWN;
}

static void make_unit(struct random *r, struct facts *u, uint32_t unit, uint32_t n_funcs)
{
	*u = (struct facts){0};
	u->unit = arena_printf(&u->arena, "drivers/u%u.c", unit);
	u->target = "x86_64-unknown-linux-gnu";
	u->compiler = "clang 19.1.7";
	u->status = unit == UNITS - 1 ? UNIT_ESTIMATED : UNIT_OK;
	if (u->status == UNIT_ESTIMATED)
		*vec_push(&u->problems) = "drivers/u4.c:1: 'a.h' file not found";
	for (uint32_t i = 0; i < n_funcs; i++) {
		add_func(r, u, unit, i);
		for (uint32_t k = below(r, 4); k--;)
			add_call(r, u, unit, i, n_funcs);
	}
	for (uint32_t k = 0; k < 3; k++) {
		struct fact_bind *b = vec_push(&u->binds);

		b->symbol = arena_printf(&u->arena, "f%u_%u", unit, below(r, n_funcs));
		b->slot = "field:struct s.f";
		b->loc = (struct fact_loc){u->unit, 1, 1};
	}
	facts_sort(u);
}

/* What is known of code outside. */
static void make_model(struct model *m)
{
	*vec_push(&m->externals) =
		(struct model_external){.symbol = "memcpy", .bytes = 24, .why = "a leaf"};
	model_index(m);
}

static int64_t depth_of(const struct depths *d, const struct entry *e)
{
	return d->v[e->func].bytes;
}

/* Deepest first; by insertion, as there are few. */
static size_t make_entries(const struct program *p, const struct depths *d, struct arena *a,
			   struct entry *entries)
{
	size_t n = 0;

	for (uint32_t f = 0; f < p->n_funcs; f++) {
		struct entry e = {.func = f};
		size_t k = n;

		if (!p->funcs[f].is_entry)
			continue;
		path_worst(p, d, f, a, &e.path);
		e.has_headroom = depth_of(d, &e) != BYTES_UNKNOWN;
		e.headroom = BUDGET - depth_of(d, &e);
		e.over = depth_of(d, &e) > BUDGET;
		for (; k && depth_of(d, &entries[k - 1]) < depth_of(d, &e); k--)
			entries[k] = entries[k - 1];
		entries[k] = e;
		n++;
	}
	return n;
}

static void leave(const char *folder, const char *name, uint64_t seed, const struct buf *out)
{
	struct error err = {0};
	char path[4096];

	snprintf(path, sizeof(path), BINARY_DIR "/%s", folder);
	assert_int_equal(file_make_dirs(path, &err), 0);
	snprintf(path, sizeof(path), BINARY_DIR "/%s/random-%d.%s", folder, (int)seed, name);
	assert_int_equal(file_write_atomic(path, out->data, out->len, &err), 0);
}

static void write_report(const struct report *r, uint64_t seed)
{
	for (size_t i = 0; i < n_writers; i++) {
		struct error err = {0};
		struct buf out = {0};

		assert_int_equal(writers[i]->write(r, &out, &err), 0);
		assert_true(out.len > 0);
		if (!strcmp(writers[i]->name, "json"))
			leave("reports-written", "json", seed, &out);
		leave("formats-written", writers[i]->name, seed, &out);
		buf_release(&out);
	}
}

static void scan(uint64_t seed, uint32_t n_funcs)
{
	struct random r = {seed};
	struct facts units[UNITS];
	const struct facts *all[UNITS];
	struct model model = {0};
	struct link_options options = {.model = &model};
	struct platform platform = {.name = "p", .summary = "s", .stack_bytes = 8192};
	struct program p = {0};
	struct depths d = {0};
	struct rule_input limits = {.program = &p,
				    .depths = &d,
				    .platform = &platform,
				    .budget_bytes = BUDGET,
				    .frame_limit = 256,
				    .large_local = 128};
	struct findings findings = {0};
	struct arena a = {0};
	struct error err = {0};
	struct entry *entries;
	struct report report = {.tool_version = "0",
				.llvm_version = "0",
				.graph = true,
				.top = 5,
				.width = 80,
				.platform = &platform,
				.budget_bytes = BUDGET,
				.frame_limit = 256,
				.program = &p,
				.depths = &d,
				.units_total = UNITS,
				.units_measured = UNITS - 1,
				.units_estimated = 1};

	for (uint32_t i = 0; i < UNITS; i++) {
		make_unit(&r, &units[i], i, n_funcs);
		all[i] = &units[i];
	}
	make_model(&model);
	if (program_link(&p, all, UNITS, &options, &err))
		fail_msg("%s", err.text);
	depths_solve(&d, &p);
	rules_run(&limits, &findings);
	entries = arena_array(&a, p.n_funcs, struct entry);
	report.n_entries = make_entries(&p, &d, &a, entries);
	report.entries = entries;
	report.findings = findings.v.v;
	report.n_findings = findings.v.n;
	write_report(&report, seed);
	findings_release(&findings);
	depths_release(&d);
	program_release(&p);
	model_release(&model);
	arena_release(&a);
	for (uint32_t i = 0; i < UNITS; i++)
		facts_release(&units[i]);
}

static void random_programs(void **state)
{
	static const uint32_t sizes[] = {1, 4, 10, 30, 60, 120};

	(void)state;
	for (uint64_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		scan(i, sizes[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(random_programs)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
