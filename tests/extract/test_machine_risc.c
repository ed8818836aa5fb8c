/* Frames and call depths where a link register holds the return address: AArch64, ARM, RISC-V. */
#include "machine_fixture.h"

static const char common[] =
	"void sink(void *); int ext(int, ...); int (*p)(int);\n"
	"int leaf(int a) { return a + 1; }\n"
	"int big(int n) { char b[100000]; sink(b); return ext(n) + b[0]; }\n"
	"int vla(int n) { char b[n]; sink(b); return ext(n) + b[0]; }\n"
	"int many(int a) { return ext(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) + a; }\n"
	"int early(int n) { if (n > 3) return ext(n, 1) + 1; return n; }\n"
	"int tail(int n) { return ext(n); }\n"
	"int itail(int n) { return p(n); }\n"
	"int icall(int n) { return p(n) + 1; }\n"
	"static __attribute__((noinline)) int loc(int n) { return ext(n) + 3; }\n"
	"int own(int n) { return loc(n) + loc(n + 1); }\n"
	"int table(int n) { switch (n) { case 0: return ext(1); case 1: return ext(2, 3);\n"
	" case 2: sink(0); return 4; case 3: return ext(7); case 4: return ext(9) + 1;\n"
	" case 5: return ext(n) * 2; } return 3; }\n";

struct expected {
	const char *target, *flags;
	int64_t big, vla, many, early, own;
};

static void check_common(const struct expected *e)
{
	struct measured x;
	char calls[128];

	measure(&x, e->target, e->flags, common);
	expect_frame(&x, "leaf", 0);
	expect_calls(&x, "leaf", "");
	expect_frame(&x, "big", e->big);
	snprintf(calls, sizeof(calls), "%sdirect sink %d, direct ext %d",
		 x.object.coff ? "direct __chkstk 32, " : "", (int)e->big, (int)e->big);
	expect_calls(&x, "big", calls);
	expect_dynamic(&x, "vla", e->vla);
	expect_frame(&x, "many", e->many);
	expect_frame(&x, "early", e->early);
	expect_frame(&x, "tail", 0);
	expect_calls(&x, "tail", "tail ext 0");
	expect_frame(&x, "itail", 0);
	expect_calls(&x, "itail", "indirect-tail * 0");
	expect_frame(&x, "icall", e->early);
	snprintf(calls, sizeof(calls), "indirect * %d", (int)e->early);
	expect_calls(&x, "icall", calls);
	snprintf(calls, sizeof(calls), "direct loc %d, direct loc %d", (int)e->own, (int)e->own);
	expect_calls(&x, "own", calls);
	expect_frame(&x, "table", e->early);
	measured_release(&x);
}

