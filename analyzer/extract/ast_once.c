/*
 * Recursion of one turn. In: functions that may recurse within the unit; out: a guard with `once` for each that calls itself, at
 * once or through others, only where a parameter is not the constant that this very call gives it:
 * `if (!again && ..) f(.., true);`.
 *
 * Proof: every call of the function that may lead back to it passes one constant; the functions on the way hand that on
 * unchanged, back into the parameter; nobody writes these parameters; and with the constant in its place a condition around each
 * of the calls is the wrong way round. Whatever else leads back, through pointers or other units, is for the
 * reader of the facts to exclude. Functions with labels are left alone: a jump needs no condition.
 */
#include "extract/ast_guards.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
	MAX_PARAMS = 16,
	MAX_SITES = 16,
	MAX_EVAL = 24,
	MAX_CONSTANT = 127, /* the same in every integer type */
	NOT_CARRIED = -1,
};

struct site {
	CXCursor call;
	uint32_t to;
};

struct once {
	struct walk *w;
	uint32_t n; /* functions */
	struct ptr_map index; /* func_info -> number + 1 */
	bool *leads; /* by function: its calls may lead back to `func` */
	int *carried; /* by function: the parameter that holds the constant */
	uint32_t func;
	int64_t constant;
};

/* What a search of one body collects. */
struct body {
	struct once *o;
	struct site sites[MAX_SITES];
	unsigned n_sites;
	bool overflow, has_labels;
};

/* Parentheses and implicit conversions; casts may change a value. */
static CXCursor plain(CXCursor e)
{
	CXCursor c[2];

	for (int i = 0; i < MAX_EVAL; i++) {
		if ((e.kind != CXCursor_ParenExpr && e.kind != CXCursor_UnexposedExpr) ||
		    cursor_children(e, c, 2) != 1)
			break;
		e = c[0];
	}
	return e;
}

static bool is_named(CXCursor e, CXCursor decl)
{
	e = plain(e);
	return e.kind == CXCursor_DeclRefExpr &&
	       cursor_key(clang_getCursorReferenced(e)) == cursor_key(decl);
}

static CXCursor param_of(const struct once *o, uint32_t func, int number)
{
	return clang_Cursor_getArgument(o->w->walked.v[func]->definition, (unsigned)number);
}

static bool can_hold(const struct once *o, uint32_t func, int number)
{
	enum CXTypeKind k =
		clang_getCanonicalType(clang_getCursorType(param_of(o, func, number))).kind;

	if (k == CXType_Bool)
		return o->constant <= 1;
	return (k > CXType_Bool && k <= CXType_Int128) || k == CXType_Enum;
}

struct uses {
	CXCursor param;
	bool written;
};

/* What is read is converted to a value; anything else may write, or take the address. */
static enum CXChildVisitResult find_write(CXCursor c, CXCursor parent, CXClientData data)
{
	struct uses *u = data;

	(void)parent;
	if (c.kind == CXCursor_UnexposedExpr && is_named(c, u->param))
		return CXChildVisit_Continue;
	if (c.kind == CXCursor_DeclRefExpr && is_named(c, u->param))
		u->written = true;
	return u->written ? CXChildVisit_Break : CXChildVisit_Recurse;
}

static bool is_written(const struct once *o, uint32_t func, int number)
{
	struct uses u = {.param = param_of(o, func, number)};

	clang_visitChildren(o->w->walked.v[func]->definition, find_write, &u);
	return u.written;
}

static enum CXChildVisitResult find_sites(CXCursor c, CXCursor parent, CXClientData data)
{
	struct body *b = data;
	CXCursor decl;
	uint64_t *to;

	(void)parent;
	switch ((int)c.kind) {
	case CXCursor_LabelStmt:
	case CXCursor_CaseStmt:
	case CXCursor_DefaultStmt: b->has_labels = true; break;
	case CXCursor_CallExpr:
		decl = clang_getCursorReferenced(c);
		if (decl.kind != CXCursor_FunctionDecl)
			break;
		to = ptr_map_find(&b->o->index, walk_function(b->o->w, decl));
		if (!to || !b->o->leads[*to - 1])
			break;
		if (b->n_sites == MAX_SITES)
			b->overflow = true;
		else
			b->sites[b->n_sites++] = (struct site){c, (uint32_t)*to - 1};
	}
	return CXChildVisit_Recurse;
}

static bool read_body(struct once *o, uint32_t func, struct body *b)
{
	*b = (struct body){.o = o};
	clang_visitChildren(o->w->walked.v[func]->definition, find_sites, b);
	return !b->overflow;
}

/* The constant of the n-th argument of a call; false: it is none, or one that not every type holds. */
static bool constant_at(CXCursor call, int position, int64_t *value)
{
	return position < clang_Cursor_getNumArguments(call) &&
	       cursor_integer(clang_Cursor_getArgument(call, (unsigned)position), value) &&
	       *value >= 0 && *value <= MAX_CONSTANT;
}

