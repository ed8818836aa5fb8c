#include "extract/places.h"

#include "base/map.h"
#include "base/mem.h"
#include "extract/places_frame.h"
#include "extract/places_type.h"

#include <dwarf.h>
#include <elf.h>
#include <elfutils/libdw.h>
#include <string.h>

/*
 * libdw wants an ELF file, and relocated sections. Both are made here: the object's debug sections with relocations
 * applied over object.c's layout, wrapped into a small ELF image in memory. So COFF's DWARF is read by the same code.
 */

#define NO_INLINED UINT32_MAX

/* A function that was inlined at one place. */
struct inlined {
	uint32_t depth; /* below the function that the machine code belongs to, from 1 */
	uint32_t parent; /* index into places.inlines, or NO_INLINED: that function itself */
	const char *name;
	uint32_t line, column; /* of the call, in the parent */
};

/* Its code. */
struct scope {
	uint64_t low, high;
	uint32_t inlined;
};

/* A function's addresses (hull of its ranges) and its part of places.scopes. */
struct function {
	uint64_t low, high;
	size_t first, n;
	const char *name;
};

struct places {
	struct object *object;
	uint8_t *image;
	size_t image_len;
	Elf *elf;
	Dwarf *dwarf;
	VEC(Dwarf_Die) units;
	VEC(struct inlined) inlines;
	VEC(struct scope) scopes;
	VEC(struct function) functions;
	VEC(struct place_variable) variables;
	VEC(Dwarf_Die) variable_dies; /* of each of them */
	struct map inlined; /* names */
	struct intern names;
};

static bool is_debug(const struct object_section *s)
{
	return s->data && !strncmp(s->name, ".debug_", 7);
}

/* Header, section bytes, section headers, section names: always ELF64, as DWARF carries its own address size. */
static void build_image(struct places *p)
{
	struct object *o = p->object;
	struct buf out = {0}, names = {0};
	VEC(Elf64_Shdr) headers = {0};
	Elf64_Ehdr h = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
				    EV_CURRENT},
			.e_type = ET_EXEC,
			.e_machine = EM_X86_64,
			.e_version = EV_CURRENT,
			.e_ehsize = sizeof(h),
			.e_shentsize = sizeof(Elf64_Shdr)};

	buf_add(&out, &h, sizeof(h));
	buf_putc(&names, '\0');
	vec_push(&headers);
	for (uint32_t i = 0; i < o->n_sections; i++) {
		Elf64_Shdr *s;

		if (!is_debug(&o->sections[i]))
			continue;
		s = vec_push(&headers);
		s->sh_name = (Elf64_Word)names.len;
		s->sh_type = SHT_PROGBITS;
		s->sh_offset = out.len;
		s->sh_size = o->sections[i].size;
		s->sh_addralign = 1;
		buf_add(&names, o->sections[i].name, strlen(o->sections[i].name) + 1);
		buf_add(&out, object_relocated(o, i), o->sections[i].size);
	}
	buf_add(&names, ".shstrtab", sizeof(".shstrtab"));
	*vec_push(&headers) = (Elf64_Shdr){.sh_name = (Elf64_Word)(names.len - sizeof(".shstrtab")),
					   .sh_type = SHT_STRTAB,
					   .sh_offset = out.len,
					   .sh_size = names.len,
					   .sh_addralign = 1};
	buf_add(&out, names.data, names.len);
	while (out.len % 8)
		buf_putc(&out, '\0');
	h.e_shoff = out.len;
	h.e_shnum = (Elf64_Half)headers.n;
	h.e_shstrndx = (Elf64_Half)(headers.n - 1);
	buf_add(&out, headers.v, headers.n * sizeof(*headers.v));
	memcpy(out.data, &h, sizeof(h));
	p->image = (uint8_t *)out.data;
	p->image_len = out.len;
	buf_release(&names);
	vec_release(&headers);
}

static const char *name_of(struct places *p, Dwarf_Die *die)
{
	/* Through DW_AT_abstract_origin and DW_AT_specification. */
	Dwarf_Attribute attribute;
	const char *name = dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &attribute));

	return intern_str(&p->names, name);
}

static uint32_t number_of(Dwarf_Die *die, unsigned attribute)
{
	Dwarf_Attribute at;
	Dwarf_Word value;

	return dwarf_formudata(dwarf_attr(die, attribute, &at), &value) ? 0 : (uint32_t)value;
}

