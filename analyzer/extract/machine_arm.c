#include "extract/insn.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/*
 * ARM, A32 and Thumb-2, from LLVM's text. Almost every instruction may be conditional: the condition goes into
 * insn.cond and the walker follows both ways. The program counter is an operand like any other, so that a write to it
 * is a jump or a return.
 */

enum { SP = 13, LR, PC, N_REGS = 16 };

static const char conditions[14][3] = {"eq", "ne", "hs", "lo", "mi", "pl", "vs",
				       "vc", "hi", "ls", "ge", "lt", "gt", "le"};

/* 2.. for a condition that the text begins with, in pairs of opposites; 0: none. */
static uint8_t condition_number(const char *s)
{
	for (unsigned i = 0; i < sizeof(conditions) / sizeof(*conditions); i++)
		if (!strncmp(s, conditions[i], 2))
			return (uint8_t)(i + 2);
	return 0;
}

/*
 * Is `m` the instruction `base`: "sub", "subs", "subne", "subs.w"? Its condition goes to in->cond.
 */
static bool is(struct insn *in, const char *m, const char *base, bool may_set_flags)
{
	size_t n = strlen(base);
	uint8_t cond;

	if (strncmp(m, base, n))
		return false;
	m += n;
	cond = condition_number(m);
	if (!cond && may_set_flags && *m == 's') {
		m++;
		cond = condition_number(m);
	}
	if (cond)
		m += 2;
	if (*m && strcmp(m, ".w") && strcmp(m, ".n"))
		return false;
	in->cond = cond;
	return true;
}

static uint8_t register_number(const char *s)
{
	unsigned long n;
	char *end;

	if (!strncmp(s, "sp", 2))
		return SP;
	if (!strncmp(s, "lr", 2))
		return LR;
	if (!strncmp(s, "pc", 2))
		return PC;
	if (*s != 'r' || s[1] < '0' || s[1] > '9')
		return NO_REG;
	n = strtoul(s + 1, &end, 10);
	return n < SP ? (uint8_t)n : (uint8_t)NO_REG;
}

static uint8_t reg(const struct insn_text *t, unsigned i)
{
	return i < t->n ? register_number(t->op[i]) : (uint8_t)NO_REG;
}

static unsigned count_bits(uint32_t set)
{
	unsigned n = 0;

	for (; set; set &= set - 1)
		n++;
	return n;
}

/* "{r4, r5, lr}": bits of the registers. */
static uint32_t register_set(const char *s)
{
	uint32_t set = 0;

	for (s += strspn(s, "{ "); *s && *s != '}'; s += strcspn(s, ",}"), s += strspn(s, ", ")) {
		uint8_t r = register_number(s);

		if (r != NO_REG)
			set |= 1u << r;
	}
	return set;
}

/* "{d8, d9}", "{s16}", "{q4}": bytes. */
static int64_t vector_bytes(const char *s)
{
	int64_t bytes = 0;

	for (s += strspn(s, "{ "); *s && *s != '}'; s += strcspn(s, ",}"), s += strspn(s, ", "))
		bytes += *s == 's' ? 4 : *s == 'q' ? 16 : 8;
	return bytes;
}

struct memory {
	uint8_t base;
	bool indexed, writeback;
	int64_t imm;
};

/* "[sp, #-4]!", "[r3]", "[pc, r0, lsl #2]" */
static struct memory parse_memory(const char *s)
{
	const char *comma = strchr(s, ','), *close = strchr(s, ']');
	struct memory mem = {.base = NO_REG};

	if (*s != '[')
		return mem;
	mem.base = register_number(s + 1);
	mem.writeback = close && close[1] == '!';
	if (comma) {
		comma += strspn(comma, ", ");
		mem.indexed = !insn_number(comma, &mem.imm);
	}
	return mem;
}

static void clobber(struct insn *in, uint8_t rd)
{
	if (rd < PC)
		insn_effect(in, EFFECT_CLOBBER, rd, NO_REG, 0);
}

/* What writing the program counter from `from` (NO_REG: something computed) amounts to. */
static void jump(struct insn *in, uint8_t from)
{
	/* GCC also uses lr for the targets of jump tables; the walker knows what it holds. */
	in->flow = from == LR ? FLOW_RETURN : FLOW_JUMP;
	in->indirect = true;
	in->jump_reg = from;
}

static void set_target(struct insn *in, const struct object *o, uint32_t section, const char *text,
		       bool to_arm)
{
	const struct object_reloc *r =
		object_reloc_in(o, section, in->offset, in->offset + in->len);
	uint64_t place = in->offset;
	int64_t distance;

	if (!insn_number(text, &distance))
		return;
	/* The distance counts from the program counter, which runs ahead. */
	distance += in->thumb ? 4 : 8;
	if (r && r->kind == RELOC_BRANCH) {
		insn_target_reloc(in, o, r, distance);
	} else {
		if (in->thumb && to_arm)
			place &= ~(uint64_t)3;
		insn_target_local(in, section, place + (uint64_t)distance);
	}
}

