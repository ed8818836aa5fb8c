/* Rules about the call graph: path-budget, recursion. */
#include "rules_fixture.h"

/* top -> leaf, together `bytes` deep, top an entry. */
static struct fixture *two_functions(int64_t bytes)
{
	struct fixture *x = fixture_new();

	fixture_unit(x, "a.c");
	fixture_func(x, "top", "a.c", 1, 100);
	fixture_func(x, "leaf", "a.c", 9, bytes - 100);
	fixture_edge(x, 0, 1, CALL_DIRECT, 100);
	x->funcs[0].is_entry = true;
	x->funcs[0].entry_context = "no caller";
	x->funcs[0].n_edges = 1;
	x->depth[0].bytes = bytes;
	x->depth[0].possible_bytes = bytes;
	x->depth[0].via = 0;
	return x;
}

static void path_budget_is_an_error_with_its_path(void **state)
{
	struct fixture *x = two_functions(4000);
	struct findings out = {0};

	(void)state;
	fixture_check(x, "path-budget", &out);
	assert_int_equal(out.v.n, 1);
	assert_int_equal(out.v.v[0].severity, SEVERITY_ERROR);
	assert_int_equal(out.v.v[0].bytes, 4000);
	assert_int_equal(out.v.v[0].limit, 3072);
	assert_int_equal(out.v.v[0].n_edges, 1);
	assert_int_equal(out.v.v[0].edges[0], 0);
	assert_string_equal(
		out.v.v[0].message,
		"the worst path from top (no caller) needs 4,000 bytes through 1 call down "
		"to leaf, 928 bytes above the budget of 3,072 bytes");
	assert_contains(out.v.v[0].advice, "No variable on the path is large enough to help");
	findings_release(&out);
	fixture_free(x);
}

static void path_budget_stays_silent_at_the_budget(void **state)
{
	struct fixture *x = two_functions(3072);
	struct findings out = {0};

	(void)state;
	x->depth[1].bytes = 9000; /* no entry: reported with whoever calls it */
	fixture_check(x, "path-budget", &out);
	assert_int_equal(out.v.n, 0);
	findings_release(&out);
	fixture_free(x);
}

static void path_budget_names_changes(void **state)
{
	struct fixture *x = two_functions(4000);
	struct findings out = {0};
	const struct finding *f;

	(void)state;
	fixture_part(x, "text", "char[1500]", 1500);
	fixture_part(x, "small", "char[300]", 300);
	fixture_check(x, "path-budget", &out);
	f = &out.v.v[0];
	assert_int_equal(f->n_changes, 1);
	assert_int_equal(f->changes[0].change.kind, CHANGE_MOVE);
	assert_int_equal(f->changes[0].change.func, 1);
	assert_int_equal(f->changes[0].change.bytes, 1488);
	assert_int_equal(f->changes[0].n_paths, 1);
	assert_int_equal(f->bytes_after, 4000 - 1488);
	assert_string_equal(f->advice,
			    "Move text of leaf (char[1500], a.c:10; 1,488 bytes) to pool: 1,488 "
			    "bytes less, the worst path is then 2,512 bytes.");
	findings_release(&out);
	fixture_free(x);
}

static void path_budget_says_when_changes_are_not_enough(void **state)
{
	struct fixture *x = two_functions(4000);
	struct findings out = {0};

	(void)state;
	x->depth[0].bound = BOUND_AT_LEAST;
	fixture_part(x, "text", "char[320]", 320);
	fixture_part(x, "tiny", "char[48]", 48);
	fixture_check(x, "path-budget", &out);
	assert_int_equal(out.v.v[0].n_changes, 1);
	assert_int_equal(out.v.v[0].bytes_after, 3680);
	assert_contains(
		out.v.v[0].advice,
		"No change of variables alone is enough: run the deep part on another stack");
	assert_contains(out.v.v[0].advice,
			": 320 bytes less, the worst path is then at least 3,680 bytes, still 608 "
			"bytes above the budget.");
	findings_release(&out);
	fixture_free(x);
}

