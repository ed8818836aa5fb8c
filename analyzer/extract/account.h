/*
 * One function's frame, split into parts that add up to it. For use by extract/ only.
 *
 * First account_place() says where the compiler's slots really lie and which of them keep the caller's registers; then their
 * variables can be named; then account_fill() adds the other parts.
 */
#ifndef STACKCHECK_EXTRACT_ACCOUNT_H
#define STACKCHECK_EXTRACT_ACCOUNT_H

#include "extract/prologue.h"
#include "facts/facts.h"

struct account {
	/* What is known; all of it before account_place(). */
	int64_t frame_bytes; /* CFA to the deepest SP: known */
	bool bounded; /* it counts the limit of a dynamic object */
	uint32_t entry_bytes;
	int64_t stack_bytes; /* of the slots, saved registers and reserved arguments, as the compiler
	                        says; BYTES_UNKNOWN: nobody knows this function's layout */
	int64_t home_bytes; /* that every caller reserves for its callees: Windows on x86-64 */
	int64_t alignment; /* of SP at calls; padding is less than this, or than the largest slot's */
	const struct frame_marks *marks;
	/* Slots, with offsets from the CFA as the compiler gives them; in the end all parts. Released by the caller. */
	VEC(struct fact_part)
	parts;
	/* By account_place(): CFA to SP in the function's body, before anything is pushed for calls. */
	int64_t body_bytes;
};

void account_place(struct account *a);

/* Afterwards the parts count frame_bytes together; BUG() if not. Their order: from the CFA down. */
void account_fill(struct account *a);

#endif
