/* The x86 instructions whose bytes are simple to read, without a detour over LLVM's text. For use by machine_x86.c only. */
#ifndef STACKCHECK_EXTRACT_X86_BYTES_H
#define STACKCHECK_EXTRACT_X86_BYTES_H

#include "extract/x86_text.h"

/*
 * A mov, lea, movzx, movsx, test or one of add, or, adc, sbb, and, sub, xor, cmp at `p`, of which `room` bytes may be read,
 * without prefixes but REX: its length, and mnemonic and operands as LLVM's text has them, source first. 0: something else.
 */
unsigned x86_bytes_read(const uint8_t *p, uint64_t room, unsigned word, const char **mnemonic,
			struct x86_operand op[2]);

#endif
