#include "extract/flow.h"

#include "base/mem.h"
#include "base/text.h"
#include "extract/flow_walk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * Forward data flow over one function: each register is unknown, a number or a range, the address of a function, or an
 * offset from the CFA; words on the stack that hold addresses are followed too (GCC's realigned frames keep the CFA's
 * address there). States are joined at leaders (targets of jumps); SP must agree there.
 *
 * A call or trap right before a leader may not return. Its fall-through edge is deferred until all else is done, and
 * dropped when it disagrees with what the other edges brought: everything that was derived from it carries its
 * number (taint), and a disagreement bans that edge and starts over.
 *
 * An instruction that is conditional and changes SP or leaves (ARM) forks the walk: one goes on with the
 * condition, one without it, and they meet at the next leader.
 */

static void mark_leader(struct walk *w, uint32_t section, uint64_t offset)
{
	uint32_t i = code_at(&w->code, section, offset);

	if (i != UINT32_MAX)
		w->flags[i] |= IS_LEADER;
}

static void find_leaders(struct walk *w)
{
	w->flags[0] |= IS_LEADER;
	for (size_t i = 0; i < w->code.insns.n; i++) {
		const struct insn *in = &w->code.insns.v[i];

		if ((in->flow == FLOW_JUMP || in->flow == FLOW_BRANCH) && !in->indirect &&
		    in->target_section != NO_SECTION)
			mark_leader(w, in->target_section, in->target_offset);
	}
	for (unsigned r = 0; r < w->code.n_ranges; r++) {
		const struct code_range *range = &w->code.ranges[r];

		for (size_t i = code_first_extra(w->c, range->section, range->start);
		     i < w->c->n_extras && w->c->extras[i].section == range->section &&
		     w->c->extras[i].from < range->end;
		     i++)
			mark_leader(w, w->c->extras[i].to_section, w->c->extras[i].to);
	}
}

static void defer(struct walk *w, uint32_t i, const struct state *s)
{
	*vec_push(&w->deferred) = (struct pending){i, *s};
}

/* A static key's jump, which the kernel turns into a nop and back. */
static bool is_patched(const struct walk *w, const struct insn *in)
{
	size_t i = code_first_extra(w->c, in->section, in->offset);

	return i < w->c->n_extras && w->c->extras[i].section == in->section &&
	       w->c->extras[i].from == in->offset && w->c->extras[i].patched;
}

/* A conditional jump, with what it says of the register that was compared just before, on either way. */
static void branch(struct walk *w, uint32_t i, struct state *s)
{
	const struct insn *in = &w->code.insns.v[i];
	struct state taken;

	if (in->limit_kind == LIMIT_NONE) {
		walk_direct_jump(w, i, s);
		return;
	}
	state_copy(w->c->isa, &taken, s);
	if (i && in[-1].limits != NO_REG && !(w->flags[i] & IS_LEADER)) {
		uint8_t reg = in[-1].limits;
		int64_t limit = in[-1].limit;

		switch (in->limit_kind) {
		case LIMIT_NONE: break;
		case LIMIT_ABOVE: state_limit(s, reg, limit); break;
		case LIMIT_ABOVE_EQUAL: state_limit(s, reg, limit - 1); break;
		case LIMIT_BELOW: state_limit(&taken, reg, limit - 1); break;
		case LIMIT_BELOW_EQUAL: state_limit(&taken, reg, limit); break;
		}
	}
	walk_direct_jump(w, i, &taken);
}

