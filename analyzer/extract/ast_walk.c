/*
 * The walk: every body that the compiler may emit and every initialiser of a variable, once, in source order.
 *
 * libclang drives a recursive visit of its own; a stack of open nodes beside it tells where each
 * expression stands. Most nodes cost nothing more than a push. Only when a function's name turns up in a value is the
 * stack climbed to see where its address goes (an element of an initialiser, an assignment, an argument, a return),
 * and only calls through pointers and assignments of pointers are resolved downwards.
 *
 * `static inline` functions are visited when something visited refers to them, as the compiler emits them: the
 * thousands that a kernel header brings along unused cost nothing.
 */
#include "extract/ast_flow.h"

enum { MAX_DESIGNATORS = 64 };

static struct node *top(struct walk *w)
{
	return &w->stack.v[w->stack.n - 1];
}

void walk_enqueue(struct walk *w, struct func_info *f)
{
	if (f->queued || clang_Cursor_isNull(f->definition))
		return;
	f->queued = true;
	*vec_push(&w->queue) = f;
}

static bool first_time(struct walk *w, CXCursor c)
{
	bool made;

	/* The common part of `a ?: b` is shown several times. */
	ptr_map_put(&w->seen, cursor_key(c), &made);
	return made;
}

static void indirect_call(struct walk *w, struct node *node, CXCursor callee)
{
	struct ast_call *call = vec_push(&w->out->calls);

	call->func = w->func_index;
	call->signature = walk_signature(w, called_type(callee));
	call->loc = walk_loc(w, clang_getCursorLocation(node->cursor));
	node->call = w->out->calls.n;
	arg_indirect_call(w, w->out->calls.n - 1, callee);
}

void walk_direct_call(struct walk *w, CXCursor at, struct func_info *callee)
{
	walk_enqueue(w, callee);
	if (callee->is_alloca)
		local_alloca(w, at);
	if (callee->is_builtin)
		return;
	*vec_push(&w->out->calls) = (struct ast_call){
		.func = w->func_index,
		.callee = callee->symbol,
		.signature = callee->signature,
		.loc = walk_loc(w, clang_getCursorLocation(at)),
	};
}

/* The first child of a call is what it calls. Gives whether that is worth a visit of its own. */
static bool call_begins(struct walk *w, CXCursor callee)
{
	struct node *node = top(w);
	CXCursor decl = called_function(node->cursor, callee);
	struct source s = {.kind = SOURCE_UNKNOWN};
	bool counts = w->func && !walk_is_unevaluated(w, callee);

	if (decl.kind == CXCursor_FunctionDecl)
		s = (struct source){.kind = SOURCE_FUNC, .func = walk_function(w, decl)};
	else
		s = resolve(w, callee);
	if (s.kind == SOURCE_FUNC) {
		node->callee = s.func;
		if (counts) {
			walk_direct_call(w, node->cursor, s.func);
			node->call = s.func->is_builtin ? 0 : w->out->calls.n;
		}
		return false;
	}
	if (counts)
		indirect_call(w, node, callee);
	return true;
}

static void list_child(struct walk *w, struct node *node, CXCursor child)
{
	struct init *in = &w->inits.v[w->inits.n - 1];
	CXCursor parts[MAX_DESIGNATORS];
	unsigned n;

	/* A designated element has type void, which no initialiser has. */
	if (child.kind == CXCursor_UnexposedExpr &&
	    clang_getCursorType(child).kind == CXType_Void) {
		n = cursor_children(child, parts, MAX_DESIGNATORS);
		if (n >= 2 && n <= MAX_DESIGNATORS) {
			node->element = init_designated(w, in, parts, n);
			child = parts[n - 1];
			move_value(w, &node->element.place, in->object, node->element.type, child);
			return;
		}
	}
	node->element = init_next(w, in, child);
	move_value(w, &node->element.place, in->object, node->element.type, child);
}

/* The operands of __atomic_store_n() and its like. */
static void unexposed_operand(struct walk *w, const struct node *node, CXCursor child)
{
	struct type_info info = type_info(w, clang_getCursorType(child));

	if (info.class == CLASS_FUNCTION && !info.level &&
	    type_info(w, clang_getCursorType(node->first)).level == 1)
		move_atomic(w, node->first, child);
}

