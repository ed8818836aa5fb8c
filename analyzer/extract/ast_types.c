/*
 * Types that function pointers travel in. In: a type; out: what its values can lead to. Asked for every argument,
 * assignment and initialiser, so answers are kept by type.
 *
 * A record is a table when at least half of its members are function pointers, or a quarter and it is const where a pointer
 * leads to it: pointers to those are followed, to tell the tables of one type apart.
 *
 * Records that share their bytes (casts, unions, memcpy) have their function pointers at equal offsets tied.
 */
#include "extract/ast_flow.h"

enum { MAX_WRAPS = 8, MAX_COUNTED = 256, MAX_NESTED = 64, MAX_SHARED = 64 };

struct member_counts {
	unsigned members, functions;
};

static CXType plain(CXType t)
{
	t = clang_getCanonicalType(t);
	return t.kind == CXType_Atomic ? clang_getCanonicalType(clang_Type_getValueType(t)) : t;
}

static CXType element(CXType array)
{
	return plain(clang_getArrayElementType(array));
}

static CXType without_arrays(CXType t)
{
	for (int i = 0; i < MAX_WRAPS && type_is_array(t); i++)
		t = element(t);
	return t;
}

static bool is_function_pointer(CXType t)
{
	return t.kind == CXType_Pointer && type_is_function(clang_getPointeeType(t));
}

static struct member_counts count_members(struct walk *w, CXType record)
{
	CXType todo[MAX_NESTED] = {record};
	struct member_counts c = {0, 0};
	unsigned n = 1;

	while (n && c.members < MAX_COUNTED) {
		const struct record_info *r = walk_record(w, todo[--n]);

		for (size_t i = 0; i < r->n_fields; i++) {
			CXType t = without_arrays(plain(r->fields[i].type));

			if (t.kind == CXType_Record && n < MAX_NESTED) {
				todo[n++] = t;
				continue;
			}
			c.members++;
			c.functions += is_function_pointer(t);
		}
	}
	return c;
}

static struct member_counts counts_of(struct walk *w, CXType record)
{
	const void *key = cursor_key(clang_getTypeDeclaration(record));
	uint64_t *value;
	struct member_counts c;
	bool made;

	if (!key)
		return (struct member_counts){0, 0};
	value = ptr_map_put(&w->graph->counts, key, &made);
	if (made) {
		c = count_members(w, record);
		*ptr_map_put(&w->graph->counts, key, NULL) =
			(uint64_t)c.members << 32 | c.functions;
		return c;
	}
	return (struct member_counts){(unsigned)(*value >> 32), (unsigned)(*value & UINT32_MAX)};
}

static bool is_table(struct member_counts c, bool is_const)
{
	return c.functions && c.functions * (is_const ? 4 : 2) >= c.members;
}

static bool is_carrier_integer(struct walk *w, CXType t)
{
	switch (t.kind) {
	case CXType_UInt:
	case CXType_ULong:
	case CXType_ULongLong:
	case CXType_Int:
	case CXType_Long:
	case CXType_LongLong: return clang_Type_getSizeOf(t) == w->graph->pointer_bytes;
	default: return false;
	}
}

/* A pointer's own answer, or CLASS_NONE with `on` set: what it points to decides. */
static struct type_info pointer_info(struct walk *w, CXType pointee, int level, bool *on)
{
	struct type_info info = {.class = CLASS_NONE, .level = level};
	CXType target = without_arrays(pointee);
	struct member_counts c;

	*on = false;
	if (type_is_function(pointee)) {
		info.class = CLASS_FUNCTION;
	} else if (pointee.kind == CXType_Void) {
		info.class = level ? CLASS_NONE : CLASS_CARRIER;
	} else if (target.kind == CXType_Record) {
		c = counts_of(w, target);
		info.to_record = level == 0;
		info.has_functions = c.functions != 0;
		if (is_table(c, clang_isConstQualifiedType(target)))
			info.class = CLASS_TABLE;
	} else {
		*on = true;
	}
	return info;
}

static struct type_info find_info(struct walk *w, CXType t)
{
	struct type_info info = {.class = CLASS_NONE};
	int level = 0;
	bool on = true;

