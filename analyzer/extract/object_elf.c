#include "extract/object.h"

#include <gelf.h>
#include <libelf.h>
#include <string.h>

/* ELF through libelf, which checks the headers; what the tables say about each other is checked here. */

static int fail(struct error *err, const char *name, const char *what)
{
	return error_set(err, "%s: %s", name, what);
}

static int read_arch(struct object *o, const GElf_Ehdr *h, const char *name, struct error *err)
{
	static const struct {
		unsigned machine, class;
		enum arch arch;
		unsigned word;
	} known[] = {
		{EM_X86_64, ELFCLASS64, ARCH_X86_64, 8},   {EM_386, ELFCLASS32, ARCH_I386, 4},
		{EM_AARCH64, ELFCLASS64, ARCH_AARCH64, 8}, {EM_ARM, ELFCLASS32, ARCH_ARM, 4},
		{EM_RISCV, ELFCLASS64, ARCH_RISCV64, 8},
	};

	if (h->e_ident[EI_DATA] != ELFDATA2LSB)
		return fail(err, name, "big-endian objects are not supported");
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (known[i].machine != h->e_machine || known[i].class != h->e_ident[EI_CLASS])
			continue;
		o->arch = known[i].arch;
		o->word = known[i].word;
		return 0;
	}
	return error_set(err,
			 "%s: ELF machine %u is not supported (x86-64, i386, AArch64, ARM and "
			 "RISC-V 64 are)",
			 name, h->e_machine);
}

static int read_sections(struct object *o, Elf *elf, const char *name, struct error *err)
{
	size_t n, names;

	if (elf_getshdrnum(elf, &n) || elf_getshdrstrndx(elf, &names))
		return fail(err, name, elf_errmsg(-1));
	/* A file that was cut has a header that points beyond its end; libelf calls that no sections. */
	if (!n)
		return fail(err, name, "it has no section headers, or they lie beyond its end");
	o->n_sections = (uint32_t)n;
	o->sections = arena_array(&o->arena, n, struct object_section);
	for (size_t i = 0; i < n; i++) {
		struct object_section *s = &o->sections[i];
		Elf_Scn *scn = elf_getscn(elf, i);
		GElf_Shdr h;
		const char *section_name;
		Elf_Data *data;

		s->name = "";
		if (!i)
			continue;
		if (!scn || !gelf_getshdr(scn, &h))
			return fail(err, name, elf_errmsg(-1));
		section_name = elf_strptr(elf, names, h.sh_name);
		s->name = section_name ? section_name : "";
		s->size = h.sh_size;
		s->code = h.sh_flags & SHF_EXECINSTR;
		s->alloc = h.sh_flags & SHF_ALLOC;
		s->comdat = h.sh_flags & SHF_GROUP;
		if (o->linked)
			s->base = h.sh_addr;
		if (h.sh_type == SHT_NOBITS || !h.sh_size)
			continue;
		/* Raw: no translation, and within the file, as libelf has checked. */
		data = elf_rawdata(scn, NULL);
		if (!data || data->d_size < h.sh_size)
			return error_set(err, "%s: section %s reaches beyond the file", name,
					 s->name);
		s->data = data->d_buf;
	}
	return 0;
}

static void read_symbol(struct object *o, struct object_symbol *out, const GElf_Sym *sym,
			uint32_t section, const char *name)
{
	unsigned type = GELF_ST_TYPE(sym->st_info), bind = GELF_ST_BIND(sym->st_info);

	out->name = name ? name : "";
	out->undefined = sym->st_shndx == SHN_UNDEF;
	out->section = section;
	/* An ifunc is no second name of its resolver: what calls of it reach is chosen later. A stripped image may
	   have no other name for that code, and its calls go through stubs. */
	out->function = type == STT_FUNC || (type == STT_GNU_IFUNC && o->linked);
	out->section_symbol = type == STT_SECTION;
	out->file = type == STT_FILE;
	out->value = sym->st_value;
	if (o->linked && section != NO_SECTION)
		out->value -= o->sections[section].base;
	out->size = sym->st_size;
	if (o->arch == ARCH_ARM && type == STT_FUNC && (sym->st_value & 1)) {
		out->thumb = true;
		out->value &= ~(uint64_t)1;
	}
	if (bind == STB_LOCAL)
		out->linkage = LINKAGE_STATIC;
	else if (section != NO_SECTION && o->sections[section].comdat)
		out->linkage = LINKAGE_INLINE;
	else
		out->linkage = bind == STB_WEAK ? LINKAGE_WEAK : LINKAGE_EXTERNAL;
}