static void argument(struct walk *w, struct node *node, CXCursor arg)
{
	if (!node->call)
		return;
	if (node->n == 2)
		node->argument = arg;
	arg_pass(w, node, arg, node->n - 2);
}

/* Is there anything to see in this child of the innermost node? */
static bool enter_child(struct walk *w, CXCursor child)
{
	struct node *node = top(w);

	if (node->n++ == 0)
		node->first = child;
	switch (node->kind) {
	case NODE_CALL:
		if (node->n == 1)
			return call_begins(w, child);
		if (node->callee && node->callee->is_unevaluated)
			return false;
		argument(w, node, child);
		return true;
	case NODE_GENERIC: return node->n > 1; /* the controlling expression is not evaluated */
	case NODE_VARIABLE:
		/* Lengths of variable arrays are evaluated, `typeof (...)` is not. */
		return cursor_key(child) == node->value ||
		       clang_getCanonicalType(clang_getCursorType(node->cursor)).kind ==
			       CXType_VariableArray;
	case NODE_LITERAL: return child.kind == CXCursor_InitListExpr;
	case NODE_DESIGNATED: return cursor_key(child) == node->value;
	case NODE_LIST: list_child(w, node, child); return true;
	case NODE_ASSIGN:
		if (node->n == 2 && w->func)
			move_assigned(w, node->first, child);
		return true;
	case NODE_RETURN: move_returned(w, child); return true;
	case NODE_UNEXPOSED:
		if (node->n > 1 && w->func)
			unexposed_operand(w, node, child);
		return true;
	case NODE_ASM: move_asm(w, child); return true;
	default: return true;
	}
}

static void variable_begins(struct walk *w, struct node *node)
{
	CXCursor init = clang_Cursor_getVarDeclInitializer(node->cursor);
	enum CX_StorageClass storage = clang_Cursor_getStorageClass(node->cursor);
	struct func_info *cleanup;

	node->kind = NODE_VARIABLE;
	node->value = clang_Cursor_isNull(init) ? NULL : cursor_key(init);
	if (node->value)
		move_initial(w, node->cursor, init);
	if (!w->func || storage == CX_SC_Static || storage == CX_SC_Extern ||
	    storage == CX_SC_PrivateExtern)
		return;
	local_declare(w, node->cursor);
	uses_declare(w, node->cursor, w->out->locals.n - 1);
	cleanup = walk_cleanup(w, node->cursor);
	if (cleanup)
		walk_direct_call(w, node->cursor, cleanup);
}

/* A list's type: what its place must hold, else what the variable or literal around it is. */
static void list_begins(struct walk *w, const struct node *parent, CXCursor list)
{
	struct place where = {.kind = PLACE_NONE};
	CXType type = clang_getCursorType(list);
	CXCursor object;

	if (parent->kind == NODE_DESIGNATED && w->stack.n >= 2)
		parent = &w->stack.v[w->stack.n - 2];
	if (parent->kind == NODE_LIST) {
		where = parent->element.place;
		if (parent->element.type.kind != CXType_Invalid)
			type = parent->element.type;
	} else if (parent->kind == NODE_VARIABLE) {
		where = (struct place){.kind = PLACE_DECL, .decl = parent->cursor};
		type = clang_getCursorType(parent->cursor);
	} else if (parent->kind == NODE_LITERAL) {
		uint64_t *taken = ptr_map_find(&w->graph->literals, cursor_key(parent->cursor));

		type = clang_getCursorType(parent->cursor);
		if (taken)
			where = *(const struct place *)(uintptr_t)*taken;
	}
	object = parent->kind == NODE_VARIABLE ? parent->cursor
		 : parent->kind == NODE_LIST   ? w->inits.v[w->inits.n - 1].object
					       : clang_getNullCursor();
	init_open(w, vec_push(&w->inits), type, &where);
	w->inits.v[w->inits.n - 1].object = object;
}

