/*
 * Calls: what is passed, and through which slot and table a pointer comes. In: the call's children one by one; out:
 * arguments of which something is known (a function, an object, a constant, the caller's own parameter, a slot), moves
 * into the parameters of functions called by name, and the slots of calls through pointers.
 */
#include "extract/ast_flow.h"
#include "base/text.h"

enum { MAX_LEFT = 12 };

static void add_use(struct walk *w, enum use_kind kind, size_t index, uint32_t node)
{
	if (node != NO_NODE)
		*vec_push(&w->graph->uses) =
			(struct flow_use){.kind = kind, .index = index, .node = node};
}

static struct fact_arg *add_arg(struct walk *w, size_t call, uint32_t position, enum arg_kind kind)
{
	struct fact_arg *a = vec_push(&w->out->args);

	a->call = (uint32_t)call;
	a->position = position;
	a->kind = kind;
	return a;
}

/* The number of a parameter of the current function. */
static bool own_param(struct walk *w, CXCursor expr, CXCursor *decl, uint32_t *number)
{
	if (expr.kind != CXCursor_DeclRefExpr)
		return false;
	*decl = clang_getCursorReferenced(expr);
	return decl->kind == CXCursor_ParmDecl && place_param_number(w, *decl, number);
}

static void add_param_arg(struct walk *w, size_t call, uint32_t position, CXCursor decl,
			  uint32_t number, int64_t plus, uint32_t node)
{
	add_arg(w, call, position, ARG_PARAM)->number = number;
	w->out->args.v[w->out->args.n - 1].value = plus;
	*vec_push(&w->graph->params) =
		(struct param_use){w->out->args.n - 1, cursor_key(decl), node};
}

/* Evaluating is expensive: only what begins with a constant is worth it. */
static bool may_be_constant(CXCursor e)
{
	for (int i = 0; i < MAX_LEFT; i++) {
		CXCursor c[1];

		e = strip_expr(e);
		switch ((int)e.kind) {
		case CXCursor_IntegerLiteral:
		case CXCursor_CharacterLiteral:
		case CXCursor_UnaryExpr: return true;
		case CXCursor_DeclRefExpr:
			return clang_getCursorReferenced(e).kind == CXCursor_EnumConstantDecl;
		case CXCursor_UnaryOperator:
		case CXCursor_BinaryOperator:
		case CXCursor_ConditionalOperator:
			if (!cursor_children(e, c, 1))
				return false;
			e = c[0];
			break;
		default: return false;
		}
	}
	return false;
}

static bool is_integer(CXType t)
{
	enum CXTypeKind k = clang_getCanonicalType(t).kind;

	return (k >= CXType_Char_U && k <= CXType_LongLong) || k == CXType_Enum;
}

static void pass_integer(struct walk *w, size_t call, CXCursor arg, uint32_t position)
{
	CXCursor e = strip_expr(arg), decl, c[2];
	int64_t value = 0;
	uint32_t number;
	bool minus;

	if (own_param(w, e, &decl, &number)) {
		add_param_arg(w, call, position, decl, number, 0, NO_NODE);
	} else if (may_be_constant(e)) {
		if (cursor_integer(arg, &value))
			add_arg(w, call, position, ARG_VALUE)->value = value;
	} else if (e.kind == CXCursor_BinaryOperator && cursor_children(e, c, 2) == 2) {
		enum CXBinaryOperatorKind op = clang_getCursorBinaryOperatorKind(e);

		minus = op == CXBinaryOperator_Sub;
		if ((minus || op == CXBinaryOperator_Add) &&
		    own_param(w, strip_expr(c[0]), &decl, &number) && may_be_constant(c[1]) &&
		    cursor_integer(c[1], &value))
			add_param_arg(w, call, position, decl, number, minus ? -value : value,
				      NO_NODE);
	}
}

