#include "extract/insn.h"

void insn_effect3(struct insn *in, enum effect_op op, uint8_t rd, uint8_t rs, uint8_t rt,
		  int64_t imm)
{
	if (in->n_effects == MAX_EFFECTS)
		BUG("instruction with more than %d effects", MAX_EFFECTS);
	in->effects[in->n_effects++] = (struct effect){(uint8_t)op, rd, rs, rt, imm};
}

void insn_effect(struct insn *in, enum effect_op op, uint8_t rd, uint8_t rs, int64_t imm)
{
	insn_effect3(in, op, rd, rs, NO_REG, imm);
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
