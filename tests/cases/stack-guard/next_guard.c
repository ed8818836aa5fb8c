// run: scan --platform windows-x64 --budget 6000 --frame-limit 6000 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// stdout-has: first goes on while IoGetRemainingStackSize() leaves 500 bytes: not proven
// stdout-has: at least 280 bytes (second)
// What runs behind the second test is not the first one's business, but for its failing side. What the
// system's call takes is not known.
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

__attribute__((noinline)) static int post(void)
{
	volatile char packet[100];

	packet[3] = 0;
	return leaf(packet) - 1;
}

__attribute__((noinline)) static int second(int n)
{
	if (IoGetRemainingStackSize() < 1200)
		return post();
	return deep(n) + 1;
}

int first(int n)
{
	if (IoGetRemainingStackSize() < 500) // expect: stack-guard
		return post();
	return second(n) + 1;
}
