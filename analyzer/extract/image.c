#include "extract/image.h"

#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/text.h"
#include "extract/account_object.h"
#include "extract/funclets.h"
#include "extract/image_functions.h"
#include "extract/machine.h"
#include "extract/places.h"
#include "extract/shipped.h"
#include "extract/unwind.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Functions come from the symbols, and from the unwind tables where there are none. Lines come from the DWARF of objects;
 * that of images is left alone, as it can be many times as large as the code.
 */

struct image {
	const struct job *job;
	struct facts *f;
	struct machine_tools *tools;
	void *file;
	size_t file_len;
	struct object object;
	struct unwind unwind;
	struct machine machine;
	struct places *places; /* NULL: none are read */
	uint32_t *fact_of; /* machine function -> facts function */
};

#define NO_FUNC UINT32_MAX

enum { MAX_ROUNDS = 64 };

static int map_file(struct image *m, struct error *err)
{
	const char *path = m->job->source;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return error_system(err, errno, "cannot read %s", path);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return error_set(err, "%s is no file", path);
	}
	m->file_len = (size_t)st.st_size;
	if (m->file_len)
		m->file = mmap(NULL, m->file_len, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (m->file == MAP_FAILED) {
		m->file = NULL;
		return error_system(err, errno, "cannot read %s", path);
	}
	return m->file_len ? 0 : error_set(err, "%s is empty", path);
}

/* The bytes of the file, or of the archive's member. */
static int find_bytes(const struct image *m, const uint8_t **bytes, size_t *len, struct error *err)
{
	const struct job *job = m->job;

	*bytes = m->file;
	*len = m->file_len;
	if (!job->member_size)
		return 0;
	if (job->member_offset > m->file_len || job->member_size > m->file_len - job->member_offset)
		return error_set(err, "%s reaches beyond its archive", job->unit);
	*bytes += job->member_offset;
	*len = job->member_size;
	return 0;
}

/* Microsoft's short form of an import library's member: it says where a function is and has no code. */
static bool is_import_record(const uint8_t *p, size_t len)
{
	return len >= 20 && !p[0] && !p[1] && p[2] == 0xff && p[3] == 0xff && !p[4] && !p[5];
}

static const char *triple_of(const struct object *o)
{
	static const char *const elf[] = {
		[ARCH_X86_64] = "x86_64-unknown-elf",	[ARCH_I386] = "i386-unknown-elf",
		[ARCH_AARCH64] = "aarch64-unknown-elf", [ARCH_ARM] = "arm-unknown-elf",
		[ARCH_RISCV64] = "riscv64-unknown-elf",
	};
	static const char *const coff[] = {
		[ARCH_X86_64] = "x86_64-pc-windows",   [ARCH_I386] = "i686-pc-windows",
		[ARCH_AARCH64] = "aarch64-pc-windows", [ARCH_ARM] = "arm-pc-windows",
		[ARCH_RISCV64] = "riscv64-pc-windows",
	};

	return o->coff ? coff[o->arch] : elf[o->arch];
}

static int open_object(struct image *m, struct error *err)
{
	const uint8_t *bytes;
	size_t len;

	if (map_file(m, err) || find_bytes(m, &bytes, &len, err))
		return -1;
	if (is_import_record(bytes, len))
		return 1;
	if (object_read(&m->object, bytes, len, m->job->unit, err))
		return -1;
	unwind_read(&m->object, &m->unwind);
	image_find_functions(&m->object, &m->unwind);
	return 0;
}

/* The name in the source: without what compiler, linker and calling convention add to it. */
static const char *source_name(struct image *m, const char *symbol)
{
	bool decorated = m->object.coff && m->object.arch == ARCH_I386;
	size_t n;

	if (decorated && (*symbol == '_' || *symbol == '@') && symbol[1])
		symbol++;
	n = *symbol ? 1 + strcspn(symbol + 1, decorated ? ".~@" : ".~") : 0;
	return arena_strndup(&m->f->arena, symbol, n);
}

