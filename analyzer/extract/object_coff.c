#include "extract/coff.h"

#include <string.h>

/*
 * COFF objects as clang, cl.exe and mingw write them: file header, section headers, symbols with auxiliary records,
 * string table, relocations with in-place addends. Reference: Microsoft, "PE Format". All reads are bounds-checked.
 */

enum {
	MACHINE_I386 = 0x14c,
	MACHINE_AMD64 = 0x8664,
	MACHINE_ARM64 = 0xaa64,
	HEADER_SIZE = COFF_HEADER_SIZE,
	SECTION_SIZE = 40,
	SYMBOL_SIZE = 18,
	RELOC_SIZE = 10,
	SCN_CODE = 0x20,
	SCN_BSS = 0x80,
	SCN_COMDAT = 0x1000,
	SCN_MANY_RELOCS = 0x01000000,
	SCN_DISCARDABLE = 0x02000000,
	SCN_EXECUTE = 0x20000000,
	CLASS_EXTERNAL = 2,
	CLASS_STATIC = 3,
	CLASS_WEAK = 105,
	TYPE_FUNCTION = 0x20,
};

static const char *string_at(const struct coff_input *in, uint32_t offset)
{
	if (offset >= in->strings_len ||
	    !memchr(in->strings + offset, '\0', in->strings_len - offset))
		return "";
	return in->strings + offset;
}

/* Eight bytes in place, or a reference to the string table: zeros and offset (symbols), "/decimal" (sections). */
static const char *short_name(struct object *o, const struct coff_input *in, const uint8_t *p)
{
	if (!coff_u32(p))
		return string_at(in, coff_u32(p + 4));
	if (p[0] == '/') {
		uint32_t offset = 0;

		for (int i = 1; i < 8 && p[i] >= '0' && p[i] <= '9'; i++)
			offset = offset * 10 + (uint32_t)(p[i] - '0');
		return string_at(in, offset);
	}
	return arena_strndup(&o->arena, (const char *)p, strnlen((const char *)p, 8));
}

static int read_sections(struct object *o, const struct coff_input *in, size_t n, size_t at)
{
	/* Section numbers count from 1; [0] stays empty as in ELF. */
	o->n_sections = (uint32_t)n + 1;
	o->sections = arena_array(&o->arena, n + 1, struct object_section);
	o->sections[0].name = "";
	if (!coff_inside(in, at, n * SECTION_SIZE))
		return coff_fail(in, "the section headers reach beyond the file");
	for (size_t i = 0; i < n; i++) {
		const uint8_t *h = in->bytes + at + i * SECTION_SIZE;
		struct object_section *s = &o->sections[i + 1];
		uint32_t flags = coff_u32(h + 36);

		s->name = short_name(o, in, h);
		s->size = coff_u32(h + 16);
		s->code = flags & (SCN_CODE | SCN_EXECUTE);
		s->comdat = flags & SCN_COMDAT;
		/* Drivers have code in sections of other names: PAGE, INIT. */
		s->alloc = s->code || in->image ||
			   (!(flags & SCN_DISCARDABLE) && s->name[0] == '.' &&
			    strncmp(s->name, ".debug", 6) && strcmp(s->name, ".drectve"));
		if (in->image) {
			s->base = o->image_base + coff_u32(h + 12);
			/* Rounded up in the file; beyond the file's bytes are zeros. */
			if (coff_u32(h + 8) && coff_u32(h + 8) < s->size)
				s->size = coff_u32(h + 8);
		}
		if (flags & SCN_BSS || !s->size)
			continue;
		if (!coff_inside(in, coff_u32(h + 20), s->size))
			return coff_fail(in, "a section reaches beyond the file");
		s->data = in->bytes + coff_u32(h + 20);
	}
	return 0;
}

