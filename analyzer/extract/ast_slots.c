/*
 * Slots: the names of places where function pointers live. Two places with equal names are one slot.
 *
 *   SLOT   = KIND ":" PLACE { "[" (INDEX | "") "]" } [ "@" FILE ]
 *
 *   field:RECORD.MEMBER     a member of a record, whatever object it is in. RECORD is the innermost named record around
 *                           the member: `struct TAG`, `union TAG`, or the typedef's name of a record without a tag (a
 *                           typedef of a tagged record counts as its tag). Members of nameless records stand
 *                           behind the path that leads to them, anonymous members without a step of
 *                           their own: field:struct dev.ops.read. A nameless record with no named record
 *                           around it is `struct <LINE:COLUMN>` of its declaration.
 *   var:NAME                a global variable;   var:FUNC.NAME    a static variable of a function
 *   local:FUNC.NAME         an automatic variable
 *   param:FUNC#N            parameter N of a function, from 0; `param:FUNC#...` is every argument behind the named ones
 *   param:(SLOT)#N          parameter N of every function that SLOT holds
 *   return:FUNC             what a function returns
 *
 *   [INDEX]   element of an array, one pair of brackets for each dimension: a constant, or "[]" when the index is not
 *             constant or covers a range. "[]" stands for every element: it meets every constant index of the same
 *             place. What a pointer P points to counts as its element: P[].
 *   @FILE     the names are private to this file (path as in the facts): static variables, whatever belongs to a static
 *             function (FUNC is the source's name), records that are defined in a unit's main source file instead
 *             of a header, and `<LINE:COLUMN>` records. C names hold no "@": the first one begins the file.
 *
 * Examples: field:struct file_operations.read   field:struct _DRIVER_OBJECT.MajorFunction[3]
 *           var:table[0]@drivers/x.c            param:iterate#1            field:struct priv.done@drivers/x.c
 */
#include "extract/ast_internal.h"
#include "base/text.h"

enum { MAX_NESTING = 32 }; /* of records in records */

static bool is_record_cursor(CXCursor c)
{
	return c.kind == CXCursor_StructDecl || c.kind == CXCursor_UnionDecl;
}

struct field_list {
	struct walk *walk;
	VEC(struct record_field) fields;
};

static enum CXVisitorResult add_field(CXCursor field, CXClientData data)
{
	struct field_list *list = data;
	const char *name;

	/* Bit-fields without a name take no initialiser. */
	if (clang_Cursor_isBitField(field)) {
		name = cx_string(list->walk->arena, clang_getCursorSpelling(field));
		if (!*name)
			return CXVisit_Continue;
	}
	*vec_push(&list->fields) = (struct record_field){
		.decl = field, .type = clang_getCanonicalType(clang_getCursorType(field))};
	return CXVisit_Continue;
}

const struct record_info *walk_record(struct walk *w, CXType record)
{
	CXCursor decl = clang_getTypeDeclaration(record);
	struct field_list list = {.walk = w};
	struct record_info *info;
	uint64_t *value;
	bool made;

	value = ptr_map_put(&w->records, cursor_key(decl) ? cursor_key(decl) : w, &made);
	if (!made)
		return (const struct record_info *)(uintptr_t)*value;
	info = arena_alloc(w->arena, sizeof(*info));
	*value = (uintptr_t)info;
	clang_Type_visitFields(record, add_field, &list);
	info->n_fields = list.fields.n;
	info->fields =
		arena_memdup(w->arena, list.fields.v, list.fields.n * sizeof(*list.fields.v));
	info->is_union = decl.kind == CXCursor_UnionDecl;
	vec_release(&list.fields);
	return info;
}

/* The name of the member of `outer` whose type (or whose elements' or target's type) is the record `inner`; "" when
   it has none. */
