/*
 * Local character arrays that only serve to format a text: every mention is an argument of a printf-style call. They
 * can go: the text can be printed in parts, or built in allocated memory.
 */
#include "extract/ast_internal.h"

#include <string.h>

enum { SMALLEST_BUFFER = 32 }; /* bytes; what is smaller is not worth a word */

/* What one buffer is used for. Lives in the arena. */
struct buffer_use {
	size_t local; /* index into ast.locals */
	uint32_t n, n_format;
};

static bool is_character(CXType t)
{
	switch ((int)clang_getCanonicalType(t).kind) {
	case CXType_Char_S:
	case CXType_Char_U:
	case CXType_SChar:
	case CXType_UChar:
	case CXType_WChar:
	case CXType_UShort: return true;
	}
	return false;
}

/* By name: the kernels' functions carry no attribute that libclang shows. */
static bool is_printf_like(const struct func_info *f)
{
	static const char *const parts[] = {"printf",  "Printf",	"DbgPrint",
					    "printk",  "StringCbPrint", "StringCchPrint",
					    "dev_err", "dev_warn",	"dev_info"};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (strstr(f->name, parts[i]))
			return true;
	return false;
}

void uses_declare(struct walk *w, CXCursor var, size_t local)
{
	CXType type = clang_getCanonicalType(clang_getCursorType(var));
	struct buffer_use *use;

	if (type.kind != CXType_ConstantArray || !is_character(clang_getArrayElementType(type)) ||
	    w->out->locals.v[local].bytes < SMALLEST_BUFFER)
		return;
	use = arena_alloc(w->arena, sizeof(*use));
	use->local = local;
	*ptr_map_put(&w->buffers, cursor_key(var), NULL) = (uintptr_t)use;
}

void uses_see(struct walk *w, CXCursor ref, CXCursor decl)
{
	uint64_t *value = ptr_map_find(&w->buffers, cursor_key(decl));
	struct buffer_use *use = value ? (struct buffer_use *)(uintptr_t)*value : NULL;

	if (!use || walk_is_unevaluated(w, ref))
		return;
	use->n++;
	for (size_t i = w->stack.n; i-- > 0;) {
		const struct node *node = &w->stack.v[i];

		if (node->kind == NODE_CALL) {
			use->n_format +=
				node->n > 1 && node->callee && is_printf_like(node->callee);
			return;
		}
		if (node->kind != NODE_PASS && node->kind != NODE_CAST &&
		    node->kind != NODE_UNEXPOSED)
			return;
	}
}

void uses_finish(struct walk *w)
{
	for (size_t i = 0; i < w->buffers.n_slots; i++) {
		const struct buffer_use *use;

		if (!w->buffers.keys[i])
			continue;
		use = (const struct buffer_use *)(uintptr_t)w->buffers.values[i];
		w->out->locals.v[use->local].format_only = use->n && use->n == use->n_format;
	}
	ptr_map_release(&w->buffers);
}