static void set_loc(struct image *m, const struct place *p, struct fact_loc *loc)
{
	struct arena *a = &m->f->arena;
	const char *path;

	if (!p->file)
		return;
	path = path_absolute(a, m->job->directory, p->file);
	*loc = (struct fact_loc){path_relative(m->job->root, path), p->line, p->column};
}

static void add_func(struct image *m, const struct machine_func *mf)
{
	const struct object *o = &m->object;
	const struct object_symbol *s = &o->symbols[mf->symbol];
	const char *section = o->sections[mf->section].name;
	struct fact_func *fn = vec_push(&m->f->funcs);
	struct arena *a = &m->f->arena;

	fn->symbol = arena_strdup(a, s->name);
	fn->name = source_name(m, s->name);
	fn->section = strcmp(section, ".text") ? arena_strdup(a, section) : NULL;
	fn->linkage = s->linkage;
	fn->frame_kind = mf->kind;
	fn->frame_origin = ORIGIN_SHIPPED;
	fn->frame_bytes = mf->frame_bytes;
	fn->entry_bytes = m->machine.entry_bytes;
	fn->frame_note = mf->note ? arena_strdup(a, mf->note) : NULL;
	fn->marks |= (uint32_t)mf->switches_stack << MARK_STACK_SWITCH;
	if (m->places) {
		struct place p = places_find(m->places, mf->section, mf->start);

		set_loc(m, &p, &fn->loc);
	}
}

static void add_parts(struct image *m, size_t func, struct account_object *object)
{
	struct arena *a = &m->f->arena;
	struct account account;

	if (m->machine.funcs.v[func].kind == FRAME_UNMEASURED)
		return;
	account_object_parts(object, func, &account);
	for (size_t i = 0; i < account.parts.n; i++) {
		struct fact_part *p = vec_push(&m->f->parts);
		struct place where;

		*p = account.parts.v[i];
		where = (struct place){.file = p->loc.file, .line = p->loc.line};
		p->func = m->fact_of[func];
		p->loc = (struct fact_loc){0};
		set_loc(m, &where, &p->loc);
		p->name = p->name ? arena_strdup(a, p->name) : NULL;
		p->type = p->type ? arena_strdup(a, p->type) : NULL;
		p->declared_in = p->declared_in ? arena_strdup(a, p->declared_in) : NULL;
	}
	vec_release(&account.parts);
}

static void add_all_parts(struct image *m)
{
	struct account_object object;

	account_object_open(&object, &m->object, &m->machine, m->places);
	for (size_t i = 0; i < m->machine.funcs.n; i++)
		if (m->fact_of[i] != NO_FUNC)
			add_parts(m, i, &object);
	account_object_close(&object);
}

/* The function that begins at a place, as a number of machine.funcs. */
static uint32_t func_at(const struct image *m, uint32_t section, uint64_t start)
{
	size_t low = 0, high = m->machine.funcs.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct machine_func *f = &m->machine.funcs.v[mid];

		if (f->section < section || (f->section == section && f->start < start))
			low = mid + 1;
		else
			high = mid;
	}
	if (low == m->machine.funcs.n || m->machine.funcs.v[low].section != section ||
	    m->machine.funcs.v[low].start != start)
		return NO_FUNC;
	return (uint32_t)low;
}

static void add_aliases(struct image *m)
{
	const struct object *o = &m->object;

	for (uint32_t i = 0; i < o->n_symbols; i++) {
		const struct object_symbol *s = &o->symbols[i];
		uint32_t func;
		const char *target;

		if (!s->function || s->section == NO_SECTION || !*s->name)
			continue;
		func = func_at(m, s->section, s->value);
		if (func == NO_FUNC || m->fact_of[func] == NO_FUNC)
			continue;
		target = m->f->funcs.v[m->fact_of[func]].symbol;
		if (strcmp(target, s->name))
			*vec_push(&m->f->aliases) = (struct fact_alias){
				arena_strdup(&m->f->arena, s->name), target, s->linkage};
	}
}

