#include "extract/unwind.h"

#include <string.h>

/*
 * DWARF call frame information: entries (FDE) that say for every address where the CFA is, in small programs that share
 * their beginning (CIE). Followed here is only the rule of the CFA: where it is SP plus a constant, the constant is the
 * depth there. Saved registers are stepped over. Source: DWARF 5, section 6.4, and the Linux Standard Base for .eh_frame.
 */

enum { MAX_REMEMBERED = 16 };

struct cursor {
	const uint8_t *p, *end;
	bool bad;
};

struct cie {
	uint64_t at; /* offset in the section */
	uint8_t encoding; /* of addresses in the FDEs */
	bool augmented; /* FDEs have augmentation data */
	const uint8_t *program, *program_end;
};

struct cfa {
	uint64_t reg;
	int64_t offset;
	bool expression;
};

struct table {
	struct object *o;
	uint32_t section;
	bool eh;
	struct unwind *out;
};

static uint64_t get(struct cursor *c, unsigned size)
{
	uint64_t v = 0;

	if ((size_t)(c->end - c->p) < size) {
		c->bad = true;
		c->p = c->end;
		return 0;
	}
	for (unsigned i = 0; i < size; i++)
		v |= (uint64_t)c->p[i] << (8 * i);
	c->p += size;
	return v;
}

/* The bits of a LEB128 number; `*shift`: how many they are, `*last`: its last byte. */
static uint64_t get_leb(struct cursor *c, unsigned *shift, unsigned *last)
{
	uint64_t v = 0;

	*shift = 0;
	do {
		*last = (unsigned)get(c, 1);
		if (*shift < 64)
			v |= (uint64_t)(*last & 0x7f) << *shift;
		*shift += 7;
	} while (*last & 0x80 && !c->bad);
	return v;
}

static uint64_t get_uleb(struct cursor *c)
{
	unsigned shift, last;

	return get_leb(c, &shift, &last);
}

static int64_t get_sleb(struct cursor *c)
{
	unsigned shift, last;
	uint64_t v = get_leb(c, &shift, &last);

	if (last & 0x40 && shift < 64)
		v |= ~(uint64_t)0 << shift;
	return (int64_t)v;
}

static void skip(struct cursor *c, uint64_t n)
{
	if (n > (uint64_t)(c->end - c->p)) {
		c->bad = true;
		c->p = c->end;
		return;
	}
	c->p += n;
}

/* Bytes of an address in an encoding (DW_EH_PE_*); 0: one that is not followed. */
static unsigned encoded_size(const struct object *o, uint8_t encoding)
{
	switch (encoding & 0x0f) {
	case 0x00: return o->word;
	case 0x02:
	case 0x0a: return 2;
	case 0x03:
	case 0x0b: return 4;
	case 0x04:
	case 0x0c: return 8;
	default: return 0;
	}
}

static uint64_t sign_extend(uint64_t v, unsigned size)
{
	return size < 8 && v >> (8 * size - 1) ? v | ~(uint64_t)0 << (8 * size) : v;
}

/* The place that the encoded address at the cursor means; false when it lies in no code. */
static bool get_place(const struct table *t, struct cursor *c, uint8_t encoding, uint32_t *section,
		      uint64_t *offset)
{
	const struct object_section *s = &t->o->sections[t->section];
	unsigned size = encoded_size(t->o, encoding);
	uint64_t at = (uint64_t)(c->p - s->data);
	const struct object_reloc *r = object_reloc_in(t->o, t->section, at, at + size);
	uint64_t value = get(c, size);

	if (c->bad)
		return false;
	if (!t->o->linked)
		return r && object_target(t->o, r, section, offset) &&
		       *section < t->o->n_sections && t->o->sections[*section].code;
	if ((encoding & 0x70) == 0x10)
		value = sign_extend(value, size) + s->base + at;
	else if (encoding & 0x70)
		return false;
	if (size == 4 || t->o->word == 4)
		value = t->o->word == 4 ? (uint32_t)value : value;
	return object_find_code(t->o, value, section, offset);
}

