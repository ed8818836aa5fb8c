/*
 * Replays initialiser lists. In: the initialised object's type and place, then the list's elements one by
 * one as they are written. Out: for each element the place that it initialises. libclang shows only the written form,
 * so the rules of C17 6.7.9 are followed here: designators restart from the outermost object, elements go on
 * behind them, and braces around inner arrays and records may be missing (17 to 23).
 */
#include "extract/ast_internal.h"

static bool is_aggregate(CXType t)
{
	return type_is_record(t) || type_is_array(t);
}

static void level_open(struct walk *w, struct init_level *level, CXType type,
		       const struct place *where)
{
	*level = (struct init_level){.type = clang_getCanonicalType(type), .where = *where};
	if (type_is_record(level->type)) {
		level->record = walk_record(w, level->type);
		level->count = (int64_t)level->record->n_fields;
		/* Without a designator a union takes its first member. */
		if (level->record->is_union && level->count > 1)
			level->count = 1;
	} else if (type_is_array(level->type)) {
		long long n = clang_getArraySize(level->type);

		level->count = n < 0 ? INT64_MAX : n;
	} else {
		level->count = 1;
	}
}

void init_open(struct walk *w, struct init *in, CXType type, const struct place *where)
{
	in->depth = 1;
	level_open(w, &in->levels[0], type, where);
}

static struct init_element element_at(const struct init_level *level)
{
	struct init_element e = {.place = level->where, .type = level->type};

	if (level->record) {
		const struct record_field *f = &level->record->fields[level->pos];

		e.place = (struct place){.kind = PLACE_DECL, .decl = f->decl};
		e.type = f->type;
	} else if (type_is_array(level->type)) {
		place_add_index(&e.place, level->range ? ANY_INDEX : level->pos);
		e.type = clang_getCanonicalType(clang_getArrayElementType(level->type));
	}
	return e;
}

static void level_advance(struct init_level *level)
{
	level->pos++;
	level->range = false;
}

/* Does this element initialise a whole record or array, or only the first scalar in it? */
static bool is_whole(CXCursor value, CXType type)
{
	CXType t;

	if (value.kind == CXCursor_InitListExpr || !is_aggregate(type))
		return true;
	t = clang_getCanonicalType(clang_getCursorType(value));
	if (type_is_record(type))
		return t.kind == CXType_Record;
	return value.kind == CXCursor_StringLiteral || type_is_array(t);
}

struct init_element init_next(struct walk *w, struct init *in, CXCursor value)
{
	for (;;) {
		struct init_level *level = &in->levels[in->depth - 1];
		struct init_element e;

		if (level->pos >= level->count) {
			if (in->depth == 1)
				return (struct init_element){.type = {.kind = CXType_Invalid}};
			in->depth--;
			level_advance(&in->levels[in->depth - 1]);
			continue;
		}
		e = element_at(level);
		if (is_whole(value, e.type) || in->depth == MAX_INIT_DEPTH) {
			level_advance(level);
			return e;
		}
		level_open(w, &in->levels[in->depth++], e.type, &e.place);
	}
}

static bool find_field(const struct record_info *record, const void *key, int64_t *pos)
{
	for (size_t i = 0; i < record->n_fields; i++) {
		if (cursor_key(record->fields[i].decl) == key) {
			*pos = (int64_t)i;
			return true;
		}
	}
	return false;
}

/* The member of `record` whose type is the record `inner`. */
static bool find_member_record(const struct record_info *record, const void *inner, int64_t *pos)
{
	for (size_t i = 0; i < record->n_fields; i++) {
		if (cursor_key(clang_getTypeDeclaration(record->fields[i].type)) == inner) {
			*pos = (int64_t)i;
			return true;
		}
	}
	return false;
}

static void level_select(struct init_level *level, int64_t pos)
{
	level->pos = pos;
	if (level->record && level->record->is_union)
		level->count = pos + 1;
}

/* The nearest record around `field` that is a member of the level's record itself; false: none. */
static bool find_way(const struct init_level *level, CXCursor field, int64_t *pos)
{
	CXCursor record = clang_getCursorSemanticParent(field);

	for (unsigned guard = 0; guard < MAX_INIT_DEPTH && cursor_key(record); guard++) {
		if (find_member_record(level->record, cursor_key(record), pos))
			return true;
		record = clang_getCursorSemanticParent(record);
	}
	return false;
}

/* Moves the innermost level to `field`, which may stand in anonymous members of it: those are
   opened on the way. */
static bool select_field(struct walk *w, struct init *in, CXCursor field)
{
	struct init_level *level = &in->levels[in->depth - 1];
	int64_t pos = 0;

	while (level->record && !find_field(level->record, cursor_key(field), &pos)) {
		if (in->depth == MAX_INIT_DEPTH || !find_way(level, field, &pos))
			return false;
		level_select(level, pos);
		level_open(w, &in->levels[in->depth], level->record->fields[pos].type,
			   &level->where);
		level = &in->levels[in->depth++];
	}
	if (!level->record)
		return false;
	level_select(level, pos);
	return true;
}

static bool select_index(struct init *in, CXCursor index, CXCursor next, bool next_is_value)
{
	struct init_level *level = &in->levels[in->depth - 1];
	int64_t from, to;

	if (!type_is_array(level->type) || !cursor_integer(index, &from) || from < 0)
		return false;
	level->pos = from;
	/* [a ... b]: a second index where the elements are no arrays. */
	if (!next_is_value && next.kind != CXCursor_MemberRef &&
	    !type_is_array(clang_getArrayElementType(level->type)) && cursor_integer(next, &to)) {
		level->pos = to;
		level->range = true;
	}
	return true;
}

/* Opens the element that the last designator selected, because another designator follows. */
static bool descend(struct walk *w, struct init *in)
{
	struct init_element e;

	if (in->depth == MAX_INIT_DEPTH)
		return false;
	e = element_at(&in->levels[in->depth - 1]);
	if (!is_aggregate(e.type))
		return false;
	level_open(w, &in->levels[in->depth++], e.type, &e.place);
	return true;
}

struct init_element init_designated(struct walk *w, struct init *in, const CXCursor *children,
				    unsigned n)
{
	const struct init_element lost = {.type = {.kind = CXType_Invalid}};
	bool selected = false;

	in->depth = 1;
	in->levels[0].range = false;
	for (unsigned i = 0; i + 1 < n; i++) {
		CXCursor d = children[i];
		bool was_range;

		if (d.kind == CXCursor_MemberRef) {
			CXCursor field = clang_getCursorReferenced(d);

			/* An anonymous member: the designator behind it names the field. */
			if (field.kind != CXCursor_FieldDecl)
				continue;
			if ((selected && !descend(w, in)) || !select_field(w, in, field))
				return lost;
		} else {
			if ((selected && !descend(w, in)) ||
			    !select_index(in, d, children[i + 1], i + 2 == n))
				return lost;
			was_range = in->levels[in->depth - 1].range;
			i += was_range ? 1 : 0;
		}
		selected = true;
	}
	return init_next(w, in, children[n - 1]);
}
