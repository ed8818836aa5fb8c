/*
 * Guards: in, the bodies that were walked; out, every test of remaining stack or of a depth, with the source ranges of
 * the code that runs when it passed and when it failed.
 *
 * `if (low) return x;` passes in the rest of its block, up to the label that the failing side jumps to. A test of a
 * count passes on the side that goes on. Assertions are no guards: they are gone in the code that ships.
 */
#include "extract/ast_guards.h"
#include "extract/ast_flow.h"
#include "base/text.h"

#include <string.h>

enum { MAX_NESTING = 8 };

static bool begins_with_word(const char *text, size_t size, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(words[i]);

		if (size > len && !memcmp(text, words[i], len) && text[len] != '_' &&
		    !(text[len] >= 'A' && text[len] <= 'Z'))
			return true;
	}
	return false;
}

static bool in_assertion(const struct walk *w, CXCursor statement)
{
	static const char *const names[] = {
		"ASSERT",	"NT_ASSERT", "ASSERTMSG", "RTL_SOFT_ASSERT", "BUG_ON", "WARN_ON",
		"WARN_ON_ONCE", "WARN_ONCE", "WARN",	  "VM_BUG_ON",	     "assert"};
	CXFile file;
	unsigned offset;
	size_t size;
	const char *text;

	clang_getExpansionLocation(clang_getCursorLocation(statement), &file, NULL, NULL, &offset);
	text = file ? clang_getFileContents(w->unit, file, &size) : NULL;
	return text && offset < size &&
	       begins_with_word(text + offset, size - offset, names,
				sizeof(names) / sizeof(*names));
}

static enum CXChildVisitResult note_last(CXCursor c, CXCursor parent, CXClientData data)
{
	CXCursor *last = data;

	(void)parent;
	if (c.kind != CXCursor_NullStmt)
		*last = c;
	return CXChildVisit_Continue;
}

/* Behind a macro that is a block stands an empty statement: `try_return(x);`. */
static CXCursor last_in_block(CXCursor block)
{
	CXCursor last = clang_getNullCursor();

	clang_visitChildren(block, note_last, &last);
	return last;
}

/* The last statement of what a branch runs. */
static CXCursor last_statement(CXCursor branch)
{
	CXCursor c[1];

	for (int i = 0; i < MAX_NESTING; i++) {
		if (branch.kind == CXCursor_CompoundStmt)
			branch = last_in_block(branch);
		else if (branch.kind == CXCursor_DoStmt && cursor_children(branch, c, 1) > 0)
			branch = c[0];
		else if (branch.kind == CXCursor_LabelStmt)
			branch = cursor_last_child(branch);
		else
			break;
	}
	return branch;
}

static bool is_exit(struct walk *w, CXCursor statement)
{
	CXCursor decl;

	switch ((int)statement.kind) {
	case CXCursor_ReturnStmt:
	case CXCursor_GotoStmt:
	case CXCursor_BreakStmt:
	case CXCursor_ContinueStmt:
	case CXCursor_SEHLeaveStmt: return true;
	case CXCursor_CallExpr:
		decl = clang_getCursorReferenced(statement);
		return decl.kind == CXCursor_FunctionDecl && walk_function(w, decl)->is_noreturn;
	}
	return false;
}

bool guards_branch_exits(struct walk *w, CXCursor branch)
{
	CXCursor c[3];

	for (int i = 0; i < MAX_NESTING; i++) {
		branch = last_statement(branch);
		if (branch.kind != CXCursor_IfStmt || cursor_children(branch, c, 3) != 3)
			return is_exit(w, branch);
		if (!is_exit(w, last_statement(c[1])))
			return false;
		branch = c[2];
	}
	return false;
}

static void place_of(CXSourceLocation at, uint32_t *line, uint32_t *column)
{
	unsigned l, c;

	clang_getExpansionLocation(at, NULL, &l, &c, NULL);
	*line = l;
	*column = c;
}

struct fact_range guards_range(CXSourceLocation first, CXSourceLocation last)
{
	struct fact_range r;

	place_of(first, &r.line, &r.column);
	place_of(last, &r.last_line, &r.last_column);
	if (r.last_column > 1)
		r.last_column--;
	return r;
}

static struct fact_range range_of(CXCursor c)
{
	CXSourceRange extent = clang_getCursorExtent(c);

	return guards_range(clang_getRangeStart(extent), clang_getRangeEnd(extent));
}