/* Its object, when the pointer leads to one by name. */
static void pass_object(struct walk *w, size_t call, CXCursor object, uint32_t position)
{
	struct place p = {.kind = PLACE_DECL, .decl = object};
	const char *slot = clang_Cursor_isNull(object) ? NULL : place_slot(w, &p);

	if (slot)
		add_arg(w, call, position, ARG_OBJECT)->text = slot;
}

static void pass_place(struct walk *w, size_t call, const struct value *v, uint32_t position)
{
	uint32_t node, number;
	CXCursor decl;

	if (v->info.level || v->address ||
	    (v->info.class != CLASS_FUNCTION && v->info.class != CLASS_TABLE))
		return;
	node = graph_node(w, &v->place, false);
	if (!v->place.n_index && own_param(w, v->expr, &decl, &number)) {
		add_param_arg(w, call, position, decl, number, 0, node);
	} else if (node != NO_NODE) {
		add_arg(w, call, position, ARG_SLOT);
		add_use(w, USE_ARG, w->out->args.n - 1, node);
	}
}

/* The only value of an argument that is a pointer; NULL for none or several. */
static const struct value *only_value(const struct values *values)
{
	const struct value *found = NULL;

	for (unsigned i = 0; i < values->n; i++) {
		if (values->v[i].kind == SOURCE_NULL)
			continue;
		if (found)
			return NULL;
		found = &values->v[i];
	}
	return found;
}

static void pass_value(struct walk *w, size_t call, const struct values *values, uint32_t position)
{
	const struct value *v = only_value(values);

	if (!v)
		return;
	if (v->kind == SOURCE_FUNC)
		add_arg(w, call, position, ARG_FUNCTION)->text = v->func->symbol;
	else if (v->kind == SOURCE_PLACE && v->info.class == CLASS_RECORD && v->info.level == 1)
		pass_object(w, call, member_base(v->expr).object, position);
	else if (v->kind == SOURCE_PLACE)
		pass_place(w, call, v, position);
}

static uint32_t n_params(const struct func_info *f)
{
	int n = clang_Cursor_getNumArguments(clang_Cursor_isNull(f->definition) ? f->decl
										: f->definition);

	return n < 0 ? 0 : (uint32_t)n;
}

static bool copies_bytes(const struct func_info *f)
{
	static const char *const names[] = {"memcpy", "memmove", "__memcpy", "__memmove"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(f->name, names[i]))
			return true;
	return false;
}

static void move_into_param(struct walk *w, const struct node *call, struct type_info info,
			    CXCursor arg, uint32_t position, const struct values *values)
{
	const struct func_info *f = call->callee;
	struct place to = {.kind = PLACE_PARAM, .func = f, .number = position};

	if (position >= n_params(f))
		to.number = VARIADIC;
	move_values(w, &to, info, arg, values);
}

/* A pointer to function pointers or tables, for a function that is not known yet: what both sides see there is one. */
static void move_into_callee(struct walk *w, size_t call, struct type_info info, CXCursor arg,
			     uint32_t position, const struct values *values)
{
	struct place to = {.kind = PLACE_CALLEE, .call = call, .number = position};

	move_out(w, values, arg);
	move_values(w, &to, info, arg, values);
}

void arg_pass(struct walk *w, const struct node *call, CXCursor arg, uint32_t position)
{
	CXType type = clang_getCursorType(arg);
	struct type_info info = type_info(w, type);
	size_t index = call->call - 1;
	struct values values;

	if (call->callee && position == 1 && copies_bytes(call->callee))
		move_bytes(w, call->argument, arg);
	if (call->callee && is_exchange(call->callee)) {
		if (position == 1)
			move_atomic(w, call->argument, arg);
		return;
	}
	switch (info.class) {
	case CLASS_FUNCTION:
	case CLASS_TABLE:
	case CLASS_CARRIER:
		values_of(w, arg, &values);
		pass_value(w, index, &values, position);
		if (call->callee)
			move_into_param(w, call, info, arg, position, &values);
		else if (info.level)
			move_into_callee(w, index, info, arg, position, &values);
		break;
	case CLASS_NONE:
		if (info.has_functions)
			pass_object(w, index, pointed_object(arg), position);
		else if (call->callee && is_va_list(w, arg))
			move_list(w, call->callee, arg);
		break;
	case CLASS_RECORD: break;
	}
	if (is_integer(type))
		pass_integer(w, index, arg, position);
}