static void add_calls(struct image *m)
{
	for (size_t i = 0; i < m->machine.calls.n; i++) {
		const struct machine_call *mc = &m->machine.calls.v[i];
		struct arena *a = &m->f->arena;
		struct fact_call *c;

		if (m->fact_of[mc->func] == NO_FUNC)
			continue;
		c = vec_push(&m->f->calls);
		c->func = m->fact_of[mc->func];
		c->kind = mc->kind;
		c->callee = mc->callee ? arena_strdup(a, mc->callee) : NULL;
		c->depth_bytes = mc->depth_bytes;
		if (m->places) {
			struct place p = places_find(m->places, mc->section, mc->offset);

			c->within = p.within ? arena_strdup(a, p.within) : NULL;
			set_loc(m, &p, &c->loc);
		}
	}
}

/* Sections whose references to functions are no use of their addresses. */
static bool is_about_code(const char *section)
{
	static const char *const prefixes[] = {".debug",
					       ".eh_frame",
					       ".pdata",
					       ".xdata",
					       ".orc_unwind",
					       "__jump_table",
					       "__ex_table",
					       "__bug_table",
					       "__mcount_loc",
					       ".altinst",
					       ".static_call_sites",
					       ".retpoline_sites",
					       ".return_sites",
					       ".call_sites",
					       ".smp_locks",
					       ".parainstructions",
					       ".discard",
					       "__patchable",
					       ".stack_sizes",
					       "__tracepoints_ptrs",
					       ".ibt_endbr_seal"};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (str_starts(section, prefixes[i]))
			return true;
	return false;
}

static void take_address(struct image *m, uint32_t section, uint64_t offset)
{
	uint32_t func = func_at(m, section, offset);

	if (func != NO_FUNC && m->fact_of[func] != NO_FUNC)
		m->f->funcs.v[m->fact_of[func]].address_taken = true;
}

/* In objects relocations other than of branches; in images words that hold a function's address. */
static void find_taken(struct image *m)
{
	const struct object *o = &m->object;

	for (uint32_t i = 0; i < o->n_sections; i++) {
		const struct object_section *s = &o->sections[i];
		uint32_t section;
		uint64_t offset;

		if (!s->alloc || is_about_code(s->name))
			continue;
		for (uint32_t r = s->first_reloc; r < s->first_reloc + s->n_relocs; r++)
			if (o->relocs[r].kind == RELOC_ABSOLUTE &&
			    object_target(o, &o->relocs[r], &section, &offset))
				take_address(m, section, offset);
		if (!o->linked || s->code || !s->data)
			continue;
		for (uint64_t at = 0; at + o->word <= s->size; at += o->word) {
			uint64_t value = 0;

			for (unsigned b = 0; b < o->word; b++)
				value |= (uint64_t)s->data[at + b] << (8 * b);
			if (value && object_find_code(o, value, &section, &offset))
				take_address(m, section, offset);
		}
	}
}

/* The depth by the unwind tables of a function and its moved parts; BYTES_UNKNOWN: they do not say it. */
static int64_t unwind_depth(const struct image *m, const struct machine_func *f,
			    const struct map *parts)
{
	const struct unwind_func *u = unwind_at(&m->unwind, f->section, f->start);
	uint64_t *part;

	if (!u || u->bytes == BYTES_UNKNOWN)
		return BYTES_UNKNOWN;
	part = map_find_str(parts, m->object.symbols[f->symbol].name);
	if (!part)
		return u->bytes;
	/* Stored one up, so that 0 stands for unknown. */
	if (!*part)
		return BYTES_UNKNOWN;
	return (int64_t)*part - 1 > u->bytes ? (int64_t)*part - 1 : u->bytes;
}

