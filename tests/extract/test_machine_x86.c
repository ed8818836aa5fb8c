/* Frames and call depths of x86-64 and i386 code, ELF and COFF. */
#include "machine_fixture.h"

static const char twelve[] =
	"int ext(int, ...);\n"
	"int f(void) { return ext(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) + 1; }\n";

static void pushed_arguments(void **state)
{
	struct measured x;

	(void)state;
	measure(&x, "x86_64-linux-gnu", "", twelve);
	expect_frame(&x, "f", 64);
	expect_calls(&x, "f", "direct ext 64");
	measured_release(&x);
	measure(&x, "i386-linux-gnu", "", twelve);
	expect_frame(&x, "f", 64);
	expect_calls(&x, "f", "direct ext 64");
	measured_release(&x);
	measure(&x, "i686-pc-windows-msvc", "", twelve);
	expect_frame(&x, "_f", 52);
	expect_calls(&x, "_f", "direct _ext 52");
	measured_release(&x);
}

static void callee_pops(void **state)
{
	static const char source[] =
		"int __stdcall s(int, int); int __fastcall q(int, int, int, int);\n"
		"int f(int a) { return s(a, 1) + s(2, a) + q(a, 1, 2, 3); }\n";
	struct measured x;

	(void)state;
	measure(&x, "i686-w64-mingw32", "", source);
	expect_calls(&x, "_f", "direct _s@8 24, direct _s@8 24, direct @q@16 24");
	expect_frame(&x, "_f", 24);
	measured_release(&x);
}

static void depth_by_call(void **state)
{
	struct measured x;

	(void)state;
	measure(&x, "x86_64-linux-gnu", "",
		"void sink(void *); int ext(int);\n"
		"int f(int n) { if (n < 3) return ext(n); { char b[2000]; sink(b); return b[n]; } "
		"}\n"
		"int (*p)(int); int g(int n) { return p(n); }\n"
		"int h(int n) { return p(n) + 1; }\n"
		"int c(int n) { if (n) return ext(n); return 4; }\n");
	expect_frame(&x, "f", 2016);
	expect_calls(&x, "f", "tail ext 0, direct sink 2016");
	expect_frame(&x, "g", 8);
	expect_calls(&x, "g", "indirect-tail * 0");
	expect_frame(&x, "h", 16);
	expect_calls(&x, "h", "indirect * 16");
	expect_frame(&x, "c", 8);
	expect_calls(&x, "c", "tail ext 0");
	measured_release(&x);
}

static void dynamic_and_realigned(void **state)
{
	struct measured x;

	(void)state;
	measure(&x, "x86_64-linux-gnu", "",
		"void sink(void *);\n"
		"void vla(int n) { char b[n]; sink(b); }\n"
		"void aligned(void) { char b[64] __attribute__((aligned(64))); sink(b); }\n");
	expect_dynamic(&x, "vla", 16);
	/* 16 for rbp and the return address, up to 56 that the alignment takes, 128 of locals */
	expect_bounded(&x, "aligned", 16 + 56 + 128);
	measured_release(&x);
}

static void inline_assembly(void **state)
{
	struct measured x;

	(void)state;
	measure(&x, "x86_64-linux-gnu", "",
		"long flags(void) { long f; __asm__ volatile(\"pushfq; popq %0\" : \"=r\"(f)); "
		"return f; }\n");
	expect_frame(&x, "flags", 16);
	measured_release(&x);
}

#define FUNCTION(name) ".globl " #name "\n.type " #name ",@function\n" #name ":\n"
#define END(name)      ".size " #name ", .-" #name "\n"

/* clang-format off */
static const char x86_code[] =
	/* a call that does not return, and code of another depth behind it */
	FUNCTION(noreturn)
	"test %edi,%edi\n jne 1f\n push %rax\n call panic\n1: sub $40,%rsp\n"
	" call ext\n add $40,%rsp\n ret\n" END(noreturn)
	FUNCTION(unbalanced)
	"push %rax\n ret\n" END(unbalanced)
	FUNCTION(garbage)
	"push %rax\n .byte 0x06, 0x06, 0x06\n" END(garbage)
	FUNCTION(meet)
	"test %edi,%edi\n jne 1f\n push %rax\n1: call ext\n ret\n" END(meet)
	FUNCTION(thunk)
	"sub $8,%rsp\n call __x86_indirect_thunk_rax\n add $8,%rsp\n"
	" jmp __x86_return_thunk\n" END(thunk)
	FUNCTION(leaving)
	"sub $8,%rsp\n add $8,%rsp\n jmp __x86_indirect_thunk_r11\n" END(leaving)
	FUNCTION(both)
	"test %edi,%edi\n je ext\n jmp other\n" END(both)
	FUNCTION(lost)
	"mov %rdi,%rsp\n ret\n" END(lost);

