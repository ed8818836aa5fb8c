#include "extract/machine.h"

#include "base/map.h"
#include "base/text.h"
#include "extract/flow_state.h"
#include "extract/machine_funclets.h"
#include "extract/machine_tools.h"
#include "extract/unwind.h"

#include <stdlib.h>
#include <string.h>

/* Finds the functions of an object and what links their code together; flow.c measures each. */

/* Which of several names of one place stands for it: global before weak before static, then by name. */
static bool better_name(const struct object_symbol *a, const struct object_symbol *b)
{
	if ((a->linkage == LINKAGE_STATIC) != (b->linkage == LINKAGE_STATIC))
		return b->linkage == LINKAGE_STATIC;
	if ((a->size == 0) != (b->size == 0))
		return b->size == 0;
	return strcmp(a->name, b->name) < 0;
}

static int compare_funcs(const void *pa, const void *pb)
{
	const struct machine_func *a = pa, *b = pb;

	if (a->section != b->section)
		return a->section < b->section ? -1 : 1;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->symbol > b->symbol) - (a->symbol < b->symbol);
}

static void find_funcs(const struct object *o, struct machine *m)
{
	size_t n = 0;

	for (uint32_t i = 0; i < o->n_symbols; i++) {
		const struct object_symbol *s = &o->symbols[i];

		if (!s->function || s->section == NO_SECTION || !o->sections[s->section].code ||
		    s->value >= o->sections[s->section].size || !*s->name)
			continue;
		*vec_push(&m->funcs) = (struct machine_func){.symbol = i,
							     .section = s->section,
							     .start = s->value,
							     .size = s->size,
							     .parent = MACHINE_NO_FUNC};
	}
	if (m->funcs.n)
		qsort(m->funcs.v, m->funcs.n, sizeof(*m->funcs.v), compare_funcs);
	for (size_t i = 0; i < m->funcs.n; i++) {
		struct machine_func *f = &m->funcs.v[i], *last = n ? &m->funcs.v[n - 1] : NULL;

		if (!last || last->section != f->section || last->start != f->start) {
			m->funcs.v[n++] = *f;
		} else {
			if (better_name(&o->symbols[f->symbol], &o->symbols[last->symbol]))
				last->symbol = f->symbol;
			if (f->size > last->size)
				last->size = f->size;
		}
	}
	m->funcs.n = n;
}

/* Without a size (COFF, assembly) a function reaches to the next one or to the end; never beyond the section. */
static void find_sizes(const struct object *o, struct machine *m)
{
	for (size_t i = 0; i < m->funcs.n; i++) {
		struct machine_func *f = &m->funcs.v[i];
		uint64_t room = o->sections[f->section].size - f->start;

		if (!f->size) {
			f->size = room;
			if (i + 1 < m->funcs.n && m->funcs.v[i + 1].section == f->section)
				f->size = m->funcs.v[i + 1].start - f->start;
		}
		if (f->size > room)
			f->size = room;
	}
}

