/*
 * What a function's instructions say of its frame beyond its size: which words keep the caller's registers, which are
 * written for calls, how deep SP is at calls, what aligning SP loses. For use by extract/ only.
 */
#ifndef STACKCHECK_EXTRACT_PROLOGUE_H
#define STACKCHECK_EXTRACT_PROLOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A store to a place of the frame. */
struct frame_mark {
	int64_t offset; /* from the CFA */
	int64_t bytes;
};

struct frame_marks {
	/* Registers that the callee must give back, put away before anything else is done to them; by offset. */
	struct frame_mark *saved;
	size_t n_saved;
	/* What the prologue stores without our knowing the register: floating point and vectors; by offset. */
	struct frame_mark *others;
	size_t n_others;
	/* All stores through SP but pushes: where arguments of calls go; by offset. */
	struct frame_mark *written;
	size_t n_written;
	int64_t body_bytes; /* CFA to SP in most of the code; BYTES_UNKNOWN: nothing stands out */
	int64_t call_bytes; /* CFA to SP at the deepest call, tail calls aside; BYTES_UNKNOWN: no call */
	int64_t realigned_bytes; /* CFA to SP right behind the alignment, at worst; BYTES_UNKNOWN: none */
	int64_t realign_loss; /* what the alignment costs at worst */
};

struct walk;

/* Reads the marks of a function that has been walked; the lists live in the object's arena. */
void prologue_read(const struct walk *w, struct frame_marks *out);

#endif
