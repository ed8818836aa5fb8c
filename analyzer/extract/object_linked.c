#include "extract/object.h"

#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

/*
 * Places of linked images. Calls out of an image go through stubs (PLT entries, import thunks) that jump to the address in
 * a word which the loader fills; the dynamic relocations or import tables name that word. So a stub is known by
 * what it does, whatever section it is in.
 */

static bool find(const struct object *o, uint64_t address, bool code, uint32_t *section,
		 uint64_t *offset)
{
	for (uint32_t i = 0; i < o->n_sections; i++) {
		const struct object_section *s = &o->sections[i];

		if (!s->alloc || (code && !s->code) || address < s->base ||
		    address - s->base >= s->size)
			continue;
		*section = i;
		*offset = address - s->base;
		return true;
	}
	return false;
}

bool object_find(const struct object *o, uint64_t address, uint32_t *section, uint64_t *offset)
{
	return find(o, address, false, section, offset);
}

bool object_find_code(const struct object *o, uint64_t address, uint32_t *section, uint64_t *offset)
{
	return find(o, address, true, section, offset);
}

const char *object_import_at(const struct object *o, uint64_t address)
{
	size_t low = 0, high = o->n_imports;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (o->imports[mid].address < address)
			low = mid + 1;
		else
			high = mid;
	}
	return low < o->n_imports && o->imports[low].address == address ? o->imports[low].name
									: NULL;
}

static uint32_t u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* [endbr] [bnd|notrack] jmp *slot */
static uint64_t x86_slot(const struct object *o, const uint8_t *p, size_t n, uint64_t address)
{
	size_t at = 0;

	if (n >= 4 &&
	    !memcmp(p, o->arch == ARCH_X86_64 ? "\xf3\x0f\x1e\xfa" : "\xf3\x0f\x1e\xfb", 4))
		at = 4;
	if (n > at && (p[at] == 0xf2 || p[at] == 0x3e))
		at++;
	/* Some linkers and compilers put a REX prefix that changes nothing. */
	if (o->arch == ARCH_X86_64 && n > at && p[at] == 0x48)
		at++;
	if (n < at + 6 || p[at] != 0xff)
		return 0;
	if (p[at + 1] == 0x25 && o->arch == ARCH_X86_64)
		return address + at + 6 + (uint64_t)(int64_t)(int32_t)u32(p + at + 2);
	if (p[at + 1] == 0x25)
		return u32(p + at + 2);
	if (p[at + 1] == 0xa3 && o->arch == ARCH_I386 && o->got_base)
		return (uint32_t)(o->got_base + u32(p + at + 2));
	return 0;
}

/* [bti c] adrp x16, page; ldr x16 or x17, [x16, #low] */
static uint64_t aarch64_slot(const uint8_t *p, size_t n, uint64_t address)
{
	size_t at = n >= 4 && u32(p) == 0xd503245f ? 4 : 0;
	uint32_t adrp, load;
	int64_t pages;

	if (n < at + 8)
		return 0;
	adrp = u32(p + at);
	load = u32(p + at + 4);
	if ((adrp & 0x9f00001f) != 0x90000010 || (load & 0xffc003fe) != 0xf9400210)
		return 0;
	pages = (int64_t)((adrp >> 29 & 3) | (adrp >> 5 & 0x7ffff) << 2);
	if (pages >> 20 & 1)
		pages -= 1 << 21;
	return ((address + at) & ~(uint64_t)0xfff) + (uint64_t)(pages * 4096) +
	       (uint64_t)(load >> 10 & 0xfff) * 8;
}

/* add ip, pc, #a; add ip, ip, #b; ldr pc, [ip, #c]!, perhaps behind Thumb's bx pc; nop */
static uint64_t arm_slot(const uint8_t *p, size_t n, uint64_t address)
{
	size_t at = n >= 4 && u32(p) == 0x46c04778 ? 4 : 0;
	uint32_t a, b, c;

	if (n < at + 12)
		return 0;
	a = u32(p + at);
	b = u32(p + at + 4);
	c = u32(p + at + 8);
	if ((a & 0xfffff000) != 0xe28fc000 || (b & 0xfffff000) != 0xe28cc000 ||
	    (c & 0xfffff000) != 0xe5bcf000)
		return 0;
	/* An immediate is 8 bits, rotated right by twice the number above it. */
	for (int i = 0; i < 2; i++) {
		uint32_t op = i ? b : a, value = op & 0xff, turn = (op >> 8 & 15) * 2;

		address += turn ? value >> turn | value << (32 - turn) : value;
	}
	return (uint32_t)(address + at + 8 + (c & 0xfff));
}

