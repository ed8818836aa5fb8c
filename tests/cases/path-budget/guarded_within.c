// run: scan --platform windows-x64 --budget 1500 --frame-limit 6000 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// Within the budget nothing is said of guards.
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

int guarded(int n)
{
	if (IoGetRemainingStackSize() < 1200)
		return -1;
	return deep(n) + 1;
}
