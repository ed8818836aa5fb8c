/*
 * Local variables and their sizes; and what alloca() takes beside them.
 */
#include "extract/ast_internal.h"

enum { MAX_NESTED = 64 };

/* Unknown type names become int after an error: a size counts only when no declaration in it is marked invalid. */
static bool is_sound(struct walk *w, CXType type)
{
	CXType todo[MAX_NESTED] = {type};
	unsigned n = 1;

	while (n) {
		CXType t = clang_getCanonicalType(todo[--n]);
		const struct record_info *r;

		while (type_is_array(t))
			t = clang_getCanonicalType(clang_getArrayElementType(t));
		if (t.kind != CXType_Record)
			continue;
		if (clang_isInvalidDeclaration(clang_getTypeDeclaration(t)))
			return false;
		r = walk_record(w, t);
		for (size_t i = 0; i < r->n_fields; i++) {
			if (clang_isInvalidDeclaration(r->fields[i].decl))
				return false;
			if (!type_is_record(r->fields[i].type) && !type_is_array(r->fields[i].type))
				continue;
			if (n == MAX_NESTED)
				return false;
			todo[n++] = r->fields[i].type;
		}
	}
	return true;
}

static int64_t size_of(struct walk *w, CXCursor var, CXType type)
{
	long long size;

	if (w->has_errors && (clang_isInvalidDeclaration(var) || !is_sound(w, type)))
		return BYTES_UNKNOWN;
	size = clang_Type_getSizeOf(type);
	return size < 0 ? BYTES_UNKNOWN : size;
}

static int64_t align_up(int64_t bytes, long long alignment)
{
	return alignment > 1 ? (bytes + alignment - 1) / alignment * alignment : bytes;
}

static bool is_variably_sized(CXType t)
{
	for (t = clang_getCanonicalType(t); type_is_array(t);
	     t = clang_getCanonicalType(clang_getArrayElementType(t)))
		if (t.kind == CXType_VariableArray)
			return true;
	return false;
}

void local_declare(struct walk *w, CXCursor var)
{
	CXType type = clang_getCursorType(var);
	struct ast_func *f = &w->out->funcs.v[w->func_index];
	struct ast_local *l = vec_push(&w->out->locals);

	*l = (struct ast_local){
		.func = w->func_index,
		.name = cx_string(w->arena, clang_getCursorSpelling(var)),
		.type = walk_spelling(w, type),
		.bytes = size_of(w, var, type),
		.aggregate = type_is_array(type) || type_is_record(type),
		.loc = walk_loc(w, clang_getCursorLocation(var)),
	};
	if (is_variably_sized(type))
		f->has_dynamic = true;
	if (l->bytes != BYTES_UNKNOWN)
		f->locals_bytes = align_up(f->locals_bytes + l->bytes, clang_Type_getAlignOf(type));
}

/* `do ... while (0)` is how macros make one statement of several. */
static bool is_loop(CXCursor c)
{
	int64_t again;

	switch ((int)c.kind) {
	case CXCursor_ForStmt:
	case CXCursor_WhileStmt: return true;
	case CXCursor_DoStmt: return !cursor_integer(cursor_last_child(c), &again) || again;
	}
	return false;
}

/* What alloca takes is given back when the function returns; an array of variable length goes with its block. */
void local_alloca(struct walk *w, CXCursor at)
{
	struct ast_func *f = &w->out->funcs.v[w->func_index];

	f->has_dynamic = true;
	for (size_t i = w->stack.n; i-- > 0 && !f->alloca_loop.line;)
		if (is_loop(w->stack.v[i].cursor))
			f->alloca_loop = walk_loc(w, clang_getCursorLocation(at));
}