/* auipc t3, high; ld t3, low(t3) */
static uint64_t riscv_slot(const uint8_t *p, size_t n, uint64_t address)
{
	uint32_t high, low;

	if (n < 8)
		return 0;
	high = u32(p);
	low = u32(p + 4);
	if ((high & 0xfff) != 0xe17 || (low & 0xfffff) != 0xe3e03)
		return 0;
	return address + (uint64_t)(int64_t)(int32_t)(high & 0xfffff000) +
	       (uint64_t)(int64_t)((int32_t)low >> 20);
}

const char *object_stub(const struct object *o, uint32_t section, uint64_t offset)
{
	const struct object_section *s = &o->sections[section];
	uint64_t address = s->base + offset, slot = 0;

	if (!o->n_imports || !s->data || offset >= s->size)
		return NULL;
	switch (o->arch) {
	case ARCH_X86_64:
	case ARCH_I386: slot = x86_slot(o, s->data + offset, s->size - offset, address); break;
	case ARCH_AARCH64: slot = aarch64_slot(s->data + offset, s->size - offset, address); break;
	case ARCH_ARM: slot = arm_slot(s->data + offset, s->size - offset, address); break;
	case ARCH_RISCV64: slot = riscv_slot(s->data + offset, s->size - offset, address); break;
	}
	return slot ? object_import_at(o, slot) : NULL;
}

void object_add_function(struct object *o, const char *name, uint32_t section, uint64_t start,
			 uint64_t size)
{
	struct object_symbol *old = o->symbols;

	/* Doubled when full, so that adding many stays linear: the number is its own capacity at powers of two. */
	if (!(o->n_symbols & (o->n_symbols - 1)) || !o->grown) {
		uint32_t room = 16;

		while (room <= o->n_symbols)
			room *= 2;
		o->symbols = arena_array(&o->arena, room, struct object_symbol);
		if (o->n_symbols)
			memcpy(o->symbols, old, o->n_symbols * sizeof(*old));
		o->grown = true;
	}
	o->symbols[o->n_symbols++] = (struct object_symbol){.name = name,
							    .section = section,
							    .function = true,
							    .linkage = LINKAGE_STATIC,
							    .value = start,
							    .size = size};
}

/* The words that a table of dynamic relocations fills with symbols. */
static size_t read_table(struct object *o, Elf *elf, Elf_Scn *scn, const GElf_Shdr *h,
			 struct object_import *out)
{
	Elf_Data *data = elf_getdata(scn, NULL), *symbols;
	Elf_Scn *link = elf_getscn(elf, h->sh_link);
	GElf_Shdr table;
	size_t n = data && h->sh_entsize ? data->d_size / h->sh_entsize : 0, found = 0;

	if (!link || !gelf_getshdr(link, &table) || table.sh_type != SHT_DYNSYM ||
	    !(symbols = elf_getdata(link, NULL)))
		return 0;
	for (size_t i = 0; i < n; i++) {
		GElf_Rela entry = {0};
		GElf_Rel rel;
		GElf_Sym sym;
		const char *name;

		if (h->sh_type == SHT_RELA ? !gelf_getrela(data, (int)i, &entry)
					   : !gelf_getrel(data, (int)i, &rel))
			break;
		if (h->sh_type == SHT_REL) {
			entry.r_offset = rel.r_offset;
			entry.r_info = rel.r_info;
		}
		if (!GELF_R_SYM(entry.r_info) || entry.r_addend ||
		    !gelf_getsym(symbols, (int)GELF_R_SYM(entry.r_info), &sym) ||
		    !(name = elf_strptr(elf, table.sh_link, sym.st_name)) || !*name)
			continue;
		if (out)
			out[found] = (struct object_import){entry.r_offset,
							    arena_strdup(&o->arena, name)};
		found++;
	}
	return found;
}

void object_read_elf_imports(struct object *o, struct Elf *elf)
{
	for (int pass = 0; pass < 2; pass++) {
		size_t n = 0;

		for (uint32_t i = 1; i < o->n_sections; i++) {
			Elf_Scn *scn = elf_getscn(elf, i);
			GElf_Shdr h;

			if (scn && gelf_getshdr(scn, &h) && o->sections[i].alloc &&
			    (h.sh_type == SHT_RELA || h.sh_type == SHT_REL))
				n += read_table(o, elf, scn, &h, pass ? o->imports + n : NULL);
		}
		if (!pass)
			o->imports = arena_array(&o->arena, n, struct object_import);
		o->n_imports = n;
	}
	for (uint32_t i = 1; i < o->n_sections; i++)
		if (!strcmp(o->sections[i].name, ".got.plt") ||
		    (!o->got_base && !strcmp(o->sections[i].name, ".got")))
			o->got_base = o->sections[i].base;
}
