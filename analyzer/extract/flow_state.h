/*
 * What is known of the registers and the stack at one place of a function. For use by flow*.c only.
 */
#ifndef STACKCHECK_EXTRACT_FLOW_STATE_H
#define STACKCHECK_EXTRACT_FLOW_STATE_H

#include "base/vec.h"
#include "extract/insn.h"

#include <string.h>

enum value_kind {
	VALUE_UNKNOWN,
	VALUE_CONST,
	VALUE_CFA, /* CFA + n */
	VALUE_DYN, /* CFA + n - something not known: a dynamic allocation lies between */
	VALUE_RANGE, /* a number from 0 to n */
	VALUE_SYMBOL, /* address of the function that object symbol n names */
	VALUE_ENTRY, /* what the caller had in register n: pushing it saves it */
	VALUE_SUM, /* of two registers, no stack address: where a jump table leads to */
};

struct value {
	enum value_kind kind;
	int64_t n; /* bytes or the constant; 0 where it has no meaning */
};

enum { MAX_SLOTS = 12 };

struct state {
	struct {
		int64_t at; /* offset from the CFA */
		struct value value;
	} slot[MAX_SLOTS];
	uint8_t n_slots;
	bool realigned; /* SP was rounded down, by an amount that depends on the caller */
	bool bounded; /* SP was lowered by a number that is known within limits */
	uint8_t cond; /* condition that holds here, 0: none is known to */
	int32_t pushed; /* bytes of arguments pushed since SP last moved otherwise */
	int32_t reserved; /* bytes that SP was lowered by right before those pushes, for alignment */
	uint32_t unsure; /* instruction + 1 of the last call whose callee's pops are a guess */
	uint32_t taint; /* instruction + 1 whose deferred fall-through led here */
	struct value reg
		[MAX_REGS]; /* the last ones mean nothing where there are fewer: see state_copy() */
};

/* A copy without the registers that the instruction set does not have. */
static inline void state_copy(const struct isa *isa, struct state *to, const struct state *from)
{
	memcpy(to, from, offsetof(struct state, reg) + isa->n_regs * sizeof(from->reg[0]));
}

/* States of places in the code, given out from blocks that stay for the next function. Zero-initialise. */
struct state_pool {
	VEC(struct state *) blocks;
	size_t used; /* states */
};

/* Its content means nothing. Valid until used is set to 0. */
struct state *state_pool_take(struct state_pool *p);
void state_pool_release(struct state_pool *p);

bool value_same(struct value a, struct value b);
bool value_is_stack(struct value v);

/* a + sign * b * scale. What gets deeper by an unknown amount is dynamic, what gets shallower is lost. */
struct value value_combine(struct value a, struct value b, int64_t scale, int sign);

void state_apply(const struct isa *isa, struct state *s, const struct effect *e);

/* A number that is at most `limit`, unsigned, from here on. */
void state_limit(struct state *s, uint8_t reg, int64_t limit);

/* The effect may or may not happen: forgets what it would change. */
void state_blur(const struct isa *isa, struct state *s, const struct effect *e);

/*
 * Joins `b` into `a`, SP aside: what differs becomes unknown. Returns whether `a` changed.
 */
bool state_join(const struct isa *isa, struct state *a, const struct state *b);

/* Joins SP. `joins` counts how often a dynamic depth grew here. False: they disagree. */
bool state_join_sp(const struct isa *isa, struct state *a, const struct state *b,
		   unsigned char *joins, bool *changed);

/* SP is where the call that entered the function left it. */
bool state_at_entry_depth(const struct isa *isa, const struct state *s);

#endif