static const char split_code[] =
	FUNCTION(split)
	"sub $24,%rsp\n test %edi,%edi\n jne split.cold\n1: add $24,%rsp\n ret\n" END(split)
	".section .text.unlikely,\"ax\"\n.type split.cold,@function\n"
	"split.cold: push %rbx\n call slow\n pop %rbx\n jmp 1b\n" END(split.cold)
	".text\n"
	FUNCTION(table)
	"cmp $1,%edi\n ja 3f\n jmp *4f(,%rdi,8)\n1: push %rbx\n call one\n"
	" pop %rbx\n ret\n2: sub $56,%rsp\n call two\n add $56,%rsp\n ret\n3: ret\n"
	END(table)
	".section .rodata\n4: .quad 1b\n .quad 2b\n";

static const char pc_code[] =
	FUNCTION(inlined)
	"call 1f\n1: pop %ecx\n ret\n" END(inlined)
	FUNCTION(thunk)
	"call __x86.get_pc_thunk.bx\n ret\n" END(thunk);
/* clang-format on */

static void written_by_hand(void **state)
{
	struct measured x;

	(void)state;
	measure(&x, "x86_64-linux-gnu", "", x86_code);
	expect_frame(&x, "noreturn", 48);
	expect_calls(&x, "noreturn", "direct panic 16, direct ext 48");
	expect_unmeasured(&x, "unbalanced", "not balanced at the return at unbalanced+0x1");
	expect_unmeasured(&x, "garbage", "no instruction at garbage+0x1");
	expect_unmeasured(&x, "meet", "paths meet");
	expect_frame(&x, "thunk", 16);
	expect_calls(&x, "thunk", "indirect * 16");
	expect_calls(&x, "leaving", "indirect-tail * 0");
	expect_frame(&x, "both", 8);
	expect_calls(&x, "both", "tail ext 0, tail other 0");
	expect_unmeasured(&x, "lost", "cannot be followed at lost+0x0");
	measured_release(&x);
}

static void parts_and_tables(void **state)
{
	struct measured x;

	(void)state;
	measure(&x, "x86_64-linux-gnu", "", split_code);
	expect_frame(&x, "split", 40);
	expect_calls(&x, "split", "direct slow 40");
	assert_true(measured_func(&x, "split.cold")->part);
	expect_frame(&x, "table", 64);
	expect_calls(&x, "table", "direct one 16, direct two 64");
	measured_release(&x);
}

static void own_address(void **state)
{
	struct measured x;

	(void)state;
	measure(&x, "i386-linux-gnu", "", pc_code);
	expect_frame(&x, "inlined", 8);
	expect_calls(&x, "inlined", "");
	expect_calls(&x, "thunk", "direct __x86.get_pc_thunk.bx 4");
	measured_release(&x);
}

static void windows_probes(void **state)
{
	static const char source[] = "void sink(void *); void f(void) { char b[8192]; sink(b); }\n";
	struct measured x;

	(void)state;
	measure(&x, "x86_64-w64-mingw32", "", source);
	expect_frame(&x, "f", 8232 + 8);
	expect_calls(&x, "f", "direct ___chkstk_ms 8, direct sink 8240");
	measured_release(&x);
	measure(&x, "x86_64-pc-windows-msvc", "-fno-stack-protector", source);
	expect_frame(&x, "f", 8232 + 8);
	expect_calls(&x, "f", "direct __chkstk 8, direct sink 8240");
	measured_release(&x);
	/* These two lower SP themselves, by eax. */
	measure(&x, "i686-w64-mingw32", "", source);
	expect_frame(&x, "_f", 8192 + 4 + 4);
	measured_release(&x);
	measure(&x, "i686-pc-windows-msvc", "", source);
	expect_frame(&x, "_f", 8192 + 4 + 4);
	measured_release(&x);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pushed_arguments), cmocka_unit_test(callee_pops),
		cmocka_unit_test(depth_by_call),    cmocka_unit_test(dynamic_and_realigned),
		cmocka_unit_test(inline_assembly),  cmocka_unit_test(written_by_hand),
		cmocka_unit_test(parts_and_tables), cmocka_unit_test(own_address),
		cmocka_unit_test(windows_probes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