static bool read_cie(const struct table *t, uint64_t at, struct cursor body, struct cie *out)
{
	const char *augmentation;
	unsigned version = (unsigned)get(&body, 1);

	*out = (struct cie){.at = at};
	augmentation = (const char *)body.p;
	if (!memchr(augmentation, '\0', (size_t)(body.end - body.p)))
		return false;
	skip(&body, strlen(augmentation) + 1);
	if (version >= 4)
		skip(&body, 2); /* sizes of addresses and segment selectors */
	get_uleb(&body); /* code alignment */
	get_sleb(&body); /* data alignment, for saved registers only, but for *_sf below */
	if (version == 1)
		get(&body, 1);
	else
		get_uleb(&body);
	if (*augmentation == 'z') {
		uint64_t n = get_uleb(&body);
		struct cursor data = body;

		out->augmented = true;
		skip(&body, n);
		for (const char *p = augmentation + 1; *p; p++) {
			if (*p == 'R')
				out->encoding = (uint8_t)get(&data, 1);
			else if (*p == 'L')
				get(&data, 1);
			else if (*p == 'P')
				skip(&data, encoded_size(t->o, (uint8_t)get(&data, 1)));
		}
		if (data.bad)
			return false;
	} else if (*augmentation) {
		return false;
	}
	out->program = body.p;
	out->program_end = body.end;
	return !body.bad;
}

/* One instruction that does not begin with its operand. */
static void run_other(struct cursor *c, const struct object *o, unsigned op, struct cfa *cfa,
		      struct cfa *remembered, unsigned *n)
{
	switch (op) {
	case 0x00: break; /* nop */
	case 0x01: skip(c, o->word); break; /* set_loc */
	case 0x02: skip(c, 1); break; /* advance_loc1, 2, 4 */
	case 0x03: skip(c, 2); break;
	case 0x04: skip(c, 4); break;
	case 0x05: /* offset_extended, register, offset_extended_sf, val_offset, val_offset_sf */
	case 0x09:
	case 0x11:
	case 0x14:
	case 0x15:
	case 0x2f:
		get_uleb(c);
		get_uleb(c);
		break;
	case 0x06: /* restore_extended, undefined, same_value; GNU_args_size */
	case 0x07:
	case 0x08:
	case 0x2e: get_uleb(c); break;
	case 0x0a: /* remember_state */
		if (*n == MAX_REMEMBERED)
			c->bad = true;
		else
			remembered[(*n)++] = *cfa;
		break;
	case 0x0b: /* restore_state */
		if (!*n)
			c->bad = true;
		else
			*cfa = remembered[--*n];
		break;
	case 0x0c: /* def_cfa */
		cfa->reg = get_uleb(c);
		cfa->offset = (int64_t)get_uleb(c);
		cfa->expression = false;
		break;
	case 0x0d: cfa->reg = get_uleb(c); break; /* def_cfa_register */
	case 0x0e: cfa->offset = (int64_t)get_uleb(c); break; /* def_cfa_offset */
	case 0x0f: /* def_cfa_expression */
		skip(c, get_uleb(c));
		cfa->expression = true;
		break;
	case 0x10: /* expression, val_expression */
	case 0x16:
		get_uleb(c);
		skip(c, get_uleb(c));
		break;
	case 0x2d: break; /* AARCH64_negate_ra_state */
	default: c->bad = true;
	}
}

static uint64_t sp_number(enum arch arch)
{
	switch (arch) {
	case ARCH_X86_64: return 7;
	case ARCH_I386: return 4;
	case ARCH_AARCH64: return 31;
	case ARCH_ARM: return 13;
	case ARCH_RISCV64: return 2;
	}
	return UINT64_MAX;
}

struct rows {
	struct cfa cfa;
	struct cfa first; /* as it holds at the first address */
	int64_t deepest;
	bool known; /* every row counts from SP */
	bool moved; /* behind the first address */
};

static bool is_advance(unsigned op)
{
	return op >> 6 == 1 || (op >= 0x01 && op <= 0x04);
}

static void add_row(const struct object *o, struct rows *r)
{
	if (r->cfa.expression || r->cfa.reg != sp_number(o->arch))
		r->known = false;
	else if (r->cfa.offset > r->deepest)
		r->deepest = r->cfa.offset;
}

