#include "extract/object.h"

#include <stdlib.h>
#include <string.h>

static int compare_relocs(const void *pa, const void *pb)
{
	const struct object_reloc *a = pa, *b = pb;

	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	/* RISC-V pairs ADD with SUB in one place: keep kinds in order, so that equal input gives equal output. */
	return (a->kind > b->kind) - (a->kind < b->kind);
}

static int compare_imports(const void *pa, const void *pb)
{
	const struct object_import *a = pa, *b = pb;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* Non-overlapping addresses for all allocated sections, so that a DWARF address names one place. */
static void lay_out(struct object *o)
{
	uint64_t next = 0x10000;

	for (uint32_t i = 0; i < o->n_sections; i++) {
		struct object_section *s = &o->sections[i];

		if (!s->alloc)
			continue;
		s->base = next;
		next = (next + s->size + 0x1000) & ~(uint64_t)0xfff;
	}
}

int object_read(struct object *o, const void *bytes, size_t len, const char *name,
		struct error *err)
{
	int rc;

	*o = (struct object){0};
	if (len >= 4 && !memcmp(bytes, "\177ELF", 4))
		rc = object_read_elf(o, bytes, len, name, err);
	else if (len >= 2 && !memcmp(bytes, "MZ", 2))
		rc = object_read_pe(o, bytes, len, name, err);
	else
		rc = object_read_coff(o, bytes, len, name, err);
	if (rc) {
		object_release(o);
		return -1;
	}
	for (uint32_t i = 0; i < o->n_sections; i++) {
		struct object_section *s = &o->sections[i];

		if (s->n_relocs)
			qsort(o->relocs + s->first_reloc, s->n_relocs, sizeof(*o->relocs),
			      compare_relocs);
	}
	if (!o->linked)
		lay_out(o);
	else if (o->n_imports)
		qsort(o->imports, o->n_imports, sizeof(*o->imports), compare_imports);
	return 0;
}

const struct object_reloc *object_reloc_in(const struct object *o, uint32_t section, uint64_t from,
					   uint64_t to)
{
	const struct object_section *s = &o->sections[section];
	uint32_t low = s->first_reloc, high = low + s->n_relocs;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (o->relocs[mid].offset < from)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == s->first_reloc + s->n_relocs || o->relocs[low].offset >= to)
		return NULL;
	return &o->relocs[low];
}

bool object_target(const struct object *o, const struct object_reloc *r, uint32_t *section,
		   uint64_t *offset)
{
	const struct object_symbol *s;

	if (r->symbol == NO_SYMBOL)
		return false;
	s = &o->symbols[r->symbol];
	if (s->section == NO_SECTION)
		return false;
	*section = s->section;
	*offset = s->value + (uint64_t)r->addend;
	return true;
}

uint64_t object_place(const struct object *o, uint32_t section, uint64_t offset)
{
	return o->sections[section].base + offset;
}

static uint64_t get_bytes(const uint8_t *p, unsigned size)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < size; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

static void put_bytes(uint8_t *p, unsigned size, uint64_t v)
{
	for (unsigned i = 0; i < size; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

uint8_t *object_relocated(struct object *o, uint32_t section)
{
	const struct object_section *s = &o->sections[section];
	uint8_t *copy = arena_alloc(&o->arena, s->size + 8);

	if (s->data)
		memcpy(copy, s->data, s->size);
	for (uint32_t i = s->first_reloc; i < s->first_reloc + s->n_relocs; i++) {
		const struct object_reloc *r = &o->relocs[i];
		uint32_t target_section;
		uint64_t offset, value = 0;
		uint8_t *p;

		if (!r->size || r->offset > s->size || r->size > s->size - r->offset)
			continue;
		p = copy + r->offset;
		if (object_target(o, r, &target_section, &offset))
			value = r->kind == RELOC_SECTION ? offset
							 : object_place(o, target_section, offset);
		switch (r->kind) {
		case RELOC_ABSOLUTE:
		case RELOC_SECTION:
		case RELOC_SET: put_bytes(p, r->size, value); break;
		case RELOC_ADD: put_bytes(p, r->size, get_bytes(p, r->size) + value); break;
		case RELOC_SUB: put_bytes(p, r->size, get_bytes(p, r->size) - value); break;
		case RELOC_RELATIVE:
		case RELOC_BRANCH:
		case RELOC_GOT:
		case RELOC_OTHER: break;
		}
	}
	return copy;
}

uint32_t object_find_section(const struct object *o, const char *name)
{
	for (uint32_t i = 0; i < o->n_sections; i++)
		if (!strcmp(o->sections[i].name, name))
			return i;
	return NO_SECTION;
}

void object_release(struct object *o)
{
	arena_release(&o->arena);
	*o = (struct object){0};
}

const char *object_features(enum arch arch)
{
	switch (arch) {
	case ARCH_RISCV64: return "+m,+a,+f,+d,+c,+v,+zba,+zbb,+zbs,+zicsr,+zifencei";
	case ARCH_AARCH64: return "+all";
	case ARCH_X86_64:
	case ARCH_I386:
	case ARCH_ARM: return "";
	}
	return "";
}
