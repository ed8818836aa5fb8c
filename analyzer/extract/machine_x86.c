#include "extract/x86_bytes.h"

#include <stdlib.h>
#include <string.h>

/*
 * x86-64 and i386 from LLVM's AT&T text. Instructions that cannot touch SP, a copy of it, or the flow of control only
 * clobber their destination, which AT&T writes last.
 */

/* Hundreds of comparisons an instruction, nearly all of which end at the first letter. */
static inline bool starts(const char *s, const char *prefix)
{
	while (*prefix && *s == *prefix)
		s++, prefix++;
	return !*prefix;
}

/* With or without the AT&T size suffix. */
static inline bool is(const char *m, const char *name)
{
	while (*name && *m == *name)
		m++, name++;
	return !*name && (!*m || (!m[1] && (*m == 'b' || *m == 'w' || *m == 'l' || *m == 'q')));
}

static void clobber(struct insn *in, uint8_t reg)
{
	if (reg != NO_REG)
		insn_effect(in, EFFECT_CLOBBER, reg, NO_REG, 0);
}

/* Size of a push or pop from the suffix. */
static int64_t stack_step(const char *mnemonic, const struct isa *isa)
{
	size_t n = strlen(mnemonic);

	return mnemonic[n - 1] == 'w' ? 2 : isa->word;
}

static void decode_push(struct insn *in, const struct isa *isa, const char *m,
			const struct x86_operand *op, unsigned n)
{
	int64_t step = stack_step(m, isa);
	bool whole = n && op[0].kind == OPERAND_REG && op[0].reg != RSP;

	in->push = true;
	insn_effect(in, EFFECT_MOVE, RSP, RSP, is(m, "pusha") ? -8 * step : -step);
	if (n)
		insn_effect(in, EFFECT_STORE, whole ? op[0].reg : (uint8_t)NO_REG, RSP, 0);
}

static void decode_pop(struct insn *in, const struct isa *isa, const char *m,
		       const struct x86_operand *op, unsigned n)
{
	int64_t step = stack_step(m, isa);

	if (is(m, "popa")) {
		insn_effect(in, EFFECT_MOVE, RSP, RSP, 8 * step);
		clobber(in, RBP);
		clobber(in, RBX);
		return;
	}
	if (n && op[0].kind == OPERAND_REG && op[0].reg == RSP) {
		insn_effect(in, EFFECT_LOAD, RSP, RSP, 0);
		return;
	}
	if (n && op[0].kind == OPERAND_REG && op[0].reg != NO_REG)
		insn_effect(in, EFFECT_LOAD, op[0].reg, RSP, 0);
	insn_effect(in, EFFECT_MOVE, RSP, RSP, step);
}

static void decode_mov(struct insn *in, const struct isa *isa, const struct x86_operand *op,
		       unsigned n)
{
	if (n != 2) {
		return;
	} else if (op[1].kind == OPERAND_REG) {
		if (op[1].reg == NO_REG)
			return;
		if (op[0].kind == OPERAND_IMM && op[1].width >= 4)
			insn_effect(in, EFFECT_CONST, op[1].reg, NO_REG, op[0].imm);
		else if (op[0].kind == OPERAND_REG && op[0].reg != NO_REG &&
			 op[0].width == isa->word && op[1].width == isa->word)
			insn_effect(in, EFFECT_MOVE, op[1].reg, op[0].reg, 0);
		else if (op[0].kind == OPERAND_REG && op[0].reg != NO_REG && op[0].width == 4 &&
			 op[1].width == 4)
			insn_effect(in, EFFECT_NARROW, op[1].reg, op[0].reg, INT32_MAX);
		else if (op[0].kind == OPERAND_MEM && op[0].reg != NO_REG && !op[0].indexed &&
			 !op[0].segment && op[1].width == isa->word)
			insn_effect(in, EFFECT_LOAD, op[1].reg, op[0].reg, op[0].imm);
		else
			clobber(in, op[1].reg);
	} else if (op[1].kind == OPERAND_MEM && op[1].reg != NO_REG && !op[1].indexed &&
		   !op[1].segment) {
		bool whole = op[0].kind == OPERAND_REG && op[0].width == isa->word;

		insn_effect(in, EFFECT_STORE, whole ? op[0].reg : (uint8_t)NO_REG, op[1].reg,
			    op[1].imm);
	}
}

