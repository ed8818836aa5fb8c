#include "extract/insn.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* AArch64 from LLVM's text. Register 31 is SP here; the zero register is none. */

enum { FP = 29, LR = 30, SP = 31, N_REGS = 32 };

struct operand {
	enum { OPERAND_OTHER, OPERAND_REG, OPERAND_IMM, OPERAND_MEM } kind;
	uint8_t reg; /* the register, or the base of the memory operand */
	bool narrow; /* a w register */
	bool zero; /* xzr, wzr */
	bool indexed; /* memory with an index register */
	bool writeback; /* [base, #imm]! */
	int64_t imm;
};

static void parse_register(const char *s, struct operand *op)
{
	char *end;
	unsigned long n;

	op->reg = NO_REG;
	if (!strncmp(s, "sp", 2) || !strncmp(s, "wsp", 3)) {
		op->kind = OPERAND_REG;
		op->reg = SP;
		op->narrow = *s == 'w';
		return;
	}
	if (*s != 'x' && *s != 'w')
		return;
	op->narrow = *s == 'w';
	if (!strncmp(s + 1, "zr", 2)) {
		op->kind = OPERAND_REG;
		op->zero = true;
		return;
	}
	n = strtoul(s + 1, &end, 10);
	if (end == s + 1 || n > LR)
		return;
	op->kind = OPERAND_REG;
	op->reg = (uint8_t)n;
}

/* "[x0]", "[sp, #-16]!", "[x0, x1, lsl #3]", "[x0, #2, mul vl]" */
static void parse_memory(const char *s, struct operand *op)
{
	const char *close = strchr(s, ']'), *comma = strchr(s, ',');

	parse_register(s + 1, op);
	op->kind = OPERAND_MEM;
	op->writeback = close && close[1] == '!';
	if (!comma)
		return;
	comma += strspn(comma, ", ");
	op->indexed = *comma != '#' || strstr(comma, "mul");
	if (*comma == '#')
		insn_number(comma, &op->imm);
}

static struct operand parse(const struct insn_text *t, unsigned i)
{
	struct operand op = {.reg = NO_REG};

	if (i >= t->n)
		return op;
	if (*t->op[i] == '[')
		parse_memory(t->op[i], &op);
	else if (*t->op[i] == '#' && insn_number(t->op[i], &op.imm))
		op.kind = OPERAND_IMM;
	else
		parse_register(t->op[i], &op);
	return op;
}

/* "lsl #12", "uxtx #4", "sxtw": the number of bits, 0 for none; -1 for a shift that is not to the left. */
static int shift_of(const struct insn_text *t, unsigned i)
{
	const char *number;
	int64_t bits = 0;

	if (i >= t->n)
		return 0;
	if (strncmp(t->op[i], "lsl", 3) && t->op[i][1] != 'x')
		return -1;
	number = strchr(t->op[i], '#');
	if (number)
		insn_number(number, &bits);
	return bits >= 0 && bits < 64 ? (int)bits : -1;
}

static void clobber(struct insn *in, uint8_t reg)
{
	if (reg != NO_REG)
		insn_effect(in, EFFECT_CLOBBER, reg, NO_REG, 0);
}

static void decode_mov(struct insn *in, const struct insn_text *t)
{
	struct operand rd = parse(t, 0), from = parse(t, 1);

	if (rd.kind != OPERAND_REG || rd.reg == NO_REG)
		return;
	if (from.zero)
		insn_effect(in, EFFECT_CONST, rd.reg, NO_REG, 0);
	else if (from.kind == OPERAND_IMM)
		insn_effect(in, EFFECT_CONST, rd.reg, NO_REG,
			    rd.narrow ? (int64_t)(uint32_t)from.imm : from.imm);
	else if (from.kind == OPERAND_REG && !rd.narrow)
		insn_effect(in, EFFECT_MOVE, rd.reg, from.reg, 0);
	else
		clobber(in, rd.reg);
}

static void decode_movk(struct insn *in, const struct insn_text *t)
{
	struct operand rd = parse(t, 0), value = parse(t, 1);
	int bits = shift_of(t, 2);

	if (rd.reg == NO_REG)
		return;
	if (value.kind != OPERAND_IMM || bits < 0 || bits > 48)
		clobber(in, rd.reg);
	else
		insn_effect3(in, EFFECT_INSERT, rd.reg, rd.reg, (uint8_t)bits, value.imm & 0xffff);
}

