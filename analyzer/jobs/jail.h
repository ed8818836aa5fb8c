/*
 * The limits that a unit's process puts on itself and hands down to the compiler it starts. For use by server.c.
 *
 * Address space, CPU time, file size and core dumps by rlimits; no new privileges; and Landlock, where the
 * kernel has it: nothing on the file system can be written, made or removed but beneath the scratch directory (and
 * /dev/null), no TCP, no signals to processes outside. Reading stays free: a build may include headers from anywhere.
 * Landlock cannot forbid chmod, and truncate() only from Linux 6.2 on.
 */
#ifndef STACKCHECK_JOBS_JAIL_H
#define STACKCHECK_JOBS_JAIL_H

#include "base/error.h"
#include "jobs/wire.h"

/* AddressSanitizer reserves terabytes of address space, so its builds go without the limit on memory. */
#define JAIL_LIMITS_MEMORY 1
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#undef JAIL_LIMITS_MEMORY
#define JAIL_LIMITS_MEMORY 0
#endif
#elif defined(__SANITIZE_ADDRESS__)
#undef JAIL_LIMITS_MEMORY
#define JAIL_LIMITS_MEMORY 0
#endif

/* Enters for good, for `units` units one after the other. A kernel without Landlock is no error. */
int jail_enter(const struct limits *limits, size_t units, const char *scratch, struct error *err);

/* The next unit begins: it has the whole CPU time of one unit from now on. */
int jail_next(const struct limits *limits, struct error *err);

#endif