/* The argument that hands a parameter on. */
static int handed_on(CXCursor call, CXCursor param)
{
	int n = clang_Cursor_getNumArguments(call);

	for (int i = 0; i < n && i < MAX_PARAMS; i++)
		if (is_named(clang_Cursor_getArgument(call, (unsigned)i), param))
			return i;
	return NOT_CARRIED;
}

/* From the first callee on, over all functions on the way back; *param: where it arrives. */
static bool follow(struct once *o, uint32_t first, int position, int *param)
{
	uint32_t *todo = mem_calloc(o->n + 1, sizeof(*todo)), n = 0;
	bool ok = true;
	struct body b;

	for (uint32_t i = 0; i < o->n; i++)
		o->carried[i] = NOT_CARRIED;
	o->carried[first] = position;
	todo[n++] = first;
	while (ok && n) {
		uint32_t func = todo[--n];

		ok = can_hold(o, func, o->carried[func]) && !is_written(o, func, o->carried[func]);
		if (!ok || func == o->func)
			continue;
		ok = read_body(o, func, &b);
		for (unsigned i = 0; ok && i < b.n_sites; i++) {
			int *carried = &o->carried[b.sites[i].to];
			int at = handed_on(b.sites[i].call, param_of(o, func, o->carried[func]));

			ok = at != NOT_CARRIED && (*carried == NOT_CARRIED || *carried == at);
			if (ok && *carried == NOT_CARRIED)
				todo[n++] = b.sites[i].to;
			*carried = at;
		}
	}
	free(todo);
	*param = o->carried[o->func];
	return ok && *param != NOT_CARRIED;
}

enum truth { MAYBE, NEVER, ALWAYS };

static enum truth truth_of(bool value)
{
	return value ? ALWAYS : NEVER;
}

static bool value_of(const struct once *o, CXCursor e, CXCursor param, int64_t *value)
{
	*value = o->constant;
	return is_named(e, param) || (cursor_integer(e, value) && *value >= 0);
}

static enum truth compare(const struct once *o, CXCursor e, CXCursor param, int op)
{
	CXCursor sides[2];
	int64_t a, b;

	if (cursor_children(e, sides, 2) != 2 || !value_of(o, sides[0], param, &a) ||
	    !value_of(o, sides[1], param, &b))
		return MAYBE;
	switch (op) {
	case CXBinaryOperator_LT: return truth_of(a < b);
	case CXBinaryOperator_LE: return truth_of(a <= b);
	case CXBinaryOperator_GT: return truth_of(a > b);
	case CXBinaryOperator_GE: return truth_of(a >= b);
	case CXBinaryOperator_EQ: return truth_of(a == b);
	case CXBinaryOperator_NE: return truth_of(a != b);
	}
	return MAYBE;
}

/* A condition with the constant in the parameter's place. Nests as deep as it was written; beyond the limit nothing is known. */
static enum truth evaluate(const struct once *o, CXCursor e, CXCursor param, int depth)
{
	CXCursor sides[2];
	enum truth a, b, deciding;
	int64_t value;
	int op;

	e = plain(e);
	if (depth > MAX_EVAL)
		return MAYBE;
	if (e.kind == CXCursor_UnaryOperator &&
	    clang_getCursorUnaryOperatorKind(e) == CXUnaryOperator_LNot) {
		a = evaluate(o, cursor_last_child(e), param, depth + 1);
		return a == MAYBE ? MAYBE : truth_of(a == NEVER);
	}
	if (e.kind != CXCursor_BinaryOperator)
		return value_of(o, e, param, &value) ? truth_of(value != 0) : MAYBE;
	op = (int)clang_getCursorBinaryOperatorKind(e);
	if (op != CXBinaryOperator_LAnd && op != CXBinaryOperator_LOr)
		return compare(o, e, param, op);
	if (cursor_children(e, sides, 2) != 2)
		return MAYBE;
	deciding = op == CXBinaryOperator_LAnd ? NEVER : ALWAYS;
	a = evaluate(o, sides[0], param, depth + 1);
	b = evaluate(o, sides[1], param, depth + 1);
	if (a == deciding || b == deciding)
		return deciding;
	return a == b ? a : MAYBE;
}

/* Looks for a condition that keeps one call from running. */
struct search {
	const struct once *o;
	CXCursor param, call;
	bool found;
	struct fact_range range;
	struct fact_loc loc;
};

static unsigned offset_of(CXSourceLocation at, CXFile *file)
{
	unsigned offset;

	clang_getExpansionLocation(at, file, NULL, NULL, &offset);
	return offset;
}