/* What an instruction does besides its effects; gives whether the walk goes on to the next one. */
static bool flow_on(struct walk *w, uint32_t i, struct state *s)
{
	const struct insn *in = &w->code.insns.v[i];
	bool certain = !in->cond || in->cond == s->cond, weak = false;

	switch ((enum flow)in->flow) {
	case FLOW_NEXT: break;
	case FLOW_CALL:
		if (walk_is_get_pc(w, i)) {
			walk_move_sp(w, s, -(int64_t)w->c->isa->entry_bytes);
			walk_note_depth(w, in, s);
			break;
		}
		walk_after_call(w, i, s);
		weak = certain;
		s->cond = 0;
		break;
	case FLOW_TRAP: weak = true; break;
	case FLOW_RETURN:
		if (in->jump_reg != NO_REG && s->reg[in->jump_reg].kind == VALUE_SUM)
			walk_indirect_jump(w, i, s);
		else
			walk_check_return(w, in, s);
		return false;
	case FLOW_JUMP:
		if (in->indirect)
			walk_indirect_jump(w, i, s);
		else
			walk_direct_jump(w, i, s);
		if (!is_patched(w, in))
			return false;
		break;
	case FLOW_BRANCH:
		if (i && walk_ends_probe_loop(w, i, s)) {
			s->reg[w->c->isa->sp] = s->reg[in[-1].compares];
			walk_note_depth(w, in, s);
			if (in->not_equal)
				break;
			walk_direct_jump(w, i, s);
			return false;
		}
		branch(w, i, s);
		if (in->cond && certain)
			return false;
		break;
	}
	if (!code_has_next(&w->code, i)) {
		/* Running off the end: only behind something that does not return. */
		if (!weak && !in->padding)
			walk_lose(w, in, "the code runs off the end of the function");
		return false;
	}
	if (weak && (w->flags[i + 1] & IS_LEADER)) {
		if (!(w->flags[i] & IS_BANNED))
			defer(w, i, s);
		return false;
	}
	return true;
}

static bool moves_sp(const struct walk *w, const struct effect *e)
{
	uint8_t sp = w->c->isa->sp;

	if (e->op == EFFECT_LOAD_SET)
		return e->set >> sp & 1;
	return e->rd == sp && e->op != EFFECT_STORE;
}

/*
 * A condition that is not known to hold here: an instruction that leaves or moves SP forks the walk, any other one
 * may or may not have had its effects. Gives whether the instruction is done with.
 */
static bool maybe(struct walk *w, uint32_t i, struct state *s)
{
	const struct insn *in = &w->code.insns.v[i];
	bool fork = in->flow == FLOW_RETURN || in->flow == FLOW_JUMP;

	for (unsigned k = 0; k < in->n_effects; k++)
		fork |= moves_sp(w, &in->effects[k]);
	if (!fork) {
		for (unsigned k = 0; k < in->n_effects; k++)
			state_blur(w->c->isa, s, &in->effects[k]);
		return in->flow == FLOW_NEXT;
	}
	if (++w->n_forks > 8 * w->code.insns.n) {
		walk_lose(w, in, "too many conditional instructions");
		return true;
	}
	s->cond = in->cond;
	*vec_push(&w->forks) = (struct pending){i, *s};
	s->cond = in->cond ^ 1;
	return true;
}

/* Arguments on their way to a call: pushes, but for those that save what the caller had in a register. */
static void count_pushes(const struct walk *w, const struct insn *in, struct state *s)
{
	const struct effect *moves = NULL;

	for (unsigned k = 0; k < in->n_effects; k++) {
		const struct effect *e = &in->effects[k];

		if (moves_sp(w, e))
			moves = e;
		if (in->push && e->op == EFFECT_STORE && e->rd < w->c->isa->n_regs &&
		    s->reg[e->rd].kind == VALUE_ENTRY)
			s->pushed = -(int32_t)w->c->isa->word;
	}
	if (in->push) {
		s->pushed += (int32_t)w->c->isa->word;
	} else if (moves) {
		s->pushed = s->reserved = 0;
		if (moves->op == EFFECT_MOVE && moves->imm < 0 && moves->imm > -64)
			s->reserved = (int32_t)-moves->imm;
	}
}