static void decode_add(struct insn *in, const struct insn_text *t, bool subtract)
{
	struct operand rd = parse(t, 0), rs = parse(t, 1), by = parse(t, 2);
	int bits = shift_of(t, 3);

	if (rd.kind != OPERAND_REG || rd.reg == NO_REG)
		return;
	if (rd.narrow || rs.reg == NO_REG || bits < 0 || by.kind == OPERAND_OTHER) {
		clobber(in, rd.reg);
	} else if (by.kind == OPERAND_IMM) {
		int64_t imm = (int64_t)((uint64_t)by.imm << bits);

		insn_effect(in, EFFECT_MOVE, rd.reg, rs.reg, subtract ? -imm : imm);
	} else {
		insn_effect3(in, subtract ? EFFECT_SUB : EFFECT_ADD, rd.reg, rs.reg, by.reg,
			     bits < 32 ? (int64_t)1 << bits : 0);
	}
}

static void decode_and(struct insn *in, const struct insn_text *t)
{
	struct operand rd = parse(t, 0), rs = parse(t, 1), mask = parse(t, 2);

	if (rd.kind != OPERAND_REG || rd.reg == NO_REG)
		return;
	if (mask.kind == OPERAND_IMM && !rd.narrow && rs.reg != NO_REG)
		insn_effect(in, EFFECT_ALIGN, rd.reg, rs.reg, mask.imm);
	else
		clobber(in, rd.reg);
}

/* SVE: a multiple of the vector length, which is not known here. */
static void decode_addvl(struct insn *in, const struct insn_text *t)
{
	struct operand rd = parse(t, 0), rs = parse(t, 1), by = parse(t, 2);

	if (rd.reg == NO_REG || rs.reg == NO_REG || by.kind != OPERAND_IMM)
		return;
	insn_effect3(in, by.imm < 0 ? EFFECT_SUB : EFFECT_ADD, rd.reg, rs.reg, NO_REG, 1);
}

/* Loads and stores of one or two whole registers, and every form of write-back. */
static void decode_memory(struct insn *in, const struct insn_text *t, bool load, bool whole)
{
	unsigned at = 0;
	struct operand mem, step;

	while (at < t->n && *t->op[at] != '[')
		at++;
	mem = parse(t, at);
	step = parse(t, at + 1);
	if (mem.kind != OPERAND_MEM)
		return;
	if (mem.writeback && mem.reg != NO_REG) {
		insn_effect(in, EFFECT_MOVE, mem.reg, mem.reg, mem.imm);
		mem.imm = 0;
	}
	for (unsigned i = 0; i < at && i < 2; i++) {
		struct operand r = parse(t, i);
		bool known = whole && !r.narrow && r.kind == OPERAND_REG && !mem.indexed &&
			     mem.reg != NO_REG;

		if (load && r.reg != NO_REG && known && r.reg != mem.reg)
			insn_effect(in, EFFECT_LOAD, r.reg, mem.reg, mem.imm + 8 * i);
		else if (load)
			clobber(in, r.reg);
		else if (whole && !mem.indexed && mem.reg != NO_REG)
			insn_effect(in, EFFECT_STORE, r.narrow ? (uint8_t)NO_REG : r.reg, mem.reg,
				    mem.imm + 8 * i);
	}
	if (at + 1 < t->n && mem.reg != NO_REG) {
		if (step.kind == OPERAND_IMM)
			insn_effect(in, EFFECT_MOVE, mem.reg, mem.reg, step.imm);
		else
			clobber(in, mem.reg);
	}
}

static bool is_store(const char *m)
{
	return str_starts(m, "st") || str_starts(m, "dc") || str_starts(m, "prf");
}

/* Anything else: the first operand is the destination; atomics write their second one, too. */
static void decode_other(struct insn *in, const struct insn_text *t)
{
	static const char *const none[] = {"cmp", "cmn", "tst", "ccmp", "ccmn", "fcmp", "msr",
					   "dmb", "dsb", "isb", "hint", "ic",	"tlbi", "nop",
					   "svc", "hvc", "smc", "at",	"sys"};
	const char *m = t->mnemonic;

	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		if (!strcmp(m, none[i]))
			return;
	clobber(in, parse(t, 0).reg);
	if (str_starts(m, "swp") || str_starts(m, "cas"))
		clobber(in, parse(t, 1).reg);
	for (unsigned i = 0; i < t->n && in->n_effects < MAX_EFFECTS; i++) {
		size_t len = strlen(t->op[i]);

		/* The copy and set instructions write all their registers. */
		if (len && t->op[i][len - 1] == '!')
			clobber(in, parse(t, i).reg);
	}
}

