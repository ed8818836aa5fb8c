#include "extract/flow.h"

#include "base/mem.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * Forward data flow over one function: each register is unknown, a constant, or an offset from the CFA; words
 * on the stack that hold such offsets are followed too (GCC's realigned frames keep the CFA's address there). States are
 * joined at leaders (targets of jumps); SP must agree there.
 *
 * A call or trap right before a leader may not return. Its fall-through edge is deferred until all else is done, and
 * dropped when it disagrees with what the other edges brought: everything that was derived from it carries its
 * number (taint), and a disagreement bans that edge and starts over.
 */

enum value_kind {
	VALUE_UNKNOWN,
	VALUE_CONST,
	VALUE_CFA, /* CFA + n */
	VALUE_DYN, /* CFA + n - something not known: a dynamic allocation lies between */
};

struct value {
	enum value_kind kind;
	int64_t n;
};

enum { MAX_SLOTS = 12, MAX_RANGES = 8, MAX_DYNAMIC_JOINS = 4 };

struct state {
	struct value reg[MAX_REGS];
	struct {
		int64_t at; /* offset from the CFA */
		struct value value;
	} slot[MAX_SLOTS];
	unsigned n_slots;
	uint32_t taint; /* instruction + 1 whose deferred fall-through led here */
};

struct range {
	uint32_t section;
	uint64_t start, end;
	uint32_t *index; /* instruction + 1 by offset - start */
};

enum insn_flag {
	IS_LEADER = 1,
	IS_VISITED = 2,
	IS_BANNED = 4, /* its fall-through is known not to be taken */
	IS_TABLE_JUMP = 8,
	IS_TAIL = 16, /* leaves the function */
};

struct walk {
	const struct flow_context *c;
	struct machine_func *func;
	struct range ranges[MAX_RANGES];
	unsigned n_ranges;
	VEC(struct insn) insns;
	struct state **in; /* by instruction: joined state at a leader, NULL: not reached */
	unsigned char *flags; /* by instruction */
	unsigned char *joins; /* by instruction: how often a dynamic depth grew there */
	int64_t *depth; /* by instruction: deepest SP before it, or BYTES_UNKNOWN */
	VEC(uint32_t) work; /* leaders to walk from */
	VEC(uint32_t) deferred; /* calls and traps whose next instruction is a leader */
	VEC(uint32_t) tables; /* indirect jumps that stay in the function */
	VEC(struct state *) deferred_states;
	int64_t deepest;
	bool dynamic, restart;
	const char *lost; /* why the function cannot be followed, first reason */
};

uint32_t flow_func_at(const struct flow_context *c, uint32_t section, uint64_t offset)
{
	size_t low = 0, high = c->n_funcs;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct machine_func *f = &c->funcs[mid];

		if (f->section < section || (f->section == section && f->start <= offset))
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return UINT32_MAX;
	low--;
	if (c->funcs[low].section != section || offset < c->funcs[low].start ||
	    offset >= c->funcs[low].start + c->funcs[low].size)
		return UINT32_MAX;
	return (uint32_t)low;
}

static const char *symbol_name(const struct walk *w, uint32_t symbol)
{
	return symbol == NO_SYMBOL ? "" : w->c->object->symbols[symbol].name;
}

static void lose(struct walk *w, const struct insn *in, const char *why)
{
	if (!w->lost)
		w->lost =
			arena_printf(&w->c->object->arena, "%s at %s+0x%" PRIx64, why,
				     symbol_name(w, w->func->symbol), in->offset - w->func->start);
}

/* Instruction at a place of the walked ranges, or UINT32_MAX. */
static uint32_t insn_at(const struct walk *w, uint32_t section, uint64_t offset)
{
	for (unsigned i = 0; i < w->n_ranges; i++) {
		const struct range *r = &w->ranges[i];

		if (r->section == section && offset >= r->start && offset < r->end)
			return r->index[offset - r->start] - 1;
	}
	return UINT32_MAX;
}

static void decode_one(struct walk *w, const struct range *r, uint64_t offset, struct insn *in)
{
	const struct object_section *s = &w->c->object->sections[r->section];
	char text[256];
	size_t len =
		LLVMDisasmInstruction(w->c->disassembler, (uint8_t *)(uintptr_t)(s->data + offset),
				      r->end - offset, offset, text, sizeof(text));

	in->offset = offset;
	in->compares = NO_REG;
	in->target_section = NO_SECTION;
	in->target_symbol = NO_SYMBOL;
	in->len = (uint8_t)(len ? len : (w->c->isa->arch <= ARCH_I386 ? 1 : 2));
	if (len)
		w->c->isa->decode(w->c->object, r->section, text, in);
	else
		in->undecoded = true;
}

