#include "extract/machine_tools.h"

#include "base/mem.h"

#include <llvm-c/Target.h>
#include <stdlib.h>
#include <string.h>

/* Setting up LLVM costs as much as reading a small object, and objects of one build share most of their instructions. */

struct machine_tools {
	/* What the tools are for; isa NULL: for nothing yet. */
	const struct isa *isa;
	struct arena arena;
	const char *triple, *features;
	LLVMDisasmContextRef disassembler, thumb, thumb_fallback;
	struct insn_cache *cache;
};

static const struct isa *find_isa(const struct object *o)
{
	switch (o->arch) {
	case ARCH_X86_64: return o->coff ? &isa_x86_64_windows : &isa_x86_64;
	case ARCH_I386: return &isa_i386;
	case ARCH_AARCH64: return &isa_aarch64;
	case ARCH_ARM: return &isa_arm;
	case ARCH_RISCV64: return &isa_riscv64;
	}
	BUG("no instruction set for architecture %d", (int)o->arch);
}

/* The triple names what code must run on; what it may contain (inline assembly, other units) can be newer. */
#define ARM_FEATURES "+neon,+fullfp16,+crypto,+mp,+virtualization,+trustzone,+hwdiv,+hwdiv-arm,+dsp"

static LLVMDisasmContextRef open_one(const char *triple, const char *features)
{
	return LLVMCreateDisasmCPUFeatures(triple, "", features, NULL, 0, NULL, NULL);
}

static void initialise_target(enum arch arch)
{
	switch (arch) {
	case ARCH_X86_64:
	case ARCH_I386:
		LLVMInitializeX86TargetInfo();
		LLVMInitializeX86TargetMC();
		LLVMInitializeX86Disassembler();
		break;
	case ARCH_AARCH64:
		LLVMInitializeAArch64TargetInfo();
		LLVMInitializeAArch64TargetMC();
		LLVMInitializeAArch64Disassembler();
		break;
	case ARCH_ARM:
		LLVMInitializeARMTargetInfo();
		LLVMInitializeARMTargetMC();
		LLVMInitializeARMDisassembler();
		break;
	case ARCH_RISCV64:
		LLVMInitializeRISCVTargetInfo();
		LLVMInitializeRISCVTargetMC();
		LLVMInitializeRISCVDisassembler();
		break;
	}
}

static bool open_disassemblers(struct machine_tools *t)
{
	enum arch arch = t->isa->arch;

	initialise_target(arch);
	if (arch != ARCH_ARM) {
		t->disassembler = open_one(t->triple, t->features);
		return t->disassembler;
	}
	t->disassembler = open_one("armv8.6a", ARM_FEATURES);
	t->thumb = open_one("thumbv8.6a", ARM_FEATURES);
	t->thumb_fallback = open_one("thumbv8.1m.main", "+mve.fp,+fp64,+dsp");
	return t->disassembler && t->thumb && t->thumb_fallback;
}

static void forget(struct machine_tools *t)
{
	LLVMDisasmContextRef open[] = {t->disassembler, t->thumb, t->thumb_fallback};

	for (size_t i = 0; i < sizeof(open) / sizeof(*open); i++)
		if (open[i])
			LLVMDisasmDispose(open[i]);
	insn_cache_close(t->cache);
	arena_release(&t->arena);
	*t = (struct machine_tools){0};
}

struct machine_tools *machine_tools_open(void)
{
	return mem_calloc(1, sizeof(struct machine_tools));
}

void machine_tools_close(struct machine_tools *t)
{
	if (!t)
		return;
	forget(t);
	free(t);
}

int machine_tools_take(struct machine_tools *t, const char *triple, const char *features,
		       struct flow_context *c, struct error *err)
{
	const struct isa *isa = find_isa(c->object);

	if (t->isa != isa || strcmp(t->triple, triple) || strcmp(t->features, features)) {
		forget(t);
		t->isa = isa;
		t->triple = arena_strdup(&t->arena, triple);
		t->features = arena_strdup(&t->arena, features);
		if (!open_disassemblers(t)) {
			forget(t);
			return error_set(err, "LLVM has no disassembler for %s", triple);
		}
		/* Thumb depends on the mode and on the IT block around it. */
		t->cache = isa->arch == ARCH_ARM ? NULL : insn_cache_open();
	}
	c->isa = isa;
	c->disassembler = t->disassembler;
	c->thumb_disassembler = t->thumb;
	c->thumb_fallback = t->thumb_fallback;
	c->cache = t->cache;
	return 0;
}
