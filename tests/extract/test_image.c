/* Objects and images without a source: a hand-made driver image, unwind tables, damaged files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/file.h"
#include "extract/image.h"
#include "extract/unwind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BASE_RVA = 0x1000, SECTIONS = 4, SIZE = 0xa00 };

#define IMAGE_BASE UINT64_C(0x140000000)

/*
 * A PE image for x86-64 without symbols: .text with two functions, .data with imports, .pdata and .xdata with their
 * unwind codes; raw data at 0x200, 0x400, 0x600 and 0x800, addresses 0x1000, 0x2000, 0x3000 and 0x4000.
 */
struct pe {
	uint8_t b[SIZE];
};

static void put(struct pe *p, size_t at, uint64_t v, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		p->b[at + i] = (uint8_t)(v >> (8 * i));
}

static void put_bytes(struct pe *p, size_t at, const char *bytes, size_t n)
{
	memcpy(p->b + at, bytes, n);
}

static void make_headers(struct pe *p)
{
	static const struct {
		const char *name;
		uint32_t flags;
	} sections[SECTIONS] = {{".text", 0x60000020},
				{".data", 0xc0000040},
				{".pdata", 0x40000040},
				{".xdata", 0x40000040}};

	put_bytes(p, 0, "MZ", 2);
	put(p, 0x3c, 0x40, 4);
	put_bytes(p, 0x40, "PE\0\0", 4);
	put(p, 0x44, 0x8664, 2);
	put(p, 0x46, SECTIONS, 2);
	put(p, 0x54, 128, 2); /* of the optional header: two directories */
	put(p, 0x58, 0x20b, 2);
	put(p, 0x58 + 16, 0x1000, 4); /* entry point */
	put(p, 0x58 + 24, IMAGE_BASE, 8);
	put(p, 0x58 + 108, 2, 4);
	put(p, 0x58 + 112 + 8, 0x2000, 4); /* imports */
	put(p, 0x58 + 112 + 12, 40, 4);
	for (size_t i = 0; i < SECTIONS; i++) {
		size_t at = 0x58 + 128 + 40 * i;

		put_bytes(p, at, sections[i].name, strlen(sections[i].name));
		put(p, at + 8, 0x200, 4);
		put(p, at + 12, BASE_RVA + 0x1000 * i, 4);
		put(p, at + 16, 0x200, 4);
		put(p, at + 20, 0x200 + 0x200 * i, 4);
		put(p, at + 36, sections[i].flags, 4);
	}
}

/* One library with one name: the slot at 0x2080. */
static void make_imports(struct pe *p)
{
	put(p, 0x400, 0x2060, 4);
	put(p, 0x400 + 12, 0x20c0, 4);
	put(p, 0x400 + 16, 0x2080, 4);
	put(p, 0x460, 0x20a0, 8);
	put(p, 0x480, 0x20a0, 8);
	put_bytes(p, 0x4a2, "IoCallDriver", 12);
	put_bytes(p, 0x4c0, "ntoskrnl.exe", 12);
}

static void make_function(struct pe *p, size_t index, uint32_t begin, uint32_t end, uint32_t unwind)
{
	put(p, 0x600 + 12 * index, begin, 4);
	put(p, 0x604 + 12 * index, end, 4);
	put(p, 0x608 + 12 * index, unwind, 4);
}

static void make_pe(struct pe *p)
{
	*p = (struct pe){0};
	make_headers(p);
	make_imports(p);
	/* push rbx; sub rsp, 0x40; call [slot]; call second; call thunk; add rsp, 0x40; pop rbx; ret */
	put_bytes(p, 0x200,
		  "\x53\x48\x83\xec\x40\xff\x15\x75\x10\x00\x00\xe8\x30\x00\x00\x00"
		  "\xe8\x5b\x00\x00\x00\x48\x83\xc4\x40\x5b\xc3",
		  27);
	/* 0x1040: sub rsp, 0x800; add rsp, 0x800; ret */
	put_bytes(p, 0x240, "\x48\x81\xec\x00\x08\x00\x00\x48\x81\xc4\x00\x08\x00\x00\xc3", 15);
	/* 0x1070: jmp [slot] */
	put_bytes(p, 0x270, "\xff\x25\x0a\x10\x00\x00", 6);
	make_function(p, 0, 0x1000, 0x101b, 0x4000);
	make_function(p, 1, 0x1040, 0x104f, 0x4010);
	/* Two codes: a small area of 0x40, a push; one code: a large area of 0x800. */
	put_bytes(p, 0x800, "\x01\x05\x02\x00\x05\x72\x01\x30", 8);
	put_bytes(p, 0x810, "\x01\x07\x02\x00\x07\x01\x00\x01", 8);
}