static void decode_lea(struct insn *in, const struct isa *isa, const struct x86_operand *op,
		       unsigned n)
{
	if (n != 2 || op[1].reg == NO_REG)
		return;
	/* GCC pads with `lea 0(%esi),%esi`. */
	in->padding = op[0].reg == op[1].reg && !op[0].imm && !op[0].indexed;
	if (op[0].kind == OPERAND_MEM && op[0].reg != NO_REG && !op[0].indexed &&
	    op[1].width == isa->word)
		insn_effect(in, EFFECT_MOVE, op[1].reg, op[0].reg, op[0].imm);
	else if (op[0].kind == OPERAND_MEM && op[0].reg == NO_REG && op[0].indexed &&
		 op[0].index != NO_REG && op[1].width >= 4)
		insn_scale(in, op[1].reg, op[0].index, op[0].scale, op[0].imm);
	else
		clobber(in, op[1].reg);
}

/* Additions and masks that keep a number small: in 32 bits, or with a mask that clears the upper half. */
static bool decode_narrow(struct insn *in, const struct isa *isa, const char *m,
			  const struct x86_operand *op)
{
	uint8_t rd = op[1].reg;

	if (op[0].kind != OPERAND_IMM || op[1].width < 4)
		return false;
	if (is(m, "and") && (op[0].imm >= 0 || op[1].width != isa->word)) {
		insn_effect(in, EFFECT_MASK, rd, rd, op[0].imm);
		return true;
	}
	if (is(m, "add") && op[1].width != isa->word) {
		insn_effect(in, EFFECT_NARROW, rd, rd, INT32_MAX);
		insn_effect(in, EFFECT_MOVE, rd, rd, op[0].imm);
		return true;
	}
	return false;
}

/* add, sub, and, cmp with a register as destination. */
static void decode_arithmetic(struct insn *in, const struct isa *isa, const char *m,
			      const struct x86_operand *op, unsigned n)
{
	uint8_t rd;

	if (n != 2 || op[1].kind != OPERAND_REG || op[1].reg == NO_REG)
		return;
	rd = op[1].reg;
	if (is(m, "cmp")) {
		if (op[0].kind == OPERAND_REG && rd == RSP)
			in->compares = op[0].reg;
		if (op[0].kind == OPERAND_IMM && op[0].imm >= 0 && op[1].width >= 4) {
			in->limits = rd;
			in->limit = op[0].imm;
		}
		return;
	}
	if (decode_narrow(in, isa, m, op)) {
		return;
	} else if (op[1].width != isa->word) {
		clobber(in, rd);
	} else if (op[0].kind == OPERAND_IMM) {
		if (is(m, "and"))
			insn_effect(in, EFFECT_ALIGN, rd, rd, op[0].imm);
		else
			insn_effect(in, EFFECT_MOVE, rd, rd, is(m, "add") ? op[0].imm : -op[0].imm);
	} else if (op[0].kind == OPERAND_REG && op[0].reg != NO_REG && !is(m, "and")) {
		insn_effect3(in, is(m, "add") ? EFFECT_ADD : EFFECT_SUB, rd, rd, op[0].reg, 1);
	} else if (rd == RSP && is(m, "sub")) {
		/* By a value in memory: deeper by an unknown amount. */
		insn_effect3(in, EFFECT_SUB, rd, rd, NO_REG, 1);
	} else {
		clobber(in, rd);
	}
}

/* Anything else: what stands outside of parentheses may change, and so may the registers that are never written out. */
static void decode_other(struct insn *in, const char *m, const struct x86_operand *op, unsigned n)
{
	static const char *const implicit[] = {"mul",	"imul",	 "div",	   "idiv",  "cmpxchg",
					       "cpuid", "rdtsc", "rdmsr",  "cltq",  "cqto",
					       "cltd",	"cwtl",	 "xgetbv", "rdpmc", "in"};

	if (starts(m, "test") || starts(m, "bt") || starts(m, "prefetch") || starts(m, "nop"))
		return;
	for (size_t i = 0; i < sizeof(implicit) / sizeof(*implicit); i++) {
		if (!starts(m, implicit[i]))
			continue;
		clobber(in, RAX);
		clobber(in, RDX);
		if (starts(m, "cpuid"))
			clobber(in, RBX);
		break;
	}
	if (n && op[n - 1].kind == OPERAND_REG)
		clobber(in, op[n - 1].reg);
	if ((starts(m, "xchg") || starts(m, "xadd")) && op[0].kind == OPERAND_REG)
		clobber(in, op[0].reg);
}

