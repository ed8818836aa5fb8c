#include "extract/insn.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/*
 * RISC-V 64 from LLVM's text. A call is a pair, auipc and jalr; its relocation sits on the first, its effect on the
 * second. Branches inside a function may have relocations against local labels, because the linker may shorten code.
 */

enum { ZERO, RA, SP, T0 = 5, T1, T2, S0, S1, A0, S2 = 18, T3 = 28, N_REGS = 32 };

/* Number of an integer register by its ABI name; NO_REG for anything else. */
static uint8_t register_number(const char *s)
{
	static const struct {
		const char *name;
		uint8_t number;
	} single[] = {{"zero", ZERO}, {"ra", RA}, {"sp", SP}, {"gp", 3}, {"tp", 4}};
	char *end;
	unsigned long n;

	for (size_t i = 0; i < sizeof(single) / sizeof(*single); i++)
		if (!strcmp(s, single[i].name))
			return single[i].number;
	if (!strchr("tsa", *s) || s[1] < '0' || s[1] > '9')
		return NO_REG;
	n = strtoul(s + 1, &end, 10);
	if (*end)
		return NO_REG;
	switch (*s) {
	case 't': return n > 6 ? (uint8_t)NO_REG : (uint8_t)(n < 3 ? T0 + n : T3 + n - 3);
	case 's': return n > 11 ? (uint8_t)NO_REG : (uint8_t)(n < 2 ? S0 + n : S2 + n - 2);
	default: return n > 7 ? (uint8_t)NO_REG : (uint8_t)(A0 + n);
	}
}

static uint8_t reg(const struct insn_text *t, unsigned i)
{
	return i < t->n ? register_number(t->op[i]) : (uint8_t)NO_REG;
}

/* "72(sp)" */
static bool parse_memory(char *s, uint8_t *base, int64_t *imm)
{
	char *open = strchr(s, '('), *close = open ? strchr(open, ')') : NULL;

	if (!close)
		return false;
	*imm = 0;
	insn_number(s, imm);
	*close = '\0';
	*base = register_number(open + 1);
	*close = ')';
	return true;
}

static void clobber(struct insn *in, uint8_t rd)
{
	if (rd != NO_REG && rd != ZERO)
		insn_effect(in, EFFECT_CLOBBER, rd, NO_REG, 0);
}

/* The relocation of a call: on this instruction, or on the auipc right before it. */
static const struct object_reloc *branch_reloc(const struct object *o, uint32_t section,
					       uint64_t from, uint64_t to)
{
	const struct object_reloc *r = object_reloc_in(o, section, from, to);

	return r && r->kind == RELOC_BRANCH ? r : NULL;
}

