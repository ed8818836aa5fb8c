#include "extract/flow_walk.h"

#include "base/mem.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Beyond any stack: what is deeper is nonsense that damaged code added up. */
#define MAX_DEPTH ((int64_t)1 << 40)

static const char *symbol_name(const struct walk *w, uint32_t symbol)
{
	return symbol == NO_SYMBOL ? "" : w->c->object->symbols[symbol].name;
}

void walk_lose(struct walk *w, const struct insn *in, const char *why)
{
	uint32_t f = flow_func_at(w->c, in->section, in->offset);
	const struct machine_func *func = f == UINT32_MAX ? w->func : &w->c->funcs[f];

	if (!w->lost)
		w->lost = arena_printf(&w->c->object->arena, "%s at %s+0x%" PRIx64, why,
				       symbol_name(w, func->symbol), in->offset - func->start);
}

/* A state that followed a call which cannot have returned: forget that edge and begin again. */
void walk_ban(struct walk *w, uint32_t taint)
{
	w->flags[taint - 1] |= IS_BANNED;
	w->restart = true;
}

/*
 * Paths with different depths of SP are no mistake of ours where a register that calls leave alone keeps the frame: SP
 * is given back from it at the end, and what one path took more is an alloca of a constant size, in a loop or
 * under a condition. Where callees pop by guess, that would hide wrong guesses.
 */
static bool is_uneven_alloca(const struct walk *w, const struct state *a, const struct state *b)
{
	const struct isa *isa = w->c->isa;
	struct value sp_a = a->reg[isa->sp], sp_b = b->reg[isa->sp];
	bool guessed = w->c->object->coff && isa->arch == ARCH_I386 && (a->unsure || b->unsure);

	if (sp_a.kind != VALUE_CFA || sp_b.kind != VALUE_CFA || a->taint || b->taint || guessed)
		return false;
	for (uint8_t r = 0; r < isa->n_regs && r < 64; r++)
		if (r != isa->sp && !(isa->call_clobbers >> r & 1) && a->reg[r].kind == VALUE_CFA &&
		    value_same(a->reg[r], b->reg[r]))
			return true;
	return false;
}

void walk_enter(struct walk *w, uint32_t i, const struct state *s)
{
	const struct isa *isa = w->c->isa;
	struct state *old = w->in[i];
	bool changed = false;

	if (!old) {
		w->in[i] = state_pool_take(w->c->spare->states);
		state_copy(isa, w->in[i], s);
		w->in[i]->cond = 0;
		*vec_push(&w->work) = i;
		return;
	}
	if (!state_join_sp(isa, old, s, &w->joins[i], &changed)) {
		int64_t higher = old->reg[isa->sp].n - s->reg[isa->sp].n;

		if (walk_repair(w, s, higher) || walk_repair(w, old, -higher))
			return;
		if (is_uneven_alloca(w, old, s)) {
			/* A floor: what every way has taken at least. */
			old->reg[isa->sp].kind = VALUE_DYN;
			if (higher < 0)
				old->reg[isa->sp].n = s->reg[isa->sp].n;
			w->joins[i] = UINT8_MAX;
			w->uneven = true;
			state_join(isa, old, s);
			*vec_push(&w->work) = i;
			return;
		}
		if (old->taint)
			walk_ban(w, old->taint);
		else if (s->taint)
			walk_ban(w, s->taint);
		else
			walk_lose(w, &w->code.insns.v[i], "paths meet with different stack depths");
		return;
	}
	/* Untainted evidence for the same depth is better evidence. */
	if (old->taint && !s->taint) {
		old->taint = 0;
		changed = true;
	}
	if (state_join(isa, old, s) || changed)
		*vec_push(&w->work) = i;
}