static int read_bytes(const void *bytes, size_t len, struct facts *f, struct error *err)
{
	char path[] = "test-image-XXXXXX";
	int fd = mkstemp(path), rc;
	struct job job = {.unit = "x.sys",
			  .root = "/",
			  .directory = "/",
			  .source = path,
			  .target = "unknown",
			  .object_only = true};

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	close(fd);
	*f = (struct facts){.unit = "x.sys"};
	rc = image_read(&job, NULL, f, err);
	unlink(path);
	return rc;
}

static const struct fact_func *find(struct facts *f, const char *symbol)
{
	for (size_t i = 0; i < f->funcs.n; i++)
		if (!strcmp(f->funcs.v[i].symbol, symbol))
			return &f->funcs.v[i];
	return NULL;
}

static void test_driver_image(void **state)
{
	struct facts f;
	struct error err = {0};
	struct pe p;

	(void)state;
	make_pe(&p);
	assert_int_equal(read_bytes(&p, sizeof(p), &f, &err), 0);
	assert_string_equal(f.target, "x86_64-pc-windows");
	assert_string_equal(f.module, "x.sys");
	assert_int_equal(f.funcs.n, 2);
	assert_int_equal(find(&f, "entry_point")->frame_bytes, 8 + 8 + 0x40);
	assert_int_equal(find(&f, "sub_140001040")->frame_bytes, 8 + 0x800);
	assert_int_equal(f.calls.n, 3);
	assert_string_equal(f.calls.v[0].callee, "IoCallDriver");
	assert_string_equal(f.calls.v[1].callee, "sub_140001040");
	/* The thunk is no function of its own. */
	assert_string_equal(f.calls.v[2].callee, "IoCallDriver");
	assert_int_equal(f.calls.v[1].depth_bytes, 8 + 8 + 0x40);
	assert_int_equal(f.n_checked, 2);
	assert_int_equal(f.mismatches.n, 0);
	facts_release(&f);
}

static void test_unwind_codes_that_disagree(void **state)
{
	struct facts f;
	struct error err = {0};
	struct pe p;

	(void)state;
	make_pe(&p);
	p.b[0x805] = 0x62; /* an area of 0x38 */
	assert_int_equal(read_bytes(&p, sizeof(p), &f, &err), 0);
	assert_int_equal(f.mismatches.n, 1);
	assert_int_equal(f.mismatches.v[0].source, CHECK_UNWIND);
	assert_int_equal(f.mismatches.v[0].bytes, 8 + 8 + 0x38);
	assert_ptr_equal(&f.funcs.v[f.mismatches.v[0].func], find(&f, "entry_point"));
	facts_release(&f);
}

/* Every prefix of the file, and every byte of its headers and tables changed: an answer or an error, no more. */
/*
 * The first function guards its calls: __except goes on at 0x1080 with a filter at 0x1060 that only the scope table knows,
 * and that jumps on to a leaf which nothing else knows; __finally has its handler at 0x1040.
 */
static void make_guarded(struct pe *p)
{
	make_pe(p);
	/* 0x1060: jmp 0x10a0; 0x1080: mov eax, 1; jmp 0x1015; 0x10a0: ret */
	put_bytes(p, 0x260, "\xe9\x3b\x00\x00\x00", 5);
	put_bytes(p, 0x280, "\xb8\x01\x00\x00\x00\xeb\x8e", 7);
	put_bytes(p, 0x2a0, "\xc3", 1);
	make_function(p, 0, 0x1000, 0x101b, 0x4020);
	put_bytes(p, 0x820, "\x19\x05\x02\x00\x05\x72\x01\x30", 8);
	put(p, 0x828, 0x1070, 4); /* the handler, as ever */
	put(p, 0x82c, 2, 4);
	put(p, 0x830, 0x1005, 4);
	put(p, 0x834, 0x100b, 4);
	put(p, 0x838, 0x1060, 4);
	put(p, 0x83c, 0x1015, 4);
	put(p, 0x840, 0x100b, 4);
	put(p, 0x844, 0x1010, 4);
	put(p, 0x848, 0x1040, 4);
	put(p, 0x84c, 0, 4);
}

