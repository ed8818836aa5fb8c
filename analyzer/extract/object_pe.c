#include "extract/coff.h"

#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

/*
 * PE images: drivers, libraries and programs. Behind the DOS stub stand the COFF headers, then directories: exports (names
 * for functions), imports (names for words that the loader fills). A COFF symbol table is there when the linker
 * was mingw's and nothing stripped it. Source: Microsoft, "PE Format". All reads are bounds-checked.
 */

enum {
	MAGIC_PE32 = 0x10b,
	MAGIC_PE32_PLUS = 0x20b,
	DIRECTORY_EXPORT = 0,
	DIRECTORY_IMPORT = 1,
	DESCRIPTOR_SIZE = 20,
	MAX_IMPORTS = 1 << 20,
};

struct image {
	struct coff_input in;
	struct object *o;
	const uint8_t *optional; /* the optional header */
	size_t optional_size;
	bool plus;
	VEC(struct object_import) imports;
};

/* `size` bytes at a distance from the image's base; NULL: not in the file. */
static const uint8_t *at_rva(const struct image *m, uint64_t rva, uint64_t size)
{
	const struct object *o = m->o;
	uint32_t section;
	uint64_t offset;

	if (!object_find(o, o->image_base + rva, &section, &offset) || !o->sections[section].data ||
	    size > o->sections[section].size - offset)
		return NULL;
	return o->sections[section].data + offset;
}

static const char *string_at_rva(const struct image *m, uint64_t rva)
{
	const struct object *o = m->o;
	uint32_t section;
	uint64_t offset;
	const uint8_t *p;

	if (!object_find(o, o->image_base + rva, &section, &offset) || !o->sections[section].data)
		return NULL;
	p = o->sections[section].data + offset;
	return memchr(p, '\0', o->sections[section].size - offset) ? (const char *)p : NULL;
}

/* Place and size of a directory; false: the image has none. */
static bool directory(const struct image *m, unsigned index, uint32_t *rva, uint32_t *size)
{
	size_t count_at = m->plus ? 108 : 92, at = count_at + 4 + 8u * index;

	if (m->optional_size < at + 8 || coff_u32(m->optional + count_at) <= index)
		return false;
	*rva = coff_u32(m->optional + at);
	*size = coff_u32(m->optional + at + 4);
	return *rva && *size;
}

static void add_import(struct image *m, uint64_t slot, const char *dll, uint64_t entry)
{
	struct object *o = m->o;
	bool ordinal = entry >> (8 * o->word - 1);
	const char *name = NULL;

	if (m->imports.n >= MAX_IMPORTS)
		return;
	if (ordinal)
		name = arena_printf(&o->arena, "%s#%u", dll ? dll : "?",
				    (unsigned)(entry & 0xffff));
	else
		/* Behind a hint of two bytes. */
		name = string_at_rva(m, (entry & 0x7fffffff) + 2);
	if (name && *name)
		*vec_push(&m->imports) =
			(struct object_import){o->image_base + slot, arena_strdup(&o->arena, name)};
}

/* The words of one imported library: the names stay in one table, addresses replace those of the other. */
static void read_thunks(struct image *m, const uint8_t *descriptor)
{
	uint64_t names = coff_u32(descriptor), slots = coff_u32(descriptor + 16);
	const char *dll = string_at_rva(m, coff_u32(descriptor + 12));
	unsigned word = m->o->word;

	for (uint64_t i = 0; i < MAX_IMPORTS; i++) {
		const uint8_t *p = at_rva(m, (names ? names : slots) + i * word, word);
		uint64_t entry;

		if (!p)
			return;
		entry = coff_u32(p) | (word == 8 ? (uint64_t)coff_u32(p + 4) << 32 : 0);
		if (!entry)
			return;
		add_import(m, slots + i * word, dll, entry);
	}
}

