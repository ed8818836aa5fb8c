/* Which machine a command builds for. For use inside input/. */
#ifndef STACKCHECK_INPUT_TARGET_H
#define STACKCHECK_INPUT_TARGET_H

#include "input/words.h"

#include <stdbool.h>

/* The triple in the name of a cross compiler ("/opt/bin/aarch64-linux-gnu-gcc-12"), as a word; NULL when the name
   has none. */
const char *target_from_program(struct words *w, const char *program);

/* The triple of cl.exe from its folder ("...\HostX64\x86\cl.exe"), also from "i686-...-clang-cl"; 64-bit x86 when
   the path doesn't say. */
const char *target_from_cl(struct words *w, const char *program);

/* The triple as -m16, -m32, -mx32 (33) or -m64 change it, as the compilers do; 0: unchanged. */
const char *target_with_bits(struct words *w, const char *triple, int bits);

/* Of this machine: what a compiler without prefix builds for. */
const char *target_host(struct words *w);

/* Does a cl command (program not in `ids`) build for 32-bit x86? */
bool target_cl_is_x86_32(struct words *w, const char *program, const uint32_t *ids, size_t n);

#endif