/* Two entries share one callee: its variable comes before a larger one that helps a single path. */
static void path_budget_orders_changes_by_paths(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};

	(void)state;
	fixture_unit(x, "a.c");
	fixture_func(x, "one", "a.c", 1, 2600);
	fixture_part(x, "large", "char[1600]", 1600);
	fixture_func(x, "two", "a.c", 20, 1500);
	fixture_func(x, "leaf", "a.c", 40, 2000);
	fixture_part(x, "shared", "char[1440]", 1440);
	fixture_edge(x, 0, 2, CALL_DIRECT, 2600);
	fixture_edge(x, 1, 2, CALL_DIRECT, 1500);
	for (uint32_t i = 0; i < 2; i++) {
		x->funcs[i].is_entry = true;
		x->funcs[i].first_edge = i;
		x->funcs[i].n_edges = 1;
		x->depth[i].via = i;
		x->depth[i].bytes = x->depth[i].possible_bytes = i ? 3500 : 4600;
	}
	fixture_check(x, "path-budget", &out);
	assert_int_equal(out.v.n, 2);
	assert_int_equal(out.v.v[0].n_changes, 1);
	assert_int_equal(out.v.v[0].changes[0].change.func, 0);
	assert_int_equal(out.v.v[1].n_changes, 1);
	assert_int_equal(out.v.v[1].changes[0].n_paths, 2);
	assert_contains(out.v.v[1].advice, "on 2 paths above the budget");
	findings_release(&out);

	/* Now the first one needs both. */
	x->depth[0].bytes = x->depth[0].possible_bytes = 5600;
	x->edges[0].depth_bytes = 3600;
	memset(&out, 0, sizeof(out));
	fixture_check(x, "path-budget", &out);
	assert_int_equal(out.v.v[0].n_changes, 2);
	assert_int_equal(out.v.v[0].changes[0].change.func, 2);
	assert_int_equal(out.v.v[0].changes[1].change.bytes, 1600);
	assert_int_equal(out.v.v[0].bytes_after, 5600 - 3040);
	findings_release(&out);
	fixture_free(x);
}

static void path_budget_says_at_least(void **state)
{
	struct fixture *x = two_functions(4000);
	struct findings out = {0};

	(void)state;
	x->depth[0].bound = BOUND_AT_LEAST;
	fixture_check(x, "path-budget", &out);
	assert_contains(out.v.v[0].message, "needs at least 4,000 bytes");
	findings_release(&out);
	fixture_free(x);
}

static void path_budget_warns_of_what_is_only_possible(void **state)
{
	struct fixture *x = two_functions(2000);
	struct findings out = {0};

	(void)state;
	x->depth[0].possible_bytes = 5000;
	x->depth[0].bound = BOUND_AT_LEAST;
	fixture_check(x, "path-budget", &out);
	assert_int_equal(out.v.n, 1);
	assert_int_equal(out.v.v[0].severity, SEVERITY_WARNING);
	assert_int_equal(out.v.v[0].bytes, 5000);
	assert_int_equal(out.v.v[0].n_edges, 0);
	assert_contains(out.v.v[0].message, "may need 5,000 bytes");
	assert_contains(out.v.v[0].message, "the known calls need at least 2,000 bytes");
	findings_release(&out);
	fixture_free(x);
}

/* f calls g calls f, the second call known by `evidence`. */
static struct fixture *circle(enum evidence evidence, int64_t turn_bytes)
{
	bool certain = evidence == EVIDENCE_DIRECT;
	struct fixture *x = fixture_new();

	fixture_unit(x, "a.c");
	fixture_func(x, "f", "a.c", 1, 40);
	fixture_func(x, "g", "a.c", 9, 60);
	fixture_edge(x, 0, 1, CALL_DIRECT, 40);
	fixture_edge(x, 1, 0, certain ? CALL_DIRECT : CALL_INDIRECT, 60);
	x->edges[1].evidence = evidence;
	fixture_cycle(x, 0, 2, certain, turn_bytes);
	return x;
}

static void recursion_counts_turns(void **state)
{
	struct fixture *x = circle(EVIDENCE_DIRECT, 100);
	struct findings out = {0};

	(void)state;
	fixture_check(x, "recursion", &out);
	assert_int_equal(out.v.n, 1);
	assert_int_equal(out.v.v[0].severity, SEVERITY_ERROR);
	assert_int_equal(out.v.v[0].bytes, 100);
	assert_int_equal(out.v.v[0].n_edges, 2);
	assert_int_equal(out.v.v[0].edges[1], 1);
	assert_string_equal(out.v.v[0].subject, "f>g");
	assert_string_equal(
		out.v.v[0].message,
		"f and g call each other in a circle; each turn takes 100 bytes, so the "
		"budget of 3,072 bytes holds 30 turns");
	findings_release(&out);
	fixture_free(x);
}

