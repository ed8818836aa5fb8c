/* What the code alone does not say: how large an allocation gets, what an unknown callee pops, where exceptions and static
   keys lead. */
#include "machine_fixture.h"

static void allocations_with_a_limit(void **state)
{
	struct measured x;

	(void)state;
	measure(&x, "x86_64-linux-gnu", "",
		"void sink(void *);\n"
		"void compared(unsigned n) { if (n > 64) return; char b[n]; sink(b); }\n"
		"void masked(unsigned n) { char b[(n & 63) + 1]; sink(b); }\n"
		"void open(unsigned n) { char b[n]; sink(b); }\n"
		"void wide(unsigned n) { if (n > 100000000) return; char b[n]; sink(b); }\n");
	/* 8 return, 8 rbp, 8 rbx, 8 for alignment, and 64 rounded up from 64 + 15 */
	expect_bounded(&x, "compared", 96);
	expect_bounded(&x, "masked", 80);
	assert_int_equal(measured_func(&x, "open")->kind, FRAME_DYNAMIC);
	assert_int_equal(measured_func(&x, "wide")->kind, FRAME_DYNAMIC);
	measured_release(&x);
}

/* A range that a loop lets grow is no limit. */
static void a_limit_must_hold_on_every_path(void **state)
{
	struct measured x;

	(void)state;
	measure(&x, "x86_64-linux-gnu", "",
		"\n.text\n.globl f\n.type f,@function\n"
		"f:\tpush %rbp\n\tmov %rsp,%rbp\n\txor %eax,%eax\n"
		"1:\tadd $16,%rax\n\tcmp %rdi,%rax\n\tjne 1b\n"
		"\tsub %rax,%rsp\n\tcall g\n\tleave\n\tret\n.size f,.-f\n"
		".globl h\n.type h,@function\n"
		"h:\tpush %rbp\n\tmov %rsp,%rbp\n\tcmp $64,%rdi\n\tja 1f\n\tjmp 2f\n"
		"1:\tmov $128,%edi\n2:\tsub %rdi,%rsp\n\tcall g\n\tleave\n\tret\n.size h,.-h\n");
	assert_int_equal(measured_func(&x, "f")->kind, FRAME_DYNAMIC);
	/* 64 on one way, 128 on the other: not known to be limited, but never guessed low */
	assert_int_equal(measured_func(&x, "h")->kind, FRAME_DYNAMIC);
	measured_release(&x);
}

static void callees_of_pointers_pop(void **state)
{
	struct measured x;

	(void)state;
	measure(&x, "i686-w64-mingw32", "",
		"int (__stdcall *s)(int, int); int (*c)(int, int);\n"
		"void sink(void *);\n"
		"int twice(int a) { char b[100]; sink(b); return s(a, 1) + s(b[a], a) + c(a, 2); "
		"}\n"
		"int (__stdcall *const *table)(int); int loop(int n) {\n"
		"  int r = 0; for (int i = 0; i < n; i++) r += table[i](i); return r; }\n");
	assert_int_equal(measured_func(&x, "_twice")->kind, FRAME_FIXED);
	assert_int_equal(measured_func(&x, "_loop")->kind, FRAME_FIXED);
	measured_release(&x);
}

/* GCC passes arguments by MOV and makes up, a little later, for what a stdcall callee took. */
static void callees_of_pointers_pop_reserved_room(void **state)
{
	struct measured x;

	(void)state;
	measure(&x, "i686-w64-mingw32", "",
		"\n.text\n.def _f\n.scl 2\n.type 32\n.endef\n.globl _f\n"
		"_f:\tpushl %ebp\n\tmovl %esp,%ebp\n\tsubl $40,%esp\n\tmovl $1,(%esp)\n"
		"\tcalll *_p\n\tmovl %eax,%ecx\n\tsubl $12,%esp\n"
		"\tcalll *_p\n\tmovl %eax,%ecx\n\tsubl $12,%esp\n\tleave\n\tretl\n");
	expect_frame(&x, "_f", 48);
	expect_calls(&x, "_f", "indirect * 48, indirect * 48");
	measured_release(&x);
}

/* A wrong first guess (the pushed eax makes it 8) shows both at a jump and behind it: it must be corrected once. */
static void a_guess_is_corrected_once(void **state)
{
	struct measured x;

	(void)state;
	measure(&x, "i686-w64-mingw32", "",
		"\n.text\n.def _f\n.scl 2\n.type 32\n.endef\n.globl _f\n"
		"_f:\tpushl %esi\n\tpushl %eax\n\ttestl %ecx,%ecx\n\tje 3f\n\tjmp 2f\n"
		"1:\tcmpl %ebx,%edx\n\tje 3f\n"
		"2:\tpushl %edx\n\tcalll *4(%ecx)\n\tjmp 1b\n"
		"3:\taddl $4,%esp\n\tpopl %esi\n\tretl\n");
	expect_frame(&x, "_f", 16);
	expect_calls(&x, "_f", "indirect * 16");
	measured_release(&x);
}

