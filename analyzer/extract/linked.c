#include "extract/linked.h"

/* call or jmp through a word at a fixed address: the last six bytes are ff /2 or ff /4 and the distance. 0: something else. */
static uint64_t x86_word(const struct object *o, const struct insn *in)
{
	const struct object_section *s = &o->sections[in->section];
	uint64_t end = in->offset + in->len;
	const uint8_t *p;
	uint32_t distance;

	if (in->len < 6 || !s->data || end > s->size)
		return 0;
	p = s->data + end - 6;
	if (p[0] != 0xff)
		return 0;
	distance =
		(uint32_t)p[2] | (uint32_t)p[3] << 8 | (uint32_t)p[4] << 16 | (uint32_t)p[5] << 24;
	if (p[1] == 0x15 || p[1] == 0x25)
		return o->arch == ARCH_X86_64 ? s->base + end + (uint64_t)(int64_t)(int32_t)distance
					      : distance;
	if ((p[1] == 0x93 || p[1] == 0xa3) && o->arch == ARCH_I386 && o->got_base)
		return (uint32_t)(o->got_base + distance);
	return 0;
}

static void resolve_direct(const struct object *o, struct insn *in)
{
	const struct object_section *s = &o->sections[in->target_section];

	if (in->target_offset >= s->size) {
		uint64_t address = s->base + in->target_offset, offset;
		uint32_t section;

		if (o->word == 4)
			address = (uint32_t)address;
		in->target_section = NO_SECTION;
		if (object_find_code(o, address, &section, &offset)) {
			in->target_section = section;
			in->target_offset = offset;
		}
	}
	if (in->target_section == NO_SECTION)
		return;
	in->import = object_stub(o, in->target_section, in->target_offset);
	if (in->import)
		in->target_section = NO_SECTION;
}

void linked_resolve(const struct object *o, struct insn *in)
{
	if (in->flow != FLOW_CALL && in->flow != FLOW_JUMP && in->flow != FLOW_BRANCH)
		return;
	if (!in->indirect && in->target_section != NO_SECTION)
		resolve_direct(o, in);
	else if (in->indirect && (o->arch == ARCH_X86_64 || o->arch == ARCH_I386))
		in->import = object_import_at(o, x86_word(o, in));
}
