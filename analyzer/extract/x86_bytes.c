#include "extract/x86_bytes.h"

/*
 * [REX] opcode, ModR/M, [SIB], [displacement of 1 or 4 bytes], [constant of 1 or 4 bytes]: most of the instructions that
 * occur only once, for their displacements. What has other prefixes is left to LLVM.
 */

enum { REX_B = 1, REX_X = 2, REX_R = 4, REX_W = 8, REX = 0x40 };

static int64_t little_endian(const uint8_t *p, unsigned n)
{
	if (n == 1)
		return (int8_t)p[0];
	return (int32_t)((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
			 (uint32_t)p[3] << 24);
}

/* The memory operand whose ModR/M byte is p[0]; gives the bytes it takes, ModR/M included, 0 when it needs more than `room`. */
static unsigned memory_operand(const uint8_t *p, uint64_t room, unsigned rex, unsigned word,
			       struct x86_operand *op)
{
	unsigned mod = p[0] >> 6, rm = p[0] & 7, len = 1;
	unsigned n = mod == 1 ? 1 : mod == 2 ? 4 : 0;
	bool sib = rm == 4;

	*op = (struct x86_operand){.kind = OPERAND_MEM, .reg = NO_REG, .index = NO_REG};
	if (sib && room < 2)
		return 0;
	if (sib) {
		unsigned index = (p[1] >> 3 & 7) | (rex & REX_X ? 8 : 0);

		rm = p[1] & 7;
		len = 2;
		op->indexed = index != RSP;
		op->index = op->indexed ? (uint8_t)index : (uint8_t)NO_REG;
		op->scale = (uint8_t)(1u << (p[1] >> 6));
	}
	if (rm == RBP && !mod) {
		n = 4;
		op->absolute = !sib || (!op->indexed && word == 8);
	} else {
		op->reg = (uint8_t)(rm | (rex & REX_B ? 8 : 0));
	}
	if (room < len + n)
		return 0;
	op->imm = n ? little_endian(p + len, n) : 0;
	return len + n;
}

/* Without REX the upper four of the byte registers are ah, ch, dh and bh. */
static struct x86_operand register_operand(unsigned reg, unsigned rex, unsigned bit, unsigned width)
{
	if (width == 1 && !rex && reg >= 4)
		reg -= 4;
	return (struct x86_operand){.kind = OPERAND_REG,
				    .reg = (uint8_t)(reg | (rex & bit ? 8 : 0)),
				    .index = NO_REG,
				    .width = width};
}

/* What an opcode says. */
struct form {
	const char *const *names; /* by width: 1, 4, 8 bytes */
	unsigned width; /* of the operands; 0: of the whole register */
	unsigned from; /* width of the operand in register or memory, when it is another one */
	unsigned constant; /* bytes; it is the source then */
	bool load; /* the register is the destination */
	bool memory; /* the other operand cannot be a register */
};

static const char *const arithmetic[8][3] = {{"addb", "addl", "addq"}, {"orb", "orl", "orq"},
					     {"adcb", "adcl", "adcq"}, {"sbbb", "sbbl", "sbbq"},
					     {"andb", "andl", "andq"}, {"subb", "subl", "subq"},
					     {"xorb", "xorl", "xorq"}, {"cmpb", "cmpl", "cmpq"}};
static const char *const moves[3] = {"movb", "movl", "movq"};
static const char *const tests[3] = {"testb", "testl", "testq"};
static const char *const loads[3] = {NULL, "leal", "leaq"};
static const char *const widened[4][3] = {{NULL, "movzbl", "movzbq"},
					  {NULL, "movzwl", "movzwq"},
					  {NULL, "movsbl", "movsbq"},
					  {NULL, "movswl", "movswq"}};

/* The form of an opcode byte; `reg`: the middle three bits of ModR/M. False: something else. */
static bool find_form(uint8_t opcode, unsigned reg, struct form *f)
{
	unsigned width = opcode & 1 ? 0 : 1;

	if (opcode < 0x40 && (opcode & 7) < 4) {
		*f = (struct form){
			.names = arithmetic[opcode >> 3], .width = width, .load = opcode & 2};
		return true;
	}
	switch (opcode) {
	case 0x80:
	case 0x81:
	case 0x83:
		*f = (struct form){.names = arithmetic[reg],
				   .width = width,
				   .constant = opcode == 0x81 ? 4 : 1};
		return true;
	case 0x84:
	case 0x85: *f = (struct form){.names = tests, .width = width}; return true;
	case 0x88:
	case 0x89: *f = (struct form){.names = moves, .width = width}; return true;
	case 0x8a:
	case 0x8b: *f = (struct form){.names = moves, .width = width, .load = true}; return true;
	case 0x8d: *f = (struct form){.names = loads, .load = true, .memory = true}; return true;
	case 0xc6:
	case 0xc7:
		*f = (struct form){.names = moves, .width = width, .constant = width ? 1 : 4};
		return !reg;
	case 0xf6:
	case 0xf7:
		*f = (struct form){.names = tests, .width = width, .constant = width ? 1 : 4};
		return !reg;
	}
	return false;
}

/* Behind 0f. */
static bool find_long_form(uint8_t opcode, struct form *f)
{
	if (opcode != 0xb6 && opcode != 0xb7 && opcode != 0xbe && opcode != 0xbf)
		return false;
	*f = (struct form){.names = widened[(opcode & 1) + (opcode & 8 ? 2 : 0)],
			   .from = opcode & 1 ? 2u : 1u,
			   .load = true};
	return true;
}

/* The operands from ModR/M on; gives their bytes, 0: there are not as many, or that cannot be. */
static unsigned read_operands(const uint8_t *p, uint64_t room, unsigned rex, unsigned word,
			      const struct form *f, struct x86_operand op[2])
{
	unsigned width = f->width ? f->width : rex & REX_W ? 8 : 4, len = 1;
	struct x86_operand *other = &op[f->load ? 0 : 1], *own = &op[f->load ? 1 : 0];

	if (p[0] >> 6 == 3)
		*other = register_operand(p[0] & 7, rex, REX_B, f->from ? f->from : width);
	else
		len = memory_operand(p, room, rex, word, other);
	if (!len || (p[0] >> 6 == 3 && f->memory) || room < len + f->constant)
		return 0;
	if (f->constant) {
		*own = (struct x86_operand){.kind = OPERAND_IMM, .reg = NO_REG, .index = NO_REG};
		own->imm = little_endian(p + len, f->constant);
		/* LLVM prints constants of 32 bits without a sign. */
		if (f->constant == 4 && width == 4 && word == 8)
			own->imm = (uint32_t)own->imm;
	} else {
		*own = register_operand(p[0] >> 3 & 7, rex, REX_R, width);
	}
	return len + f->constant;
}

unsigned x86_bytes_read(const uint8_t *p, uint64_t room, unsigned word, const char **mnemonic,
			struct x86_operand op[2])
{
	unsigned rex = 0, len = 1, n;
	struct form f;

	if (word == 8 && room && (p[0] & 0xf0) == REX) {
		rex = p[0];
		p++;
		room--;
		len++;
	}
	if (room > 2 && p[0] == 0x0f && find_long_form(p[1], &f)) {
		p++;
		room--;
		len++;
	} else if (room < 2 || !find_form(p[0], p[1] >> 3 & 7, &f)) {
		return 0;
	}
	n = read_operands(p + 1, room - 1, rex, word, &f, op);
	*mnemonic = f.names[f.width == 1 ? 0 : rex & REX_W ? 2 : 1];
	return n ? len + n : 0;
}
