#include "extract/flow_code.h"

#include "base/mem.h"
#include "extract/linked.h"

#include <stdlib.h>
#include <string.h>

uint32_t flow_func_at(const struct flow_context *c, uint32_t section, uint64_t offset)
{
	size_t low = 0, high = c->n_funcs;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct machine_func *f = &c->funcs[mid];

		if (f->section < section || (f->section == section && f->start <= offset))
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return UINT32_MAX;
	low--;
	if (c->funcs[low].section != section || offset < c->funcs[low].start ||
	    offset >= c->funcs[low].start + c->funcs[low].size)
		return UINT32_MAX;
	return (uint32_t)low;
}

size_t code_first_extra(const struct flow_context *c, uint32_t section, uint64_t from)
{
	size_t low = 0, high = c->n_extras;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct flow_extra *e = &c->extras[mid];

		if (e->section < section || (e->section == section && e->from < from))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

size_t code_first_label(const struct flow_context *c, uint32_t section, uint64_t behind)
{
	size_t low = 0, high = c->n_labels;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct flow_label *l = &c->labels[mid];

		if (l->section < section || (l->section == section && l->offset <= behind))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* First mapping symbol behind a place; the one before it says what lies there. */
static size_t first_mode(const struct flow_context *c, uint32_t section, uint64_t behind)
{
	size_t low = 0, high = c->n_modes;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct flow_mode *m = &c->modes[mid];

		if (m->section < section || (m->section == section && m->offset <= behind))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

uint32_t code_at(const struct code *code, uint32_t section, uint64_t offset)
{
	for (unsigned i = 0; i < code->n_ranges; i++) {
		const struct code_range *r = &code->ranges[i];

		if (r->section == section && offset >= r->start && offset < r->end)
			return r->index[offset - r->start] - 1;
	}
	return UINT32_MAX;
}

bool code_has_next(const struct code *code, uint32_t i)
{
	const struct insn *in = &code->insns.v[i];

	return i + 1 < code->insns.n && in[1].section == in->section &&
	       in[1].offset == in->offset + in->len && !insn_is_data(&in[1]);
}

const char *code_target_name(const struct code *code, const struct insn *in)
{
	const struct object *o = code->c->object;
	uint32_t f;

	if (in->import)
		return in->import;
	if (in->target_symbol != NO_SYMBOL && !o->symbols[in->target_symbol].section_symbol &&
	    (in->target_section == NO_SECTION ||
	     o->symbols[in->target_symbol].value == in->target_offset))
		return o->symbols[in->target_symbol].name;
	if (in->target_section == NO_SECTION)
		return NULL;
	f = flow_func_at(code->c, in->target_section, in->target_offset);
	if (f != UINT32_MAX && code->c->funcs[f].start == in->target_offset)
		return o->symbols[code->c->funcs[f].symbol].name;
	return NULL;
}

/* Bytes to step over where nothing can be decoded: the smallest instruction. */
static uint8_t smallest(const struct isa *isa, bool thumb)
{
	switch (isa->arch) {
	case ARCH_X86_64:
	case ARCH_I386: return 1;
	case ARCH_RISCV64: return 2;
	case ARCH_ARM: return thumb ? 2 : 4;
	case ARCH_AARCH64: return 4;
	}
	return 1;
}

static size_t disassemble(const struct flow_context *c, const uint8_t *code, uint64_t room,
			  uint64_t offset, bool thumb, char *text, size_t size)
{
	uint8_t *bytes = (uint8_t *)(uintptr_t)code;
	size_t len = LLVMDisasmInstruction(thumb ? c->thumb_disassembler : c->disassembler, bytes,
					   room, offset, text, size);

	if (!len && thumb)
		len = LLVMDisasmInstruction(c->thumb_fallback, bytes, room, offset, text, size);
	return len;
}

/* Means the same wherever it stands? */
static bool is_placeless(const struct insn *in)
{
	return in->target_section == NO_SECTION && in->target_symbol == NO_SYMBOL && !in->import &&
	       !in->undecoded;
}

/* Has no relocation that matters? */
static bool is_plain(const struct flow_context *c, uint32_t section, uint64_t offset, uint8_t len)
{
	const struct object_reloc *r = object_reloc_in(c->object, section, offset, offset + len);

	return !r || (c->isa->reloc_matters && !c->isa->reloc_matters(c->object, r));
}

/* By LLVM's text. */
static void decode_text(const struct flow_context *c, const uint8_t *bytes, uint64_t room,
			struct insn *in)
{
	char text[256];

	in->len = (uint8_t)disassemble(c, bytes, room, in->offset, in->thumb, text, sizeof(text));
	if (in->len) {
		c->isa->decode(c->object, in->section, text, in);
		return;
	}
	in->undecoded = true;
	in->len = smallest(c->isa, in->thumb);
	if (in->len > room)
		in->len = (uint8_t)room;
}

/* By the instructions that occurred before, or LLVM's text. What is behind the function may be looked at, but not be part of
   the instruction. */
static void decode_known(const struct flow_context *c, const uint8_t *bytes, uint64_t room,
			 uint64_t readable, struct insn *in)
{
	const struct insn *known = c->cache ? insn_cache_find(c->cache, bytes, readable) : NULL;
	uint64_t offset = in->offset;
	uint32_t section = in->section;

	if (known && known->len <= room && is_plain(c, section, offset, known->len)) {
		*in = *known;
		in->section = section;
		in->offset = offset;
		return;
	}
	decode_text(c, bytes, room, in);
	if (c->cache && is_placeless(in) && is_plain(c, section, offset, in->len))
		insn_cache_add(c->cache, bytes, in);
}

static void decode_one(struct code *code, const struct code_range *r, uint64_t offset,
		       uint64_t limit, bool thumb)
{
	const struct flow_context *c = code->c;
	const struct object_section *s = &c->object->sections[r->section];
	const uint8_t *bytes = s->data + offset;
	struct insn *in = vec_push(&code->insns);

	in->section = r->section;
	in->offset = offset;
	in->thumb = thumb;
	in->compares = in->jump_reg = in->limits = NO_REG;
	in->target_section = NO_SECTION;
	in->target_symbol = NO_SYMBOL;
	if (!c->isa->decode_bytes ||
	    !c->isa->decode_bytes(c->object, r->section, bytes, limit - offset, in))
		decode_known(c, bytes, limit - offset, s->size - offset, in);
	if (c->object->linked && !in->undecoded)
		linked_resolve(c->object, in);
}

/* Constants among the code: nothing leads there, and they would put the decoder out of step. */
static void add_data(struct code *code, const struct code_range *r, uint64_t offset, uint64_t limit)
{
	struct insn *in = vec_push(&code->insns);

	in->section = r->section;
	in->offset = offset;
	in->compares = in->jump_reg = in->limits = NO_REG;
	in->target_section = NO_SECTION;
	in->target_symbol = NO_SYMBOL;
	in->undecoded = in->padding = true;
	in->len = (uint8_t)(limit - offset < 128 ? limit - offset : 128);
}

static void add_range(struct code *code, const struct machine_func *f)
{
	const struct flow_context *c = code->c;
	bool thumb = c->object->symbols[f->symbol].thumb;
	size_t next_mode = first_mode(c, f->section, f->start);
	char mode = next_mode && c->modes[next_mode - 1].section == f->section
			    ? c->modes[next_mode - 1].mode
			    : 0;
	struct code_range *r;

	if (code->n_ranges == MAX_RANGES || !c->object->sections[f->section].data)
		return;
	r = &code->ranges[code->n_ranges++];
	*r = (struct code_range){f->section, f->start, f->start + f->size, NULL};
	r->index = mem_calloc(f->size, sizeof(*r->index));
	for (uint64_t at = r->start; at < r->end;) {
		uint64_t limit = r->end;

		for (; next_mode < c->n_modes && c->modes[next_mode].section == f->section &&
		       c->modes[next_mode].offset <= at;
		     next_mode++)
			mode = c->modes[next_mode].mode;
		if (next_mode < c->n_modes && c->modes[next_mode].section == f->section &&
		    c->modes[next_mode].offset < limit)
			limit = c->modes[next_mode].offset;
		if (mode == 'd')
			add_data(code, r, at, limit);
		else
			decode_one(code, r, at, limit, mode ? mode == 't' : thumb);
		r->index[at - r->start] = (uint32_t)code->insns.n;
		at += code->insns.v[code->insns.n - 1].len;
	}
}

/* Parts that the compiler moved away belong to the function that jumps to them: GCC's and clang's NAME.cold. */
static void add_cold_ranges(struct code *code)
{
	const struct flow_context *c = code->c;

	for (size_t i = 0; i < code->insns.n; i++) {
		const struct insn *in = &code->insns.v[i];
		uint32_t f;

		if ((in->flow != FLOW_JUMP && in->flow != FLOW_BRANCH) || in->indirect ||
		    in->target_section == NO_SECTION ||
		    code_at(code, in->target_section, in->target_offset) != UINT32_MAX)
			continue;
		f = flow_func_at(c, in->target_section, in->target_offset);
		if (f != UINT32_MAX && strstr(c->object->symbols[c->funcs[f].symbol].name, ".cold"))
			add_range(code, &c->funcs[f]);
	}
}

void code_init(struct code *code, const struct flow_context *c, const struct machine_func *f)
{
	*code = (struct code){.c = c};
	code->insns.v = c->spare->insns.v;
	code->insns.cap = c->spare->insns.cap;
	c->spare->insns.v = NULL;
	c->spare->insns.cap = 0;
	add_range(code, f);
	add_cold_ranges(code);
}

void code_release(struct code *code)
{
	const struct flow_context *c = code->c;

	for (unsigned r = 0; r < code->n_ranges; r++)
		free(code->ranges[r].index);
	c->spare->insns.v = code->insns.v;
	c->spare->insns.cap = code->insns.cap;
}