static void add_range(struct walk *w, uint32_t section, uint64_t start, uint64_t size)
{
	struct range *r;

	if (w->n_ranges == MAX_RANGES || !w->c->object->sections[section].data)
		return;
	r = &w->ranges[w->n_ranges++];
	*r = (struct range){section, start, start + size, NULL};
	r->index = mem_calloc(size, sizeof(*r->index));
	for (uint64_t at = start; at < r->end;) {
		struct insn *in = vec_push(&w->insns);

		decode_one(w, r, at, in);
		r->index[at - start] = (uint32_t)w->insns.n;
		at += in->len;
	}
}

/* Parts that the compiler moved away belong to the function that jumps to them: GCC's and clang's NAME.cold. */
static void add_cold_ranges(struct walk *w)
{
	for (size_t i = 0; i < w->insns.n; i++) {
		struct insn in = w->insns.v[i];
		uint32_t f;

		if ((in.flow != FLOW_JUMP && in.flow != FLOW_BRANCH) || in.indirect ||
		    in.target_section == NO_SECTION ||
		    insn_at(w, in.target_section, in.target_offset) != UINT32_MAX)
			continue;
		f = flow_func_at(w->c, in.target_section, in.target_offset);
		if (f != UINT32_MAX && strstr(symbol_name(w, w->c->funcs[f].symbol), ".cold"))
			add_range(w, w->c->funcs[f].section, w->c->funcs[f].start,
				  w->c->funcs[f].size);
	}
}

