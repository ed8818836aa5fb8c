/* Shared by the oracle's programs: small, deterministic, silent; the exit status says whether they computed right. */
#ifndef ORACLE_CHECK_H
#define ORACLE_CHECK_H

#define NOINLINE __attribute__((noinline))

/* Keeps a value in memory and its address known outside: no call or buffer is optimised away. */
#define KEEP(x) __asm__ volatile("" : : "r"(&(x)) : "memory")

/* Keeps a tail call from being made of the call before it. */
#define NO_TAIL() __asm__ volatile("")

static int failures;

#define EXPECT(condition) ((void)((condition) || ++failures))

#endif