static void set_target(struct insn *in, const struct object *o, uint32_t section, const char *text)
{
	const struct object_reloc *r = object_reloc_in(o, section, in->offset, in->offset + 4);
	int64_t distance;

	if (r && r->kind == RELOC_BRANCH)
		insn_target_reloc(in, o, r, 0);
	else if (insn_number(text, &distance))
		insn_target_local(in, section, in->offset + (uint64_t)distance);
}

/* Plain and pointer-authenticating branches to registers; false: none of them. */
static bool decode_register_branch(struct insn *in, const struct insn_text *t)
{
	const char *m = t->mnemonic;

	if (str_starts(m, "ret") || !strcmp(m, "eret") || str_starts(m, "ereta")) {
		in->flow = FLOW_RETURN;
	} else if (str_starts(m, "blr")) {
		in->flow = FLOW_CALL;
		in->indirect = true;
	} else if (!strcmp(m, "br") || str_starts(m, "braa") || str_starts(m, "brab")) {
		in->flow = FLOW_JUMP;
		in->indirect = true;
		in->jump_reg = parse(t, 0).reg;
	} else {
		return false;
	}
	return true;
}

static bool decode_flow(const struct object *o, uint32_t section, struct insn *in,
			const struct insn_text *t)
{
	const char *m = t->mnemonic;

	if (decode_register_branch(in, t))
		return true;
	if (!strcmp(m, "b"))
		in->flow = FLOW_JUMP;
	else if (!strcmp(m, "bl"))
		in->flow = FLOW_CALL;
	else if (str_starts(m, "b.") || str_starts(m, "bc.") || str_starts(m, "cb") ||
		 str_starts(m, "tbz") || str_starts(m, "tbnz"))
		in->flow = FLOW_BRANCH;
	else
		return false;
	in->not_equal = !strcmp(m, "b.ne");
	in->below_equal = !strcmp(m, "b.le") || !strcmp(m, "b.ls");
	if (t->n)
		set_target(in, o, section, t->op[t->n - 1]);
	return true;
}

static bool is_trap(const char *m)
{
	return !strcmp(m, "brk") || !strcmp(m, "udf") || !strcmp(m, "hlt");
}

static void decode(const struct object *o, uint32_t section, char *text, struct insn *in)
{
	struct insn_text t;
	const char *m;

	insn_split(&t, text);
	m = t.mnemonic;
	if (decode_flow(o, section, in, &t))
		return;
	if (is_trap(m)) {
		in->flow = FLOW_TRAP;
		in->padding = true;
		return;
	}
	in->padding = !strcmp(m, "nop");
	if (!strcmp(m, "cmp") && parse(&t, 0).reg == SP)
		in->compares = parse(&t, 1).reg;
	if (!strcmp(m, "mov"))
		decode_mov(in, &t);
	else if (!strcmp(m, "movk"))
		decode_movk(in, &t);
	else if (!strcmp(m, "add") || !strcmp(m, "adds"))
		decode_add(in, &t, false);
	else if (!strcmp(m, "sub") || !strcmp(m, "subs"))
		decode_add(in, &t, true);
	else if (!strcmp(m, "and"))
		decode_and(in, &t);
	else if (!strcmp(m, "addvl") || !strcmp(m, "addpl"))
		decode_addvl(in, &t);
	else if (str_starts(m, "stx") || str_starts(m, "stlx"))
		clobber(in, parse(&t, 0).reg);
	else if (is_store(m))
		decode_memory(in, &t, false,
			      !strcmp(m, "str") || !strcmp(m, "stp") || !strcmp(m, "stur"));
	else if (str_starts(m, "ld"))
		decode_memory(in, &t, true,
			      !strcmp(m, "ldr") || !strcmp(m, "ldp") || !strcmp(m, "ldur"));
	else
		decode_other(in, &t);
}

const struct isa isa_aarch64 = {
	.arch = ARCH_AARCH64,
	.entry_bytes = 0,
	.word = 8,
	.alignment = 16,
	.sp = SP,
	.n_regs = N_REGS,
	/* x0 to x18 and the link register */
	.call_clobbers = 0x4007ffff,
	.frame_pointers = 1u << FP,
	.decode = decode,
};
