#include "extract/unwind.h"

#include <string.h>

/*
 * Windows' table of functions: begin, end and unwind information (x86-64), or begin and a packed word (AArch64), as
 * distances from the image's base; relocations say the same in an object. The unwind codes of x86-64 list what the
 * prologue does to SP: their sum and the return address are the frame. Source: Microsoft, "x64 exception handling" and
 * "ARM64 exception handling".
 */

enum { MAX_CHAIN = 32 };

static uint32_t u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The place that the word at an offset of a section means. */
static bool place_at(const struct object *o, uint32_t section, uint64_t at, uint32_t *to,
		     uint64_t *offset)
{
	const struct object_section *s = &o->sections[section];
	const struct object_reloc *r;

	if (!s->data || at > s->size || s->size - at < 4)
		return false;
	if (o->linked)
		return object_find(o, o->image_base + u32(s->data + at), to, offset);
	r = object_reloc_in(o, section, at, at + 4);
	return r && object_target(o, r, to, offset);
}

struct codes {
	int64_t bytes;
	bool frame_pointer, chained, bad;
	uint64_t chain_at; /* of the function table's entry that goes on */
};

/* Slots that a code takes, and what it adds to the depth; 0 slots: unknown. */
static unsigned code_slots(unsigned op, unsigned info, const uint8_t *p, unsigned left,
			   int64_t *bytes)
{
	switch (op) {
	case 0: *bytes += 8; return 1; /* a register is pushed */
	case 1: /* a large area */
		if (left < (info ? 3u : 2u))
			return 0;
		*bytes += info ? (int64_t)u32(p + 2) : (int64_t)(p[2] | p[3] << 8) * 8;
		return info ? 3 : 2;
	case 2: *bytes += (int64_t)info * 8 + 8; return 1; /* a small area */
	case 3: return 1; /* the frame pointer is set */
	case 4: /* registers are saved in the area */
	case 8: return 2;
	case 5:
	case 9: return 3;
	case 6: return 1; /* version 2: an epilogue */
	case 10: *bytes += info ? 48 : 40; return 1; /* what an interrupt pushed */
	default: return 0;
	}
}

static struct codes read_codes(const struct object *o, uint32_t section, uint64_t at)
{
	const struct object_section *s = &o->sections[section];
	struct codes c = {.bad = true};
	const uint8_t *p;
	unsigned n;

	if (!s->data || at > s->size || s->size - at < 4)
		return c;
	p = s->data + at;
	n = p[2];
	if (s->size - at - 4 < 2u * n || (p[0] & 7) < 1 || (p[0] & 7) > 2)
		return c;
	c.chained = p[0] >> 3 & 4;
	c.chain_at = at + 4 + 2u * ((n + 1) & ~1u);
	for (unsigned i = 0; i < n;) {
		const uint8_t *code = p + 4 + 2u * i;
		unsigned op = code[1] & 15, slots;

		slots = code_slots(op, code[1] >> 4, code, n - i, &c.bytes);
		c.frame_pointer |= op == 3;
		if (!slots)
			return c;
		i += slots;
	}
	c.bad = false;
	return c;
}

/* Frame from the unwind codes, chained ones included. */
static int64_t frame_of(const struct object *o, uint32_t section, uint64_t at)
{
	int64_t bytes = 8;

	for (unsigned i = 0; i < MAX_CHAIN; i++) {
		struct codes c = read_codes(o, section, at);

		/* SP can be lowered behind the prologue where a frame pointer keeps the way back. */
		if (c.bad || c.frame_pointer)
			return BYTES_UNKNOWN;
		bytes += c.bytes;
		if (!c.chained)
			return bytes;
		if (!place_at(o, section, c.chain_at + 8, &section, &at))
			return BYTES_UNKNOWN;
	}
	return BYTES_UNKNOWN;
}

static bool is_chained(const struct object *o, uint32_t section, uint64_t at)
{
	return read_codes(o, section, at).chained;
}

static void read_x86_64(const struct object *o, uint32_t pdata, uint64_t at, struct unwind *u)
{
	struct unwind_func f = {.bytes = BYTES_UNKNOWN};
	uint32_t end_section, info_section;
	uint64_t end, info;

	if (!place_at(o, pdata, at, &f.section, &f.start) || !o->sections[f.section].code ||
	    !place_at(o, pdata, at + 4, &end_section, &end) || end_section != f.section ||
	    end <= f.start || !place_at(o, pdata, at + 8, &info_section, &info))
		return;
	/* A part of a function that goes on elsewhere is no function. */
	if (is_chained(o, info_section, info))
		return;
	f.size = end - f.start;
	f.bytes = frame_of(o, info_section, info);
	*vec_push(&u->funcs) = f;
}

static void read_aarch64(const struct object *o, uint32_t pdata, uint64_t at, struct unwind *u)
{
	struct unwind_func f = {.bytes = BYTES_UNKNOWN};
	uint32_t packed = u32(o->sections[pdata].data + at + 4), section;
	uint64_t info;

	if (!place_at(o, pdata, at, &f.section, &f.start) || !o->sections[f.section].code)
		return;
	if (packed & 3)
		f.size = (uint64_t)(packed >> 2 & 0x7ff) * 4;
	else if (place_at(o, pdata, at + 4, &section, &info) && o->sections[section].data &&
		 o->sections[section].size >= 4 && info <= o->sections[section].size - 4)
		f.size = (uint64_t)(u32(o->sections[section].data + info) & 0x3ffff) * 4;
	*vec_push(&u->funcs) = f;
}