static void read_symbol(struct object *o, const struct coff_input *in, struct object_symbol *s,
			const uint8_t *p)
{
	int section = (int16_t)coff_u16(p + 12);
	unsigned class = p[16];

	s->name = short_name(o, in, p);
	s->value = coff_u32(p + 8);
	s->section =
		section > 0 && (uint32_t)section < o->n_sections ? (uint32_t)section : NO_SECTION;
	s->undefined = section == 0;
	s->function = coff_u16(p + 14) == TYPE_FUNCTION && s->section != NO_SECTION;
	/* A static symbol with value 0 and an auxiliary record stands for its section. */
	s->section_symbol = class == CLASS_STATIC && p[17] && !s->value && !s->function;
	if (class == CLASS_EXTERNAL)
		s->linkage = s->section != NO_SECTION && o->sections[s->section].comdat
				     ? LINKAGE_INLINE
				     : LINKAGE_EXTERNAL;
	else
		s->linkage = class == CLASS_WEAK ? LINKAGE_WEAK : LINKAGE_STATIC;
}

static int read_symbols(struct object *o, const struct coff_input *in, size_t at, size_t n)
{
	o->symbols = arena_array(&o->arena, n, struct object_symbol);
	o->n_symbols = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		const uint8_t *p = in->bytes + at + i * SYMBOL_SIZE;

		read_symbol(o, in, &o->symbols[i], p);
		/* Auxiliary records keep their numbers, as nameless symbols in no section. */
		for (unsigned aux = p[17]; aux && i + 1 < n; aux--) {
			i++;
			o->symbols[i] = (struct object_symbol){.name = "", .section = NO_SECTION};
		}
	}
	return 0;
}

/* Kind and size for a relocation type; `bias` as in ELF: what the processor adds to the place of the bytes. */
static void classify(const struct object *o, unsigned type, struct object_reloc *r)
{
	r->kind = RELOC_OTHER;
	r->size = 0;
	if (o->arch == ARCH_X86_64) {
		if (type == 1) { /* ADDR64 */
			r->kind = RELOC_ABSOLUTE;
			r->size = 8;
		} else if (type == 2 || type == 3) { /* ADDR32, ADDR32NB */
			r->kind = RELOC_ABSOLUTE;
			r->size = 4;
		} else if (type >= 4 &&
			   type <= 9) { /* REL32 .. REL32_5: relative to the end of the insn */
			r->kind = RELOC_RELATIVE;
			r->size = 4;
			r->addend = -4 - (int64_t)(type - 4);
		} else if (type == 11) {
			r->kind = RELOC_SECTION;
			r->size = 4;
		}
	} else if (o->arch == ARCH_I386) {
		if (type == 6 || type == 7) { /* DIR32, DIR32NB */
			r->kind = RELOC_ABSOLUTE;
			r->size = 4;
		} else if (type == 20) { /* REL32 */
			r->kind = RELOC_RELATIVE;
			r->size = 4;
			r->addend = -4;
		} else if (type == 11) {
			r->kind = RELOC_SECTION;
			r->size = 4;
		}
	} else {
		if (type == 3 || type == 15 || type == 16) { /* BRANCH26, BRANCH19, BRANCH14 */
			r->kind = RELOC_BRANCH;
		} else if (type == 1 || type == 2 || type == 14) { /* ADDR32, ADDR32NB, ADDR64 */
			r->kind = RELOC_ABSOLUTE;
			r->size = type == 14 ? 8 : 4;
		} else if (type == 17) { /* REL32 */
			r->kind = RELOC_RELATIVE;
			r->size = 4;
			r->addend = -4;
		} else if (type == 8) {
			r->kind = RELOC_SECTION;
			r->size = 4;
		}
	}
}

static int64_t addend_in_place(const struct object_section *s, uint64_t offset, unsigned size)
{
	uint64_t v = 0;

	if (!s->data || offset > s->size || size > s->size - offset)
		return 0;
	for (unsigned i = 0; i < size; i++)
		v |= (uint64_t)s->data[offset + i] << (8 * i);
	return size == 4 ? (int32_t)v : (int64_t)v;
}