	t = plain(t);
	/* A parameter that is declared as a function is a pointer to one. */
	if (type_is_function(t))
		return (struct type_info){.class = CLASS_FUNCTION};
	for (; on && level < MAX_WRAPS; level++) {
		if (type_is_array(t)) {
			t = element(t);
		} else if (t.kind == CXType_Pointer) {
			t = plain(clang_getPointeeType(t));
			info = pointer_info(w, t, level, &on);
		} else {
			if (t.kind == CXType_Record && counts_of(w, t).functions)
				info = (struct type_info){.class = CLASS_RECORD, .level = level};
			else if (!level && is_carrier_integer(w, t))
				info.class = CLASS_CARRIER;
			on = false;
		}
	}
	return info;
}

struct type_info type_info(struct walk *w, CXType t)
{
	struct type_info info;
	uint64_t *value;
	bool made;

	if (!t.data[0])
		return (struct type_info){.class = CLASS_NONE};
	value = ptr_map_put(&w->graph->types, t.data[0], &made);
	if (!made)
		return (struct type_info){.class = (enum type_class)(*value & 0xff),
					  .level = (int)(*value >> 8 & 0xff),
					  .has_functions = *value >> 16 & 1,
					  .to_record = *value >> 17 & 1};
	info = find_info(w, t);
	*ptr_map_put(&w->graph->types, t.data[0], NULL) =
		(uint64_t)info.class | (uint64_t)info.level << 8 |
		(uint64_t)info.has_functions << 16 | (uint64_t)info.to_record << 17;
	return info;
}

/* A member of a record, however deep, that holds function pointers or tables. */
struct shared_member {
	struct place place;
	struct type_info info;
	int64_t first, end; /* bits from the beginning of the whole record */
};

struct shared {
	struct shared_member v[MAX_SHARED];
	unsigned n;
};

struct inner_record {
	CXType type;
	int64_t offset;
};

static void add_shared(struct walk *w, struct shared *out, const struct record_field *f,
		       int64_t first, CXType t)
{
	struct shared_member m = {.place = {.kind = PLACE_DECL, .decl = f->decl},
				  .info = type_info(w, t)};
	long long bytes = clang_Type_getSizeOf(f->type);

	if (m.info.class != CLASS_FUNCTION && m.info.class != CLASS_TABLE &&
	    (m.info.class != CLASS_CARRIER || t.kind != CXType_Pointer))
		return;
	for (CXType a = plain(f->type); type_is_array(a); a = element(a))
		place_add_index(&m.place, ANY_INDEX);
	/* What pointers to function pointers lead to is another place. */
	if (m.info.level || out->n == MAX_SHARED)
		return;
	m.first = first;
	m.end = first + (bytes > 0 ? bytes * 8 : 1);
	out->v[out->n++] = m;
}

static void find_shared(struct walk *w, CXType record, struct shared *out)
{
	struct inner_record todo[MAX_NESTED] = {{plain(record), 0}};
	unsigned n = 1;

	out->n = 0;
	while (n) {
		struct inner_record r = todo[--n];
		const struct record_info *info = walk_record(w, r.type);

		for (size_t i = 0; i < info->n_fields; i++) {
			const struct record_field *f = &info->fields[i];
			CXType t = without_arrays(plain(f->type));
			long long offset = clang_Cursor_getOffsetOfField(f->decl);

			if (offset < 0)
				continue;
			if (t.kind != CXType_Record)
				add_shared(w, out, f, r.offset + offset, t);
			else if (n < MAX_NESTED)
				todo[n++] = (struct inner_record){t, r.offset + offset};
		}
	}
}

static bool may_share(enum type_class a, enum type_class b)
{
	return a == b ? a != CLASS_CARRIER : a != CLASS_TABLE && b != CLASS_TABLE;
}

static void tie_shared(struct walk *w, CXCursor at, const struct shared_member *a,
		       const struct shared_member *b)
{
	uint32_t from, to;

	if (a->first >= b->end || b->first >= a->end || !may_share(a->info.class, b->info.class))
		return;
	from = graph_node(w, &a->place, a->info.class == CLASS_CARRIER);
	to = graph_node(w, &b->place, b->info.class == CLASS_CARRIER);
	if (from == to || from == NO_NODE || to == NO_NODE)
		return;
	graph_edge(w, FLOW_COPY, from, to, at);
	graph_edge(w, FLOW_COPY, to, from, at);
}

