/*
 * What slots hold against slow and obvious oracles: sets of random graphs, and random slots of arrays, by a fixpoint over
 * plain arrays.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "flows_fixture.h"
#include "program/flows_sets.h"

/* xorshift: the same programs on every machine. */
static uint32_t seed;

static uint32_t any(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % n;
}

enum { MAX_NODES = 40, MAX_VALUES = 200 };

/* Graphs: has[node][value]. */
static void plain_sets(const struct set_graph *g, bool has[MAX_NODES][MAX_VALUES], uint8_t *flags)
{
	bool changed = true;

	memset(has, 0, sizeof(bool[MAX_NODES][MAX_VALUES]));
	for (size_t i = 0; i < g->seeds.n; i++)
		has[g->seeds.v[i].node][g->seeds.v[i].value] = true;
	memcpy(flags, g->flags.v, g->flags.n);
	while (changed) {
		changed = false;
		for (size_t i = 0; i < g->edges.n; i++) {
			uint32_t from = g->edges.v[i].from, to = g->edges.v[i].to;

			for (uint32_t v = 0; v < g->n_values; v++) {
				changed |= has[from][v] && !has[to][v];
				has[to][v] |= has[from][v];
			}
			changed |= (flags[from] & ~flags[to]) != 0;
			flags[to] |= flags[from];
		}
	}
}

static void compare_sets(const struct set_graph *g)
{
	static bool has[MAX_NODES][MAX_VALUES];
	uint8_t flags[MAX_NODES];
	struct sets_reader reader = {0};
	struct sets s;

	plain_sets(g, has, flags);
	sets_solve(&s, g);
	for (uint32_t node = 0; node < g->flags.n; node++) {
		size_t expected = 0;

		sets_begin(&reader, &s);
		sets_add(&reader, &s, s.of_node[node]);
		for (uint32_t v = 0; v < g->n_values; v++)
			expected += has[node][v];
		assert_int_equal(reader.out.n, expected);
		for (size_t i = 0; i < reader.out.n; i++)
			assert_true(has[node][reader.out.v[i]]);
		assert_int_equal(flags[node], s.flags[node]);
		assert_int_equal(s.of_node[node] == EMPTY_SET, expected == 0);
	}
	sets_reader_release(&reader);
	sets_release(&s);
}

static void test_sets(void **state)
{
	(void)state;
	seed = 1;
	for (int round = 0; round < 2000; round++) {
		struct set_graph g = {.n_values = 1 + any(MAX_VALUES)};
		uint32_t nodes = 1 + any(MAX_NODES), edges = any(80), seeds = any(300);

		for (uint32_t i = 0; i < nodes; i++)
			*vec_push(&g.flags) = (uint8_t)(any(8) ? 0 : 1 + any(2));
		for (uint32_t i = 0; i < edges; i++)
			*vec_push(&g.edges) = (struct set_edge){any(nodes), any(nodes)};
		for (uint32_t i = 0; i < seeds; i++)
			*vec_push(&g.seeds) = (struct set_seed){any(nodes), any(g.n_values)};
		compare_sets(&g);
		vec_release(&g.flags);
		vec_release(&g.edges);
		vec_release(&g.seeds);
	}
}

/* Slots of arrays with known and unknown indices. */
enum { N_SLOTS = 14, N_FUNCS = 6, N_FACTS = 30 };

struct slots_case {
	char text[N_SLOTS][64];
	bool holds[N_SLOTS][N_FUNCS], open[N_SLOTS];
	struct {
		uint32_t from, to;
	} copies[N_FACTS];
	uint32_t n_copies;
};

static bool texts_meet(const char *a, const char *b)
{
	while (*a && *a == *b) {
		const char *x = a, *y = b;

		if (*a++ == '[') {
			b++;
			a += strcspn(a, "]");
			b += strcspn(b, "]");
			if (a - x > 1 && b - y > 1 &&
			    (a - x != b - y || memcmp(x, y, (size_t)(a - x))))
				return false;
		} else {
			b++;
		}
	}
	return *a == *b;
}

