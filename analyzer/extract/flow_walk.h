/*
 * The walk over one function's code: its state, and what calls, returns and jumps do to it. For use by flow*.c only.
 */
#ifndef STACKCHECK_EXTRACT_FLOW_WALK_H
#define STACKCHECK_EXTRACT_FLOW_WALK_H

#include "extract/flow_code.h"
#include "extract/flow_state.h"

enum insn_flag {
	IS_LEADER = 1,
	IS_VISITED = 2,
	IS_BANNED = 4, /* its fall-through is known not to be taken */
	IS_TAIL = 8, /* leaves the function */
};

/* A walk to begin at an instruction, or a state to remember of it. */
struct pending {
	uint32_t i;
	struct state s;
};

struct walk {
	const struct flow_context *c;
	struct machine_func *func;
	struct code code;
	struct state **in; /* by instruction: joined state at a leader, NULL: not reached */
	unsigned char *flags; /* by instruction */
	unsigned char *joins; /* by instruction: how often a dynamic depth grew there */
	int64_t *depth; /* by instruction: deepest SP before it, or BYTES_UNKNOWN */
	const char **
		callee; /* by instruction: what a call or leaving jump names, NULL: not reached, "": not known */
	int32_t *
		pops; /* by instruction: bytes that the callee is taken to pop, -1: not guessed yet */
	int32_t *pushed; /* by instruction: what was pushed or reserved for a call, at most */
	bool guess_pops; /* unknown callees are taken to pop what was pushed for them; else nothing */
	unsigned n_repairs;
	VEC(uint32_t) work; /* leaders to walk from */
	VEC(struct pending) forks; /* conditional instructions to walk from */
	VEC(struct pending) deferred; /* calls and traps whose next instruction is a leader */
	VEC(struct pending) tables; /* indirect jumps that stay in the function */
	size_t n_forks;
	int64_t deepest;
	bool dynamic, bounded, realigned, restart;
	bool uneven; /* ways meet on which SP was lowered by different constants */
	bool guessed; /* code was entered that only a table jump can lead to */
	bool switches; /* SP was loaded with another stack's */
	const char *lost; /* why the function cannot be followed, first reason */
};

/* The function cannot be followed beyond `in`; the first reason stands. */
void walk_lose(struct walk *w, const struct insn *in, const char *why);

/* A state that followed a call which cannot have returned: forget that edge and begin again. */
void walk_ban(struct walk *w, uint32_t taint);

/* Brings a state to a leader; goes into w->work when it says something new. */
void walk_enter(struct walk *w, uint32_t i, const struct state *s);

/* After every change of SP. */
void walk_note_depth(struct walk *w, const struct insn *in, const struct state *s);
void walk_move_sp(struct walk *w, struct state *s, int64_t bytes);

/* flow_calls.c: a call's effect on SP and the registers. */
void walk_after_call(struct walk *w, uint32_t i, struct state *s);

/* Name of what the call or jump `i` goes to, as far as this state and all states before tell; NULL: not known. */
const char *walk_callee(struct walk *w, uint32_t i, const struct state *s);

/* SP would have to be `bytes` higher in this state: corrects the guess of what its last unsure callee popped and starts
   over. False: no guess of ours can be the cause. */
bool walk_repair(struct walk *w, const struct state *s, int64_t bytes);

void walk_check_return(struct walk *w, const struct insn *in, const struct state *s);
void walk_indirect_jump(struct walk *w, uint32_t i, const struct state *s);
void walk_direct_jump(struct walk *w, uint32_t i, const struct state *s);
void walk_follow_extras(struct walk *w, const struct insn *in, const struct state *s);

/* Does the conditional jump `i` (not the first instruction) end a loop that touches the stack page by page? */
bool walk_ends_probe_loop(const struct walk *w, uint32_t i, const struct state *s);
bool walk_is_get_pc(const struct walk *w, uint32_t i);
bool walk_is_indirect_thunk(const char *name);

/* Enters code that only a table jump can lead to; false: there is none (left). */
bool walk_enter_unreached(struct walk *w);

/* When all is walked: computed jumps that turn out to leave the function. */
void walk_settle_tables(struct walk *w);

#endif