static bool decode_branch(const struct object *o, uint32_t section, struct insn *in,
			  const struct insn_text *t)
{
	const char *m = t->mnemonic;
	bool call = is(in, m, "bl", false) || is(in, m, "blx", false) || !strcmp(m, "blxns");

	if (!t->n)
		return false;
	if (call || is(in, m, "b", false)) {
		if (reg(t, 0) != NO_REG) {
			in->indirect = true;
			in->jump_reg = reg(t, 0);
		} else {
			set_target(in, o, section, t->op[0], str_starts(m, "blx"));
		}
		in->flow = call ? FLOW_CALL : in->cond ? FLOW_BRANCH : FLOW_JUMP;
		in->not_equal = str_starts(m, "bne");
		in->below_equal = str_starts(m, "bls") || str_starts(m, "ble");
	} else if (!strcmp(m, "cbz") || !strcmp(m, "cbnz")) {
		in->flow = FLOW_BRANCH;
		set_target(in, o, section, t->op[t->n - 1], false);
	} else if (is(in, m, "bx", false) || is(in, m, "bxj", false) || !strcmp(m, "bxns")) {
		jump(in, reg(t, 0));
	} else if (is(in, m, "tbb", false) || is(in, m, "tbh", false)) {
		jump(in, NO_REG);
		in->table = true;
	} else {
		return false;
	}
	return true;
}

/* Many registers at once: where they lie from the base on, and how far the base moves with '!'. */
static void decode_multiple(struct insn *in, uint8_t base, bool writeback, uint32_t set, bool load,
			    int64_t first, int64_t step)
{
	uint32_t effects = set & ~(1u << PC);

	if (base == NO_REG)
		return;
	if (load) {
		if (effects)
			insn_effect_set(in, EFFECT_LOAD_SET, effects, base, first);
		if (writeback && !(set >> base & 1))
			insn_effect(in, EFFECT_MOVE, base, base, step);
	} else {
		insn_effect_set(in, EFFECT_STORE_SET, set, base, first);
		if (writeback)
			insn_effect(in, EFFECT_MOVE, base, base, step);
	}
	if (load && set >> PC & 1)
		in->flow = FLOW_RETURN;
}

static bool decode_push_pop(struct insn *in, const struct insn_text *t)
{
	static const struct {
		const char *name;
		bool load, up, before;
	} forms[] = {
		{"ldm", true, true, false},	{"ldmia", true, true, false},
		{"ldmib", true, true, true},	{"ldmda", true, false, false},
		{"ldmdb", true, false, true},	{"stm", false, true, false},
		{"stmia", false, true, false},	{"stmib", false, true, true},
		{"stmda", false, false, false}, {"stmdb", false, false, true},
	};
	const char *m = t->mnemonic;
	uint32_t set;
	int64_t bytes, first;

	if (t->n && is(in, m, "push", false)) {
		set = register_set(t->op[0]);
		bytes = 4 * count_bits(set);
		decode_multiple(in, SP, true, set, false, -bytes, -bytes);
		return true;
	}
	if (t->n && is(in, m, "pop", false)) {
		set = register_set(t->op[0]);
		decode_multiple(in, SP, true, set, true, 0, 4 * count_bits(set));
		return true;
	}
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms) && t->n >= 2; i++) {
		if (!is(in, m, forms[i].name, false))
			continue;
		set = register_set(t->op[1]);
		bytes = 4 * count_bits(set);
		first = forms[i].up ? (forms[i].before ? 4 : 0)
				    : (forms[i].before ? -bytes : 4 - bytes);
		decode_multiple(in, reg(t, 0), strchr(t->op[0], '!'), set, forms[i].load, first,
				forms[i].up ? bytes : -bytes);
		return true;
	}
	return false;
}

static bool decode_vector_multiple(struct insn *in, const struct insn_text *t)
{
	const char *m = t->mnemonic;
	int64_t sign = 0;
	uint8_t base = SP;

	if (t->n && is(in, m, "vpush", false)) {
		sign = -1;
	} else if (t->n && is(in, m, "vpop", false)) {
		sign = 1;
	} else if (t->n >= 2 && strchr(t->op[0], '!')) {
		base = reg(t, 0);
		if (is(in, m, "vstmdb", false) || is(in, m, "vldmdb", false) ||
		    is(in, m, "fstmdbx", false) || is(in, m, "fldmdbx", false))
			sign = -1;
		else if (is(in, m, "vstmia", false) || is(in, m, "vldmia", false) ||
			 is(in, m, "fstmiax", false) || is(in, m, "fldmiax", false))
			sign = 1;
	}
	if (!sign || base == NO_REG)
		return false;
	insn_effect(in, EFFECT_MOVE, base, base, sign * vector_bytes(t->op[t->n - 1]));
	return true;
}

