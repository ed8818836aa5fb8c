/*
 * What a function's declaration says of it beside its name: the role type it was declared with (`DRIVER_DISPATCH
 * Read;`), and the structures that it takes and gives by value.
 */
#include "extract/ast_internal.h"

static void add_value(struct walk *w, uint32_t func, CXType type, bool returned, uint32_t number,
		      const char *name)
{
	long long bytes;

	if (!type_is_record(type))
		return;
	bytes = clang_Type_getSizeOf(type);
	*vec_push(&w->out->values) = (struct fact_value){
		.func = func,
		.returned = returned,
		.number = number,
		.name = name && *name ? name : NULL,
		.type = walk_spelling(w, type),
		.bytes = bytes < 0 ? BYTES_UNKNOWN : bytes,
	};
}

static void read_values(struct walk *w, CXCursor definition, uint32_t func)
{
	int n = clang_Cursor_getNumArguments(definition);

	add_value(w, func, clang_getCursorResultType(definition), true, 0, NULL);
	for (int i = 0; i < n; i++) {
		CXCursor param = clang_Cursor_getArgument(definition, (unsigned)i);
		CXType type = clang_getCursorType(param);

		if (type_is_record(type))
			add_value(w, func, type, false, (uint32_t)i,
				  cx_string(w->arena, clang_getCursorSpelling(param)));
	}
}

/* The first declaration has the type as it was written there; a definition always spells out its parameters. */
static const char *role_of(struct walk *w, const struct func_info *f)
{
	CXType type = clang_getCursorType(clang_getCanonicalCursor(f->definition));
	const char *spelling;

	if (type.kind != CXType_Typedef && type.kind != CXType_Elaborated)
		return NULL;
	spelling = walk_spelling(w, type);
	return *spelling ? spelling : NULL;
}

void declared_function(struct walk *w, const struct func_info *f, uint32_t func)
{
	w->out->funcs.v[func].role = role_of(w, f);
	read_values(w, f->definition, func);
}