void arg_changes(struct walk *w, CXCursor target)
{
	CXCursor e = strip_expr(target), decl;

	if (e.kind != CXCursor_DeclRefExpr)
		return;
	decl = clang_getCursorReferenced(e);
	if (decl.kind == CXCursor_ParmDecl)
		++*ptr_map_put(&w->graph->changed, cursor_key(decl), NULL);
}

/* The table that a member was read from. */
static void find_table(struct walk *w, size_t call, CXCursor member)
{
	struct member_base base = member_base(member);
	struct place object = {.kind = PLACE_DECL, .decl = base.object};
	const struct value *v;
	struct values values;

	if (!clang_Cursor_isNull(base.object)) {
		w->out->calls.v[call].object = place_slot(w, &object);
		return;
	}
	if (clang_Cursor_isNull(base.pointer) ||
	    type_info(w, clang_getCursorType(base.pointer)).class != CLASS_TABLE)
		return;
	values_of(w, base.pointer, &values);
	v = only_value(&values);
	if (v && v->kind == SOURCE_PLACE && v->info.class == CLASS_TABLE && !v->info.level &&
	    !v->address &&
	    types_same_record(clang_getCursorType(base.pointer), clang_getCursorType(v->expr)))
		add_use(w, USE_VIA, call, graph_node(w, &v->place, false));
}

/* A call of one of several: a place of its own that takes them all. */
static uint32_t choice_node(struct walk *w, CXCursor callee, const struct values *values)
{
	const struct type_info info = {.class = CLASS_FUNCTION};
	struct place p = {.kind = PLACE_CHOICE, .decl = callee, .func = w->func};
	bool named = false;

	for (unsigned i = 0; i < values->n; i++)
		named |= values->v[i].kind == SOURCE_FUNC || values->v[i].kind == SOURCE_PLACE;
	if (!named)
		return NO_NODE;
	move_values(w, &p, info, callee, values);
	return graph_node(w, &p, false);
}

void arg_indirect_call(struct walk *w, size_t call, CXCursor callee)
{
	const struct value *v;
	struct values values;
	uint32_t node;

	values_of(w, callee, &values);
	v = only_value(&values);
	if (!v || v->kind == SOURCE_FUNC) {
		node = choice_node(w, callee, &values);
	} else {
		if (v->kind != SOURCE_PLACE || v->address)
			return;
		node = graph_node(w, &v->place, v->info.class == CLASS_CARRIER);
		if (v->info.level ||
		    (v->info.class != CLASS_FUNCTION && v->info.class != CLASS_CARRIER))
			graph_edge(w, FLOW_OPEN, NO_NODE, node, callee);
		if (v->expr.kind == CXCursor_MemberRefExpr) {
			types_union(w, v->place.decl);
			find_table(w, call, v->expr);
		}
	}
	add_use(w, USE_SLOT, call, node);
}

void arg_asm_call(struct walk *w, const struct place *slot, CXCursor operand)
{
	struct ast_call *call;

	if (!w->func)
		return;
	call = vec_push(&w->out->calls);
	call->func = w->func_index;
	call->signature = walk_signature(
		w, clang_getPointeeType(clang_getCanonicalType(clang_getCursorType(operand))));
	call->loc = walk_loc(w, clang_getCursorLocation(w->stack.v[w->stack.n - 1].cursor));
	add_use(w, USE_SLOT, w->out->calls.n - 1, graph_node(w, slot, false));
}
