/*
 * One decoded instruction, reduced to what it does to SP, to registers that may hold stack addresses, and to the flow
 * of control; and the interface of an instruction set (one file each, machine_ISA.c). For use by machine*.c only.
 */
#ifndef STACKCHECK_EXTRACT_INSN_H
#define STACKCHECK_EXTRACT_INSN_H

#include "extract/object.h"

enum { MAX_EFFECTS = 4, MAX_REGS = 33, NO_REG = 255 };

enum flow {
	FLOW_NEXT,
	FLOW_CALL,
	FLOW_JUMP,
	FLOW_BRANCH, /* conditional jump */
	FLOW_RETURN,
	FLOW_TRAP, /* ud2 and the like: goes on only if nothing else leads to the next instruction */
};

enum effect_op {
	EFFECT_NONE,
	EFFECT_CONST, /* rd = imm */
	EFFECT_MOVE, /* rd = rs + imm */
	EFFECT_ADD, /* rd = rs + rt * imm */
	EFFECT_SUB, /* rd = rs - rt * imm */
	EFFECT_ALIGN, /* rd = rs & imm, imm a negative power of two */
	EFFECT_CLOBBER, /* rd = anything */
	EFFECT_NARROW, /* rd = low 32 bits of rs, zero-extended; `imm` the largest value it can have */
	EFFECT_MASK, /* rd = rs & imm, of which only the low 32 bits may count */
	EFFECT_SCALE, /* rd = rt * set + imm, in 32 bits or more */
	EFFECT_SHIFT, /* rd = rs >> imm */
	EFFECT_SYMBOL, /* rd = address of the function that object symbol `imm` names */
	EFFECT_STORE, /* [rs + imm] = rd, one word (rd NO_REG: anything) */
	EFFECT_LOAD, /* rd = [rs + imm], one word */
	EFFECT_INSERT, /* rd = rd with the 16 bits from bit rt on replaced by imm */
	EFFECT_STORE_SET, /* the registers of `set`, lowest first, go to the words from [rs + imm] on */
	EFFECT_LOAD_SET, /* the reverse; rs as it was before */
};

struct effect {
	uint8_t op, rd, rs, rt;
	uint32_t set;
	int64_t imm;
};

struct insn {
	uint32_t section;
	uint64_t offset; /* in its section */
	uint8_t len;
	uint8_t flow;
	uint8_t n_effects;
	bool indirect; /* target in a register or in memory */
	bool table; /* an indirect jump through a scaled index: a jump table */
	bool memory; /* an indirect jump through an unscaled memory operand: no jump table */
	bool padding; /* nop, int3: needs no path that leads to it */
	bool undecoded; /* not an instruction of this set */
	bool thumb; /* ARM: given, not set, by decode() */
	bool sets_flags; /* conditions that were known no longer hold */
	uint8_t cond; /* executed only under this condition, 0: always; cond ^ 1 is its opposite */
	uint8_t jump_reg; /* register that an indirect call or jump goes to, or NO_REG */
	uint16_t pops; /* FLOW_RETURN: bytes of arguments that it takes off the stack */
	bool push; /* lowers SP to pass a word */
	uint8_t compares; /* register that SP is compared with (probe loops), or NO_REG */
	uint8_t limits; /* register that is compared with the constant limit, or NO_REG */
	int64_t limit;
	enum limit_kind {
		LIMIT_NONE,
		LIMIT_ABOVE, /* FLOW_BRANCH: taken when above the limit, unsigned */
		LIMIT_ABOVE_EQUAL,
		LIMIT_BELOW,
		LIMIT_BELOW_EQUAL,
	} limit_kind;
	bool not_equal; /* FLOW_BRANCH: taken when not equal */
	bool below_equal; /* FLOW_BRANCH: taken when SP is at or below what it is compared with */
	/* Where a direct call or jump goes: a place in a section and/or a symbol. */
	uint32_t target_section; /* NO_SECTION: outside the object */
	uint64_t target_offset;
	uint32_t target_symbol; /* of the relocation, or NO_SYMBOL */
	const char *
		import; /* name of the function called through the GOT or an import table, or NULL */
	struct effect effects[MAX_EFFECTS];
};

struct isa {
	enum arch arch;
	unsigned entry_bytes; /* pushed by a call */
	unsigned word;
	unsigned alignment; /* of SP at every call, in bytes, as far as one can rely on it */
	uint8_t sp; /* register numbers, below MAX_REGS */
	uint8_t n_regs;
	uint64_t call_clobbers; /* bit per register that a call may change */
	uint64_t frame_pointers; /* bit per register that SP is taken back from */
	/*
	 * Fills `in` from LLVM's text of the instruction at offset..offset + len of the section (`text` is writable).
	 * `in` comes zeroed but for section, offset, len, thumb, compares, jump_reg and the targets (none).
	 */
	void (*decode)(const struct object *o, uint32_t section, char *text, struct insn *in);
	/*
	 * Does the same, `len` included, from the bytes of which `room` may be read, for what is frequent and different in
	 * many places; false, with nothing set that counts: needs the text. NULL: there is nothing of that kind.
	 */
	bool (*decode_bytes)(const struct object *o, uint32_t section, const uint8_t *bytes,
			     uint64_t room, struct insn *in);
	/* Can an instruction other than those mean something else for having this relocation? NULL: always. */
	bool (*reloc_matters)(const struct object *o, const struct object_reloc *r);
};

extern const struct isa isa_x86_64, isa_x86_64_windows, isa_i386, isa_aarch64, isa_arm, isa_riscv64;

/* A constant among the code. */
static inline bool insn_is_data(const struct insn *in)
{
	return in->undecoded && in->padding;
}

/* LLVM's text, split at the commas outside of brackets and braces. */
enum { MAX_OPERANDS = 8 };

struct insn_text {
	const char *mnemonic;
	unsigned n;
	char *op[MAX_OPERANDS];
};

/* Helpers for decode(). */
void insn_split(struct insn_text *t, char *text);
/* Number behind an optional '#', decimal or 0x; false when the text is something else. */
bool insn_number(const char *text, int64_t *value);
void insn_effect(struct insn *in, enum effect_op op, uint8_t rd, uint8_t rs, int64_t imm);
void insn_effect3(struct insn *in, enum effect_op op, uint8_t rd, uint8_t rs, uint8_t rt,
		  int64_t imm);
void insn_effect_set(struct insn *in, enum effect_op op, uint32_t set, uint8_t rs, int64_t imm);
/* rd = rt * factor + imm */
void insn_scale(struct insn *in, uint8_t rd, uint8_t rt, uint32_t factor, int64_t imm);
/* Sets a direct target from the relocation `r`, whose symbol + addend + bias is where control goes. */
void insn_target_reloc(struct insn *in, const struct object *o, const struct object_reloc *r,
		       int64_t bias);
/* Sets a direct target inside the instruction's own section. */
void insn_target_local(struct insn *in, uint32_t section, uint64_t offset);

#endif