/* The code from one place to another, when the call stands there. */
static void try_range(struct search *s, CXCursor statement, CXSourceLocation from,
		      CXSourceLocation to)
{
	CXFile file, other;
	unsigned first = offset_of(from, &file), last = offset_of(to, &other);
	unsigned at = offset_of(clang_getCursorLocation(s->call), &other);

	if (s->found || file != other || at < first || at >= last)
		return;
	s->found = true;
	s->range = guards_range(from, to);
	s->loc = walk_loc(s->o->w, clang_getCursorLocation(statement));
}

static void try_inside(struct search *s, CXCursor statement, CXCursor branch)
{
	CXSourceRange extent = clang_getCursorExtent(branch);

	try_range(s, statement, clang_getRangeStart(extent), clang_getRangeEnd(extent));
}

static enum CXChildVisitResult find_condition(CXCursor c, CXCursor parent, CXClientData data)
{
	struct search *s = data;
	CXCursor k[3];
	unsigned n;
	enum truth truth;

	if (c.kind != CXCursor_IfStmt && c.kind != CXCursor_ConditionalOperator)
		return CXChildVisit_Recurse;
	n = cursor_children(c, k, 3);
	if (n < 2 || n > 3)
		return CXChildVisit_Recurse;
	truth = evaluate(s->o, k[0], s->param, 0);
	if (truth == NEVER)
		try_inside(s, c, k[1]);
	if (truth == ALWAYS && n == 3)
		try_inside(s, c, k[2]);
	if (truth == ALWAYS && parent.kind == CXCursor_CompoundStmt &&
	    guards_branch_exits(s->o->w, k[1]))
		try_range(s, c, clang_getRangeEnd(clang_getCursorExtent(c)),
			  clang_getRangeEnd(clang_getCursorExtent(parent)));
	return s->found ? CXChildVisit_Break : CXChildVisit_Recurse;
}

static void emit(struct once *o, int param, const struct fact_range *pass, uint32_t n,
		 struct fact_loc loc)
{
	struct walk *w = o->w;

	*vec_push(&w->out->guards) = (struct fact_guard){
		.kind = GUARD_DEPTH,
		.within = w->walked.v[o->func]->name,
		.measure =
			cx_string(w->arena, clang_getCursorSpelling(param_of(o, o->func, param))),
		.param = (uint32_t)param,
		.threshold = o->constant,
		.once = true,
		.pass = arena_memdup(w->arena, pass, n * sizeof(*pass)),
		.n_pass = n,
		.loc = loc,
	};
}

/* The calls of the body, each with the constant at this place. */
static bool try_position(struct once *o, const struct body *b, int position)
{
	struct fact_range pass[MAX_SITES];
	struct search s = {.o = o};
	int param;

	if (!constant_at(b->sites[0].call, position, &o->constant))
		return false;
	for (unsigned i = 1; i < b->n_sites; i++) {
		int64_t other;

		if (b->sites[i].to != b->sites[0].to ||
		    !constant_at(b->sites[i].call, position, &other) || other != o->constant)
			return false;
	}
	if (!follow(o, b->sites[0].to, position, &param))
		return false;
	for (unsigned i = 0; i < b->n_sites; i++) {
		s = (struct search){
			.o = o, .param = param_of(o, o->func, param), .call = b->sites[i].call};
		clang_visitChildren(o->w->walked.v[o->func]->definition, find_condition, &s);
		if (!s.found)
			return false;
		pass[i] = s.range;
	}
	emit(o, param, pass, b->n_sites, s.loc);
	return true;
}

/* Backwards from the function over the calls of the unit, turn by turn. */
static void find_leads(struct once *o, const struct once_call *calls, size_t n)
{
	bool changed = true;

	memset(o->leads, 0, o->n * sizeof(*o->leads));
	o->leads[o->func] = true;
	while (changed) {
		changed = false;
		for (size_t i = 0; i < n; i++) {
			if (!o->leads[calls[i].to] || o->leads[calls[i].from])
				continue;
			o->leads[calls[i].from] = changed = true;
		}
	}
}

void once_find(struct walk *w, const struct once_call *calls, size_t n_calls, const bool *recursive)
{
	struct once o = {.w = w, .n = (uint32_t)w->out->funcs.n};
	struct body b;

	o.leads = mem_calloc(o.n + 1, sizeof(*o.leads));
	o.carried = mem_calloc(o.n + 1, sizeof(*o.carried));
	for (uint32_t i = 0; i < o.n; i++)
		*ptr_map_put(&o.index, w->walked.v[i], NULL) = (uint64_t)i + 1;
	for (o.func = 0; o.func < o.n; o.func++) {
		if (!recursive[o.func])
			continue;
		find_leads(&o, calls, n_calls);
		if (!read_body(&o, o.func, &b) || !b.n_sites || b.has_labels)
			continue;
		for (int i = 0; i < MAX_PARAMS && !try_position(&o, &b, i); i++)
			;
	}
	ptr_map_release(&o.index);
	free(o.leads);
	free(o.carried);
}
