/* x86 instructions as LLVM prints them in AT&T syntax: prefixes, mnemonic, operands. For use by machine_x86.c only. */
#ifndef STACKCHECK_EXTRACT_X86_TEXT_H
#define STACKCHECK_EXTRACT_X86_TEXT_H

#include "extract/insn.h"

/* X86_TARGET is no register: what an indirect call reads from memory. */
enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R15 = 15, X86_TARGET = 16, N_X86_REGS = 17 };

enum operand_kind { OPERAND_NONE, OPERAND_REG, OPERAND_IMM, OPERAND_MEM };

struct x86_operand {
	enum operand_kind kind;
	bool star; /* "*" before it: an indirect target */
	bool indexed; /* memory with an index register */
	bool absolute; /* memory without any register, or relative to rip */
	bool segment; /* %gs: or %fs: */
	uint8_t reg; /* the register, or the base of the memory operand */
	uint8_t index, scale;
	unsigned width;
	int64_t imm; /* immediate, displacement */
};

/* Operands in the order of the text, source first; gives how many there are. */
unsigned x86_operands(char *text, struct x86_operand op[4]);

/* Splits "\tmnemonic\toperands", passing over the prefixes that LLVM prints before the mnemonic; gives the mnemonic, and the
   operands' text in *rest. */
char *x86_split(char *text, char **rest);

#endif
