/*
 * Names of files, types and functions, each asked from libclang once: spellings and manglings are the expensive
 * calls. Linker names follow the target (asm labels, stdcall's `_f@12`, the underscore of 32-bit COFF).
 */
#include "extract/ast_internal.h"
#include "base/file.h"
#include "base/text.h"

static const struct file_info *file_of(struct walk *w, CXFile file)
{
	bool made;
	uint64_t *value = ptr_map_put(&w->files, file, &made);
	struct file_info *info;
	const char *name;

	if (!made)
		return (const struct file_info *)(uintptr_t)*value;
	info = arena_alloc(w->arena, sizeof(*info));
	*value = (uintptr_t)info;
	name = cx_string(w->arena, clang_getFileName(file));
	if (*name) {
		info->path = ast_path(w->arena, w->job, name);
		info->is_main =
			!strcmp(path_absolute(w->arena, w->job->directory, name), w->job->source);
	}
	return info;
}

const struct file_info *walk_file(struct walk *w, CXSourceLocation location, unsigned *line,
				  unsigned *column)
{
	static const struct file_info none;
	CXFile file = NULL;

	clang_getExpansionLocation(location, &file, line, column, NULL);
	return file ? file_of(w, file) : &none;
}

struct fact_loc walk_loc(struct walk *w, CXSourceLocation location)
{
	unsigned line = 0, column = 0;
	const struct file_info *file = walk_file(w, location, &line, &column);

	if (!file->path)
		return (struct fact_loc){0};
	return (struct fact_loc){.file = file->path, .line = line, .column = column};
}

/* Anonymous records are spelled with the path of their file as the command line gave it; facts have it
   relative to the root. */