/* Gives the parent of what is nested in it. */
static uint32_t add_scopes(struct places *p, Dwarf_Die *die, uint32_t parent)
{
	const char *name = name_of(p, die);
	uint32_t number = (uint32_t)p->inlines.n;
	Dwarf_Addr base, low, high;
	ptrdiff_t at = 0;

	if (!name)
		return parent;
	map_put_str(&p->inlined, name, NULL);
	*vec_push(&p->inlines) = (struct inlined){
		.depth = parent == NO_INLINED ? 1 : p->inlines.v[parent].depth + 1,
		.parent = parent,
		.name = name,
		.line = number_of(die, DW_AT_call_line),
		.column = number_of(die, DW_AT_call_column),
	};
	while ((at = dwarf_ranges(die, at, &base, &low, &high)) > 0)
		*vec_push(&p->scopes) = (struct scope){low, high, number};
	return number;
}

/* Through the line table: libdw takes DWARF 5's file 0 for none. */
static const char *declaration_file(struct places *p, Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	Dwarf_Files *files;
	Dwarf_Word number;
	Dwarf_Die unit;
	size_t n;

	if (dwarf_formudata(dwarf_attr_integrate(die, DW_AT_decl_file, &attribute), &number) ||
	    !dwarf_diecu(die, &unit, NULL, NULL) || dwarf_getsrcfiles(&unit, &files, &n) ||
	    number >= n)
		return NULL;
	return intern_str(&p->names, dwarf_filesrc(files, number, NULL, NULL));
}

static void add_variable(struct places *p, Dwarf_Die *die, const struct frame_base *fb,
			 uint64_t function, const char *declared_in)
{
	struct place_variable v = {.function = function, .declared_in = declared_in};
	Dwarf_Attribute attribute;
	int line;

	if (!dwarf_attr(die, DW_AT_location, &attribute))
		return;
	v.name = places_locate(p->object, fb, &attribute, &v) ? name_of(p, die) : NULL;
	if (!v.name)
		return;
	v.always = !v.partly && dwarf_whatform(&attribute) != DW_FORM_loclistx &&
		   dwarf_whatform(&attribute) != DW_FORM_sec_offset &&
		   dwarf_whatform(&attribute) != DW_FORM_data4 &&
		   dwarf_whatform(&attribute) != DW_FORM_data8;
	v.file = declaration_file(p, die);
	if (!dwarf_decl_line(die, &line))
		v.line = (uint32_t)line;
	*vec_push(&p->variables) = v;
	*vec_push(&p->variable_dies) = *die;
}

struct pending {
	Dwarf_Die die;
	uint32_t inlined; /* or NO_INLINED */
	const char *within;
};

/* A function's tree: inlined functions and lexical blocks, with an explicit stack. */
static void read_function(struct places *p, Dwarf_Die *function)
{
	VEC(struct pending) stack = {0};
	struct frame_base fb = places_frame_base(p->object, function);
	struct function f = {.low = UINT64_MAX, .first = p->scopes.n};
	const char *name = name_of(p, function);
	Dwarf_Addr base, low, high, entry;
	ptrdiff_t at = 0;

	while ((at = dwarf_ranges(function, at, &base, &low, &high)) > 0) {
		f.low = low < f.low ? low : f.low;
		f.high = high > f.high ? high : f.high;
	}
	if (!f.high || dwarf_entrypc(function, &entry))
		return;
	f.name = name;
	*vec_push(&stack) = (struct pending){*function, NO_INLINED, name};
	while (stack.n) {
		struct pending top = stack.v[--stack.n];
		Dwarf_Die child;

		if (dwarf_child(&top.die, &child))
			continue;
		do {
			int tag = dwarf_tag(&child);

			if (tag == DW_TAG_inlined_subroutine) {
				uint32_t number = add_scopes(p, &child, top.inlined);

				*vec_push(&stack) =
					(struct pending){child, number, name_of(p, &child)};
			} else if (tag == DW_TAG_lexical_block) {
				*vec_push(&stack) =
					(struct pending){child, top.inlined, top.within};
			} else if (tag == DW_TAG_variable || tag == DW_TAG_formal_parameter) {
				add_variable(p, &child, &fb, entry, top.within);
			}
		} while (!dwarf_siblingof(&child, &child));
	}
	vec_release(&stack);
	f.n = p->scopes.n - f.first;
	*vec_push(&p->functions) = f;
}