/* Position and number of a section's relocations; the first entry holds the number when 16 bits don't. */
static int reloc_range(const struct object *o, const struct coff_input *in, const uint8_t *header,
		       uint64_t *at, uint64_t *n)
{
	(void)o;
	*at = coff_u32(header + 24);
	*n = coff_u16(header + 32);
	if (*n == 0xffff && coff_u32(header + 36) & SCN_MANY_RELOCS) {
		if (!coff_inside(in, *at, RELOC_SIZE))
			return coff_fail(in, "a relocation table reaches beyond the file");
		*n = coff_u32(in->bytes + *at);
		if (!*n)
			return coff_fail(in, "a relocation table is damaged");
		*at += RELOC_SIZE;
		*n -= 1;
	}
	if (!coff_inside(in, *at, *n * RELOC_SIZE))
		return coff_fail(in, "a relocation table reaches beyond the file");
	return 0;
}

static int read_relocs(struct object *o, const struct coff_input *in, size_t headers)
{
	uint64_t at, n, total = 0;
	uint32_t next = 0;

	for (uint32_t i = 1; i < o->n_sections; i++) {
		if (reloc_range(o, in, in->bytes + headers + (i - 1) * SECTION_SIZE, &at, &n))
			return -1;
		total += n;
	}
	o->relocs = arena_array(&o->arena, total, struct object_reloc);
	o->n_relocs = (uint32_t)total;
	for (uint32_t i = 1; i < o->n_sections; i++) {
		struct object_section *s = &o->sections[i];

		if (reloc_range(o, in, in->bytes + headers + (i - 1) * SECTION_SIZE, &at, &n))
			return -1;
		s->first_reloc = next;
		s->n_relocs = (uint32_t)n;
		for (uint64_t k = 0; k < n; k++) {
			const uint8_t *p = in->bytes + at + k * RELOC_SIZE;
			struct object_reloc *r = &o->relocs[next++];

			r->offset = coff_u32(p);
			r->symbol = coff_u32(p + 4) < o->n_symbols ? coff_u32(p + 4) : NO_SYMBOL;
			classify(o, coff_u16(p + 8), r);
			if (r->size)
				r->addend += addend_in_place(s, r->offset, r->size);
		}
	}
	return 0;
}

int coff_read_arch(struct object *o, const struct coff_input *in, size_t header)
{
	switch (coff_u16(in->bytes + header)) {
	case MACHINE_AMD64: o->arch = ARCH_X86_64; break;
	case MACHINE_I386: o->arch = ARCH_I386; break;
	case MACHINE_ARM64: o->arch = ARCH_AARCH64; break;
	default: return coff_fail(in, "neither an ELF object nor COFF for x86-64, i386 or AArch64");
	}
	o->coff = true;
	o->word = o->arch == ARCH_I386 ? 4 : 8;
	return 0;
}

int coff_read_tables(struct object *o, struct coff_input *in, size_t header)
{
	const uint8_t *h = in->bytes + header;
	uint64_t symbols, n_symbols, strings;
	size_t headers = header + HEADER_SIZE + coff_u16(h + 16);

	symbols = coff_u32(h + 8);
	n_symbols = symbols ? coff_u32(h + 12) : 0;
	if (!coff_inside(in, symbols, n_symbols * SYMBOL_SIZE))
		return coff_fail(in, "the symbol table reaches beyond the file");
	strings = symbols + n_symbols * SYMBOL_SIZE;
	if (symbols && coff_inside(in, strings, 4)) {
		in->strings = (const char *)in->bytes + strings;
		in->strings_len = coff_u32(in->bytes + strings);
		if (!coff_inside(in, strings, in->strings_len))
			return coff_fail(in, "the string table reaches beyond the file");
	}
	if (read_sections(o, in, coff_u16(h + 2), headers) ||
	    read_symbols(o, in, symbols, n_symbols))
		return -1;
	return in->image ? 0 : read_relocs(o, in, headers);
}

int object_read_coff(struct object *o, const void *bytes, size_t len, const char *name,
		     struct error *err)
{
	struct coff_input in = {.bytes = bytes, .len = len, .name = name, .err = err};

	if (len < HEADER_SIZE)
		return coff_fail(&in, "too short for an object file");
	if (coff_read_arch(o, &in, 0))
		return -1;
	return coff_read_tables(o, &in, 0);
}
