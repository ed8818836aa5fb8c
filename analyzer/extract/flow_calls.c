#include "extract/flow_walk.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/*
 * What a call leaves behind. On i386 callees may pop their arguments (most do on Windows): by their own returns, by the
 * number in a decorated name, else (calls through pointers) by a guess from the code around the call, which must
 * balance wherever paths meet and at every return; when it does not, the guess is corrected by the difference and
 * the walk begins anew.
 */

enum { MAX_POPS = 128, MAX_REPAIRS = 64, NEARBY = 8 };

/* ___chkstk_ms and __chkstk probe and keep all registers (on ARM64 the caller lowers SP itself); the 32-bit _chkstk and _alloca also lower SP by eax. */
static bool stack_probe(struct walk *w, const char *callee, struct state *s)
{
	const struct isa *isa = w->c->isa;
	const char *name = callee + strspn(callee, "_");

	if (!w->c->object->coff)
		return false;
	if (!strcmp(name, "chkstk_ms") || !strcmp(name, "chkstk_arm64ec"))
		return true;
	if (strcmp(name, "chkstk") && strcmp(name, "alloca"))
		return false;
	if (isa->arch == ARCH_I386)
		s->reg[isa->sp] = value_combine(s->reg[isa->sp], s->reg[0], 1, -1);
	return true;
}

/* The compiler's helpers for 64-bit products and quotients in 32-bit code pop their two operands, and do not say so in the name. */
static bool is_long_helper(const char *callee)
{
	static const char *const names[] = {"__allmul",	 "__alldiv",  "__allrem",  "__alldvrm",
					    "__aulldiv", "__aullrem", "__aulldvrm"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(names[i], callee))
			return true;
	return false;
}

/* stdcall and fastcall: the number behind '@' is what the callee pops. */
static int64_t callee_pops(const struct walk *w, const char *callee)
{
	const char *at = strrchr(callee, '@');
	unsigned long bytes;
	char *end;

	if (!w->c->object->coff || w->c->isa->arch != ARCH_I386)
		return 0;
	if (is_long_helper(callee))
		return 16;
	if (!at)
		return 0;
	bytes = strtoul(at + 1, &end, 10);
	if (end == at + 1 || *end || bytes > 4096)
		return 0;
	/* fastcall's first two words travel in registers. */
	if (*callee == '@')
		bytes = bytes > 8 ? bytes - 8 : 0;
	return (int64_t)bytes;
}

/* What the callee takes off the stack, where that is known: its own returns in this object, its decorated name. */
static bool known_pops(const struct walk *w, const struct insn *in, const char *callee,
		       int64_t *pops)
{
	uint32_t f = in->indirect || in->target_section == NO_SECTION
			     ? UINT32_MAX
			     : flow_func_at(w->c, in->target_section, in->target_offset);

	*pops = 0;
	if (w->c->isa->arch != ARCH_I386)
		return true;
	if (f != UINT32_MAX && w->c->funcs[f].start == in->target_offset &&
	    w->c->funcs[f].pops >= 0) {
		*pops = w->c->funcs[f].pops;
		return true;
	}
	/* On Windows who pops without saying so in the name does not pop. */
	if (callee && w->c->object->coff)
		*pops = callee_pops(w, callee);
	return callee && w->c->object->coff;
}

int32_t flow_pops(const struct flow_context *c, uint32_t func)
{
	struct code code;
	int32_t pops = -1;

	code_init(&code, c, &c->funcs[func]);
	for (size_t i = 0; i < code.insns.n; i++) {
		const struct insn *in = &code.insns.v[i];

		if (in->flow != FLOW_RETURN)
			continue;
		if (pops >= 0 && pops != in->pops) {
			pops = -1;
			break;
		}
		pops = in->pops;
	}
	code_release(&code);
	return pops;
}

/* Name behind the address that a register holds. */
static const char *symbol_in(const struct walk *w, struct value v)
{
	const struct object *o = w->c->object;
	const char *name;

	if (v.kind != VALUE_SYMBOL || v.n < 0 || (uint64_t)v.n >= o->n_symbols)
		return NULL;
	name = o->symbols[v.n].name;
	return o->coff && str_starts(name, "__imp_") ? name + strlen("__imp_") : name;
}