/* The relocation of the last four bytes gives a direct branch's target; without one it lies in this section. */
static void set_target(struct insn *in, const struct object *o, uint32_t section, int64_t distance)
{
	uint64_t end = in->offset + in->len;
	const struct object_reloc *r =
		in->len >= 5 ? object_reloc_in(o, section, end - 4, end) : NULL;

	if (r)
		insn_target_reloc(in, o, r, 4);
	else
		insn_target_local(in, section, end + (uint64_t)distance);
}

/* By the condition's number in the instruction. */
static void set_condition(struct insn *in, unsigned condition)
{
	static const enum limit_kind kinds[16] = {[2] = LIMIT_BELOW,
						  [3] = LIMIT_ABOVE_EQUAL,
						  [6] = LIMIT_BELOW_EQUAL,
						  [7] = LIMIT_ABOVE};

	in->not_equal = condition == 5;
	in->limit_kind = kinds[condition];
}

/* `call *foo@GOTPCREL(%rip)` and `call *__imp_foo` name their callee. */
static void set_import(struct insn *in, const struct object *o, uint32_t section)
{
	uint64_t end = in->offset + in->len;
	const struct object_reloc *r = object_reloc_in(o, section, in->offset, end);
	const char *name;

	if (!r || r->symbol == NO_SYMBOL)
		return;
	name = o->symbols[r->symbol].name;
	if (r->kind == RELOC_GOT)
		in->import = name;
	else if (o->coff && starts(name, "__imp_"))
		in->import = name + strlen("__imp_");
}

static void decode_flow(const struct object *o, uint32_t section, struct insn *in, const char *m,
			char *rest)
{
	struct x86_operand op[4];
	unsigned n;

	in->flow = *m == 'c' ? FLOW_CALL : is(m, "jmp") ? FLOW_JUMP : FLOW_BRANCH;
	in->not_equal = !strcmp(m, "jne");
	in->limit_kind = !strcmp(m, "ja")    ? LIMIT_ABOVE
			 : !strcmp(m, "jae") ? LIMIT_ABOVE_EQUAL
			 : !strcmp(m, "jb")  ? LIMIT_BELOW
			 : !strcmp(m, "jbe") ? LIMIT_BELOW_EQUAL
					     : LIMIT_NONE;
	if (*rest != '*') {
		set_target(in, o, section, strtoll(rest, NULL, 0));
		return;
	}
	n = x86_operands(rest, op);
	in->indirect = true;
	in->table = n && op[0].kind == OPERAND_MEM && op[0].indexed;
	in->memory = n && op[0].kind == OPERAND_MEM && !op[0].indexed;
	if (n && op[0].kind == OPERAND_REG) {
		in->jump_reg = op[0].reg;
	} else if (in->memory && op[0].reg != NO_REG && !op[0].segment) {
		in->jump_reg = X86_TARGET;
		insn_effect(in, EFFECT_LOAD, X86_TARGET, op[0].reg, op[0].imm);
	}
	if (n && op[0].kind == OPERAND_MEM && op[0].absolute)
		set_import(in, o, section);
}

/* The function whose address an instruction loads: from the GOT, from an import table, or as a constant. */
static bool load_symbol(const struct object *o, uint32_t section, struct insn *in, const char *m,
			const struct x86_operand *op, unsigned n)
{
	const struct object_reloc *r =
		object_reloc_in(o, section, in->offset, in->offset + in->len);
	const struct object_symbol *s;
	bool function, pointer;

	if (!r || r->symbol == NO_SYMBOL || n != 2 || op[1].kind != OPERAND_REG ||
	    op[1].reg == NO_REG || (op[0].kind == OPERAND_MEM && !op[0].absolute))
		return false;
	s = &o->symbols[r->symbol];
	function = !s->section_symbol && (s->function || s->undefined) && *s->name;
	pointer = r->kind == RELOC_GOT || (o->coff && starts(s->name, "__imp_"));
	if (is(m, "lea") || op[0].kind == OPERAND_IMM)
		function &= !pointer && r->addend == (r->kind == RELOC_RELATIVE ? -4 : 0);
	else
		function &= pointer;
	if (function)
		insn_effect(in, EFFECT_SYMBOL, op[1].reg, NO_REG, r->symbol);
	return function;
}