static void test_funclets_of_images(void **state)
{
	static const char *const callees[] = {"sub_140001060", "IoCallDriver", "sub_140001040",
					      "sub_140001040", "IoCallDriver", "sub_1400010a0"};
	struct facts f;
	struct error err = {0};
	struct pe p;

	(void)state;
	make_guarded(&p);
	assert_int_equal(read_bytes(&p, sizeof(p), &f, &err), 0);
	assert_int_equal(f.funcs.n, 4);
	for (size_t i = 0; i < f.funcs.n; i++)
		assert_int_equal(f.funcs.v[i].frame_kind, FRAME_FIXED);
	assert_int_equal(f.calls.n, 6);
	for (size_t i = 0; i < 6; i++)
		assert_string_equal(f.calls.v[i].callee, callees[i]);
	/* By exception handling, by the code itself. */
	assert_int_equal(f.calls.v[0].depth_bytes, BYTES_UNKNOWN);
	assert_int_equal(f.calls.v[2].depth_bytes, BYTES_UNKNOWN);
	assert_int_equal(f.calls.v[3].depth_bytes, 8 + 8 + 0x40);
	assert_int_equal(f.calls.v[5].kind, CALL_TAIL);
	facts_release(&f);
	/* A table with one wrong entry is another handler's. */
	put(&p, 0x844, 0x1004, 4);
	assert_int_equal(read_bytes(&p, sizeof(p), &f, &err), 0);
	assert_int_equal(f.calls.n, 3);
	facts_release(&f);
}

static void test_damaged_images(void **state)
{
	struct pe p;

	(void)state;
	for (size_t len = 1; len < SIZE; len += 7) {
		struct error err = {0};
		struct facts f;

		make_pe(&p);
		if (read_bytes(&p, len, &f, &err))
			assert_true(*err.text);
		facts_release(&f);
	}
	for (size_t at = 0; at < SIZE; at++) {
		struct error err = {0};
		struct facts f;

		make_pe(&p);
		p.b[at] ^= 0xff;
		if (read_bytes(&p, sizeof(p), &f, &err))
			assert_true(*err.text);
		facts_release(&f);
	}
}

/* A COFF object's unwind tables are relocated: clang makes one, if it knows the target. */
static void compile(const char *target, const char *source, const char *object)
{
	char command[512];
	FILE *file = fopen(source, "w");

	assert_non_null(file);
	fputs("int sink(char *p, int, int, int, int, int, int, int);\n"
	      "int f(int a) { char b[600]; return sink(b, a, a, a, a, a, a, a) + a; }\n"
	      "int g(int a) { return f(a) + f(a + 1); }\n",
	      file);
	fclose(file);
	snprintf(command, sizeof(command), "%s --target=%s -O2 -fomit-frame-pointer -c %s -o %s",
		 CLANG_PATH, target, source, object);
	assert_int_equal(system(command), 0);
}

static void check_object(const char *target, size_t checked)
{
	struct job job = {.unit = "u",
			  .root = "/",
			  .directory = "/",
			  .source = "test-image.o",
			  .target = "unknown",
			  .object_only = true};
	struct facts f = {.unit = "u"};
	struct error err = {0};

	compile(target, "test-image.c", "test-image.o");
	assert_int_equal(image_read(&job, NULL, &f, &err), 0);
	assert_int_equal(f.funcs.n, 2);
	assert_int_equal(f.calls.n, 3);
	assert_true(f.funcs.v[0].frame_bytes >= 600);
	assert_int_equal(f.n_checked, checked);
	assert_int_equal(f.mismatches.n, 0);
	facts_release(&f);
	unlink("test-image.c");
	unlink("test-image.o");
}

static void test_objects_agree_with_unwind_tables(void **state)
{
	(void)state;
	check_object("x86_64-linux-gnu", 2);
	check_object("x86_64-pc-windows-msvc", 2);
	check_object("aarch64-linux-gnu", 2);
	check_object("riscv64-linux-gnu", 0);
	check_object("i686-pc-windows-msvc", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_driver_image),
		cmocka_unit_test(test_unwind_codes_that_disagree),
		cmocka_unit_test(test_funclets_of_images),
		cmocka_unit_test(test_damaged_images),
		cmocka_unit_test(test_objects_agree_with_unwind_tables),
	};

	return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
