// run: scan --platform windows-x64 --budget 1000 --frame-limit 6000 $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// exit: 1
// stdout-has: note: the worst path from guarded (no caller) needs at least 1,144 bytes, above the budget of 1,000 bytes, but behind the test
// stdout-has: which is adequate; what no such test covers needs
// stdout-has: error: the worst path from guarded_too_low
// stdout-has: error: the worst path from beside_the_guard
// stdout-has: behind the test of 1,200 bytes at
// Behind an adequate test the path may be deeper than the budget: a note says so. A test that is too low covers nothing.
typedef unsigned long ULONG;
typedef unsigned long long ULONG_PTR;
void IoGetStackLimits(ULONG_PTR *low, ULONG_PTR *high);

static inline ULONG_PTR IoGetRemainingStackSize(void)
{
	ULONG_PTR low, high;

	IoGetStackLimits(&low, &high);
	return (ULONG_PTR)&high - low;
}

__attribute__((noinline)) static int leaf(volatile char *p)
{
	return *p;
}

__attribute__((noinline)) static int deep(int n)
{
	volatile char buffer[1000]; // expect: large-local

	buffer[n] = 1;
	return leaf(buffer) + n;
}

int guarded(int n) // expect: path-budget
{
	if (IoGetRemainingStackSize() < 1200)
		return -1;
	return deep(n) + 1;
}

int guarded_too_low(int n) // expect: path-budget
{
	if (IoGetRemainingStackSize() < 800) // expect: stack-guard
		return -1;
	return deep(n) + 1;
}

/* The guard covers one of two ways only. */
int beside_the_guard(int n) // expect: path-budget
{
	int sum = deep(n + 1);

	if (IoGetRemainingStackSize() < 1200)
		return sum;
	return deep(n) + 1;
}
