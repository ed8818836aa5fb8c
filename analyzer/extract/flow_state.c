#include "extract/flow_state.h"

#include "base/mem.h"

/*
 * Arithmetic on values wraps around: damaged code may add up anything, and nonsense is found out where SP is used.
 */

enum { MAX_DYNAMIC_JOINS = 4 };

bool value_same(struct value a, struct value b)
{
	return a.kind == b.kind && (a.kind == VALUE_UNKNOWN || a.n == b.n);
}

bool value_is_stack(struct value v)
{
	return v.kind == VALUE_CFA || v.kind == VALUE_DYN;
}

static int64_t wrap_add(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

static int64_t wrap_multiply(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a * (uint64_t)b);
}

/* Sizes of frames are of interest here; larger numbers are something else. */
#define MAX_RANGE ((int64_t)1 << 20)

static struct value range(int64_t n)
{
	return n >= 0 && n <= MAX_RANGE ? (struct value){VALUE_RANGE, n}
					: (struct value){VALUE_UNKNOWN, 0};
}

/* The largest number that v can be, or more than any of interest. */
static int64_t largest(struct value v)
{
	if (v.kind == VALUE_RANGE || (v.kind == VALUE_CONST && v.n >= 0 && v.n <= MAX_RANGE))
		return v.n;
	return MAX_RANGE + 1;
}

static struct value value_add(struct value v, int64_t n)
{
	if (v.kind == VALUE_RANGE)
		return n >= 0 && n <= MAX_RANGE ? range(v.n + n) : range(-1);
	if (v.kind == VALUE_CONST || value_is_stack(v))
		v.n = wrap_add(v.n, n);
	else if ((v.kind == VALUE_SYMBOL || v.kind == VALUE_ENTRY) && n)
		return (struct value){VALUE_UNKNOWN, 0};
	return v;
}

struct value value_combine(struct value a, struct value b, int64_t scale, int sign)
{
	if (b.kind == VALUE_CONST)
		return value_add(a, wrap_multiply(wrap_multiply(b.n, scale), sign));
	/* An allocation of limited size is taken for as large as it can get. */
	if (a.kind == VALUE_CFA && sign < 0 && b.kind == VALUE_RANGE && scale >= 1 && scale <= 16)
		return value_add(a, -b.n * scale);
	/* What is taken back from a dynamic depth is at most what it took: the fixed part stays. */
	if ((a.kind == VALUE_DYN || (a.kind == VALUE_CFA && sign < 0)) && !value_is_stack(b)) {
		a.kind = VALUE_DYN;
		return a;
	}
	if (!value_is_stack(a) && !value_is_stack(b) && sign > 0)
		return (struct value){VALUE_SUM, 0};
	return (struct value){VALUE_UNKNOWN, 0};
}

/* and: the address may drop by up to the alignment less what the CFA is always aligned to. */
static struct value align(const struct isa *isa, struct value v, int64_t mask)
{
	int64_t alignment = wrap_multiply(mask, -1), known = isa->alignment;

	if (v.kind == VALUE_CONST)
		v.n &= mask;
	else if (v.kind == VALUE_RANGE && mask < 0)
		return range(v.n & mask);
	else if (!value_is_stack(v) || alignment <= 0 || (alignment & (alignment - 1)))
		v = (struct value){VALUE_UNKNOWN, 0};
	else if (alignment > known && v.kind == VALUE_CFA)
		v.n = wrap_add(v.n, known - alignment - (v.n & (known - 1)));
	else if (v.kind == VALUE_CFA)
		v.n &= mask;
	return v;
}