/* Runs a program to its end. The rule that holds when the address moves on is a row. */
static bool run(const struct object *o, const uint8_t *p, const uint8_t *end, struct rows *r)
{
	struct cursor c = {p, end, false};
	struct cfa remembered[MAX_REMEMBERED];
	unsigned n = 0;

	while (c.p < c.end && !c.bad) {
		unsigned op = (unsigned)get(&c, 1);

		if (is_advance(op)) {
			add_row(o, r);
			if (!r->moved)
				r->first = r->cfa;
			r->moved = true;
		}
		if (op >> 6 == 2)
			get_uleb(&c); /* offset */
		else if (op < 0x40)
			run_other(&c, o, op, &r->cfa, remembered, &n);
	}
	return !c.bad;
}

static void read_rows(const struct table *t, const struct cie *cie, const struct cursor *body,
		      struct unwind_func *f)
{
	struct rows r = {.known = true};
	struct cfa at_entry;

	if (!run(t->o, cie->program, cie->program_end, &r) || r.moved)
		return;
	at_entry = r.cfa;
	if (!run(t->o, body->p, body->end, &r))
		return;
	add_row(t->o, &r);
	if (!r.moved)
		r.first = r.cfa;
	f->bytes = r.known ? r.deepest : BYTES_UNKNOWN;
	f->part = r.first.reg != at_entry.reg || r.first.offset != at_entry.offset ||
		  r.first.expression;
}

static void read_fde(const struct table *t, const struct cie *cie, struct cursor body)
{
	struct unwind_func f = {.bytes = BYTES_UNKNOWN};

	if (!encoded_size(t->o, cie->encoding) ||
	    !get_place(t, &body, cie->encoding, &f.section, &f.start))
		return;
	f.size = get(&body, encoded_size(t->o, cie->encoding));
	if (cie->augmented)
		skip(&body, get_uleb(&body));
	if (body.bad)
		return;
	read_rows(t, cie, &body, &f);
	*vec_push(&t->out->funcs) = f;
}

/* Reads the CIE at an offset of the section, where an FDE says that it is. */
static bool find_cie(const struct table *t, uint64_t at, struct cie *out)
{
	const struct object_section *s = &t->o->sections[t->section];
	struct cursor c = {s->data, s->data + s->size, false};
	uint64_t length;

	out->at = UINT64_MAX;
	skip(&c, at);
	length = get(&c, 4);
	if (length == 0xffffffff)
		length = get(&c, 8);
	if (c.bad || length < 5 || length > (uint64_t)(c.end - c.p))
		return false;
	c.end = c.p + length;
	if (get(&c, 4) != (t->eh ? 0 : 0xffffffff) || !read_cie(t, at, c, out)) {
		out->at = UINT64_MAX;
		return false;
	}
	return true;
}

void unwind_read_cfi(struct object *o, uint32_t section, bool eh, struct unwind *u)
{
	struct table t = {.o = o, .section = section, .eh = eh, .out = u};
	const struct object_section *s = &o->sections[section];
	struct cursor c = {s->data, s->data + s->size, false};
	struct cie cie = {.at = UINT64_MAX};

	while (c.end - c.p >= 8) {
		uint64_t at = (uint64_t)(c.p - s->data), id_at, id, cie_at;
		uint64_t length = get(&c, 4);
		bool wide = length == 0xffffffff;
		struct cursor body;

		if (wide)
			length = get(&c, 8);
		if (!length)
			continue;
		if (c.bad || length > (uint64_t)(c.end - c.p))
			return;
		body = (struct cursor){c.p, c.p + length, false};
		c.p += length;
		id_at = (uint64_t)(body.p - s->data);
		id = get(&body, wide && !eh ? 8 : 4);
		if (id == (eh ? 0 : wide ? UINT64_MAX : 0xffffffff)) {
			if (!read_cie(&t, at, body, &cie))
				cie.at = UINT64_MAX;
			continue;
		}
		/* Most often the last one that was read. */
		cie_at = eh ? id_at - id : id;
		if (!eh && !o->linked) {
			const struct object_reloc *r =
				object_reloc_in(o, section, id_at, id_at + 1);

			cie_at = r ? (uint64_t)r->addend : id;
		}
		if (cie_at != cie.at && !find_cie(&t, cie_at, &cie))
			continue;
		read_fde(&t, &cie, body);
	}
}