static int read_symbols(struct object *o, Elf *elf, Elf_Scn *scn, const char *name,
			struct error *err)
{
	GElf_Shdr h;
	Elf_Data *data = elf_getdata(scn, NULL);
	size_t n;

	if (!data || !gelf_getshdr(scn, &h) || !h.sh_entsize)
		return fail(err, name, "the symbol table is damaged");
	n = data->d_size / h.sh_entsize;
	o->symbols = arena_array(&o->arena, n, struct object_symbol);
	o->n_symbols = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		GElf_Sym sym;
		uint32_t section = NO_SECTION;

		if (!gelf_getsym(data, (int)i, &sym))
			return fail(err, name, "the symbol table is damaged");
		if (sym.st_shndx > SHN_UNDEF && sym.st_shndx < SHN_LORESERVE) {
			section = sym.st_shndx;
			if (section >= o->n_sections)
				return error_set(err, "%s: symbol %zu lies in section %u of %u",
						 name, i, section, o->n_sections);
		}
		read_symbol(o, &o->symbols[i], &sym, section,
			    elf_strptr(elf, h.sh_link, sym.st_name));
	}
	return 0;
}

struct reloc_type {
	unsigned type;
	enum reloc_kind kind;
	uint8_t size;
};

static const struct reloc_type x86_64_types[] = {
	{R_X86_64_PLT32, RELOC_RELATIVE, 4},	{R_X86_64_PC32, RELOC_RELATIVE, 4},
	{R_X86_64_64, RELOC_ABSOLUTE, 8},	{R_X86_64_32, RELOC_ABSOLUTE, 4},
	{R_X86_64_32S, RELOC_ABSOLUTE, 4},	{R_X86_64_PC64, RELOC_RELATIVE, 8},
	{R_X86_64_GOTPCREL, RELOC_GOT, 0},	{R_X86_64_GOTPCRELX, RELOC_GOT, 0},
	{R_X86_64_REX_GOTPCRELX, RELOC_GOT, 0},
};
static const struct reloc_type i386_types[] = {
	{R_386_32, RELOC_ABSOLUTE, 4},
	{R_386_PC32, RELOC_RELATIVE, 4},
	{R_386_PLT32, RELOC_RELATIVE, 4},
	{R_386_GOT32X, RELOC_GOT, 0},
};
static const struct reloc_type aarch64_types[] = {
	{R_AARCH64_CALL26, RELOC_BRANCH, 0},   {R_AARCH64_JUMP26, RELOC_BRANCH, 0},
	{R_AARCH64_CONDBR19, RELOC_BRANCH, 0}, {R_AARCH64_TSTBR14, RELOC_BRANCH, 0},
	{R_AARCH64_ABS64, RELOC_ABSOLUTE, 8},  {R_AARCH64_ABS32, RELOC_ABSOLUTE, 4},
	{R_AARCH64_PREL32, RELOC_RELATIVE, 4},
};
/* The addend of ARM branches lies in the instruction, and machine_arm.c takes it from there. */
static const struct reloc_type arm_types[] = {
	{R_ARM_CALL, RELOC_BRANCH, 0},	     {R_ARM_JUMP24, RELOC_BRANCH, 0},
	{R_ARM_PLT32, RELOC_BRANCH, 0},	     {R_ARM_THM_PC22, RELOC_BRANCH, 0},
	{R_ARM_THM_JUMP24, RELOC_BRANCH, 0}, {R_ARM_THM_JUMP19, RELOC_BRANCH, 0},
	{R_ARM_ABS32, RELOC_ABSOLUTE, 4},    {R_ARM_REL32, RELOC_RELATIVE, 4},
};
static const struct reloc_type riscv_types[] = {
	{R_RISCV_CALL, RELOC_BRANCH, 0},     {R_RISCV_CALL_PLT, RELOC_BRANCH, 0},
	{R_RISCV_JAL, RELOC_BRANCH, 0},	     {R_RISCV_BRANCH, RELOC_BRANCH, 0},
	{R_RISCV_RVC_JUMP, RELOC_BRANCH, 0}, {R_RISCV_RVC_BRANCH, RELOC_BRANCH, 0},
	{R_RISCV_32, RELOC_ABSOLUTE, 4},     {R_RISCV_64, RELOC_ABSOLUTE, 8},
	{R_RISCV_ADD8, RELOC_ADD, 1},	     {R_RISCV_ADD16, RELOC_ADD, 2},
	{R_RISCV_ADD32, RELOC_ADD, 4},	     {R_RISCV_ADD64, RELOC_ADD, 8},
	{R_RISCV_SUB8, RELOC_SUB, 1},	     {R_RISCV_SUB16, RELOC_SUB, 2},
	{R_RISCV_SUB32, RELOC_SUB, 4},	     {R_RISCV_SUB64, RELOC_SUB, 8},
	{R_RISCV_SET8, RELOC_SET, 1},	     {R_RISCV_SET16, RELOC_SET, 2},
	{R_RISCV_SET32, RELOC_SET, 4},
};

