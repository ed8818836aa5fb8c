/*
 * Moves that no assignment shows: operands of asm statements, atomic stores, lists of variable arguments that are passed on,
 * and memcpy().
 */
#include "extract/ast_flow.h"

/* A call by way of an asm statement: pointers that it reads from memory may be called, registers may be set. */
void move_asm(struct walk *w, CXCursor operand)
{
	struct type_info info = type_info(w, clang_getCursorType(operand));
	struct values values;

	if (info.class != CLASS_FUNCTION || info.level)
		return;
	values_of(w, operand, &values);
	if (values.n != 1 || values.v[0].kind != SOURCE_PLACE)
		return;
	if (operand.kind == CXCursor_MemberRefExpr)
		arg_asm_call(w, &values.v[0].place, operand);
	else if (operand.kind == CXCursor_DeclRefExpr || operand.kind == CXCursor_UnaryOperator)
		graph_edge(w, FLOW_OPEN, NO_NODE, graph_node(w, &values.v[0].place, false),
			   operand);
}

void move_atomic(struct walk *w, CXCursor pointer, CXCursor value)
{
	const struct type_info info = {.class = CLASS_FUNCTION};
	struct values places, values;
	struct place p;

	values_of(w, strip_expr(pointer), &places);
	if (places.n != 1 || places.v[0].kind != SOURCE_PLACE ||
	    places.v[0].info.class != CLASS_FUNCTION || places.v[0].info.level != 1)
		return;
	p = move_elements_of(places.v[0].place, places.v[0].address ? 0 : 1);
	values_of(w, value, &values);
	move_values(w, &p, info, value, &values);
}

/* A list of arguments is passed on. Carried only as far as somebody takes a function out of it. */
void move_list(struct walk *w, const struct func_info *callee, CXCursor arg)
{
	struct place from = {.kind = PLACE_PARAM, .func = w->func, .number = VARIADIC};
	struct place to = {.kind = PLACE_PARAM, .func = callee, .number = VARIADIC};

	if (w->func && w->func != callee)
		graph_edge(w, FLOW_COPY, graph_node(w, &from, true), graph_node(w, &to, true), arg);
}

/* The first place that an expression of a pointer type leads to. */
static uint32_t element_node(struct walk *w, struct type_info info, CXCursor pointer)
{
	struct values values;
	struct place p;

	values_of(w, pointer, &values);
	if (values.n != 1 || values.v[0].kind != SOURCE_PLACE ||
	    values.v[0].info.class != info.class || values.v[0].info.level != info.level)
		return NO_NODE;
	p = move_elements_of(values.v[0].place, info.level - (values.v[0].address ? 1 : 0));
	return graph_node(w, &p, false);
}

static void copy_elements(struct walk *w, struct type_info info, CXCursor to, CXCursor from)
{
	uint32_t target = element_node(w, info, to), source = element_node(w, info, from);

	graph_edge(w, source == NO_NODE ? FLOW_OPEN : FLOW_COPY, source, target, to);
}

/* memcpy() and its like: the bytes of one record, or of unknown origin, go into another one. */
void move_bytes(struct walk *w, CXCursor to, CXCursor from)
{
	CXCursor target = strip_expr(to), source = strip_expr(from), object;
	CXType type = clang_getCursorType(target);
	struct type_info info = type_info(w, type);
	struct member_base base = {clang_getNullCursor(), clang_getNullCursor()};

	if (move_is_pointer(info.class) && info.level > 0) {
		copy_elements(w, info, target, source);
		return;
	}
	if (!info.has_functions && info.class != CLASS_RECORD)
		return;
	types_copy(w, to, type, clang_getCursorType(source));
	object = pointed_object(target);
	if (clang_Cursor_isNull(object)) {
		types_mix(w, to, type);
		return;
	}
	base.object = pointed_object(source);
	graph_edge(w, clang_Cursor_isNull(base.object) ? FLOW_OPEN : FLOW_COPY,
		   graph_object(w, base.object), graph_object(w, object), to);
}
