/*
 * The values that an expression may have. In: an expression of a type that matters; out: functions by name, and places
 * that are read, or whose address is given. Looks through parentheses, casts, `&` and `*` (calls through `(*p)` and
 * `*(volatile T *)&p` included), statement expressions, assignments, `?:`, va_arg(), and adds constant array indices on the way.
 */
#include "extract/ast_flow.h"
#include "base/text.h"

enum { MAX_STEPS = 400, MAX_CHILDREN = 8, MAX_TASKS = 24 };

/* Indices met from the outside in, which is right to left; DEREF: a `*` that a later `&` can undo. */
enum { DEREF = -2 };

struct trail {
	int64_t index[MAX_INDEX];
	uint32_t n;
	bool address; /* an `&` that no `*` has undone */
};

struct task {
	CXCursor expr;
	struct trail trail;
};

struct search {
	struct walk *walk;
	struct values *out;
	struct task todo[MAX_TASKS];
	unsigned n;
};

static bool trail_add(struct trail *t, int64_t index)
{
	/* A pointer's element undoes the address: &a[3] is a pointer into a, and so is a. */
	if (t->address && !t->n) {
		t->address = false;
		return true;
	}
	if (t->n == MAX_INDEX)
		return false;
	t->index[t->n++] = index;
	return true;
}

static void add_value(struct search *s, const struct value *v)
{
	if (s->out->n < MAX_VALUES)
		s->out->v[s->out->n++] = *v;
	else
		s->out->v[MAX_VALUES - 1].kind = SOURCE_UNKNOWN;
}

static void add_unknown(struct search *s, CXCursor expr)
{
	struct value v = {.kind = SOURCE_UNKNOWN, .expr = expr};

	v.info = type_info(s->walk, clang_getCursorType(expr));
	add_value(s, &v);
}

static void add_task(struct search *s, CXCursor expr, const struct trail *t)
{
	if (s->n < MAX_TASKS)
		s->todo[s->n++] = (struct task){expr, *t};
	else
		add_unknown(s, expr);
}

static void add_place(struct search *s, const struct task *task, struct place place, CXType type)
{
	const struct trail *t = &task->trail;
	struct value v = {.kind = SOURCE_PLACE, .expr = task->expr, .address = t->address};

	v.place = place;
	for (uint32_t i = t->n; i-- > 0;)
		place_add_index(&v.place, t->index[i] < 0 ? ANY_INDEX : t->index[i]);
	v.info = type_info(s->walk, type);
	v.info.level += (t->address ? 1 : 0) - (int)t->n;
	if (v.info.class == CLASS_CARRIER && v.info.level)
		v.info.class = CLASS_NONE;
	if (v.place.kind == PLACE_NONE)
		v.kind = SOURCE_UNKNOWN;
	add_value(s, &v);
}

