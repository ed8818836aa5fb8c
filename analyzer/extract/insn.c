#include "extract/insn.h"

#include <stdlib.h>
#include <string.h>

static char *skip_blanks(char *s)
{
	return s + strspn(s, " \t");
}

static char *end_of_operand(char *s)
{
	int depth = 0;

	for (; *s; s++) {
		if (*s == '[' || *s == '{' || *s == '(')
			depth++;
		else if (*s == ']' || *s == '}' || *s == ')')
			depth--;
		else if (*s == ',' && !depth)
			break;
	}
	return s;
}

void insn_split(struct insn_text *t, char *text)
{
	char *m = skip_blanks(text), *s = m + strcspn(m, " \t");

	*t = (struct insn_text){.mnemonic = m};
	if (*s)
		*s++ = '\0';
	for (s = skip_blanks(s); *s && t->n < MAX_OPERANDS; s = skip_blanks(s)) {
		t->op[t->n++] = s;
		s = end_of_operand(s);
		if (*s)
			*s++ = '\0';
	}
}

bool insn_number(const char *text, int64_t *value)
{
	char *end;

	if (*text == '#')
		text++;
	/* Masks are printed as unsigned 64-bit numbers. */
	*value = *text == '-' ? strtoll(text, &end, 0) : (int64_t)strtoull(text, &end, 0);
	return end != text;
}

void insn_effect3(struct insn *in, enum effect_op op, uint8_t rd, uint8_t rs, uint8_t rt,
		  int64_t imm)
{
	if (in->n_effects == MAX_EFFECTS)
		BUG("instruction with more than %d effects", MAX_EFFECTS);
	in->effects[in->n_effects++] = (struct effect){(uint8_t)op, rd, rs, rt, 0, imm};
}

void insn_effect(struct insn *in, enum effect_op op, uint8_t rd, uint8_t rs, int64_t imm)
{
	insn_effect3(in, op, rd, rs, NO_REG, imm);
}

void insn_effect_set(struct insn *in, enum effect_op op, uint32_t set, uint8_t rs, int64_t imm)
{
	insn_effect3(in, op, NO_REG, rs, NO_REG, imm);
	in->effects[in->n_effects - 1].set = set;
}

void insn_target_local(struct insn *in, uint32_t section, uint64_t offset)
{
	in->target_section = section;
	in->target_offset = offset;
}

void insn_target_reloc(struct insn *in, const struct object *o, const struct object_reloc *r,
		       int64_t bias)
{
	in->target_symbol = r->symbol;
	if (object_target(o, r, &in->target_section, &in->target_offset))
		in->target_offset += (uint64_t)bias;
}

void insn_scale(struct insn *in, uint8_t rd, uint8_t rt, uint32_t factor, int64_t imm)
{
	insn_effect3(in, EFFECT_SCALE, rd, NO_REG, rt, imm);
	in->effects[in->n_effects - 1].set = factor;
}