/* Direct calls and jumps: a fifth of all instructions, and no two of them have the same bytes. */
static bool decode_branch(const struct object *o, uint32_t section, const uint8_t *p, uint64_t room,
			  struct insn *in)
{
	/* A kernel's patchable jumps to thunks have a prefix without a meaning. */
	bool prefix = room >= 2 && p[0] == 0x2e && (p[1] == 0xe8 || p[1] == 0xe9);
	bool wide = room >= 2 && p[0] == 0x0f && (p[1] & 0xf0) == 0x80;
	bool near = wide || prefix || p[0] == 0xe8 || p[0] == 0xe9;
	uint8_t op = wide || prefix ? p[1] : p[0];

	if (!near && p[0] != 0xeb && (p[0] & 0xf0) != 0x70)
		return false;
	in->len = (uint8_t)(1 + (wide || prefix) + (near ? 4 : 1));
	if (in->len > room)
		return false;
	p += in->len - (near ? 4 : 1);
	if (op == 0xe8)
		in->flow = FLOW_CALL;
	else if (op == 0xe9 || op == 0xeb)
		in->flow = FLOW_JUMP;
	else
		in->flow = FLOW_BRANCH;
	if (in->flow == FLOW_BRANCH)
		set_condition(in, op & 15);
	set_target(in, o, section,
		   near ? (int32_t)((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
				    (uint32_t)p[3] << 24)
			: (int8_t)p[0]);
	return true;
}

/* What load_symbol() and set_import() ask for. */
static bool reloc_matters(const struct object *o, const struct object_reloc *r)
{
	const struct object_symbol *s = r->symbol == NO_SYMBOL ? NULL : &o->symbols[r->symbol];

	return s && (r->kind == RELOC_GOT || (o->coff && starts(s->name, "__imp_")) ||
		     (!s->section_symbol && (s->function || s->undefined) && *s->name));
}

static bool is_trap(const char *m)
{
	return starts(m, "ud2") || starts(m, "ud1") || starts(m, "ud0") || !strcmp(m, "int3");
}

/* An instruction that goes on to the next one, by its mnemonic and operands. */
static void decode_plain(struct insn *in, const struct isa *isa, const struct object *o,
			 uint32_t section, const char *m, struct x86_operand *op, unsigned n)
{
	in->padding = starts(m, "nop") || (!strcmp(m, "xchgw") && in->len == 2);
	/* LLVM prints 32-bit constants without a sign. */
	for (unsigned k = 0; k < n && isa->word == 4; k++)
		op[k].imm = (int32_t)op[k].imm;
	if (starts(m, "push"))
		decode_push(in, isa, m, op, n);
	else if (starts(m, "pop") && !starts(m, "popcnt"))
		decode_pop(in, isa, m, op, n);
	else if ((is(m, "mov") || is(m, "movabs") || is(m, "lea")) &&
		 load_symbol(o, section, in, m, op, n))
		return;
	else if (is(m, "mov") || is(m, "movabs"))
		decode_mov(in, isa, op, n);
	else if (is(m, "lea"))
		decode_lea(in, isa, op, n);
	else if (is(m, "add") || is(m, "sub") || is(m, "and") || is(m, "cmp"))
		decode_arithmetic(in, isa, m, op, n);
	else if (is(m, "leave")) {
		insn_effect(in, EFFECT_MOVE, RSP, RBP, 0);
		insn_effect(in, EFFECT_LOAD, RBP, RSP, 0);
		insn_effect(in, EFFECT_MOVE, RSP, RSP, isa->word);
	} else if (is(m, "inc") || is(m, "dec")) {
		if (n == 1 && op[0].kind == OPERAND_REG && op[0].reg != NO_REG)
			insn_effect(in, EFFECT_MOVE, op[0].reg, op[0].reg, is(m, "inc") ? 1 : -1);
	} else if (is(m, "xor") && n == 2 && op[0].kind == OPERAND_REG && op[0].reg == op[1].reg &&
		   op[0].width >= 4 && op[0].reg != NO_REG) {
		insn_effect(in, EFFECT_CONST, op[0].reg, NO_REG, 0);
	} else if ((is(m, "shl") || is(m, "shr")) && n == 2 && op[0].kind == OPERAND_IMM &&
		   op[1].kind == OPERAND_REG && op[1].reg != NO_REG && op[1].width >= 4) {
		if (is(m, "shr"))
			insn_effect(in, EFFECT_SHIFT, op[1].reg, op[1].reg, op[0].imm);
		else
			insn_scale(in, op[1].reg, op[1].reg,
				   op[0].imm >= 0 && op[0].imm < 5 ? 1u << op[0].imm : 255, 0);
	} else if (starts(m, "movz") && n == 2 && op[1].kind == OPERAND_REG &&
		   op[1].reg != NO_REG) {
		insn_effect(in, EFFECT_NARROW, op[1].reg,
			    op[0].kind == OPERAND_REG ? op[0].reg : (uint8_t)NO_REG,
			    m[4] == 'b' ? 0xff : 0xffff);
	} else if (starts(m, "enter")) {
		clobber(in, RSP);
	} else {
		decode_other(in, m, op, n);
	}
}

static void decode(const struct isa *isa, const struct object *o, uint32_t section, char *text,
		   struct insn *in)
{
	struct x86_operand op[4];
	char *rest, *m = x86_split(text, &rest);
	unsigned n;

