/*
 * From an expression of function pointer type down to what it reads: in, an expression; out, the function it names
 * or the place it is read from. Looks through parentheses, casts, `&` and `*` (calls through `(*p)` and
 * `*(volatile T *)&p` included), statement expressions, and adds constant array indices on the way.
 */
#include "extract/ast_internal.h"

enum { MAX_STEPS = 400, MAX_CHILDREN = 8 };

/* Indices met from the outside in, which is right to left; DEREF: a `*` that a later `&` can undo. */
enum { DEREF = -2 };

struct trail {
	int64_t index[MAX_INDEX];
	uint32_t n;
	bool lost;
};

static void trail_add(struct trail *t, int64_t index)
{
	if (t->n == MAX_INDEX)
		t->lost = true;
	else
		t->index[t->n++] = index;
}

static struct source found_place(struct place place, const struct trail *t)
{
	struct source s = {.kind = SOURCE_PLACE, .place = place};

	if (t->lost)
		return (struct source){.kind = SOURCE_UNKNOWN};
	for (uint32_t i = t->n; i-- > 0;)
		place_add_index(&s.place, t->index[i] < 0 ? ANY_INDEX : t->index[i]);
	if (s.place.kind == PLACE_NONE)
		s.kind = SOURCE_UNKNOWN;
	return s;
}

static struct source found_declaration(struct walk *w, CXCursor decl, const struct trail *t)
{
	switch ((int)decl.kind) {
	case CXCursor_FunctionDecl:
		if (t->n || t->lost)
			break;
		return (struct source){.kind = SOURCE_FUNC, .func = walk_function(w, decl)};
	case CXCursor_VarDecl:
	case CXCursor_ParmDecl:
	case CXCursor_FieldDecl:
		return found_place((struct place){.kind = PLACE_DECL, .decl = decl}, t);
	}
	return (struct source){.kind = SOURCE_UNKNOWN};
}

CXType called_type(CXCursor callee)
{
	CXType t = clang_getCanonicalType(clang_getCursorType(callee));

	return t.kind == CXType_Pointer ? clang_getPointeeType(t) : t;
}

CXCursor called_function(CXCursor call, CXCursor callee)
{
	CXCursor decl = clang_getCursorReferenced(call);

	/* For get()(1) libclang names get(), whose type is another one than the called function's. */
	if (decl.kind == CXCursor_FunctionDecl &&
	    clang_equalTypes(clang_getCanonicalType(clang_getCursorType(decl)),
			     clang_getCanonicalType(called_type(callee))))
		return decl;
	return clang_getNullCursor();
}

/* What a call gives: the return slot of the function that is called by name. */
static struct source found_call(struct walk *w, CXCursor call, const struct trail *t)
{
	CXCursor callee = clang_getNullCursor();

	cursor_children(call, &callee, 1);
	callee = called_function(call, callee);
	if (callee.kind != CXCursor_FunctionDecl)
		return (struct source){.kind = SOURCE_UNKNOWN};
	return found_place((struct place){.kind = PLACE_RETURN, .func = walk_function(w, callee)},
			   t);
}

/* Steps into a unary operator; false: what it gives is no place. */
static bool step_unary(CXCursor *expr, struct trail *t)
{
	enum CXUnaryOperatorKind kind = clang_getCursorUnaryOperatorKind(*expr);
	CXCursor inner = cursor_last_child(*expr);
	bool ok = true;

	if (kind == CXUnaryOperator_Deref) {
		/* Dereferencing a function pointer gives the function, which decays again. */
		if (!type_is_function(clang_getCursorType(*expr)))
			trail_add(t, DEREF);
	} else if (kind == CXUnaryOperator_AddrOf) {
		if (t->n && (t->index[t->n - 1] == DEREF || t->index[t->n - 1] == 0))
			t->n--;
		else
			ok = type_is_function(clang_getCursorType(inner));
	} else {
		ok = kind == CXUnaryOperator_Extension;
	}
	*expr = inner;
	return ok;
}

static void step_subscript(CXCursor *expr, struct trail *t)
{
	CXCursor sides[2] = {clang_getNullCursor(), clang_getNullCursor()};
	int64_t index = ANY_INDEX;

	cursor_children(*expr, sides, 2);
	if (!cursor_integer(sides[1], &index) || index < 0)
		index = ANY_INDEX;
	trail_add(t, index);
	*expr = sides[0];
}

bool is_binary_conditional(CXCursor expr, CXCursor *arms)
{
	CXCursor c[5];

	/* Condition and first arm are shown as the common expression: c[0] stands there three times. */
	if (expr.kind != CXCursor_UnexposedExpr || cursor_children(expr, c, 5) != 4 ||
	    cursor_key(c[2]) != cursor_key(c[0]))
		return false;
	arms[0] = c[0];
	arms[1] = c[3];
	return true;
}

/* Steps into what has one value-giving child; false: it has none or several. */
static bool step_inner(CXCursor *expr)
{
	CXCursor c[MAX_CHILDREN];
	unsigned n;

	switch ((int)expr->kind) {
	case CXCursor_ParenExpr:
	case CXCursor_CStyleCastExpr: /* the type's own expressions stand before the operand */
		*expr = cursor_last_child(*expr);
		return true;
	case CXCursor_UnexposedExpr: /* an implicit conversion has one child */
		n = cursor_children(*expr, c, MAX_CHILDREN);
		*expr = c[0];
		return n == 1;
	case CXCursor_StmtExpr: /* the last statement of its block */
		*expr = cursor_last_child(cursor_last_child(*expr));
		return clang_isExpression(expr->kind) != 0;
	case CXCursor_BinaryOperator: /* an assignment and a comma give their right side */
		switch ((int)clang_getCursorBinaryOperatorKind(*expr)) {
		case CXBinaryOperator_Assign:
		case CXBinaryOperator_Comma: *expr = cursor_last_child(*expr); return true;
		}
		return false;
	}
	return false;
}

struct source resolve(struct walk *w, CXCursor expr)
{
	struct trail t = {0};
	int64_t value;

	for (int step = 0; step < MAX_STEPS; step++) {
		switch ((int)expr.kind) {
		case CXCursor_DeclRefExpr:
		case CXCursor_MemberRefExpr:
			return found_declaration(w, clang_getCursorReferenced(expr), &t);
		case CXCursor_CallExpr: return found_call(w, expr, &t);
		case CXCursor_IntegerLiteral:
			if (!t.n && cursor_integer(expr, &value) && !value)
				return (struct source){.kind = SOURCE_NULL};
			return (struct source){.kind = SOURCE_UNKNOWN};
		case CXCursor_UnaryOperator:
			if (!step_unary(&expr, &t))
				return (struct source){.kind = SOURCE_UNKNOWN};
			break;
		case CXCursor_ArraySubscriptExpr: step_subscript(&expr, &t); break;
		default:
			if (!step_inner(&expr))
				return (struct source){.kind = SOURCE_UNKNOWN};
		}
	}
	return (struct source){.kind = SOURCE_UNKNOWN};
}