static const char *member_name(struct walk *w, CXCursor outer, CXCursor inner)
{
	const struct record_info *info = walk_record(w, clang_getCursorType(outer));

	for (size_t i = 0; i < info->n_fields; i++) {
		CXType t = info->fields[i].type;

		for (int guard = 0;
		     guard < MAX_NESTING && (type_is_array(t) || t.kind == CXType_Pointer); guard++)
			t = clang_getCanonicalType(t.kind == CXType_Pointer
							   ? clang_getPointeeType(t)
							   : clang_getArrayElementType(t));
		if (cursor_key(clang_getTypeDeclaration(t)) != cursor_key(inner))
			continue;
		return clang_Cursor_isAnonymousRecordDecl(inner)
			       ? ""
			       : cx_string(w->arena, clang_getCursorSpelling(info->fields[i].decl));
	}
	return "";
}

/*
 * Two drivers may give different records one name, in their own headers: those of the project that don't lie in a folder
 * called include, as shared ones do. The path alone decides, so that all units that include a header agree.
 */
static bool is_private_file(const struct file_info *file)
{
	const char *path = file->path;

	if (file->is_main)
		return true;
	return path && path[0] != '/' && !str_starts(path, "include/") &&
	       !strstr(path, "/include/");
}

/* `record` is the innermost record around the member `path`; climbs to the next one with a name. */
static void field_base(struct walk *w, CXCursor record, const char *path, struct slot_base *base)
{
	unsigned line = 0, column = 0;
	const struct file_info *file;

	for (int guard = 0; guard < MAX_NESTING && clang_Cursor_isAnonymous(record); guard++) {
		CXCursor outer = clang_getCursorSemanticParent(record);
		const char *step;

		if (!is_record_cursor(outer))
			break;
		step = member_name(w, outer, record);
		if (*step)
			path = arena_printf(w->arena, "%s.%s", step, path);
		record = outer;
	}
	file = walk_file(w, clang_getCursorLocation(record), &line, &column);
	if (clang_Cursor_isAnonymous(record)) {
		base->text = arena_printf(w->arena, "field:%s <%u:%u>.%s",
					  record.kind == CXCursor_UnionDecl ? "union" : "struct",
					  line, column, path);
		base->file = file->path;
		return;
	}
	base->text = arena_printf(
		w->arena, "field:%s.%s",
		walk_spelling(w, clang_getCanonicalType(clang_getCursorType(record))), path);
	base->file = is_private_file(file) ? file->path : NULL;
}

static void param_base(struct walk *w, const struct func_info *f, uint32_t number,
		       struct slot_base *base)
{
	base->text = number == VARIADIC ? arena_printf(w->arena, "param:%s#...", f->name)
					: arena_printf(w->arena, "param:%s#%u", f->name, number);
	base->file = f->file;
	base->number = number == VARIADIC ? 0 : number + 1;
}

static void own_param_base(struct walk *w, CXCursor param, struct slot_base *base)
{
	CXCursor parent = clang_getCursorSemanticParent(param);
	int n = parent.kind == CXCursor_FunctionDecl ? clang_Cursor_getNumArguments(parent) : 0;

	for (int i = 0; i < n; i++) {
		CXCursor arg = clang_Cursor_getArgument(parent, (unsigned)i);

		if (cursor_key(arg) == cursor_key(param)) {
			param_base(w, walk_function(w, parent), (uint32_t)i, base);
			return;
		}
	}
}

static void variable_base(struct walk *w, CXCursor var, struct slot_base *base)
{
	enum CXLinkageKind linkage = clang_getCursorLinkage(var);
	const char *name = cx_string(w->arena, clang_getCursorSpelling(var));
	CXCursor parent;
	const struct func_info *f;

	if (linkage != CXLinkage_NoLinkage) {
		base->text = arena_printf(w->arena, "var:%s", name);
		if (linkage == CXLinkage_Internal)
			base->file =
				walk_loc(w, clang_getCursorLocation(clang_getCanonicalCursor(var)))
					.file;
		return;
	}
	parent = clang_getCursorSemanticParent(var);
	f = parent.kind == CXCursor_FunctionDecl ? walk_function(w, parent) : w->func;
	if (!f)
		return;
	base->text = arena_printf(
		w->arena, "%s:%s.%s",
		clang_Cursor_getStorageClass(var) == CX_SC_Static ? "var" : "local", f->name, name);
	base->file = f->file;
}