static void add_declaration(struct search *s, const struct task *task)
{
	CXCursor decl = clang_getCursorReferenced(task->expr);
	struct value v = {.kind = SOURCE_FUNC, .expr = task->expr};

	switch ((int)decl.kind) {
	case CXCursor_FunctionDecl:
		if (task->trail.n)
			break;
		v.func = walk_function(s->walk, decl);
		add_value(s, &v);
		return;
	case CXCursor_VarDecl:
	case CXCursor_ParmDecl:
	case CXCursor_FieldDecl:
		add_place(s, task, (struct place){.kind = PLACE_DECL, .decl = decl},
			  clang_getCursorType(decl));
		return;
	case CXCursor_EnumConstantDecl:
		v.kind = SOURCE_NULL;
		add_value(s, &v);
		return;
	}
	add_unknown(s, task->expr);
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

bool is_exchange(const struct func_info *f)
{
	static const char *const names[] = {
		"InterlockedExchangePointer",
		"InterlockedCompareExchangePointer",
		"InterlockedExchangePointerAcquire",
		"InterlockedCompareExchangePointerAcquire",
	};
	const char *name = f->name + (f->name[0] == '_' ? 1 : 0);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* What a call gives: the return slot of the function that is called by name. */
static void add_call(struct search *s, const struct task *task)
{
	CXCursor callee = clang_getNullCursor(), c[2];
	const struct func_info *f;

	cursor_children(task->expr, &callee, 1);
	callee = called_function(task->expr, callee);
	if (callee.kind != CXCursor_FunctionDecl) {
		add_unknown(s, task->expr);
		return;
	}
	f = walk_function(s->walk, callee);
	if (f->is_builtin && str_starts(f->name, "__builtin_expect") &&
	    cursor_children(task->expr, c, 2) >= 2) {
		add_task(s, c[1], &task->trail);
	} else if (is_exchange(f) && cursor_children(task->expr, c, 2) >= 2) {
		struct trail t = task->trail;

		if (trail_add(&t, DEREF))
			add_task(s, c[1], &t);
	} else {
		add_place(s, task, (struct place){.kind = PLACE_RETURN, .func = f},
			  clang_getCursorType(task->expr));
	}
}

/* Steps into a unary operator; false: what it gives is no place. */
static bool step_unary(struct task *task)
{
	enum CXUnaryOperatorKind kind = clang_getCursorUnaryOperatorKind(task->expr);
	CXCursor inner = cursor_last_child(task->expr);
	struct trail *t = &task->trail;
	bool ok = true;

	switch (kind) {
	case CXUnaryOperator_Deref:
		/* Dereferencing a function pointer gives the function, which decays again. */
		if (!type_is_function(clang_getCursorType(task->expr)))
			ok = trail_add(t, DEREF);
		break;
	case CXUnaryOperator_AddrOf:
		if (t->n && (t->index[t->n - 1] == DEREF || t->index[t->n - 1] == 0))
			t->n--;
		else if (t->n || t->address)
			ok = false;
		else
			t->address = !type_is_function(clang_getCursorType(inner));
		break;
	case CXUnaryOperator_PostInc:
	case CXUnaryOperator_PostDec:
	case CXUnaryOperator_PreInc:
	case CXUnaryOperator_PreDec:
	case CXUnaryOperator_Extension: break;
	default: ok = false;
	}
	task->expr = inner;
	return ok;
}

static bool step_subscript(struct task *task)
{
	CXCursor sides[2] = {clang_getNullCursor(), clang_getNullCursor()};
	int64_t index = ANY_INDEX;

	cursor_children(task->expr, sides, 2);
	task->expr = sides[0];
	if (!cursor_integer(sides[1], &index) || index < 0)
		index = ANY_INDEX;
	return trail_add(&task->trail, index);
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

bool is_va_list(struct walk *w, CXCursor expr)
{
	const char *name;

	expr = strip_expr(expr);
	if (!clang_isExpression(expr.kind))
		return false;
	name = walk_spelling(w, clang_getCursorType(expr));
	return str_ends(name, "va_list") || strstr(name, "__va_list") ||
	       strstr(walk_spelling(w, clang_getCanonicalType(clang_getCursorType(expr))),
		      "__va_list");
}

/* va_arg() gives what the callers pass behind the named parameters. */
static bool add_va_arg(struct search *s, const struct task *task, CXCursor list)
{
	const struct walk *w = s->walk;
	struct place p = {.kind = PLACE_PARAM, .func = w->func, .number = VARIADIC};

	if (!w->func || !is_va_list(s->walk, list))
		return false;
	add_place(s, task, p, clang_getCursorType(task->expr));
	return true;
}

/* __atomic_load_n() and its like begin with a pointer to what they read. */
static bool is_atomic(struct walk *w, CXCursor pointer)
{
	struct type_info info = type_info(w, clang_getCursorType(pointer));

	return info.class == CLASS_FUNCTION && info.level == 1;
}

/* What libclang does not expose: implicit conversions have one child, `?:` without its middle four, va_arg() the list
   last, __builtin_choose_expr() both of its arms. */
static bool step_unexposed(struct search *s, struct task *task)
{
	CXCursor c[MAX_CHILDREN], arms[2];
	unsigned n = cursor_children(task->expr, c, MAX_CHILDREN);

	if (!n || n > MAX_CHILDREN) {
		add_unknown(s, task->expr);
		return false;
	}
	if (add_va_arg(s, task, c[n - 1]))
		return false;
	if (n == 1) {
		task->expr = c[0];
		return true;
	}
	if (is_binary_conditional(task->expr, arms)) {
		add_task(s, arms[1], &task->trail);
		add_task(s, arms[0], &task->trail);
	} else if (is_atomic(s->walk, c[0])) {
		task->expr = c[0];
		return trail_add(&task->trail, DEREF);
	} else if (n == 3 && clang_isExpression(c[0].kind)) {
		add_task(s, c[2], &task->trail);
		add_task(s, c[1], &task->trail);
	} else {
		add_unknown(s, task->expr);
	}
	return false;
}

static bool is_pointer(CXCursor expr)
{
	CXType t = clang_getCanonicalType(clang_getCursorType(expr));

	return t.kind == CXType_Pointer || type_is_array(t);
}

/* Assignment and comma give their right side; p + i is still a pointer to what p points to. */
static bool step_binary(struct search *s, struct task *task)
{
	enum type_class class;
	CXCursor c[2];

	if (cursor_children(task->expr, c, 2) != 2)
		return false;
	switch ((int)clang_getCursorBinaryOperatorKind(task->expr)) {
	case CXBinaryOperator_Assign:
	case CXBinaryOperator_Comma: task->expr = c[1]; return true;
	case CXBinaryOperator_Add:
	case CXBinaryOperator_Sub:
		class = type_info(s->walk, clang_getCursorType(task->expr)).class;
		if (class != CLASS_FUNCTION && class != CLASS_TABLE)
			break;
		/* The element that a later `*` means is not known. */
		if (task->trail.n)
			task->trail.index[task->trail.n - 1] = ANY_INDEX;
		task->expr = is_pointer(c[0]) ? c[0] : c[1];
		return true;
	}
	add_unknown(s, task->expr);
	return false;
}

static bool step_arms(struct search *s, const struct task *task)
{
	CXCursor c[MAX_CHILDREN];
	unsigned n = cursor_children(task->expr, c, MAX_CHILDREN);

	/* The last one first: what was put aside last is looked at first. */
	for (unsigned i = n < MAX_CHILDREN ? n : MAX_CHILDREN; i-- > 1;)
		if (clang_isExpression(c[i].kind))
			add_task(s, c[i], &task->trail);
	return false;
}

static void add_literal(struct search *s, const struct task *task)
{
	struct value v = {.kind = SOURCE_NULL, .expr = task->expr};
	int64_t value;

	/* Small numbers are marks, not addresses. */
	if (!cursor_integer(task->expr, &value) || value < -4096 || value > 4096)
		v.kind = SOURCE_UNKNOWN;
	v.info = type_info(s->walk, clang_getCursorType(task->expr));
	add_value(s, &v);
}

static bool step(struct search *s, struct task *task)
{
	switch ((int)task->expr.kind) {
	case CXCursor_DeclRefExpr:
	case CXCursor_MemberRefExpr: add_declaration(s, task); return false;
	case CXCursor_CallExpr: add_call(s, task); return false;
	case CXCursor_IntegerLiteral:
	case CXCursor_CharacterLiteral:
	case CXCursor_UnaryExpr: add_literal(s, task); return false;
	case CXCursor_UnaryOperator:
		if (step_unary(task))
			return true;
		break;
	case CXCursor_ArraySubscriptExpr:
		if (step_subscript(task))
			return true;
		break;
	case CXCursor_ConditionalOperator:
	case CXCursor_GenericSelectionExpr: return step_arms(s, task);
	case CXCursor_UnexposedExpr: return step_unexposed(s, task);
	case CXCursor_BinaryOperator: return step_binary(s, task);
	case CXCursor_ParenExpr:
	case CXCursor_CStyleCastExpr: /* the type's own expressions stand before the operand */
		task->expr = cursor_last_child(task->expr);
		return true;
	case CXCursor_StmtExpr: /* the last statement of its block */
		task->expr = cursor_last_child(cursor_last_child(task->expr));
		if (clang_isExpression(task->expr.kind))
			return true;
		break;
	}
	add_unknown(s, task->expr);
	return false;
}

void values_of(struct walk *w, CXCursor expr, struct values *out)
{
	struct search s;

	s.walk = w;
	s.out = out;
	s.n = 0;
	out->n = 0;
	add_task(&s, expr, &(struct trail){.n = 0});
	while (s.n) {
		struct task task = s.todo[--s.n];
		int steps = 0;

		while (steps < MAX_STEPS && step(&s, &task))
			steps++;
		if (steps == MAX_STEPS)
			add_unknown(&s, task.expr);
	}
}

struct source resolve(struct walk *w, CXCursor expr)
{
	struct values values;
	const struct value *v = &values.v[0];

	values_of(w, expr, &values);
	if (values.n != 1 || v->kind == SOURCE_UNKNOWN || (v->kind == SOURCE_PLACE && v->address))
		return (struct source){.kind = SOURCE_UNKNOWN};
	return (struct source){.kind = v->kind, .func = v->func, .place = v->place};
}