static uint32_t word_at(const struct object *o, uint32_t section, uint64_t offset)
{
	const uint8_t *p = o->sections[section].data + offset;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* jalr and jr: the second half of a direct call or jump, when an auipc of the same register stands before it. */
static bool pair_target(const struct object *o, uint32_t section, struct insn *in)
{
	const struct object_reloc *r;
	uint32_t auipc, jalr;

	if (in->len != 4 || in->offset < 4)
		return false;
	auipc = word_at(o, section, in->offset - 4);
	jalr = word_at(o, section, in->offset);
	if ((auipc & 0x7f) != 0x17 || (auipc >> 7 & 31) != (jalr >> 15 & 31))
		return false;
	r = branch_reloc(o, section, in->offset - 4, in->offset);
	if (r)
		insn_target_reloc(in, o, r, 0);
	else if (object_reloc_in(o, section, in->offset - 4, in->offset))
		return false; /* through the GOT, or relative to a label */
	else
		insn_target_local(in, section,
				  in->offset - 4 +
					  (uint64_t)(int64_t)(int32_t)(auipc & 0xfffff000) +
					  (uint64_t)(int64_t)((int32_t)jalr >> 20));
	return true;
}

static void set_target(struct insn *in, const struct object *o, uint32_t section, const char *text)
{
	const struct object_reloc *r = branch_reloc(o, section, in->offset, in->offset + in->len);
	int64_t distance;

	if (r)
		insn_target_reloc(in, o, r, 0);
	else if (insn_number(text, &distance))
		insn_target_local(in, section, in->offset + (uint64_t)distance);
}

/* jalr REG, jalr LINK, IMM(REG), jr REG, jr IMM(REG) */
static void decode_register_jump(const struct object *o, uint32_t section, struct insn *in,
				 const struct insn_text *t)
{
	bool call = !strcmp(t->mnemonic, "jalr");
	uint8_t target = reg(t, t->n - 1);
	int64_t imm;

	if (call && t->n > 1 && reg(t, 0) == ZERO)
		call = false;
	if (t->n && target == NO_REG)
		parse_memory(t->op[t->n - 1], &target, &imm);
	in->flow = call ? FLOW_CALL : FLOW_JUMP;
	if (pair_target(o, section, in))
		return;
	if (!call && target == RA) {
		in->flow = FLOW_RETURN;
		return;
	}
	in->indirect = true;
	in->jump_reg = target;
}

static bool decode_flow(const struct object *o, uint32_t section, struct insn *in,
			const struct insn_text *t)
{
	const char *m = t->mnemonic;

	if (!strcmp(m, "ret") || !strcmp(m, "mret") || !strcmp(m, "sret") || !strcmp(m, "mnret")) {
		in->flow = FLOW_RETURN;
		return true;
	}
	if (!strcmp(m, "jalr") || !strcmp(m, "jr")) {
		decode_register_jump(o, section, in, t);
		return true;
	}
	if (!strcmp(m, "j"))
		in->flow = FLOW_JUMP;
	else if (!strcmp(m, "jal"))
		in->flow = t->n > 1 && reg(t, 0) == ZERO ? FLOW_JUMP : FLOW_CALL;
	else if (*m == 'b' && t->n >= 2 && m[1] && strchr("elgn", m[1]) && !strchr(m, '.'))
		in->flow = FLOW_BRANCH;
	else
		return false;
	if (t->n)
		set_target(in, o, section, t->op[t->n - 1]);
	return true;
}

static void decode_load(struct insn *in, const struct insn_text *t)
{
	uint8_t rd = reg(t, 0), base = NO_REG;
	int64_t imm;

	if (rd == NO_REG || rd == ZERO)
		return;
	if (!strcmp(t->mnemonic, "ld") && t->n == 2 && parse_memory(t->op[1], &base, &imm) &&
	    base != NO_REG)
		insn_effect(in, EFFECT_LOAD, rd, base, imm);
	else
		clobber(in, rd);
}

static void decode_store(struct insn *in, const struct insn_text *t)
{
	uint8_t base = NO_REG;
	int64_t imm;

	if (t->n == 2 && parse_memory(t->op[1], &base, &imm) && base != NO_REG)
		insn_effect(in, EFFECT_STORE,
			    !strcmp(t->mnemonic, "sd") ? reg(t, 0) : (uint8_t)NO_REG, base, imm);
}

/* rd = rs + a number: addi, mv, li, lui; addiw for the constants that lui begins. */
static bool decode_immediate(struct insn *in, const struct insn_text *t)
{
	const char *m = t->mnemonic;
	uint8_t rd = reg(t, 0), rs = reg(t, 1);
	int64_t imm = 0;

	if (rd == NO_REG || rd == ZERO)
		return false;
	if (!strcmp(m, "li") && t->n == 2 && insn_number(t->op[1], &imm))
		insn_effect(in, EFFECT_CONST, rd, NO_REG, imm);
	else if (!strcmp(m, "lui") && t->n == 2 && insn_number(t->op[1], &imm))
		insn_effect(in, EFFECT_CONST, rd, NO_REG, (int32_t)(uint32_t)((uint64_t)imm << 12));
	else if (!strcmp(m, "mv") && rs != NO_REG)
		insn_effect(in, EFFECT_MOVE, rd, rs, 0);
	else if ((!strcmp(m, "addi") || !strcmp(m, "addiw")) && rs != NO_REG && t->n == 3 &&
		 insn_number(t->op[2], &imm))
		insn_effect(in, EFFECT_MOVE, rd, rs, imm);
	else if (!strcmp(m, "andi") && rs != NO_REG && t->n == 3 && insn_number(t->op[2], &imm))
		insn_effect(in, EFFECT_ALIGN, rd, rs, imm);
	else
		return false;
	return true;
}

static bool decode_add(struct insn *in, const struct insn_text *t)
{
	const char *m = t->mnemonic;
	uint8_t rd = reg(t, 0), rs = reg(t, 1), by = reg(t, 2);

	if (rd == NO_REG || rd == ZERO || rs == NO_REG || by == NO_REG)
		return false;
	if (!strcmp(m, "add"))
		insn_effect3(in, EFFECT_ADD, rd, rs, by, 1);
	else if (!strcmp(m, "sub"))
		insn_effect3(in, EFFECT_SUB, rd, rs, by, 1);
	else if (m[0] == 's' && m[1] == 'h' && m[2] >= '1' && m[2] <= '3' && !strcmp(m + 3, "add"))
		insn_effect3(in, EFFECT_ADD, rd, by, rs, (int64_t)1 << (m[2] - '0'));
	else
		return false;
	return true;
}

static bool is_store(const char *m)
{
	return !strcmp(m, "sb") || !strcmp(m, "sh") || !strcmp(m, "sw") || !strcmp(m, "sd") ||
	       !strcmp(m, "fsw") || !strcmp(m, "fsd") || !strcmp(m, "fsh");
}

static void decode(const struct object *o, uint32_t section, char *text, struct insn *in)
{
	struct insn_text t;
	const char *m;

	insn_split(&t, text);
	m = t.mnemonic;
	if (decode_flow(o, section, in, &t))
		return;
	if (!strcmp(m, "ebreak") || !strcmp(m, "unimp") || !strcmp(m, "c.unimp")) {
		in->flow = FLOW_TRAP;
		in->padding = strcmp(m, "ebreak");
		return;
	}
	in->padding = !strcmp(m, "nop") || !strcmp(m, "c.nop");
	if (is_store(m))
		decode_store(in, &t);
	else if (*m == 'l' && t.n == 2 && strchr(t.op[1], '('))
		decode_load(in, &t);
	else if (!decode_immediate(in, &t) && !decode_add(in, &t))
		clobber(in, reg(&t, 0));
}

const struct isa isa_riscv64 = {
	.arch = ARCH_RISCV64,
	.entry_bytes = 0,
	.word = 8,
	.alignment = 16,
	.sp = SP,
	.n_regs = N_REGS,
	/* ra, t0 to t2, a0 to a7, t3 to t6 */
	.call_clobbers = 0xf003fce2,
	/* s0 */
	.frame_pointers = 1u << 8,
	.decode = decode,
};