static void recursion_direct(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};

	(void)state;
	fixture_unit(x, "a.c");
	fixture_func(x, "walk", "a.c", 1, 40);
	fixture_edge(x, 0, 0, CALL_DIRECT, BYTES_UNKNOWN);
	fixture_cycle(x, 0, 1, true, BYTES_UNKNOWN);
	fixture_check(x, "recursion", &out);
	assert_string_equal(out.v.v[0].message,
			    "walk calls itself; what a turn takes is not known");
	assert_int_equal(out.v.v[0].severity, SEVERITY_ERROR);
	findings_release(&out);
	fixture_free(x);
}

static void recursion_that_is_only_possible_is_a_note(void **state)
{
	struct fixture *x = circle(EVIDENCE_SIGNATURE, 100);
	struct findings out = {0};

	(void)state;
	fixture_check(x, "recursion", &out);
	assert_int_equal(out.v.n, 1);
	assert_int_equal(out.v.v[0].severity, SEVERITY_NOTE);
	assert_contains(out.v.v[0].message,
			"f and g could call each other in a circle, if an indirect call");
	assert_contains(out.v.v[0].message, "each turn takes 100 bytes");
	assert_null(strstr(out.v.v[0].message, "holds"));
	findings_release(&out);
	fixture_free(x);
}

static void recursion_through_a_slot_is_a_warning(void **state)
{
	struct fixture *x = circle(EVIDENCE_FIELD, 100);
	struct findings out = {0};

	(void)state;
	fixture_check(x, "recursion", &out);
	assert_int_equal(out.v.v[0].severity, SEVERITY_WARNING);
	assert_contains(out.v.v[0].message, "if a function pointer leads back");
	findings_release(&out);
	fixture_free(x);
}

static void a_circle_of_tail_calls_takes_no_stack(void **state)
{
	struct fixture *x = circle(EVIDENCE_DIRECT, 0);
	struct findings out = {0};

	(void)state;
	fixture_check(x, "recursion", &out);
	assert_int_equal(out.v.v[0].severity, SEVERITY_NOTE);
	assert_contains(out.v.v[0].message, "takes no stack");
	findings_release(&out);
	fixture_free(x);
}

static void recursion_in_a_header_is_one_finding(void **state)
{
	struct fixture *x = fixture_new();
	struct findings out = {0};

	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		fixture_unit(x, i == 0 ? "a.c" : i == 1 ? "b.c" : "c.c");
		fixture_func(x, "walk", "h.h", 4, 40);
		fixture_edge(x, i, i, CALL_DIRECT, 40);
		fixture_cycle(x, i, 1, true, 40);
	}
	fixture_check(x, "recursion", &out);
	assert_int_equal(out.v.n, 1);
	assert_contains(out.v.v[0].message, "(in 3 units)");
	findings_release(&out);
	fixture_free(x);
}

static void long_circles_are_cut_short(void **state)
{
	static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g"};
	struct fixture *x = fixture_new();
	struct findings out = {0};

	(void)state;
	fixture_unit(x, "a.c");
	for (uint32_t i = 0; i < 7; i++) {
		fixture_func(x, names[i], "a.c", i + 1, 40);
		fixture_edge(x, i, (i + 1) % 7, CALL_DIRECT, 40);
	}
	fixture_cycle(x, 0, 7, true, 280);
	x->cycles[0].n_funcs = 7;
	fixture_check(x, "recursion", &out);
	assert_contains(out.v.v[0].message, "a, b, c, d and 3 functions more call each other");
	assert_int_equal(out.v.v[0].n_edges, 7);
	findings_release(&out);
	fixture_free(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path_budget_is_an_error_with_its_path),
		cmocka_unit_test(path_budget_stays_silent_at_the_budget),
		cmocka_unit_test(path_budget_names_changes),
		cmocka_unit_test(path_budget_says_when_changes_are_not_enough),
		cmocka_unit_test(path_budget_orders_changes_by_paths),
		cmocka_unit_test(path_budget_says_at_least),
		cmocka_unit_test(path_budget_warns_of_what_is_only_possible),
		cmocka_unit_test(recursion_counts_turns),
		cmocka_unit_test(recursion_direct),
		cmocka_unit_test(recursion_that_is_only_possible_is_a_note),
		cmocka_unit_test(recursion_through_a_slot_is_a_warning),
		cmocka_unit_test(a_circle_of_tail_calls_takes_no_stack),
		cmocka_unit_test(recursion_in_a_header_is_one_finding),
		cmocka_unit_test(long_circles_are_cut_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
