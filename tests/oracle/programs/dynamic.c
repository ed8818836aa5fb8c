/* Stack of a size known only when it runs: alloca, variable-length arrays, and alloca of a constant. */
#include "check.h"

#include <alloca.h>

static NOINLINE int sum(const char *p, int n)
{
	int total = 0;

	for (int i = 0; i < n; i++)
		total += p[i];
	return total;
}

static NOINLINE void fill(char *p, int n, int value)
{
	for (int i = 0; i < n; i++)
		p[i] = (char)value;
}

static NOINLINE int by_alloca(int n)
{
	char *p = alloca((unsigned int)n);

	fill(p, n, 1);
	n = sum(p, n);
	NO_TAIL();
	return n;
}

static NOINLINE int by_array(int n)
{
	char v[n];

	fill(v, n, 2);
	n = sum(v, n);
	NO_TAIL();
	return n;
}

static NOINLINE int by_constant(int n)
{
	char *p = alloca(512);

	fill(p, 512, n);
	n = sum(p, 512);
	NO_TAIL();
	return n;
}

/* At most 255 bytes, whatever the argument is. */
static NOINLINE int by_masked(unsigned int n)
{
	char *p = alloca((n & 255) + 1);
	int r;

	fill(p, (int)(n & 255), 1);
	r = sum(p, (int)(n & 255));
	NO_TAIL();
	return r;
}

/* Grows with every turn. */
static NOINLINE int in_a_loop(int turns)
{
	int total = 0;

	for (int i = 1; i <= turns; i++) {
		char *p = alloca(64);

		fill(p, 64, i);
		total += sum(p, 64);
	}
	return total;
}

/* A call before, one inside and one after the array's life. */
static NOINLINE int in_a_block(int n)
{
	char head[16];
	int total;

	fill(head, 16, 3);
	total = sum(head, 16);
	if (n > 0) {
		char v[n];

		fill(v, n, 1);
		total += sum(v, n);
	}
	fill(head, 16, 1);
	total += sum(head, 16);
	return total;
}

/* Recursion over shrinking arrays, and one aligned more than the stack is. */
static NOINLINE int nested(int n)
{
	_Alignas(64) char fixed[64];
	char v[n];
	int total;

	if (n < 8)
		return 0;
	fill(fixed, 64, 1);
	fill(v, n, 1);
	total = sum(v, n) + sum(fixed, 64);
	total += nested(n / 2);
	return total;
}

int main(void)
{
	EXPECT(by_alloca(100) == 100);
	EXPECT(by_alloca(3) == 3);
	EXPECT(by_array(77) == 154);
	EXPECT(by_constant(1) == 512);
	EXPECT(by_masked(1000) == 232);
	EXPECT(in_a_loop(3) == 384);
	EXPECT(in_a_block(20) == 84);
	EXPECT(in_a_block(0) == 64);
	EXPECT(nested(40) == 40 + 20 + 10 + 3 * 64);
	return failures;
}