static const struct reloc_type *find_type(enum arch arch, unsigned type)
{
	static const struct {
		const struct reloc_type *types;
		size_t n;
	} tables[] = {
		[ARCH_X86_64] = {x86_64_types, sizeof(x86_64_types) / sizeof(*x86_64_types)},
		[ARCH_I386] = {i386_types, sizeof(i386_types) / sizeof(*i386_types)},
		[ARCH_AARCH64] = {aarch64_types, sizeof(aarch64_types) / sizeof(*aarch64_types)},
		[ARCH_ARM] = {arm_types, sizeof(arm_types) / sizeof(*arm_types)},
		[ARCH_RISCV64] = {riscv_types, sizeof(riscv_types) / sizeof(*riscv_types)},
	};

	for (size_t i = 0; i < tables[arch].n; i++)
		if (tables[arch].types[i].type == type)
			return &tables[arch].types[i];
	return NULL;
}

/* The addend that REL relocations keep in the patched bytes, sign-extended. */
static int64_t addend_in_place(const struct object_section *s, uint64_t offset, unsigned size)
{
	uint64_t v = 0;

	if (!s->data || !size || size > 8 || offset > s->size || size > s->size - offset)
		return 0;
	for (unsigned i = 0; i < size; i++)
		v |= (uint64_t)s->data[offset + i] << (8 * i);
	if (size < 8 && v >> (8 * size - 1))
		v |= ~(uint64_t)0 << (8 * size);
	return (int64_t)v;
}

static int read_relocs(struct object *o, Elf_Scn *scn, const GElf_Shdr *h, uint32_t *next,
		       const char *name, struct error *err)
{
	struct object_section *s = &o->sections[h->sh_info];
	Elf_Data *data = elf_getdata(scn, NULL);
	bool rela = h->sh_type == SHT_RELA;
	size_t n = data && h->sh_entsize ? data->d_size / h->sh_entsize : 0;

	s->first_reloc = *next;
	s->n_relocs = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		struct object_reloc *r = &o->relocs[(*next)++];
		const struct reloc_type *t;
		GElf_Rela entry = {0};
		GElf_Rel short_entry;

		if (rela) {
			if (!gelf_getrela(data, (int)i, &entry))
				return fail(err, name, "a relocation table is damaged");
		} else {
			if (!gelf_getrel(data, (int)i, &short_entry))
				return fail(err, name, "a relocation table is damaged");
			entry.r_offset = short_entry.r_offset;
			entry.r_info = short_entry.r_info;
		}
		r->offset = entry.r_offset;
		r->symbol = (uint32_t)GELF_R_SYM(entry.r_info);
		if (r->symbol >= o->n_symbols)
			r->symbol = NO_SYMBOL;
		t = find_type(o->arch, (unsigned)GELF_R_TYPE(entry.r_info));
		r->kind = t ? t->kind : RELOC_OTHER;
		r->size = t ? t->size : 0;
		r->addend = rela ? entry.r_addend : addend_in_place(s, r->offset, r->size);
	}
	return 0;
}

