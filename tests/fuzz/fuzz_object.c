/*
 * Hostile objects: whatever the bytes, the readers give an error or measured and unmeasured functions; never a crash, a
 * hang or a read outside of the bytes.
 *
 * Built with libFuzzer (cmake -DFUZZ=ON, clang and libclang-rt-19-dev) it searches:
 *	fuzz_object -max_total_time=600 -max_len=65536 tests/fuzz/corpus/object
 * Built without, it replays the files that it is given: a test does that with the whole corpus in every build.
 */
#include "extract/machine.h"
#include "extract/places.h"

#include <stdio.h>
#include <stdlib.h>

static const char *triple_of(const struct object *o)
{
	switch (o->arch) {
	case ARCH_X86_64: return o->coff ? "x86_64-w64-mingw32" : "x86_64-linux-gnu";
	case ARCH_I386: return o->coff ? "i686-w64-mingw32" : "i386-linux-gnu";
	case ARCH_AARCH64: return "aarch64-linux-gnu";
	case ARCH_ARM: return "armv7-linux-gnueabi";
	case ARCH_RISCV64: return "riscv64-linux-gnu";
	}
	return "";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct object o;
	struct machine m = {0};
	struct error err;
	struct places *places;
	/* A block of its own, so that a read past the end is seen. */
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	if (!object_read(&o, copy, size, "fuzz", &err)) {
		if (!machine_read(&o, triple_of(&o), "", &m, &err))
			machine_release(&m);
		places = places_open(&o, &err);
		if (places)
			places_close(places);
		object_release(&o);
	}
	free(copy);
	return 0;
}

#ifndef FUZZ
static int replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = malloc(1 << 20);
	size_t n;

	if (!f || !bytes) {
		fprintf(stderr, "cannot read %s\n", path);
		return 1;
	}
	n = fread(bytes, 1, 1 << 20, f);
	fclose(f);
	LLVMFuzzerTestOneInput(bytes, n);
	free(bytes);
	return 0;
}

int main(int argc, char **argv)
{
	int failed = argc < 2;

	for (int i = 1; i < argc; i++)
		failed |= replay(argv[i]);
	printf("%d inputs replayed\n", argc - 1);
	return failed;
}
#endif