static bool range_holds(const struct fact_range *r, uint32_t line, uint32_t column)
{
	if (line < r->line || (line == r->line && column < r->column))
		return false;
	return line < r->last_line || (line == r->last_line && column <= r->last_column);
}

/* At most two pieces a side: the branch, and the rest of the block or a part of it. */
struct sides {
	struct fact_range pass[2], fail[2];
	uint32_t n_pass, n_fail;
};

static void add_side(struct sides *s, enum side side, struct fact_range r)
{
	if (side == SIDE_PASS && s->n_pass < 2)
		s->pass[s->n_pass++] = r;
	else if (side == SIDE_FAIL && s->n_fail < 2)
		s->fail[s->n_fail++] = r;
}

/* The rest of the block behind an `if` whose first branch leaves it; from the label that the branch jumps to on, its
   side joins. */
static void add_rest(struct sides *s, const struct test *t, CXCursor statement, CXCursor branch,
		     CXCursor block)
{
	struct fact_range rest = guards_range(clang_getRangeEnd(clang_getCursorExtent(statement)),
					      clang_getRangeEnd(clang_getCursorExtent(block)));
	CXCursor jump = last_statement(branch), label;
	struct fact_range after = rest;

	if (jump.kind == CXCursor_GotoStmt) {
		label = clang_getCursorReferenced(cursor_last_child(jump));
		place_of(clang_getCursorLocation(label), &after.line, &after.column);
		if (range_holds(&rest, after.line, after.column)) {
			rest.last_line = after.line;
			rest.last_column = after.column > 1 ? after.column - 1 : 1;
			add_side(s, t->when_true == SIDE_FAIL ? SIDE_FAIL : SIDE_EITHER, after);
		}
	}
	add_side(s, t->when_false, rest);
}

static void emit(struct guards *g, const struct test *t, CXCursor at, const struct sides *s,
		 bool returned)
{
	struct walk *w = g->walk;
	struct fact_guard *out = vec_push(&w->out->guards);

	*out = t->guard;
	out->within = g->func->name;
	out->returned = returned;
	out->n_pass = s->n_pass;
	out->n_fail = s->n_fail;
	out->pass = arena_memdup(w->arena, s->pass, s->n_pass * sizeof(*s->pass));
	out->fail = arena_memdup(w->arena, s->fail, s->n_fail * sizeof(*s->fail));
	out->loc = walk_loc(w, clang_getCursorLocation(at));
}

/* Counts are read both ways: the side that leaves is the one that failed. */
static struct test read_condition(struct guards *g, CXCursor condition, bool exits)
{
	struct test t;

	g->counts_up = false;
	t = test_condition(g, condition);
	if (!(t.when_true || t.when_false) || t.guard.kind == GUARD_STACK)
		return t;
	if (exits ? t.when_true == SIDE_FAIL : t.when_true == SIDE_PASS)
		return t;
	g->counts_up = true;
	return test_condition(g, condition);
}

/* `if (low) return FALSE;` in a helper: its result is the test. */
static void note_returned(struct guards *g, const struct test *t, CXCursor branch)
{
	CXCursor exit = last_statement(branch);
	int64_t value;

	if (t->guard.kind != GUARD_STACK || t->is_candidate || exit.kind != CXCursor_ReturnStmt ||
	    !cursor_integer(cursor_last_child(exit), &value))
		return;
	g->returned = *t;
	if (!value) {
		g->returned.when_true = t->when_false;
		g->returned.when_false = t->when_true;
	}
}

/* Tests of one kind: a condition may have one of each. */
static void find_in_branches(struct guards *g, CXCursor statement, CXCursor parent,
			     const CXCursor *c, unsigned n)
{
	bool exits = guards_branch_exits(g->walk, c[1]);
	struct sides s = {0};
	struct test t;

	g->moved = NULL;
	t = read_condition(g, c[0], exits);
	if (!t.when_true && !t.when_false)
		return;
	if (g->moved && t.guard.kind == GUARD_DEPTH)
		*ptr_map_put(&g->walk->graph->moved, g->moved, NULL) =
			g->moved_up ? MOVED_UP : MOVED_DOWN;
	add_side(&s, t.when_true, range_of(c[1]));
	if (n == 3)
		add_side(&s, t.when_false, range_of(c[2]));
	if (exits && parent.kind == CXCursor_CompoundStmt)
		add_rest(&s, &t, statement, c[1], parent);
	note_returned(g, &t, c[1]);
	emit(g, &t, statement, &s, false);
}