/* SP comes from memory or from a register that holds neither a place on this stack nor a frame: another stack's. */
static bool switches_stack(const struct walk *w, const struct insn *in)
{
	const struct isa *isa = w->c->isa;
	unsigned clobbers = 0;
	bool sp = false;

	for (unsigned i = 0; i < in->n_effects; i++) {
		const struct effect *e = &in->effects[i];

		clobbers += e->op == EFFECT_CLOBBER;
		sp |= e->op == EFFECT_CLOBBER && e->rd == isa->sp;
		if (e->rd != isa->sp)
			continue;
		if (e->op == EFFECT_LOAD || e->op == EFFECT_SYMBOL)
			return true;
		if (e->op == EFFECT_MOVE && e->rs != isa->sp && e->rs < MAX_REGS &&
		    !(isa->frame_pointers >> e->rs & 1))
			return true;
	}
	/* An exchange changes both of its operands. */
	return sp && clobbers == 2;
}

void walk_note_depth(struct walk *w, const struct insn *in, const struct state *s)
{
	struct value sp = s->reg[w->c->isa->sp];

	if (!value_is_stack(sp) || sp.n < -MAX_DEPTH || sp.n > MAX_DEPTH) {
		w->switches |= !w->lost && !value_is_stack(sp) && switches_stack(w, in);
		walk_lose(w, in, "the stack pointer cannot be followed");
		return;
	}
	if (sp.kind == VALUE_DYN)
		w->dynamic = true;
	w->bounded |= s->bounded;
	w->realigned |= s->realigned;
	if (-sp.n > w->deepest)
		w->deepest = -sp.n;
}

void walk_move_sp(struct walk *w, struct state *s, int64_t bytes)
{
	struct value *sp = &s->reg[w->c->isa->sp];

	*sp = value_combine(*sp, (struct value){VALUE_CONST, bytes}, 1, 1);
}

bool walk_is_indirect_thunk(const char *name)
{
	return str_starts(name, "__x86_indirect_thunk_") ||
	       str_starts(name, "__x86_indirect_call_thunk_") ||
	       str_starts(name, "__x86_indirect_jump_thunk_") ||
	       str_starts(name, "__llvm_retpoline_");
}

static bool is_return_thunk(const char *name)
{
	return !strcmp(name, "__x86_return_thunk");
}

/* At a return SP must be where the call left it. */
void walk_check_return(struct walk *w, const struct insn *in, const struct state *s)
{
	struct value sp = s->reg[w->c->isa->sp];

	if (sp.kind == VALUE_DYN ||
	    (sp.kind == VALUE_CFA && -sp.n == (int64_t)w->c->isa->entry_bytes))
		return;
	if (sp.kind == VALUE_CFA && walk_repair(w, s, -(int64_t)w->c->isa->entry_bytes - sp.n))
		return;
	if (s->taint)
		walk_ban(w, s->taint);
	else
		walk_lose(w, in, "the stack is not balanced at the return");
}

/* Labels in data that lie inside the walked ranges: targets of the function's jump tables. */
static bool enter_labels(struct walk *w, const struct state *s)
{
	bool any = false;

	for (unsigned r = 0; r < w->code.n_ranges; r++) {
		const struct code_range *range = &w->code.ranges[r];

		for (size_t l = code_first_label(w->c, range->section, range->start);
		     l < w->c->n_labels && w->c->labels[l].section == range->section &&
		     w->c->labels[l].offset < range->end;
		     l++) {
			uint32_t i = code_at(&w->code, range->section, w->c->labels[l].offset);

			if (i == UINT32_MAX || insn_is_data(&w->code.insns.v[i]))
				continue;
			any = true;
			w->flags[i] |= IS_LEADER;
			if (s)
				walk_enter(w, i, s);
		}
	}
	return any;
}

static void remember_table(struct walk *w, uint32_t i, const struct state *s)
{
	size_t t = 0;

	while (t < w->tables.n && w->tables.v[t].i != i)
		t++;
	if (t == w->tables.n)
		(void)vec_push(&w->tables);
	w->tables.v[t] = (struct pending){i, *s};
}

void walk_indirect_jump(struct walk *w, uint32_t i, const struct state *s)
{
	const struct insn *in = &w->code.insns.v[i];
	bool labels = enter_labels(w, NULL);
	bool table =
		in->table || (in->jump_reg != NO_REG && s->reg[in->jump_reg].kind == VALUE_SUM);

	if (in->import || walk_callee(w, i, s) ||
	    (state_at_entry_depth(w->c->isa, s) && (in->memory || (!table && !labels)))) {
		w->flags[i] |= IS_TAIL;
		return;
	}
	remember_table(w, i, s);
	if (labels)
		enter_labels(w, s);
}

