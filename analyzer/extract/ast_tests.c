/*
 * What a condition says about stack or depth that is left. In: an expression; out: the test in it, and which sides of
 * the condition prove that it passed. Either order of operands, every comparison, `!`, `&&`, `||`, results kept in
 * variables, helpers that return the test, with the threshold as a parameter or not.
 *
 * SIDE_PASS is a proof, SIDE_FAIL a possibility: behind `a && b` both have passed, in front of its else one may have
 * failed.
 */
#include "extract/ast_guards.h"
#include "base/text.h"

#include <string.h>

enum { MAX_STEPS = 64, MAX_DEPTH = 24 };

static const struct test no_test;

/* Through parentheses, casts and implicit conversions; gives how many. */
static CXCursor strip(CXCursor e)
{
	CXCursor c[2];

	for (int i = 0; i < MAX_STEPS; i++) {
		switch ((int)e.kind) {
		case CXCursor_ParenExpr:
		case CXCursor_CStyleCastExpr: e = cursor_last_child(e); continue;
		case CXCursor_UnexposedExpr:
			if (cursor_children(e, c, 2) != 1)
				return e;
			e = c[0];
			continue;
		case CXCursor_UnaryOperator:
			if (clang_getCursorUnaryOperatorKind(e) != CXUnaryOperator_Extension)
				return e;
			e = cursor_last_child(e);
			continue;
		}
		return e;
	}
	return e;
}

static const struct func_info *called(struct guards *g, CXCursor call)
{
	CXCursor decl;

	if (call.kind != CXCursor_CallExpr)
		return NULL;
	decl = clang_getCursorReferenced(call);
	return decl.kind == CXCursor_FunctionDecl ? walk_function(g->walk, decl) : NULL;
}

static bool hints_at_counter(const char *name)
{
	return source_hints_at_counter(name, strlen(name));
}

static bool is_integer(CXCursor e)
{
	CXType t = clang_getCanonicalType(clang_getCursorType(e));

	return (t.kind >= CXType_Bool && t.kind <= CXType_Int128) || t.kind == CXType_Enum;
}

static bool param_number(const struct guards *g, CXCursor decl, uint32_t *number)
{
	int n = clang_Cursor_getNumArguments(g->func->definition);

	for (int i = 0; i < n; i++) {
		if (cursor_key(clang_Cursor_getArgument(g->func->definition, (unsigned)i)) !=
		    cursor_key(decl))
			continue;
		*number = (uint32_t)i;
		return true;
	}
	return false;
}

static const struct test_value *value_of(const struct guards *g, CXCursor decl)
{
	uint64_t *value = ptr_map_find(&g->values, cursor_key(decl));

	return value ? (const struct test_value *)(uintptr_t)*value : NULL;
}

/* `(ULONG_PTR)&local - low`, where IoGetStackLimits() has set low. */
static bool is_distance(struct guards *g, CXCursor e, const char **local)
{
	CXCursor sides[2], left, decl;

	if (!g->limits_local || e.kind != CXCursor_BinaryOperator ||
	    clang_getCursorBinaryOperatorKind(e) != CXBinaryOperator_Sub ||
	    cursor_children(e, sides, 2) != 2)
		return false;
	left = strip(sides[0]);
	decl = clang_getCursorReferenced(strip(sides[1]));
	if (strcmp(cx_string(g->walk->arena, clang_getCursorSpelling(decl)), g->limits_local))
		return false;
	if (left.kind == CXCursor_UnaryOperator &&
	    clang_getCursorUnaryOperatorKind(left) == CXUnaryOperator_AddrOf)
		*local =
			cx_string(g->walk->arena, clang_getCursorSpelling(clang_getCursorReferenced(
							  strip(cursor_last_child(left)))));
	return true;
}

