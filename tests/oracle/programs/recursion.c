/* Recursion: direct, mutual, nested in an argument, through a pointer, with frames that differ. */
#include "check.h"

static NOINLINE int factorial(int n)
{
	int rest;

	if (n < 2)
		return 1;
	rest = factorial(n - 1);
	NO_TAIL();
	return n * rest;
}

static NOINLINE int is_odd(int n);

static NOINLINE int is_even(int n)
{
	int r;

	if (n == 0)
		return 1;
	r = is_odd(n - 1);
	NO_TAIL();
	return r;
}

static NOINLINE int is_odd(int n)
{
	char b[72];
	int r;

	if (n == 0)
		return 0;
	b[n & 63] = (char)n;
	KEEP(b);
	r = is_even(n - 1);
	NO_TAIL();
	return r;
}

static NOINLINE int ackermann(int m, int n)
{
	int inner;

	if (m == 0)
		return n + 1;
	if (n == 0) {
		inner = ackermann(m - 1, 1);
		NO_TAIL();
		return inner;
	}
	inner = ackermann(m, n - 1);
	inner = ackermann(m - 1, inner);
	NO_TAIL();
	return inner;
}

/* A loop written as recursion: the compiler may jump back to the entry. */
static NOINLINE int gcd(int a, int b)
{
	if (b == 0)
		return a;
	return gcd(b, a % b);
}

/* Three functions in a circle, one step through a pointer. */
typedef int step(int n);

static step *volatile next_step;

static NOINLINE int third(int n)
{
	step *s = next_step;
	int r = n <= 0 ? 0 : s(n - 3);

	NO_TAIL();
	return r + 3;
}

static NOINLINE int second(int n)
{
	int v[12], r;

	v[n & 7] = n;
	KEEP(v);
	r = third(n);
	NO_TAIL();
	return r + 2;
}

static NOINLINE int first(int n)
{
	int r = second(n);

	NO_TAIL();
	return r + 1;
}

/* A walk that goes down one of two ways. */
static NOINLINE int moves(int disks, int from, int to)
{
	int n;

	if (disks == 0)
		return 0;
	n = moves(disks - 1, from, 3 - from - to);
	n += moves(disks - 1, 3 - from - to, to);
	return n + 1;
}

int main(void)
{
	next_step = first;
	EXPECT(factorial(7) == 5040);
	EXPECT(is_even(10) == 1);
	EXPECT(is_odd(10) == 0);
	EXPECT(ackermann(2, 3) == 9);
	EXPECT(gcd(1071, 462) == 21);
	EXPECT(first(9) == 24);
	EXPECT(moves(4, 0, 2) == 15);
	return failures;
}
