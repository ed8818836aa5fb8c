/* Damaged objects: every prefix, and bytes turned over. An error or a result, never a crash. */
#include "machine_fixture.h"

static const char source[] =
	"void sink(void *); int ext(int); int (*p)(int);\n"
	"int f(int n) { char b[n]; sink(b); switch (n) { case 0: return ext(1); case 1: return 7;\n"
	" case 2: return ext(4) + 1; case 3: return p(3); case 4: return 9; } return b[0]; }\n"
	"static int s(int n) { return ext(n) + 1; } int (*q)(int) = s;\n";

static const struct {
	const char *triple, *flags;
} targets[] = {
	{"x86_64-linux-gnu", ""},	  {"i386-linux-gnu", ""},
	{"i686-w64-mingw32", ""},	  {"x86_64-pc-windows-msvc", ""},
	{"aarch64-linux-gnu", ""},	  {"arm-linux-gnueabihf", "-mthumb -march=armv7-a"},
	{"arm-linux-gnueabihf", "-marm"}, {"riscv64-linux-gnu", ""},
	{"aarch64-pc-windows-msvc", ""},
};

/* Reads a copy of its own size, so that a step beyond its end is found by AddressSanitizer. */
static bool try(const char *triple, const void *bytes, size_t len)
{
	char *copy = malloc(len ? len : 1);
	struct object o;
	struct machine m;
	struct error err = {0};
	bool read;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	read = !object_read(&o, copy, len, "damaged.o", &err);
	if (read) {
		if (!machine_read(&o, triple, fixture_features(o.arch), &m, &err))
			machine_release(&m);
		object_release(&o);
	} else {
		assert_true(*err.text);
	}
	free(copy);
	return read;
}

static void prefixes(void **state)
{
	(void)state;
	for (size_t t = 0; t < sizeof(targets) / sizeof(*targets); t++) {
		struct buf bytes = {0};

		fixture_compile(&bytes, targets[t].triple, targets[t].flags, source);
		assert_true(try(targets[t].triple, bytes.data, bytes.len));
		for (size_t len = 0; len < bytes.len; len++)
			try(targets[t].triple, bytes.data, len);
		assert_false(try(targets[t].triple, bytes.data, 16));
		buf_release(&bytes);
	}
}

static void turned_bytes(void **state)
{
	uint32_t random = 12345;

	(void)state;
	for (size_t t = 0; t < sizeof(targets) / sizeof(*targets); t++) {
		struct buf bytes = {0};

		fixture_compile(&bytes, targets[t].triple, targets[t].flags, source);
		for (int i = 0; i < 600; i++) {
			size_t at;
			char old;

			random = random * 1664525 + 1013904223;
			at = (random >> 8) % bytes.len;
			old = bytes.data[at];
			bytes.data[at] = (char)(random >> 3);
			try(targets[t].triple, bytes.data, bytes.len);
			/* Every other change stays, so that damage adds up. */
			if (i & 1)
				bytes.data[at] = old;
		}
		buf_release(&bytes);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixes),
		cmocka_unit_test(turned_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