static void read_imports(struct image *m)
{
	uint32_t rva, size;

	if (!directory(m, DIRECTORY_IMPORT, &rva, &size))
		return;
	for (uint32_t at = 0; at + DESCRIPTOR_SIZE <= size; at += DESCRIPTOR_SIZE) {
		const uint8_t *descriptor = at_rva(m, (uint64_t)rva + at, DESCRIPTOR_SIZE);

		if (!descriptor || !coff_u32(descriptor + 16))
			break;
		read_thunks(m, descriptor);
	}
	m->o->imports =
		arena_memdup(&m->o->arena, m->imports.v, m->imports.n * sizeof(*m->imports.v));
	m->o->n_imports = m->imports.n;
}

/* A place that has a name already keeps it, as long as that one is no worse. */
static void add_function(struct image *m, uint64_t rva, const char *name, enum linkage linkage)
{
	struct object *o = m->o;
	uint32_t section;
	uint64_t offset;

	if (!object_find_code(o, o->image_base + rva, &section, &offset))
		return;
	object_add_function(o, name, section, offset, 0);
	o->symbols[o->n_symbols - 1].linkage = linkage;
}

/* Names and addresses stand in two tables, and a third one tells which name has which address. */
static void read_exports(struct image *m)
{
	const uint8_t *table, *names, *ordinals, *addresses;
	uint32_t rva, size, n, n_addresses;

	if (!directory(m, DIRECTORY_EXPORT, &rva, &size) || !(table = at_rva(m, rva, 40)))
		return;
	n_addresses = coff_u32(table + 20);
	n = coff_u32(table + 24);
	addresses = at_rva(m, coff_u32(table + 28), (uint64_t)n_addresses * 4);
	names = at_rva(m, coff_u32(table + 32), (uint64_t)n * 4);
	ordinals = at_rva(m, coff_u32(table + 36), (uint64_t)n * 2);
	if (!addresses || !names || !ordinals || n > UINT16_MAX)
		return;
	for (uint32_t i = 0; i < n; i++) {
		const char *name = string_at_rva(m, coff_u32(names + 4u * i));
		uint32_t ordinal = coff_u16(ordinals + 2u * i), function;

		if (!name || !*name || ordinal >= n_addresses)
			continue;
		function = coff_u32(addresses + 4u * ordinal);
		/* An address within the directory forwards to another library. */
		if (function < rva || function - rva >= size)
			add_function(m, function, arena_strdup(&m->o->arena, name),
				     LINKAGE_EXTERNAL);
	}
}

static int read_headers(struct image *m)
{
	struct coff_input *in = &m->in;
	uint64_t at, magic;

	if (!coff_inside(in, 0x3c, 4))
		return coff_fail(in, "too short for an image");
	at = coff_u32(in->bytes + 0x3c);
	if (!coff_inside(in, at, 4 + COFF_HEADER_SIZE) || memcmp(in->bytes + at, "PE\0", 4))
		return coff_fail(in, "a DOS program and no image of Windows");
	at += 4;
	m->optional_size = coff_u16(in->bytes + at + 16);
	m->optional = in->bytes + at + COFF_HEADER_SIZE;
	if (!coff_inside(in, at + COFF_HEADER_SIZE, m->optional_size) || m->optional_size < 32)
		return coff_fail(in, "the optional header reaches beyond the file");
	magic = coff_u16(m->optional);
	if (magic != MAGIC_PE32 && magic != MAGIC_PE32_PLUS)
		return coff_fail(in, "its optional header is of an unknown kind");
	m->plus = magic == MAGIC_PE32_PLUS;
	m->o->image_base =
		m->plus ? coff_u32(m->optional + 24) | (uint64_t)coff_u32(m->optional + 28) << 32
			: coff_u32(m->optional + 28);
	if (coff_read_arch(m->o, in, at) || coff_read_tables(m->o, in, at))
		return -1;
	return 0;
}

int object_read_pe(struct object *o, const void *bytes, size_t len, const char *name,
		   struct error *err)
{
	struct image m = {
		.in = {.bytes = bytes, .len = len, .name = name, .err = err, .image = true},
		.o = o,
	};

	o->linked = true;
	if (read_headers(&m))
		return -1;
	read_imports(&m);
	read_exports(&m);
	if (coff_u32(m.optional + 16))
		add_function(&m, coff_u32(m.optional + 16), "entry_point", LINKAGE_STATIC);
	vec_release(&m.imports);
	return 0;
}