void unwind_read_pdata(struct object *o, uint32_t section, struct unwind *u)
{
	uint64_t entry = o->arch == ARCH_X86_64 ? 12 : 8;

	if (o->arch != ARCH_X86_64 && o->arch != ARCH_AARCH64)
		return;
	for (uint64_t at = 0; at + entry <= o->sections[section].size; at += entry) {
		if (o->arch == ARCH_X86_64)
			read_x86_64(o, section, at, u);
		else
			read_aarch64(o, section, at, u);
	}
}

/* Where an entry's unwind information keeps the handler and what belongs to it; 0: nowhere. */
static uint64_t handler_of_x86_64(const uint8_t *p, uint64_t room)
{
	bool handled = p[0] >> 3 & 3, chained = p[0] >> 3 & 4;
	uint64_t at = 4 + 2u * ((p[2] + 1u) & ~1u);

	return handled && !chained && at + 8 <= room ? at : 0;
}

static uint64_t handler_of_aarch64(const uint8_t *p, uint64_t room)
{
	uint32_t head = u32(p), epilogues = head >> 22 & 31, words = head >> 27;
	uint64_t at = 4;

	if (!(head >> 20 & 1) || head >> 18 & 3)
		return 0;
	if (!epilogues && !words) {
		if (room < 8)
			return 0;
		epilogues = u32(p + 4) & 0xffff;
		words = u32(p + 4) >> 16 & 0xff;
		at = 8;
	}
	/* One epilogue may stand in the header itself. */
	at += (head >> 21 & 1 ? 0 : 4ull * epilogues) + 4ull * words;
	return at + 8 <= room ? at : 0;
}

static bool code_at(const struct object *o, uint32_t section, uint64_t at, uint32_t *to,
		    uint64_t *offset)
{
	return place_at(o, section, at, to, offset) && o->sections[*to].code;
}

/*
 * Behind the handler: a count, then begin and end of guarded code, a filter and where control goes on. __finally has its
 * handler in the filter's place and goes on nowhere; a filter can be a constant. Other handlers keep other things there, so
 * that nothing counts unless all entries are such.
 */
static void read_scopes(const struct object *o, uint32_t section, uint64_t at,
			const struct unwind_func *f, unwind_scopes *scopes)
{
	const struct object_section *s = &o->sections[section];
	uint32_t count = u32(s->data + at);
	size_t before = scopes->n;

	if (count > (s->size - at - 4) / 16)
		return;
	for (at += 4; count; count--, at += 16) {
		struct unwind_scope scope;
		uint32_t end_section;
		uint64_t end;

		if (!place_at(o, section, at, &scope.section, &scope.begin) ||
		    !place_at(o, section, at + 4, &end_section, &end) ||
		    scope.section != f->section || end_section != f->section ||
		    scope.begin < f->start || end <= scope.begin || end > f->start + f->size + 1) {
			scopes->n = before;
			return;
		}
		if (!code_at(o, section, at + 8, &scope.handler_section, &scope.handler))
			scope.handler_section = NO_SECTION;
		if (!code_at(o, section, at + 12, &scope.target_section, &scope.target))
			scope.target_section = NO_SECTION;
		*vec_push(scopes) = scope;
	}
}

/* The scopes of one entry of the function table. */
static void read_entry_scopes(const struct object *o, uint32_t pdata, uint64_t at,
			      unwind_scopes *scopes)
{
	bool x86 = o->arch == ARCH_X86_64;
	const struct object_section *s;
	struct unwind_func f = {.size = 0};
	uint32_t info_section, end_section;
	uint64_t info, end, handler;

	if (!place_at(o, pdata, at, &f.section, &f.start) ||
	    !place_at(o, pdata, at + (x86 ? 8 : 4), &info_section, &info))
		return;
	s = &o->sections[info_section];
	if (!s->data || info > s->size || s->size - info < 4)
		return;
	if (x86 && place_at(o, pdata, at + 4, &end_section, &end) && end > f.start)
		f.size = end - f.start;
	else if (!x86 && !(u32(o->sections[pdata].data + at + 4) & 3 && o->linked))
		f.size = (uint64_t)(u32(s->data + info) & 0x3ffff) * 4;
	handler = x86 ? handler_of_x86_64(s->data + info, s->size - info)
		      : handler_of_aarch64(s->data + info, s->size - info);
	if (f.size && handler)
		read_scopes(o, info_section, info + handler + 4, &f, scopes);
}

void unwind_read_scopes(const struct object *o, unwind_scopes *scopes)
{
	uint64_t entry = o->arch == ARCH_X86_64 ? 12 : 8;

	if (!o->coff || (o->arch != ARCH_X86_64 && o->arch != ARCH_AARCH64))
		return;
	for (uint32_t i = 0; i < o->n_sections; i++) {
		const struct object_section *s = &o->sections[i];

		if (strncmp(s->name, ".pdata", 6) || !s->data)
			continue;
		for (uint64_t at = 0; at + entry <= s->size; at += entry)
			read_entry_scopes(o, i, at, scopes);
	}
}
