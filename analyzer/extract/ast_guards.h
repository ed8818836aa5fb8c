/*
 * Tests that let code run only while there is stack, or depth, left. For use by the ast_*.c files only.
 *
 *   ast_tests.c        what a condition says: which side of it is taken while the test passes
 *   ast_guards.c       the code on either side
 *   ast_guard_funcs.c  which functions to look at
 *   ast_once.c         recursion that excludes itself
 */
#ifndef STACKCHECK_EXTRACT_AST_GUARDS_H
#define STACKCHECK_EXTRACT_AST_GUARDS_H

#include "extract/ast_internal.h"

/* What holds on one side of a condition. */
enum side {
	SIDE_EITHER, /* nothing is known */
	SIDE_PASS, /* the test has passed, for certain */
	SIDE_FAIL, /* it may have failed */
};

struct test {
	struct fact_guard guard; /* kind, measure, param, threshold, local */
	enum side when_true, when_false; /* both SIDE_EITHER: the condition is no test */
	bool is_candidate; /* a test only if another unit's function is a helper */
};

/* A function that gives a test's result. */
struct test_helper {
	const struct func_info *func;
	struct test test; /* when_true, when_false: of its result */
};

/* What a local variable of the function holds. Lives in the arena. */
struct test_value {
	bool is_measure; /* what remains, or a count: `test.guard` says what; else a test's result */
	struct test test;
};

struct guards {
	struct walk *walk;
	const struct func_info *func; /* that is looked at */
	struct ptr_map values; /* local variable -> struct test_value */
	const char
		*limits_local; /* the variable that IoGetStackLimits() put the lower limit into */
	bool counts; /* its parameters may be depths, its variables counters */
	bool only_counts; /* tests of remaining stack are not asked for now */
	bool finds_candidates; /* calls of other units' functions may be tests */
	bool counts_up; /* how they are read: they pass below their limit, else above it */
	const void *moved; /* the parameter that the condition changes by one; NULL */
	bool moved_up;
	struct test returned;
	VEC(struct test_helper) helpers;
};

/* Tests in the bodies that were walked, into ast.guards. */
void guards_find(struct walk *w);

/* Tests in one body; `counts`: those of depths and counters, too. */
void guards_in_function(struct guards *g, const struct func_info *f, bool counts);

/* Does the branch of an `if` leave it for good? */
bool guards_branch_exits(struct walk *w, CXCursor branch);

struct fact_range guards_range(CXSourceLocation first, CXSourceLocation last);

/* A call from one body of the unit to another, by index into ast.funcs. */
struct once_call {
	uint32_t from, to;
	bool gone; /* lies neither on nor between circles */
};

/* Guards of recursion that makes its own condition false. `recursive`: by function. */
void once_find(struct walk *w, const struct once_call *calls, size_t n_calls,
	       const bool *recursive);

/* What a condition says; both sides SIDE_EITHER when it is no test. */
struct test test_condition(struct guards *g, CXCursor condition);

/* Remembers what a local variable is given. */
void test_assign(struct guards *g, CXCursor variable, CXCursor value);

#endif