static void load_pc(struct insn *in, const struct memory *mem)
{
	/* A post-indexed load from the stack pops the return address. */
	if (mem->base == SP && !mem->indexed) {
		in->flow = FLOW_RETURN;
		return;
	}
	jump(in, NO_REG);
	in->table = mem->indexed;
	in->memory = !mem->indexed;
}

/* ldr, ldrd, str, strd with every form of write-back; bytes and halfwords only clobber. */
static bool decode_memory(struct insn *in, const struct insn_text *t)
{
	const char *m = t->mnemonic;
	bool load = str_starts(m, "ldr"), store = str_starts(m, "str");
	bool one = is(in, m, "ldr", false) || is(in, m, "str", false);
	unsigned regs = is(in, m, "ldrd", false) || is(in, m, "strd", false) ? 2 : 1;
	bool whole = one || regs == 2;
	struct memory mem;
	int64_t step = 0;
	bool post;

	if ((!load && !store) || t->n < regs + 1 || *t->op[regs] != '[')
		return false;
	mem = parse_memory(t->op[regs]);
	post = t->n > regs + 1;
	if (mem.base == NO_REG)
		return false;
	if (mem.writeback) {
		insn_effect(in, mem.indexed ? EFFECT_CLOBBER : EFFECT_MOVE, mem.base, mem.base,
			    mem.imm);
		mem.imm = 0;
	}
	for (unsigned i = 0; i < regs; i++) {
		uint8_t r = reg(t, i);

		if (load && r == PC)
			load_pc(in, &mem);
		else if (load && whole && !mem.indexed && mem.base != PC && r != mem.base)
			insn_effect(in, EFFECT_LOAD, r, mem.base, mem.imm + 4 * i);
		else if (load)
			clobber(in, r);
		else if (!mem.indexed)
			insn_effect(in, EFFECT_STORE, whole ? r : (uint8_t)NO_REG, mem.base,
				    mem.imm + 4 * i);
	}
	if (post) {
		bool known = insn_number(t->op[regs + 1], &step);

		insn_effect(in, known ? EFFECT_MOVE : EFFECT_CLOBBER, mem.base, mem.base, step);
	}
	return true;
}

static bool decode_mov(struct insn *in, const struct insn_text *t)
{
	const char *m = t->mnemonic;
	uint8_t rd = reg(t, 0), rs = reg(t, 1);
	int64_t imm;

	if (t->n != 2 || rd == NO_REG)
		return false;
	if (is(in, m, "movt", false) && insn_number(t->op[1], &imm)) {
		insn_effect3(in, EFFECT_INSERT, rd, rd, 16, imm & 0xffff);
	} else if (is(in, m, "mov", true) || is(in, m, "movw", false) || is(in, m, "mvn", true) ||
		   is(in, m, "cpy", false)) {
		if (rd == PC)
			jump(in, rs);
		else if (rs != NO_REG && *m == 'm' && m[1] == 'o')
			insn_effect(in, EFFECT_MOVE, rd, rs, 0);
		else if (rs == NO_REG && insn_number(t->op[1], &imm))
			insn_effect(in, EFFECT_CONST, rd, NO_REG,
				    (int64_t)(uint32_t)(m[1] == 'v' ? ~imm : imm));
		else
			clobber(in, rd);
	} else {
		return false;
	}
	return true;
}

/* "lsl #2": the factor; 0 for any other shift. */
static int64_t shift_factor(const char *s)
{
	int64_t bits;

	if (strncmp(s, "lsl ", 4) || !insn_number(s + 4, &bits) || bits < 0 || bits > 31)
		return 0;
	return (int64_t)1 << bits;
}

static bool decode_add(struct insn *in, const struct insn_text *t)
{
	const char *m = t->mnemonic;
	bool add = is(in, m, "add", true) || is(in, m, "addw", false);
	unsigned last = t->n >= 3 ? 2 : 1;
	uint8_t rd = reg(t, 0), rs = reg(t, last - 1), by = reg(t, last);
	int64_t imm, factor = 1;

	if (!add && !is(in, m, "sub", true) && !is(in, m, "subw", false))
		return false;
	if (t->n < 2 || rd == NO_REG)
		return false;
	if (t->n > 3)
		factor = shift_factor(t->op[3]);
	if (rd == PC) {
		jump(in, NO_REG);
		in->table = true;
	} else if (rs == NO_REG || rs == PC || !factor || by == PC) {
		clobber(in, rd);
	} else if (by != NO_REG) {
		insn_effect3(in, add ? EFFECT_ADD : EFFECT_SUB, rd, rs, by, factor);
	} else if (insn_number(t->op[last], &imm)) {
		insn_effect(in, EFFECT_MOVE, rd, rs, add ? imm : -imm);
	} else {
		clobber(in, rd);
	}
	return true;
}