/* A name that is compared: a variable that holds a measure, a parameter or another counter. */
static bool measure_of_name(struct guards *g, CXCursor e, struct fact_guard *out)
{
	CXCursor decl = clang_getCursorReferenced(e);
	const struct test_value *value = value_of(g, decl);
	const char *name;

	if (value && value->is_measure) {
		*out = value->test.guard;
		return true;
	}
	if (!g->counts || !is_integer(e))
		return false;
	name = cx_string(g->walk->arena, clang_getCursorSpelling(decl));
	*out = (struct fact_guard){.kind = GUARD_COUNTER, .measure = name};
	if (decl.kind == CXCursor_ParmDecl && param_number(g, decl, &out->param)) {
		out->kind = GUARD_DEPTH;
		return true;
	}
	return hints_at_counter(name);
}

/* `level + 1`: the constant waits in the threshold, to be taken off the limit. */
static bool is_moved_count(struct guards *g, CXCursor e, struct fact_guard *out)
{
	int op = (int)clang_getCursorBinaryOperatorKind(e);
	CXCursor sides[2];
	int64_t moved;

	if ((op != CXBinaryOperator_Add && op != CXBinaryOperator_Sub) ||
	    cursor_children(e, sides, 2) != 2 || !cursor_integer(sides[1], &moved))
		return false;
	e = strip(sides[0]);
	if ((e.kind != CXCursor_DeclRefExpr && e.kind != CXCursor_MemberRefExpr) ||
	    !measure_of_name(g, e, out) || out->kind == GUARD_STACK)
		return false;
	out->threshold = op == CXBinaryOperator_Add ? moved : -moved;
	return true;
}

/* A count that is moved on in the same breath: `depth-- > 0`, `++depth > MAX`. */
static bool is_counted_here(struct guards *g, CXCursor e, struct fact_guard *out)
{
	int op = (int)clang_getCursorUnaryOperatorKind(e);
	bool up = op == CXUnaryOperator_PostInc || op == CXUnaryOperator_PreInc;

	if (!up && op != CXUnaryOperator_PostDec && op != CXUnaryOperator_PreDec)
		return false;
	e = strip(cursor_last_child(e));
	if ((e.kind != CXCursor_DeclRefExpr && e.kind != CXCursor_MemberRefExpr) ||
	    !measure_of_name(g, e, out))
		return false;
	if (out->kind == GUARD_DEPTH) {
		g->moved = cursor_key(clang_getCursorReferenced(e));
		g->moved_up = up;
	}
	return true;
}

static bool measure_of(struct guards *g, CXCursor e, struct fact_guard *out)
{
	const struct func_info *f;

	e = strip(e);
	switch ((int)e.kind) {
	case CXCursor_CallExpr:
		f = called(g, e);
		if (!f)
			return false;
		*out = (struct fact_guard){.kind = GUARD_STACK, .measure = f->name};
		if (!strcmp(f->name, "IoGetRemainingStackSize"))
			return true;
		out->kind = GUARD_COUNTER;
		return g->counts && hints_at_counter(f->name) && is_integer(e);
	case CXCursor_DeclRefExpr:
	case CXCursor_MemberRefExpr: return measure_of_name(g, e, out);
	case CXCursor_BinaryOperator:
		*out = (struct fact_guard){.kind = GUARD_STACK, .measure = "IoGetStackLimits"};
		return is_distance(g, e, &out->local) || is_moved_count(g, e, out);
	case CXCursor_UnaryOperator:
		/* A count that is moved on in the same breath: `depth-- > 0`, `++depth > MAX`. */
		return is_counted_here(g, e, out);
	}
	return false;
}

/* What the measure is held against: a constant or a parameter. */
static void read_threshold(const struct guards *g, CXCursor e, int64_t add, struct fact_guard *out)
{
	CXCursor decl;
	uint32_t number;

	out->threshold = BYTES_UNKNOWN;
	if (cursor_integer(e, &out->threshold)) {
		out->threshold += add;
		return;
	}
	e = strip(e);
	if (cursor_integer(e, &out->threshold)) {
		out->threshold += add;
		return;
	}
	out->threshold = BYTES_UNKNOWN;
	decl = clang_getCursorReferenced(e);
	if (e.kind == CXCursor_DeclRefExpr && decl.kind == CXCursor_ParmDecl &&
	    param_number(g, decl, &number)) {
		out->threshold_is_param = true;
		out->threshold = number;
	}
}

