/* Variables in the slots of objects that come without a source, out of their DWARF. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "extract/image.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char source[] = "struct big { int a[10]; char *p; };\n"
			     "typedef char name_t[40];\n"
			     "void sink(void *, void *, const volatile void *);\n"
			     "static inline __attribute__((always_inline)) int helper(int x)\n"
			     "{ struct big inlined; sink(&inlined, 0, 0); return inlined.a[x]; }\n"
			     "int f(int n)\n"
			     "{\n"
			     "	char buf[64];\n"
			     "	name_t nm;\n"
			     "	const char *const tab[3] = {0};\n"
			     "	int (*fp)(int) = (int (*)(int))f, (*rows)[4][2];\n"
			     "	volatile unsigned long *reg;\n"
			     "	sink(buf, nm, &tab); sink(&fp, &rows, &reg);\n"
			     "	return buf[n] + helper(n);\n"
			     "}\n";

static void read_object(struct facts *f, const char *target, const char *flags)
{
	char folder[] = BINARY_DIR "/slots-XXXXXX", path[256], object[256], command[1024];
	struct job job = {.unit = "u",
			  .root = folder,
			  .directory = folder,
			  .source = object,
			  .target = "unknown",
			  .object_only = true};
	struct error err = {0};
	FILE *file;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/s.c", folder);
	snprintf(object, sizeof(object), "%s/s.o", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(source, file);
	fclose(file);
	snprintf(command, sizeof(command), CLANG_PATH " --target=%s %s -w -c %s -o %s", target,
		 flags, path, object);
	assert_int_equal(system(command), 0);
	*f = (struct facts){.unit = "u"};
	assert_int_equal(image_read(&job, NULL, f, &err), 0);
	unlink(path);
	unlink(object);
	rmdir(folder);
}

/* The parts of f, which add up; its variables as "TYPE NAME FUNCTION LINE BYTES" lines, sorted by their places. */
static void variables(const struct facts *f, struct buf *out)
{
	uint32_t func = 0;
	int64_t sum = 0;

	while (strcmp(f->funcs.v[func].name, "f"))
		assert_true(++func < f->funcs.n);
	for (size_t i = 0; i < f->parts.n; i++) {
		const struct fact_part *p = &f->parts.v[i];

		if (p->func != func)
			continue;
		sum += p->counted;
		if (p->kind != PART_VARIABLE)
			continue;
		assert_string_equal(p->loc.file, "s.c");
		assert_int_equal(p->aggregate, strchr(p->type, '[') && !strchr(p->type, '(')
						       ? true
						       : !strcmp(p->type, "struct big") ||
								 !strcmp(p->type, "name_t"));
		buf_printf(out, "%s|%s|%s|%u|%" PRId64 "\n", p->type, p->name, p->declared_in,
			   p->loc.line, p->bytes);
	}
	assert_int_equal(sum, f->funcs.v[func].frame_bytes);
}

static void has(const struct buf *b, const char *line)
{
	if (!strstr(buf_str(b), line))
		fail_msg("no %sin\n%s", line, buf_str(b));
}

static void check(const char *target, const char *flags, unsigned word)
{
	struct facts f;
	struct buf b = {0};
	char line[128];

	read_object(&f, target, flags);
	variables(&f, &b);
	has(&b, "char[64]|buf|f|8|64\n");
	has(&b, "name_t|nm|f|9|40\n");
	snprintf(line, sizeof(line), "const char *const[3]|tab|f|10|%u\n", 3 * word);
	if (!strstr(target, "riscv"))
		has(&b, line);
	snprintf(line, sizeof(line), "int (*)()|fp|f|11|%u\n", word);
	has(&b, line);
	snprintf(line, sizeof(line), "int (*)[4][2]|rows|f|11|%u\n", word);
	has(&b, line);
	snprintf(line, sizeof(line), "volatile unsigned long *|reg|f|12|%u\n", word);
	has(&b, line);
	snprintf(line, sizeof(line), "struct big|inlined|helper|5|%u\n", word == 8 ? 48 : 44);
	/* clang gives it a list of places on i386, where SP moves for the call. */
	if (word == 4 && strstr(flags, "-O2"))
		assert_null(strstr(buf_str(&b), line));
	else
		has(&b, line);
	facts_release(&f);
	buf_release(&b);
}

static void test_variables(void **state)
{
	(void)state;
	check("x86_64-linux-gnu", "-g -O2", 8);
	check("x86_64-linux-gnu", "-g -O0", 8);
	check("x86_64-linux-gnu", "-g -gdwarf-4 -O2 -fno-omit-frame-pointer", 8);
	check("i386-linux-gnu", "-g -O2", 4);
	check("i386-linux-gnu", "-g -O0", 4);
	check("aarch64-linux-gnu", "-g -O2 -fomit-frame-pointer", 8);
	check("riscv64-linux-gnu", "-g -O2", 8);
}

/* DWARF in COFF; long has 4 bytes there, which its pointer does not show. */
static void test_windows(void **state)
{
	(void)state;
	check("x86_64-w64-mingw32", "-g -O2", 8);
}

static void test_without_debug_info(void **state)
{
	struct buf b = {0};
	struct facts f;

	(void)state;
	read_object(&f, "x86_64-linux-gnu", "-O2");
	variables(&f, &b);
	assert_string_equal(buf_str(&b), "");
	assert_true(f.parts.n > 2);
	assert_int_equal(f.parts.v[0].kind, PART_RETURN);
	assert_int_equal(f.parts.v[1].kind, PART_SAVED);
	facts_release(&f);
	buf_release(&b);
}

/* A function that aligns SP has its variables in another distance from the CFA at every call. */
static void test_realigned(void **state)
{
	struct buf b = {0};
	struct facts f;

	(void)state;
	read_object(&f, "x86_64-linux-gnu", "-g -O2 -mstackrealign -mstack-alignment=64");
	variables(&f, &b);
	assert_string_equal(buf_str(&b), "");
	facts_release(&f);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_without_debug_info),
		cmocka_unit_test(test_realigned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
