/* setjmp and longjmp across frames, out of recursion, out of callbacks; functions that don't return. */
#include "check.h"

#include <setjmp.h>
#include <stdlib.h>

static jmp_buf outer;
static int depth;

static NOINLINE int deep(int n)
{
	char b[80];
	int r;

	b[n & 63] = (char)n;
	KEEP(b);
	if (n == 0)
		longjmp(outer, 7);
	r = deep(n - 1);
	NO_TAIL();
	return r + b[n & 63];
}

static NOINLINE int guarded(int n)
{
	int code = setjmp(outer);

	if (code)
		return code;
	return deep(n);
}

/* A jump buffer in a frame. */
struct context {
	jmp_buf back;
	int step;
};

static NOINLINE void fail(struct context *c, int code)
{
	c->step = code;
	longjmp(c->back, code);
}

static NOINLINE int work(struct context *c, int n)
{
	int v[10];

	v[n & 7] = n;
	KEEP(v);
	if (n > 3)
		fail(c, n);
	return v[n & 7] + 1;
}

static NOINLINE int attempt(int n)
{
	struct context c = {.step = 0};
	int code = setjmp(c.back);

	if (code == 0)
		return work(&c, n);
	code = work(&c, 2);
	NO_TAIL();
	return code + c.step;
}

/* Out of a callback that the library calls. */
static jmp_buf sorting;

static int gives_up(const void *a, const void *b)
{
	if (++depth == 5)
		longjmp(sorting, 1);
	return *(const int *)a - *(const int *)b;
}

static NOINLINE int sort_or_not(int *v, size_t n)
{
	if (setjmp(sorting))
		return -1;
	qsort(v, n, sizeof *v, gives_up);
	return 0;
}

/* Again and again, with calls between. */
static jmp_buf again;

static NOINLINE void bounce(int n)
{
	longjmp(again, n);
}

static NOINLINE int bounces(int limit)
{
	volatile int n = 0;

	if (setjmp(again) < limit)
		bounce(++n);
	n += attempt(1);
	return n;
}

/* Ends the program; nothing of the caller comes after it. */
static NOINLINE _Noreturn void finish(int code)
{
	exit(code);
}

static void at_end(void)
{
	depth = attempt(2);
}

int main(void)
{
	int v[] = {5, 3, 9, 1, 7, 2, 8};

	atexit(at_end);
	EXPECT(guarded(4) == 7);
	EXPECT(attempt(2) == 3);
	EXPECT(attempt(9) == 12);
	EXPECT(sort_or_not(v, 7) == -1);
	EXPECT(bounces(3) == 5);
	EXPECT(guarded(0) == 7);
	finish(failures);
}