const char *walk_callee(struct walk *w, uint32_t i, const struct state *s)
{
	const struct insn *in = &w->code.insns.v[i];
	const char *name;

	if (!in->indirect || in->import)
		return code_target_name(&w->code, in);
	name = in->jump_reg < w->c->isa->n_regs ? symbol_in(w, s->reg[in->jump_reg]) : NULL;
	/* States only get weaker: what one of them does not know or tells otherwise is not known. */
	if (!name || (w->callee[i] && strcmp(w->callee[i], name)))
		name = "";
	w->callee[i] = name;
	return *name ? name : NULL;
}

/* Does an instruction just move SP, by a constant other than a push or pop does? */
static bool adjusts_sp(const struct walk *w, const struct insn *in, int64_t *bytes)
{
	uint8_t sp = w->c->isa->sp;

	if (in->n_effects != 1 || in->push || in->effects[0].op != EFFECT_MOVE ||
	    in->effects[0].rd != sp || in->effects[0].rs != sp)
		return false;
	*bytes = in->effects[0].imm;
	return true;
}

/* The first change of SP soon behind a call, before anything else is pushed, called or branched to. */
static bool next_adjustment(const struct walk *w, uint32_t i, int64_t *bytes)
{
	for (uint32_t k = i + 1; k < w->code.insns.n && k <= i + NEARBY; k++) {
		const struct insn *in = &w->code.insns.v[k];

		if (adjusts_sp(w, in, bytes))
			return true;
		if (in->flow != FLOW_NEXT || in->push || w->flags[k] & IS_LEADER)
			break;
	}
	return false;
}

/*
 * Behind a call the caller takes back all that it lowered SP by (cdecl), or only what it lowered it by for alignment
 * before it pushed, or makes up for what the callee took (GCC, stdcall), or does nothing (stdcall).
 */
static int32_t guess_pops(const struct walk *w, uint32_t i, int32_t pushed, int32_t reserved)
{
	int64_t bytes = 0;

	if (next_adjustment(w, i, &bytes)) {
		bool aligned = reserved && (reserved + pushed) % 16 == 0;

		if (bytes > 0 && (aligned ? bytes != reserved : bytes >= pushed))
			return 0;
		if (bytes < 0 && !pushed && -bytes <= MAX_POPS)
			return (int32_t)-bytes;
	}
	return pushed <= MAX_POPS ? pushed : 0;
}

bool walk_repair(struct walk *w, const struct state *s, int64_t bytes)
{
	uint32_t i = s->unsure - 1;
	int64_t pops;

	/* One mistake can show in several places of a pass; it is corrected once. */
	if (w->restart)
		return true;
	if (!s->unsure || w->n_repairs == MAX_REPAIRS || bytes % (int64_t)w->c->isa->word)
		return false;
	if (!w->guess_pops) {
		/* Elsewhere than on Windows it is the exception that a callee pops: now it is likely. */
		w->guess_pops = true;
		memset(w->pops, 0xff, w->code.insns.n * sizeof(*w->pops));
		w->restart = true;
		return true;
	}
	pops = w->pops[i] + bytes;
	/* Elsewhere than on Windows all arguments are pushed: more than that no callee takes. */
	if (pops < 0 || pops > (w->c->object->coff ? MAX_POPS : w->pushed[i]))
		return false;
	w->pops[i] = (int32_t)pops;
	w->n_repairs++;
	w->restart = true;
	return true;
}

void walk_after_call(struct walk *w, uint32_t i, struct state *s)
{
	const struct isa *isa = w->c->isa;
	const struct insn *in = &w->code.insns.v[i];
	const char *callee = walk_callee(w, i, s);
	int32_t pushed = s->pushed, reserved = s->reserved;
	int64_t pops;

	if (callee && stack_probe(w, callee, s)) {
		walk_note_depth(w, in, s);
		return;
	}
	s->pushed = s->reserved = 0;
	for (unsigned r = 0; r < isa->n_regs && r < 64; r++)
		if (isa->call_clobbers >> r & 1)
			s->reg[r].kind = VALUE_UNKNOWN;
	if (known_pops(w, in, callee, &pops)) {
		walk_move_sp(w, s, pops);
	} else {
		if (pushed + reserved > w->pushed[i])
			w->pushed[i] = pushed + reserved;
		if (w->pops[i] < 0)
			w->pops[i] = w->guess_pops ? guess_pops(w, i, pushed, reserved) : 0;
		walk_move_sp(w, s, w->pops[i]);
		s->unsure = i + 1;
	}
}
