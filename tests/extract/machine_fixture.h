/*
 * Source text, compiled or assembled by clang for some target, to what machine_read() says of it. For use by
 * test_machine_*.c only.
 */
#ifndef STACKCHECK_TESTS_MACHINE_FIXTURE_H
#define STACKCHECK_TESTS_MACHINE_FIXTURE_H

#include "base/file.h"
#include "extract/machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct measured {
	struct buf bytes;
	struct object object;
	struct machine machine;
};

static inline const char *fixture_features(enum arch arch)
{
	return arch == ARCH_RISCV64 ? "+m,+a,+f,+d,+c" : arch == ARCH_AARCH64 ? "+all" : "";
}

/* The object that clang makes of `text`, which is assembly when it begins with a blank line or a dot, else C. */
static inline void fixture_compile(struct buf *bytes, const char *target, const char *flags,
				   const char *text)
{
	char folder[] = BINARY_DIR "/machine-XXXXXX", source[256], object[256], command[1024];
	bool assembly = *text == '.' || *text == '\n';
	struct error err = {0};
	FILE *f;

	assert_non_null(mkdtemp(folder));
	snprintf(source, sizeof(source), "%s/source.%s", folder, assembly ? "s" : "c");
	snprintf(object, sizeof(object), "%s/source.o", folder);
	snprintf(command, sizeof(command),
		 CLANG_PATH " --target=%s -w -Wa,--no-warn -O2 %s -c '%s' -o '%s'", target, flags,
		 source, object);
	f = fopen(source, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(system(command), 0);
	assert_int_equal(file_read(object, 0, bytes, &err), 0);
	assert_int_equal(unlink(source), 0);
	assert_int_equal(unlink(object), 0);
	assert_int_equal(rmdir(folder), 0);
}

static inline void measure(struct measured *x, const char *target, const char *flags,
			   const char *text)
{
	struct error err = {0};

	*x = (struct measured){0};
	fixture_compile(&x->bytes, target, flags, text);
	if (object_read(&x->object, x->bytes.data, x->bytes.len, "test.o", &err) ||
	    machine_read(&x->object, target, fixture_features(x->object.arch), &x->machine, &err))
		fail_msg("%s", err.text);
}

static inline void measured_release(struct measured *x)
{
	machine_release(&x->machine);
	object_release(&x->object);
	buf_release(&x->bytes);
}

static inline const struct machine_func *measured_func(const struct measured *x, const char *name)
{
	for (size_t i = 0; i < x->machine.funcs.n; i++)
		if (!strcmp(x->object.symbols[x->machine.funcs.v[i].symbol].name, name))
			return &x->machine.funcs.v[i];
	fail_msg("no function %s", name);
	return NULL;
}

static inline void expect_frame(const struct measured *x, const char *name, int64_t bytes)
{
	const struct machine_func *f = measured_func(x, name);

	if (f->kind != FRAME_FIXED)
		fail_msg("%s is %s: %s", name, frame_kind_name(f->kind), f->note);
	if (f->frame_bytes != bytes)
		fail_msg("%s has %lld bytes instead of %lld", name, (long long)f->frame_bytes,
			 (long long)bytes);
}

static inline void expect_dynamic(const struct measured *x, const char *name, int64_t bytes)
{
	const struct machine_func *f = measured_func(x, name);

	if (f->kind != FRAME_DYNAMIC || f->frame_bytes != bytes)
		fail_msg("%s is %s with %lld bytes: %s", name, frame_kind_name(f->kind),
			 (long long)f->frame_bytes, f->note ? f->note : "");
	assert_non_null(f->note);
}

static inline void expect_bounded(const struct measured *x, const char *name, int64_t bytes)
{
	const struct machine_func *f = measured_func(x, name);

	if (f->kind != FRAME_BOUNDED || f->frame_bytes != bytes)
		fail_msg("%s is %s with %lld bytes: %s", name, frame_kind_name(f->kind),
			 (long long)f->frame_bytes, f->note ? f->note : "");
	assert_non_null(f->note);
}

static inline void expect_unmeasured(const struct measured *x, const char *name, const char *why)
{
	const struct machine_func *f = measured_func(x, name);

	if (f->kind != FRAME_UNMEASURED || !f->note || !strstr(f->note, why))
		fail_msg("%s is %s: %s", name, frame_kind_name(f->kind), f->note ? f->note : "-");
}

/* All calls of a function in address order, as "direct ext 64, tail foo 0, indirect * 32". */
static inline void expect_calls(const struct measured *x, const char *name, const char *calls)
{
	uint32_t func = (uint32_t)(measured_func(x, name) - x->machine.funcs.v);
	struct buf text = {0};

	for (size_t i = 0; i < x->machine.calls.n; i++) {
		const struct machine_call *c = &x->machine.calls.v[i];

		if (c->func == func)
			buf_printf(&text, "%s%s %s %lld", text.len ? ", " : "",
				   call_kind_name(c->kind), c->callee ? c->callee : "*",
				   (long long)c->depth_bytes);
	}
	if (strcmp(buf_str(&text), calls))
		fail_msg("%s: '%s' instead of '%s'", name, buf_str(&text), calls);
	buf_release(&text);
}

#endif