static bool is_wanted(const struct guards *g, const struct test *t)
{
	return (t->when_true || t->when_false) &&
	       (t->guard.kind == GUARD_STACK ? !g->only_counts : g->counts);
}

static struct test compare(struct guards *g, CXCursor e, int op)
{
	struct test t = no_test;
	CXCursor sides[2];
	bool mirrored = false, greater, equal, pass_greater = true;
	int64_t moved;

	if (cursor_children(e, sides, 2) != 2)
		return no_test;
	if (!measure_of(g, sides[0], &t.guard)) {
		mirrored = true;
		if (!measure_of(g, sides[1], &t.guard))
			return no_test;
	}
	moved = t.guard.threshold;
	/* Brought to "measure op threshold". */
	greater = op == CXBinaryOperator_GT || op == CXBinaryOperator_GE;
	equal = op == CXBinaryOperator_GE || op == CXBinaryOperator_LE;
	if (mirrored)
		greater = !greater;
	if (op == CXBinaryOperator_EQ || op == CXBinaryOperator_NE) {
		/* Only counts stop at one value. */
		if (t.guard.kind == GUARD_STACK)
			return no_test;
		greater = op == CXBinaryOperator_NE;
		read_threshold(g, sides[!mirrored], 0, &t.guard);
	} else {
		/* What counts up passes below its limit. */
		if (t.guard.kind != GUARD_STACK && g->counts_up)
			pass_greater = !pass_greater;
		/* m > T passes from T + 1 on, and so does what m <= T turns away. */
		read_threshold(g, sides[!mirrored], t.guard.kind == GUARD_STACK && greater != equal,
			       &t.guard);
	}
	if (moved && !t.guard.threshold_is_param && t.guard.threshold != BYTES_UNKNOWN)
		t.guard.threshold -= moved;
	t.guard.counts_up = t.guard.kind != GUARD_STACK && g->counts_up;
	t.when_true = greater == pass_greater ? SIDE_PASS : SIDE_FAIL;
	t.when_false = greater == pass_greater ? SIDE_FAIL : SIDE_PASS;
	return is_wanted(g, &t) ? t : no_test;
}

static bool is_test(const struct test *t)
{
	return t->when_true || t->when_false;
}

static struct test combine_tests(struct test a, struct test b, bool both)
{
	struct test t = is_test(&a) ? a : b;
	enum side *proven = both ? &t.when_true : &t.when_false;
	enum side *open = both ? &t.when_false : &t.when_true;
	enum side ap = both ? a.when_true : a.when_false, bp = both ? b.when_true : b.when_false;
	enum side ao = both ? a.when_false : a.when_true, bo = both ? b.when_false : b.when_true;

	*proven = ap == SIDE_PASS || bp == SIDE_PASS   ? SIDE_PASS
		  : ap == SIDE_FAIL || bp == SIDE_FAIL ? SIDE_FAIL
						       : SIDE_EITHER;
	*open = ao == SIDE_FAIL || bo == SIDE_FAIL ? SIDE_FAIL : SIDE_EITHER;
	return t;
}

/* A candidate beside a test is taken for something else. */
static struct test combine(struct test a, struct test b, bool both)
{
	if (is_test(&a) && is_test(&b) && a.is_candidate != b.is_candidate)
		return combine_tests(a.is_candidate ? no_test : a, b.is_candidate ? no_test : b,
				     both);
	return combine_tests(a, b, both);
}

static struct test swap(struct test t)
{
	enum side side = t.when_true;

	t.when_true = t.when_false;
	t.when_false = side;
	return t;
}

/* A call of a helper; its threshold is what the call passes when the helper takes it as a parameter. */
static struct test helper_test(struct guards *g, CXCursor call)
{
	const struct func_info *f = called(g, call);
	struct test t;

	for (size_t i = 0; f && i < g->helpers.n; i++) {
		if (g->helpers.v[i].func != f)
			continue;
		t = g->helpers.v[i].test;
		t.guard.measure = f->name;
		if (t.guard.threshold_is_param) {
			int64_t number = t.guard.threshold;

			t.guard.threshold_is_param = false;
			read_threshold(g, clang_Cursor_getArgument(call, (unsigned)number), 0,
				       &t.guard);
		}
		return t;
	}
	return no_test;
}

