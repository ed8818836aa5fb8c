/*
 * A relocatable object or a linked image, ELF or COFF, in one neutral shape: sections, symbols, relocations, imports. For
 * use by extract/ only.
 *
 * libelf reads ELF; COFF is read here (Microsoft's PE/COFF specification, sections 3 to 5). llvm-c/Object.h lacks
 * addends, symbol kinds and section flags, so it serves neither.
 */
#ifndef STACKCHECK_EXTRACT_OBJECT_H
#define STACKCHECK_EXTRACT_OBJECT_H

#include "base/arena.h"
#include "base/error.h"
#include "facts/facts.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum arch { ARCH_X86_64, ARCH_I386, ARCH_AARCH64, ARCH_ARM, ARCH_RISCV64 };

#define NO_SECTION UINT32_MAX
#define NO_SYMBOL  UINT32_MAX

struct object_section {
	const char *name;
	const uint8_t *data; /* NULL for .bss */
	uint64_t size;
	uint64_t
		base; /* address given to it here, so that no two allocated sections overlap; see object_place() */
	bool code; /* executable */
	bool alloc; /* part of the loaded image */
	bool comdat; /* one of several copies, of which the linker keeps one */
	uint32_t first_reloc, n_relocs;
};

struct object_symbol {
	const char *name; /* as in the symbol table; "" for none */
	uint32_t section; /* NO_SECTION: undefined or absolute */
	bool undefined;
	bool function; /* typed as code */
	bool section_symbol;
	bool part; /* code that belongs to another function, by the unwind tables */
	bool file; /* ELF: its name is that of a source file */
	bool thumb; /* ARM: Thumb code (the address bit is cleared in value) */
	enum linkage linkage;
	uint64_t value; /* offset in its section */
	uint64_t size; /* 0: not said (COFF, hand-written assembly) */
};

enum reloc_kind {
	RELOC_BRANCH, /* call or jump: target is symbol + addend */
	RELOC_ABSOLUTE, /* `size` bytes hold symbol + addend */
	RELOC_RELATIVE, /* `size` bytes hold symbol + addend - place */
	RELOC_SECTION, /* COFF: offset in the symbol's section, as DWARF uses it */
	RELOC_ADD,
	RELOC_SUB,
	RELOC_SET, /* RISC-V: label differences, added up in place */
	RELOC_GOT, /* reads the symbol's address from the GOT: a call through it is direct */
	RELOC_OTHER, /* names a symbol, value of no interest here */
};

struct object_reloc {
	uint64_t offset; /* in its section */
	enum reloc_kind kind;
	uint8_t size; /* bytes patched; 0 for RELOC_BRANCH and RELOC_OTHER */
	uint32_t symbol;
	int64_t addend;
};

/* A word of a linked image that the loader fills with a function's address: GOT slot, import table entry. */
struct object_import {
	uint64_t address;
	const char *name;
};

struct object {
	struct arena arena;
	enum arch arch;
	bool coff;
	bool linked; /* an executable image: places have addresses, calls have no relocations */
	unsigned word; /* bytes of a pointer */
	struct object_section *sections;
	uint32_t n_sections;
	struct object_symbol *symbols;
	uint32_t n_symbols;
	struct object_reloc *relocs; /* by section, then offset; none of a linked image */
	uint32_t n_relocs;
	/* Of a linked image only; its sections' bases are its own addresses. */
	uint64_t image_base; /* PE: what distances count from */
	uint64_t got_base; /* i386 ELF: what ebx holds in position-independent code; 0: not known */
	struct object_import *imports; /* by address */
	size_t n_imports;
	bool grown; /* symbols were added: their array has room up to the next power of two */
};

/* Parses `len` bytes, which must outlive the object; `name` is for messages. Truncated and hostile files give an error. */
int object_read(struct object *o, const void *bytes, size_t len, const char *name,
		struct error *err);

/* The relocation with offset in [from, to) of a section, the first one; or NULL. */
const struct object_reloc *object_reloc_in(const struct object *o, uint32_t section, uint64_t from,
					   uint64_t to);

/* Section and offset that a relocation's symbol + addend lie at; false for an undefined symbol. */
bool object_target(const struct object *o, const struct object_reloc *r, uint32_t *section,
		   uint64_t *offset);

/* Address of a place in the layout that the sections' bases make. */
uint64_t object_place(const struct object *o, uint32_t section, uint64_t offset);

/* A copy of the section's bytes with its data relocations applied (for DWARF); in the arena. */
uint8_t *object_relocated(struct object *o, uint32_t section);

/* The section and offset of an address of a linked image: any allocated section, or code only. */
bool object_find(const struct object *o, uint64_t address, uint32_t *section, uint64_t *offset);
bool object_find_code(const struct object *o, uint64_t address, uint32_t *section,
		      uint64_t *offset);

/* The name that the loader puts at an address; NULL: none. */
const char *object_import_at(const struct object *o, uint64_t address);

/* The import that a stub (PLT entry, import thunk) at a place jumps to; NULL: no such stub. */
const char *object_stub(const struct object *o, uint32_t section, uint64_t offset);

/* Appends a symbol for a function without a name, as unwind tables know it. Not while sections or symbols are held. */
void object_add_function(struct object *o, const char *name, uint32_t section, uint64_t start,
			 uint64_t size);

uint32_t object_find_section(const struct object *o, const char *name);

/* What LLVM's disassembler must be told beyond the triple: code may use more than its compiler's default. */
const char *object_features(enum arch arch);

void object_release(struct object *o);

/* For object_elf.c: PLT and GOT of a linked image. */
struct Elf;
void object_read_elf_imports(struct object *o, struct Elf *elf);

/* For object.c: the readers. They fill everything but bases and the order of the relocations. */
int object_read_elf(struct object *o, const void *bytes, size_t len, const char *name,
		    struct error *err);
int object_read_coff(struct object *o, const void *bytes, size_t len, const char *name,
		     struct error *err);
int object_read_pe(struct object *o, const void *bytes, size_t len, const char *name,
		   struct error *err);

#endif