static void random_slot(char *text)
{
	static const char *const indices[] = {"[0]", "[1]", "[]"};
	static const char *const forms[] = {"var:%s%s%s@u0.c", "field:struct%%20%s.f%s%s@u0.c"};
	static const char *const names[] = {"a", "b"};
	unsigned dimensions = any(3);

	sprintf(text, forms[any(2)], names[any(2)], dimensions > 0 ? indices[any(3)] : "",
		dimensions > 1 ? indices[any(3)] : "");
}

/* What is written to `from` and to all that it meets is read there. */
static bool spread(struct slots_case *c, bool held[N_SLOTS][N_FUNCS], uint32_t from, uint32_t to)
{
	bool changed = false;

	for (uint32_t i = 0; i < N_SLOTS; i++) {
		if (!texts_meet(c->text[from], c->text[i]))
			continue;
		for (uint32_t f = 0; f < N_FUNCS; f++) {
			changed |= c->holds[i][f] && !held[to][f];
			held[to][f] |= c->holds[i][f];
		}
		if (held == c->holds) {
			changed |= c->open[i] && !c->open[to];
			c->open[to] |= c->open[i];
		}
	}
	return changed;
}

static void expect_slot(struct slots_case *c, uint32_t slot, struct buf *out)
{
	bool read[N_SLOTS][N_FUNCS] = {{false}}, open = false, some = false;

	spread(c, read, slot, 0);
	for (uint32_t i = 0; i < N_SLOTS; i++)
		open |= texts_meet(c->text[slot], c->text[i]) && c->open[i];
	out->len = 0;
	for (uint32_t f = 0; f < N_FUNCS; f++) {
		if (read[0][f])
			buf_printf(out, "f%u ", f);
		some |= read[0][f];
	}
	buf_printf(out, "%s%s", c->text[slot][0] == 'f' ? "field" : "variable",
		   some && !open ? " complete" : "");
}

static void make_slots(struct slots_case *c, struct buf *unit)
{
	memset(c, 0, sizeof(*c));
	for (uint32_t i = 0; i < N_SLOTS; i++)
		random_slot(c->text[i]);
	for (uint32_t i = 0; i < N_FACTS; i++) {
		uint32_t kind = any(20), to = any(N_SLOTS), what = any(N_FUNCS),
			 from = any(N_SLOTS);

		if (kind == 0) {
			c->open[to] = true;
			buf_printf(unit, "flow open to=%s\n", c->text[to]);
		} else if (kind < 8) {
			c->holds[to][what] = true;
			buf_printf(unit, "bind f%u slot=%s\n", what, c->text[to]);
		} else {
			c->copies[c->n_copies].from = from;
			c->copies[c->n_copies++].to = to;
			buf_printf(unit, "flow copy from=%s to=%s\n", c->text[from], c->text[to]);
		}
	}
	buf_puts(unit, "func a linkage=external\n");
	for (uint32_t i = 0; i < N_SLOTS; i++)
		buf_printf(unit, "\tcall indirect slot=%s\n", c->text[i]);
	for (uint32_t f = 0; f < N_FUNCS; f++)
		buf_printf(unit, "func f%u linkage=static\n", f);
}

static void test_slots(void **state)
{
	struct slots_case c;
	struct buf unit = {0}, expected = {0};

	(void)state;
	seed = 2;
	for (int round = 0; round < 2000; round++) {
		struct flows_fixture x = {0};
		bool changed = true;

		unit.len = 0;
		make_slots(&c, &unit);
		while (changed) {
			changed = false;
			for (uint32_t i = 0; i < c.n_copies; i++)
				changed |= spread(&c, c.holds, c.copies[i].from, c.copies[i].to);
		}
		flows_fixture_add(&x, buf_str(&unit));
		flows_fixture_solve(&x);
		for (uint32_t i = 0; i < N_SLOTS; i++) {
			expect_slot(&c, i, &expected);
			if (!strcmp(flows_fixture_targets(&x, "a", i), buf_str(&expected)))
				continue;
			fputs(buf_str(&unit), stderr);
			fail_msg("%s holds %s, not %s", c.text[i], buf_str(&x.text),
				 buf_str(&expected));
		}
		flows_fixture_release(&x);
	}
	buf_release(&unit);
	buf_release(&expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_slots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