/* One instruction; gives whether the walk goes on to the next one. */
static bool step(struct walk *w, uint32_t i, struct state *s)
{
	const struct insn *in = &w->code.insns.v[i];
	struct value sp = s->reg[w->c->isa->sp];
	bool never = in->cond && s->cond == (in->cond ^ 1), done = never;

	if (!never && value_is_stack(sp) && -sp.n > w->depth[i])
		w->depth[i] = -sp.n;
	if (!never && in->cond && s->cond != in->cond) {
		done = maybe(w, i, s);
	} else if (!never) {
		for (unsigned k = 0; k < in->n_effects; k++) {
			state_apply(w->c->isa, s, &in->effects[k]);
			if (moves_sp(w, &in->effects[k]))
				walk_note_depth(w, in, s);
		}
		count_pushes(w, in, s);
		if (in->sets_flags)
			s->cond = 0;
	}
	if (w->restart || w->lost)
		return false;
	if (!done)
		return flow_on(w, i, s);
	if (!code_has_next(&w->code, i))
		walk_lose(w, in, "the code runs off the end of the function");
	return !w->lost;
}

static void walk_on(struct walk *w, uint32_t i, struct state *s)
{
	for (uint32_t first = i;; i++) {
		const struct insn *in = &w->code.insns.v[i];

		if (i != first && (w->flags[i] & IS_LEADER)) {
			walk_enter(w, i, s);
			return;
		}
		w->flags[i] |= IS_VISITED;
		if (in->undecoded) {
			if (s->taint)
				walk_ban(w, s->taint);
			else
				walk_lose(w, in, "bytes that are no instruction");
			return;
		}
		walk_follow_extras(w, in, s);
		if (!step(w, i, s))
			return;
	}
}

static void reset(struct walk *w)
{
	for (size_t i = 0; i < w->code.insns.n; i++) {
		w->in[i] = NULL;
		w->flags[i] &= IS_LEADER | IS_BANNED;
		w->joins[i] = 0;
		w->depth[i] = BYTES_UNKNOWN;
		w->callee[i] = NULL;
	}
	w->c->spare->states->used = 0;
	w->work.n = w->forks.n = w->deferred.n = w->tables.n = w->n_forks = 0;
	w->deepest = w->c->isa->entry_bytes;
	w->dynamic = w->bounded = w->realigned = w->restart = w->guessed = w->uneven = false;
}

static void drain(struct walk *w)
{
	while ((w->work.n || w->forks.n) && !w->restart && !w->lost) {
		struct state s;
		uint32_t i;

		if (w->forks.n) {
			i = w->forks.v[--w->forks.n].i;
			state_copy(w->c->isa, &s, &w->forks.v[w->forks.n].s);
		} else {
			i = w->work.v[--w->work.n];
			state_copy(w->c->isa, &s, w->in[i]);
		}
		walk_on(w, i, &s);
	}
}

/* One pass; leaves w->restart set when an edge was banned. */
static void pass(struct walk *w)
{
	struct state s = {0};

	reset(w);
	s.reg[w->c->isa->sp] = (struct value){VALUE_CFA, -(int64_t)w->c->isa->entry_bytes};
	for (uint8_t r = 0; r < w->c->isa->n_regs; r++)
		if (r != w->c->isa->sp && r < 64 && !(w->c->isa->call_clobbers >> r & 1))
			s.reg[r] = (struct value){VALUE_ENTRY, r};
	walk_enter(w, 0, &s);
	for (;;) {
		drain(w);
		if (w->restart || w->lost)
			return;
		if (w->deferred.n) {
			struct pending d = w->deferred.v[--w->deferred.n];

			if (!d.s.taint)
				d.s.taint = d.i + 1;
			if (!(w->flags[d.i] & IS_BANNED))
				walk_enter(w, d.i + 1, &d.s);
		} else if (!walk_enter_unreached(w)) {
			walk_settle_tables(w);
			return;
		}
	}
}

/* Code that no path reaches but that does something: there is an edge that we don't see. */
static void check_unreached(struct walk *w)
{
	for (size_t i = 0; i < w->code.insns.n && !w->lost; i++) {
		const struct insn *in = &w->code.insns.v[i];

		if (!(w->flags[i] & IS_VISITED) && in->flow == FLOW_CALL)
			walk_lose(w, in, "a call that no path was seen to reach");
	}
}

static void add_call(struct walk *w, uint32_t i, enum call_kind kind, const char *callee,
		     struct machine *out)
{
	struct machine_call *c = vec_push(&out->calls);
	bool tail = kind == CALL_TAIL || kind == CALL_INDIRECT_TAIL;