static void set_slot(struct state *s, int64_t at, struct value v)
{
	unsigned i = 0;

	while (i < s->n_slots && s->slot[i].at != at)
		i++;
	if (!value_is_stack(v) && v.kind != VALUE_SYMBOL) {
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

static struct value load(const struct state *s, struct value base, int64_t offset)
{
	if (base.kind != VALUE_CFA)
		return (struct value){VALUE_UNKNOWN, 0};
	return get_slot(s, wrap_add(base.n, offset));
}

/* Several registers to or from consecutive words. */
static void apply_set(const struct isa *isa, struct state *s, const struct effect *e,
		      struct value base)
{
	int64_t offset = e->imm;

	for (unsigned r = 0; r < isa->n_regs && r < 32; r++) {
		if (!(e->set >> r & 1))
			continue;
		if (e->op == EFFECT_LOAD_SET)
			s->reg[r] = load(s, base, offset);
		else if (base.kind == VALUE_CFA)
			set_slot(s, wrap_add(base.n, offset), s->reg[r]);
		offset = wrap_add(offset, isa->word);
	}
}

static struct value narrow(struct value v, int64_t limit)
{
	return v.kind == VALUE_CONST && v.n >= 0 && v.n <= limit
		       ? v
		       : range(largest(v) < limit ? largest(v) : limit);
}

static struct value mask(struct value v, int64_t bits)
{
	if (v.kind == VALUE_CONST)
		return (struct value){VALUE_CONST, v.n & bits};
	if (bits < 0)
		return largest(v) > MAX_RANGE ? range(-1) : range(largest(v) & bits);
	return narrow(v, bits);
}

static struct value scale(struct value v, int64_t factor, int64_t offset)
{
	if (largest(v) > MAX_RANGE || factor > 16 || offset < 0 || offset > MAX_RANGE)
		return (struct value){VALUE_UNKNOWN, 0};
	return range(largest(v) * factor + offset);
}

static struct value insert(struct value v, unsigned bit, int64_t bits)
{
	uint64_t mask = (uint64_t)0xffff << (bit & 63);

	if (v.kind != VALUE_CONST)
		return (struct value){VALUE_UNKNOWN, 0};
	v.n = (int64_t)(((uint64_t)v.n & ~mask) | ((uint64_t)bits << (bit & 63) & mask));
	return v;
}

void state_apply(const struct isa *isa, struct state *s, const struct effect *e)
{
	struct value unknown = {VALUE_UNKNOWN, 0};
	struct value rs = e->rs < isa->n_regs ? s->reg[e->rs] : unknown;
	struct value rt = e->rt < isa->n_regs ? s->reg[e->rt] : unknown;
	struct value v = unknown;

	switch ((enum effect_op)e->op) {
	case EFFECT_NONE: return;
	case EFFECT_CONST: v = (struct value){VALUE_CONST, e->imm}; break;
	case EFFECT_MOVE: v = value_add(rs, e->imm); break;
	case EFFECT_ADD:
		/* constant + stack address is a stack address too */
		v = rs.kind == VALUE_CONST && value_is_stack(rt) && e->imm == 1
			    ? value_combine(rt, rs, 1, 1)
			    : value_combine(rs, rt, e->imm, 1);
		break;
	case EFFECT_SUB:
		v = value_combine(rs, rt, e->imm, -1);
		s->bounded |= rt.kind == VALUE_RANGE && v.kind == VALUE_CFA;
		break;
	case EFFECT_NARROW: v = narrow(rs, e->imm); break;
	case EFFECT_MASK: v = mask(rs, e->imm); break;
	case EFFECT_SCALE: v = scale(rt, e->set, e->imm); break;
	case EFFECT_SHIFT:
		if (e->imm >= 0 && e->imm < 63 && largest(rs) <= MAX_RANGE)
			v = range(largest(rs) >> e->imm);
		break;
	case EFFECT_ALIGN:
		v = align(isa, rs, e->imm);
		s->realigned |= v.kind == VALUE_CFA && -e->imm > isa->alignment;
		break;
	case EFFECT_CLOBBER: break;
	case EFFECT_SYMBOL: v = (struct value){VALUE_SYMBOL, e->imm}; break;
	case EFFECT_STORE:
		if (rs.kind == VALUE_CFA)
			set_slot(s, wrap_add(rs.n, e->imm),
				 e->rd < isa->n_regs ? s->reg[e->rd] : unknown);
		return;
	case EFFECT_LOAD: v = load(s, rs, e->imm); break;
	case EFFECT_INSERT: v = insert(rs, e->rt, e->imm); break;
	case EFFECT_STORE_SET:
	case EFFECT_LOAD_SET: apply_set(isa, s, e, rs); return;
	}
	if (e->rd < isa->n_regs)
		s->reg[e->rd] = v;
}

void state_limit(struct state *s, uint8_t reg, int64_t limit)
{
	struct value *v = &s->reg[reg];

	if (v->kind != VALUE_CONST && !value_is_stack(*v) && largest(*v) > limit)
		*v = range(limit);
}

void state_blur(const struct isa *isa, struct state *s, const struct effect *e)
{
	struct effect worst = *e;

	switch ((enum effect_op)e->op) {
	case EFFECT_STORE: worst.rd = NO_REG; break;
	case EFFECT_STORE_SET: return;
	case EFFECT_LOAD_SET:
		for (unsigned r = 0; r < isa->n_regs && r < 32; r++)
			if (e->set >> r & 1)
				s->reg[r] = (struct value){VALUE_UNKNOWN, 0};
		return;
	default: worst.op = EFFECT_CLOBBER; break;
	}
	state_apply(isa, s, &worst);
}

static bool within(struct value a, struct value b)
{
	return a.kind == VALUE_RANGE && largest(b) <= a.n;
}

/* Two constants make a range once; a range that would have to grow is not known (a loop might never end). */
static struct value join_values(struct value a, struct value b)
{
	if (a.kind == VALUE_CONST && largest(a) <= MAX_RANGE && largest(b) <= MAX_RANGE)
		return range(largest(a) > largest(b) ? largest(a) : largest(b));
	return (struct value){VALUE_UNKNOWN, 0};
}

static unsigned join_slots(struct state *a, const struct state *b)
{
	uint8_t kept = 0;

	for (unsigned i = 0; i < a->n_slots; i++) {
		bool same = false;

		for (unsigned k = 0; k < b->n_slots; k++)
			same |= a->slot[i].at == b->slot[k].at &&
				value_same(a->slot[i].value, b->slot[k].value);
		if (same)
			a->slot[kept++] = a->slot[i];
	}
	return kept;
}

bool state_join(const struct isa *isa, struct state *a, const struct state *b)
{
	bool changed = (a->pushed || a->reserved) &&
		       (a->pushed != b->pushed || a->reserved != b->reserved);
	unsigned kept;

	if (changed)
		a->pushed = a->reserved = 0;
	if ((b->bounded && !a->bounded) || (b->realigned && !a->realigned))
		changed = true;
	a->bounded |= b->bounded;
	a->realigned |= b->realigned;

	for (unsigned r = 0; r < isa->n_regs; r++) {
		if (a->reg[r].kind == VALUE_UNKNOWN || r == isa->sp ||
		    value_same(a->reg[r], b->reg[r]) || within(a->reg[r], b->reg[r]))
			continue;
		a->reg[r] = join_values(a->reg[r], b->reg[r]);
		changed = true;
	}
	kept = join_slots(a, b);
	changed |= kept != a->n_slots;
	a->n_slots = (uint8_t)kept;
	return changed;
}

bool state_join_sp(const struct isa *isa, struct state *sa, const struct state *sb,
		   unsigned char *joins, bool *changed)
{
	struct value *a = &sa->reg[isa->sp], b = sb->reg[isa->sp];

	if (value_same(*a, b))
		return true;
	if (!value_is_stack(*a) || !value_is_stack(b) ||
	    (a->kind == VALUE_CFA && b.kind == VALUE_CFA))
		return false;
	/* One is dynamic: both are floors; keep the deeper one, a few times (an alloca in a loop has no end). */
	if (a->kind == VALUE_CFA || b.n < a->n) {
		if (*joins < MAX_DYNAMIC_JOINS) {
			++*joins;
			*changed = true;
			a->n = b.n < a->n ? b.n : a->n;
		}
		if (a->kind == VALUE_CFA)
			*changed = true;
		a->kind = VALUE_DYN;
	}
	return true;
}

bool state_at_entry_depth(const struct isa *isa, const struct state *s)
{
	struct value sp = s->reg[isa->sp];

	return sp.kind == VALUE_CFA && sp.n == -(int64_t)isa->entry_bytes;
}

enum { POOL_BLOCK = 64 };

struct state *state_pool_take(struct state_pool *p)
{
	if (p->used == p->blocks.n * POOL_BLOCK)
		*vec_push(&p->blocks) = mem_calloc(POOL_BLOCK, sizeof(struct state));
	p->used++;
	return &p->blocks.v[(p->used - 1) / POOL_BLOCK][(p->used - 1) % POOL_BLOCK];
}

void state_pool_release(struct state_pool *p)
{
	for (size_t i = 0; i < p->blocks.n; i++)
		free(p->blocks.v[i]);
	vec_release(&p->blocks);
	p->used = 0;
}
