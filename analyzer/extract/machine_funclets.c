#include "extract/machine_funclets.h"

#include "base/map.h"
#include "extract/unwind.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * Scope tables say which function is run for which guarded code. Where there are none that we read (32-bit x86), clang's
 * names do: ?dtor$3@?0?PARENT@4HA and ?catch$.. for funclets, ?filt$0@0@PARENT@@ for filters, ?fin$0@0@PARENT@@ for the
 * body of a __finally, which is only called by its parent and by a ?dtor.
 */

struct finder {
	struct object *object;
	struct machine *m;
	struct map by_name; /* -> function + 1 */
};

/* The function that holds a place. */
static uint32_t holder(const struct machine *m, uint32_t section, uint64_t offset)
{
	size_t low = 0, high = m->funcs.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct machine_func *f = &m->funcs.v[mid];

		if (f->section < section || (f->section == section && f->start <= offset))
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || m->funcs.v[low - 1].section != section ||
	    offset - m->funcs.v[low - 1].start >= m->funcs.v[low - 1].size)
		return MACHINE_NO_FUNC;
	return (uint32_t)low - 1;
}

static void add_call(const struct finder *f, uint32_t parent, const char *callee, uint64_t at)
{
	struct machine *m = f->m;

	*vec_push(&m->calls) = (struct machine_call){
		.func = parent,
		.kind = CALL_DIRECT,
		.callee = callee,
		.depth_bytes = BYTES_UNKNOWN,
		.section = m->funcs.v[parent].section,
		.offset = at,
	};
}

/* One scope's handler. Where an image has no name for it, the call says its place, as a call by an instruction does. */
static void add_scope(struct finder *f, const struct unwind_scope *s)
{
	struct machine *m = f->m;
	struct object *o = f->object;
	uint32_t parent = holder(m, s->section, s->begin);
	uint32_t funclet = holder(m, s->handler_section, s->handler);
	bool begins = funclet != MACHINE_NO_FUNC && m->funcs.v[funclet].start == s->handler;

	if (parent == MACHINE_NO_FUNC || parent == funclet || (!begins && !o->linked))
		return;
	if (!begins) {
		add_call(f, parent,
			 arena_printf(&o->arena, "%s+0x%" PRIx64,
				      o->sections[s->handler_section].name, s->handler),
			 s->begin);
		return;
	}
	/* Code within two scopes is listed twice. */
	if (m->funcs.v[funclet].parent != MACHINE_NO_FUNC)
		return;
	m->funcs.v[funclet].parent = parent;
	add_call(f, parent, o->symbols[m->funcs.v[funclet].symbol].name, s->begin);
}

static void read_tables(struct finder *f)
{
	unwind_scopes scopes = {0};

	unwind_read_scopes(f->object, &scopes);
	for (size_t i = 0; i < scopes.n; i++)
		if (scopes.v[i].handler_section != NO_SECTION)
			add_scope(f, &scopes.v[i]);
	vec_release(&scopes);
}

/* The parent's name within a funclet's; *called: the system calls it. */
static bool parent_name(const char *name, const char **parent, size_t *len, bool *called)
{
	const char *at = strstr(name, "@?0?"), *end;

	*called = true;
	if (at && (!strncmp(name, "?dtor$", 6) || !strncmp(name, "?catch$", 7))) {
		*parent = at + 4;
		end = strstr(*parent, "@4HA");
	} else if (!strncmp(name, "?filt$", 6) || !strncmp(name, "?fin$", 5)) {
		*called = name[2] == 'i' && name[3] == 'l';
		at = strchr(name, '@');
		at = at ? strchr(at + 1, '@') : NULL;
		if (!at)
			return false;
		*parent = at + 1;
		end = strstr(*parent, "@@");
	} else {
		return false;
	}
	*len = end ? (size_t)(end - *parent) : 0;
	return *len > 0;
}

static uint32_t named(const struct finder *f, const char *name, size_t len)
{
	struct arena a = {0};
	uint64_t *known = map_find(&f->by_name, name, len);

	if (!known && f->object->arch == ARCH_I386)
		known = map_find_str(&f->by_name, arena_printf(&a, "_%.*s", (int)len, name));
	arena_release(&a);
	return known ? (uint32_t)(*known - 1) : MACHINE_NO_FUNC;
}

static void read_names(struct finder *f)
{
	struct machine *m = f->m;

	for (size_t i = 0; i < m->funcs.n; i++) {
		bool made;
		uint64_t *known = map_put_str(&f->by_name,
					      f->object->symbols[m->funcs.v[i].symbol].name, &made);

		if (made)
			*known = i + 1;
	}
	for (uint32_t i = 0; i < m->funcs.n; i++) {
		const char *parent;
		uint32_t func;
		size_t len;
		bool called;

		if (m->funcs.v[i].parent != MACHINE_NO_FUNC ||
		    !parent_name(f->object->symbols[m->funcs.v[i].symbol].name, &parent, &len,
				 &called))
			continue;
		func = named(f, parent, len);
		if (func == MACHINE_NO_FUNC || func == i)
			continue;
		m->funcs.v[i].parent = func;
		if (called)
			add_call(f, func, f->object->symbols[m->funcs.v[i].symbol].name,
				 m->funcs.v[func].start);
	}
	map_release(&f->by_name);
}

static int by_place(const void *pa, const void *pb)
{
	const struct machine_call *a = pa, *b = pb;

	if (a->func != b->func)
		return a->func < b->func ? -1 : 1;
	if (a->section != b->section)
		return a->section < b->section ? -1 : 1;
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	if (a->depth_bytes != b->depth_bytes)
		return a->depth_bytes < b->depth_bytes ? -1 : 1;
	return strcmp(a->callee ? a->callee : "", b->callee ? b->callee : "");
}

void machine_find_funclets(struct object *o, struct machine *m)
{
	struct finder f = {.object = o, .m = m};
	size_t before = m->calls.n;

	if (!o->coff)
		return;
	read_tables(&f);
	read_names(&f);
	if (m->calls.n > before)
		qsort(m->calls.v, m->calls.n, sizeof(*m->calls.v), by_place);
}