/* Every relocation section of a section we have; each section has at most one in what compilers make. */
static int read_all_relocs(struct object *o, Elf *elf, const char *name, struct error *err)
{
	uint32_t next = 0;

	for (int pass = 0; pass < 2; pass++) {
		size_t total = 0;

		for (size_t i = 1; i < o->n_sections; i++) {
			Elf_Scn *scn = elf_getscn(elf, i);
			GElf_Shdr h;

			if (!scn || !gelf_getshdr(scn, &h) || !h.sh_entsize ||
			    (h.sh_type != SHT_RELA && h.sh_type != SHT_REL) || !h.sh_info ||
			    h.sh_info >= o->n_sections || o->sections[h.sh_info].n_relocs)
				continue;
			if (!pass)
				total += h.sh_size / h.sh_entsize;
			else if (next + h.sh_size / h.sh_entsize > o->n_relocs ||
				 read_relocs(o, scn, &h, &next, name, err))
				return fail(err, name, "a relocation table is damaged");
		}
		if (!pass) {
			o->relocs = arena_array(&o->arena, total, struct object_reloc);
			o->n_relocs = (uint32_t)total;
		}
	}
	return 0;
}

/* Symbols of all tables of a type; a file has at most one. */
static int read_symbol_table(struct object *o, Elf *elf, unsigned type, const char *name,
			     struct error *err)
{
	for (size_t i = 1; i < o->n_sections; i++) {
		Elf_Scn *scn = elf_getscn(elf, i);
		GElf_Shdr section;

		if (scn && gelf_getshdr(scn, &section) && section.sh_type == type &&
		    read_symbols(o, elf, scn, name, err))
			return -1;
	}
	return 0;
}

static int read_tables(struct object *o, Elf *elf, const char *name, struct error *err)
{
	GElf_Ehdr h;

	if (!gelf_getehdr(elf, &h))
		return fail(err, name, elf_errmsg(-1));
	if (h.e_type != ET_REL && h.e_type != ET_EXEC && h.e_type != ET_DYN)
		return fail(err, name, "neither an object nor a linked image");
	o->linked = h.e_type != ET_REL;
	if (read_arch(o, &h, name, err) || read_sections(o, elf, name, err) ||
	    read_symbol_table(o, elf, SHT_SYMTAB, name, err))
		return -1;
	if (!o->linked)
		return read_all_relocs(o, elf, name, err);
	if (!o->n_symbols && read_symbol_table(o, elf, SHT_DYNSYM, name, err))
		return -1;
	object_read_elf_imports(o, elf);
	return 0;
}

int object_read_elf(struct object *o, const void *bytes, size_t len, const char *name,
		    struct error *err)
{
	Elf *elf;
	int rc;

	elf_version(EV_CURRENT);
	/* libelf wants a mutable image but a read-only use of it writes nothing. */
	elf = elf_memory((char *)(uintptr_t)bytes, len);
	if (!elf)
		return fail(err, name, elf_errmsg(-1));
	rc = read_tables(o, elf, name, err);
	if (!rc) {
		/* Names point into libelf's memory for compressed sections only; copy what must outlive it. */
		for (uint32_t i = 0; i < o->n_sections; i++)
			o->sections[i].name = arena_strdup(&o->arena, o->sections[i].name);
		for (uint32_t i = 0; i < o->n_symbols; i++)
			o->symbols[i].name = arena_strdup(&o->arena, o->symbols[i].name);
	}
	elf_end(elf);
	return rc;
}