static const char *tidy_paths(struct walk *w, const char *spelling)
{
	const char *at = strstr(spelling, " at "), *colon;
	struct buf out = {0};
	const char *result;

	if (!at)
		return spelling;
	for (; at; at = strstr(spelling, " at ")) {
		buf_add(&out, spelling, (size_t)(at - spelling) + 4);
		spelling = at + 4;
		colon = strchr(spelling, ':');
		if (!colon)
			break;
		buf_puts(&out,
			 ast_path(w->arena, w->job,
				  arena_strndup(w->arena, spelling, (size_t)(colon - spelling))));
		spelling = colon;
	}
	buf_puts(&out, spelling);
	result = arena_strdup(w->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

const char *walk_spelling(struct walk *w, CXType type)
{
	bool made;
	uint64_t *value;

	if (!type.data[0])
		return "";
	value = ptr_map_put(&w->spellings, type.data[0], &made);
	if (made)
		*value = (uintptr_t)tidy_paths(w, cx_string(w->arena, clang_getTypeSpelling(type)));
	return (const char *)(uintptr_t)*value;
}

/* Attributes that change how a call passes its arguments: two pointers that differ in them never
   hold the same function. */
static bool is_convention(const char *s, size_t len)
{
	static const char *const names[] = {
		"stdcall", "fastcall", "thiscall", "vectorcall",
		"regcall", "pascal",   "ms_abi",   "sysv_abi",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == len && !memcmp(names[i], s, len))
			return true;
	return false;
}

/*
 * Drops attributes such as noreturn, which a function has and the pointers to it often lack. What is
 * dropped has the form " __attribute__((word...))".
 */
static const char *drop_attributes(struct walk *w, const char *type)
{
	static const char mark[] = " __attribute__((";
	const char *at = strstr(type, mark);
	struct buf out = {0};
	const char *result;

	if (!at)
		return type;
	for (; at; at = strstr(type, mark)) {
		const char *word = at + sizeof(mark) - 1;
		const char *end = strstr(word, "))");

		if (!end)
			break;
		buf_add(&out, type, (size_t)(at - type));
		type = end + 2;
		/* regparm(3) and the like close with one parenthesis more. */
		while (*type == ')' && memchr(word, '(', (size_t)(end - word)) && type == end + 2)
			type++;
		if (is_convention(word, (size_t)(end - word)))
			buf_add(&out, at, (size_t)(type - at));
	}
	buf_puts(&out, type);
	result = arena_strdup(w->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

const char *walk_signature(struct walk *w, CXType function_type)
{
	CXType type = clang_getCanonicalType(function_type);
	bool made;
	uint64_t *value;

	if (!type.data[0])
		return NULL;
	value = ptr_map_put(&w->signatures, type.data[0], &made);
	if (made)
		*value = (uintptr_t)drop_attributes(w, walk_spelling(w, type));
	return (const char *)(uintptr_t)*value;
}

const char *walk_declaration(struct walk *w, CXCursor decl)
{
	return cx_string(w->arena, clang_getCursorPrettyPrinted(decl, w->terse));
}

static const char *symbol_of(struct walk *w, CXCursor decl, const char *name)
{
	const char *symbol;

	if (w->plain_symbols && !clang_Cursor_hasAttrs(decl))
		return name;
	symbol = cx_string(w->arena, clang_Cursor_getMangling(decl));
	if (*symbol == '\1')
		symbol++;
	return *symbol ? symbol : name;
}

/* `__builtin_memcpy` makes a call to memcpy; most other builtins make none. */
static void check_builtin(struct walk *w, struct func_info *f)
{
	static const char prefix[] = "__builtin_";
	static const char *const library[] = {
		"memcpy",    "memmove",	 "memset", "memcmp",  "memchr",	 "strlen",
		"strcpy",    "strncpy",	 "strcmp", "strncmp", "strcat",	 "strncat",
		"strchr",    "strrchr",	 "strstr", "printf",  "sprintf", "snprintf",
		"vsnprintf", "vsprintf", "malloc", "calloc",  "free",	 "abort",
	};
	static const char *const unevaluated[] = {"constant_p", "object_size",
						  "dynamic_object_size", "classify_type"};
	const char *rest = f->name + sizeof(prefix) - 1;
	const char *at = strstr(f->symbol, prefix);

	f->is_alloca = !strcmp(f->name, "alloca") || !strcmp(f->name, "_alloca");
	if (!str_starts(f->name, prefix))
		return;
	f->is_alloca = str_starts(rest, "alloca");
	for (size_t i = 0; at && i < sizeof(library) / sizeof(library[0]); i++) {
		if (strcmp(rest, library[i]))
			continue;
		f->symbol = arena_printf(w->arena, "%.*s%s", (int)(at - f->symbol), f->symbol,
					 at + sizeof(prefix) - 1);
		f->name = rest;
		return;
	}
	f->is_builtin = true;
	for (size_t i = 0; i < sizeof(unevaluated) / sizeof(unevaluated[0]); i++)
		f->is_unevaluated |= !strcmp(rest, unevaluated[i]);
}

static enum linkage linkage_of(CXCursor decl)
{
	if (clang_getCursorLinkage(decl) == CXLinkage_Internal)
		return LINKAGE_STATIC;
	return clang_Cursor_isFunctionInlined(decl) ? LINKAGE_INLINE : LINKAGE_EXTERNAL;
}

/* weak and _Noreturn are seen only in print, which is too slow for every inline function. */
static void read_attributes(struct walk *w, struct func_info *f)
{
	const char *text;

	f->is_noreturn = str_ends(
		walk_spelling(w, clang_getCanonicalType(clang_getCursorType(f->definition))),
		"__attribute__((noreturn))");
	if (!clang_Cursor_hasAttrs(f->definition) ||
	    (f->linkage == LINKAGE_STATIC && clang_Cursor_isFunctionInlined(f->definition)))
		return;
	text = walk_declaration(w, f->definition);
	if (strstr(text, "((weak))") && f->linkage != LINKAGE_STATIC)
		f->linkage = LINKAGE_WEAK;
	if (strstr(text, "_Noreturn") || strstr(text, "((noreturn))"))
		f->is_noreturn = true;
}

static struct func_info *make_function(struct walk *w, CXCursor decl)
{
	struct func_info *f = arena_alloc(w->arena, sizeof(*f));
	CXCursor named;

	f->decl = decl;
	f->definition = clang_getCursorDefinition(decl);
	/* Later declarations inherit what earlier ones said: the definition knows most. */
	named = clang_Cursor_isNull(f->definition) ? decl : f->definition;
	f->name = cx_string(w->arena, clang_getCursorSpelling(decl));
	f->symbol = symbol_of(w, named, f->name);
	f->signature = walk_signature(w, clang_getCursorType(named));
	f->linkage = linkage_of(named);
	if (f->linkage == LINKAGE_STATIC)
		f->file = walk_loc(w, clang_getCursorLocation(named)).file;
	if (!clang_Cursor_isNull(f->definition))
		read_attributes(w, f);
	check_builtin(w, f);
	if (!f->is_builtin && f->signature)
		*map_put_str(&w->out->signatures, f->symbol, NULL) = (uintptr_t)f->signature;
	return f;
}

struct func_info *walk_function(struct walk *w, CXCursor function_decl)
{
	const void *key = cursor_key(function_decl);
	uint64_t *value = ptr_map_find(&w->funcs, key);
	CXCursor canonical;
	struct func_info *f;

	if (value)
		return (struct func_info *)(uintptr_t)*value;
	canonical = clang_getCanonicalCursor(function_decl);
	value = ptr_map_find(&w->funcs, cursor_key(canonical));
	f = value ? (struct func_info *)(uintptr_t)*value : make_function(w, function_decl);
	*ptr_map_put(&w->funcs, cursor_key(canonical), NULL) = (uintptr_t)f;
	*ptr_map_put(&w->funcs, key, NULL) = (uintptr_t)f;
	return f;
}