static enum node_kind operator_kind(struct walk *w, CXCursor c)
{
	if (c.kind == CXCursor_UnaryOperator) {
		switch ((int)clang_getCursorUnaryOperatorKind(c)) {
		case CXUnaryOperator_AddrOf: move_address(w, c); /* fall through */
		case CXUnaryOperator_PostInc:
		case CXUnaryOperator_PostDec:
		case CXUnaryOperator_PreInc:
		case CXUnaryOperator_PreDec: arg_changes(w, cursor_last_child(c));
		}
		return NODE_PASS;
	}
	switch ((int)clang_getCursorBinaryOperatorKind(c)) {
	case CXBinaryOperator_Assign: return NODE_ASSIGN;
	case CXBinaryOperator_Comma: return NODE_COMMA;
	}
	return NODE_OTHER;
}

/* `a += b`: what a holds is not what was passed. */
static void compound_assignment(struct walk *w, CXCursor c)
{
	CXCursor target;

	if (cursor_children(c, &target, 1))
		arg_changes(w, target);
}

static enum node_kind kind_of(struct walk *w, CXCursor c)
{
	switch ((int)c.kind) {
	case CXCursor_UnexposedExpr: {
		const struct node *parent = top(w);

		if (parent->kind == NODE_LIST && clang_getCursorType(c).kind == CXType_Void)
			return NODE_DESIGNATED;
		return NODE_UNEXPOSED;
	}
	case CXCursor_ParenExpr: return NODE_PASS;
	case CXCursor_CStyleCastExpr: types_cast(w, c); return NODE_CAST;
	case CXCursor_CompoundAssignOperator: compound_assignment(w, c); return NODE_OTHER;
	case CXCursor_GCCAsmStmt: return NODE_ASM;
	case CXCursor_ConditionalOperator: return NODE_CONDITIONAL;
	case CXCursor_UnaryOperator:
	case CXCursor_BinaryOperator: return operator_kind(w, c);
	case CXCursor_GenericSelectionExpr: return NODE_GENERIC;
	case CXCursor_CallExpr: return NODE_CALL;
	case CXCursor_ReturnStmt: return NODE_RETURN;
	case CXCursor_CompoundLiteralExpr: return NODE_LITERAL;
	case CXCursor_InitListExpr: return NODE_LIST;
	}
	return NODE_OTHER;
}

static void open_node(struct walk *w, CXCursor c)
{
	struct node node = {.cursor = c};

	if (c.kind == CXCursor_VarDecl)
		variable_begins(w, &node);
	else
		node.kind = kind_of(w, c);
	if (node.kind == NODE_LIST)
		list_begins(w, top(w), c);
	if (node.kind == NODE_DESIGNATED)
		node.value = cursor_key(cursor_last_child(c));
	*vec_push(&w->stack) = node;
}

static void close_node(struct walk *w)
{
	if (top(w)->kind == NODE_LIST)
		w->inits.n--;
	w->stack.n--;
}

/* Closes nodes until `parent` is the innermost one. A parent that is not open changes nothing. */
static void close_until(struct walk *w, CXCursor parent)
{
	size_t i = w->stack.n;

	while (i > 0 && !cursor_same(w->stack.v[i - 1].cursor, parent))
		i--;
	if (!i)
		return;
	while (w->stack.n > i)
		close_node(w);
}

static bool is_leaf(CXCursor c)
{
	switch ((int)c.kind) {
	case CXCursor_IntegerLiteral:
	case CXCursor_StringLiteral:
	case CXCursor_CharacterLiteral:
	case CXCursor_FloatingLiteral:
	case CXCursor_UnaryExpr: /* sizeof, alignof: not evaluated */
	case CXCursor_NullStmt:
	case CXCursor_LabelRef:
	case CXCursor_MemberRef: return true;
	}
	return (clang_isDeclaration(c.kind) && c.kind != CXCursor_VarDecl) ||
	       (clang_isReference(c.kind) != 0) || clang_isAttribute(c.kind);
}

static void mark_seh(struct walk *w, CXCursor c)
{
	if (!w->func)
		return;
	if (c.kind == CXCursor_SEHTryStmt)
		guards_try(w, c);
	if (c.kind == CXCursor_SEHExceptStmt)
		w->out->funcs.v[w->func_index].marks |= 1u << MARK_SEH_TRY;
	if (c.kind == CXCursor_SEHFinallyStmt)
		w->out->funcs.v[w->func_index].marks |= 1u << MARK_SEH_FINALLY;
}