/* What remains of the stack first, then counts. */
static void find_in_choice(struct guards *g, CXCursor e, CXCursor parent)
{
	bool counts = g->counts;
	CXCursor c[3];
	unsigned n = cursor_children(e, c, 3);

	if (n < 2 || n > 3 || in_assertion(g->walk, e))
		return;
	g->counts = false;
	find_in_branches(g, e, parent, c, n);
	g->counts = g->only_counts = counts;
	if (counts)
		find_in_branches(g, e, parent, c, n);
	g->only_counts = false;
}

static void find_in_call(struct guards *g, CXCursor call)
{
	CXCursor decl = clang_getCursorReferenced(call), arg, inner;
	CXCursor c[1];

	if (decl.kind != CXCursor_FunctionDecl ||
	    strcmp(walk_function(g->walk, decl)->name, "IoGetStackLimits"))
		return;
	arg = clang_Cursor_getArgument(call, 0);
	for (int i = 0; i < MAX_NESTING && arg.kind != CXCursor_UnaryOperator; i++) {
		if (cursor_children(arg, c, 1) < 1)
			return;
		arg = cursor_last_child(arg);
	}
	inner = cursor_last_child(arg);
	g->limits_local = cx_string(g->walk->arena,
				    clang_getCursorSpelling(clang_getCursorReferenced(inner)));
}

static void find_in_assignment(struct guards *g, CXCursor e)
{
	CXCursor c[2], decl;

	if (clang_getCursorBinaryOperatorKind(e) != CXBinaryOperator_Assign ||
	    cursor_children(e, c, 2) != 2 || c[0].kind != CXCursor_DeclRefExpr)
		return;
	decl = clang_getCursorReferenced(c[0]);
	if (decl.kind == CXCursor_VarDecl)
		test_assign(g, decl, c[1]);
}

static void find_in_return(struct guards *g, CXCursor value)
{
	bool counts = g->counts;
	struct test t;

	g->counts = false;
	t = test_condition(g, value);
	g->counts = counts;
	if (t.when_true && t.when_false && !t.is_candidate)
		g->returned = t;
}

static enum CXChildVisitResult find(CXCursor c, CXCursor parent, CXClientData data)
{
	struct guards *g = data;
	CXCursor value;

	switch ((int)c.kind) {
	case CXCursor_IfStmt:
	case CXCursor_ConditionalOperator: find_in_choice(g, c, parent); break;
	case CXCursor_CallExpr: find_in_call(g, c); break;
	case CXCursor_BinaryOperator: find_in_assignment(g, c); break;
	case CXCursor_VarDecl:
		value = clang_Cursor_getVarDeclInitializer(c);
		if (!clang_Cursor_isNull(value))
			test_assign(g, c, value);
		break;
	case CXCursor_ReturnStmt:
		value = cursor_last_child(c);
		if (!clang_Cursor_isNull(value) && !g->returned.when_true)
			find_in_return(g, value);
		break;
	}
	return CXChildVisit_Recurse;
}

void guards_try(struct walk *w, CXCursor statement)
{
	CXCursor body[1];
	struct fact_range range;

	if (!cursor_children(statement, body, 1))
		return;
	range = range_of(body[0]);
	*vec_push(&w->out->guards) = (struct fact_guard){
		.kind = GUARD_HANDLER,
		.within = w->func->name,
		.measure = "__try",
		.threshold = BYTES_UNKNOWN,
		.pass = arena_memdup(w->arena, &range, sizeof(range)),
		.n_pass = 1,
		.loc = walk_loc(w, clang_getCursorLocation(statement)),
	};
}

void guards_in_function(struct guards *g, const struct func_info *f, bool counts)
{
	struct sides none = {0};

	g->func = f;
	g->counts = counts;
	g->limits_local = NULL;
	g->returned = (struct test){0};
	clang_visitChildren(f->definition, find, g);
	ptr_map_release(&g->values);
	if (!g->returned.when_true && !g->returned.when_false)
		return;
	/* Facts know helpers that give true when the test passed; callers here know both. */
	if (g->returned.when_true == SIDE_PASS)
		emit(g, &g->returned, f->definition, &none, true);
	for (size_t i = 0; i < g->helpers.n; i++)
		if (g->helpers.v[i].func == f)
			return;
	*vec_push(&g->helpers) = (struct test_helper){f, g->returned};
}
