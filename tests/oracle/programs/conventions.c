/* Calling conventions: arguments that the callee pops, home space, hidden results, register arguments. */
#include "check.h"

#ifdef __i386__
#define CONVENTION_A __attribute__((stdcall))
#define CONVENTION_B __attribute__((fastcall))
#define CONVENTION_C __attribute__((regparm(3)))
#else
#define CONVENTION_A __attribute__((ms_abi))
#define CONVENTION_B __attribute__((preserve_most))
#define CONVENTION_C __attribute__((sysv_abi))
#endif

static NOINLINE int plain(int a, int b)
{
	return a + 2 * b;
}

static NOINLINE CONVENTION_A int three(int a, int b, int c)
{
	int r = plain(a, b);

	NO_TAIL();
	return r + c;
}

static NOINLINE CONVENTION_A int six(int a, int b, int c, int d, int e, int f)
{
	char v[32];

	v[a & 31] = (char)f;
	KEEP(v);
	return three(a, b, c) + three(d, e, v[a & 31]);
}

static NOINLINE CONVENTION_B int four(int a, int b, int c, int d)
{
	int r = plain(c, d);

	NO_TAIL();
	return a - b + r;
}

static NOINLINE CONVENTION_C int five(int a, int b, int c, int d, int e)
{
	int r = four(a, b, c, d);

	NO_TAIL();
	return r + e;
}

/* After a call whose callee popped, the next depth must be right again. */
static NOINLINE int sequence(int a)
{
	int r = three(a, 1, 2);

	r += plain(r, a);
	r += six(a, 1, 2, 3, 4, r);
	r += plain(r, a);
	r += four(a, 1, 2, 3);
	r += five(r, 1, 2, 3, 4);
	r += plain(r, a);
	return r;
}

/* In both arms of a branch, joined again. */
static NOINLINE int branches(int a)
{
	int r;

	if (a & 1)
		r = six(a, a, a, a, a, a);
	else
		r = three(a, a, a);
	r += plain(r, 1);
	return r;
}

/* Through pointers: only the type says who pops. */
typedef CONVENTION_A int routine(int a, int b, int c);

static NOINLINE CONVENTION_A int other_three(int a, int b, int c)
{
	return a * b * c;
}

static routine *const routines[] = {three, other_three};

struct device {
	routine *start;
	CONVENTION_B int (*finish)(int a, int b, int c, int d);
};

static NOINLINE int through_table(int n)
{
	int r = 0;

	for (int i = 0; i < n; i++) {
		r += routines[i](i + 1, 2, 3);
		r += plain(r, i);
	}
	return r;
}

static NOINLINE int through_fields(const struct device *d, int a)
{
	int r = d->start(a, 1, 2);

	r += d->finish(r, 1, 2, 3);
	r += d->start(r, a, 1);
	return r;
}

struct result {
	int v[5];
};

static NOINLINE CONVENTION_A struct result hidden(int a)
{
	return (struct result){{a, a + 1, a + 2, a + 3, a + 4}};
}

static NOINLINE struct result hidden_plain(int a)
{
	struct result r = hidden(a);

	r.v[0] += hidden(r.v[1]).v[2];
	return r;
}

/* In tail position, where arguments that the callee pops may stand in the way. */
static NOINLINE CONVENTION_A int tail_same(int a, int b, int c)
{
	return other_three(c, b, a + 1);
}

static NOINLINE CONVENTION_A int tail_fewer(int a, int b, int c)
{
	return plain(a, b + c);
}

int main(void)
{
	struct device d = {three, four}, e = {other_three, four};

	EXPECT(sequence(3) == 556);
	EXPECT(branches(3) == 50);
	EXPECT(branches(4) == 34);
	EXPECT(through_table(2) == 58);
	EXPECT(through_fields(&d, 5) == 61);
	EXPECT(through_fields(&e, 5) == 162);
	EXPECT(hidden_plain(3).v[0] == 9);
	EXPECT(tail_same(1, 2, 3) == 12);
	EXPECT(tail_fewer(1, 2, 3) == 11);
	return failures;
}
