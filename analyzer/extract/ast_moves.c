/*
 * A value goes into a place. In: the place, its type, and the expression; out: binds for functions by name, edges of
 * the graph for places that are read, and what is given away without a name. A function's name that no place takes escapes.
 */
#include "extract/ast_flow.h"
#include "base/text.h"

static void add_bind(struct walk *w, CXCursor at, const struct func_info *f, const char *slot,
		     const char *object)
{
	*vec_push(&w->out->binds) = (struct fact_bind){
		.symbol = f->symbol,
		.slot = slot,
		.object = object,
		.within = w->func ? w->func->name : NULL,
		.loc = walk_loc(w, clang_getCursorLocation(at)),
	};
}

/* Inside a cast's `typeof (...)`? Nothing there is evaluated. Node i's current child is node i + 1, or `leaf`. */
bool walk_is_unevaluated(struct walk *w, CXCursor leaf)
{
	const void *child = cursor_key(leaf);

	for (size_t i = w->stack.n; i-- > 0;) {
		struct node *node = &w->stack.v[i];

		if (node->kind == NODE_CAST || node->kind == NODE_LITERAL) {
			if (!node->value)
				node->value = cursor_key(cursor_last_child(node->cursor));
			if (node->value != child)
				return true;
		}
		child = cursor_key(node->cursor);
	}
	return false;
}

/* Where a move goes to. */
struct target {
	const struct place *place;
	uint32_t node; /* made when first needed */
	bool has_node;
	bool carrier;
	CXCursor object; /* that the place is a member of; or null */
};

static uint32_t target_node(struct walk *w, struct target *to)
{
	if (!to->has_node) {
		to->node = graph_node(w, to->place, to->carrier);
		to->has_node = true;
	}
	return to->node;
}

static const char *object_slot(struct walk *w, CXCursor var)
{
	struct place p = {.kind = PLACE_DECL, .decl = var};

	return clang_Cursor_isNull(var) ? NULL : place_slot(w, &p);
}

static void move_name(struct walk *w, struct target *to, const struct value *v)
{
	uint32_t node = target_node(w, to);
	const char *slot = node == NO_NODE ? NULL : graph_slot(w, node);

	/* Its name is met again below: then it has no place of its own. */
	if (!slot)
		return;
	walk_enqueue(w, v->func);
	w->graph->nodes.v[node].functions = true;
	add_bind(w, v->expr, v->func, slot,
		 str_starts(slot, "field:") ? object_slot(w, to->object) : NULL);
	ptr_map_put(&w->graph->bound, cursor_key(v->expr), NULL);
}

/* What a literal's list initialises is the place that takes the literal. */
static bool move_literal(struct walk *w, const struct target *to, const struct value *v)
{
	bool made;
	uint64_t *value;

	if (v->expr.kind != CXCursor_CompoundLiteralExpr)
		return false;
	value = ptr_map_put(&w->graph->literals, cursor_key(v->expr), &made);
	if (made)
		*value = (uintptr_t)arena_memdup(w->arena, to->place, sizeof(*to->place));
	return !type_is_record(clang_getCursorType(v->expr));
}

static void copy_place(struct walk *w, struct target *to, const struct value *v, bool carrier,
		       CXCursor at)
{
	uint32_t from = graph_node(w, &v->place, carrier);

	if (v->place.kind == PLACE_DECL && v->place.decl.kind == CXCursor_FieldDecl)
		types_union(w, v->place.decl);
	graph_edge(w, from == NO_NODE ? FLOW_OPEN : FLOW_COPY, from, target_node(w, to), at);
}

static void move_open(struct walk *w, struct target *to, CXCursor at)
{
	graph_edge(w, FLOW_OPEN, NO_NODE, target_node(w, to), at);
}

static bool reads(const struct value *v, enum type_class class)
{
	return v->info.class == class && !v->info.level && !v->address;
}

static void to_function(struct walk *w, struct target *to, const struct value *v, CXCursor at)
{
	if (v->kind == SOURCE_FUNC) {
		move_name(w, to, v);
	} else if (v->kind == SOURCE_UNKNOWN) {
		if (!move_literal(w, to, v))
			move_open(w, to, at);
	} else if (v->kind == SOURCE_PLACE) {
		if (!reads(v, CLASS_FUNCTION) && !reads(v, CLASS_CARRIER)) {
			move_open(w, to, at);
			/* Read through a cast pointer: what is stored the same way is found. */
			if (v->address || !v->place.n_index)
				return;
		}
		copy_place(w, to, v, v->info.class == CLASS_CARRIER, at);
	}
}

