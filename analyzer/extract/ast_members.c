/*
 * What a member is a part of: in, an expression such as `dev->ops->read` or `table[i].run`; out, the variable that it lies
 * in, or the pointer that leads to its record.
 */
#include "extract/ast_flow.h"

enum { MAX_STEPS = 400 };

CXCursor strip_expr(CXCursor expr)
{
	CXCursor c[2];

	for (int i = 0; i < MAX_STEPS; i++) {
		if (expr.kind == CXCursor_ParenExpr || expr.kind == CXCursor_CStyleCastExpr)
			expr = cursor_last_child(expr);
		else if (expr.kind == CXCursor_UnexposedExpr && cursor_children(expr, c, 2) == 1)
			expr = c[0];
		else
			break;
	}
	return expr;
}

/* `&x` and the name of an array lead to an object, everything else is a pointer. */
static bool step_pointer(CXCursor pointer, CXCursor *inner)
{
	CXCursor e = strip_expr(pointer);

	if (e.kind == CXCursor_UnaryOperator &&
	    clang_getCursorUnaryOperatorKind(e) == CXUnaryOperator_AddrOf) {
		*inner = cursor_last_child(e);
		return true;
	}
	*inner = e;
	return type_is_array(clang_getCursorType(e)) && e.kind != CXCursor_StringLiteral;
}

static bool is_record_or_array(CXCursor var)
{
	CXType t = clang_getCursorType(var);

	return type_is_record(t) || type_is_array(t);
}

struct member_base member_base(CXCursor expr)
{
	struct member_base found = {clang_getNullCursor(), clang_getNullCursor()};

	for (int i = 0; i < MAX_STEPS; i++) {
		CXCursor decl, inner = clang_getNullCursor();
		bool by_pointer = false;

		expr = strip_expr(expr);
		switch ((int)expr.kind) {
		case CXCursor_DeclRefExpr:
			decl = clang_getCursorReferenced(expr);
			if (decl.kind == CXCursor_VarDecl && is_record_or_array(decl))
				found.object = decl;
			return found;
		case CXCursor_MemberRefExpr:
			cursor_children(expr, &inner, 1);
			by_pointer = clang_getCanonicalType(clang_getCursorType(inner)).kind ==
				     CXType_Pointer;
			break;
		case CXCursor_ArraySubscriptExpr:
			cursor_children(expr, &inner, 1);
			by_pointer = true;
			break;
		case CXCursor_UnaryOperator:
			if (clang_getCursorUnaryOperatorKind(expr) != CXUnaryOperator_Deref)
				return found;
			inner = cursor_last_child(expr);
			by_pointer = true;
			break;
		default: return found;
		}
		if (by_pointer && !step_pointer(inner, &expr)) {
			found.pointer = inner;
			return found;
		}
		/* Seen as another record than it is. */
		if (by_pointer &&
		    !types_same_record(clang_getCursorType(inner), clang_getCursorType(expr)))
			return found;
		if (!by_pointer)
			expr = inner;
	}
	return found;
}

CXCursor pointed_object(CXCursor pointer)
{
	CXCursor inner;

	if (!step_pointer(pointer, &inner))
		return clang_getNullCursor();
	return member_base(inner).object;
}