static void tie_records(struct walk *w, CXCursor at, CXType a, CXType b)
{
	struct shared left, right;

	find_shared(w, a, &left);
	find_shared(w, b, &right);
	for (unsigned i = 0; i < left.n; i++)
		for (unsigned k = 0; k < right.n; k++)
			tie_shared(w, at, &left.v[i], &right.v[k]);
}

static const void *innermost_record(CXType t)
{
	t = plain(t);
	for (int i = 0; i < MAX_WRAPS && (t.kind == CXType_Pointer || type_is_array(t)); i++)
		t = t.kind == CXType_Pointer ? plain(clang_getPointeeType(t)) : element(t);
	return cursor_key(clang_getTypeDeclaration(t));
}

bool types_same_record(CXType a, CXType b)
{
	return innermost_record(a) == innermost_record(b);
}

/* The record behind a pointer, or a type of kind CXType_Invalid. */
static CXType record_behind(CXType pointer)
{
	CXType t = plain(pointer);

	t = t.kind == CXType_Pointer ? without_arrays(plain(clang_getPointeeType(t))) : t;
	return t.kind == CXType_Record ? t : (CXType){.kind = CXType_Invalid};
}

void types_copy(struct walk *w, CXCursor at, CXType to, CXType from)
{
	const void *key[2];
	bool made;

	to = record_behind(to);
	from = record_behind(from);
	if (to.kind == CXType_Invalid || from.kind == CXType_Invalid)
		return;
	key[0] = cursor_key(clang_getTypeDeclaration(to));
	key[1] = cursor_key(clang_getTypeDeclaration(from));
	if (key[0] == key[1])
		return;
	map_put(&w->graph->tied_pairs, arena_memdup(w->arena, key, sizeof(key)), sizeof(key),
		&made);
	if (made)
		tie_records(w, at, from, to);
}

void types_cast(struct walk *w, CXCursor cast)
{
	CXType type = clang_getCursorType(cast);

	if (type_info(w, type).to_record)
		types_copy(w, cast, type, clang_getCursorType(strip_expr(cast)));
}

/* The outermost union around a member, by where its record is written. */
static CXCursor union_around(CXCursor field)
{
	CXCursor found = clang_getNullCursor();
	CXCursor c = clang_getCursorSemanticParent(field);

	for (int i = 0; i < MAX_WRAPS; i++) {
		if (c.kind == CXCursor_UnionDecl)
			found = c;
		else if (c.kind != CXCursor_StructDecl)
			break;
		c = clang_getCursorSemanticParent(c);
	}
	return found;
}

void types_union(struct walk *w, CXCursor field)
{
	CXCursor decl = union_around(field);
	struct shared members;
	bool made;

	if (clang_Cursor_isNull(decl))
		return;
	ptr_map_put(&w->graph->tied, cursor_key(decl), &made);
	if (!made)
		return;
	find_shared(w, clang_getCursorType(decl), &members);
	for (unsigned i = 0; i < members.n; i++)
		for (unsigned k = i + 1; k < members.n; k++)
			tie_shared(w, field, &members.v[i], &members.v[k]);
}

/* Whole records are copied without a name: what one object of the type holds may be in any other one. */
void types_mix(struct walk *w, CXCursor at, CXType type)
{
	CXType record = type_is_record(type) ? plain(type) : record_behind(type);
	struct shared members;
	bool made;

	if (record.kind == CXType_Invalid || !counts_of(w, record).functions)
		return;
	ptr_map_put(&w->graph->mixed, cursor_key(clang_getTypeDeclaration(record)), &made);
	if (!made)
		return;
	find_shared(w, record, &members);
	for (unsigned i = 0; i < members.n; i++) {
		uint32_t node = graph_node(w, &members.v[i].place, false);

		graph_edge(w, FLOW_COPY, node, node, at);
	}
}