/* clang keeps an imported function's address in a register when it is called often. */
static void imports_in_registers(void **state)
{
	struct measured x;

	(void)state;
	measure(&x, "i686-w64-mingw32", "",
		"__declspec(dllimport) int __stdcall take(int, int);\n"
		"int f(int a) { return take(a, 1) + take(a, 2) + take(a, 3); }\n");
	for (size_t i = 0; i < x.machine.calls.n; i++) {
		assert_int_equal(x.machine.calls.v[i].kind, CALL_DIRECT);
		assert_string_equal(x.machine.calls.v[i].callee, "_take@8");
	}
	assert_int_equal(x.machine.calls.n, 3);
	assert_int_equal(measured_func(&x, "_f")->kind, FRAME_FIXED);
	measured_release(&x);
}

static void structured_exceptions(void **state)
{
	struct measured x;

	(void)state;
	measure(&x, "x86_64-pc-windows-msvc", "-fms-extensions",
		"void sink(void *); int ext(int); void post(int *); int filter(void *);\n"
		"int fin(int n) { char b[500]; int r = 0; __try { sink(b); r = ext(n); }\n"
		"  __finally { char c[40]; sink(c); post(&r); } return r + b[n]; }\n"
		"int exc(int n) { char b[300]; __try { sink(b); return ext(n); }\n"
		"  __except (filter(b)) { post(&n); return b[1]; } }\n");
	/* The funclet has a frame of its own: 56 bytes and its return address. */
	expect_frame(&x, "?dtor$3@?0?fin@4HA", 64);
	assert_int_equal(measured_func(&x, "exc")->kind, FRAME_FIXED);
	assert_int_equal(measured_func(&x, "fin")->kind, FRAME_FIXED);
	measured_release(&x);
}

/* The function that a funclet's or filter's call comes from: by exception handling, at a depth that is not known. */
static void expect_funclet(struct measured *x, const char *parent, const char *funclet)
{
	const struct machine_func *f = measured_func(x, funclet);
	size_t n = 0;

	assert_int_not_equal(f->parent, MACHINE_NO_FUNC);
	assert_ptr_equal(&x->machine.funcs.v[f->parent], measured_func(x, parent));
	for (size_t i = 0; i < x->machine.calls.n; i++) {
		const struct machine_call *c = &x->machine.calls.v[i];

		if (i)
			assert_true(c[-1].func <= c->func);
		if (c->func != f->parent || c->depth_bytes != BYTES_UNKNOWN)
			continue;
		assert_int_equal(c->kind, CALL_DIRECT);
		n += !strcmp(c->callee, funclet);
	}
	assert_int_equal(n, 1);
}

static const char seh_source[] =
	"void sink(void *); int ext(int); int filter(void *);\n"
	"int fin(int n) { char b[500]; int r = 0; __try { sink(b); r = ext(n); }\n"
	"  __finally { char c[40]; sink(c); } return r + b[n]; }\n"
	"int exc(int n) { char b[300]; __try { sink(b); return ext(n); }\n"
	"  __except (filter(b)) { return b[1]; } }\n"
	"int plain(int n) { return ext(n) + ext(n + 1); }\n"
	"int any(int n) { __try { return ext(n); } __except (1) { return 3; } }\n";

static void funclets_have_parents(void **state)
{
	static const char *const targets[] = {"x86_64-pc-windows-msvc", "aarch64-pc-windows-msvc",
					      "i686-pc-windows-msvc"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		bool x86_32 = targets[i][0] == 'i';
		struct measured x;
		size_t unknown = 0;

		measure(&x, targets[i], "-fms-extensions", seh_source);
		for (size_t k = 0; k < x.machine.calls.n; k++)
			unknown += x.machine.calls.v[k].depth_bytes == BYTES_UNKNOWN;
		expect_funclet(&x, x86_32 ? "_exc" : "exc", "?filt$0@0@exc@@");
		assert_int_equal(measured_func(&x, x86_32 ? "_plain" : "plain")->parent,
				 MACHINE_NO_FUNC);
		/* With one more filter, of any(), on 32-bit x86, where constants are functions, too. */
		assert_true(x86_32 ? unknown >= 3 : unknown == 2);
		measured_release(&x);
	}
}

static void funclets_by_tables(void **state)
{
	struct measured x;

	(void)state;
	/* mingw names filters otherwise: the scope table tells. */
	measure(&x, "x86_64-w64-mingw32", "-fms-extensions", seh_source);
	expect_funclet(&x, "exc", "__filt_exc");
	measured_release(&x);
}