static struct slot_base *decl_base(struct walk *w, CXCursor decl)
{
	bool made;
	uint64_t *value = ptr_map_put(&w->bases, cursor_key(decl), &made);
	struct slot_base *base;
	CXCursor record;

	if (!made)
		return (struct slot_base *)(uintptr_t)*value;
	base = arena_alloc(w->arena, sizeof(*base));
	*value = (uintptr_t)base;
	if (decl.kind == CXCursor_FieldDecl) {
		record = clang_getCursorSemanticParent(decl);
		if (is_record_cursor(record))
			field_base(w, record, cx_string(w->arena, clang_getCursorSpelling(decl)),
				   base);
	} else if (decl.kind == CXCursor_ParmDecl) {
		own_param_base(w, decl, base);
	} else if (decl.kind == CXCursor_VarDecl) {
		variable_base(w, decl, base);
	}
	return base;
}

static const char *format_slot(struct walk *w, const struct slot_base *base, const struct place *p)
{
	struct buf out = {0};
	const char *slot;

	if (!p->n_index && !base->file)
		return base->text;
	buf_puts(&out, base->text);
	for (uint32_t i = 0; i < p->n_index; i++) {
		if (p->index[i] == ANY_INDEX)
			buf_puts(&out, "[]");
		else
			buf_printf(&out, "[%lld]", (long long)p->index[i]);
	}
	if (base->file)
		buf_printf(&out, "@%s", base->file);
	slot = arena_strdup(w->arena, buf_str(&out));
	buf_release(&out);
	return slot;
}

static const char *decl_slot(struct walk *w, const struct place *p)
{
	struct slot_base *base = decl_base(w, p->decl);

	if (!base->text)
		return NULL;
	if (p->n_index)
		return format_slot(w, base, p);
	if (!base->plain)
		base->plain = format_slot(w, base, p);
	return base->plain;
}

static void choice_base(struct walk *w, const struct place *p, struct slot_base *base)
{
	struct fact_loc at = walk_loc(w, clang_getCursorLocation(p->decl));

	if (!p->func)
		return;
	base->text = arena_printf(w->arena, "local:%s.<%u:%u>", p->func->name, at.line, at.column);
	base->file = p->func->file;
}

/* Until the pointer's slot is known, the call itself tells the place from others. */
static void callee_base(struct walk *w, const struct place *p, struct slot_base *base)
{
	base->text = p->callee ? arena_printf(w->arena, "param:(%s)#%u", p->callee, p->number)
			       : arena_printf(w->arena, "param:(%zu)#%u", p->call, p->number);
}

const char *place_slot(struct walk *w, const struct place *p)
{
	struct slot_base base = {0};

	switch (p->kind) {
	case PLACE_NONE: return NULL;
	case PLACE_DECL: return decl_slot(w, p);
	case PLACE_PARAM: param_base(w, p->func, p->number, &base); break;
	case PLACE_RETURN:
		base.text = arena_printf(w->arena, "return:%s", p->func->name);
		base.file = p->func->file;
		break;
	case PLACE_CHOICE: choice_base(w, p, &base); break;
	case PLACE_CALLEE: callee_base(w, p, &base); break;
	}
	return base.text ? format_slot(w, &base, p) : NULL;
}

bool place_param_number(struct walk *w, CXCursor param, uint32_t *number)
{
	const struct slot_base *base = decl_base(w, param);

	*number = base->number - 1;
	return base->number != 0;
}

void place_add_index(struct place *p, int64_t index)
{
	if (p->kind == PLACE_NONE)
		return;
	if (p->n_index == MAX_INDEX)
		p->kind = PLACE_NONE;
	else
		p->index[p->n_index++] = index < 0 ? ANY_INDEX : index;
}
