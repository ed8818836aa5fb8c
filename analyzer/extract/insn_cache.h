/*
 * Instructions already decoded, by their bytes. For use by flow_code.c and machine.c only.
 *
 * Most of a driver's instructions occur again and again, and printing their text is what decoding costs. Machine code is a
 * prefix code: bytes that begin with a known instruction are that instruction, whatever follows, so
 * the length need not be known before the look-up. Only instructions without a pc-relative target are kept, and of those
 * with a relocation only the ones that it does not matter to: they mean the same in every place.
 */
#ifndef STACKCHECK_EXTRACT_INSN_CACHE_H
#define STACKCHECK_EXTRACT_INSN_CACHE_H

#include "extract/insn.h"

struct insn_cache;

struct insn_cache *insn_cache_open(void);

/* The instruction at `bytes`, of which `n` may be read; NULL: not known. Its section and offset mean nothing. */
const struct insn *insn_cache_find(struct insn_cache *c, const uint8_t *bytes, size_t n);

/* Keeps the instruction of in->len bytes. */
void insn_cache_add(struct insn_cache *c, const uint8_t *bytes, const struct insn *in);

void insn_cache_close(struct insn_cache *c);

#endif