/* An alloca of a constant size in a loop has no end; no guess of what a callee pops may explain it away. */
static void allocas_in_loops(void **state)
{
	static const char *const targets[] = {"x86_64-linux-gnu",    "i386-linux-gnu",
					      "aarch64-linux-gnu",   "riscv64-linux-gnu",
					      "armv7-linux-gnueabi", "x86_64-w64-mingw32",
					      "i686-w64-mingw32"};
	struct measured x;

	(void)state;
	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++) {
		measure(&x, targets[i], "",
			"void sink(void *);\n"
			"void f(int n) { for (int i = 0; i < n; i++) sink(__builtin_alloca(64)); "
			"}\n");
		assert_int_equal(x.machine.funcs.v[0].kind, FRAME_DYNAMIC);
		assert_true(x.machine.funcs.v[0].frame_bytes >= 64);
		measured_release(&x);
	}
	/* As GCC does it on i386: 80 bytes more each time, which `sink` could have popped, had they been arguments. */
	measure(&x, "i386-linux-gnu", "",
		"\n.text\n.type f,@function\n"
		"f:\tpush %ebp\n\tmov %esp, %ebp\n\tpush %ebx\n\tsub $4, %esp\n\tmov 8(%ebp), "
		"%ebx\n"
		"1:\tsub $80, %esp\n\tlea 15(%esp), %eax\n\tsub $12, %esp\n\tand $-16, %eax\n"
		"\tpush %eax\n\tcall sink\n\tadd $16, %esp\n\tsub $1, %ebx\n\tjne 1b\n"
		"\tmov -4(%ebp), %ebx\n\tleave\n\tret\n.size f,.-f\n");
	assert_int_equal(measured_func(&x, "f")->kind, FRAME_DYNAMIC);
	measured_release(&x);
	/* Without a frame pointer the paths cannot both be right. */
	measure(&x, "x86_64-linux-gnu", "",
		"\n.text\n.type f,@function\n"
		"f:\ttest %edi, %edi\n\tje 1f\n\tsub $64, %rsp\n1:\tcall sink\n\tret\n.size "
		"f,.-f\n");
	assert_int_equal(measured_func(&x, "f")->kind, FRAME_UNMEASURED);
	measured_release(&x);
}

/* The kernel's static keys: a jump that is a nop at other times, and a nop that is a jump. */
static void static_keys(void **state)
{
	struct measured x;

	(void)state;
	measure(&x, "x86_64-linux-gnu", "",
		"\n.text\n.type f,@function\n"
		"f:\tpush %rbx\n1:\tjmp 3f\n\tcall a\n"
		"2:\tpop %rbx\n\tret\n3:\tcall b\n\tjmp 2b\n.size f,.-f\n"
		".type g,@function\n"
		"g:\tpush %rbx\n4:\tnop\n5:\tpop %rbx\n\tret\n6:\tcall b\n\tjmp 5b\n.size g,.-g\n"
		".pushsection __jump_table,\"aw\"\n"
		".long 1b - .\n.long 3b - .\n.quad 0\n.long 4b - .\n.long 6b - .\n.quad 0\n"
		".popsection\n");
	assert_int_equal(measured_func(&x, "f")->kind, FRAME_FIXED);
	expect_calls(&x, "f", "direct a 16, direct b 16");
	assert_int_equal(measured_func(&x, "g")->kind, FRAME_FIXED);
	expect_calls(&x, "g", "direct b 16");
	measured_release(&x);
}

/* A call at a function's very end, to the function that happens to follow, is no way to learn one's address. */
static void a_last_call_to_the_next_function(void **state)
{
	struct measured x;

	(void)state;
	measure(&x, "x86_64-linux-gnu", "",
		"\n.text\n.type f,@function\n"
		"f:\tpush %rbx\n\tcall g\n.size f,.-f\n"
		".type g,@function\ng:\tud2\n.size g,.-g\n");
	expect_calls(&x, "f", "direct g 16");
	expect_frame(&x, "f", 16);
	measured_release(&x);
}

/* `jmp *table(,%rdi,8)` without a frame goes to another function when the table holds functions. */
static void a_table_of_functions_is_no_jump_table(void **state)
{
	struct measured x;

	(void)state;
	measure(&x, "x86_64-linux-gnu", "-fno-pie",
		"void a(int); void b(int); static void (*const table[])(int) = {a, b};\n"
		"void f(int n) { table[n & 1](n); }\n");
	expect_calls(&x, "f", "indirect-tail * 0");
	expect_frame(&x, "f", 8);
	measured_release(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocations_with_a_limit),
		cmocka_unit_test(a_limit_must_hold_on_every_path),
		cmocka_unit_test(callees_of_pointers_pop),
		cmocka_unit_test(callees_of_pointers_pop_reserved_room),
		cmocka_unit_test(a_guess_is_corrected_once),
		cmocka_unit_test(imports_in_registers),
		cmocka_unit_test(structured_exceptions),
		cmocka_unit_test(allocas_in_loops),
		cmocka_unit_test(funclets_have_parents),
		cmocka_unit_test(funclets_by_tables),
		cmocka_unit_test(static_keys),
		cmocka_unit_test(a_last_call_to_the_next_function),
		cmocka_unit_test(a_table_of_functions_is_no_jump_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