/* Leaves of images without symbols are in no table: only who calls them knows them. */
static bool leads_to_new_function(const struct walk *w, const struct insn *in,
				  const struct state *s)
{
	const struct flow_context *c = w->c;
	uint32_t f;

	if (!c->object->linked || in->target_section == NO_SECTION ||
	    !state_at_entry_depth(c->isa, s))
		return false;
	f = flow_func_at(c, in->target_section, in->target_offset);
	/* What has no size reaches to the next function only for want of a better guess. */
	return f == UINT32_MAX || !c->object->symbols[c->funcs[f].symbol].size;
}

/* A direct jump: inside the function, a thunk in disguise, or a tail call. */
void walk_direct_jump(struct walk *w, uint32_t i, const struct state *s)
{
	const struct insn *in = &w->code.insns.v[i];
	const char *name = code_target_name(&w->code, in);
	uint32_t target = in->target_section == NO_SECTION
				  ? UINT32_MAX
				  : code_at(&w->code, in->target_section, in->target_offset);

	if (target != UINT32_MAX)
		walk_enter(w, target, s);
	else if (name && is_return_thunk(name))
		walk_check_return(w, in, s);
	else if (name || leads_to_new_function(w, in, s))
		w->flags[i] |= IS_TAIL;
	else
		walk_lose(w, in, "a jump leads into code without a name");
}

void walk_follow_extras(struct walk *w, const struct insn *in, const struct state *s)
{
	for (size_t i = code_first_extra(w->c, in->section, in->offset);
	     i < w->c->n_extras && w->c->extras[i].section == in->section &&
	     w->c->extras[i].from < in->offset + in->len;
	     i++) {
		uint32_t to = code_at(&w->code, w->c->extras[i].to_section, w->c->extras[i].to);

		if (to != UINT32_MAX)
			walk_enter(w, to, s);
	}
}

/* `call next; pop reg`: how 32-bit code learns its own address. */
bool walk_is_get_pc(const struct walk *w, uint32_t i)
{
	const struct insn *in = &w->code.insns.v[i];

	/* At the end of the function the next address is another function's. */
	return in->flow == FLOW_CALL && !in->indirect && in->target_symbol == NO_SYMBOL &&
	       in->target_section == in->section && in->target_offset == in->offset + in->len &&
	       code_has_next(&w->code, i);
}

/*
 * A loop that touches a page at a time: the way back is as deep as the way out, which is where SP equals the register
 * (or is about to be set to it).
 */
bool walk_ends_probe_loop(const struct walk *w, uint32_t i, const struct state *s)
{
	const struct insn *in = &w->code.insns.v[i];
	struct value sp = s->reg[w->c->isa->sp], end;

	if (in[-1].compares == NO_REG || (!in->not_equal && !in->below_equal))
		return false;
	end = s->reg[in[-1].compares];
	return value_is_stack(end) && (in->not_equal || end.kind == VALUE_DYN || end.n <= sp.n);
}

/* Instructions that nothing led to, behind jumps through tables whose entries are not relocations. */
bool walk_enter_unreached(struct walk *w)
{
	uint8_t sp = w->c->isa->sp;

	for (size_t t = 1; t < w->tables.n; t++)
		if (!value_same(w->tables.v[0].s.reg[sp], w->tables.v[t].s.reg[sp]))
			return false;
	for (uint32_t i = 0; w->tables.n && i < w->code.insns.n; i++) {
		if (w->flags[i] & IS_VISITED || w->code.insns.v[i].padding)
			continue;
		w->flags[i] |= IS_LEADER;
		walk_enter(w, i, &w->tables.v[0].s);
		w->guessed = true;
		return true;
	}
	return false;
}

/* A computed jump that leaves nothing else to go to, and no frame behind, goes to another function. */
void walk_settle_tables(struct walk *w)
{
	if (w->guessed || enter_labels(w, NULL))
		return;
	for (size_t t = 0; t < w->tables.n; t++)
		if (state_at_entry_depth(w->c->isa, &w->tables.v[t].s))
			w->flags[w->tables.v[t].i] |= IS_TAIL;
}
