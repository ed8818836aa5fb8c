/* What is read from the bytes of x86 instructions is what LLVM's text of them says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "extract/insn.h"

#include <llvm-c/Disassembler.h>
#include <llvm-c/Target.h>
#include <string.h>

enum { ROOM = 16 };

struct bench {
	LLVMDisasmContextRef llvm;
	const struct isa *isa;
	struct object_section section;
	struct object object;
	uint8_t code[ROOM];
	size_t read, left; /* from the bytes; left to the text */
};

static void bench_open(struct bench *b, enum arch arch)
{
	LLVMInitializeX86TargetInfo();
	LLVMInitializeX86TargetMC();
	LLVMInitializeX86Disassembler();
	*b = (struct bench){.isa = arch == ARCH_I386 ? &isa_i386 : &isa_x86_64};
	b->llvm = LLVMCreateDisasm(arch == ARCH_I386 ? "i386" : "x86_64", NULL, 0, NULL, NULL);
	assert_non_null(b->llvm);
	b->section = (struct object_section){
		.name = ".text", .data = b->code, .size = ROOM, .code = true, .alloc = true};
	b->object = (struct object){
		.arch = arch, .word = b->isa->word, .sections = &b->section, .n_sections = 1};
}

static struct insn blank(void)
{
	return (struct insn){.compares = NO_REG,
			     .jump_reg = NO_REG,
			     .limits = NO_REG,
			     .target_section = NO_SECTION,
			     .target_symbol = NO_SYMBOL};
}

static void compare(struct bench *b, uint64_t room)
{
	struct insn fast = blank(), slow = blank();
	char text[256];

	if (!b->isa->decode_bytes(&b->object, 0, b->code, room, &fast)) {
		b->left++;
		return;
	}
	b->read++;
	slow.len = (uint8_t)LLVMDisasmInstruction(b->llvm, b->code, room, 0, text, sizeof(text));
	assert_int_equal(fast.len, slow.len);
	b->isa->decode(&b->object, 0, text, &slow);
	assert_int_equal(fast.flow, slow.flow);
	assert_int_equal(fast.padding, slow.padding);
	assert_int_equal(fast.not_equal, slow.not_equal);
	assert_int_equal(fast.limit_kind, slow.limit_kind);
	assert_int_equal(fast.target_section, slow.target_section);
	assert_int_equal(fast.target_offset, slow.target_offset);
	assert_int_equal(fast.compares, slow.compares);
	assert_int_equal(fast.limits, slow.limits);
	assert_int_equal(fast.limit, slow.limit);
	assert_int_equal(fast.n_effects, slow.n_effects);
	assert_memory_equal(fast.effects, slow.effects, fast.n_effects * sizeof(*fast.effects));
}

/* All opcodes with every prefix, ModR/M and SIB byte. */
static void compare_moves(struct bench *b, unsigned first_rex, unsigned last_rex)
{
	for (unsigned rex = first_rex; rex <= last_rex; rex++)
		for (unsigned i = 0; i < 512; i++)
			for (unsigned modrm = 0; modrm < 256; modrm++)
				for (unsigned sib = 0; sib < 256; sib++) {
					unsigned at = 0;

					if (rex)
						b->code[at++] = (uint8_t)rex;
					if (i >= 256)
						b->code[at++] = 0x0f;
					b->code[at++] = (uint8_t)i;
					b->code[at++] = (uint8_t)modrm;
					b->code[at++] = (uint8_t)sib;
					compare(b, ROOM);
					/* Without a SIB byte that one is but the displacement. */
					if ((modrm & 7) != 4 || modrm >> 6 == 3)
						sib += 127;
					else
						sib += rex ? 12 : 2;
				}
}

static void fill(struct bench *b)
{
	/* A negative displacement. */
	memset(b->code, 0xf1, sizeof(b->code));
}

static void test_moves(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, ARCH_X86_64);
	fill(&b);
	compare_moves(&b, 0, 0);
	fill(&b);
	compare_moves(&b, 0x40, 0x4f);
	assert_true(b.read > 100000);
	LLVMDisasmDispose(b.llvm);
	bench_open(&b, ARCH_I386);
	fill(&b);
	compare_moves(&b, 0, 0);
	assert_true(b.read > 10000);
	LLVMDisasmDispose(b.llvm);
}

static void compare_branches(struct bench *b)
{
	for (unsigned first = 0; first < 256; first++)
		for (unsigned second = 0; second < 256; second++) {
			fill(b);
			b->code[0] = (uint8_t)first;
			b->code[1] = (uint8_t)second;
			compare(b, ROOM);
			b->code[4] = 0;
			compare(b, ROOM);
		}
	assert_true(b->read > 1000 && b->left > 1000);
}

static void test_branches(void **state)
{
	struct bench b;

	(void)state;
	bench_open(&b, ARCH_X86_64);
	compare_branches(&b);
	LLVMDisasmDispose(b.llvm);
	bench_open(&b, ARCH_I386);
	compare_branches(&b);
	LLVMDisasmDispose(b.llvm);
}

/* Cut short, an instruction is no instruction. */
static void test_room(void **state)
{
	static const uint8_t codes[][8] = {{0xe8, 0, 0, 0, 0},	     {0x0f, 0x84, 0, 0, 0, 0},
					   {0x2e, 0xe9, 0, 0, 0, 0}, {0x75, 0},
					   {0x48, 0x89, 0x44, 8, 8}, {0x8d, 5, 0, 0, 0, 0}};
	static const unsigned lengths[] = {5, 6, 6, 2, 5, 6};
	struct bench b;

	(void)state;
	bench_open(&b, ARCH_X86_64);
	for (unsigned i = 0; i < 6; i++)
		for (unsigned room = 1; room <= 8; room++) {
			struct insn in = blank();

			memcpy(b.code, codes[i], 8);
			assert_int_equal(b.isa->decode_bytes(&b.object, 0, b.code, room, &in),
					 room >= lengths[i]);
		}
	LLVMDisasmDispose(b.llvm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moves),
		cmocka_unit_test(test_branches),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
