/*
 * Attributes that libclang does not expose: alias, ifunc, cleanup. They show only in print, which is slow, so
 * that nothing is printed that has no unexposed attribute.
 */
#include "extract/ast_internal.h"

/* The text between `mark` and the next `end`, or NULL. */
static const char *text_after(struct arena *a, const char *text, const char *mark, char last)
{
	const char *at = strstr(text, mark), *end;

	if (!at)
		return NULL;
	at += strlen(mark);
	end = strchr(at, last);
	return end ? arena_strndup(a, at, (size_t)(end - at)) : NULL;
}

static enum CXChildVisitResult find_attribute(CXCursor c, CXCursor parent, CXClientData data)
{
	(void)parent;
	if (c.kind != CXCursor_UnexposedAttr)
		return CXChildVisit_Continue;
	*(bool *)data = true;
	return CXChildVisit_Break;
}

static bool has_unexposed_attribute(CXCursor decl)
{
	bool found = false;

	if (clang_Cursor_hasAttrs(decl))
		clang_visitChildren(decl, find_attribute, &found);
	return found;
}

void walk_alias(struct walk *w, CXCursor decl)
{
	const char *text, *target;
	const struct func_info *f;

	if (!has_unexposed_attribute(decl))
		return;
	text = walk_declaration(w, decl);
	target = text_after(w->arena, text, "((alias(\"", '"');
	if (target) {
		f = walk_function(w, decl);
		*vec_push(&w->out->aliases) = (struct fact_alias){
			.symbol = f->symbol,
			.target = target,
			.linkage = f->linkage != LINKAGE_STATIC && strstr(text, "((weak))")
					   ? LINKAGE_WEAK
					   : f->linkage,
		};
		return;
	}
	/* An ifunc's resolver is called by the loader, and what it gives is not known here. */
	target = text_after(w->arena, text, "((ifunc(\"", '"');
	if (target)
		*vec_push(&w->out->binds) = (struct fact_bind){
			.symbol = target, .loc = walk_loc(w, clang_getCursorLocation(decl))};
}

static enum CXChildVisitResult add_name(CXCursor c, CXCursor parent, CXClientData data)
{
	struct walk *w = data;
	const char *name;
	bool made;
	uint64_t *value;

	(void)parent;
	if (c.kind != CXCursor_FunctionDecl)
		return CXChildVisit_Continue;
	name = cx_string(w->arena, clang_getCursorSpelling(c));
	value = map_put_str(&w->by_name, name, &made);
	if (made)
		*value = (uintptr_t)arena_memdup(w->arena, &c, sizeof(c));
	return CXChildVisit_Continue;
}

struct func_info *walk_cleanup(struct walk *w, CXCursor var)
{
	const char *name;
	const uint64_t *value;

	if (!has_unexposed_attribute(var))
		return NULL;
	name = text_after(w->arena, walk_declaration(w, var), "((cleanup(", ')');
	if (!name)
		return NULL;
	if (!w->by_name.n)
		clang_visitChildren(clang_getTranslationUnitCursor(w->unit), add_name, w);
	value = map_find_str(&w->by_name, name);
	return value ? walk_function(w, *(const CXCursor *)(uintptr_t)*value) : NULL;
}
