#include "extract/clang_util.h"
#include "base/mem.h"

#include <stdlib.h>

static size_t ptr_slot(const struct ptr_map *m, const void *key)
{
	uint64_t h = (uint64_t)(uintptr_t)key * 0x9e3779b97f4a7c15u;
	size_t i = (size_t)(h >> 20) & (m->n_slots - 1);

	while (m->keys[i] && m->keys[i] != key)
		i = (i + 1) & (m->n_slots - 1);
	return i;
}

static void ptr_rehash(struct ptr_map *m)
{
	struct ptr_map bigger = {.n = m->n, .n_slots = m->n_slots ? m->n_slots * 2 : 64};

	bigger.keys = mem_calloc(bigger.n_slots, sizeof(*bigger.keys));
	bigger.values = mem_calloc(bigger.n_slots, sizeof(*bigger.values));
	for (size_t k = 0; k < m->n_slots; k++) {
		size_t i;

		if (!m->keys[k])
			continue;
		i = ptr_slot(&bigger, m->keys[k]);
		bigger.keys[i] = m->keys[k];
		bigger.values[i] = m->values[k];
	}
	ptr_map_release(m);
	*m = bigger;
}

uint64_t *ptr_map_find(const struct ptr_map *m, const void *key)
{
	size_t i;

	if (!m->n)
		return NULL;
	i = ptr_slot(m, key);
	return m->keys[i] ? &m->values[i] : NULL;
}

uint64_t *ptr_map_put(struct ptr_map *m, const void *key, bool *made)
{
	size_t i;

	if (2 * (m->n + 1) > m->n_slots)
		ptr_rehash(m);
	i = ptr_slot(m, key);
	if (made)
		*made = !m->keys[i];
	if (!m->keys[i]) {
		m->keys[i] = key;
		m->n++;
	}
	return &m->values[i];
}

void ptr_map_release(struct ptr_map *m)
{
	free(m->keys);
	free(m->values);
	*m = (struct ptr_map){0};
}

const char *cx_string(struct arena *a, CXString s)
{
	const char *text = clang_getCString(s);
	const char *copy = text && *text ? arena_strdup(a, text) : "";

	clang_disposeString(s);
	return copy;
}

const void *cursor_key(CXCursor c)
{
	return clang_isDeclaration(c.kind) ? c.data[0] : c.data[1];
}

bool cursor_same(CXCursor a, CXCursor b)
{
	/* A statement's data[0] is the declaration around it, which libclang does not always fill in. */
	return a.kind == b.kind && cursor_key(a) == cursor_key(b);
}

struct children {
	CXCursor *out;
	unsigned n, max;
	CXCursor last;
};

static enum CXChildVisitResult add_child(CXCursor c, CXCursor parent, CXClientData data)
{
	struct children *list = data;

	(void)parent;
	if (list->n < list->max)
		list->out[list->n] = c;
	list->n++;
	list->last = c;
	return CXChildVisit_Continue;
}

unsigned cursor_children(CXCursor c, CXCursor *out, unsigned max)
{
	struct children list = {.out = out, .max = max};

	clang_visitChildren(c, add_child, &list);
	return list.n;
}

CXCursor cursor_last_child(CXCursor c)
{
	struct children list = {.last = clang_getNullCursor()};

	clang_visitChildren(c, add_child, &list);
	return list.last;
}

static bool is_integer_kind(enum CXTypeKind k)
{
	return (k >= CXType_Bool && k <= CXType_Int128) || k == CXType_Enum;
}

bool cursor_integer(CXCursor c, int64_t *value)
{
	CXEvalResult result;
	bool ok;

	/* The evaluator crashes on initialisers of arrays: nothing but plain integers may reach it. */
	if (!clang_isExpression(c.kind) || c.kind == CXCursor_InitListExpr ||
	    !is_integer_kind(clang_getCanonicalType(clang_getCursorType(c)).kind))
		return false;
	result = clang_Cursor_Evaluate(c);
	if (!result)
		return false;
	ok = clang_EvalResult_getKind(result) == CXEval_Int;
	if (ok)
		*value = clang_EvalResult_isUnsignedInt(result)
				 ? (int64_t)clang_EvalResult_getAsUnsigned(result)
				 : clang_EvalResult_getAsLongLong(result);
	clang_EvalResult_dispose(result);
	return ok;
}

bool type_is_function(CXType t)
{
	enum CXTypeKind k = clang_getCanonicalType(t).kind;

	return k == CXType_FunctionProto || k == CXType_FunctionNoProto;
}

bool type_may_hold_function(CXType t)
{
	CXType canonical = clang_getCanonicalType(t);
	CXType pointee = clang_getPointeeType(canonical);

	return canonical.kind == CXType_Pointer &&
	       (pointee.kind == CXType_Void || type_is_function(pointee));
}

bool type_is_array(CXType t)
{
	enum CXTypeKind k = clang_getCanonicalType(t).kind;

	return k == CXType_ConstantArray || k == CXType_IncompleteArray ||
	       k == CXType_VariableArray || k == CXType_DependentSizedArray;
}

bool type_is_record(CXType t)
{
	return clang_getCanonicalType(t).kind == CXType_Record;
}