static void same_source(void **state)
{
	/* As clang's own -fstack-usage says. */
	static const struct expected all[] = {
		{"aarch64-linux-gnu", "", 100032, 32, 64, 16, 32},
		{"aarch64-pc-windows-msvc", "", 100032, 32, 48, 16, 32},
		{"arm-linux-gnueabihf", "-march=armv7-a -marm", 100016, 24, 48, 8, 16},
		{"arm-linux-gnueabihf", "-march=armv7-a -mthumb", 100016, 24, 48, 8, 16},
		{"arm-linux-gnueabi", "-march=armv5te -marm", 100016, 24, 48, 8, 16},
		{"riscv64-linux-gnu", "", 100032, 32, 48, 16, 32},
		{"riscv64-linux-gnu", "-mno-relax", 100032, 32, 48, 16, 32},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		check_common(&all[i]);
}

#define FUNCTION(name) ".globl " #name "\n.type " #name ",%function\n" #name ":\n"
#define END(name)      ".size " #name ", .-" #name "\n"

/* clang-format off */
static const char aarch64_code[] =
	FUNCTION(realigned)
	"stp x29,x30,[sp,#-32]!\n mov x29,sp\n sub x9,sp,#96\n and sp,x9,#-64\n"
	" bl ext\n mov sp,x29\n ldp x29,x30,[sp],#32\n ret\n" END(realigned)
	FUNCTION(constant)
	"str x30,[sp,#-16]!\n mov x19,#0x86a0\n movk x19,#1,lsl #16\n"
	" sub sp,sp,x19\n bl ext\n add sp,sp,x19\n ldr x30,[sp],#16\n retaa\n" END(constant)
	FUNCTION(authenticated)
	"blraaz x3\n braa x1,x2\n" END(authenticated)
	FUNCTION(warn)
	"cbz x0,1f\n brk #0x800\n1: ret\n" END(warn)
	FUNCTION(trap)
	"sub sp,sp,#32\n cbz x0,1f\n add sp,sp,#32\n ret\n1: bl panic\n brk #1\n" END(trap)
	FUNCTION(vectors)
	"str x30,[sp,#-16]!\n addvl sp,sp,#-2\n bl ext\n addvl sp,sp,#2\n"
	" ldr x30,[sp],#16\n ret\n" END(vectors)
	FUNCTION(probed)
	"sub x9,sp,#4,lsl #12\n1: sub sp,sp,#1,lsl #12\n cmp sp,x9\n b.le 2f\n"
	" str xzr,[sp]\n b 1b\n2: mov sp,x9\n add sp,sp,#4,lsl #12\n ret\n" END(probed)
	FUNCTION(bytes)
	"adr x1,1f\n ldrb w0,[x2,x0]\n add x1,x1,w0,sxtb #2\n br x1\n"
	"1: str x30,[sp,#-48]!\n bl one\n ldr x30,[sp],#48\n ret\n" END(bytes)
	FUNCTION(unbalanced)
	"sub sp,sp,#16\n ret\n" END(unbalanced)
	FUNCTION(garbage)
	"sub sp,sp,#16\n .inst 0xffffffff\n" END(garbage)
	FUNCTION(constants)
	"b 1f\n .word 0x94000001\n1: ret\n" END(constants);

static const char arm_code[] =
	"\n.syntax unified\n"
	FUNCTION(conditional)
	"push {r4,lr}\n cmp r0,#0\n it eq\n popeq {r4,pc}\n sub sp,#8\n bl ext\n"
	" add sp,#8\n pop {r4,pc}\n" END(conditional)
	FUNCTION(both)
	"push {r4,lr}\n cmp r0,#0\n itt ne\n popne {r4,lr}\n bne other\n bl ext\n"
	" pop {r4,pc}\n" END(both)
	FUNCTION(returns)
	"cmp r0,#0\n it eq\n bxeq lr\n push {r3,lr}\n bl ext\n pop {r3,pc}\n" END(returns)
	FUNCTION(floats)
	"push {r4,lr}\n vpush {d8,d9,d10}\n bl ext\n vpop {d8,d9,d10}\n"
	" pop {r4,pc}\n" END(floats)
	FUNCTION(constant)
	"push {r4,lr}\n movw r4,#0x86a0\n movt r4,#1\n sub sp,sp,r4\n bl ext\n"
	" add sp,sp,r4\n pop {r4,pc}\n" END(constant)
	FUNCTION(realigned)
	"push {r7,lr}\n mov r7,sp\n sub r4,sp,#64\n bfc r4,#0,#5\n mov sp,r4\n"
	" bl ext\n mov sp,r7\n pop {r7,pc}\n" END(realigned)
	FUNCTION(single)
	"str lr,[sp,#-4]!\n sub sp,#12\n bl ext\n add sp,#12\n ldr pc,[sp],#4\n" END(single)
	FUNCTION(pointer)
	"blx r3\n bx r2\n" END(pointer)
	FUNCTION(through_lr)
	"push {r4,lr}\n adr lr,1f\n ldr r4,[lr,r0,lsl #2]\n add lr,lr,r4\n bx lr\n"
	" .p2align 2\n1: .word 2f-1b\n2: bl one\n pop {r4,pc}\n" END(through_lr)
	FUNCTION(stops)
	"push {r4,lr}\n bl panic\n .p2align 2\n .word 0xf7ff4770\n" END(stops)
	FUNCTION(literal)
	"ldr r0,1f\n b 2f\n .p2align 2\n1: .word 0xf7ff4770\n2: bx lr\n" END(literal);

static const char arm_only_code[] =
	"\n.syntax unified\n"
	/* the frames of the older calling standard: SP comes back from the stack */
	FUNCTION(standard)
	"mov r12,sp\n push {r11,r12,lr,pc}\n sub r11,r12,#4\n sub sp,sp,#16\n"
	" bl ext\n sub sp,r11,#12\n ldm sp,{r11,sp,pc}\n" END(standard)
	FUNCTION(words)
	"cmp r0,#1\n ldrls pc,[pc,r0,lsl #2]\n b 3f\n .word 1f\n .word 2f\n"
	"1: push {r4,lr}\n bl one\n pop {r4,pc}\n2: push {r4,r5,r6,lr}\n bl two\n"
	" pop {r4,r5,r6,pc}\n3: bx lr\n" END(words);

static const char microcontroller_code[] =
	"\n.syntax unified\n.thumb\n"
	FUNCTION(masks)
	"mrs r0,basepri\n msr basepri,r1\n push {r4,lr}\n bl ext\n pop {r4,pc}\n" END(masks)
	FUNCTION(short)
	"tbb [pc,r0]\n1: .byte (2f-1b)/2\n .byte (3f-1b)/2\n2: push {r4,lr}\n"
	" bl one\n pop {r4,pc}\n3: bx lr\n" END(short);

static const char riscv_code[] =
	FUNCTION(realigned)
	"addi sp,sp,-128\n sd ra,120(sp)\n sd s0,112(sp)\n addi s0,sp,128\n"
	" andi sp,sp,-64\n call ext\n addi sp,s0,-128\n ld ra,120(sp)\n"
	" ld s0,112(sp)\n addi sp,sp,128\n ret\n" END(realigned)
	FUNCTION(constant)
	"lui s1,1048552\n addi s1,s1,-1232\n add sp,sp,s1\n call ext\n"
	" sub sp,sp,s1\n ret\n" END(constant)
	FUNCTION(leaving)
	"beqz a0,1f\n tail ext\n1: jr a1\n" END(leaving)
	FUNCTION(pointer)
	"addi sp,sp,-16\n jalr a5\n addi sp,sp,16\n ret\n" END(pointer)
	FUNCTION(trap)
	"bnez a0,1f\n ebreak\n1: ret\n" END(trap)
	FUNCTION(unbalanced)
	"addi sp,sp,-16\n ret\n" END(unbalanced)
	FUNCTION(garbage)
	"addi sp,sp,-16\n .word 0xffffffff\n" END(garbage);
/* clang-format on */

static void aarch64(void **state)
{
	struct measured x;

	(void)state;
	measure(&x, "aarch64-linux-gnu", "-march=armv8.5-a+sve", aarch64_code);
	/* 32 + 96, and up to 48 that the alignment takes of an SP that is a multiple of 16 */
	expect_bounded(&x, "realigned", 176);
	expect_frame(&x, "constant", 100016);
	expect_calls(&x, "constant", "direct ext 100016");
	expect_calls(&x, "authenticated", "indirect * 0, indirect-tail * 0");
	expect_frame(&x, "warn", 0);
	expect_frame(&x, "trap", 32);
	expect_calls(&x, "trap", "direct panic 32");
	expect_dynamic(&x, "vectors", 16);
	expect_frame(&x, "probed", 16384);
	expect_frame(&x, "bytes", 48);
	expect_calls(&x, "bytes", "direct one 48");
	expect_unmeasured(&x, "unbalanced", "not balanced");
	expect_unmeasured(&x, "garbage", "no instruction at garbage+0x4");
	expect_frame(&x, "constants", 0);
	expect_calls(&x, "constants", "");
	measured_release(&x);
}

static void check_arm(const char *flags)
{
	struct measured x;

	measure(&x, "arm-linux-gnueabihf", flags, arm_code);
	expect_frame(&x, "conditional", 16);
	expect_calls(&x, "conditional", "direct ext 16");
	expect_frame(&x, "both", 8);
	expect_calls(&x, "both", "tail other 0, direct ext 8");
	expect_frame(&x, "returns", 8);
	expect_frame(&x, "floats", 32);
	expect_frame(&x, "constant", 100008);
	/* 8 + 64, and up to 24 that the alignment takes of an SP that is a multiple of 8 */
	expect_bounded(&x, "realigned", 96);
	expect_frame(&x, "single", 16);
	expect_frame(&x, "pointer", 0);
	expect_calls(&x, "pointer", "indirect * 0, indirect-tail * 0");
	expect_frame(&x, "through_lr", 8);
	expect_calls(&x, "through_lr", "direct one 8");
	expect_frame(&x, "stops", 8);
	expect_frame(&x, "literal", 0);
	measured_release(&x);
}

static void arm(void **state)
{
	struct measured x;

	(void)state;
	check_arm("-march=armv7-a -marm");
	check_arm("-march=armv7-a -mthumb");
	measure(&x, "arm-linux-gnueabi", "-march=armv7-a -marm", arm_only_code);
	expect_frame(&x, "standard", 32);
	expect_calls(&x, "standard", "direct ext 32");
	expect_frame(&x, "words", 16);
	expect_calls(&x, "words", "direct one 8, direct two 16");
	measured_release(&x);
	measure(&x, "thumbv7m-none-eabi", "", microcontroller_code);
	expect_frame(&x, "masks", 8);
	expect_frame(&x, "short", 8);
	expect_calls(&x, "short", "direct one 8");
	measured_release(&x);
}

static void riscv(void **state)
{
	struct measured x;

	(void)state;
	measure(&x, "riscv64-linux-gnu", "", riscv_code);
	/* up to 48 that the alignment takes of an SP that is a multiple of 16 */
	expect_bounded(&x, "realigned", 128 + 48);
	expect_frame(&x, "constant", 99536);
	expect_calls(&x, "constant", "direct ext 99536");
	expect_frame(&x, "leaving", 0);
	expect_calls(&x, "leaving", "tail ext 0, indirect-tail * 0");
	expect_frame(&x, "pointer", 16);
	expect_calls(&x, "pointer", "indirect * 16");
	expect_frame(&x, "trap", 0);
	expect_unmeasured(&x, "unbalanced", "not balanced");
	/* what assemblers mark as data is none */
	expect_unmeasured(&x, "garbage", "runs off the end");
	measured_release(&x);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_source),
		cmocka_unit_test(aarch64),
		cmocka_unit_test(arm),
		cmocka_unit_test(riscv),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