static void to_table(struct walk *w, struct target *to, const struct value *v, CXCursor at)
{
	uint32_t object;

	if (v->kind == SOURCE_NULL || v->kind == SOURCE_FUNC)
		return;
	if (v->kind == SOURCE_PLACE &&
	    !types_same_record(clang_getCursorType(at), clang_getCursorType(v->expr))) {
		move_open(w, to, at);
		return;
	}
	if (v->kind == SOURCE_PLACE && reads(v, CLASS_TABLE)) {
		copy_place(w, to, v, false, at);
		return;
	}
	if (v->kind == SOURCE_PLACE && v->info.class == CLASS_RECORD && v->info.level == 1) {
		object = graph_object(w, member_base(v->expr).object);
		graph_edge(w, object == NO_NODE ? FLOW_OPEN : FLOW_ADDRESS, object,
			   target_node(w, to), at);
		return;
	}
	move_open(w, to, at);
}

/* The elements of a place, `level` pointers down. */
struct place move_elements_of(struct place p, int level)
{
	for (int i = 0; i < level; i++)
		place_add_index(&p, ANY_INDEX);
	return p;
}

/* The place behind a pointer is in other hands now. */
static void give_away(struct walk *w, const struct value *v, CXCursor at)
{
	struct place p = move_elements_of(v->place, v->info.level - (v->address ? 1 : 0));

	graph_edge(w, FLOW_OPEN, NO_NODE, graph_node(w, &p, false), at);
}

bool move_is_pointer(enum type_class c)
{
	return c == CLASS_FUNCTION || c == CLASS_TABLE;
}

static void to_carrier(struct walk *w, struct target *to, const struct value *v, CXCursor at)
{
	if (v->kind == SOURCE_FUNC) {
		move_name(w, to, v);
	} else if (v->kind == SOURCE_UNKNOWN && v->info.class == CLASS_FUNCTION && !v->info.level) {
		move_open(w, to, at);
	} else if (v->kind == SOURCE_PLACE && reads(v, CLASS_FUNCTION)) {
		copy_place(w, to, v, false, at);
	} else if (v->kind == SOURCE_PLACE && reads(v, CLASS_CARRIER)) {
		copy_place(w, to, v, true, at);
	} else if (v->kind == SOURCE_PLACE && move_is_pointer(v->info.class) && v->info.level > 0 &&
		   v->address) {
		give_away(w, v, at);
	}
}

/* Memory that a function outside gives is fresh; another void * leads to what somebody stored. */
static bool is_fresh(const struct value *v)
{
	return v->kind == SOURCE_NULL || v->expr.kind == CXCursor_CompoundLiteralExpr ||
	       (v->kind == SOURCE_PLACE && v->place.kind == PLACE_RETURN &&
		clang_Cursor_isNull(v->place.func->definition));
}

/* A pointer to, or an array of, function pointers or tables: what both lead to is one. */
static void to_elements(struct walk *w, struct target *to, struct type_info info,
			const struct value *v, CXCursor at)
{
	struct place mine = move_elements_of(*to->place, info.level), theirs;
	uint32_t node = graph_node(w, &mine, false);
	bool is_const;

	if (move_literal(w, to, v))
		return;
	if (v->kind == SOURCE_PLACE && v->info.class == info.class && v->info.level == info.level) {
		theirs = move_elements_of(v->place, info.level - (v->address ? 1 : 0));
		is_const = clang_isConstQualifiedType(
			clang_getPointeeType(clang_getCanonicalType(clang_getCursorType(at))));
		graph_tie(w, graph_node(w, &theirs, false), node, !is_const, at);
	} else if (!is_fresh(v)) {
		graph_edge(w, FLOW_OPEN, NO_NODE, node, at);
	}
}

static void move_one(struct walk *w, struct target *to, struct type_info info,
		     const struct value *v, CXCursor at)
{
	if (info.level > 0) {
		if (move_is_pointer(info.class))
			to_elements(w, to, info, v, at);
		return;
	}
	switch (info.class) {
	case CLASS_FUNCTION: to_function(w, to, v, at); break;
	case CLASS_TABLE: to_table(w, to, v, at); break;
	case CLASS_CARRIER: to_carrier(w, to, v, at); break;
	case CLASS_NONE:
	case CLASS_RECORD: break;
	}
}

void move_values(struct walk *w, const struct place *to, struct type_info info, CXCursor at,
		 const struct values *values)
{
	struct target target = {.place = to,
				.carrier = info.class == CLASS_CARRIER,
				.object = clang_getNullCursor()};

	for (unsigned i = 0; i < values->n; i++)
		move_one(w, &target, info, &values->v[i], at);
}

