/*
 * Local character arrays that only serve to format a text: every mention, also of a place within (`&text[n]`, `text + n`), is
 * an argument of a printf-style call, or of a function that clears the text, measures it or adds to it. They can go: the text
 * can be printed in parts, or built in allocated memory.
 */
#include "extract/ast_internal.h"

#include <string.h>

enum { SMALLEST_BUFFER = 32 }; /* bytes; what is smaller is not worth a word */

/* What one buffer is used for. Lives in the arena. */
struct buffer_use {
	size_t local; /* index into ast.locals */
	uint32_t n, n_format, n_shaped;
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

static bool has_part(const struct func_info *f, const char *const *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strstr(f->name, parts[i]))
			return true;
	return false;
}

/* By name: the kernels' functions carry no attribute that libclang shows. */
static bool is_printf_like(const struct func_info *f)
{
	static const char *const parts[] = {"printf",  "Printf",	"DbgPrint",
					    "printk",  "StringCbPrint", "StringCchPrint",
					    "dev_err", "dev_warn",	"dev_info"};

	return has_part(f, parts, sizeof(parts) / sizeof(*parts));
}

/* Does the function clear or measure the text that it gets, or write to its first argument? */
static bool shapes_text(const struct func_info *f, bool is_first)
{
	static const char *const any[] = {"strlen", "strnlen", "wcslen", "memset", "object_size"};
	static const char *const first[] = {
		"strcat",	"strncat",	"strlcat",	"wcscat", "strcpy",
		"strncpy",	"strlcpy",	"strscpy",	"wcscpy", "StringCbCat",
		"StringCchCat", "StringCbCopy", "StringCchCopy"};

	return has_part(f, any, sizeof(any) / sizeof(*any)) ||
	       (is_first && has_part(f, first, sizeof(first) / sizeof(*first)));
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

/* `&text[n]` and `*text`: the address of a character is a place in the buffer, the character itself is none. */
static bool steps_inside(CXCursor op, bool *element)
{
	enum CXUnaryOperatorKind kind = clang_getCursorUnaryOperatorKind(op);

	if (kind == CXUnaryOperator_Extension)
		return true;
	if ((kind != CXUnaryOperator_AddrOf || !*element) &&
	    (kind != CXUnaryOperator_Deref || *element))
		return false;
	*element = !*element;
	return true;
}

/* Is the value still a place in the buffer? `element`: one of its characters, until its address is taken. */
static bool stays_inside(const struct node *node, bool *element)
{
	CXCursor c = node->cursor;

	if (c.kind == CXCursor_UnaryOperator)
		return steps_inside(c, element);
	if (node->kind == NODE_PASS || node->kind == NODE_CAST || node->kind == NODE_UNEXPOSED)
		return true;
	if (node->kind != NODE_OTHER || *element)
		return false;
	*element = c.kind == CXCursor_ArraySubscriptExpr;
	return *element || (c.kind == CXCursor_BinaryOperator &&
			    clang_getCursorBinaryOperatorKind(c) == CXBinaryOperator_Add);
}

void uses_see(struct walk *w, CXCursor ref, CXCursor decl)
{
	uint64_t *value = ptr_map_find(&w->buffers, cursor_key(decl));
	struct buffer_use *use = value ? (struct buffer_use *)(uintptr_t)*value : NULL;
	bool element = false;

	if (!use || walk_is_unevaluated(w, ref))
		return;
	use->n++;
	for (size_t i = w->stack.n; i-- > 0;) {
		const struct node *node = &w->stack.v[i];

		if (node->kind != NODE_CALL) {
			if (!stays_inside(node, &element))
				return;
			continue;
		}
		if (element || node->n < 2 || !node->callee)
			return;
		if (is_printf_like(node->callee))
			use->n_format++;
		else if (shapes_text(node->callee, node->n == 2))
			use->n_shaped++;
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
		w->out->locals.v[use->local].format_only =
			use->n_format > 1 && use->n == use->n_format + use->n_shaped;
	}
	ptr_map_release(&w->buffers);
}