static enum CXChildVisitResult visit(CXCursor c, CXCursor parent, CXClientData data)
{
	struct walk *w = data;
	CXCursor decl;

	close_until(w, parent);
	if (!enter_child(w, c) || is_leaf(c))
		return CXChildVisit_Continue;
	if (c.kind == CXCursor_DeclRefExpr) {
		decl = clang_getCursorReferenced(c);
		if (decl.kind == CXCursor_FunctionDecl && first_time(w, c))
			walk_function_value(w, c, decl);
		if (decl.kind == CXCursor_VarDecl && w->buffers.n)
			uses_see(w, c, decl);
		return CXChildVisit_Continue;
	}
	if ((c.kind == CXCursor_CallExpr || c.kind == CXCursor_VarDecl) && !first_time(w, c))
		return CXChildVisit_Continue;
	mark_seh(w, c);
	open_node(w, c);
	return CXChildVisit_Recurse;
}

/* Visits what is below `root`; `root` itself is the outermost node. */
static void walk_tree(struct walk *w, CXCursor root)
{
	w->stack.n = 0;
	w->inits.n = 0;
	*vec_push(&w->stack) = (struct node){.cursor = root};
	if (root.kind == CXCursor_VarDecl)
		variable_begins(w, top(w));
	clang_visitChildren(root, visit, w);
}

static enum CXChildVisitResult find_body(CXCursor c, CXCursor parent, CXClientData data)
{
	(void)parent;
	if (c.kind != CXCursor_CompoundStmt)
		return CXChildVisit_Continue;
	*(CXCursor *)data = c;
	return CXChildVisit_Break;
}

static void walk_body(struct walk *w, const struct func_info *f)
{
	CXCursor body = clang_getNullCursor();

	clang_visitChildren(f->definition, find_body, &body);
	if (clang_Cursor_isNull(body))
		return;
	w->func = f;
	w->func_index = (uint32_t)w->out->funcs.n;
	*vec_push(&w->out->funcs) = (struct ast_func){
		.name = f->name,
		.symbol = f->symbol,
		.signature = f->signature,
		.linkage = f->linkage,
		.is_noreturn = f->is_noreturn,
		.marks = f->is_noreturn ? 1u << MARK_NORETURN : 0,
		.loc = walk_loc(w, clang_getCursorLocation(f->definition)),
	};
	*vec_push(&w->walked) = f;
	declared_function(w, f, w->func_index);
	source_function(w, f, &w->out->funcs.v[w->func_index]);
	walk_tree(w, body);
	uses_finish(w);
	w->func = NULL;
}

/* Emitted only when something refers to it? `used` keeps a function without that. */
static bool is_optional(struct walk *w, CXCursor function)
{
	if (!clang_Cursor_isFunctionInlined(function) ||
	    clang_Cursor_getStorageClass(function) != CX_SC_Static)
		return false;
	return !clang_Cursor_hasAttrs(function) ||
	       !walk_file(w, clang_getCursorLocation(function), NULL, NULL)->is_main ||
	       !strstr(walk_declaration(w, function), "((used))");
}

static enum CXChildVisitResult visit_top(CXCursor c, CXCursor parent, CXClientData data)
{
	struct walk *w = data;

	(void)parent;
	if (c.kind == CXCursor_FunctionDecl) {
		if (!clang_isCursorDefinition(c))
			walk_alias(w, c);
		else if (!is_optional(w, c))
			walk_enqueue(w, walk_function(w, c));
	} else if (c.kind == CXCursor_VarDecl) {
		if (!clang_Cursor_isNull(clang_Cursor_getVarDeclInitializer(c)))
			walk_tree(w, c);
	}
	return CXChildVisit_Continue;
}

void walk_unit(struct walk *w)
{
	clang_visitChildren(clang_getTranslationUnitCursor(w->unit), visit_top, w);
	/* Bodies put further functions into the queue. */
	for (size_t i = 0; i < w->queue.n; i++)
		walk_body(w, w->queue.v[i]);
	guards_find(w);
	source_annotations(w);
	vec_release(&w->walked);
	vec_release(&w->stack);
	vec_release(&w->inits);
	vec_release(&w->queue);
}