static void read_unit(struct places *p, Dwarf_Die *unit)
{
	Dwarf_Die child;

	*vec_push(&p->units) = *unit;
	if (dwarf_child(unit, &child))
		return;
	do
		if (dwarf_tag(&child) == DW_TAG_subprogram)
			read_function(p, &child);
	while (!dwarf_siblingof(&child, &child));
}

struct places *places_open(struct object *o, struct error *err)
{
	struct places *p = mem_calloc(1, sizeof(*p));
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit;

	p->object = o;
	if (object_find_section(o, ".debug_info") == NO_SECTION)
		return p;
	build_image(p);
	elf_version(EV_CURRENT);
	p->elf = elf_memory((char *)p->image, p->image_len);
	p->dwarf = p->elf ? dwarf_begin_elf(p->elf, DWARF_C_READ, NULL) : NULL;
	if (!p->dwarf) {
		error_set(err, "libdw cannot read the object's DWARF: %s", dwarf_errmsg(-1));
		places_close(p);
		return NULL;
	}
	while (!dwarf_get_units(p->dwarf, cu, &cu, NULL, NULL, &unit, NULL))
		read_unit(p, &unit);
	return p;
}

/* The innermost inlined function around an address, or NULL, with the function that it lies in. */
static const struct inlined *innermost(const struct places *p, uint64_t address,
				       const struct function **function)
{
	const struct inlined *found = NULL;

	for (size_t f = 0; f < p->functions.n; f++) {
		const struct function *fn = &p->functions.v[f];

		if (address < fn->low || address >= fn->high)
			continue;
		for (size_t i = 0; i < fn->n; i++) {
			const struct scope *s = &p->scopes.v[fn->first + i];
			const struct inlined *in = &p->inlines.v[s->inlined];

			if (address < s->low || address >= s->high ||
			    (found && in->depth <= found->depth))
				continue;
			found = in;
			*function = fn;
		}
	}
	return found;
}

void places_chain(const struct places *p, uint32_t section, uint64_t offset, struct buf *out)
{
	const struct function *function = NULL;
	const struct inlined *in =
		innermost(p, object_place(p->object, section, offset), &function);

	while (in) {
		const struct inlined *parent =
			in->parent == NO_INLINED ? NULL : &p->inlines.v[in->parent];
		const char *name = parent ? parent->name : function->name;

		buf_printf(out, "%s%s:%u:%u", out->len ? "<" : "", name ? name : "", in->line,
			   in->column);
		in = parent;
	}
}

struct place places_find(const struct places *p, uint32_t section, uint64_t offset)
{
	uint64_t address = object_place(p->object, section, offset);
	const struct function *function;
	const struct inlined *in;
	struct place place = {0};

	for (size_t i = 0; i < p->units.n && !place.file; i++) {
		Dwarf_Line *row = dwarf_getsrc_die(&p->units.v[i], address);
		int line = 0, column = 0;

		if (!row)
			continue;
		place.file = dwarf_linesrc(row, NULL, NULL);
		dwarf_lineno(row, &line);
		dwarf_linecol(row, &column);
		place.line = (uint32_t)line;
		place.column = (uint32_t)column;
	}
	in = innermost(p, address, &function);
	place.within = in ? in->name : NULL;
	return place;
}

const struct place_variable *places_variables(const struct places *p, size_t *n)
{
	*n = p->variables.n;
	return p->variables.v;
}

struct place_type places_type(struct places *p, size_t i)
{
	return dwarf_type(&p->variable_dies.v[i], &p->names);
}

const char *places_producer(const struct places *p)
{
	for (size_t i = 0; i < p->units.n; i++) {
		Dwarf_Die unit = p->units.v[i];
		Dwarf_Attribute attribute;
		const char *name = dwarf_formstring(dwarf_attr(&unit, DW_AT_producer, &attribute));

		/* Assembler sources stand beside C ones after `ld -r`. */
		if (name && strncmp(name, "GNU AS", 6))
			return name;
	}
	return NULL;
}

bool places_has_inlined(const struct places *p, const char *name)
{
	return map_find_str(&p->inlined, name) != NULL;
}

void places_close(struct places *p)
{
	dwarf_end(p->dwarf);
	if (p->elf)
		elf_end(p->elf);
	vec_release(&p->units);
	vec_release(&p->inlines);
	vec_release(&p->scopes);
	vec_release(&p->functions);
	vec_release(&p->variables);
	vec_release(&p->variable_dies);
	map_release(&p->inlined);
	intern_release(&p->names);
	free(p->image);
	free(p);
}