/* Depths of moved parts by the name of the function that they belong to. */
static void find_parts(struct image *m, struct map *parts)
{
	for (size_t i = 0; i < m->machine.funcs.n; i++) {
		const struct machine_func *f = &m->machine.funcs.v[i];
		const char *name = m->object.symbols[f->symbol].name;
		const struct unwind_func *u;
		uint64_t *known, value;
		bool made;

		if (!f->part)
			continue;
		u = unwind_at(&m->unwind, f->section, f->start);
		value = u && u->bytes != BYTES_UNKNOWN ? (uint64_t)u->bytes + 1 : 0;
		name = arena_strndup(&m->object.arena, name,
				     (size_t)(strstr(name, ".cold") - name));
		known = map_put_str(parts, name, &made);
		if (made || !value || (*known && value > *known))
			*known = value;
	}
}

/* A moved part without a name can belong to any function: is there one of this depth? */
static bool is_part_depth(const struct image *m, int64_t bytes)
{
	for (size_t i = 0; i < m->unwind.funcs.n; i++)
		if (m->unwind.funcs.v[i].part && m->unwind.funcs.v[i].bytes == bytes)
			return true;
	return false;
}

static void check_unwind(struct image *m)
{
	struct map parts = {0};

	find_parts(m, &parts);
	for (size_t i = 0; i < m->machine.funcs.n; i++) {
		const struct machine_func *f = &m->machine.funcs.v[i];
		int64_t bytes;

		if (f->part || f->kind != FRAME_FIXED)
			continue;
		bytes = unwind_depth(m, f, &parts);
		if (bytes == BYTES_UNKNOWN)
			continue;
		m->f->n_checked++;
		if (bytes != f->frame_bytes &&
		    (bytes > f->frame_bytes || !is_part_depth(m, f->frame_bytes)))
			*vec_push(&m->f->mismatches) =
				(struct fact_mismatch){m->fact_of[i], CHECK_UNWIND, bytes, NULL};
	}
	map_release(&parts);
}

/* Reads the code until no call leads to a function that was not known before. */
static int read_code(struct image *m, struct error *err)
{
	struct object *o = &m->object;

	for (unsigned round = 0;; round++) {
		size_t added;

		if (machine_read_with(m->tools, o, triple_of(o), object_features(o->arch),
				      &m->machine, err))
			return -1;
		if (!o->linked || round == MAX_ROUNDS)
			return 0;
		added = image_add_called(o, &m->machine);
		if (!added)
			return 0;
		machine_release(&m->machine);
	}
}

static int measure(struct image *m, struct error *err)
{
	struct object *o = &m->object;

	if (read_code(m, err))
		return -1;
	if (!o->linked && !(m->places = places_open(o, err)))
		return -1;
	m->fact_of = mem_calloc(m->machine.funcs.n + 1, sizeof(*m->fact_of));
	for (size_t i = 0; i < m->machine.funcs.n; i++) {
		m->fact_of[i] = m->machine.funcs.v[i].part ? NO_FUNC : (uint32_t)m->f->funcs.n;
		if (!m->machine.funcs.v[i].part)
			add_func(m, &m->machine.funcs.v[i]);
	}
	add_all_parts(m);
	add_aliases(m);
	add_calls(m);
	find_taken(m);
	check_unwind(m);
	funclets_tell(m->f, &m->machine, m->fact_of);
	return 0;
}

static bool is_module(const struct object *o)
{
	return o->linked || object_find_section(o, ".modinfo") != NO_SECTION ||
	       object_find_section(o, ".gnu.linkonce.this_module") != NO_SECTION;
}

int image_read(const struct job *job, struct machine_tools *tools, struct facts *f,
	       struct error *err)
{
	struct image m = {.job = job, .f = f, .tools = tools};
	int rc = open_object(&m, err);

	f->status = UNIT_OK;
	if (!rc) {
		f->target = triple_of(&m.object);
		/* Images and modules have names of their own. */
		f->module = is_module(&m.object) ? f->unit : NULL;
		rc = measure(&m, err);
		f->compiler = shipped_compiler(&m.object, m.places, &f->arena);
	}
	if (m.places)
		places_close(m.places);
	free(m.fact_of);
	machine_release(&m.machine);
	unwind_release(&m.unwind);
	object_release(&m.object);
	if (m.file)
		munmap(m.file, m.file_len);
	return rc < 0 ? -1 : 0;
}