/* First extra edge that starts at or behind a place. */
static size_t first_extra(const struct flow_context *c, uint32_t section, uint64_t from)
{
	size_t low = 0, high = c->n_extras;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct flow_extra *e = &c->extras[mid];

		if (e->section < section || (e->section == section && e->from < from))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void mark_leader(struct walk *w, uint32_t section, uint64_t offset)
{
	uint32_t i = insn_at(w, section, offset);

	if (i != UINT32_MAX)
		w->flags[i] |= IS_LEADER;
}

static void find_leaders(struct walk *w)
{
	w->flags[0] |= IS_LEADER;
	for (size_t i = 0; i < w->insns.n; i++) {
		const struct insn *in = &w->insns.v[i];

		if ((in->flow == FLOW_JUMP || in->flow == FLOW_BRANCH) && !in->indirect &&
		    in->target_section != NO_SECTION)
			mark_leader(w, in->target_section, in->target_offset);
	}
	for (unsigned r = 0; r < w->n_ranges; r++) {
		const struct range *range = &w->ranges[r];

		for (size_t i = first_extra(w->c, range->section, range->start);
		     i < w->c->n_extras && w->c->extras[i].section == range->section &&
		     w->c->extras[i].from < range->end;
		     i++)
			mark_leader(w, w->c->extras[i].to_section, w->c->extras[i].to);
	}
}

static bool same_value(struct value a, struct value b)
{
	return a.kind == b.kind && (a.kind == VALUE_UNKNOWN || a.n == b.n);
}

static bool is_stack(struct value v)
{
	return v.kind == VALUE_CFA || v.kind == VALUE_DYN;
}

/* Joins SP; false: they disagree. */
static bool join_sp(struct walk *w, uint32_t i, struct value *a, struct value b, bool *changed)
{
	if (same_value(*a, b))
		return true;
	if (!is_stack(*a) || !is_stack(b) || (a->kind == VALUE_CFA && b.kind == VALUE_CFA))
		return false;
	/* One is dynamic: both are floors; keep the deeper one, a few times (an alloca in a loop has no end). */
	if (a->kind == VALUE_CFA || b.n < a->n) {
		if (w->joins[i]++ < MAX_DYNAMIC_JOINS) {
			*changed = true;
			a->n = b.n < a->n ? b.n : a->n;
		}
		if (a->kind == VALUE_CFA)
			*changed = true;
		a->kind = VALUE_DYN;
	}
	return true;
}

static bool join_rest(struct state *a, const struct state *b, unsigned n_regs, uint8_t sp)
{
	bool changed = false;
	unsigned kept = 0;

	for (unsigned r = 0; r < n_regs; r++) {
		if (r == sp || same_value(a->reg[r], b->reg[r]) || a->reg[r].kind == VALUE_UNKNOWN)
			continue;
		a->reg[r].kind = VALUE_UNKNOWN;
		changed = true;
	}
	for (unsigned i = 0; i < a->n_slots; i++) {
		bool same = false;

		for (unsigned k = 0; k < b->n_slots; k++)
			same |= a->slot[i].at == b->slot[k].at &&
				same_value(a->slot[i].value, b->slot[k].value);
		if (same)
			a->slot[kept++] = a->slot[i];
	}
	changed |= kept != a->n_slots;
	a->n_slots = kept;
	return changed;
}

/* A state that followed a call which cannot have returned: forget that edge and begin again. */
static void ban(struct walk *w, uint32_t taint)
{
	w->flags[taint - 1] |= IS_BANNED;
	w->restart = true;
}

static void enter(struct walk *w, uint32_t i, const struct state *s)
{
	uint8_t sp = w->c->isa->sp;
	struct state *old = w->in[i];
	bool changed = false;

	if (!old) {
		w->in[i] = mem_calloc(1, sizeof(*s));
		*w->in[i] = *s;
		*vec_push(&w->work) = i;
		return;
	}
	if (!join_sp(w, i, &old->reg[sp], s->reg[sp], &changed)) {
		if (old->taint)
			ban(w, old->taint);
		else if (s->taint)
			ban(w, s->taint);
		else
			lose(w, &w->insns.v[i], "paths meet with different stack depths");
		return;
	}
	/* Untainted evidence for the same depth is better evidence. */
	if (old->taint && !s->taint) {
		old->taint = 0;
		changed = true;
	}
	if (join_rest(old, s, w->c->isa->n_regs, sp) || changed)
		*vec_push(&w->work) = i;
}

static void set_slot(struct state *s, int64_t at, struct value v)
{
	unsigned i = 0;

	while (i < s->n_slots && s->slot[i].at != at)
		i++;
	if (!is_stack(v)) {
		if (i < s->n_slots)
			s->slot[i] = s->slot[--s->n_slots];
	} else if (i < MAX_SLOTS) {
		s->slot[i].at = at;
		s->slot[i].value = v;
		if (i == s->n_slots)
			s->n_slots++;
	}
}

static struct value get_slot(const struct state *s, int64_t at)
{
	for (unsigned i = 0; i < s->n_slots; i++)
		if (s->slot[i].at == at)
			return s->slot[i].value;
	return (struct value){VALUE_UNKNOWN, 0};
}

/* a + sign * (b * scale), where b may be unknown: deeper by an unknown amount is dynamic, shallower is lost. */
static struct value combine(struct value a, struct value b, int64_t scale, int sign)
{
	if (a.kind == VALUE_UNKNOWN)
		return a;
	if (b.kind == VALUE_CONST) {
		a.n += sign * b.n * scale;
		return a;
	}
	if (is_stack(a) && sign < 0 && b.kind == VALUE_UNKNOWN) {
		a.kind = VALUE_DYN;
		return a;
	}
	return (struct value){VALUE_UNKNOWN, 0};
}

/* and: the address may drop by up to the alignment less what SP is always aligned to. */
static struct value align(const struct isa *isa, struct value v, int64_t mask)
{
	int64_t alignment = -mask;

	if (v.kind == VALUE_CONST)
		v.n &= mask;
	else if (!is_stack(v) || alignment <= 0 || (alignment & (alignment - 1)))
		v.kind = VALUE_UNKNOWN;
	else if (alignment > (int64_t)isa->word && v.kind == VALUE_CFA)
		v.n -= alignment - (int64_t)isa->word;
	return v;
}

static void apply(const struct isa *isa, struct state *s, const struct effect *e)
{
	struct value unknown = {VALUE_UNKNOWN, 0};
	struct value rs = e->rs < isa->n_regs ? s->reg[e->rs] : unknown;
	struct value rt = e->rt < isa->n_regs ? s->reg[e->rt] : unknown;
	struct value v = unknown;

	switch ((enum effect_op)e->op) {
	case EFFECT_NONE: return;
	case EFFECT_CONST: v = (struct value){VALUE_CONST, e->imm}; break;
	case EFFECT_MOVE:
		v = rs;
		v.n += e->imm;
		break;
	case EFFECT_ADD:
		/* constant + stack address is a stack address too */
		v = rs.kind == VALUE_CONST && is_stack(rt) && e->imm == 1
			    ? combine(rt, rs, 1, 1)
			    : combine(rs, rt, e->imm, 1);
		break;
	case EFFECT_SUB: v = combine(rs, rt, e->imm, -1); break;
	case EFFECT_ALIGN: v = align(isa, rs, e->imm); break;
	case EFFECT_CLOBBER: break;
	case EFFECT_STORE:
		if (rs.kind == VALUE_CFA)
			set_slot(s, rs.n + e->imm, e->rd < isa->n_regs ? s->reg[e->rd] : unknown);
		return;
	case EFFECT_LOAD:
		if (rs.kind == VALUE_CFA)
			v = get_slot(s, rs.n + e->imm);
		break;
	}
	if (e->rd < isa->n_regs)
		s->reg[e->rd] = v;
}

static void note_depth(struct walk *w, const struct insn *in, const struct state *s)
{
	struct value sp = s->reg[w->c->isa->sp];

	if (!is_stack(sp)) {
		lose(w, in, "the stack pointer cannot be followed");
		return;
	}
	if (sp.kind == VALUE_DYN)
		w->dynamic = true;
	if (-sp.n > w->deepest)
		w->deepest = -sp.n;
}

/* ___chkstk_ms and __chkstk probe and keep all registers; the 32-bit _chkstk and _alloca also lower SP by eax. */
static bool stack_probe(struct walk *w, const char *callee, struct state *s)
{
	const struct isa *isa = w->c->isa;
	const char *name = callee + strspn(callee, "_");

	if (!w->c->object->coff)
		return false;
	if (!strcmp(name, "chkstk_ms"))
		return true;
	if (strcmp(name, "chkstk") && strcmp(name, "alloca"))
		return false;
	if (isa->arch == ARCH_I386)
		s->reg[isa->sp] = combine(s->reg[isa->sp], s->reg[0], 1, -1);
	return true;
}

/* stdcall and fastcall: the number behind '@' is what the callee pops. */
static int64_t callee_pops(const struct walk *w, const char *callee)
{
	const char *at = strrchr(callee, '@');
	unsigned long bytes;
	char *end;

	if (!at || !w->c->object->coff || w->c->isa->arch != ARCH_I386)
		return 0;
	bytes = strtoul(at + 1, &end, 10);
	if (end == at + 1 || *end || bytes > 4096)
		return 0;
	/* fastcall's first two words travel in registers. */
	if (*callee == '@')
		bytes = bytes > 8 ? bytes - 8 : 0;
	return (int64_t)bytes;
}

/* The name that a direct call or jump goes to. */
static const char *target_name(const struct walk *w, const struct insn *in)
{
	const struct object *o = w->c->object;
	uint32_t f;

	if (in->import)
		return in->import;
	if (in->target_symbol != NO_SYMBOL && !o->symbols[in->target_symbol].section_symbol &&
	    (in->target_section == NO_SECTION ||
	     o->symbols[in->target_symbol].value == in->target_offset))
		return o->symbols[in->target_symbol].name;
	if (in->target_section == NO_SECTION)
		return NULL;
	f = flow_func_at(w->c, in->target_section, in->target_offset);
	if (f != UINT32_MAX && w->c->funcs[f].start == in->target_offset)
		return symbol_name(w, w->c->funcs[f].symbol);
	return NULL;
}

static bool is_indirect_thunk(const char *name)
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

static void after_call(struct walk *w, const struct insn *in, struct state *s)
{
	const struct isa *isa = w->c->isa;
	const char *callee = in->indirect && !in->import ? NULL : target_name(w, in);

	if (callee && stack_probe(w, callee, s)) {
		note_depth(w, in, s);
		return;
	}
	for (unsigned r = 0; r < isa->n_regs; r++)
		if (isa->call_clobbers >> r & 1)
			s->reg[r].kind = VALUE_UNKNOWN;
	if (callee)
		s->reg[isa->sp].n += callee_pops(w, callee);
}

/* At a return SP must be where the call left it. */
static void check_return(struct walk *w, const struct insn *in, const struct state *s)
{
	struct value sp = s->reg[w->c->isa->sp];

	if (sp.kind == VALUE_DYN ||
	    (sp.kind == VALUE_CFA && -sp.n == (int64_t)w->c->isa->entry_bytes))
		return;
	if (s->taint)
		ban(w, s->taint);
	else
		lose(w, in, "the stack is not balanced at the return");
}

/* Labels in data that lie inside the walked ranges: targets of the function's jump tables. */
static bool enter_labels(struct walk *w, const struct state *s)
{
	bool any = false;

	for (unsigned r = 0; r < w->n_ranges; r++) {
		const struct range *range = &w->ranges[r];
		size_t low = 0, high = w->c->n_labels;

		while (low < high) {
			size_t mid = low + (high - low) / 2;
			const struct flow_label *l = &w->c->labels[mid];

			if (l->section < range->section ||
			    (l->section == range->section && l->offset <= range->start))
				low = mid + 1;
			else
				high = mid;
		}
		for (; low < w->c->n_labels && w->c->labels[low].section == range->section &&
		       w->c->labels[low].offset < range->end;
		     low++) {
			uint32_t i = insn_at(w, range->section, w->c->labels[low].offset);

			if (i == UINT32_MAX)
				continue;
			any = true;
			w->flags[i] |= IS_LEADER;
			if (s)
				enter(w, i, s);
		}
	}
	return any;
}

static bool at_entry_depth(const struct walk *w, const struct state *s)
{
	struct value sp = s->reg[w->c->isa->sp];

	return sp.kind == VALUE_CFA && -sp.n == (int64_t)w->c->isa->entry_bytes;
}

static void indirect_jump(struct walk *w, uint32_t i, const struct state *s)
{
	const struct insn *in = &w->insns.v[i];
	bool labels = enter_labels(w, NULL);

	if (in->import || (at_entry_depth(w, s) && (in->memory || (!in->table && !labels)))) {
		w->flags[i] |= IS_TAIL;
		return;
	}
	w->flags[i] |= IS_TABLE_JUMP;
	*vec_push(&w->tables) = i;
	if (labels)
		enter_labels(w, s);
}

/* A direct jump: inside the function, a thunk in disguise, or a tail call. */
static void direct_jump(struct walk *w, uint32_t i, const struct state *s)
{
	const struct insn *in = &w->insns.v[i];
	const char *name = target_name(w, in);
	uint32_t target = in->target_section == NO_SECTION
				  ? UINT32_MAX
				  : insn_at(w, in->target_section, in->target_offset);

	if (target != UINT32_MAX)
		enter(w, target, s);
	else if (name && is_return_thunk(name))
		check_return(w, in, s);
	else if (name)
		w->flags[i] |= IS_TAIL;
	else
		lose(w, in, "a jump leads into code without a name");
}

static void follow_extras(struct walk *w, uint32_t section, const struct insn *in,
			  const struct state *s)
{
	for (size_t i = first_extra(w->c, section, in->offset);
	     i < w->c->n_extras && w->c->extras[i].section == section &&
	     w->c->extras[i].from < in->offset + in->len;
	     i++) {
		uint32_t to = insn_at(w, w->c->extras[i].to_section, w->c->extras[i].to);

		if (to != UINT32_MAX)
			enter(w, to, s);
	}
}

static uint32_t section_of(const struct walk *w, uint32_t i)
{
	for (unsigned r = w->n_ranges; r-- > 0;) {
		const struct range *range = &w->ranges[r];
		uint64_t at = w->insns.v[i].offset;

		if (at >= range->start && at < range->end &&
		    range->index[at - range->start] == i + 1)
			return range->section;
	}
	return w->func->section;
}

/* Is the next instruction in memory also the next one here (not the first one of another range)? */
static bool has_next(const struct walk *w, uint32_t i)
{
	return i + 1 < w->insns.n && section_of(w, i + 1) == section_of(w, i) &&
	       w->insns.v[i + 1].offset == w->insns.v[i].offset + w->insns.v[i].len;
}

static void defer(struct walk *w, uint32_t i, const struct state *s)
{
	struct state *copy = mem_calloc(1, sizeof(*copy));

	*copy = *s;
	*vec_push(&w->deferred) = i;
	*vec_push(&w->deferred_states) = copy;
}

/* `call next; pop reg`: how 32-bit code learns its own address. */
static bool is_get_pc(const struct insn *in, uint32_t section)
{
	return in->flow == FLOW_CALL && !in->indirect && in->target_symbol == NO_SYMBOL &&
	       in->target_section == section && in->target_offset == in->offset + in->len;
}

/* What an instruction does besides its effects; gives whether the walk goes on to the next one. */
static bool flow_on(struct walk *w, uint32_t i, struct state *s, uint32_t section)
{
	const struct insn *in = &w->insns.v[i];
	bool weak = false;

	switch ((enum flow)in->flow) {
	case FLOW_NEXT: break;
	case FLOW_CALL:
		if (is_get_pc(in, section)) {
			s->reg[w->c->isa->sp].n -= w->c->isa->entry_bytes;
			note_depth(w, in, s);
			break;
		}
		after_call(w, in, s);
		weak = true;
		break;
	case FLOW_TRAP: weak = true; break;
	case FLOW_RETURN: check_return(w, in, s); return false;
	case FLOW_JUMP:
		if (in->indirect)
			indirect_jump(w, i, s);
		else
			direct_jump(w, i, s);
		return false;
	case FLOW_BRANCH:
		/* A probe loop: the way back is as deep as the way out, which is where SP equals the register. */
		if (i && in->not_equal && w->insns.v[i - 1].compares != NO_REG &&
		    is_stack(s->reg[w->insns.v[i - 1].compares])) {
			s->reg[w->c->isa->sp] = s->reg[w->insns.v[i - 1].compares];
			note_depth(w, in, s);
			break;
		}
		direct_jump(w, i, s);
		break;
	}
	if (!has_next(w, i)) {
		/* Running off the end: only behind something that does not return. */
		if (!weak && !in->padding)
			lose(w, in, "the code runs off the end of the function");
		return false;
	}
	if (weak && (w->flags[i + 1] & IS_LEADER)) {
		if (!(w->flags[i] & IS_BANNED))
			defer(w, i, s);
		return false;
	}
	return true;
}

static void walk_from(struct walk *w, uint32_t i)
{
	struct state s = *w->in[i];
	uint32_t section = section_of(w, i);

	for (uint32_t first = i;; i++) {
		const struct insn *in = &w->insns.v[i];
		struct value sp;

		if (i != first && (w->flags[i] & IS_LEADER)) {
			enter(w, i, &s);
			return;
		}
		w->flags[i] |= IS_VISITED;
		if (in->undecoded) {
			if (s.taint)
				ban(w, s.taint);
			else
				lose(w, in, "bytes that are no instruction");
			return;
		}
		sp = s.reg[w->c->isa->sp];
		if (is_stack(sp) && -sp.n > w->depth[i])
			w->depth[i] = -sp.n;
		follow_extras(w, section, in, &s);
		for (unsigned k = 0; k < in->n_effects; k++) {
			apply(w->c->isa, &s, &in->effects[k]);
			if (in->effects[k].rd == w->c->isa->sp)
				note_depth(w, in, &s);
		}
		if (w->restart || w->lost || !flow_on(w, i, &s, section))
			return;
	}
}

/* Instructions that nothing led to, behind a jump through a table whose entries are not relocations. */
static bool enter_unreached(struct walk *w)
{
	const struct state *s = NULL;
	uint8_t sp = w->c->isa->sp;

	for (size_t t = 0; t < w->tables.n; t++) {
		uint32_t jump = w->tables.v[t];
		uint32_t leader = jump;

		while (leader && !w->in[leader])
			leader--;
		if (!w->in[leader])
			continue;
		if (s && !same_value(s->reg[sp], w->in[leader]->reg[sp]))
			return false;
		s = w->in[leader];
	}
	if (!s)
		return false;
	for (uint32_t i = 0; i < w->insns.n; i++) {
		struct state at = *s;

		if (w->flags[i] & IS_VISITED || w->insns.v[i].padding)
			continue;
		/* The depth right at the jump, not at the start of its block. */
		at.reg[sp] = (struct value){VALUE_CFA, -w->depth[w->tables.v[0]]};
		w->flags[i] |= IS_LEADER;
		enter(w, i, &at);
		return true;
	}
	return false;
}

static void reset(struct walk *w)
{
	for (size_t i = 0; i < w->insns.n; i++) {
		free(w->in[i]);
		w->in[i] = NULL;
		w->flags[i] &= IS_LEADER | IS_BANNED;
		w->joins[i] = 0;
		w->depth[i] = BYTES_UNKNOWN;
	}
	for (size_t i = 0; i < w->deferred_states.n; i++)
		free(w->deferred_states.v[i]);
	w->work.n = w->deferred.n = w->deferred_states.n = w->tables.n = 0;
	w->deepest = w->c->isa->entry_bytes;
	w->dynamic = w->restart = false;
}

static void drain(struct walk *w)
{
	while (w->work.n && !w->restart && !w->lost)
		walk_from(w, w->work.v[--w->work.n]);
}

/* One pass; leaves w->restart set when an edge was banned. */
static void pass(struct walk *w)
{
	struct state s = {0};

	reset(w);
	s.reg[w->c->isa->sp] = (struct value){VALUE_CFA, -(int64_t)w->c->isa->entry_bytes};
	enter(w, 0, &s);
	for (;;) {
		drain(w);
		if (w->restart || w->lost)
			return;
		if (w->deferred.n) {
			uint32_t i = w->deferred.v[--w->deferred.n];
			struct state *d = w->deferred_states.v[--w->deferred_states.n];

			if (!d->taint)
				d->taint = i + 1;
			if (!(w->flags[i] & IS_BANNED))
				enter(w, i + 1, d);
			free(d);
		} else if (!enter_unreached(w)) {
			return;
		}
	}
}

/* Code that no path reaches but that does something: there is an edge that we don't see. */
static void check_unreached(struct walk *w)
{
	for (size_t i = 0; i < w->insns.n && !w->lost; i++) {
		const struct insn *in = &w->insns.v[i];

		if (!(w->flags[i] & IS_VISITED) && in->flow == FLOW_CALL)
			lose(w, in, "a call that no path was seen to reach");
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
	c->section = section_of(w, i);
	c->offset = w->insns.v[i].offset;
	c->depth_bytes = w->depth[i];
	if (tail && c->depth_bytes != BYTES_UNKNOWN)
		c->depth_bytes -= w->c->isa->entry_bytes;
}

static void collect_calls(struct walk *w, struct machine *out)
{
	for (uint32_t i = 0; i < w->insns.n; i++) {
		const struct insn *in = &w->insns.v[i];
		bool call = in->flow == FLOW_CALL;
		bool indirect = in->indirect && !in->import;
		const char *name;

		if (!call && !(w->flags[i] & IS_TAIL))
			continue;
		if (call && is_get_pc(in, section_of(w, i)))
			continue;
		name = indirect ? NULL : target_name(w, in);
		if (name && is_indirect_thunk(name))
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
	reset(w);
	for (unsigned r = 0; r < w->n_ranges; r++)
		free(w->ranges[r].index);
	free(w->in);
	free(w->flags);
	free(w->joins);
	free(w->depth);
	vec_release(&w->insns);
	vec_release(&w->work);
	vec_release(&w->deferred);
	vec_release(&w->deferred_states);
	vec_release(&w->tables);
}

void flow_measure(const struct flow_context *c, uint32_t func, struct machine *out)
{
	struct walk w = {.c = c, .func = &out->funcs.v[func]};

	add_range(&w, w.func->section, w.func->start, w.func->size);
	if (!w.insns.n) {
		w.func->kind = FRAME_UNMEASURED;
		w.func->frame_bytes = BYTES_UNKNOWN;
		w.func->note = "the function has no code in the object";
		release(&w);
		return;
	}
	add_cold_ranges(&w);
	w.in = mem_calloc(w.insns.n, sizeof(struct state *));
	w.flags = mem_calloc(w.insns.n, 1);
	w.joins = mem_calloc(w.insns.n, 1);
	w.depth = mem_calloc(w.insns.n, sizeof(*w.depth));
	find_leaders(&w);
	do
		pass(&w);
	while (w.restart && !w.lost);
	check_unreached(&w);
	w.func->frame_bytes = w.deepest;
	w.func->kind = w.lost ? FRAME_UNMEASURED : w.dynamic ? FRAME_DYNAMIC : FRAME_FIXED;
	w.func->note = w.lost	   ? w.lost
		       : w.dynamic ? "a variable-length array or alloca has no known limit"
				   : NULL;
	collect_calls(&w, out);
	release(&w);
}