static int compare_extras(const void *pa, const void *pb)
{
	const struct flow_extra *a = pa, *b = pb;

	if (a->section != b->section)
		return a->section < b->section ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

typedef VEC(struct flow_extra) extras_vec;

/* The relocation behind `r` that says where the next word points to: RISC-V's come in pairs, of which the first counts. */
static const struct object_reloc *next_pointer(const struct object_reloc *r,
					       const struct object_reloc *end)
{
	do
		r++;
	while (r < end && r->kind == RELOC_SUB);
	return r;
}

static bool is_pointer(const struct object_reloc *r)
{
	return (r->kind == RELOC_RELATIVE || r->kind == RELOC_ABSOLUTE || r->kind == RELOC_ADD) &&
	       r->size >= 4;
}

/* Where Windows' exceptions go on: __except's blocks. */
static void find_handlers(const struct object *o, extras_vec *extras)
{
	unwind_scopes scopes = {0};

	unwind_read_scopes(o, &scopes);
	for (size_t i = 0; i < scopes.n; i++) {
		const struct unwind_scope *s = &scopes.v[i];

		if (s->target_section == s->section && o->sections[s->section].code)
			*vec_push(extras) = (struct flow_extra){.section = s->section,
								.to_section = s->section,
								.from = s->begin,
								.to = s->target};
	}
	vec_release(&scopes);
}

/* The kernel's __jump_table (static keys) and __ex_table (faults): pairs of places, absolute or relative to themselves. */
static void find_extras(const struct object *o, extras_vec *extras)
{
	for (uint32_t i = 0; i < o->n_sections; i++) {
		const struct object_section *s = &o->sections[i];
		const struct object_reloc *from = o->relocs + s->first_reloc, *to;
		const struct object_reloc *end = from + s->n_relocs;

		if (strcmp(s->name, "__jump_table") && strcmp(s->name, "__ex_table"))
			continue;
		for (; from < end; from = to) {
			struct flow_extra e = {.patched = !strcmp(s->name, "__jump_table")};

			to = next_pointer(from, end);
			if (to == end || !is_pointer(from) || to->kind != from->kind ||
			    to->offset != from->offset + from->size ||
			    !object_target(o, from, &e.section, &e.from) ||
			    !object_target(o, to, &e.to_section, &e.to) ||
			    !o->sections[e.section].code)
				continue;
			*vec_push(extras) = e;
			to = next_pointer(to, end);
		}
	}
	find_handlers(o, extras);
	if (extras->n)
		qsort(extras->v, extras->n, sizeof(*extras->v), compare_extras);
}

typedef VEC(struct flow_mode) modes_vec;

static int compare_modes(const void *pa, const void *pb)
{
	const struct flow_mode *a = pa, *b = pb;

	if (a->section != b->section)
		return a->section < b->section ? -1 : 1;
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return a->mode - b->mode;
}

/* Mapping symbols: "$a", "$t", "$x" and "$d", with anything behind a dot (or behind RISC-V's "$x"). */
static void find_modes(const struct object *o, modes_vec *modes)
{
	if (o->coff || o->arch == ARCH_X86_64 || o->arch == ARCH_I386)
		return;
	for (uint32_t i = 0; i < o->n_symbols; i++) {
		const struct object_symbol *s = &o->symbols[i];
		char mode = s->name[0] == '$' ? s->name[1] : 0;

		if (!mode || !strchr("atxd", mode) || s->section == NO_SECTION ||
		    !o->sections[s->section].code ||
		    (s->name[2] && s->name[2] != '.' && mode != 'x'))
			continue;
		*vec_push(modes) = (struct flow_mode){s->section, s->value, mode};
	}
	if (modes->n)
		qsort(modes->v, modes->n, sizeof(*modes->v), compare_modes);
}

typedef VEC(struct flow_label) labels_vec;

static int compare_labels(const void *pa, const void *pb)
{
	const struct flow_label *a = pa, *b = pb;

	if (a->section != b->section)
		return a->section < b->section ? -1 : 1;
	return (a->offset > b->offset) - (a->offset < b->offset);
}

static int compare_offsets(const void *pa, const void *pb)
{
	uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;

	return (a > b) - (a < b);
}

typedef VEC(uint64_t) offsets_vec;

/* Offsets in a data section that code refers to: where tables may begin. */
static void find_table_starts(const struct object *o, uint32_t data, offsets_vec *starts)
{
	for (uint32_t i = 0; i < o->n_sections; i++) {
		const struct object_section *s = &o->sections[i];

		if (!s->code)
			continue;
		for (uint32_t k = s->first_reloc; k < s->first_reloc + s->n_relocs; k++) {
			const struct object_reloc *r = &o->relocs[k];
			uint32_t section;
			uint64_t offset;

			if (!object_target(o, r, &section, &offset) || section != data)
				continue;
			/* A pc-relative operand counts from the end of its field, as good as always. */
			*vec_push(starts) = r->kind == RELOC_RELATIVE ? offset + 4 : offset;
		}
	}
	if (starts->n)
		qsort(starts->v, starts->n, sizeof(*starts->v), compare_offsets);
}

static uint64_t start_of_table(const offsets_vec *starts, uint64_t at)
{
	size_t low = 0, high = starts->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (starts->v[mid] <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? starts->v[low - 1] : at;
}

/* ARM keeps tables among the code. */
static bool may_hold_tables(const struct object *o, const struct object_section *s)
{
	if (s->code)
		return o->arch == ARCH_ARM;
	return str_starts(s->name, ".rodata") || str_starts(s->name, ".rdata") ||
	       str_starts(s->name, ".data.rel.ro");
}

/* Addresses of code in read-only data: absolute, or relative to the start of their table. */
static void find_labels(const struct object *o, labels_vec *labels)
{
	for (uint32_t i = 0; i < o->n_sections; i++) {
		const struct object_section *s = &o->sections[i];
		offsets_vec starts = {0};

		if (!may_hold_tables(o, s))
			continue;
		find_table_starts(o, i, &starts);
		for (uint32_t k = s->first_reloc; k < s->first_reloc + s->n_relocs; k++) {
			const struct object_reloc *r = &o->relocs[k];
			struct flow_label l;

			if (!object_target(o, r, &l.section, &l.offset) ||
			    !o->sections[l.section].code)
				continue;
			/* Thumb code has odd addresses. */
			if (o->arch == ARCH_ARM)
				l.offset &= ~(uint64_t)1;
			if (r->kind == RELOC_RELATIVE && !s->code)
				l.offset -= r->offset - start_of_table(&starts, r->offset);
			else if (r->kind != RELOC_ABSOLUTE && r->kind != RELOC_ADD)
				continue;
			*vec_push(labels) = l;
		}
		vec_release(&starts);
	}
	if (labels->n)
		qsort(labels->v, labels->n, sizeof(*labels->v), compare_labels);
}

/* Names of functions. */
static void index_names(const struct flow_context *c, struct map *names)
{
	for (size_t i = 0; i < c->n_funcs; i++)
		map_put_str(names, c->object->symbols[c->funcs[i].symbol].name, NULL);
}

/* NAME.cold belongs to NAME and is walked with it. */
static bool is_moved_part(const struct flow_context *c, const struct map *names,
			  const struct machine_func *f)
{
	const struct object *o = c->object;
	const char *name = o->symbols[f->symbol].name, *dot = strstr(name, ".cold");

	if (!dot)
		return false;
	return o->symbols[f->symbol].part || map_find(names, name, (size_t)(dot - name));
}

static void measure_all(struct flow_context *c, struct machine *out)
{
	struct state_pool states = {0};
	struct flow_spare spare = {.states = &states};
	struct map names = {0};

	c->spare = &spare;
	index_names(c, &names);
	for (uint32_t i = 0; i < out->funcs.n; i++)
		out->funcs.v[i].pops = c->object->arch == ARCH_I386 ? flow_pops(c, i) : 0;
	for (uint32_t i = 0; i < out->funcs.n; i++) {
		out->funcs.v[i].part = is_moved_part(c, &names, &out->funcs.v[i]);
		if (!out->funcs.v[i].part)
			flow_measure(c, i, out);
	}
	map_release(&names);
	state_pool_release(&states);
	vec_release(&spare.insns);
}

int machine_read_with(struct machine_tools *tools, struct object *o, const char *triple,
		      const char *features, struct machine *out, struct error *err)
{
	struct flow_context c = {.object = o};
	struct machine_tools *own = tools ? NULL : machine_tools_open();
	extras_vec extras = {0};
	labels_vec labels = {0};
	modes_vec modes = {0};

	*out = (struct machine){0};
	if (machine_tools_take(tools ? tools : own, triple, features, &c, err)) {
		machine_tools_close(own);
		return -1;
	}
	out->entry_bytes = c.isa->entry_bytes;
	find_modes(o, &modes);
	find_funcs(o, out);
	find_sizes(o, out);
	find_extras(o, &extras);
	find_labels(o, &labels);
	c.funcs = out->funcs.v;
	c.n_funcs = out->funcs.n;
	c.extras = extras.v;
	c.n_extras = extras.n;
	c.labels = labels.v;
	c.n_labels = labels.n;
	c.modes = modes.v;
	c.n_modes = modes.n;
	measure_all(&c, out);
	machine_find_funclets(o, out);
	vec_release(&extras);
	vec_release(&labels);
	vec_release(&modes);
	machine_tools_close(own);
	return 0;
}

int machine_read(struct object *o, const char *triple, const char *features, struct machine *out,
		 struct error *err)
{
	return machine_read_with(NULL, o, triple, features, out, err);
}

void machine_release(struct machine *m)
{
	vec_release(&m->funcs);
	vec_release(&m->calls);
}