	c->func = (uint32_t)(w->func - out->funcs.v);
	c->kind = kind;
	c->callee = callee;
	c->section = w->code.insns.v[i].section;
	c->offset = w->code.insns.v[i].offset;
	c->depth_bytes = w->depth[i];
	if (tail && c->depth_bytes != BYTES_UNKNOWN)
		c->depth_bytes -= w->c->isa->entry_bytes;
}

static void collect_calls(struct walk *w, struct machine *out)
{
	for (uint32_t i = 0; i < w->code.insns.n; i++) {
		const struct insn *in = &w->code.insns.v[i];
		bool call = in->flow == FLOW_CALL;
		bool known = w->callee[i] && *w->callee[i];
		bool indirect = in->indirect && !in->import && !known;
		const char *name;

		if (!call && !(w->flags[i] & IS_TAIL))
			continue;
		if (call && walk_is_get_pc(w, i))
			continue;
		name = indirect ? NULL : known ? w->callee[i] : code_target_name(&w->code, in);
		if (name && walk_is_indirect_thunk(name))
			indirect = true;
		if (!name && !indirect)
			name = arena_printf(
				&w->c->object->arena, "%s+0x%" PRIx64,
				in->target_section == NO_SECTION
					? "?"
					: w->c->object->sections[in->target_section].name,
				in->target_offset);
		if (indirect)
			add_call(w, i, call ? CALL_INDIRECT : CALL_INDIRECT_TAIL, NULL, out);
		else
			add_call(w, i, call ? CALL_DIRECT : CALL_TAIL, name, out);
	}
}

static void release(struct walk *w)
{
	w->c->spare->states->used = 0;
	code_release(&w->code);
	free(w->in);
	free(w->flags);
	free(w->joins);
	free(w->depth);
	free(w->callee);
	free(w->pops);
	free(w->pushed);
	vec_release(&w->work);
	vec_release(&w->forks);
	vec_release(&w->deferred);
	vec_release(&w->tables);
}

void flow_measure(const struct flow_context *c, uint32_t func, struct machine *out)
{
	struct walk w = {.c = c, .func = &out->funcs.v[func]};

	code_init(&w.code, c, w.func);
	if (!w.code.insns.n) {
		w.func->kind = FRAME_UNMEASURED;
		w.func->frame_bytes = BYTES_UNKNOWN;
		w.func->note = "the function has no code in the object";
		release(&w);
		return;
	}
	w.in = mem_calloc(w.code.insns.n, sizeof(struct state *));
	w.flags = mem_calloc(w.code.insns.n, 1);
	w.joins = mem_calloc(w.code.insns.n, 1);
	w.depth = mem_calloc(w.code.insns.n, sizeof(*w.depth));
	w.callee = mem_calloc(w.code.insns.n, sizeof(*w.callee));
	w.pops = mem_calloc(w.code.insns.n, sizeof(*w.pops));
	w.pushed = mem_calloc(w.code.insns.n, sizeof(*w.pushed));
	memset(w.pops, 0xff, w.code.insns.n * sizeof(*w.pops));
	w.guess_pops = c->object->coff;
	find_leaders(&w);
	do
		pass(&w);
	while (w.restart && !w.lost);
	check_unreached(&w);
	w.func->frame_bytes = w.deepest;
	w.func->switches_stack = w.switches;
	if (w.lost) {
		w.func->kind = FRAME_UNMEASURED;
		w.func->note = w.lost;
	} else if (w.dynamic) {
		w.func->kind = FRAME_DYNAMIC;
		w.func->note = w.uneven ? "the stack pointer is lowered in a loop or under a "
					  "condition, as by an alloca there; no limit is known"
					: "a variable-length array or alloca has no known limit";
	} else if (w.bounded) {
		w.func->kind = FRAME_BOUNDED;
		w.func->note = "a variable-length array or alloca is counted at its largest size";
	} else if (w.realigned) {
		w.func->kind = FRAME_BOUNDED;
		w.func->note = "the stack pointer is rounded down; the largest gap is counted";
	}
	collect_calls(&w, out);
	prologue_read(&w, &w.func->marks);
	release(&w);
}
