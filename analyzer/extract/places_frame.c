/* Input: DWARF location expressions. Output: a base and an offset from it, where a variable lies in the frame. */
#include "extract/places_frame.h"

#include <dwarf.h>

static bool is_sp(const struct object *o, unsigned reg)
{
	return reg == (o->arch == ARCH_X86_64	 ? 7u
		       : o->arch == ARCH_I386	 ? 4u
		       : o->arch == ARCH_AARCH64 ? 31u
		       : o->arch == ARCH_ARM	 ? 13u
						 : 2u);
}

static bool is_fp(const struct object *o, unsigned reg)
{
	return (o->arch == ARCH_X86_64 && reg == 6) || (o->arch == ARCH_I386 && reg == 5);
}

struct frame_base places_frame_base(const struct object *o, Dwarf_Die *function)
{
	struct frame_base fb = {0};
	Dwarf_Attribute attribute;
	Dwarf_Op *ops;
	size_t n;

	if (!dwarf_attr(function, DW_AT_frame_base, &attribute) ||
	    dwarf_getlocation(&attribute, &ops, &n) || !n)
		return fb;
	if (ops[0].atom == DW_OP_call_frame_cfa) {
		fb.base = BASE_CFA;
		fb.known = n == 1;
		if (n == 3 && ops[1].atom == DW_OP_consts && ops[2].atom == DW_OP_plus) {
			fb.offset = (int64_t)ops[1].number;
			fb.known = true;
		}
	} else if (n == 1 && ops[0].atom >= DW_OP_reg0 && ops[0].atom <= DW_OP_reg31) {
		unsigned reg = ops[0].atom - DW_OP_reg0;

		fb.known = is_sp(o, reg) || is_fp(o, reg);
		fb.base = is_sp(o, reg) ? BASE_SP : BASE_FP;
	}
	return fb;
}

/* One operation as base and offset. */
static bool place_in_frame(const struct object *o, const struct frame_base *fb, const Dwarf_Op *op,
			   struct place_variable *v)
{
	if (op->atom == DW_OP_fbreg && fb->known) {
		v->base = fb->base;
		v->offset = fb->offset + (int64_t)op->number;
		return true;
	}
	if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31) {
		unsigned reg = op->atom - DW_OP_breg0;

		if (!is_sp(o, reg) && !is_fp(o, reg))
			return false;
		v->offset = (int64_t)op->number;
		v->base = is_sp(o, reg) ? BASE_SP : BASE_FP;
		/* Where the frame base is a constant distance below the CFA, that is where SP stays. */
		if (v->base == BASE_SP && fb->known && fb->base == BASE_CFA) {
			v->base = BASE_CFA;
			v->offset += fb->offset;
		}
		return true;
	}
	return false;
}

bool places_locate(const struct object *o, const struct frame_base *fb, Dwarf_Attribute *attribute,
		   struct place_variable *v)
{
	Dwarf_Addr base, low, high;
	Dwarf_Op *ops;
	ptrdiff_t at = 0;
	size_t n;

	while ((at = dwarf_getlocations(attribute, at, &base, &low, &high, &ops, &n)) > 0) {
		if (n == 1 && place_in_frame(o, fb, ops, v)) {
			v->partly = false;
			return true;
		}
		if (n > 1 && ops[1].atom == DW_OP_piece && !v->partly)
			v->partly = place_in_frame(o, fb, ops, v);
	}
	return v->partly;
}