/* Clearing of low bits: bic, bfc, and with a mask. */
static bool decode_align(struct insn *in, const struct insn_text *t)
{
	const char *m = t->mnemonic;
	unsigned last = t->n >= 3 ? 2 : 1;
	uint8_t rd = reg(t, 0), rs = reg(t, last - 1);
	int64_t imm, low;

	if (t->n < 2 || rd == NO_REG || rd == PC)
		return false;
	if (is(in, m, "bfc", false)) {
		if (t->n == 3 && insn_number(t->op[1], &low) && !low &&
		    insn_number(t->op[2], &imm) && imm > 0 && imm < 32)
			insn_effect(in, EFFECT_ALIGN, rd, rd, -((int64_t)1 << imm));
		else
			clobber(in, rd);
		return true;
	}
	if (!is(in, m, "bic", true) && !is(in, m, "and", true))
		return false;
	if (rs == NO_REG || reg(t, last) != NO_REG || !insn_number(t->op[last], &imm))
		clobber(in, rd);
	else
		insn_effect(in, EFFECT_ALIGN, rd, rs,
			    *m == 'b' ? ~imm : (int64_t)(int32_t)(uint32_t)imm);
	return true;
}

/* Anything else: long multiplications have two destinations, comparisons none. */
static void decode_other(struct insn *in, const struct insn_text *t)
{
	static const char *const none[] = {
		"cmp", "cmn", "tst", "teq", "msr", "dmb",  "dsb",  "isb", "mcr", "pld",	   "svc",
		"hvc", "smc", "cps", "it",  "nop", "bkpt", "mcrr", "stc", "dbg", "setend", "hint"};
	const char *m = t->mnemonic;

	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		if (str_starts(m, none[i]))
			return;
	clobber(in, reg(t, 0));
	if (str_starts(m, "umull") || str_starts(m, "smull") || str_starts(m, "umlal") ||
	    str_starts(m, "smlal") || str_starts(m, "umaal") || str_starts(m, "ldrexd") ||
	    str_starts(m, "mrrc") || str_starts(m, "vmov"))
		clobber(in, reg(t, 1));
	/* Vector loads and stores with write-back. */
	for (unsigned i = 1; i < t->n && in->n_effects < MAX_EFFECTS; i++)
		if (*t->op[i] == '[' && (strchr(t->op[i], '!') || i + 1 < t->n))
			clobber(in, register_number(t->op[i] + 1));
}

static bool sets_flags(const char *m)
{
	size_t n = strcspn(m, ".");

	if (str_starts(m, "cmp") || str_starts(m, "cmn") || str_starts(m, "tst") ||
	    str_starts(m, "teq") || str_starts(m, "vmrs") || str_starts(m, "msr") ||
	    str_starts(m, "svc"))
		return true;
	if (n > 3 && condition_number(m + n - 2) && m[n - 3] == 's')
		return true;
	return n > 3 && m[n - 1] == 's' && condition_number(m + n - 2) == 0;
}

static void decode(const struct object *o, uint32_t section, char *text, struct insn *in)
{
	struct insn_text t;
	const char *m;

	insn_split(&t, text);
	m = t.mnemonic;
	in->sets_flags = sets_flags(m);
	if (decode_branch(o, section, in, &t))
		return;
	if (str_starts(m, "udf") || str_starts(m, "bkpt") || str_starts(m, "trap")) {
		in->flow = FLOW_TRAP;
		in->padding = true;
		return;
	}
	in->padding = str_starts(m, "nop");
	if (str_starts(m, "cmp") && reg(&t, 0) == SP)
		in->compares = reg(&t, 1);
	if (str_starts(m, "rfe") || str_starts(m, "eret")) {
		in->flow = FLOW_RETURN;
		return;
	}
	if (!decode_push_pop(in, &t) && !decode_vector_multiple(in, &t) && !decode_memory(in, &t) &&
	    !decode_mov(in, &t) && !decode_add(in, &t) && !decode_align(in, &t))
		decode_other(in, &t);
}

const struct isa isa_arm = {
	.arch = ARCH_ARM,
	.entry_bytes = 0,
	.word = 4,
	.alignment = 8,
	.sp = SP,
	.n_regs = N_REGS,
	/* r0 to r3, r12 and lr */
	.call_clobbers = 0x500f,
	/* r7 in Thumb code, r11 else */
	.frame_pointers = 0x880,
	.decode = decode,
};