/*
 * A call of a function of another unit with constants as arguments may be a helper's, with the threshold among them: told without
 * one, and believed only when that function turns out to be a helper.
 */
static struct test candidate_test(struct guards *g, CXCursor call)
{
	const struct func_info *f = g->finds_candidates ? called(g, call) : NULL;
	int n = clang_Cursor_getNumArguments(call);
	int64_t value;

	if (!f || n < 1 || !clang_Cursor_isNull(f->definition) || f->is_builtin ||
	    !is_integer(call))
		return no_test;
	for (int i = 0; i < n; i++)
		if (!cursor_integer(clang_Cursor_getArgument(call, (unsigned)i), &value))
			return no_test;
	return (struct test){
		.guard = {.kind = GUARD_STACK, .measure = f->name, .threshold = BYTES_UNKNOWN},
		.when_true = SIDE_PASS,
		.when_false = SIDE_FAIL,
		.is_candidate = true};
}

static struct test test_at(struct guards *g, CXCursor e, int depth);

static struct test test_binary(struct guards *g, CXCursor e, int depth)
{
	int op = (int)clang_getCursorBinaryOperatorKind(e);
	CXCursor sides[2];

	switch (op) {
	case CXBinaryOperator_LAnd:
	case CXBinaryOperator_LOr:
		if (cursor_children(e, sides, 2) != 2)
			return no_test;
		return combine(test_at(g, sides[0], depth + 1), test_at(g, sides[1], depth + 1),
			       op == CXBinaryOperator_LAnd);
	case CXBinaryOperator_LT:
	case CXBinaryOperator_LE:
	case CXBinaryOperator_GT:
	case CXBinaryOperator_GE:
	case CXBinaryOperator_EQ:
	case CXBinaryOperator_NE: return compare(g, e, op);
	}
	return no_test;
}

/* A bare name or call as a condition: a kept result, a helper, a count that is not 0. */
static struct test test_value_of(struct guards *g, CXCursor e)
{
	struct test t = no_test;
	const struct test_value *value;

	if (e.kind == CXCursor_CallExpr) {
		t = helper_test(g, e);
		if (!t.when_true && !t.when_false)
			t = candidate_test(g, e);
		if (is_wanted(g, &t))
			return t;
		t = no_test;
	} else if (e.kind == CXCursor_DeclRefExpr) {
		value = value_of(g, clang_getCursorReferenced(e));
		if (value && !value->is_measure)
			return is_wanted(g, &value->test) ? value->test : no_test;
	}
	if (!g->counts || !measure_of(g, e, &t.guard) || t.guard.kind == GUARD_STACK)
		return no_test;
	t.guard.threshold = 0;
	t.when_true = SIDE_PASS;
	t.when_false = SIDE_FAIL;
	return t;
}

/* Conditions nest as deep as their author wrote them; beyond the limit they are no tests. */
static struct test test_at(struct guards *g, CXCursor e, int depth)
{
	if (depth > MAX_DEPTH)
		return no_test;
	e = strip(e);
	if (e.kind == CXCursor_UnaryOperator &&
	    clang_getCursorUnaryOperatorKind(e) == CXUnaryOperator_LNot)
		return swap(test_at(g, cursor_last_child(e), depth + 1));
	if (e.kind == CXCursor_BinaryOperator)
		return test_binary(g, e, depth);
	return test_value_of(g, e);
}

struct test test_condition(struct guards *g, CXCursor condition)
{
	return test_at(g, condition, 0);
}

void test_assign(struct guards *g, CXCursor variable, CXCursor value)
{
	struct test_value v = {.is_measure = true};
	bool counts = g->counts;

	/* A count that is copied into a variable is followed for stack measures only. */
	g->counts = false;
	if (!measure_of(g, value, &v.test.guard)) {
		v.is_measure = false;
		v.test = test_condition(g, value);
	}
	g->counts = counts;
	if (v.is_measure || v.test.when_true || v.test.when_false)
		*ptr_map_put(&g->values, cursor_key(variable), NULL) =
			(uintptr_t)arena_memdup(g->walk->arena, &v, sizeof(v));
}