/* Whole records: into a named object what the other one holds, else from any record of the type into any. */
static void copy_record(struct walk *w, CXCursor object, const struct value *v, CXCursor at)
{
	struct member_base from = {clang_getNullCursor(), clang_getNullCursor()};

	if (v->expr.kind == CXCursor_CompoundLiteralExpr)
		return;
	if (v->kind == SOURCE_PLACE)
		from = member_base(v->expr);
	if (clang_Cursor_isNull(object))
		types_mix(w, at, clang_getCursorType(at));
	else if (clang_Cursor_isNull(from.object))
		graph_edge(w, FLOW_OPEN, NO_NODE, graph_object(w, object), at);
	else
		graph_edge(w, FLOW_COPY, graph_object(w, from.object), graph_object(w, object), at);
}

void move_value(struct walk *w, const struct place *to, CXCursor object, CXType type,
		CXCursor value)
{
	struct type_info info = type_info(w, type);
	struct target target = {
		.place = to, .carrier = info.class == CLASS_CARRIER, .object = object};
	struct values values;

	if (info.class == CLASS_NONE || value.kind == CXCursor_InitListExpr)
		return;
	if (info.class == CLASS_RECORD && info.level)
		return;
	values_of(w, value, &values);
	for (unsigned i = 0; i < values.n; i++) {
		if (info.class == CLASS_RECORD)
			copy_record(w, object, &values.v[i], value);
		else
			move_one(w, &target, info, &values.v[i], value);
	}
	if (to->kind == PLACE_DECL && to->decl.kind == CXCursor_FieldDecl &&
	    info.class != CLASS_CARRIER)
		types_union(w, to->decl);
}

/* `&x` of a function pointer: when the pointer loses its type, whoever has it may store anything. */
void move_address(struct walk *w, CXCursor address_of)
{
	struct type_info info = type_info(w, clang_getCursorType(address_of));
	CXCursor outer = address_of;
	const struct node *taker = NULL;
	struct values values;
	CXType t;

	if (!move_is_pointer(info.class) || info.level < 1)
		return;
	for (size_t i = w->stack.n; i-- > 0;) {
		CXCursor c = w->stack.v[i].cursor, inner[2];

		if (c.kind != CXCursor_ParenExpr && c.kind != CXCursor_CStyleCastExpr &&
		    (c.kind != CXCursor_UnexposedExpr || cursor_children(c, inner, 2) != 1)) {
			taker = &w->stack.v[i];
			break;
		}
		outer = c;
	}
	if (taker && taker->kind == NODE_CALL && taker->callee && is_exchange(taker->callee))
		return;
	t = clang_getCanonicalType(clang_getCursorType(outer));
	if (type_info(w, t).class != CLASS_NONE || t.kind != CXType_Pointer)
		return;
	values_of(w, address_of, &values);
	for (unsigned i = 0; i < values.n; i++)
		if (values.v[i].kind == SOURCE_PLACE && values.v[i].address)
			give_away(w, &values.v[i], address_of);
}

/* A function's name in a value: where no move has taken it, it escapes. */
void walk_function_value(struct walk *w, CXCursor ref, CXCursor decl)
{
	struct func_info *f;

	if (ptr_map_find(&w->graph->bound, cursor_key(ref)) || walk_is_unevaluated(w, ref))
		return;
	f = walk_function(w, decl);
	walk_enqueue(w, f);
	add_bind(w, ref, f, NULL, NULL);
}

/* Through a pointer, to nobody knows whom. */
void move_out(struct walk *w, const struct values *values, CXCursor at)
{
	for (unsigned i = 0; i < values->n; i++) {
		const struct value *v = &values->v[i];

		if (v->kind == SOURCE_PLACE && move_is_pointer(v->info.class) && v->info.level > 0)
			give_away(w, v, at);
	}
}

/* The left side of an assignment, or a variable, takes a value. */
void move_assigned(struct walk *w, CXCursor target, CXCursor value)
{
	CXType type = clang_getCursorType(target);
	struct member_base base = {clang_getNullCursor(), clang_getNullCursor()};
	struct place none = {.kind = PLACE_NONE};
	struct source s;

	arg_changes(w, target);
	if (type_info(w, type).class == CLASS_NONE)
		return;
	s = resolve(w, target);
	if (type_info(w, type).class != CLASS_CARRIER)
		base = member_base(target);
	move_value(w, s.kind == SOURCE_PLACE ? &s.place : &none, base.object, type, value);
}

void move_initial(struct walk *w, CXCursor var, CXCursor value)
{
	struct place p = {.kind = PLACE_DECL, .decl = var};

	move_value(w, &p, var, clang_getCursorType(var), value);
}

void move_returned(struct walk *w, CXCursor value)
{
	struct place p = {.kind = PLACE_RETURN, .func = w->func};

	if (w->func)
		move_value(w, &p, clang_getNullCursor(), clang_getCursorType(value), value);
}