	if (*m == 'j' || is(m, "call") || starts(m, "loop")) {
		decode_flow(o, section, in, m, rest);
		return;
	}
	if (is(m, "ret") || starts(m, "iret") || starts(m, "sysret") || starts(m, "sysexit") ||
	    starts(m, "lret")) {
		in->flow = FLOW_RETURN;
		if (*rest == '$')
			in->pops = (uint16_t)strtoul(rest + 1, NULL, 0);
		return;
	}
	if (is_trap(m)) {
		in->flow = FLOW_TRAP;
		in->padding = true;
		return;
	}
	n = x86_operands(rest, op);
	decode_plain(in, isa, o, section, m, op, n);
}

static bool decode_bytes(const struct object *o, uint32_t section, const uint8_t *p, uint64_t room,
			 struct insn *in)
{
	const struct isa *isa = o->arch == ARCH_I386 ? &isa_i386 : &isa_x86_64;
	struct x86_operand op[2];
	const char *m;
	unsigned len;

	if (decode_branch(o, section, p, room, in))
		return true;
	len = x86_bytes_read(p, room, isa->word, &m, op);
	if (!len)
		return false;
	in->len = (uint8_t)len;
	decode_plain(in, isa, o, section, m, op, 2);
	return true;
}

static void decode_x86_64(const struct object *o, uint32_t section, char *text, struct insn *in)
{
	decode(&isa_x86_64, o, section, text, in);
}

static void decode_i386(const struct object *o, uint32_t section, char *text, struct insn *in)
{
	decode(&isa_i386, o, section, text, in);
}

const struct isa isa_x86_64 = {
	.arch = ARCH_X86_64,
	.entry_bytes = 8,
	.word = 8,
	.alignment = 8,
	.sp = RSP,
	.n_regs = N_X86_REGS,
	/* rax rcx rdx rsi rdi r8 to r11 */
	.call_clobbers = 0x0fc7,
	.frame_pointers = 1u << RBP,
	.decode = decode_x86_64,
	.decode_bytes = decode_bytes,
	.reloc_matters = reloc_matters,
};

const struct isa isa_x86_64_windows = {
	.arch = ARCH_X86_64,
	.entry_bytes = 8,
	.word = 8,
	/* The ABI's promise, in the kernel too; Linux compiles its own for 8. */
	.alignment = 16,
	.sp = RSP,
	.n_regs = N_X86_REGS,
	/* rax rcx rdx r8 to r11; rsi and rdi are kept, and hold SP around a variable-length array */
	.call_clobbers = 0x0f07,
	.frame_pointers = 1u << RBP,
	.decode = decode_x86_64,
	.decode_bytes = decode_bytes,
	.reloc_matters = reloc_matters,
};

const struct isa isa_i386 = {
	.arch = ARCH_I386,
	.entry_bytes = 4,
	.word = 4,
	.alignment = 4,
	.sp = RSP,
	.n_regs = N_X86_REGS,
	.call_clobbers = 0x0007,
	.frame_pointers = 1u << RBP,
	.decode = decode_i386,
	.decode_bytes = decode_bytes,
	.reloc_matters = reloc_matters,
};
