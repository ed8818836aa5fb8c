/*
 * Local variables: their sizes, and where local function pointers come from. A pointer that is only ever
 * copied from one place (`fn = ops->read; fn();`) gives its calls that place as their slot; one that takes
 * only functions, or what the callers pass, keeps its own slot; anything else makes the slot unknown, because what is stored there
 * would be known in part only.
 */
#include "extract/ast_internal.h"

enum { MAX_ARMS = 16, MAX_NESTED = 64, MAX_COPIES = 32 };

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

static struct local_flow *flow_of(struct walk *w, CXCursor var)
{
	bool made;
	uint64_t *value = ptr_map_put(&w->flows, cursor_key(var), &made);

	if (made)
		*value = (uintptr_t)arena_alloc(w->arena, sizeof(struct local_flow));
	return (struct local_flow *)(uintptr_t)*value;
}

static void flow_add(struct walk *w, struct local_flow *flow, const struct source *s)
{
	struct local_source *source;

	switch (s->kind) {
	case SOURCE_NULL: break;
	case SOURCE_UNKNOWN: flow->unknown = true; break;
	case SOURCE_FUNC: flow->takes_functions = true; break;
	case SOURCE_PLACE:
		source = arena_alloc(w->arena, sizeof(*source));
		*source = (struct local_source){.next = flow->sources, .place = s->place};
		flow->sources = source;
		break;
	}
}

/* Puts the arms of `c ? a : b` and `a ?: b` into arms[0..1]. */
static bool split(CXCursor expr, CXCursor *arms)
{
	CXCursor c[3];

	while (expr.kind == CXCursor_ParenExpr)
		expr = cursor_last_child(expr);
	if (expr.kind == CXCursor_ConditionalOperator && cursor_children(expr, c, 3) == 3) {
		arms[0] = c[1];
		arms[1] = c[2];
		return true;
	}
	return is_binary_conditional(expr, arms);
}

static void store(struct walk *w, CXCursor var, CXCursor value)
{
	struct local_flow *flow = flow_of(w, var);
	CXCursor todo[MAX_ARMS] = {value};
	unsigned n = 1;

	while (n) {
		CXCursor expr = todo[--n];
		struct source s;

		if (n + 2 <= MAX_ARMS && split(expr, &todo[n])) {
			n += 2;
			continue;
		}
		s = resolve(w, expr);
		flow_add(w, flow, &s);
	}
}

void local_store(struct walk *w, CXCursor target, CXCursor value)
{
	struct source s = resolve(w, target);

	if (s.kind == SOURCE_PLACE && place_is_local(&s.place))
		store(w, s.place.decl, value);
}

void local_initialise(struct walk *w, CXCursor var, CXCursor value)
{
	store(w, var, value);
}

void local_escape(struct walk *w, CXCursor address_of)
{
	CXCursor inner = cursor_last_child(address_of);
	CXCursor decl;

	while (inner.kind == CXCursor_ParenExpr)
		inner = cursor_last_child(inner);
	if (inner.kind != CXCursor_DeclRefExpr)
		return;
	decl = clang_getCursorReferenced(inner);
	if (decl.kind == CXCursor_VarDecl || decl.kind == CXCursor_ParmDecl)
		flow_of(w, decl)->unknown = true;
}

/* What follow() has found: one slot, or several, which is none. */
struct found {
	const char *slot;
	bool bad;
};

static void found_add(struct found *found, const char *slot)
{
	if (!slot || (found->slot && strcmp(found->slot, slot)))
		found->bad = true;
	found->slot = slot;
}

/* One local on the way: adds its own slot or what is known of its sources; gives those that are locals themselves. */
static size_t follow_local(struct walk *w, const struct place *local, CXCursor *todo, size_t room,
			   struct found *found)
{
	uint64_t *value = ptr_map_find(&w->flows, cursor_key(local->decl));
	struct local_flow *flow = value ? (struct local_flow *)(uintptr_t)*value : NULL;
	bool is_param = local->decl.kind == CXCursor_ParmDecl;
	size_t n = 0;

	if (is_param && !flow) {
		found_add(found, place_slot(w, local));
		return 0;
	}
	if (!flow || flow->unknown || (!is_param && !flow->takes_functions && !flow->sources)) {
		found->bad = true;
		return 0;
	}
	if (flow->followed)
		return 0;
	flow->followed = true;
	/* What callers pass is bound to a parameter's own slot. */
	if (is_param || flow->takes_functions)
		found_add(found, place_slot(w, local));
	for (const struct local_source *s = flow->sources; s; s = s->next) {
		if (!place_is_local(&s->place))
			found_add(found, place_slot(w, &s->place));
		else if (n < room)
			todo[n++] = s->place.decl;
		else
			found->bad = true;
	}
	return n;
}

/* The one slot that everything stored into the local comes from; NULL: not known. */
static const char *follow(struct walk *w, const struct place *local)
{
	CXCursor todo[MAX_COPIES];
	struct found found = {0};
	size_t n = 0;

	for (size_t i = 0; i < w->flows.n_slots; i++)
		if (w->flows.keys[i])
			((struct local_flow *)(uintptr_t)w->flows.values[i])->followed = false;
	todo[n++] = local->decl;
	while (n && !found.bad) {
		struct place p = {.kind = PLACE_DECL, .decl = todo[--n]};

		n += follow_local(w, &p, &todo[n], MAX_COPIES - n, &found);
	}
	return found.bad ? NULL : found.slot;
}

void local_finish(struct walk *w)
{
	for (size_t i = 0; i < w->pending.n; i++) {
		const struct pending_call *p = &w->pending.v[i];

		w->out->calls.v[p->call].slot = follow(w, &p->place);
	}
	w->pending.n = 0;
	ptr_map_release(&w->flows);
}
