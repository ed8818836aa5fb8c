/*
 * Where a function's address goes. In: the name of a function in a value, and the nodes that are open around it;
 * out: one bind for each place that takes the value (an element of an initialiser, the left side of an assignment, a
 * parameter, a return), or an escape when there is none.
 */
#include "extract/ast_internal.h"

static const void *operand_of(struct node *cast)
{
	if (!cast->value)
		cast->value = cursor_key(cursor_last_child(cast->cursor));
	return cast->value;
}

/* Inside a cast's `typeof (...)`? Nothing there is evaluated. Node i's current child is node i + 1, or `leaf`. */
bool walk_is_unevaluated(struct walk *w, CXCursor leaf)
{
	const void *child = cursor_key(leaf);

	for (size_t i = w->stack.n; i-- > 0;) {
		struct node *node = &w->stack.v[i];

		if ((node->kind == NODE_CAST || node->kind == NODE_LITERAL) &&
		    operand_of(node) != child)
			return true;
		child = cursor_key(node->cursor);
	}
	return false;
}

static bool unexposed_passes(const struct node *node)
{
	CXCursor arms[2], child;

	return cursor_children(node->cursor, &child, 1) == 1 ||
	       is_binary_conditional(node->cursor, arms);
}

/* What is passed beyond the named parameters has no slot. */
static uint32_t n_params(const struct func_info *f)
{
	int n = clang_Cursor_getNumArguments(clang_Cursor_isNull(f->definition) ? f->decl
										: f->definition);

	return n < 0 ? 0 : (uint32_t)n;
}

/* The place that node's current child goes to. `up`: its value goes on to the node above as well. */
static struct place place_of_child(struct walk *w, const struct node *node, bool *up)
{
	const struct place none = {.kind = PLACE_NONE};
	uint32_t child = node->n - 1;
	struct source s;

	*up = false;
	switch (node->kind) {
	case NODE_PASS:
	case NODE_CAST:
	case NODE_DESIGNATED:
	case NODE_GENERIC: *up = true; return none;
	case NODE_UNEXPOSED: *up = unexposed_passes(node); return none;
	case NODE_CONDITIONAL: *up = child > 0; return none;
	case NODE_COMMA: *up = child == 1; return none;
	case NODE_ASSIGN:
		*up = child == 1;
		if (child != 1)
			return none;
		s = resolve(w, node->first);
		return s.kind == SOURCE_PLACE ? s.place : none;
	case NODE_CALL:
		if (!node->callee || !child || child > n_params(node->callee))
			return none;
		return (struct place){
			.kind = PLACE_PARAM, .func = node->callee, .number = child - 1};
	case NODE_RETURN:
		return w->func ? (struct place){.kind = PLACE_RETURN, .func = w->func} : none;
	case NODE_VARIABLE: return (struct place){.kind = PLACE_DECL, .decl = node->cursor};
	case NODE_LIST: return node->element.place;
	case NODE_LITERAL:
	case NODE_OTHER: return none;
	}
	return none;
}

static void add_bind(struct walk *w, CXCursor at, const struct func_info *f, const char *slot)
{
	*vec_push(&w->out->binds) = (struct fact_bind){
		.symbol = f->symbol,
		.slot = slot,
		.within = w->func ? w->func->name : NULL,
		.loc = walk_loc(w, clang_getCursorLocation(at)),
	};
}

/* A function's name in a value: one bind for each place that takes it (`a = b = f` has two), else an escape. */
void walk_function_value(struct walk *w, CXCursor ref, CXCursor decl)
{
	struct func_info *f;
	bool bound = false, up = true;

	if (walk_is_unevaluated(w, ref))
		return;
	f = walk_function(w, decl);
	walk_enqueue(w, f);
	for (size_t i = w->stack.n; up && i-- > 0;) {
		struct place p = place_of_child(w, &w->stack.v[i], &up);
		const char *slot = place_slot(w, &p);

		if (slot)
			add_bind(w, ref, f, slot);
		bound |= slot != NULL;
	}
	if (!bound)
		add_bind(w, ref, f, NULL);
}
